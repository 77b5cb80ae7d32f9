/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Customers through the admin API: the list, its filters and orders, and the card. How the
 * search itself works is in tests/store/test_customer_search.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/api_users.h"

#include <stdio.h>
#include <string.h>

static int64_t owner, marketing, readonly, manager, stores[2], ids[12];

static int opened(void **state)
{
    static const char *const names[] = {"Мария", "Пётр", "Анна", "Олег"};
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    readonly = api_staff(ROLE_READONLY);
    manager = api_staff(ROLE_MANAGER);
    stores[0] = api_store("Двор", "Владивосток");
    stores[1] = api_store("Сад", "Находка");
    api_bind(manager, stores[1]);
    for (int i = 0; i < 12; i++)
        ids[i] = guest(names[i % 4], "Ива");
    guest_sql(ids[0], "phone = '+79991234567', phone_hash = REPEAT('x', 32)");
    guest_sql(ids[0], "birth_date = '1990-05-17', spent_total = 90000, purchases = 3,"
                      " last_purchase_at = '2026-10-01 01:00:00', source = 'flyer'");
    guest_sql(ids[1], "birth_date = '1904-12-31', marketing_ok = 1, subscribed = 1");
    guest_sql(ids[2], "status = 2");
    guest_sql(ids[3], "barred_at = '2026-01-01', spent_total = 500");
    guest_sql(ids[5], "notes = 'строгий'");
    for (int i = 8; i < 12; i++) {
        char set[80];

        snprintf(set, sizeof set, "home_store_id = %lld", (long long)stores[1]);
        guest_sql(ids[i], set);
    }
    return st;
}

static void finds(const char *query, int64_t as, int n, int64_t first)
{
    struct heard h = {0};
    char path[400];

    snprintf(path, sizeof path, "/api/v1/users?%s", query);
    asks(&h, 200, &(struct ask){"GET", path, .as = as});
    if ((int)json_count(json_get(h.json, "items")) != n)
        fail_msg("%s: %zu, not %d", query, json_count(json_get(h.json, "items")), n);
    if (first != 0)
        assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 0), "id", 0),
                         first);
    heard_free(&h);
}

static void filters(void **state)
{
    char text[80];

    (void)state;
    finds("", owner, 12, ids[11]);
    finds("sort=id&limit=3", owner, 3, ids[0]);
    finds("q=%D0%BC%D0%B0%D1%80", owner, 3, ids[8]); /* мар */
    finds("q=4567", owner, 1, ids[0]);
    finds("q=%2B7%20999%20123-45-67", owner, 1, ids[0]);
    finds("status=active", owner, 10, 0);
    finds("status=blocked,unreachable", owner, 2, ids[3]);
    finds("status=erased", owner, 0, 0);
    finds("subscribed=true&marketing_ok=1", owner, 1, ids[1]);
    finds("source=flyer", owner, 1, ids[0]);
    finds("birthday_from=05-01&birthday_to=05-31", owner, 1, ids[0]);
    finds("birthday_from=12-01&birthday_to=05-31", owner, 2, ids[0]);
    finds("min_total=500", owner, 2, ids[0]);
    finds("min_total=501", owner, 1, ids[0]);
    finds("last_purchase_after=2026-10-01T10:00:00%2B10:00", owner, 1, ids[0]);
    finds("last_purchase_before=2026-10-01T01:00:00Z", owner, 0, 0);
    finds("created_before=2020-01-01T00:00:00Z", owner, 0, 0);
    finds("has_active_discount=false&limit=200", owner, 12, 0);
    finds("has_active_discount=true", owner, 0, 0);
    finds("tag=vip", owner, 0, 0);
    finds("tag_none=vip&per_page=5&page=3", owner, 2, ids[1]);
    snprintf(text, sizeof text, "store_id=%lld", (long long)stores[1]);
    finds(text, owner, 4, ids[11]);
    finds("sort=-total_spent&limit=2", owner, 2, ids[0]);
    finds("sort=birthday", owner, 2, ids[0]);
}

static void refused(const char *query)
{
    char path[200];

    snprintf(path, sizeof path, "/api/v1/users?%s", query);
    refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
}

static void what_is_no_filter(void **state)
{
    (void)state;
    refused("segment=1");
    refused("birthday_from=13-01");
    refused("birthday_to=02-30");
    refused("birthday_to=5-1-1");
    refused("status=active,gone");
    refused("min_total=-1");
    refused("created_after=2026-01-01T00:00:00"); /* whose midnight? */
    refused("sort=phone");
    refused("q=");
    refused("tag=");
    refused("store_id=0");
}

static void totals_are_counted(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/users?limit=1&include_total=true&status=active",
                       .as = owner});
    assert_int_equal(json_int_or(h.json, "page.total", 0), 10);
    assert_false(json_bool_or(h.json, "page.total_is_capped", true));
    assert_true(json_bool_or(h.json, "page.has_next", false));
    heard_free(&h);
}

