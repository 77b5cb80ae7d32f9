/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Everybody is counted: whatever many hands do at random with a broadcast, the counts are
 * what the rows say, nobody is lost and nobody is taken twice. */
#include "tests/store/broadcast_shop.h"

#include <stdlib.h>

#define CROWD 2500
#define HANDS 4
#define STEPS 500 /* of each */

static int64_t broadcast_id;

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    crowd(CROWD);
    broadcast_id = draft(&(struct broadcast){.holdout_bp = 500}, 3);
    assert_int_equal(verb(broadcast_id, VERB_START), ST_OK);
    return 0;
}

struct hand {
    struct db *db;
    unsigned seed;
    int64_t now;
    char job[17];
    struct taking t;
    struct settling_call s;
    int jobs;
};

static unsigned die(struct hand *h, unsigned sides)
{
    return (unsigned)rand_r(&h->seed) % sides;
}

/* A locked row may cost a try; a broadcast that stands costs nothing. */
static bool fine(enum status st)
{
    return st == ST_OK || st == ST_NONE || st == ST_TAKEN || st == ST_AGAIN;
}

static void takes(struct hand *h)
{
    if (h->t.c.n == 0)
        assert_true(fine(
            take(h->db, h->now, broadcast_id, h->job, &h->t, 1 + (int)die(h, 12))));
}

static void settles(struct hand *h)
{
    static const struct {
        enum recipient_state to;
        enum recipient_why why;
    } ends[] = {{RECIPIENT_SENT, WHY_NONE},      {RECIPIENT_SENT, WHY_NONE},
                {RECIPIENT_SENT, WHY_NONE},      {RECIPIENT_FAILED, WHY_BLOCKED},
                {RECIPIENT_FAILED, WHY_REFUSED}, {RECIPIENT_UNKNOWN, WHY_LOST},
                {RECIPIENT_QUEUED, WHY_NONE}};

    if (h->t.c.n == 0)
        return;
    fates(&h->s, &h->t, RECIPIENT_SENT, WHY_NONE);
    for (int i = 0; i < h->s.n; i++) {
        unsigned e = die(h, sizeof ends / sizeof *ends);

        h->s.fate[i].to = ends[e].to;
        h->s.fate[i].why = ends[e].why;
        h->s.fate[i].unreachable = ends[e].why == WHY_BLOCKED;
        h->s.fate[i].attempt = die(h, 2) == 0;
        h->s.fate[i].due = h->now + (int64_t)die(h, 3) * SECOND;
    }
    h->s.now = h->now;
    h->s.id = broadcast_id;
    h->s.job = h->job;
    if (settle(h->db, &h->s) == ST_OK)
        h->t.c.n = 0;
}

/* Dies with some in hand: the job runs again and knows nothing of them. */
static enum status lost_work(struct db *db, void *arg)
{
    struct hand *h = arg;
    int n;

    return recipients_lost(db, h->now, broadcast_id, JOB(h->job), &n);
}

static void dies(struct hand *h)
{
    if (db_tx(h->db, lost_work, h) == ST_OK)
        h->t.c.n = 0;
}

static void fills(struct hand *h)
{
    assert_true(fine(fill_once(h->db, NOON, broadcast_id)));
}

static void pauses(struct hand *h)
{
    assert_true(fine(verb_at(h->db, h->now, broadcast_id, VERB_PAUSE)));
}

static void resumes(struct hand *h)
{
    assert_true(fine(verb_at(h->db, h->now, broadcast_id, VERB_RESUME)));
}

static enum status check_work(struct db *db, void *arg)
{
    int64_t after = 0;
    enum status st = broadcast_check(db, *(int64_t *)arg, &after);

    return st == ST_NONE ? ST_OK : st;
}

static void retries(struct hand *h)
{
    assert_true(fine(verb_at(h->db, h->now, broadcast_id, VERB_RETRY)));
}

static void steps(struct hand *h)
{
    static void (*const step[])(struct hand *) = {takes,   takes,   takes,   takes,
                                                  settles, settles, settles, settles,
                                                  dies,    fills,   resumes, resumes};

    for (int i = 0; i < STEPS; i++) {
        h->now += SECOND;
        if (die(h, 40) == 0)
            pauses(h);
        else if (die(h, 60) == 0)
            retries(h);
        else
            step[die(h, sizeof step / sizeof *step)](h);
    }
}

static void hand_work(struct db *db, int i, void *arg)
{
    struct hand *h = calloc(1, sizeof *h);

    (void)arg;
    assert_non_null(h);
    h->db = db;
    h->seed = (unsigned)i * 7919 + 17;
    h->now = NOON;
    snprintf(h->job, sizeof h->job, "hand-number-%04d", i);
    steps(h);
    settles(h);
    dies(h);
    free(h);
}

/* Messages that went out, of each person: an unknown one may be followed by another that
 * somebody asked for, a sent one by none. */
#define SENT_TWICE                                                                     \
    "SELECT COUNT(*) FROM (SELECT customer_id FROM message WHERE root = 'bc:%lld'"     \
    " AND state = 3 GROUP BY customer_id HAVING COUNT(*) > 1) x"

static void test_everybody_is_counted(void **state)
{
    int64_t now = NOON + 2 * STEPS * SECOND, all = 0;
    struct broadcast_sums s;

    (void)state;
    shop_race(&shop, HANDS, hand_work, NULL);
    (void)sums(broadcast_id);
    (void)verb_at(shop.db, now, broadcast_id, VERB_RESUME);
    fill_all(NOON, broadcast_id);
    send_all(now, broadcast_id);
    s = sums(broadcast_id);
    for (int i = 0; i < RECIPIENT_STATES; i++)
        all += s.n[i];
    assert_int_equal(all, CROWD);
    assert_int_equal(s.n[RECIPIENT_QUEUED] + s.n[RECIPIENT_SENDING], 0);
    assert_true(s.n[RECIPIENT_SENT] > CROWD / 2 && s.n[RECIPIENT_FAILED] > 0);
    assert_true(s.n[RECIPIENT_HOLDOUT] > 0);
    /* Who was unknown may have been asked for once more, all of them. */
    assert_true(sql("SELECT COUNT(*) FROM message WHERE state = 6") > 0);
    assert_int_equal(db_tx(shop.db, check_work, &now), ST_OK);
    assert_int_equal(state_of(broadcast_id), BROADCAST_FINISHED);
    assert_int_equal(sql_of(SENT_TWICE, broadcast_id), 0);
    assert_int_equal(
        sql_of("SELECT COUNT(*) FROM message m JOIN broadcast_recipient r"
               " ON r.broadcast_id = %lld AND r.message_id = m.id"
               " WHERE m.state <> r.state OR NOT m.external_id <=> r.external_id",
               broadcast_id),
        0);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM message m JOIN broadcast_recipient r"
                            " ON r.broadcast_id = %lld AND r.state = 8"
                            " AND r.customer_id = m.customer_id",
                            broadcast_id),
                     0); /* who is held out gets nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_everybody_is_counted, opened, closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
