/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Killing the worker's children and its parent, at random and at every named point, and
 * counting: no job lost, none twice. The seed of what is random is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/doom.h"
#include "tests/harness/dose.h"
#include "tests/harness/exposition.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/web.h"
#include "tests/harness/world.h"
#include "worker/board.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAIN_MS 60000

static int open_oracle(void **state)
{
    struct oracle *o = calloc(1, sizeof *o);

    oracle_open(o, world_config());
    o->cfg->log_level = "info";
    world_export(o->cfg);
    *state = o;
    return 0;
}

static int close_oracle(void **state)
{
    oracle_close(*state);
    free(*state);
    return 0;
}

static struct program *worker_start(void)
{
    return program_start("dvorik", "worker", NULL);
}

/* At least n more effects: to wait for something without a clock. */
static void progress(struct oracle *o, int64_t n)
{
    assert_true(oracle_progress(o, n, 30000));
}

/* ---- F1: children --------------------------------------------------------------- */

#define KILLS_MAX 2000

struct dead {
    struct oracle *o;
    pid_t pid;
};

/* Nothing is leased to it any more. */
static bool made_good(void *arg)
{
    const struct dead *d = arg;
    struct census c;
    char pid[24];
    bool found = false;

    assert_int_equal(queue_census(d->o->queue, (struct queue_at){POOL_LOGIC, 0}, &c),
                     ST_OK);
    snprintf(pid, sizeof pid, ".%d.", (int)d->pid);
    for (size_t i = 0; i < c.n_workers; i++)
        found |= strstr(c.worker[i].wid, pid) != NULL;
    census_free(&c);
    return !found;
}

/* Answers how many ms it took to give its jobs to the others. */
static int64_t kill_one_child(struct oracle *o, struct program *w)
{
    pid_t pids[16];
    int n = program_children(w, pids, 16);
    struct dead d = {o, n > 0 ? pids[dose_random(n)] : 0};
    int64_t from = clock_mono_ms();

    if (n == 0 || kill(d.pid, SIGKILL) != 0)
        return 0;
    assert_true(until(made_good, &d, 10000));
    return clock_mono_ms() - from;
}

/* How many runs found that their effect was there already. */
static int repeats(int port)
{
    struct web_ask ask = {.port = port, .method = "GET", .path = "/metrics"};
    struct exposition e;
    struct buf answer = {0};
    double n;

    assert_int_equal(web_ask(&ask, &answer), 200);
    if (!exposition_read(&e, web_body(&answer)))
        fail_msg("%s", e.why);
    n = exposition_sum(&e, "dvorik_queue_repeat_total");
    exposition_free(&e);
    buf_free(&answer);
    return (int)n;
}

/* How many times a step was begun, with or without an effect. */
static int64_t runs(const char *path)
{
    struct stat s;

    assert_int_equal(stat(path, &s), 0);
    return (int64_t)(s.st_size / 16);
}

static struct program *worker_with_metrics(int *port)
{
    char listen[32];
    struct program *w;

    *port = web_free_port();
    snprintf(listen, sizeof listen, "127.0.0.1:%d", *port);
    setenv("WORKER_METRICS_LISTEN", listen, 1);
    w = worker_start();
    unsetenv("WORKER_METRICS_LISTEN");
    return w;
}

/* What the kills of children came to. */
struct toll {
    int kills, port;
    int64_t took[KILLS_MAX];
    int for_nothing; /* runs that found their effect made */
    int64_t before;  /* jobs of an earlier one */
    int64_t undone;  /* runs whose transaction ended with their child, run again */
    char path[40];   /* a line for each run */
};

static struct program *toll_open(struct toll *t, const struct oracle *o, int kills)
{
    dose_seed();
    *t = (struct toll){.kills = kills, .before = o->jobs};
    snprintf(t->path, sizeof t->path, "/tmp/dvorik-runs.XXXXXX");
    close(mkstemp(t->path));
    setenv("DVORIK_TEST_RUNS", t->path, 1);
    setenv("WORKER_PROCESSES", dose_full() ? "8" : "4", 1);
    return worker_with_metrics(&t->port);
}

/* Nothing is leased. */
static bool is_quiet(void *arg)
{
    struct oracle *o = arg;
    struct census c;
    size_t n;

    assert_int_equal(queue_census(o->queue, (struct queue_at){POOL_LOGIC, 0}, &c),
                     ST_OK);
    n = c.n_workers;
    census_free(&c);
    return n == 0;
}

