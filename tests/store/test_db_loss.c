/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Transactions when things go wrong: deadlocks, waits, killed connections, a server
 * that stops and comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/db.h"
#include "tests/harness/server.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct config *cfg;
static struct db *db, *other;

static void sql(struct db *on, const char *text)
{
    const char *why = "";

    if (db_script(on, text, strlen(text), &why) != ST_OK)
        fail_msg("%s: %s", text, why);
}

static int64_t number(struct db *on, const char *text)
{
    assert_int_equal(db_one(on, text), ST_OK);
    return db_int(on, 0);
}

static int64_t points(int id)
{
    assert_int_equal(
        db_one(other, "SELECT points FROM account WHERE id = ?", DB_INT(id)), ST_OK);
    return db_int(other, 0);
}

static int start(void **state)
{
    (void)state;
    cfg = world_config_empty();
    db = db_open(cfg);
    other = db_open(cfg);
    sql(db, "CREATE TABLE account (id INT PRIMARY KEY, points INT NOT NULL)"
            " ENGINE = InnoDB");
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    sql(other, "DELETE FROM account; INSERT INTO account VALUES (1, 0), (2, 0)");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(db);
    db_close(other);
    return 0;
}

static enum status add(struct db *on, int id)
{
    return db_exec(on, NULL, "UPDATE account SET points = points + 1 WHERE id = ?",
                   DB_INT(id));
}

/* ---- deadlock and waits --------------------------------------------------------- */

struct crossing {
    pthread_barrier_t *both_hold;
    int first, second, attempts;
    enum status st;
};

/* Each takes its first row, waits until the other has its own, then wants that one. */
static enum status cross(struct db *on, void *arg)
{
    struct crossing *c = arg;
    enum status st = add(on, c->first);

    if (++c->attempts == 1)
        pthread_barrier_wait(c->both_hold);
    return st == ST_OK ? add(on, c->second) : st;
}

static void *cross_thread(void *arg)
{
    struct crossing *c = arg;
    struct db *mine = db_open(cfg);

    c->st = db_tx(mine, cross, c);
    db_close(mine);
    return NULL;
}

