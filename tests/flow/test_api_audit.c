/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The audit through the admin API: filters, pages, who sees what, names; and whether a
 * change made by hand in the database is found, and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/audit.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

#define BASE (INT64_C(1700000000) * SECOND) /* long ago: everything may be sealed */

static int64_t owner, marketer;

static enum status rows_add(struct db *db, void *arg)
{
    enum status st = ST_OK;

    (void)arg;
    for (int i = 0; st == ST_OK && i < 30; i++) {
        struct audit_field f = {"birth_date", "1990-01-01", "1991-01-01"};
        struct audit_entry e = {.actor = i % 3 == 0   ? ACTOR_API
                                         : i % 3 == 1 ? ACTOR_STAFF
                                                      : ACTOR_SYSTEM,
                                .actor_id = i % 3 == 0   ? marketer
                                            : i % 3 == 1 ? owner
                                                         : 0,
                                .action = i % 2 == 0 ? "discount.issue" : "setting.set",
                                .entity_id = 100 + i % 5,
                                .fields = &f,
                                .n_fields = i % 2};

        st = audit_add(db, BASE + i * HOUR, &e);
    }
    return st;
}

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketer = api_staff(ROLE_MARKETING);
    log_request("request-of-the-test");
    assert_int_equal(db_tx(api_place.db, rows_add, NULL), ST_OK);
    log_request(NULL);
    return st;
}

/* Those of the test: it knows when they happened. */
#define MINE "from=2023-11-01T00:00:00Z&to=2023-12-01T00:00:00Z"

static size_t rows(struct heard *h, int64_t as, const char *query)
{
    char path[600];

    snprintf(path, sizeof path, "/api/v1/audit?" MINE "&limit=100%s", query);
    asks(h, 200, &(struct ask){"GET", path, .as = as});
    return json_count(json_get(h->json, "items"));
}

