/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Rounds through many, at once with others, and killed: what they read, and that each
 * enters and hears once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/automation/scan.h"
#include "core/base/clock.h"
#include "core/message.h"
#include "tests/harness/shop.h"
#include "worker/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW (SHOP_NOW + 4 * HOUR) /* 14:00 in Vladivostok, 18 September 2026 */
#define CROWD 450

static struct shop shop;

static int64_t sql(const char *text)
{
    return shop_number(shop.db, text);
}

static void run(const char *text)
{
    shop_run(shop.db, text);
}

/* ---- people and an automation ----------------------------------------------------- */

static void crowd(int n)
{
    assert_int_equal(
        db_exec(
            shop.db, NULL,
            "INSERT INTO customer (channel, external_id, first_name, pd_ok,"
            " marketing_ok, birth_date, birth_set_at, last_purchase_at,"
            " last_seen_at, created_at) WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL"
            " SELECT i + 1 FROM s WHERE i < ?) SELECT 1, 900000 + i, 'Анна', 1, 1,"
            " IF(i <= ?, '1990-09-18', DATE_ADD('1990-01-01', INTERVAL i % 200 DAY)),"
            " '2026-01-01', DATE_ADD('2026-01-01', INTERVAL i % 200 DAY), NOW(6),"
            " NOW(6) FROM s",
            DB_INT(n), DB_INT(CROWD)),
        ST_OK);
}

#define SAYS                                                                           \
    "{\"steps\":[{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"Привет\"}},"   \
    "\"offer\":{\"percent_bp\":500,\"days\":3}}]}"

static enum status make(struct db *db, void *arg)
{
    const struct automation_act act = {.id = 1};
    struct json *o = json_parse(SAYS, strlen(SAYS));
    const struct plan_source from = {.json = o, .trigger = TRIGGER_BIRTHDAY};
    struct content_faults faults;
    struct automation_plan *p = NULL;
    struct automation_draft d = {.name = "Проба", .trigger = TRIGGER_BIRTHDAY};
    const char *why;
    int64_t id;
    enum status st = automation_plan_read(db, &from, &p, &faults);

    (void)arg;
    d.plan = p;
    if (st == ST_OK)
        st = automation_add(db, NOW, &d, &why, &id);
    if (st == ST_OK)
        st = automation_activate(db, NOW, &act);
    automation_plan_free(p);
    json_free(o);
    return st;
}

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    run("INSERT INTO settings (name, value, version, updated_at, updated_by) VALUES"
        " ('marketing_weekly_cap', '9', 1, NOW(6), 'test')");
    assert_int_equal(db_tx(shop.db, make, NULL), ST_OK);
    crowd(900);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- what the statements read ----------------------------------------------------- */

/* The keys EXPLAIN names, of every row of it. */
static void reads_along(const char *index, enum status st)
{
    char chosen[4000] = "";

    while (st == ST_OK && (st = db_next(shop.db)) == ST_OK) {
        bool tree = db_text(shop.db, 1, NULL) == NULL;

        for (int col = tree ? 0 : 3; col <= (tree ? 0 : 6); col++)
            if (db_text(shop.db, col, NULL) != NULL)
                snprintf(chosen + strlen(chosen), sizeof(chosen) - strlen(chosen),
                         " %s", db_text(shop.db, col, NULL));
    }
    assert_int_equal(st, ST_NONE);
    if (strstr(chosen, index) == NULL || strstr(chosen, " ALL") != NULL ||
        strstr(chosen, "Table scan") != NULL)
        fail_msg("chosen:%s", chosen);
}

static void test_scans_read_along_indexes(void **state)
{
    (void)state;
    run("INSERT INTO automation_run (automation_id, plan, customer_id, person_id,"
        " enter_key, state, wake_at, due_at, entered_at) SELECT 1, 1, id, id, 'x',"
        " IF(id % 50 = 0, 1, 2), NOW(6), NOW(6), NOW(6) FROM customer");
    assert_int_equal(db_one(shop.db, "ANALYZE TABLE customer"), ST_OK);
    assert_int_equal(db_one(shop.db, "ANALYZE TABLE automation_run"), ST_OK);
    reads_along("ix_customer_birth",
                db_select(shop.db, "EXPLAIN " SCAN_BIRTHDAYS, DB_INT(918), DB_INT(1),
                          DB_TEXT("bday:2026"), DB_INT(0), DB_INT(200)));
    reads_along("ix_customer_bought",
                db_select(shop.db, "EXPLAIN " SCAN_NO_VISIT, DB_TIME(NOW - DAY),
                          DB_TIME(NOW), DB_INT(1), DB_TEXT("novisit:20260918"),
                          DB_TIME(NOW - DAY), DB_INT(0), DB_INT(200)));
    reads_along("ix_discount_expiry",
                db_select(shop.db, "EXPLAIN " SCAN_EXPIRING, DB_TIME(NOW),
                          DB_TIME(NOW + 3 * DAY), DB_TIME(NOW), DB_INT(1), DB_TIME(NOW),
                          DB_INT(0), DB_INT(200)));
    reads_along("ix_automation_run_wake",
                db_select(shop.db, "EXPLAIN " RUN_DUE, DB_INT(1), DB_TIME(NOW + DAY),
                          DB_INT(50)));
    run("DELETE FROM automation_run");
}

