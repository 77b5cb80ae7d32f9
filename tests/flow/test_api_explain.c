/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * No list, card or figure of the admin API reads a whole table that grows. The real
 * program is asked on a seeded database; what it really sent is in the server's general
 * log, and each SELECT of it is explained.
 *
 * Every GET of routes.c is asked by itself; filters and orders stand in `more`: who adds
 * one to a list adds its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/route.h"
#include "api/routes.h"
#include "core/base/clock.h"
#include "tests/harness/api.h"
#include "tests/harness/server.h"
#include "tests/harness/web.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUSTOMERS 6000 /* three times as many discounts, ten times as many messages */
#define FEW 4500       /* rows of an index that may be walked from one end */

/* Tables that grow with the shop's life; "customer" is seeded, the others, too, or would
 * be found empty, which MySQL may well read whole. */
static const char *const growing[] = {"customer",
                                      "customer_word",
                                      "customer_tag",
                                      "discount",
                                      "redemption",
                                      "message",
                                      "audit",
                                      "consent",
                                      "shift",
                                      "segment_member",
                                      "broadcast_recipient",
                                      "broadcast_click",
                                      "automation_run",
                                      "automation_word"};

static const char *const more[] = {
    "/api/v1/users?limit=200",
    "/api/v1/users?q=%D0%A1%D0%BC%D0%B8%D1%80%D0%BD%D0%BE%D0%B2%D0%B0",
    "/api/v1/users?q=4321",
    "/api/v1/users?status=active",
    "/api/v1/users?sort=-created_at",
    "/api/v1/users?subscribed=true&marketing_ok=true",
    "/api/v1/discounts?limit=200",
    "/api/v1/discounts?status=active",
    "/api/v1/discounts?source=birthday",
    "/api/v1/discounts?customer_id=17",
    "/api/v1/discounts?sort=valid_until",
    "/api/v1/discounts?issued_after=2026-01-01T00:00:00Z",
    "/api/v1/stats/kpi",
    "/api/v1/stats/kpi?store_id=1",
    "/api/v1/stats/detailed?group_by=day",
    "/api/v1/stats/detailed?group_by=store",
    "/api/v1/stats/detailed?group_by=source",
    "/api/v1/stats/detailed?group_by=staff&store_id=1",
    "/api/v1/stats/funnel",
    "/api/v1/audit?limit=200",
    "/api/v1/audit?limit=200&action=customer.join",
    "/api/v1/audit?limit=200&entity=customer&actor=customer",
    "/api/v1/audit?limit=200&from=2020-01-01T00:00:00Z",
    "/api/v1/segments?q=%D0%A1%D0%B2%D0%BE%D0%B8&kind=list",
    "/api/v1/segments?sort=-updated_at",
    "/api/v1/automations?q=%D0%9F&state=active",
    "/api/v1/automations/1/runs?limit=200",
    "/api/v1/automations/1/runs?state=exited&sort=-id",
    "/api/v1/automations/1/stats",
    "/api/v1/segments/1",
    "/api/v1/segments/1/count?max_age=60",
    "/api/v1/segments/1/count",
    "/api/v1/segments/1/users?limit=200",
    "/api/v1/segments/1/explain?customer_id=17",
    "/api/v1/segments/2/users?limit=200",
    "/api/v1/segments/2/explain?customer_id=17",
    "/api/v1/broadcasts?status=scheduled,sending&q=%D0%9D",
    "/api/v1/broadcasts?sort=-start_at&from=2026-01-01T00:00:00Z",
    "/api/v1/broadcasts?segment_id=1&include_total=true",
    "/api/v1/broadcasts/1",
    "/api/v1/broadcasts/1/stats",
    "/api/v1/broadcasts/1/recipients?limit=200",
    "/api/v1/broadcasts/1/recipients?state=sent,failed&variant=1",
    "/api/v1/broadcasts/1/recipients?why=no_consent",
    "/api/v1/broadcasts/calendar",
};

static struct server *mysql;
static int64_t owner;
static bool can; /* the sequence and the log of MariaDB */

/* ---- the database ---------------------------------------------------------------- */

