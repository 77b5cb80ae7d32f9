/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Figures through the admin API: the same as the core's, as JSON and as CSV; whose they
 * are; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/base/stamp.h"
#include "core/stat.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

static int64_t owner, manager, marketing, stores[2], customers[6];
static struct tz *tz;
static int32_t today;

static void must(enum status st)
{
    assert_int_equal(st, ST_OK);
}

static int64_t make_customer(int i, int64_t at)
{
    must(db_exec(api_place.db, NULL,
                 "INSERT INTO customer (channel, external_id, first_name, last_seen_at,"
                 " created_at) VALUES (1, ?, 'Гость', ?, ?)",
                 DB_INT(910000000 + i), DB_TIME(at), DB_TIME(at)));
    return db_last_id(api_place.db);
}

/* Redeemed by that person at the store, with a sum, unless amount is -1. */
static void make_redeemed(int i, int64_t staff, int store, int64_t amount, int64_t at)
{
    char key[32];
    int64_t discount, shift;

    snprintf(key, sizeof key, "s%d", i);
    must(db_exec(
        api_place.db, NULL,
        "INSERT INTO discount (customer_id, source, issue_key, percent_bp, code,"
        " token, valid_from, valid_until, uses_allowed, uses_count, status,"
        " created_at) VALUES (?, ?, ?, 1000, ?, ?, ?, ?, 1, 1, 2, ?)",
        DB_INT(customers[i]), DB_INT(1 + i % 3), DB_TEXT(key), DB_TEXT(key),
        DB_TEXT(key), DB_TIME(at - HOUR), DB_TIME(at + 30 * DAY), DB_TIME(at)));
    discount = db_last_id(api_place.db);
    must(db_exec(api_place.db, NULL,
                 "INSERT INTO shift (staff_id, store_id, opened_at, closed_at)"
                 " VALUES (?, ?, ?, ?)",
                 DB_INT(staff), DB_INT(stores[store]), DB_TIME(at), DB_TIME(at)));
    shift = db_last_id(api_place.db);
    must(db_exec(
        api_place.db, NULL,
        "INSERT INTO redemption (discount_id, customer_id, uses_allowed, use_no,"
        " op_key, staff_id, store_id, shift_id, receipt_no, amount,"
        " discount_amount, redeemed_at) VALUES (?, ?, 1, 1, ?, ?, ?, ?, 1, ?, ?,"
        " ?)",
        DB_INT(discount), DB_INT(customers[i]), DB_TEXT(key), DB_INT(staff),
        DB_INT(stores[store]), DB_INT(shift), DB_INT_OR_NULL(amount >= 0, amount),
        DB_INT_OR_NULL(amount >= 0, amount / 10), DB_TIME(at)));
}

static int opened(void **state)
{
    int st = api_open(state);
    int64_t now = clock_now(), noon;

    owner = api_staff(ROLE_OWNER);
    manager = api_staff(ROLE_MANAGER);
    marketing = api_staff(ROLE_MARKETING);
    stores[0] = api_store("=Двор", "Владивосток"); /* as a spreadsheet would run it */
    stores[1] = api_store("Сад", "Находка");
    api_bind(manager, stores[0]);
    tz = tz_open(api_place.cfg->timezone);
    assert_non_null(tz);
    today = tz_local(tz, now).day;
    noon = tz_instant(tz, today - 1, 12, 0);
    for (int i = 0; i < 6; i++)
        customers[i] = make_customer(i, i < 4 ? noon : now - SECOND);
    make_redeemed(0, manager, 0, 100050, noon);
    make_redeemed(1, manager, 0, -1, noon);
    make_redeemed(2, owner, 1, 250000, noon + HOUR);
    make_redeemed(3, owner, 1, 50000, now - SECOND);
    return st;
}

static int closed(void **state)
{
    tz_close(tz);
    return api_close(state);
}

static const char *path_of(const char *what, int32_t from, int32_t to, const char *more)
{
    static char path[400];
    char a[STAMP_BYTES], b[STAMP_BYTES];

    stamp_print_day(from, a);
    stamp_print_day(to, b);
    snprintf(path, sizeof path, "/api/v1/stats/%s?from=%s&to=%s%s", what, a, b, more);
    return path;
}

static int64_t number(const struct heard *h, const char *at)
{
    return json_int_or(h->json, at, -1);
}

/* ---- kpi ------------------------------------------------------------------------- */

static void today_and_the_days_before(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", path_of("kpi", today - 1, today - 1, ""), .as = owner});
    assert_int_equal(number(&h, "customers.total"), 6);
    assert_int_equal(number(&h, "today.new_customers"), 2);
    assert_int_equal(number(&h, "today.redeemed"), 1);
    assert_int_equal(number(&h, "period.new_customers"), 4);
    assert_int_equal(number(&h, "period.redeemed"), 3);
    assert_int_equal(number(&h, "period.purchases"), 2);
    assert_int_equal(number(&h, "period.purchase_amount"), 350050);
    assert_int_equal(number(&h, "period.discount_amount"), 35005);
    assert_int_equal(number(&h, "period.average_purchase"), 175025);
    assert_int_equal(number(&h, "period.conversion"), 10000);
    assert_int_equal(number(&h, "previous.redeemed"), 0);
    assert_null(json_get(h.json, "previous.conversion")); /* of nothing: null */
    assert_int_equal(json_count(json_get(h.json, "attention")), 4);
    heard_free(&h);
}

