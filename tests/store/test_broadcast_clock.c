/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the clock does with broadcasts: starts them once, whoever looks; gives up what is
 * too late; finishes what has nobody left; finds those whose job has died. */
#include "tests/store/broadcast_shop.h"

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    crowd(30);
    return 0;
}

struct checking {
    int64_t now, after;
    enum status said;
};

static enum status check_work(struct db *db, void *arg)
{
    struct checking *c = arg;
    int64_t after = c->after;

    c->said = broadcast_check(db, c->now, &after);
    if (c->said == ST_OK)
        c->after = after;
    return c->said == ST_NONE ? ST_OK : c->said;
}

static void check(struct db *db, int64_t now)
{
    struct checking c = {.now = now};

    do
        assert_int_equal(db_tx(db, check_work, &c), ST_OK);
    while (c.said == ST_OK);
}

static int64_t starts(int64_t id)
{
    return sql_of("SELECT COUNT(*) FROM audit WHERE action = 'broadcast.start'"
                  " AND entity_id = %lld",
                  id);
}

static void test_what_is_due_is_started(void **state)
{
    int64_t id = draft(&(struct broadcast){0}, 1);

    (void)state;
    assert_int_equal(verb(id, VERB_SCHEDULE), ST_OK);
    check(shop.db, NOON + HOUR - 1);
    assert_int_equal(state_of(id), BROADCAST_SCHEDULED);
    check(shop.db, NOON + HOUR);
    assert_int_equal(state_of(id), BROADCAST_SENDING);
    check(shop.db, NOON + HOUR + MINUTE);
    assert_int_equal(starts(id), 1);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM job_open WHERE kind ="
                            " 'core.broadcast_fill' AND idk = 'bc:%lld'",
                            id),
                     1);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM job_open WHERE kind ="
                            " 'send.broadcast_chunk' AND idk LIKE 'bc:%lld:%%'",
                            id),
                     BROADCAST_CHAINS);
}

static void scheduler(struct db *db, int i, void *arg)
{
    (void)i;
    check(db, *(int64_t *)arg);
}

/* Any number of schedulers, and a person who presses «now» meanwhile. */
static void presser(struct db *db, int i, void *arg)
{
    int64_t id = *(int64_t *)arg;
    struct checking c = {.now = NOON + HOUR, .after = id - 1};

    if (i == 0)
        (void)verb_at(db, NOON + HOUR, id, VERB_START);
    else
        assert_int_equal(db_tx(db, check_work, &c), ST_OK);
}

static void test_two_schedulers_start_it_once(void **state)
{
    int64_t now = NOON + HOUR, id[5];

    (void)state;
    for (int i = 0; i < 5; i++) {
        id[i] = draft(&(struct broadcast){0}, 1);
        assert_int_equal(verb(id[i], VERB_SCHEDULE), ST_OK);
    }
    shop_race(&shop, 4, scheduler, &now);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(state_of(id[i]), BROADCAST_SENDING);
        assert_int_equal(starts(id[i]), 1);
    }
    id[0] = draft(&(struct broadcast){0}, 1);
    assert_int_equal(verb(id[0], VERB_SCHEDULE), ST_OK);
    shop_race_behind(&shop, "SELECT id FROM broadcast WHERE state = 2 FOR UPDATE", 3,
                     presser, &id[0]);
    assert_int_equal(state_of(id[0]), BROADCAST_SENDING);
    assert_int_equal(starts(id[0]), 1);
}

static void test_too_late_is_missed(void **state)
{
    int64_t plain = draft(&(struct broadcast){0}, 1);
    int64_t until = draft(&(struct broadcast){.not_after = NOON + 2 * HOUR}, 1);
    int64_t patient = draft(&(struct broadcast){.not_after = NOON + 99 * HOUR}, 1);

    (void)state;
    assert_int_equal(verb(plain, VERB_SCHEDULE), ST_OK);
    assert_int_equal(verb(until, VERB_SCHEDULE), ST_OK);
    assert_int_equal(verb(patient, VERB_SCHEDULE), ST_OK);
    check(shop.db, NOON + 7 * HOUR + 1);
    assert_int_equal(state_of(plain), BROADCAST_MISSED); /* more than six hours late */
    assert_int_equal(state_of(until), BROADCAST_MISSED);
    assert_int_equal(state_of(patient), BROADCAST_SENDING);
}

/* A copy of the database starts nothing, whoever asks. */
static void test_a_copy_starts_nothing(void **state)
{
    struct verb_call c = {.now = NOON, .verb = VERB_START};

    (void)state;
    c.act.id = draft(&(struct broadcast){0}, 1);
    shop_run(shop.db, "INSERT INTO broadcast_mark (id, checked_at, held_at, held_why)"
                      " VALUES (1, UTC_TIMESTAMP(6), '2026-09-18', 2)");
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    assert_string_equal(c.why, "restored");
}

/* Nobody left: finished, by whoever looks; and a job that died leaves nobody behind. */
static void test_the_clock_finishes(void **state)
{
    int64_t id = begun(&(struct broadcast){0}, 1);
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, "a-job-that-died!", &t, 10), ST_OK);
    assert_int_equal(t.c.n, 10);
    send_all(NOON, id);
    assert_int_equal(sums(id).n[RECIPIENT_SENDING], 10);
    check(shop.db, NOON + MINUTE);
    assert_int_equal(sums(id).n[RECIPIENT_UNKNOWN], 10);
    assert_int_equal(state_of(id), BROADCAST_FINISHED);
    check(shop.db, NOON + 2 * MINUTE);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM audit WHERE action ="
                            " 'broadcast.finish' AND entity_id = %lld",
                            id),
                     1);
}

/* … also of one that was stopped meanwhile. */
static void test_the_clock_finds_the_lost_of_a_stopped_one(void **state)
{
    int64_t id = begun(&(struct broadcast){0}, 1);
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, "a-job-that-died!", &t, 10), ST_OK);
    assert_int_equal(verb(id, VERB_CANCEL), ST_OK);
    fill_all(NOON, id);
    check(shop.db, NOON + MINUTE);
    assert_int_equal(sums(id).n[RECIPIENT_UNKNOWN], 10);
    assert_int_equal(sums(id).n[RECIPIENT_CANCELLED], 20);
}

/* One that was tried before has a message: its day's figures are counted anew. */
static void test_who_is_swept_late_is_counted_anew(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){.not_after = NOON + HOUR}, 1);
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 5), ST_OK);
    fates(&s, &t, RECIPIENT_QUEUED, WHY_NONE);
    assert_int_equal(settle(shop.db, &s), ST_OK);
    assert_int_equal(sql("SELECT COUNT(*) FROM stat_late"), 0);
    check(shop.db, NOON + HOUR);
    assert_int_equal(state_of(id), BROADCAST_FINISHED);
    assert_int_equal(sums(id).why[WHY_LATE], 30);
    assert_int_equal(sql("SELECT COUNT(*) FROM message WHERE state = 5"), 5);
    assert_int_equal(sql("SELECT COUNT(*) FROM stat_late WHERE at = '2026-09-18"
                         " 02:00:00'"),
                     1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_what_is_due_is_started),
        T(test_two_schedulers_start_it_once),
        T(test_too_late_is_missed),
        T(test_a_copy_starts_nothing),
        T(test_the_clock_finishes),
        T(test_the_clock_finds_the_lost_of_a_stopped_one),
        T(test_who_is_swept_late_is_counted_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