static void script_run(const char *head, const char *path)
{
    static char text[65536];
    FILE *f = fopen(path, "re");
    size_t n = (size_t)snprintf(text, sizeof text, "%s", head);
    const char *why = "";

    assert_non_null(f);
    n += fread(text + n, 1, sizeof text - 1 - n, f);
    assert_true(n < sizeof text - 1);
    fclose(f);
    if (db_script(api_place.db, text, n, &why) != ST_OK)
        fail_msg("%s: %s", path, why);
}

/* A rule with leaves of each kind, and a fixed list of half of all. What counts and walks
 * them is limited in time instead (tests/store/test_audience.c): a rule that fits
 * everybody reads everybody. */
static void segments_seed(void)
{
    static const char *const sql[] = {
        "INSERT INTO segment (id, name, kind, rule, hash, created_at, updated_at)"
        " VALUES (1, 'Всякое', 1, '{\"root\":{\"any\":["
        "{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true},{\"segment\":2},"
        "{\"agg\":{\"of\":\"purchases\",\"fn\":\"count\",\"window\":{\"last\":"
        "\"P90D\"}},\"op\":\"gt\",\"v\":2},{\"has\":{\"of\":\"discounts\"}},"
        "{\"received\":{\"purpose\":\"marketing\",\"last\":\"P3D\"}},"
        "{\"f\":\"name\",\"op\":\"starts\",\"v\":\"А\"}]},\"v\":1}',"
        " REPEAT('x', 32), NOW(6), NOW(6)),"
        " (2, 'Свои', 2, NULL, NULL, NOW(6), NOW(6))",
        "INSERT INTO segment_use (segment_id, uses_id) VALUES (1, 2)",
        "INSERT INTO segment_member (segment_id, customer_id, at)"
        " SELECT 2, id, NOW(6) FROM customer WHERE id % 2 = 1",
    };

    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
        assert_int_equal(db_exec(api_place.db, NULL, sql[i]), ST_OK);
}

/* One that went to everybody, with a tenth of them held out, and half of whom pressed. */
static void broadcasts_seed(void)
{
    static const char *const sql[] = {
        "INSERT INTO broadcast (id, name, purpose, state, segment_id, start_at,"
        " started_at, filled_at, holdout_bp, created_at, updated_at) VALUES"
        " (1, 'Всем', 2, 5, 1, NOW(6), NOW(6), NOW(6), 1000, NOW(6), NOW(6))",
        "INSERT INTO broadcast_variant (broadcast_id, no, content) VALUES"
        " (1, 1, '{\"ru\":{\"text\":\"x\"}}')",
        "INSERT INTO broadcast_recipient (broadcast_id, customer_id, state, why,"
        " variant, due) SELECT 1, id, IF(id % 10 = 0, 8, IF(id % 10 = 1, 5, 3)),"
        " IF(id % 10 = 1, 2, 0), 1, NOW(6) FROM customer",
        "INSERT INTO broadcast_count (broadcast_id, variant, state, why, n)"
        " SELECT 1, 1, state, why, COUNT(*) FROM broadcast_recipient"
        " GROUP BY state, why",
        "INSERT INTO broadcast_click (broadcast_id, customer_id, link, first_at,"
        " last_at) SELECT 1, id, 101, NOW(6), NOW(6) FROM customer WHERE id % 2 = 0",
    };

    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
        assert_int_equal(db_exec(api_place.db, NULL, sql[i]), ST_OK);
}

/* Three, with everybody in one of them. */
static void automations_seed(void)
{
    static const char *const sql[] = {
        "INSERT INTO automation (id, name, state, cause, since, created_at, updated_at)"
        " VALUES (1, 'П', 2, 3, NOW(6), NOW(6), NOW(6)),"
        " (2, 'Р', 2, 4, NOW(6), NOW(6), NOW(6)), (3, 'С', 2, 1, NOW(6), NOW(6), "
        "NOW(6))",
        "INSERT INTO automation_plan (automation_id, no, body, made_at)"
        " SELECT id, 1, '{\"steps\":[{\"do\":\"add_tag\",\"tag\":\"x\"}]}', NOW(6)"
        " FROM automation",
        "INSERT INTO automation_run (automation_id, plan, customer_id, person_id,"
        " enter_key, state, why, wake_at, due_at, entered_at) SELECT 1 + id % 3, 1, id,"
        " id, 'x', IF(id % 30 < 3, 3, 2), IF(id % 30 < 3, 1, 0), NOW(6), NOW(6), NOW(6)"
        " FROM customer",
        "INSERT INTO automation_word (run_id, step, automation_id, message_id,"
        " discount_id, at)"
        " SELECT id, 0, automation_id, id, IF(id % 2 = 0, id, NULL), NOW(6)"
        " FROM automation_run",
    };

    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
        assert_int_equal(db_exec(api_place.db, NULL, sql[i]), ST_OK);
}