static void what_waits_is_counted(void **state)
{
    struct heard h = {0};

    (void)state;
    must(db_exec(api_place.db, NULL,
                 "INSERT INTO suspicion (at, rule, n) VALUES (?, 'guessing', 1)",
                 DB_TIME(clock_now())));
    asks(&h, 200, &(struct ask){"GET", "/api/v1/stats/kpi", .as = owner});
    assert_int_equal(
        number(&(struct heard){.json = json_at(json_get(h.json, "attention"), 0)},
               "count"),
        1);
    heard_free(&h);
}

/* ---- detailed -------------------------------------------------------------------- */

static struct json *item(const struct heard *h, const char *label)
{
    struct json *items = json_get(h->json, "items");

    for (size_t i = 0; i < json_count(items); i++) {
        const char *s = json_text(json_at(items, i), "label", NULL);

        if (s != NULL && strcmp(s, label) == 0)
            return json_at(items, i);
    }
    fail_msg("no item %s", label);
    return NULL;
}

static void by_store_source_and_person(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET",
                       path_of("detailed", today - 1, today,
                               "&group_by=location&metrics=redeemed,purchase_amount"),
                       .as = owner});
    assert_int_equal(json_int_or(item(&h, "=Двор"), "figures.redeemed", -1), 2);
    assert_int_equal(json_int_or(item(&h, "=Двор"), "id", -1), stores[0]);
    assert_int_equal(json_int_or(item(&h, "Сад"), "figures.purchase_amount", -1),
                     300000);
    assert_int_equal(number(&h, "total.redeemed"), 4);
    assert_null(json_get(h.json, "total.issued")); /* not asked for */
    asks(&h, 200,
         &(struct ask){"GET", path_of("detailed", today - 1, today, "&group_by=source"),
                       .as = owner});
    assert_int_equal(json_int_or(item(&h, "subscription"), "figures.redeemed", -1), 2);
    assert_int_equal(json_int_or(item(&h, "birthday"), "figures.issued", -1), 1);
    asks(&h, 200,
         &(struct ask){"GET", path_of("detailed", today - 1, today, "&group_by=staff"),
                       .as = owner});
    assert_int_equal(number(&h, "total.redeemed"), 4);
    heard_free(&h);
}

/* Who may not see who works here sees numbers for names. */
static void names_are_for_who_may(void **state)
{
    const char *path = path_of("detailed", today - 1, today, "&group_by=staff");
    struct heard h = {0};
    char name[40];

    (void)state;
    snprintf(name, sizeof name, "№ %lld", (long long)owner);
    asks(&h, 200, &(struct ask){"GET", path, .as = marketing});
    assert_int_equal(json_int_or(item(&h, name), "figures.redeemed", -1), 2);
    heard_free(&h);
}

static void days_weeks_months_are_all_there(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", path_of("detailed", today - 40, today, "&group_by=day"),
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 41);
    asks(&h, 200,
         &(struct ask){"GET", path_of("detailed", today - 40, today, "&group_by=week"),
                       .as = owner});
    assert_in_range(json_count(json_get(h.json, "items")), 6, 7);
    asks(&h, 200,
         &(struct ask){"GET", path_of("detailed", today - 40, today, "&group_by=month"),
                       .as = owner});
    assert_in_range(json_count(json_get(h.json, "items")), 2, 3);
    assert_int_equal(number(&h, "total.redeemed"), 4);
    heard_free(&h);
}

static void a_table_for_spreadsheets(void **state)
{
    const char *path =
        path_of("detailed", today - 1, today,
                "&group_by=store&format=csv&metrics=redeemed&metrics=purchase_amount");
    struct heard h = {0};
    const char *body;

    (void)state;
    asks(&h, 200, &(struct ask){"GET", path, .as = owner, .lang = "ru"});
    assert_string_equal(heard_header(&h, "Content-Type"), "text/csv; charset=utf-8");
    assert_non_null(strstr(heard_header(&h, "Content-Disposition"), ".csv"));
    body = strstr(h.raw.s, "\r\n\r\n");
    assert_non_null(body);
    assert_int_equal(strncmp(body + 4,
                             "\xEF\xBB\xBF"
                             "Магазин;Погашено;Сумма покупок\r\n",
                             strlen("\xEF\xBB\xBF"
                                    "Магазин;Погашено;Сумма покупок\r\n")),
                     0);
    assert_non_null(strstr(body, "\r\n'=Двор;2;1000,50\r\n")); /* no formula */
    assert_non_null(strstr(body, "\r\nИтого;4;4000,50\r\n"));
    heard_free(&h);
}

/* ---- whose ----------------------------------------------------------------------- */

