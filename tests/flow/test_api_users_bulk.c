/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One action on many customers through the admin API: at once, tried out, as a task; what
 * a task does is in tests/store/test_bulk.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/api_users.h"

#include <stdio.h>
#include <string.h>

#define GUESTS 104

static int64_t owner, marketing, ids[GUESTS];

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    for (int i = 0; i < GUESTS; i++)
        ids[i] = guest("Гость", "");
    return st;
}

/* {"target":{"ids":[…n of them…]},<rest>} */
static const char *named(int n, const char *rest)
{
    static struct buf body;

    buf_clear(&body);
    buf_adds(&body, "{\"target\":{\"ids\":[");
    for (int i = 0; i < n; i++)
        buf_addf(&body, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);
    buf_addf(&body, "]},%s}", rest);
    assert_false(body.failed);
    return body.s;
}

static void does(struct heard *h, int status, const char *key, const char *body)
{
    asks(h, status,
         &(struct ask){"POST", "/api/v1/users/bulk", body, .as = owner, .key = key});
}

static void is(const struct heard *h, int done, int unchanged, int failed)
{
    assert_int_equal(json_int_or(h->json, "done", -1), done);
    assert_int_equal(json_int_or(h->json, "unchanged", -1), unchanged);
    assert_int_equal(json_int_or(h->json, "failed", -1), failed);
}

static void at_once(void **state)
{
    const char *tag = "\"action\":\"add_tags\",\"params\":{\"tags\":[\"май\"]}";
    struct heard h = {0};

    (void)state;
    does(&h, 207, "a1", named(3, tag));
    is(&h, 3, 0, 0);
    assert_int_equal(json_count(json_get(h.json, "items")), 3);
    does(&h, 207, "a1", named(3, tag)); /* the same once more */
    is(&h, 3, 0, 0);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    does(&h, 207, "a2", named(3, tag));
    is(&h, 0, 3, 0);
    does(&h, 207, "a3",
         "{\"target\":{\"ids\":[99999999]},\"action\":\"remove_tags\","
         "\"params\":{\"tags\":[\"май\"]}}");
    is(&h, 0, 0, 1);
    assert_string_equal(json_text(json_at(json_get(h.json, "items"), 0), "why", NULL),
                        "not_found");
    does(&h, 207, "a4",
         named(3, "\"action\":\"remove_tags\",\"params\":{\"tags\":[\"май\",\"x\"]}"));
    is(&h, 3, 0, 0);
    does(&h, 207, "a5", named(2, "\"action\":\"block\""));
    is(&h, 2, 0, 0);
    does(&h, 207, "a6", named(3, "\"action\":\"unblock\""));
    is(&h, 2, 1, 0);
    heard_free(&h);
}

/* A number that is said twice is one customer. */
static void each_once(void **state)
{
    char body[200];
    struct heard h = {0};
    int64_t id = guest("Однажды", "");

    (void)state;
    snprintf(body, sizeof body,
             "{\"target\":{\"ids\":[%lld,%lld]},\"action\":\"issue_discount\","
             "\"params\":{\"value\":500,\"ttl_days\":7}}",
             (long long)id, (long long)id);
    does(&h, 207, "e1", body);
    is(&h, 1, 0, 0);
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_int_equal(number_of("SELECT COUNT(*) FROM discount"), 1);
    assert_int_equal(db_exec(api_place.db, NULL, "DELETE FROM discount"), ST_OK);
    guest_sql(id, "status = 3");
    heard_free(&h);
}

