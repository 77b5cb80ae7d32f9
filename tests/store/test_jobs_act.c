/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik jobs`: the verbs that do something, and those that wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/desk.h"

static void the_dead_are_listed_and_brought_back(void **state)
{
    struct yard *y = *state;
    char id[ULID_TEXT + 1], args[60];
    struct json *v;

    kill_some(y, 5);
    assert_int_equal(open_rows(y), 0);
    wants("dead", 0);
    fits_the_screen();
    says("tries: the printer is on fire");
    wants("dead --json core.discount_redeemed", 0);
    v = told();
    assert_int_equal(json_count(v), 5);
    snprintf(id, sizeof id, "%s", json_text(json_at(v, 2), "id", NULL));
    json_free(v);
    snprintf(args, sizeof args, "retry %s", id);
    wants(args, 0);
    assert_int_equal(open_rows(y), 1);
    assert_int_equal(waiting(y, POOL_LOGIC), 1);
    wants(args, 1);
    says("no dead job of that id: it is open");
    wants("dead retry bot.member_known", 0);
    says("0 are waiting again");
    wants("dead retry all", 0);
    says("4 are waiting again");
    assert_int_equal(open_rows(y), 5);
    assert_int_equal(waiting(y, POOL_LOGIC), 5);
    wants("verify", 0);
    says("all is well");
}

static void a_cancelled_job_is_gone_and_told_of(void **state)
{
    struct yard *y = *state;
    char id[ULID_TEXT + 1], args[60];

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 1);
    newest(y, id);
    snprintf(args, sizeof args, "cancel %s", id);
    wants(args, 0);
    says("is cancelled");
    assert_int_equal(open_rows(y), 0);
    wants(args, 1);
    says("no open job of that id");
}

static void what_is_paused_is_listed_until_it_goes_on(void **state)
{
    struct json *v;

    (void)state;
    wants("pause", 0);
    says("nothing is paused");
    wants("pause lane bulk", 0);
    wants("pause kind send.message", 0);
    wants("pause bot auth", 0);
    wants("pause lane bulk", 0); /* twice is fine */
    wants("pause --json", 0);
    v = told();
    assert_int_equal(json_count(v), 3);
    assert_non_null(strstr(json_text(json_at(v, 0), "who", NULL), "cli:"));
    json_free(v);
    wants("stats", 0);
    says("PAUSED lane bulk by cli:");
    wants("resume lane bulk", 0);
    wants("resume kind send.message", 0);
    wants("resume bot auth", 0);
    wants("pause", 0);
    says("nothing is paused");
}

static void drain_ends_when_there_is_nothing_left(void **state)
{
    struct yard *y = *state;
    struct job_result r;
    struct program *p;

    wants("drain", 0);
    says("empty");
    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 1);
    wants("drain hot", 0);
    wants("drain send", 0);
    wants("drain logic.normal --timeout 1", 1);
    says("not empty after 1 seconds");
    says("waiting 1, in flight 0");
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    p = program_start("dvorik", "jobs", "drain", NULL);
    assert_true(program_says(p, "in flight 1", SOON_MS));
    r = result(&y->jobs[0], JOB_RETRY, 1000);
    settle(y, POOL_LOGIC, 0, &r, 1);
    assert_true(program_says(p, "delayed 1", SOON_MS));
    lease_soon(y, POOL_LOGIC, 0);
    r = result(&y->jobs[0], JOB_DONE, 0);
    settle(y, POOL_LOGIC, 0, &r, 1);
    assert_int_equal(program_wait(p, SOON_MS), 0);
    program_end(p);
}

static void what_redis_lost_is_named_and_brought_back(void **state)
{
    struct yard *y = *state;
    struct redis_reply *r = NULL;
    char key[QUEUE_KEY_MAX], id[ULID_TEXT + 1];
    struct json *v;

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 1);
    newest(y, id);
    queue_key(key, AT_LOGIC, "16");
    assert_int_equal(redis_do(queue_redis(y->queue), &r, "DEL", key, NULL), ST_OK);
    redis_free(r);
    assert_int_equal(db_exec(y->db, NULL, "UPDATE job_open SET run_at = ?",
                             DB_TIME(clock_now() - MINUTE)),
                     ST_OK);
    wants("verify", 1);
    says("lost");
    says(id);
    says("-> the scheduler brings it back");
    says("drift");
    fits_the_screen();
    wants("reconcile --dry", 0);
    says(id);
    says("1 would be brought back");
    assert_int_equal(waiting(y, POOL_LOGIC), 0);
    wants("reconcile", 0);
    says("1 brought back");
    assert_int_equal(waiting(y, POOL_LOGIC), 1);
    wants("reconcile --dry", 0);
    says("0 would be brought back");
    wants("verify --json",
          1); /* the drift stays until somebody says that it is known */
    v = told();
    assert_false(json_bool_or(v, "well", true));
    assert_int_equal(json_count(json_get(v, "findings")), 1);
    json_free(v);
    wants("reconcile --settle", 0);
    says("a drift of 1 is settled");
    wants("verify", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_dead_are_listed_and_brought_back),
        CASE(a_cancelled_job_is_gone_and_told_of),
        CASE(what_is_paused_is_listed_until_it_goes_on),
        CASE(drain_ends_when_there_is_nothing_left),
        CASE(what_redis_lost_is_named_and_brought_back),
    };

    return cmocka_run_group_tests_name("jobs: doing", tests, NULL, NULL);
}