/* ---- one after another ------------------------------------------------------------ */

/* A step of the worker for that automation, at the place its job would carry. */
struct turn {
    step_fn *fn;
    int64_t now;
    struct json *args;
};

static enum status turn_work(struct db *db, void *arg)
{
    const struct turn *t = arg;
    struct job job = {.args = t->args};
    struct step s = {.cfg = shop.cfg, .db = db, .job = &job, .now = t->now};
    enum status st = t->fn(&s);

    return st == ST_NONE ? ST_OK : st;
}

static struct json *of(int64_t id)
{
    struct json *o = json_new_object();

    json_set_int(o, "a", id);
    return o;
}

static struct json *of_one(void)
{
    return of(1);
}

static void turns(step_fn *fn, struct json *args)
{
    struct turn t = {fn, NOW, args};

    assert_int_equal(db_tx(shop.db, turn_work, &t), ST_OK);
    json_free(args);
}

/* The job that a page put for the next one, as its step would be given it; NULL: none. */
static struct json *next_job(const char *kind)
{
    struct json *body, *args = NULL;
    const char *s;
    size_t n;

    if (db_one(shop.db, "SELECT body FROM job_open WHERE kind = ? LIMIT 1",
               DB_TEXT(kind)) != ST_OK)
        return NULL;
    s = db_text(shop.db, 0, &n);
    body = json_parse(s, n);
    args = json_copy(json_get(body, "a"));
    json_free(body);
    assert_int_equal(
        db_exec(shop.db, NULL, "DELETE FROM job_open WHERE kind = ?", DB_TEXT(kind)),
        ST_OK);
    return args;
}

static int goes_on(step_fn *fn, const char *kind)
{
    struct json *args;
    int pages = 0;

    while (pages < 100 && (args = next_job(kind)) != NULL) {
        turns(fn, args);
        pages++;
    }
    return pages;
}

static void test_page_by_page(void **state)
{
    (void)state;
    turns(automation_scan_step, of_one());
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run"), SCAN_PAGE);
    assert_int_equal(goes_on(automation_scan_step, "sched.automation_scan"), 3);
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run"), CROWD);
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run r JOIN customer c"
                         " ON c.id = r.customer_id WHERE c.birth_md = 918"),
                     CROWD);
    assert_int_equal(sql("SELECT scanned = '2026-09-18' FROM automation"), 1);
    turns(automation_scan_step, of_one());
    goes_on(automation_scan_step, "sched.automation_scan");
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run"), CROWD);
}

/* ---- killed ----------------------------------------------------------------------- */

/* A child of its own wakes them and dies at that point. false: no crash points here. */
static bool dies_at(const char *point)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct turn t = {automation_wake_step, NOW, of_one()};

        setenv("DVORIK_CRASH", point, 1);
        unsetenv("DVORIK_CRASH_ONCE");
        _exit(db_tx(db_open(shop.cfg), turn_work, &t) == ST_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status);
}

static int64_t messages(void)
{
    return sql("SELECT COUNT(*) FROM message WHERE purpose = 2");
}

static void test_killed_between_its_steps(void **state)
{
    static const char *const points[] = {"message.inserted:30", "automation.said:7",
                                         "automation.moved:49"};

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        int64_t before = messages();

        if (!dies_at(points[i]))
            break;
        assert_int_equal(messages(), before); /* a page is all or nothing */
        assert_int_equal(sql("SELECT COUNT(*) FROM discount WHERE source = 4"), before);
        run("DELETE FROM job_open WHERE kind = 'sched.automation_wake'");
        turns(automation_wake_step, of_one());
        assert_int_equal(messages(), before + RUN_PAGE);
    }
    run("DELETE FROM job_open WHERE kind = 'sched.automation_wake'");
    turns(automation_wake_step, of_one());
    goes_on(automation_wake_step, "sched.automation_wake");
    assert_int_equal(messages(), CROWD);
    assert_int_equal(sql("SELECT COUNT(DISTINCT customer_id) FROM message"
                         " WHERE purpose = 2"),
                     CROWD);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount WHERE source = 4"), CROWD);
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run WHERE state = 2"), CROWD);
    /* They wait behind answers to people. */
    assert_int_equal(sql("SELECT COUNT(*) FROM job_open WHERE kind = 'send.message'"
                         " AND lane < 18"),
                     0);
}