static void toll_close(struct toll *t, struct oracle *o, struct program *w)
{
    int p = dose(90, 99); /* of two hundred the two slowest say little */
    int64_t half, slow;

    assert_true(oracle_drained(o, DRAIN_MS));
    t->for_nothing = repeats(t->port);
    t->undone = runs(t->path) - (o->jobs - t->before);
    unlink(t->path);
    unsetenv("DVORIK_TEST_RUNS");
    half = dose_percentile(t->took, (size_t)t->kills, 50);
    slow = dose_percentile(t->took, (size_t)t->kills, p);
    printf("%d kills, %lld jobs: made good within %lld ms (p50), %lld ms (p%d); %d runs"
           " for nothing, %lld undone and repeated\n",
           t->kills, (long long)o->jobs, (long long)half, (long long)slow, p,
           t->for_nothing, (long long)t->undone);
    oracle_check(o);
    assert_true(slow <= dose_bound_ms(20));
    /* Killed while the server commits: the parent asks what came of it. One in a hundred
     * kills may meet a commit that takes longer than the parent waits. */
    assert_true(t->for_nothing <= 1 + t->kills / 100);
    assert_true(program_lives(w));
    assert_int_equal(program_end(w), 0);
}

static void dead_children_lose_nothing_and_repeat_nothing(void **state)
{
    static struct toll t;
    struct oracle *o = *state;
    struct program *w = toll_open(&t, o, dose(200, KILLS_MAX));

    oracle_put(o, 500);
    progress(o, 1);
    for (int i = 0; i < t.kills; i++) {
        oracle_put(o, dose(40, 100));
        t.took[i] = kill_one_child(o, w);
        progress(o, 1 + dose_random(30));
    }
    toll_close(&t, o, w);
    /* Small jobs share a transaction, and all that was not committed was undone with it:
     * never more than the one transaction that was open. */
    assert_true(t.undone <= (int64_t)t.kills * BOARD_COMMIT);
}

/* Jobs with a transaction of their own: of each dead child the one on its CPU, at most. */
static void a_kill_repeats_one_execution_at_most(void **state)
{
    static struct toll t;
    const struct oracle_job slow = {.ms = 20};
    struct oracle *o = *state;
    struct program *w = toll_open(&t, o, dose(40, 400));

    oracle_put_as(o, &slow, 40);
    progress(o, 1);
    for (int i = 0; i < t.kills; i++) {
        oracle_put_as(o, &slow, 6);
        t.took[i] = kill_one_child(o, w);
        progress(o, 1 + dose_random(6));
    }
    toll_close(&t, o, w);
    assert_true(t.undone <= t.kills);
}

/* The effect is seen a moment before its child comes to the point. */
static bool has_struck(void *arg)
{
    (void)arg;
    return doom_struck();
}

/* Dead between the commit and the board, with one job or with several: the parent asks
 * MySQL, and settles them without another run; and nobody is blamed for what was done. */
static void what_is_committed_does_not_run_again(void **state)
{
    static const int sizes[] = {1, 12};
    struct oracle *o = *state;

    for (int i = 0; i < 2; i++) {
        static struct toll t;
        struct program *w;

        oracle_put(o, sizes[i]);
        doom_set("logic.committed");
        w = toll_open(&t, o, 1);
        doom_lift();
        t.before -= sizes[i];
        if (!oracle_drained(o, DRAIN_MS / 2))
            fail_msg("the worker said:\n%s", program_output(w));
        assert_true(until(has_struck, NULL, 5000));
        assert_true(until(is_quiet, o, 5000));
        assert_int_equal(repeats(t.port), 0);
        assert_int_equal(runs(t.path), sizes[i]);
        toll_close(&t, o, w);
        assert_int_equal(oracle_number(o, "SELECT COUNT(*) FROM job_hist"
                                          " WHERE outcome <> 'done'"),
                         0);
    }
}

static enum status put_sweeps(struct db *db, void *arg)
{
    enum status st = ST_OK;

    (void)arg;
    for (int i = 0; i < 5 && st == ST_OK; i++)
        st = job_put(db, clock_now(),
                     &(struct job_spec){.kind = KIND_SCHED_DISCOUNT_EXPIRE});
    return st;
}

/* A kind that shares its transaction with nobody is on the CPU until it is committed. */
static void who_is_done_is_not_blamed(void **state)
{
    struct oracle *o = *state;
    struct program *w;

    setenv("WORKER_PROCESSES", "1", 1);
    assert_int_equal(db_tx(o->db, put_sweeps, NULL), ST_OK);
    doom_set("logic.committed");
    w = worker_start();
    doom_lift();
    assert_true(oracle_drained(o, DRAIN_MS));
    assert_true(until(has_struck, NULL, 5000));
    assert_true(until(is_quiet, o, 5000));
    assert_int_equal(program_end(w), 0);
    assert_int_equal(
        oracle_number(o, "SELECT COUNT(*) FROM job_hist WHERE outcome = 'done'"), 5);
    assert_int_equal(oracle_number(o, "SELECT COUNT(*) FROM job_hist"), 5);
}

/* ---- F3: the parent ------------------------------------------------------------- */

struct orphans {
    pid_t pid[16];
    int n;
};

static bool are_gone(void *arg)
{
    const struct orphans *o = arg;

    for (int i = 0; i < o->n; i++)
        if (kill(o->pid[i], 0) == 0)
            return false;
    return true;
}