static void every_filter_picks(void **state)
{
    static const struct {
        const char *query;
        size_t n;
    } cases[] = {{"", 30},
                 {"&actor=api", 10},
                 {"&actor=api,system", 20},
                 {"&actor=customer", 0},
                 {"&action=discount.issue", 15},
                 {"&action=discount.issu", 0},
                 {"&entity=setting", 15},
                 {"&entity_id=103", 6},
                 {"&entity=setting&entity_id=103", 3},
                 {"&request_id=request-of-the-test", 30},
                 {"&request_id=request-of-the", 0},
                 {"&request_id='%20OR%201=1--%20", 0},
                 {"&action=%25%25%25", 0}};
    struct heard h = {0};
    char path[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (rows(&h, owner, cases[i].query) != cases[i].n)
            fail_msg("%s: %zu rows, wanted %zu", cases[i].query,
                     json_count(json_get(h.json, "items")), cases[i].n);
    snprintf(path, sizeof path, "&actor_id=%lld", (long long)marketer);
    assert_int_equal(rows(&h, owner, path), 10);
    asks(&h, 200,
         &(struct ask){"GET",
                       "/api/v1/audit?from=2023-11-15T08:13:20%2B10:00&"
                       "to=2023-11-15T03:13:20Z",
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 5);
    heard_free(&h);
}

static void what_is_no_filter_is_refused(void **state)
{
    static const char *const wrong[] = {
        "actor=nobody",       "actor_id=0",
        "entity_id=x",        "from=2023-11-01",
        "from=2023-11-01T00", "action=%D0%B0%D0%B0%D0%B0",
        "sort=actor",         "who=me",
        "request_id=",        "entity=%D0%B0",
        "cursor=abc"};
    char path[200];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(path, sizeof path, "/api/v1/audit?%s", wrong[i]);
        refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
    }
}

/* The newest first, each once, whatever is added in front meanwhile. */
static void pages_follow_one_another(void **state)
{
    struct heard h = {0};
    char path[2400], cursor[2048] = "";
    int64_t last = INT64_MAX;
    int seen = 0, pages = 0;

    (void)state;
    do {
        snprintf(path, sizeof path,
                 "/api/v1/audit?limit=7&request_id="
                 "request-of-the-test%s%s",
                 *cursor != '\0' ? "&cursor=" : "", cursor);
        asks(&h, 200, &(struct ask){"GET", path, .as = owner});
        for (size_t i = 0; i < json_count(json_get(h.json, "items")); i++, seen++) {
            int64_t id = json_int_or(json_at(json_get(h.json, "items"), i), "id", 0);

            assert_true(id < last);
            last = id;
        }
        snprintf(cursor, sizeof cursor, "%s",
                 json_text(h.json, "page.next", NULL) != NULL
                     ? json_text(h.json, "page.next", NULL)
                     : "");
        refuses(404, "not_found",
                &(struct ask){"GET", "/api/v1/stores/9", .as = owner});
    } while (*cursor != '\0' && ++pages < 20);
    assert_int_equal(seen, 30);
    heard_free(&h);
}

static void names_and_fields(void **state)
{
    struct heard h = {0};
    const struct json *row;

    (void)state;
    rows(&h, owner, "&entity=setting&actor=staff");
    row = json_at(json_get(h.json, "items"), 0);
    assert_string_equal(json_text(row, "actor_name", NULL), "Ольга");
    assert_string_equal(json_text(row, "request_id", NULL), "request-of-the-test");
    row = json_at(json_get(row, "fields"), 0);
    assert_string_equal(json_text(row, "name", NULL), "birth_date");
    assert_true(json_bool_or(row, "hashed", false));
    assert_null(strstr(h.raw.s, "1990"));
    heard_free(&h);
}

/* Marketing sees what they did themselves, and cannot ask for more. */
static void marketing_sees_their_own(void **state)
{
    struct heard h = {0};
    char path[120];

    (void)state;
    assert_int_equal(rows(&h, marketer, ""), 10);
    assert_int_equal(rows(&h, marketer, "&actor=system"), 0);
    snprintf(path, sizeof path, "&actor_id=%lld", (long long)owner);
    assert_int_equal(rows(&h, marketer, path), 0);
    refuses(403, "forbidden",
            &(struct ask){"GET", "/api/v1/audit/verify", .as = marketer});
    refuses(403, "forbidden",
            &(struct ask){"GET", "/api/v1/audit", .as = api_staff(ROLE_READONLY)});
    heard_free(&h);
}

/* A change by the API carries the request that made it. */
static void a_change_is_found_by_its_request(void **state)
{
    struct heard h = {0};
    char path[200], name[80];

    (void)state;
    asks(&h, 200,
         &(struct ask){"POST", "/api/v1/jobs/pause",
                       "{\"what\":\"lane\",\"name\":\"low\"}", .as = owner});
    snprintf(name, sizeof name, "%s", heard_header(&h, "X-Request-Id"));
    snprintf(path, sizeof path, "/api/v1/audit?request_id=%s", name);
    asks(&h, 200, &(struct ask){"GET", path, .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_string_equal(
        json_text(json_at(json_get(h.json, "items"), 0), "action", NULL), "job.pause");
    assert_string_equal(json_text(json_at(json_get(h.json, "items"), 0), "actor", NULL),
                        "api");
    heard_free(&h);
}

/* ---- sealed ---------------------------------------------------------------------- */

static enum status do_seal(struct db *db, void *arg)
{
    return audit_seal(db, clock_now() + HOUR, 6, arg);
}

static int command(void)
{
    struct program *p = program_start("dvorik", "audit", "verify", NULL);
    int status = program_wait(p, 20000);

    program_end(p);
    return status;
}

static void a_change_by_hand_is_named(void **state)
{
    struct heard h = {0};
    int64_t id, block;
    struct program *p;
    char text[80];
    int n;

    (void)state;
    while (db_tx(api_place.db, do_seal, &n) == ST_OK)
        continue;
    assert_int_equal(command(), 0);
    asks(&h, 200, &(struct ask){"GET", "/api/v1/audit/verify", .as = owner});
    assert_true(json_bool_or(h.json, "whole", false));
    assert_true(json_int_or(h.json, "blocks", 0) >= 5);
    assert_int_equal(json_int_or(h.json, "newest.block", 0),
                     json_int_or(h.json, "blocks", 0));
    assert_int_equal(db_one(api_place.db,
                            "SELECT MAX(id) FROM audit WHERE request_id = ?",
                            DB_TEXT("request-of-the-test")),
                     ST_OK);
    id = db_int(api_place.db, 0);
    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE audit SET entity_id = 7 WHERE id = ?", DB_INT(id)),
                     ST_OK);
    assert_int_equal(
        db_one(api_place.db,
               "SELECT id FROM audit_seal WHERE ? BETWEEN from_id AND to_id",
               DB_INT(id)),
        ST_OK);
    block = db_int(api_place.db, 0);
    asks(&h, 200, &(struct ask){"GET", "/api/v1/audit/verify", .as = owner});
    assert_false(json_bool_or(h.json, "whole", true));
    assert_int_equal(json_int_or(h.json, "broken.block", 0), block);
    assert_true(json_int_or(h.json, "broken.from_id", 0) <= id);
    assert_true(json_int_or(h.json, "broken.to_id", 0) >= id);
    /* The blocks behind it are whole. */
    snprintf(text, sizeof text, "/api/v1/audit/verify?from_block=%lld",
             (long long)json_int_or(h.json, "next_block", 0));
    asks(&h, 200, &(struct ask){"GET", text, .as = owner});
    assert_true(json_bool_or(h.json, "whole", false));

    p = program_start("dvorik", "audit", "verify", NULL);
    assert_int_equal(program_wait(p, 20000), 1);
    snprintf(text, sizeof text, "block %lld is BROKEN", (long long)block);
    assert_non_null(strstr(program_output(p), text));
    assert_non_null(strstr(program_output(p), "1 BROKEN"));
    program_end(p);
    heard_free(&h);
}

static void the_command_helps(void **state)
{
    struct program *p = program_start("dvorik", "audit", "--help", NULL);

    (void)state;
    assert_int_equal(program_wait(p, 20000), 0);
    assert_non_null(strstr(program_output(p), "dvorik audit verify"));
    program_end(p);
    p = program_start("dvorik", "audit", "fly", NULL);
    assert_int_equal(program_wait(p, 20000), 2);
    program_end(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter_picks),
        cmocka_unit_test(what_is_no_filter_is_refused),
        cmocka_unit_test(pages_follow_one_another),
        cmocka_unit_test(names_and_fields),
        cmocka_unit_test(marketing_sees_their_own),
        cmocka_unit_test(a_change_is_found_by_its_request),
        cmocka_unit_test(a_change_by_hand_is_named),
        cmocka_unit_test(the_command_helps),
    };

    return cmocka_run_group_tests_name("api audit", tests, opened, api_close);
}