static void discounts_and_a_trial(void **state)
{
    const char *give = "\"action\":\"issue_discount\",\"params\":{\"value\":1500,"
                       "\"ttl_days\":14,\"reason\":\"давно\",\"notify\":true}";
    char trial[400];
    struct heard h = {0};
    int64_t jobs = number_of("SELECT COUNT(*) FROM job_open");

    (void)state;
    guest_sql(ids[0], "marketing_ok = 1");
    snprintf(trial, sizeof trial, "%s,\"dry_run\":true", give);
    does(&h, 207, "d0", named(4, trial));
    is(&h, 4, 0, 0);
    assert_true(json_bool_or(h.json, "dry_run", false));
    assert_int_equal(number_of("SELECT COUNT(*) FROM discount"), 0);
    assert_int_equal(number_of("SELECT COUNT(*) FROM job_open"), jobs);
    does(&h, 207, "d1", named(4, give));
    is(&h, 4, 0, 0);
    assert_true(json_int_or(json_at(json_get(h.json, "items"), 0), "discount_id", 0) >
                0);
    assert_int_equal(number_of("SELECT COUNT(*) FROM discount"), 4);
    assert_int_equal(
        number_of("SELECT COUNT(*) FROM job_open WHERE kind = 'core.discount_granted'"),
        1);
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/users?has_active_discount=true", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 4);
    heard_free(&h);
}