static void dead_parents_lose_nothing(void **state)
{
    struct oracle *o = *state;
    int64_t from, gone = 0, resumed = 0;
    struct program *w;

    dose_seed();
    setenv("WORKER_PROCESSES", "2", 1);
    w = worker_start();
    for (int i = 0; i < dose(8, 200); i++) {
        struct orphans left;

        oracle_put(o, 400);
        progress(o, 1 + dose_random(100));
        left.n = program_children(w, left.pid, 16);
        program_signal(w, SIGKILL);
        program_end(w);
        from = clock_mono_ms();
        assert_true(until(are_gone, &left, 12000));
        gone = clock_mono_ms() - from > gone ? clock_mono_ms() - from : gone;
        oracle_put(o, 20);
        w = worker_start();
        from = clock_mono_ms();
        progress(o, 1);
        resumed = clock_mono_ms() - from > resumed ? clock_mono_ms() - from : resumed;
    }
    printf("orphans left within %lld ms, work went on within %lld ms of the start\n",
           (long long)gone, (long long)resumed);
    assert_true(resumed <= dose_bound_ms(2000));
    assert_true(oracle_drained(o, DRAIN_MS));
    oracle_check(o);
    assert_int_equal(program_end(w), 0);
}

/* ---- F2: at every named point --------------------------------------------------- */

static const char *const points[] = {
    "logic.begun:2",     "logic.claimed:3",   "logic.ran:2",       "db.before_commit:4",
    "db.after_commit:5", "logic.committed:3", "logic.on_board:2",  "turn.before:2",
    "turn.after:2",      "logic.claimed:20",  "db.after_commit:7", "turn.after:3",
};

static void dying_at_each_point_loses_nothing(void **state)
{
    struct oracle *o = *state;

    setenv("WORKER_PROCESSES", "1", 1);
    for (size_t k = 0; k < sizeof points / sizeof *points * (size_t)dose(1, 30); k++) {
        size_t i = k % (sizeof points / sizeof *points);
        struct program *w;

        oracle_put(o, 150);
        doom_set(points[i]);
        w = worker_start();
        doom_lift();
        if (!oracle_drained(o, DRAIN_MS))
            fail_msg("%s: jobs are left; the worker said:\n%s", points[i],
                     program_output(w));
        if (!doom_struck())
            fail_msg("%s was never passed", points[i]);
        oracle_check(o);
        assert_int_equal(program_end(w), 0);
    }
}

/* ---- F18 in short: poison ------------------------------------------------------- */

static enum status poison_work(struct db *db, void *arg)
{
    struct job_spec spec = {.kind = KIND_TEST_NOTE, .args = json_new_object()};

    (void)arg;
    json_set_text(spec.args, "deed", "kill");
    return job_put(db, clock_now(), &spec);
}

static bool buried(void *arg)
{
    struct oracle *o = arg;

    assert_int_equal(db_one(o->db, "SELECT COUNT(*) FROM job_dead"), ST_OK);
    return db_int(o->db, 0) == 1;
}

static bool innocents_done(void *arg)
{
    struct oracle *o = arg;

    return oracle_done(o) == o->jobs;
}

/* It kills three children, its neighbours in the lease are neither blamed nor lost; and
 * the parent dies between writing it down and crossing it off. */
static void poison_is_buried_after_three_and_alone(void **state)
{
    struct oracle *o = *state;
    struct program *w;

    oracle_put(o, 100);
    assert_int_equal(db_tx(o->db, poison_work, NULL), ST_OK);
    oracle_put(o, 100);
    setenv("WORKER_PROCESSES", "2", 1);
    doom_set("dead.written");
    w = program_start("dvorik", "worker", NULL);
    doom_lift();
    assert_int_equal(program_wait(w, 30000), 128 + SIGKILL);
    program_end(w);
    w = worker_start();
    assert_true(until(buried, o, 30000));
    assert_true(until(innocents_done, o, DRAIN_MS));
    assert_int_equal(db_one(o->db, "SELECT reason, crashes FROM job_dead"), ST_OK);
    assert_string_equal(db_text(o->db, 0, NULL), "poison");
    assert_int_equal(db_int(o->db, 1), QUEUE_CRASHES_MAX);
    assert_int_equal(db_one(o->db, "SELECT COUNT(*) FROM job_hist"
                                   " WHERE outcome <> 'done' AND kind = 'test.note'"),
                     ST_OK);
    /* twice given back and the grave; nobody else used an attempt */
    assert_int_equal(db_int(o->db, 0), QUEUE_CRASHES_MAX);
    oracle_check(o);
    assert_int_equal(program_end(w), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_oracle, close_oracle)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dead_children_lose_nothing_and_repeat_nothing),
        TEST(what_is_committed_does_not_run_again),
        TEST(who_is_done_is_not_blamed),
        TEST(a_kill_repeats_one_execution_at_most),
        TEST(dead_parents_lose_nothing),
        TEST(dying_at_each_point_loses_nothing),
        TEST(poison_is_buried_after_three_and_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