static void a_deadlock_repeats_the_whole_work(void **state)
{
    pthread_barrier_t both;
    struct crossing c[2] = {{&both, 1, 2, 0, ST_BROKEN}, {&both, 2, 1, 0, ST_BROKEN}};
    pthread_t t[2];

    (void)state;
    pthread_barrier_init(&both, NULL, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&t[i], NULL, cross_thread, &c[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    pthread_barrier_destroy(&both);
    assert_int_equal(c[0].st, ST_OK);
    assert_int_equal(c[1].st, ST_OK);
    assert_true(c[0].attempts + c[1].attempts > 2); /* there was one */
    assert_int_equal(points(1), 2);
    assert_int_equal(points(2), 2);
}

static int waits;

static enum status wants_locked(struct db *on, void *arg)
{
    enum status st = ST_NONE;

    if (++waits < 3)
        st = db_select(on, arg);
    return st;
}

static enum status holds_row(struct db *on, void *arg)
{
    assert_int_equal(add(on, 1), ST_OK);
    waits = 0;
    return db_tx(other, wants_locked, arg);
}

static void a_lock_wait_and_nowait_are_repeated(void **state)
{
    (void)state;
    assert_int_equal(db_exec(other, NULL, "SET SESSION innodb_lock_wait_timeout = 1"),
                     ST_OK);
    assert_int_equal(
        db_tx(db, holds_row, "SELECT id FROM account WHERE id = 1 FOR UPDATE NOWAIT"),
        ST_NONE);
    assert_int_equal(waits, 3);
    assert_int_equal(
        db_tx(db, holds_row, "SELECT id FROM account WHERE id = 1 FOR UPDATE"),
        ST_NONE);
    assert_int_equal(waits, 3);
    assert_int_equal(points(1), 0); /* ST_NONE rolls back as well */
}

static enum status never(struct db *on, void *arg)
{
    (void)on;
    ++*(int *)arg;
    return ST_AGAIN;
}

static void repeating_has_an_end(void **state)
{
    int attempts = 0;

    (void)state;
    assert_int_equal(db_tx(db, never, &attempts), ST_AGAIN);
    assert_int_equal(attempts, DB_TRIES);
}

/* ---- parts of a transaction ----------------------------------------------------- */

static enum status part(struct db *on, void *arg)
{
    assert_int_equal(add(on, 2), ST_OK);
    return *(enum status *)arg;
}

static enum status whole(struct db *on, void *arg)
{
    enum status good = ST_OK;

    assert_true(db_in_tx(on));
    assert_int_equal(add(on, 1), ST_OK);
    assert_int_equal(db_tx(on, part, arg), *(enum status *)arg);
    assert_int_equal(db_tx(on, part, &good), ST_OK);
    assert_int_equal(add(on, 1), ST_OK);
    return ST_OK;
}

static enum status whole_in_part(struct db *on, void *arg)
{
    enum status st = db_tx(on, whole, arg);

    return st == ST_OK ? ST_REFUSED : st;
}

static enum status outermost(struct db *on, void *arg)
{
    assert_int_equal(db_tx(on, whole_in_part, arg), ST_REFUSED);
    return add(on, 1);
}

static void a_failing_part_takes_back_its_own_writes(void **state)
{
    enum status inner = ST_TAKEN;

    (void)state;
    assert_false(db_in_tx(db));
    assert_int_equal(db_tx(db, whole, &inner), ST_OK);
    assert_int_equal(points(1), 2);
    assert_int_equal(points(2), 1);
    assert_int_equal(db_tx(db, outermost, &inner), ST_OK);
    assert_int_equal(points(1), 3);
    assert_int_equal(points(2), 1);
    assert_false(db_in_tx(db));
}

static enum status loses_connection_once(struct db *on, void *arg)
{
    int *attempts = arg;
    enum status st;

    assert_int_equal(add(on, 1), ST_OK);
    if (++*attempts == 1) {
        char kill_it[64];

        snprintf(kill_it, sizeof kill_it, "KILL %lld",
                 (long long)number(on, "SELECT CONNECTION_ID()"));
        assert_int_equal(db_exec(other, NULL, kill_it), ST_OK);
    }
    st = add(on, 2);
    if (*attempts == 1) {
        assert_int_equal(st, ST_AGAIN);
        /* What follows must not reach the server on its own. */
        assert_int_equal(add(on, 2), ST_AGAIN);
        assert_int_equal(db_select(on, "SELECT 1"), ST_AGAIN);
    }
    return ST_OK; /* a work that swallows it */
}

static void a_lost_transaction_cannot_be_committed_by_mistake(void **state)
{
    int attempts = 0;

    (void)state;
    assert_int_equal(db_tx(db, loses_connection_once, &attempts), ST_OK);
    assert_int_equal(attempts, 2);
    assert_int_equal(points(1), 1);
    assert_int_equal(points(2), 1);
}

/* ---- who listens ---------------------------------------------------------------- */

static int committed, undone;

static void heard(void *arg, bool good)
{
    assert_ptr_equal(arg, &committed);
    assert_false(db_in_tx(db));
    good ? committed++ : undone++;
}

static enum status answers(struct db *on, void *arg)
{
    (void)on;
    return *(enum status *)arg;
}

static void the_listener_hears_each_end(void **state)
{
    enum status good = ST_OK, bad = ST_REFUSED;
    int attempts = 0;

    (void)state;
    assert_null(db_listener(db));
    db_on_end(db, heard, &committed);
    assert_ptr_equal(db_listener(db), &committed);
    assert_int_equal(db_tx(db, answers, &good), ST_OK);
    assert_int_equal(db_tx(db, answers, &bad), ST_REFUSED);
    assert_int_equal(committed, 1);
    assert_int_equal(undone, 1);
    assert_int_equal(db_tx(db, loses_connection_once, &attempts), ST_OK);
    assert_int_equal(committed, 2);
    assert_int_equal(undone, 2);
    db_on_end(db, NULL, NULL);
}

/* ---- killed connections --------------------------------------------------------- */

struct process {
    struct db *by;
    int64_t id;
    const char *doing;
};

static bool is_gone(void *arg)
{
    struct process *p = arg;

    assert_int_equal(db_one(p->by,
                            "SELECT COUNT(*) FROM information_schema.processlist"
                            " WHERE id = ?",
                            DB_INT(p->id)),
                     ST_OK);
    return db_int(p->by, 0) == 0;
}

static void kill_connection(struct db *of)
{
    struct process p = {other, number(of, "SELECT CONNECTION_ID()"), NULL};
    char text[64];

    snprintf(text, sizeof text, "KILL %lld", (long long)p.id);
    assert_int_equal(db_exec(other, NULL, text), ST_OK);
    assert_true(until(is_gone, &p, 10000));
}

static void an_idle_connection_that_died_is_replaced_unseen(void **state)
{
    enum status good = ST_OK;

    (void)state;
    kill_connection(db);
    assert_int_equal(add(db, 1), ST_OK);
    kill_connection(db);
    assert_int_equal(number(db, "SELECT 5"), 5);
    kill_connection(db);
    assert_int_equal(db_tx(db, whole, &good), ST_OK);
    kill_connection(db);
    assert_int_equal(db_ping(db), ST_OK);
    assert_int_equal(points(1), 3);
    assert_int_equal(points(2), 2);
    /* The new session is as well made as the first. */
    assert_int_equal(db_one(db, "SELECT @@session.time_zone"), ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "+00:00");
}

static enum status dies_before_commit(struct db *on, void *arg)
{
    ++*(int *)arg;
    assert_int_equal(add(on, 1), ST_OK);
    kill_connection(on);
    return ST_OK;
}

static void a_commit_without_an_answer_is_unsure(void **state)
{
    int attempts = 0;

    (void)state;
    committed = undone = 0;
    db_on_end(db, heard, &committed);
    assert_int_equal(db_tx(db, dies_before_commit, &attempts), ST_UNSURE);
    db_on_end(db, NULL, NULL);
    assert_int_equal(attempts, 1); /* never repeated by us */
    assert_int_equal(undone, 1);
    assert_int_equal(committed, 0);
    assert_int_equal(points(1), 0);
    assert_int_equal(add(db, 1), ST_OK);
}

/* Not while it is only prepared: killed then, it would be begun once more. */
static bool is_doing(void *arg)
{
    struct process *p = arg;

    return db_one(p->by,
                  "SELECT COUNT(*) FROM information_schema.processlist"
                  " WHERE id = ? AND info LIKE ? AND state = 'User sleep'",
                  DB_INT(p->id), DB_TEXT(p->doing)) != ST_OK ||
           db_int(p->by, 0) > 0;
}

static void *kills_sleeper(void *arg)
{
    struct process p = {db_open(cfg), *(int64_t *)arg, "%SLEEP(20)%"};
    char text[64];

    snprintf(text, sizeof text, "KILL %lld", (long long)p.id);
    if (!until(is_doing, &p, 10000) || db_exec(p.by, NULL, text) != ST_OK)
        fprintf(stderr, "could not kill\n");
    db_close(p.by);
    return NULL;
}

static void a_lone_write_cut_short_is_unsure(void **state)
{
    int64_t id = number(db, "SELECT CONNECTION_ID()");
    pthread_t t;

    (void)state;
    assert_int_equal(pthread_create(&t, NULL, kills_sleeper, &id), 0);
    assert_int_equal(db_exec(db, NULL,
                             "UPDATE account SET points = points + 1"
                             " WHERE id = 1 AND SLEEP(20) = 0"),
                     ST_UNSURE);
    pthread_join(t, NULL);
    assert_int_equal(points(1), 0);
    assert_int_equal(add(db, 1), ST_OK);
}

/* ---- the server goes away ------------------------------------------------------- */

static enum status loses_server(struct db *on, void *arg)
{
    assert_int_equal(add(on, 1), ST_OK);
    server_kill(arg, SIGKILL);
    return add(on, 1);
}

static bool answers_again(void *on)
{
    return db_ping(on) == ST_OK;
}

static void a_stopped_server_is_down_at_once_and_comes_back(void **state)
{
    struct server *s = server_new(SERVER_MYSQL);
    struct db *on = db_open(world_config_on(server_socket(s)));
    int64_t began;

    (void)state;
    sql(on, "CREATE TABLE account (id INT PRIMARY KEY, points INT) ENGINE = InnoDB;"
            "INSERT INTO account VALUES (1, 0)");
    server_kill(s, SIGTERM);
    began = clock_mono_ms();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(add(on, 1), ST_DOWN);
    assert_int_equal(db_ping(on), ST_DOWN);
    assert_true(clock_mono_ms() - began < 2000);
    server_start(s);
    assert_true(until(answers_again, on, 30000));
    assert_int_equal(db_tx(on, loses_server, s), ST_DOWN);
    server_start(s);
    assert_true(until(answers_again, on, 30000));
    assert_int_equal(number(on, "SELECT points FROM account WHERE id = 1"), 0);
    assert_int_equal(add(on, 1), ST_OK);
    db_close(on);
    server_free(s);
}

static void a_database_that_will_not_have_us_is_down(void **state)
{
    struct config wrong = *cfg;
    struct db *no;

    (void)state;
    wrong.database_name = "dvt_there_is_none";
    no = db_open(&wrong);
    assert_int_equal(db_one(no, "SELECT 1"), ST_DOWN);
    db_close(no);
    wrong = *cfg;
    wrong.database_user = "nobody_of_ours";
    wrong.database_password = "wrong";
    no = db_open(&wrong);
    assert_int_equal(db_one(no, "SELECT 1"), ST_DOWN);
    db_close(no);
    db_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_deadlock_repeats_the_whole_work, fresh),
        cmocka_unit_test_setup(a_lock_wait_and_nowait_are_repeated, fresh),
        cmocka_unit_test_setup(repeating_has_an_end, fresh),
        cmocka_unit_test_setup(a_failing_part_takes_back_its_own_writes, fresh),
        cmocka_unit_test_setup(a_lost_transaction_cannot_be_committed_by_mistake,
                               fresh),
        cmocka_unit_test_setup(the_listener_hears_each_end, fresh),
        cmocka_unit_test_setup(an_idle_connection_that_died_is_replaced_unseen, fresh),
        cmocka_unit_test_setup(a_commit_without_an_answer_is_unsure, fresh),
        cmocka_unit_test_setup(a_lone_write_cut_short_is_unsure, fresh),
        cmocka_unit_test(a_stopped_server_is_down_at_once_and_comes_back),
        cmocka_unit_test(a_database_that_will_not_have_us_is_down),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
