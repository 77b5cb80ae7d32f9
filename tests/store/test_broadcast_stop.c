/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Stopping at once: by a person, by too many refusals, by an error of ours; and what is
 * in hand then is ended. */
#include "core/broadcast/reword.h"
#include "tests/store/broadcast_shop.h"

#define CROWD 300

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    crowd(CROWD);
    return 0;
}

static void test_pause_is_at_once(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){0}, 1);
    struct taking t, none;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 50), ST_OK);
    assert_int_equal(verb(id, VERB_PAUSE), ST_OK);
    assert_int_equal(take(shop.db, NOON, id, s.job, &none, 50), ST_NONE);
    fates(&s, &t, RECIPIENT_SENT, WHY_NONE); /* what is in hand is ended */
    assert_int_equal(settle(shop.db, &s), ST_OK);
    assert_int_equal(sums(id).n[RECIPIENT_SENT], 50);
    assert_int_equal(verb(id, VERB_RESUME), ST_OK);
    assert_int_equal(send_all(NOON, id), CROWD - 50);
}

static void test_what_is_cancelled_does_not_wait_again(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){0}, 1);
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 20), ST_OK);
    assert_int_equal(verb(id, VERB_CANCEL), ST_OK);
    fill_all(NOON, id);
    fates(&s, &t, RECIPIENT_QUEUED, WHY_NONE);
    assert_int_equal(settle(shop.db, &s), ST_OK);
    assert_int_equal(sums(id).n[RECIPIENT_CANCELLED], CROWD);
    assert_int_equal(sql("SELECT COUNT(*) FROM message WHERE state = 7"
                         " AND why = 'cancelled'"),
                     20);
}

static enum status unsend_work(struct db *db, void *arg)
{
    return broadcast_unsend(db, NOON, arg);
}

#define EDITS(when)                                                                    \
    "SELECT COUNT(*) FROM job_open WHERE kind = 'send.broadcast_edit' AND "            \
    "run_at " when

/* Who is in hand when it is paused gets it yet: what is taken back waits for them. */
static void test_taking_back_waits_for_who_is_in_hand(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){0}, 1);
    struct broadcast_act act = {.id = id, .staff_id = shop.owner.id};
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 20), ST_OK);
    assert_int_equal(verb(id, VERB_PAUSE), ST_OK);
    assert_int_equal(db_tx(shop.db, unsend_work, &act), ST_OK);
    assert_int_equal(sql(EDITS("= '2026-09-18 02:00:30'")), 1);
    fates(&s, &t, RECIPIENT_SENT, WHY_NONE);
    assert_int_equal(settle(shop.db, &s), ST_OK);
    assert_int_equal(db_tx(shop.db, unsend_work, &act), ST_OK);
    assert_int_equal(sql(EDITS("<= '2026-09-18 02:00:00'")),
                     1); /* nobody is: at once */
}

static enum broadcast_pause paused_why(int64_t id)
{
    struct broadcast b;

    assert_int_equal(broadcast_load(shop.db, id, &b), ST_OK);
    return b.state == BROADCAST_PAUSED ? b.paused_why : PAUSE_NONE;
}

/* n are refused, the others of the chunk sent. */
static void refused(int64_t id, int n, int of, enum recipient_why why, bool bug)
{
    struct settling_call s = {.now = NOON, .id = id, .job = "hand-of-the-test"};
    struct taking t;

    assert_int_equal(take(shop.db, NOON, id, s.job, &t, of), ST_OK);
    assert_int_equal(t.c.n, of);
    fates(&s, &t, RECIPIENT_SENT, WHY_NONE);
    for (int i = of - n; i < of; i++) {
        s.fate[i].to = RECIPIENT_FAILED;
        s.fate[i].why = why;
        s.fate[i].bug = bug;
        s.fate[i].unreachable = why == WHY_BLOCKED;
    }
    assert_int_equal(settle(shop.db, &s), ST_OK);
}

static void test_too_many_refusals_stop_it(void **state)
{
    int64_t id = begun(&(struct broadcast){0}, 1);

    (void)state;
    refused(id, 20, 100, WHY_REFUSED, false); /* a fifth, and no more */
    assert_int_equal(paused_why(id), PAUSE_NONE);
    refused(id, 20, 20, WHY_REFUSED, false);
    assert_int_equal(paused_why(id), PAUSE_NONE);
    refused(id, 1, 30, WHY_REFUSED, false);
    assert_int_equal(paused_why(id), PAUSE_REFUSALS);
    assert_int_equal(verb(id, VERB_RESUME), ST_OK);
    refused(id, 5, 50, WHY_REFUSED, false); /* somebody looked at it: counted afresh */
    assert_int_equal(paused_why(id), PAUSE_NONE);
}

static void test_who_blocked_us_stops_nothing(void **state)
{
    int64_t id = begun(&(struct broadcast){0}, 1);

    (void)state;
    refused(id, 90, 100, WHY_BLOCKED, false);
    assert_int_equal(paused_why(id), PAUSE_NONE);
    assert_int_equal(sums(id).why[WHY_BLOCKED], 90);
    assert_int_equal(sql("SELECT COUNT(*) FROM customer WHERE status = 2"
                         " AND marketing_ok = 0"),
                     90);
}

static void test_an_error_of_ours_stops_it(void **state)
{
    int64_t id = begun(&(struct broadcast){0}, 1);

    (void)state;
    refused(id, 1, 10, WHY_REFUSED, true);
    assert_int_equal(paused_why(id), PAUSE_ERROR);
    assert_int_equal(verb(id, VERB_RESUME), ST_OK);
    refused(id, 1, 10, WHY_REFUSED, true); /* not of the first ten */
    assert_int_equal(paused_why(id), PAUSE_NONE);
}

#define T(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_pause_is_at_once),
        T(test_what_is_cancelled_does_not_wait_again),
        T(test_taking_back_waits_for_who_is_in_hand),
        T(test_too_many_refusals_stop_it),
        T(test_who_blocked_us_stops_nothing),
        T(test_an_error_of_ours_stops_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