static void a_manager_sees_their_store(void **state)
{
    struct heard h = {0};
    char path[100];

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", path_of("detailed", today - 1, today, "&group_by=store"),
                       .as = manager});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_int_equal(number(&h, "total.redeemed"), 2);
    assert_null(json_get(h.json, "total.new_customers"));
    asks(&h, 200, &(struct ask){"GET", "/api/v1/stats/kpi", .as = manager});
    assert_null(json_get(h.json, "customers.total"));
    assert_int_equal(number(&h, "period.redeemed"), 2);
    assert_int_equal(json_count(json_get(h.json, "attention")), 0);
    snprintf(path, sizeof path, "/api/v1/stats/kpi?store_id=%lld",
             (long long)stores[1]);
    refuses(404, "not_found", &(struct ask){"GET", path, .as = manager});
    asks(&h, 200, &(struct ask){"GET", path, .as = owner});
    assert_int_equal(number(&h, "period.redeemed"), 2);
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/stats/kpi?store_id=99999", .as = owner});
    heard_free(&h);
}

/* ---- funnel ---------------------------------------------------------------------- */

static void the_funnel(void **state)
{
    struct heard h = {0};
    struct json *last;

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", path_of("funnel", today - 1, today, ""), .as = owner});
    assert_int_equal(json_count(json_get(h.json, "steps")), 4);
    last = json_at(json_get(h.json, "steps"), 3);
    assert_string_equal(json_text(last, "step", NULL), "redeemed");
    assert_int_equal(json_int_or(last, "count", -1), 4);
    assert_int_equal(json_int_or(last, "of_first", -1), 6666);
    assert_int_equal(json_int_or(last, "of_previous", -1), 10000);
    heard_free(&h);
}

/* ---- test accounts --------------------------------------------------------------- */

static void a_test_account_is_left_out(void **state)
{
    struct heard h = {0};
    char path[80];

    (void)state;
    snprintf(path, sizeof path, "/api/v1/stats/test-accounts/%lld",
             (long long)customers[0]);
    refuses(403, "forbidden",
            &(struct ask){"PUT", path, .as = api_staff(ROLE_READONLY)});
    for (int twice = 0; twice < 2; twice++) {
        asks(&h, 204, &(struct ask){"PUT", path, .as = owner});
        asks(&h, 200,
             &(struct ask){"GET", path_of("kpi", today - 1, today, ""), .as = owner});
        assert_int_equal(number(&h, "period.redeemed"), 3);
        assert_int_equal(number(&h, "customers.total"), 5);
    }
    asks(&h, 204, &(struct ask){"DELETE", path, .as = owner});
    asks(&h, 200,
         &(struct ask){"GET", path_of("kpi", today - 1, today, ""), .as = owner});
    assert_int_equal(number(&h, "period.redeemed"), 4);
    must(db_one(api_place.db,
                "SELECT COUNT(*) FROM audit WHERE action LIKE 'customer.%test'"));
    assert_int_equal(db_int(api_place.db, 0), 2); /* what changed nothing is no deed */
    refuses(404, "not_found",
            &(struct ask){"PUT", "/api/v1/stats/test-accounts/424242", .as = owner});
    heard_free(&h);
}

/* ---- refused --------------------------------------------------------------------- */

static void what_is_no_period_or_group(void **state)
{
    static const char *const bad[] = {
        "detailed",
        "detailed?group_by=promotion",
        "detailed?group_by=day&metrics=password_hash",
        "detailed?group_by=day&metrics=redeemed,1%3D1",
        "detailed?group_by=day%27%20OR%201%3D1--",
        "detailed?group_by=day&format=xlsx",
        "detailed?group_by=day&from=2026-02-30",
        "detailed?group_by=day&from=2026-11-02&to=2026-11-01",
        "detailed?group_by=day&from=2020-01-01&to=2026-11-01",
        "detailed?group_by=day&order=id",
        "kpi?from=yesterday",
        "kpi?from=2026-11-01T00:00:00Z",
        "kpi?to=9999-12-31&from=9999-12-30%00",
        "kpi?store_id=0",
        "kpi?store_id=1%20UNION%20SELECT%201",
        "funnel?from=%FF",
    };
    char path[160];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(path, sizeof path, "/api/v1/stats/%s", bad[i]);
        refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
    }
}

static void the_ends_of_time(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stats/kpi?from=9999-12-01&to=9999-12-31",
                       .as = owner});
    assert_int_equal(number(&h, "period.redeemed"), 0);
    assert_int_equal(number(&h, "today.redeemed"), 1);
    asks(&h, 200,
         &(struct ask){"GET",
                       "/api/v1/stats/detailed?group_by=month&from=1971-01-01"
                       "&to=1971-12-31",
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 12);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(today_and_the_days_before),
        cmocka_unit_test(what_waits_is_counted),
        cmocka_unit_test(by_store_source_and_person),
        cmocka_unit_test(names_are_for_who_may),
        cmocka_unit_test(days_weeks_months_are_all_there),
        cmocka_unit_test(a_table_for_spreadsheets),
        cmocka_unit_test(a_manager_sees_their_store),
        cmocka_unit_test(the_funnel),
        cmocka_unit_test(a_test_account_is_left_out),
        cmocka_unit_test(what_is_no_period_or_group),
        cmocka_unit_test(the_ends_of_time),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
