/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who leads: one of several, a successor when the leader is gone, and nobody who
 * believes longer than the row says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/leader.h"
#include "tests/harness/server.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEASE 400 /* ms: the tests are in a hurry */

static struct config *cfg;
static struct db *db;

static int open_world(void **state)
{
    (void)state;
    cfg = world_config();
    db = db_open(cfg);
    return db == NULL;
}

static int close_world(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

/* One who wants to lead, with a connection of its own. */
struct one {
    struct leader l;
    struct db *db;
};

static void one_open(struct one *o, const char *owner)
{
    leader_init(&o->l, "test", owner, LEASE);
    o->db = db_open(cfg);
    assert_non_null(o->db);
}

static void one_close(struct one *o)
{
    db_close(o->db);
}

static enum status keep(struct one *o)
{
    return leader_keep(&o->l, o->db, clock_mono_ms());
}

static bool leads(struct one *o)
{
    return leader_leads(&o->l, clock_mono_ms());
}

static bool becomes_leader(void *arg)
{
    return keep(arg) == ST_OK;
}

static bool has_lapsed(void *arg)
{
    return !leads(arg);
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

static int64_t number(const char *sql)
{
    assert_int_equal(db_one(db, sql), ST_OK);
    return db_int(db, 0);
}

static void the_first_who_asks_leads(void **state)
{
    struct one a, b;

    (void)state;
    one_open(&a, "a");
    one_open(&b, "b");
    assert_false(leads(&a));
    assert_int_equal(keep(&a), ST_OK);
    assert_true(leads(&a));
    assert_int_equal(a.l.term, 1);
    assert_int_equal(keep(&b), ST_TAKEN);
    assert_false(leads(&b));
    assert_int_equal(number("SELECT owner = 'a' AND term = 1 FROM leader"), 1);
    one_close(&a);
    one_close(&b);
}

static void who_renews_stays_and_nobody_else_comes_in(void **state)
{
    struct one a, b;

    (void)state;
    one_open(&a, "a");
    one_open(&b, "b");
    assert_int_equal(keep(&a), ST_OK);
    for (int i = 0; i < 300; i++) { /* three leases and more */
        assert_int_equal(keep(&a), ST_OK);
        assert_int_equal(keep(&b), ST_TAKEN);
        (void)until(never, NULL, 3);
    }
    assert_int_equal(number("SELECT term FROM leader"), 1);
    one_close(&a);
    one_close(&b);
}

/* The lease is by the clock of the database: what `now` each believes is no matter. */
static void a_successor_comes_when_the_lease_has_run_out(void **state)
{
    struct one a, b;
    int64_t began;

    (void)state;
    one_open(&a, "a");
    one_open(&b, "b");
    began = clock_mono_ms();
    assert_int_equal(keep(&a), ST_OK);
    assert_int_equal(keep(&b), ST_TAKEN); /* a is killed now */
    assert_true(until(becomes_leader, &b, 20 * LEASE));
    assert_true(clock_mono_ms() - began >= LEASE);
    assert_int_equal(b.l.term, 2);
    assert_false(leads(&a)); /* it stopped believing before b was told */
    assert_int_equal(keep(&a), ST_TAKEN);
    one_close(&a);
    one_close(&b);
}

static void who_steps_down_is_followed_at_once(void **state)
{
    struct one a, b;

    (void)state;
    one_open(&a, "a");
    one_open(&b, "b");
    assert_int_equal(keep(&a), ST_OK);
    assert_int_equal(leader_step_down(&b.l, b.db), ST_OK); /* not its to give away */
    assert_int_equal(keep(&b), ST_TAKEN);
    assert_int_equal(leader_step_down(&a.l, a.db), ST_OK);
    assert_false(leads(&a));
    b.l.asked_ms = 0;
    assert_int_equal(keep(&b), ST_OK);
    assert_int_equal(b.l.term, 2);
    one_close(&a);
    one_close(&b);
}

static void one_who_comes_back_in_time_has_lost_nothing(void **state)
{
    struct one a;

    (void)state;
    one_open(&a, "a");
    assert_int_equal(keep(&a), ST_OK);
    assert_true(
        until(has_lapsed, &a, 5 * LEASE)); /* frozen, and nobody else was there */
    assert_int_equal(keep(&a), ST_OK);
    assert_int_equal(a.l.term, 1);
    one_close(&a);
}

static void a_lease_from_a_wrong_clock_binds_nobody(void **state)
{
    struct one a;

    (void)state;
    one_open(&a, "a");
    assert_int_equal(db_exec(db, NULL,
                             "INSERT INTO leader (name, owner, term, until) VALUES"
                             " ('test', 'x', 7, '2099-01-01')"),
                     ST_OK);
    assert_int_equal(keep(&a), ST_OK);
    assert_int_equal(a.l.term, 8);
    one_close(&a);
}

static void who_leads_asks_seldom(void **state)
{
    struct one a;
    int64_t before, asked;

    (void)state;
    one_open(&a, "a");
    before = clock_mono_ms();
    assert_int_equal(leader_keep(&a.l, a.db, before), ST_OK);
    for (int ms = 1; ms < LEASE / 3; ms++)
        assert_int_equal(leader_keep(&a.l, a.db, before + ms), ST_OK);
    asked = a.l.asked_ms;
    assert_int_equal(asked, before);
    one_close(&a);
}

/* ---- many processes, killed and frozen ------------------------------------------ */

/* Each leader writes down, in the database, what it believes: from when to when. Two
 * stretches that overlap are two leaders at once. */
static void believe(struct one *me, struct db *notes, bool *told)
{
    int64_t now = clock_mono_ms();
    enum status st = leader_keep(&me->l, me->db, now);

    if (st != ST_OK && st != ST_TAKEN)
        _exit(1);
    if (!leader_leads(&me->l, now)) {
        *told = false;
        return;
    }
    if (*told)
        st = db_exec(notes, NULL,
                     "UPDATE believed SET until_ms = ? WHERE owner = ? AND term = ?",
                     DB_INT(now), DB_TEXT(me->l.owner), DB_INT(me->l.term));
    else
        st = db_exec(notes, NULL,
                     "INSERT INTO believed (owner, term, from_ms, until_ms)"
                     " VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE until_ms = ?",
                     DB_TEXT(me->l.owner), DB_INT(me->l.term), DB_INT(now), DB_INT(now),
                     DB_INT(now));
    if (st == ST_OK)
        *told = true;
}

static void live(int n)
{
    struct one me;
    struct db *notes = db_open(cfg);
    bool told = false;
    char owner[32];

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
    snprintf(owner, sizeof owner, "p%d.%d", n, (int)getpid());
    one_open(&me, owner);
    for (;;) {
        believe(&me, notes, &told);
        (void)until(never, NULL, 2);
    }
}

static pid_t born(int n)
{
    pid_t pid = fork();

    if (pid == 0)
        live(n);
    assert_true(pid > 0);
    return pid;
}

static int64_t terms(void)
{
    return number("SELECT COALESCE(MAX(term), 0) FROM believed");
}

static bool next_term(void *arg)
{
    return terms() > *(int64_t *)arg;
}

static void only_one_believes_at_a_time_whoever_is_killed_or_frozen(void **state)
{
    pid_t pid[3], leader;
    int64_t term = 0;

    (void)state;
    assert_int_equal(db_exec(db, NULL,
                             "CREATE TABLE believed (owner VARCHAR(32), term BIGINT,"
                             " from_ms BIGINT, until_ms BIGINT,"
                             " PRIMARY KEY (owner, term))"),
                     ST_OK);
    for (int i = 0; i < 3; i++)
        pid[i] = born(i);
    for (int round = 0; round < 10; round++) {
        int who = 0;

        assert_true(until(next_term, &term, 20000));
        term = terms();
        assert_int_equal(db_one(db, "SELECT SUBSTRING_INDEX(owner, '.', -1) + 0"
                                    " FROM believed ORDER BY term DESC LIMIT 1"),
                         ST_OK);
        leader = (pid_t)db_int(db, 0);
        while (who < 3 && pid[who] != leader)
            who++;
        assert_in_range(who, 0, 2);
        if (round % 2 == 0) {
            kill(leader, SIGKILL);
            waitpid(leader, NULL, 0);
            pid[who] = born(who);
        } else {
            kill(leader, SIGSTOP);
            assert_true(until(next_term, &term, 20000));
            term = terms() - 1; /* the round after this one looks at the same term */
            kill(leader, SIGCONT);
        }
    }
    for (int i = 0; i < 3; i++) {
        kill(pid[i], SIGKILL);
        waitpid(pid[i], NULL, 0);
    }
    assert_true(number("SELECT COUNT(*) FROM believed") >= 10);
    assert_int_equal(number("SELECT COUNT(*) FROM believed a JOIN believed b"
                            " ON a.term < b.term AND a.until_ms >= b.from_ms"),
                     0);
    assert_int_equal(number("SELECT COUNT(*) - COUNT(DISTINCT term) FROM believed"), 0);
}

/* ---- without the database -------------------------------------------------------- */

static void without_the_database_a_lease_ends_by_itself(void **state)
{
    struct server *s = server_new(SERVER_MYSQL);
    struct config *own = world_config_on(server_socket(s));
    struct one a;

    (void)state;
    leader_init(&a.l, "test", "a", LEASE);
    a.db = db_open(own);
    assert_int_equal(keep(&a), ST_OK);
    server_kill(s, SIGKILL);
    a.l.until_ms = clock_mono_ms() + LEASE; /* the killing took its time */
    a.l.asked_ms = 0;
    assert_int_not_equal(keep(&a), ST_OK);
    assert_true(leads(&a)); /* not asked is not lost */
    assert_true(until(has_lapsed, &a, 5 * LEASE));
    a.l.asked_ms = 0;
    assert_int_not_equal(keep(&a), ST_OK);
    server_start(s);
    assert_true(until(becomes_leader, &a, 20000));
    assert_int_equal(a.l.term, 1); /* nobody was there in between */
    one_close(&a);
    server_free(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_who_asks_leads),
        TEST(who_renews_stays_and_nobody_else_comes_in),
        TEST(a_successor_comes_when_the_lease_has_run_out),
        TEST(who_steps_down_is_followed_at_once),
        TEST(one_who_comes_back_in_time_has_lost_nothing),
        TEST(a_lease_from_a_wrong_clock_binds_nobody),
        TEST(who_leads_asks_seldom),
        TEST(only_one_believes_at_a_time_whoever_is_killed_or_frozen),
        cmocka_unit_test(without_the_database_a_lease_ends_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
