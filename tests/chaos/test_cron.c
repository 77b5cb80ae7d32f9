/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * F21: schedulers at once, each killed or frozen in turn, the database killed under
 * them: no tick is missed and none comes twice.
 *
 * The first test runs the scheduler's own parts (leader, sched, tick) in processes whose
 * clock goes four hours a second, through the night in which the clocks of Berlin are
 * set back, or on, as the seed has it; the second runs the program itself, at the speed of life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/leader.h"
#include "scheduler/tick.h"
#include "tests/harness/dose.h"
#include "tests/harness/program.h"
#include "tests/harness/server.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define RATE dose(14400, 7200) /* the fast clock: four hours a second, or two */
#define LEASE 300              /* ms of real time, of the fast schedulers */
#define SCHEDULERS 2
#define SECONDS dose(8, 120) /* of chaos */

static struct config *cfg;
static struct db *db;

static int64_t number(const char *sql)
{
    enum status st = db_one(db, sql);

    return st == ST_OK ? db_int(db, 0) : -1;
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

static void pause_ms(int ms)
{
    (void)until(never, NULL, ms);
}

/* ---- a scheduler whose clock is fast ---------------------------------------------- */

static int64_t began_ms, began_at; /* the moment at which both clocks were set */

static int64_t fast_now(void)
{
    return began_at + (clock_mono_ms() - began_ms) * MS * RATE;
}

struct clockwork {
    struct db *db;
    struct queue *queue;
    struct leader leader;
    struct sched sched;
};

static enum status put(void *arg, const struct sched_due *due)
{
    struct clockwork *c = arg;

    return tick_fire(c->db, c->queue, due);
}

static enum status last(void *arg, const struct sched_ask *ask, int64_t *key)
{
    struct clockwork *c = arg;

    return tick_last(c->db, ask, key);
}

#define WHAT .what = KIND_SCHED_RETENTION, .fire = put
static struct sched_task rows[] = {
    {"often", .cron = "*/5 * * * *", .missed = MISSED_ALL, .most = 1 << 20, WHAT},
    {"seventh", .cron = "*/7 3-20 * * *", .missed = MISSED_ALL, .most = 1 << 20, WHAT},
    {"fixed", .cron = "30 2 * * *", .zone = "Europe/Berlin", .missed = MISSED_ALL,
     .most = 1 << 20, WHAT},
    {"elapsed", .cron = "*/20 2 * * *", .zone = "Europe/Berlin", .missed = MISSED_ALL,
     .most = 1 << 20, WHAT},
    {"daily", .cron = "0 9 * * *", .by_date = true, .missed = MISSED_ONCE, WHAT},
};

static void live(int n)
{
    struct clockwork c = {.db = db_open(cfg), .queue = queue_open(cfg)};
    char owner[48];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    queue_bind(c.queue, c.db);
    snprintf(owner, sizeof owner, "p%d.%d", n, (int)getpid());
    leader_init(&c.leader, "fast", owner, LEASE);
    c.sched = (struct sched){.tz = tz_open("Asia/Vladivostok"),
                             .tasks = rows,
                             .n = sizeof rows / sizeof *rows,
                             .arg = &c,
                             .last = last};
    if (c.sched.tz == NULL || sched_open(&c.sched) != ST_OK)
        _exit(1);
    for (;;) {
        int64_t mono = clock_mono_ms();

        if (leader_keep(&c.leader, c.db, mono) == ST_BROKEN)
            _exit(2);
        c.sched.leads = leader_leads(&c.leader, mono);
        sched_tick(&c.sched, fast_now());
        pause_ms(2);
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

static void dies(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* ---- the chaos ----------------------------------------------------------------------
 */

static pid_t pids[SCHEDULERS];
static int killed, frozen, outages;

/* Who leads, as the database knows it; any, when it does not say. */
static int leading(void)
{
    if (db_one(db, "SELECT SUBSTRING_INDEX(owner, '.', -1) + 0 FROM leader"
                   " WHERE name = 'fast'") != ST_OK)
        return dose_random(SCHEDULERS);
    for (int i = 0; i < SCHEDULERS; i++)
        if (pids[i] == (pid_t)db_int(db, 0))
            return i;
    return dose_random(SCHEDULERS);
}

static void one_blow(struct server *server, bool outage)
{
    int who = dose_random(4) == 0 ? dose_random(SCHEDULERS) : leading();

    if (outage) {
        server_kill(server, SIGKILL);
        pause_ms(dose_random(400));
        server_start(server);
        outages++;
    } else if (dose_random(3) == 0) {
        kill(pids[who], SIGSTOP);
        pause_ms(LEASE + dose_random(2 * LEASE)); /* a successor, and then both */
        kill(pids[who], SIGCONT);
        frozen++;
    } else {
        dies(pids[who]);
        pause_ms(dose_random(30));
        pids[who] = born(who);
        killed++;
    }
    pause_ms(dose_random(500));
}

static void blows(struct server *server)
{
    int64_t end = clock_mono_ms() + SECONDS * 1000LL;
    int64_t outage = clock_mono_ms() + 3000;

    while (clock_mono_ms() < end) {
        bool now = clock_mono_ms() > outage;

        if (now)
            outage = clock_mono_ms() + 8000;
        one_blow(server, now);
    }
}

/* ---- and what must be there ----------------------------------------------------- */

static bool caught_up(void *arg)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (db_one(db, "SELECT COUNT(*) FROM cron_tick WHERE schedule = ? AND due > ?",
                   DB_TEXT(rows[i].name), DB_TIME(*(int64_t *)arg)) != ST_OK ||
            db_int(db, 0) == 0)
            return false;
    return true;
}

static struct tz *zone_of(const struct sched_task *t)
{
    struct tz *tz = tz_open(t->zone != NULL ? t->zone : "Asia/Vladivostok");

    assert_non_null(tz);
    return tz;
}

/* Does the clock on that wall make t a moment of the row? Minute by minute, and by hand:
 * nothing of cron.c. */
static bool is_due(const struct sched_task *t, const struct tz *tz, int64_t at)
{
    struct local l = tz_local(tz, at), before = tz_local(tz, at - HOUR);
    bool skipped = l.hour == 3 && l.minute == 0 && tz_local(tz, at - MINUTE).hour == 1;

    switch (t->name[0]) {
    case 'o':
        return l.minute % 5 == 0;
    case 's':
        return l.minute % 7 == 0 && l.hour >= 3 && l.hour <= 20;
    case 'f': /* the first of two: an hour before, it was not half past two */
        return skipped || (l.hour == 2 && l.minute == 30 && before.hour != 2);
    case 'e':
        return l.hour == 2 && l.minute % 20 == 0;
    default:
        return l.hour == 9 && l.minute == 0;
    }
}

/* Each moment from the schedule's beginning to `until_` has one row and one job. */
static void row_is_whole(const struct sched_task *t, int64_t until_)
{
    struct tz *tz = zone_of(t);
    int64_t first, want = 0, have, last_key = until_;
    char root[64];

    if (t->by_date)
        last_key = tz_local(tz, until_).day * DAY;
    snprintf(root, sizeof root, "since:%s", t->name);
    assert_int_equal(
        db_one(db, "SELECT fired_at FROM cron_tick WHERE schedule = ?", DB_TEXT(root)),
        ST_OK);
    first = db_time(db, 0);
    assert_in_range(first, began_at - DAY, began_at + DAY);
    for (int64_t at = began_at; at <= until_; at += MINUTE) {
        int64_t key = t->by_date ? tz_local(tz, at).day * DAY : at;

        if (key <= first || !is_due(t, tz, at))
            continue;
        want++;
        assert_int_equal(db_one(db,
                                "SELECT COUNT(*) FROM cron_tick WHERE schedule = ?"
                                " AND due = ?",
                                DB_TEXT(t->name), DB_TIME(key)),
                         ST_OK);
        if (db_int(db, 0) != 1)
            fail_msg("%s: the tick of %lld is missing", t->name, (long long)key);
    }
    tz_close(tz);
    assert_int_equal(
        db_one(db, "SELECT COUNT(*) FROM cron_tick WHERE schedule = ? AND due <= ?",
               DB_TEXT(t->name), DB_TIME(last_key)),
        ST_OK);
    have = db_int(db, 0);
    if (t->by_date) /* the date of until_ may have its tick behind it */
        assert_in_range(have, want, want + 1);
    else
        assert_int_equal(have, want);
    snprintf(root, sizeof root, "cron:%s:%%", t->name);
    assert_int_equal(db_one(db,
                            "SELECT COUNT(*) - COUNT(DISTINCT root), COUNT(*) -"
                            " (SELECT COUNT(*) FROM cron_tick WHERE schedule = ?)"
                            " FROM job_open WHERE root LIKE ?",
                            DB_TEXT(t->name), DB_TEXT(root)),
                     ST_OK);
    assert_int_equal(db_int(db, 0), 0); /* no tick made two jobs */
    assert_int_equal(db_int(db, 1), 0); /* and each made one */
    printf("%s: %lld ticks, none missed, none doubled\n", t->name, (long long)want);
}

static void no_tick_is_missed_or_doubled(void **state)
{
    struct server *server = server_new(SERVER_MYSQL);
    struct tz *berlin = tz_open("Europe/Berlin");
    int64_t until_;

    (void)state;
    dose_seed();
    cfg = world_config_on(server_socket(server));
    cfg->redis_url = world_config()->redis_url;
    db = db_open(cfg);
    began_at = tz_instant(berlin,
                          cal_day(dose_random(2) == 0 ? (struct date){2026, 10, 24}
                                                      : (struct date){2026, 3, 28}),
                          1, 0);
    began_ms = clock_mono_ms();
    for (int i = 0; i < SCHEDULERS; i++)
        pids[i] = born(i);
    blows(server);
    until_ = fast_now();
    until_ -= until_ % MINUTE;
    assert_true(until(caught_up, &until_, 40000));
    for (int i = 0; i < SCHEDULERS; i++)
        dies(pids[i]);
    printf("%d killed, %d frozen, the database killed %d times; %lld terms\n", killed,
           frozen, outages,
           (long long)number("SELECT term FROM leader WHERE name = 'fast'"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        row_is_whole(&rows[i], until_);
    assert_true(killed > 2 && outages > 0);
    db_close(db);
    tz_close(berlin);
    server_free(server);
}

/* ---- the program ------------------------------------------------------------------ */

static int64_t term(void)
{
    return number("SELECT term FROM leader WHERE name = 'scheduler'");
}

static bool term_passed(void *arg)
{
    return term() > *(int64_t *)arg;
}

/* Which of the two leads: owner is <boot>.<host>.<slot>.<pid>.<starttime>. */
static int program_that_leads(struct program *const p[2])
{
    assert_int_equal(db_one(db, "SELECT SUBSTRING_INDEX(SUBSTRING_INDEX(owner, '.',"
                                " -2), '.', 1) + 0 FROM leader"
                                " WHERE name = 'scheduler'"),
                     ST_OK);
    for (int i = 0; i < 2; i++)
        if (program_pid(p[i]) == (pid_t)db_int(db, 0))
            return i;
    fail_msg("the leader is neither of the two");
    return 0;
}

static int64_t next_leader(int64_t after, int ms)
{
    int64_t began = clock_mono_ms();

    assert_true(until(term_passed, &after, ms));
    return clock_mono_ms() - began;
}

static void the_program_itself_is_followed_within_its_lease(void **state)
{
    struct program *p[2];
    int who;

    (void)state;
    cfg = world_config();
    db = db_open(cfg);
    world_export(cfg);
    setenv("LOG_LEVEL", "info", 1);
    p[0] = program_start("dvorik", "scheduler", NULL);
    p[1] = program_start("dvorik", "scheduler", NULL);
    next_leader(0, 20000);
    who = program_that_leads(p);
    program_signal(p[who], SIGKILL);
    printf("killed: the next led after %lld ms\n", (long long)next_leader(1, 25000));
    program_end(p[who]);
    assert_int_equal(program_that_leads(p), !who);
    p[who] = program_start("dvorik", "scheduler", NULL);
    assert_true(program_says(p[who], "scheduler ready", 20000));
    who = !who;
    program_signal(p[who], SIGSTOP);
    printf("frozen: the next led after %lld ms\n", (long long)next_leader(2, 25000));
    program_signal(p[who], SIGCONT);
    assert_true(program_says(p[who], "leads no more", 10000));
    assert_int_equal(program_that_leads(p), !who);
    assert_int_equal(program_end(p[!who]), 0); /* steps down */
    printf("stopped: the next led after %lld ms\n", (long long)next_leader(3, 5000));
    assert_int_equal(program_that_leads(p), who);
    assert_int_equal(program_end(p[who]), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM cron_tick WHERE schedule ="
                            " 'check_birthdays'"),
                     number("SELECT COUNT(*) FROM job_open WHERE kind ="
                            " 'sched.birthday_check'"));
    assert_int_equal(number("SELECT COUNT(*) FROM cron_tick WHERE schedule ="
                            " 'expire_discounts'"),
                     number("SELECT COUNT(*) FROM job_open WHERE kind ="
                            " 'sched.discount_expire'"));
    assert_true(number("SELECT COUNT(*) FROM cron_tick WHERE schedule ="
                       " 'expire_discounts'") > 0);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_tick_is_missed_or_doubled),
        cmocka_unit_test(the_program_itself_is_followed_within_its_lease),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