/* Pages from the first on, while newcomers come. */
static void pages_under_inserts(void **state)
{
    struct heard h = {0};
    char path[2400] = "/api/v1/users?limit=5&sort=-id&q=%D0%98%D0%B2";
    int64_t last = INT64_MAX;
    int n = 0;

    (void)state;
    for (const char *next = path; next != NULL;) {
        asks(&h, 200, &(struct ask){"GET", path, .as = owner});
        for (size_t i = 0; i < json_count(json_get(h.json, "items")); i++, n++) {
            int64_t id = json_int_or(json_at(json_get(h.json, "items"), i), "id", 0);

            assert_true(id < last);
            last = id;
        }
        next = json_text(h.json, "page.next", NULL);
        if (next != NULL)
            snprintf(path, sizeof path,
                     "/api/v1/users?limit=5&sort=-id&q=%%D0%%98%%D0%%B2&cursor=%s",
                     next);
        guest("Новая", "Ива");
    }
    assert_int_equal(n, 12);
    assert_int_equal(last, ids[0]);
    heard_free(&h);
}

/* ---- the card --------------------------------------------------------------------- */

static void card(struct heard *h, int64_t id, int64_t as)
{
    char path[80];

    snprintf(path, sizeof path, "/api/v1/users/%lld", (long long)id);
    asks(h, 200, &(struct ask){"GET", path, .as = as});
}

static void the_card(void **state)
{
    struct heard h = {0};
    char etag[60];

    (void)state;
    card(&h, ids[0], owner);
    assert_string_equal(json_text(h.json, "phone", NULL), "+79991234567");
    assert_string_equal(json_text(h.json, "birth_date", NULL), "1990-05-17");
    assert_string_equal(json_text(h.json, "birthday", NULL), "05-17");
    assert_true(json_bool_or(h.json, "consents.pd.granted", false));
    assert_false(json_bool_or(h.json, "consents.marketing.granted", true));
    assert_true(json_bool_or(h.json, "reachable", false));
    snprintf(etag, sizeof etag, "\"v%lld\"",
             (long long)json_int_or(h.json, "version", 0));
    assert_string_equal(heard_header(&h, "ETag"), etag);
    card(&h, ids[1], owner); /* told without a year */
    assert_null(json_text(h.json, "birth_date", NULL));
    assert_string_equal(json_text(h.json, "birthday", NULL), "12-31");
    assert_string_not_equal(heard_header(&h, "ETag"), etag);
    card(&h, ids[2], owner);
    assert_string_equal(json_text(h.json, "status", NULL), "unreachable");
    assert_false(json_bool_or(h.json, "reachable", true));
    card(&h, ids[5], owner);
    assert_string_equal(json_text(h.json, "notes", NULL), "строгий");
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/users/999999999", .as = owner});
    heard_free(&h);
}

static void phones_are_masked(void **state)
{
    struct heard h = {0};
    const int64_t who[] = {readonly, marketing};

    (void)state;
    for (int i = 0; i < 2; i++) {
        card(&h, ids[0], who[i]);
        assert_string_equal(json_text(h.json, "phone", NULL), "+7 *** ***-45-67");
        assert_true(json_bool_or(h.json, "phone_masked", false));
        assert_null(json_text(h.json, "birth_date", NULL));
        assert_string_equal(json_text(h.json, "birthday", NULL), "05-17");
        assert_null(strstr(h.raw.s, "1234567"));
        asks(&h, 200, &(struct ask){"GET", "/api/v1/users?q=4567", .as = who[i]});
        assert_int_equal(json_count(json_get(h.json, "items")), 1);
        assert_null(strstr(h.raw.s, "1234567"));
        /* More digits find no more and no less than the four that are shown. */
        finds("q=%2B7%20999%20123-45-67", who[i], 1, ids[0]);
        finds("q=%2B7%20888%20888-45-67", who[i], 1, ids[0]);
    }
    finds("q=%2B7%20888%20888-45-67", owner, 0, 0);
    heard_free(&h);
}

/* Six digits are hidden: a version that is made of the phone without a key would let
 * anybody try them all. */
static void a_version_tells_nothing(void **state)
{
    struct heard h = {0};
    int64_t was;

    (void)state;
    card(&h, ids[0], readonly);
    was = json_int_or(h.json, "version", 0);
    card(&h, ids[0], owner);
    assert_int_equal(json_int_or(h.json, "version", 0), was);
    assert_int_equal(
        db_exec(api_place.db, NULL, "UPDATE audit_key SET secret = REPEAT('k', 32)"),
        ST_OK);
    card(&h, ids[0], readonly);
    assert_int_not_equal(json_int_or(h.json, "version", 0), was);
    heard_free(&h);
}

static void a_manager_sees_their_own(void **state)
{
    char path[80];

    (void)state;
    finds("", manager, 4, ids[11]);
    finds("sort=-created_at&q=%D0%BC%D0%B0%D1%80", manager, 1, ids[8]);
    snprintf(path, sizeof path, "store_id=%lld", (long long)stores[0]);
    finds(path, manager, 0, 0);
    snprintf(path, sizeof path, "/api/v1/users/%lld", (long long)ids[0]);
    refuses(404, "not_found", &(struct ask){"GET", path, .as = manager});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters),
        cmocka_unit_test(what_is_no_filter),
        cmocka_unit_test(totals_are_counted),
        cmocka_unit_test(the_card),
        cmocka_unit_test(phones_are_masked),
        cmocka_unit_test(a_version_tells_nothing),
        cmocka_unit_test(a_manager_sees_their_own),
        cmocka_unit_test(pages_under_inserts),
    };

    return cmocka_run_group_tests_name("api users", tests, opened, api_close);
}
