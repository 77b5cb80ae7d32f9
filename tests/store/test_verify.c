/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik jobs verify`: a healthy queue has no findings, and each thing that can be wrong
 * is planted here and found; nothing is changed by looking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/queue_walk.h"
#include "core/io/verify.h"
#include "tests/harness/entry.h"
#include "tests/store/queue_yard.h"

/* ---- words ---------------------------------------------------------------------- */

static void redis_say(struct yard *y, const char *verb, const char *key, const char *a,
                      const char *b)
{
    struct redis_reply *r = NULL;

    assert_int_equal(redis_do(queue_redis(y->queue), &r, verb, key, a, b, NULL), ST_OK);
    redis_free(r);
}

static void key_of(char out[QUEUE_KEY_MAX], const char *what)
{
    queue_key(out, AT_LOGIC, what);
}

static struct findings look_now(struct yard *y, int64_t now)
{
    struct findings f;

    assert_int_equal(verify_pass(y->db, y->queue, now, &f), ST_OK);
    return f;
}

static const struct finding *find(const struct findings *f, enum verify_rule rule)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->found[i].rule == rule)
            return &f->found[i];
    return NULL;
}

static void tell(const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++)
        print_message("%s: %s %s\n", verify_name(f->found[i].rule), f->found[i].what,
                      f->found[i].words);
}

/* One finding of that rule, whose words hold these. */
static void found_only(struct yard *y, int64_t now, enum verify_rule rule,
                       const char *words)
{
    struct findings f = look_now(y, now);
    const struct finding *one = find(&f, rule);

    if (one == NULL || f.n != 1 || strstr(one->words, words) == NULL) {
        tell(&f);
        fail_msg("%zu findings, wanted one of %s: %s", f.n, verify_name(rule), words);
    }
    assert_non_null(verify_advice(rule));
    findings_free(&f);
}

static void found_nothing(struct yard *y, int64_t now)
{
    struct findings f = look_now(y, now);

    tell(&f);
    assert_int_equal(f.n, 0);
    findings_free(&f);
}

/* The same among others that follow from it. */
static void found_too(struct yard *y, int64_t now, enum verify_rule rule,
                      const char *words)
{
    struct findings f = look_now(y, now);
    const struct finding *one = find(&f, rule);

    if (one == NULL || strstr(one->words, words) == NULL) {
        tell(&f);
        fail_msg("wanted %s: %s", verify_name(rule), words);
    }
    findings_free(&f);
}

/* ---- all is well ---------------------------------------------------------------- */

static void a_queue_at_work_has_no_findings(void **state)
{
    struct yard *y = *state;
    struct job_result r[2];

    found_nothing(y, clock_now());
    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 20);
    for (int i = 0; i < 5; i++)
        assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, i, i), ST_OK);
    found_nothing(y, clock_now());
    assert_true(lease(y, POOL_LOGIC, 0, 8) == 8);
    found_nothing(y, clock_now());
    /* one is tried again, one is done and its row gone */
    assert_int_equal(db_exec(y->db, NULL, "DELETE FROM job_open WHERE id = ?",
                             DB_BYTES(y->jobs[0].id, 16)),
                     ST_OK);
    r[0] = result(&y->jobs[0], JOB_DONE, 0);
    r[1] = result(&y->jobs[1], JOB_RETRY, 60000);
    settle(y, POOL_LOGIC, 0, r, 2);
    found_nothing(y, clock_now());
}

/* A row that waits in MySQL, as it is due later, is in order. */
static void what_waits_in_mysql_for_its_time_is_fine(void **state)
{
    struct yard *y = *state;
    struct put p = {
        .spec = {.kind = KIND_CORE_DISCOUNT_REDEEMED, .due = clock_now() + DAY},
        .n = 3};

    assert_int_equal(db_tx(y->db, put_work, &p), ST_OK);
    found_nothing(y, clock_now());
}

/* ---- what is planted ------------------------------------------------------------ */

static void a_lost_row_is_found(void **state)
{
    struct yard *y = *state;
    int64_t now = clock_now();
    char key[QUEUE_KEY_MAX];

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 3);
    key_of(key, "16");
    redis_say(y, "LPOP", key, NULL, NULL);
    found_only(y, now, VERIFY_DRIFT, "1 entries that were put are nowhere");
    /* young rows may be on their way: a minute later this one is not */
    found_too(y, now + 20 * SECOND, VERIFY_LOST, "nowhere in Redis");
}

static void an_entry_from_nowhere_and_one_twice_are_found(void **state)
{
    struct yard *y = *state;
    struct redis_reply *r = NULL;
    char key[QUEUE_KEY_MAX];

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 2);
    key_of(key, "16");
    assert_int_equal(redis_do(queue_redis(y->queue), &r, "LINDEX", key, "0", NULL),
                     ST_OK);
    entry_tell(queue_redis(y->queue), "RPUSH", key, NULL, r);
    redis_free(r);
    found_too(y, clock_now(), VERIFY_DRIFT, "1 entries too many");
    found_too(y, clock_now(), VERIFY_TWICE, "is waiting (list 16) and waiting");
    key_of(key, "17");
    redis_say(y, "RPUSH", key, "rubbish", NULL);
    found_too(y, clock_now(), VERIFY_MISFILED, "no entry (7 bytes)");
}

static void an_entry_in_a_strange_list_is_found(void **state)
{
    struct yard *y = *state;
    char from[QUEUE_KEY_MAX], to[QUEUE_KEY_MAX];

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 1);
    key_of(from, "16");
    key_of(to, "17");
    redis_say(y, "RPOPLPUSH", from, to, NULL);
    found_only(y, clock_now(), VERIFY_MISFILED, "is in list 17 and belongs to list 16");
}

static void jobs_without_a_lease_are_found(void **state)
{
    struct yard *y = *state;
    char key[QUEUE_KEY_MAX];

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 4);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 3), 3);
    key_of(key, "w");
    redis_say(y, "ZREM", key, y->wid[0], NULL);
    found_too(y, clock_now(), VERIFY_ORPHAN, "holds 3 jobs without a lease");
    found_too(y, clock_now(), VERIFY_DRIFT, "3 entries");
    redis_say(y, "ZADD", key, "5", y->wid[0]);
    found_only(y, clock_now(), VERIFY_LAPSED, "with 3 jobs");
}

static void a_lease_without_jobs_is_found(void **state)
{
    struct yard *y = *state;
    char key[QUEUE_KEY_MAX];

    key_of(key, "w");
    redis_say(y, "ZADD", key, "99999999999999", "b00t.host.1.2.3");
    found_only(y, clock_now(), VERIFY_EMPTY, "holds nothing");
}

static void an_owner_who_is_gone_or_miscounted_is_found(void **state)
{
    struct yard *y = *state;
    char own[QUEUE_KEY_MAX];

    key_of(own, "own");
    redis_say(y, "HSET", own, "07", "2:0:b00t.host.1.2.3");
    found_only(y, clock_now(), VERIFY_OWNER,
               "2 jobs are held by b00t.host.1.2.3, gone");
    redis_say(y, "DEL", own, NULL, NULL);
    assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, 1, 1), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    found_nothing(y, clock_now());
    char list[8], value[QUEUE_WID_MAX + 16];

    snprintf(list, sizeof list, "%02d", y->jobs[0].list);
    snprintf(value, sizeof value, "3:0:%s", y->wid[0]);
    redis_say(y, "HSET", own, list, value);
    found_only(y, clock_now(), VERIFY_OWNER,
               "is said to hold 3 of its jobs and holds 1");
}

static void rows_that_cannot_be_are_found(void **state)
{
    struct yard *y = *state;
    int64_t now = clock_now();

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 1);
    assert_int_equal(
        db_exec(
            y->db, NULL,
            "INSERT INTO job_dead (id, kind, lane, attempts, crashes, reason, put_at,"
            " died_at, body) SELECT id, kind, lane, 1, 0, 'tries', put_at, put_at,"
            " body FROM job_open"),
        ST_OK);
    found_only(y, now, VERIFY_BOTH, "is open, and dead as well");
    assert_int_equal(db_exec(y->db, NULL, "DELETE FROM job_dead"), ST_OK);
    assert_int_equal(db_exec(y->db, NULL, "UPDATE job_open SET parked = 1, run_at = ?",
                             DB_TIME(now - MINUTE)),
                     ST_OK);
    found_only(y, now, VERIFY_LATE, "1 rows wait in MySQL past their time");
    assert_int_equal(
        db_exec(y->db, NULL, "UPDATE job_open SET parked = 0, lane = lane + 3000"),
        ST_OK);
    found_only(y, now, VERIFY_SHARD, "1 open rows belong to it");
}

static void dead_entries_that_nobody_writes_down_are_found(void **state)
{
    struct yard *y = *state;
    struct job_result r;

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    r = result(&y->jobs[0], JOB_BURY, 0);
    settle(y, POOL_LOGIC, 0, &r, 1);
    found_only(y, clock_now(), VERIFY_UNWRITTEN, "1 dead entries");
}

static void clocks_that_disagree_are_found(void **state)
{
    struct yard *y = *state;
    struct findings f = look_now(y, clock_now() + 10 * SECOND);

    assert_non_null(find(&f, VERIFY_CLOCK));
    assert_int_equal(f.n, 3); /* MySQL's, and Redis' in each pool */
    findings_free(&f);
}

/* ---- passes --------------------------------------------------------------------- */

static void what_the_next_pass_does_not_find_is_dropped(void **state)
{
    struct yard *y = *state;
    struct findings first, again;
    char w[QUEUE_KEY_MAX], own[QUEUE_KEY_MAX];

    key_of(w, "w");
    key_of(own, "own");
    redis_say(y, "ZADD", w, "99999999999999", "b00t.host.1.2.3");
    redis_say(y, "HSET", own, "07", "2:0:b00t.host.9.9.9");
    redis_say(y, "HSET", own, "08", "1:0:b00t.host.9.9.9");
    first = look_now(y, clock_now());
    assert_int_equal(first.n, 3);
    redis_say(y, "HDEL", own, "07", NULL);
    redis_say(y, "HSET", own, "08", "4:0:b00t.host.9.9.9");
    redis_say(y, "HSET", own, "09", "1:0:b00t.host.9.9.9");
    again = look_now(y, clock_now());
    assert_int_equal(again.n, 3);
    verify_keep(&first, &again);
    assert_int_equal(first.n, 2);
    assert_non_null(find(&first, VERIFY_EMPTY));
    assert_string_equal(find(&first, VERIFY_OWNER)->what, "list 8");
    assert_non_null(strstr(find(&first, VERIFY_OWNER)->words, "4 jobs"));
    findings_free(&again);
    findings_free(&first);
}

/* ---- the walk ------------------------------------------------------------------- */

struct tour {
    int seen[PLACE_DYING + 1];
    int stop_at;
};

static bool count_place(void *arg, const struct queue_seen *s)
{
    struct tour *t = arg;
    struct job j = {0};

    t->seen[s->place]++;
    assert_int_equal(queue_seen_job(s, &j), ST_OK);
    assert_memory_equal(j.id, s->id, 16);
    assert_int_equal(j.kind, KIND_CORE_DISCOUNT_REDEEMED);
    job_free(&j);
    return --t->stop_at != 0;
}

static void a_walk_sees_each_entry_once_at_its_place(void **state)
{
    struct yard *y = *state;
    struct tour t = {0}, short_one = {.stop_at = 3};
    struct job_result r[3];

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, QUEUE_WALK_SLICE + 10);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 8), 8);
    r[0] = result(&y->jobs[0], JOB_RETRY, 60000);
    r[1] = result(&y->jobs[1], JOB_RETRY, 50000);
    r[2] = result(&y->jobs[2], JOB_BURY, 0);
    settle(y, POOL_LOGIC, 0, r, 3);
    assert_int_equal(queue_walk(y->queue, AT_LOGIC, count_place, &t), ST_OK);
    assert_int_equal(t.seen[PLACE_WAITING], QUEUE_WALK_SLICE + 2);
    assert_int_equal(t.seen[PLACE_IN_FLIGHT], 5);
    assert_int_equal(t.seen[PLACE_DELAYED], 2);
    assert_int_equal(t.seen[PLACE_DYING], 1);
    assert_int_equal(queue_walk(y->queue, AT_LOGIC, count_place, &short_one), ST_OK);
    assert_int_equal(short_one.seen[PLACE_IN_FLIGHT], 3);
    assert_int_equal(short_one.seen[PLACE_WAITING], 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_yard, close_yard)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_queue_at_work_has_no_findings),
        CASE(what_waits_in_mysql_for_its_time_is_fine),
        CASE(a_lost_row_is_found),
        CASE(an_entry_from_nowhere_and_one_twice_are_found),
        CASE(an_entry_in_a_strange_list_is_found),
        CASE(jobs_without_a_lease_are_found),
        CASE(a_lease_without_jobs_is_found),
        CASE(an_owner_who_is_gone_or_miscounted_is_found),
        CASE(rows_that_cannot_be_are_found),
        CASE(dead_entries_that_nobody_writes_down_are_found),
        CASE(clocks_that_disagree_are_found),
        CASE(what_the_next_pass_does_not_find_is_dropped),
        CASE(a_walk_sees_each_entry_once_at_its_place),
    };

    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