/* ---- at once ---------------------------------------------------------------------- */

static void a_scanner(struct db *db, int i, void *arg)
{
    struct turn t = {automation_scan_step, NOW, of_one()};
    enum status *st = arg;

    st[i] = db_tx(db, turn_work, &t);
    json_free(t.args);
}

static void a_waker(struct db *db, int i, void *arg)
{
    struct turn t = {automation_wake_step, NOW, of_one()};
    enum status *st = arg;

    st[i] = db_tx(db, turn_work, &t);
    json_free(t.args);
}

/* Two schedulers, two workers: the same pages at the same moment. */
static void test_two_at_once(void **state)
{
    enum status st[4];

    (void)state;
    run("DELETE FROM job_open");
    run("DELETE FROM automation_word");
    run("DELETE FROM automation_run");
    run("DELETE FROM message");
    for (int round = 0; round < 4; round++) {
        shop_race(&shop, 4, a_scanner, st);
        shop_race(&shop, 4, a_waker, st);
        goes_on(automation_scan_step, "sched.automation_scan");
    }
    goes_on(automation_wake_step, "sched.automation_wake");
    turns(automation_wake_step, of_one());
    goes_on(automation_wake_step, "sched.automation_wake");
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run"), CROWD);
    assert_int_equal(messages(), CROWD);
    assert_int_equal(sql("SELECT COUNT(DISTINCT customer_id) FROM message"), CROWD);
}

static void a_waker_of_each(struct db *db, int i, void *arg)
{
    struct turn t = {automation_wake_step, NOW, of(i + 1)};
    enum status *st = arg;

    st[i] = db_tx(db, turn_work, &t);
    json_free(t.args);
}

/* Two automations that speak on the same morning, to people who want one word a week. */
static void test_two_of_them_and_a_cap_of_one(void **state)
{
    enum status st[2];

    (void)state;
    run("DELETE FROM job_open");
    run("DELETE FROM automation_word");
    run("DELETE FROM automation_run");
    run("DELETE FROM message");
    run("UPDATE settings SET value = '1' WHERE name = 'marketing_weekly_cap'");
    run("INSERT INTO automation (id, name, state, cause, plan, since, created_at,"
        " updated_at) SELECT 2, name, state, cause, plan, since, created_at, updated_at"
        " FROM automation WHERE id = 1");
    run("INSERT INTO automation_plan (automation_id, no, body, made_at) SELECT 2, no,"
        " body, made_at FROM automation_plan WHERE automation_id = 1");
    turns(automation_scan_step, of(1));
    turns(automation_scan_step, of(2));
    shop_race_behind(
        &shop,
        "SELECT id FROM customer WHERE birth_md = 918 ORDER BY id LIMIT 1 FOR UPDATE",
        2, a_waker_of_each, st);
    assert_int_equal(st[0], ST_OK);
    assert_int_equal(st[1], ST_OK);
    assert_int_equal(messages(), RUN_PAGE);
    assert_int_equal(sql("SELECT COUNT(DISTINCT customer_id) FROM message"), RUN_PAGE);
    run("UPDATE settings SET value = '9' WHERE name = 'marketing_weekly_cap'");
    run("DELETE FROM automation_word");
    run("DELETE FROM automation_run");
    run("DELETE FROM automation_plan WHERE automation_id = 2");
    run("DELETE FROM automation WHERE id = 2");
}

/* A copy of the database says nothing. */
static void test_a_restored_copy_stands_still(void **state)
{
    (void)state;
    run("DELETE FROM job_open");
    run("DELETE FROM automation_word");
    run("DELETE FROM automation_run");
    run("INSERT INTO broadcast_mark (id, n, checked_at, held_at) VALUES"
        " (1, 7, NOW(6), NOW(6))");
    turns(automation_scan_step, of_one());
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run"), 0);
    run("UPDATE broadcast_mark SET held_at = NULL, n = 0");
    turns(automation_scan_step, of_one());
    assert_int_equal(sql("SELECT COUNT(*) FROM automation_run"), SCAN_PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scans_read_along_indexes),
        cmocka_unit_test(test_page_by_page),
        cmocka_unit_test(test_killed_between_its_steps),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_two_of_them_and_a_cap_of_one),
        cmocka_unit_test(test_a_restored_copy_stands_still),
    };

    return cmocka_run_group_tests(tests, open_shop, close_shop);
}