static void seed(void)
{
    char head[80], sql[80];

    db_patience(api_place.db, 120);
    snprintf(head, sizeof head, "SET @rows = %d;\n", CUSTOMERS);
    script_run(head, "tests/bench/api/shop.sql");
    script_run(head, "tests/bench/api/customers.sql");
    script_run(head, "tests/bench/api/messages.sql");
    segments_seed();
    broadcasts_seed();
    automations_seed();
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++) {
        const char *why;
        int n = snprintf(sql, sizeof sql, "ANALYZE TABLE %s", growing[i]);

        assert_int_equal(db_script(api_place.db, sql, (size_t)n, &why), ST_OK);
    }
}

static int opened(void **state)
{
    mysql = server_new(SERVER_MYSQL);
    setenv("DVORIK_TEST_MYSQL_SOCKET", server_socket(mysql), 1);
    if (api_open(state) != 0)
        return -1;
    assert_int_equal(db_one(api_place.db, "SELECT VERSION() LIKE '%MariaDB%'"), ST_OK);
    can = db_int(api_place.db, 0) != 0;
    if (can)
        seed();
    owner = api_staff(ROLE_OWNER);
    assert_int_equal(db_exec(api_place.db, NULL, "SET GLOBAL log_output = 'TABLE'"),
                     ST_OK);
    assert_int_equal(db_exec(api_place.db, NULL, "SET GLOBAL general_log = 1"), ST_OK);
    return 0;
}

static int closed(void **state)
{
    int st = api_close(state);

    server_free(mysql);
    return st;
}

/* ---- what was sent --------------------------------------------------------------- */

static int64_t log_length(void)
{
    assert_int_equal(db_one(api_place.db, "SELECT COUNT(*) FROM mysql.general_log"),
                     ST_OK);
    return db_int(api_place.db, 0);
}

struct sent {
    char *sql[256];
    int n;
};

static void sent_since(int64_t from, struct sent *out)
{
    enum status st = db_select(api_place.db,
                               "SELECT argument, command_type = 'Execute',"
                               " thread_id = CONNECTION_ID() FROM mysql.general_log"
                               " LIMIT 100000 OFFSET ?",
                               DB_INT(from));

    out->n = 0;
    while (st == ST_OK && (st = db_next(api_place.db)) == ST_OK) {
        const char *sql = db_text(api_place.db, 0, NULL);

        if (db_int(api_place.db, 1) != 0 && db_int(api_place.db, 2) == 0 &&
            strncmp(sql, "SELECT", 6) == 0 && out->n < 256)
            out->sql[out->n++] = strdup(sql);
    }
    assert_int_equal(st, ST_NONE);
}

/* ---- what that reads ------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Does that statement call that table so? "customer c", "customer AS c", "customer". */
static bool is_called(const char *sql, const char *table, const char *alias)
{
    size_t n = strlen(table), a = strlen(alias);

    for (const char *at = sql; (at = strstr(at, table)) != NULL; at += n) {
        const char *next = at + n;

        if ((at > sql && (is_word(at[-1]) || at[-1] == '.')) || is_word(*next) ||
            *next == '.')
            continue;
        if (strcmp(table, alias) == 0)
            return true;
        next += strspn(next, " ");
        if (strncmp(next, "AS ", 3) == 0)
            next += 3;
        if (strncmp(next, alias, a) == 0 && !is_word(next[a]))
            return true;
    }
    return false;
}

static const char *grows(const char *sql, const char *alias)
{
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
        if (is_called(sql, growing[i], alias))
            return growing[i];
    return NULL;
}

/* The whole of a table that grows, or of its index: adds a line. */
static void row_judge(const char *sql, struct buf *faults, const char *path)
{
    const char *alias = db_text(api_place.db, 2, NULL);
    const char *type = db_text(api_place.db, 3, NULL);
    const char *table;
    int64_t rows = db_int(api_place.db, 8);

    if (alias == NULL || type == NULL || *alias == '<')
        return;
    table = grows(sql, alias);
    if (table == NULL ||
        !(strcmp(type, "ALL") == 0 || (strcmp(type, "index") == 0 && rows > FEW)))
        return;
    buf_addf(faults, "%s reads %s of %s (%s, %lld rows): %s\n", path,
             strcmp(type, "ALL") == 0 ? "all" : "a whole index", table, type,
             (long long)rows, sql);
}