static void a_task(void **state)
{
    struct heard h = {0};
    char path[80], items[120];

    (void)state;
    does(&h, 202, "t1",
         named(GUESTS, "\"action\":\"add_tags\",\"params\":{\"tags\":[\"июнь\"]}"));
    assert_int_equal(json_int_or(h.json, "expected", 0), GUESTS);
    snprintf(path, sizeof path, "/api/v1/users/bulk/%lld",
             (long long)json_int_or(h.json, "id", 0));
    assert_string_equal(heard_header(&h, "Location"), path);
    asks(&h, 200, &(struct ask){"GET", path, .as = marketing});
    assert_string_equal(json_text(h.json, "state", NULL), "running");
    snprintf(items, sizeof items, "%s/items?status=waiting&limit=3", path);
    asks(&h, 200, &(struct ask){"GET", items, .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 3);
    assert_true(json_bool_or(h.json, "page.has_next", false));
    assert_int_equal(
        number_of("SELECT COUNT(*) FROM job_open WHERE kind = 'core.bulk_tags'"), 1);
    snprintf(items, sizeof items, "%s/cancel", path);
    asks(&h, 200, &(struct ask){"POST", items, .as = marketing});
    assert_string_equal(json_text(h.json, "state", NULL), "stopped");
    assert_int_equal(number_of("SELECT actor_id FROM audit WHERE action = 'bulk.stop'"),
                     marketing); /* who stopped it, not who began it */
    refuses(409, "conflict", &(struct ask){"POST", items, .as = owner});
    asks(&h, 200, &(struct ask){"GET", "/api/v1/users/bulk", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/users/bulk/999", .as = owner});
    snprintf(items, sizeof items, "%s/file", path);
    refuses(404, "not_found", &(struct ask){"GET", items, .as = owner});
    heard_free(&h);
}

/* Whose data left, and who took it. */
static void a_file_is_audited(void **state)
{
    struct heard h = {0};
    char path[80];

    (void)state;
    does(&h, 202, "x1", "{\"target\":{\"ids\":[1]},\"action\":\"export\"}");
    snprintf(path, sizeof path, "/api/v1/users/bulk/%lld/file",
             (long long)json_int_or(h.json, "id", 0));
    refuses(404, "not_found", &(struct ask){"GET", path, .as = owner});
    assert_int_equal(number_of("SELECT COUNT(*) FROM audit WHERE action = 'bulk.file'"),
                     0);
    assert_int_equal(db_exec(api_place.db, NULL,
                             "INSERT INTO bulk_part (task_id, part, body, made_at)"
                             " SELECT MAX(id), 1, 'id;name', NOW(6) FROM bulk_task"),
                     ST_OK);
    asks(&h, 200, &(struct ask){"GET", path, .as = owner});
    assert_int_equal(number_of("SELECT actor_id FROM audit WHERE action = 'bulk.file'"),
                     owner);
    heard_free(&h);
}

static void by_filter(void **state)
{
    struct heard h = {0};

    (void)state;
    does(&h, 200, "f1",
         "{\"target\":{\"filter\":{\"q\":\"гость\",\"status\":[\"active\"]}},"
         "\"action\":\"block\",\"dry_run\":true}");
    assert_int_equal(json_int_or(h.json, "expected", 0), GUESTS);
    assert_false(json_bool_or(h.json, "expected_is_capped", true));
    assert_int_equal(json_count(json_get(h.json, "items")), 20);
    assert_int_equal(number_of("SELECT COUNT(*) FROM bulk_task WHERE who IS NOT NULL"),
                     0);
    does(&h, 202, "f2",
         "{\"target\":{\"filter\":{\"tag\":[\"май\"]}},"
         "\"action\":\"export\"}");
    assert_true(json_bool_or(h.json, "by_filter", false));
    heard_free(&h);
}

static void wrong(const char *pointer, const char *body)
{
    struct heard h = {0};
    const char *said;

    does(&h, 400, "w1", body);
    said = json_text(json_at(json_get(h.json, "errors"), 0), "pointer", NULL);
    if (said == NULL || strcmp(said, pointer) != 0)
        fail_msg("%s: %s", body, h.raw.s);
    heard_free(&h);
}

static void what_cannot_be(void **state)
{
    (void)state;
    wrong("/target", "{\"target\":{},\"action\":\"block\"}");
    wrong("/target", "{\"target\":{\"ids\":[1],\"filter\":{}},\"action\":\"block\"}");
    wrong("/target/ids", "{\"target\":{\"ids\":[]},\"action\":\"block\"}");
    wrong("/target/filter/phone",
          "{\"target\":{\"filter\":{\"phone\":\"1\"}},\"action\":\"block\"}");
    wrong(
        "/target/filter/birthday_from",
        "{\"target\":{\"filter\":{\"birthday_from\":\"02-31\"}},\"action\":\"block\"}");
    wrong("/action", "{\"target\":{\"ids\":[1]},\"action\":\"erase\"}");
    wrong("/params/tags", "{\"target\":{\"ids\":[1]},\"action\":\"add_tags\"}");
    wrong("/params/tags", "{\"target\":{\"ids\":[1]},\"action\":\"block\","
                          "\"params\":{\"tags\":[\"a\"]}}");
    wrong("/params/valid_until", "{\"target\":{\"ids\":[1]},\"action\":"
                                 "\"issue_discount\",\"params\":{\"value\":100}}");
    wrong("/params/value", "{\"target\":{\"ids\":[1]},\"action\":\"issue_discount\"}");
    wrong("/params/tags", "{\"target\":{\"ids\":[1]},\"action\":\"add_tags\","
                          "\"params\":{\"tags\":[\" a\"]}}");
    refuses(400, "validation_failed",
            &(struct ask){"POST", "/api/v1/users/bulk",
                          "{\"target\":{\"ids\":[1]},\"action\":\"block\"}",
                          .as = owner}); /* no key */
    refuses(403, "forbidden",
            &(struct ask){"POST", "/api/v1/users/bulk",
                          "{\"target\":{\"filter\":{}},\"action\":\"export\"}",
                          .as = marketing, .key = "m1"});
    refuses(403, "forbidden",
            &(struct ask){"GET", "/api/v1/users/bulk/1/file", .as = marketing});
    assert_int_equal(number_of("SELECT COUNT(*) FROM customer WHERE barred_at"
                               " IS NOT NULL"),
                     0);
}

static void ten_thousand(void **state)
{
    struct heard h = {0};
    struct buf body = {0};

    (void)state;
    buf_adds(&body, "{\"action\":\"block\",\"target\":{\"ids\":[");
    for (int i = 0; i < 10000; i++)
        buf_addf(&body, "%s%lld", i > 0 ? "," : "", 900000000000000000LL - i);
    buf_adds(&body, "]}}");
    does(&h, 202, "k1", body.s);
    assert_int_equal(json_int_or(h.json, "expected", 0), 10000);
    body.len -= 3;
    body.s[body.len] = '\0';
    buf_adds(&body, ",1]}}");
    wrong("/target/ids", body.s);
    buf_free(&body);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_once),
        cmocka_unit_test(each_once),
        cmocka_unit_test(discounts_and_a_trial),
        cmocka_unit_test(a_task),
        cmocka_unit_test(a_file_is_audited),
        cmocka_unit_test(by_filter),
        cmocka_unit_test(what_cannot_be),
        cmocka_unit_test(ten_thousand),
    };

    return cmocka_run_group_tests_name("api users bulk", tests, opened, api_close);
}