static void explain(const char *sql, struct buf *faults, const char *path)
{
    struct buf text = {0};
    enum status st;

    buf_addf(&text, "EXPLAIN %s", sql);
    st = db_select(api_place.db, text.s);
    if (st != ST_OK)
        fail_msg("cannot be explained: %s", sql);
    while (st == ST_OK && (st = db_next(api_place.db)) == ST_OK)
        row_judge(sql, faults, path);
    buf_free(&text);
}

/* below: the answer's status is. */
static int look_at(const char *path, int below, struct buf *faults)
{
    const struct ask ask = {"GET", path, .as = owner};
    struct sent sent;
    struct buf raw = {0};
    int64_t from;
    int status, n;

    (void)api_token(owner);
    from = log_length();
    status = web_hear(asks_say(&ask), &raw);
    sent_since(from, &sent);
    for (int i = 0; i < sent.n; i++) {
        explain(sent.sql[i], faults, path);
        free(sent.sql[i]);
    }
    buf_free(&raw);
    if (status <= 0 || status >= below)
        buf_addf(faults, "%s is answered %d\n", path, status);
    n = sent.n;
    return n;
}

/* ---- tests ----------------------------------------------------------------------- */

static void faults_fail(struct buf *faults)
{
    if (faults->len > 0)
        fail_msg("%s", faults->s);
    buf_free(faults);
}

/* {id} is 17, {key} something; a stream would never end. */
static bool path_make(const struct route *r, char out[200])
{
    size_t n = 0;

    if (strcmp(r->method, "GET") != 0 || strncmp(r->path, "/api/v1/", 8) != 0 ||
        strstr(r->path, "events") != NULL)
        return false;
    for (const char *s = r->path; *s != '\0' && n < 190;) {
        const char *word = strncmp(s, "{id}", 4) == 0    ? "17"
                           : strncmp(s, "{key}", 5) == 0 ? "retention_days"
                                                         : NULL;

        if (word == NULL) {
            out[n++] = *s++;
            continue;
        }
        n += (size_t)snprintf(out + n, 200 - n, "%s", word);
        s = strchr(s, '}') + 1;
    }
    out[n] = '\0';
    return true;
}

static void every_get_of_the_table(void **state)
{
    struct buf faults = {0};
    char path[200];
    int asked = 0;

    (void)state;
    if (!can)
        skip();
    for (int i = 0; i < routes_n; i++)
        if (path_make(&routes[i], path)) {
            assert_true(look_at(path, 500, &faults) >
                        0); /* at least: whose session is it? */
            asked++;
        }
    assert_true(asked > 5);
    faults_fail(&faults);
}

static void filters_and_orders(void **state)
{
    struct buf faults = {0};

    (void)state;
    if (!can)
        skip();
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        look_at(more[i], 300, &faults);
    faults_fail(&faults);
}

/* A judge that never finds anything proves nothing. */
static void the_judge_can_say_no(void **state)
{
    struct buf faults = {0};

    (void)state;
    if (!can)
        skip();
    explain("SELECT COUNT(*) FROM customer c WHERE c.notes LIKE '%x%'", &faults, "1");
    assert_non_null(strstr(faults.s, "all of customer"));
    buf_clear(&faults);
    explain("SELECT COUNT(*) FROM discount WHERE reason = 'x'", &faults, "2");
    assert_non_null(strstr(faults.s, "all of discount"));
    buf_clear(&faults);
    explain("SELECT COUNT(*) FROM message FORCE INDEX (ix_message_state)", &faults,
            "3");
    assert_non_null(strstr(faults.s, "whole index of message"));
    buf_clear(&faults);
    explain("SELECT name FROM staff", &faults, "4");
    explain("SELECT * FROM discount WHERE id = 5", &faults, "5");
    assert_int_equal(faults.len, 0);
    buf_free(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_get_of_the_table),
        cmocka_unit_test(filters_and_orders),
        cmocka_unit_test(the_judge_can_say_no),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
