/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Random steps against the scripts, each compared with a small model of the queue (F25):
 * tests/harness/model.h says what the model knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/lane.h"
#include "tests/harness/cellar.h"
#include "tests/harness/dose.h"
#include "tests/harness/model_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPISODE 100 /* steps; then from an empty Redis again */

static struct queue *queue;
static struct play play;
static char trail[EPISODE][STEP_SAY];
static unsigned seed;

/* A Redis of our own: nothing here is about its disk. */
static int open_queue(void **state)
{
    static struct config cfg = {.redis_url = cellar.url, .queue_shards = 1};

    (void)state;
    cellar_open();
    cellar_config("appendonly", "no");
    queue = queue_open(&cfg);
    assert_non_null(queue);
    return 0;
}

static int close_queue(void **state)
{
    (void)state;
    queue_close(queue);
    cellar_close();
    return 0;
}

/* ---- random steps ----------------------------------------------------------------- */

static const char *episode(unsigned with, int steps, bool loud, int *at)
{
    struct episode e = {.seed = with, .steps = steps, .tell = loud, .trail = trail};

    return play_episode(&play, queue, &e, at);
}

static void tell(unsigned with, const char *wrong, int steps)
{
    printf("\nDVORIK_TEST_SEED=%u, step %d: %s\n", with, steps, wrong);
    for (int i = 0; i < steps; i++)
        printf("%3d %s\n", i + 1, trail[i]);
}

/* A shorter road to some failure is easier to read. DVORIK_TEST_SHRINK=no: not asked for. */
static void find_shorter(int steps)
{
    static const int length[] = {4, 7, 12, 20, 35};

    for (size_t i = 0; i < sizeof length / sizeof *length && length[i] < steps; i++)
        for (unsigned with = 1; with <= 200; with++) {
            int at;
            const char *wrong = episode(with, length[i], false, &at);

            if (wrong != NULL) {
                tell(with, wrong, at);
                return;
            }
        }
}

static void every_step_is_as_the_model_says(void **state)
{
    int steps = dose(20000, 1000000), at;

    (void)state;
    for (unsigned i = 0; i < (unsigned)(steps / EPISODE); i++) {
        const char *wrong = episode(seed + i, EPISODE, true, &at);

        if (wrong == NULL)
            continue;
        tell(seed + i, wrong, at);
        if (getenv("DVORIK_TEST_SHRINK") == NULL)
            find_shorter(at);
        fail_msg("%s (step %d of seed %u)", wrong, at, seed + i);
    }
}

/* ---- shares ----------------------------------------------------------------------- */

#define DEEP 40 /* entries that each list has at least */
#define LEASES 1600
#define ALL 0x1e /* the bits of the four lanes */

struct shares {
    unsigned lanes; /* that are leased from */
    int most;       /* wanted at once */
    int of[QUEUE_LISTS], left[QUEUE_LISTS];
};

static void fill(int list, int n)
{
    struct job_row rows[DEEP] = {0};
    static const char body[] = "{\"v\":1,\"k\":\"test.note\",\"a\":{\"n\":1}}";

    for (int i = 0; i < n; i++) {
        rows[i] = (struct job_row){
            .at = STEP_AT, .list = list, .body = body, .body_n = sizeof body - 1};
        ulid_new(clock_now(), rows[i].id);
    }
    assert_int_equal(queue_hand_over(queue, STEP_AT, rows, n), ST_OK);
}

/* Leases, counts and finishes. */
static void one_turn(struct shares *s, int want)
{
    struct job jobs[QUEUE_BATCH_MAX];
    struct job_result results[QUEUE_BATCH_MAX] = {0};
    struct queue_turn t = {.wid = "boot.host.0.1.1",
                           .at = STEP_AT,
                           .want = want,
                           .lanes_off = ALL & ~s->lanes,
                           .jobs = jobs};

    assert_int_equal(queue_turn(queue, &t), ST_OK);
    assert_int_equal(t.n_jobs, want);
    for (int i = 0; i < t.n_jobs; i++) {
        s->of[jobs[i].list]++;
        s->left[jobs[i].list]--;
        memcpy(results[i].id, jobs[i].id, 16);
        results[i].outcome = JOB_DONE;
        job_free(&jobs[i]);
    }
    t.results = results;
    t.n_results = t.n_jobs;
    t.want = 0;
    assert_int_equal(queue_turn(queue, &t), ST_OK);
    assert_int_equal(t.fenced, 0);
}

static void lease_many(struct shares *s)
{
    srandom(seed);
    play_open(&play, queue); /* empties it */
    for (int n = 0, want; n < LEASES; n += want) {
        for (int l = 0; l < QUEUE_LISTS; l++)
            if (s->left[l] < DEEP && (s->lanes & (1u << lane_of_list(l)))) {
                fill(l, DEEP);
                s->left[l] += DEEP;
            }
        want = 1 + dose_random(s->most);
        want = want < LEASES - n ? want : LEASES - n;
        one_turn(s, want);
    }
}

static int lane_sum(const struct shares *s, enum kind_lane lane)
{
    int n = 0;

    for (int l = lane_policy(lane)->first; l <= lane_policy(lane)->last; l++)
        n += s->of[l];
    return n;
}

/* Each list of a lane has its part, give or take a fifth. */
static void lists_are_even(const struct shares *s, enum kind_lane lane)
{
    const struct lane_policy *p = lane_policy(lane);
    int part = lane_sum(s, lane) / (p->last - p->first + 1);

    for (int l = p->first; l <= p->last; l++)
        if (s->of[l] < part * 4 / 5 || s->of[l] > part * 6 / 5)
            fail_msg("list %d had %d leases of its lane's %d", l, s->of[l],
                     lane_sum(s, lane));
}

static void full_lanes_share_eight_four_two_two(void **state)
{
    (void)state;
    for (int most = 1; most <= 64; most *= 4) {
        struct shares s = {.lanes = ALL, .most = most};

        lease_many(&s);
        for (int l = LANE_HOT; l <= LANE_BULK; l++)
            assert_in_range(lane_sum(&s, l), LEASES / 16 * lane_policy(l)->share - 1,
                            LEASES / 16 * lane_policy(l)->share + 1);
        lists_are_even(&s, LANE_HOT);
        lists_are_even(&s, LANE_BULK);
    }
}

static void lists_of_one_lane_take_turns(void **state)
{
    (void)state;
    for (int lane = LANE_HOT; lane <= LANE_BULK; lane += LANE_BULK - LANE_HOT)
        for (int most = 1; most <= 16; most *= 4) {
            struct shares s = {.lanes = 1u << lane, .most = most};

            lease_many(&s);
            assert_int_equal(lane_sum(&s, lane), LEASES);
            lists_are_even(&s, lane);
        }
}

/* What an empty lane leaves goes to the others, and the lowest has its part too. */
static void two_lanes_share_what_the_others_leave(void **state)
{
    struct shares s = {.lanes = 1u << LANE_HOT | 1u << LANE_LOW, .most = 8};

    (void)state;
    lease_many(&s);
    assert_true(lane_sum(&s, LANE_HOT) > lane_sum(&s, LANE_LOW));
    assert_true(lane_sum(&s, LANE_LOW) >= LEASES / 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_is_as_the_model_says),
        cmocka_unit_test(full_lanes_share_eight_four_two_two),
        cmocka_unit_test(lists_of_one_lane_take_turns),
        cmocka_unit_test(two_lanes_share_what_the_others_leave),
    };

    dose_seed();
    seed = (unsigned)random();
    if (getenv("DVORIK_TEST_SEED") != NULL)
        seed = (unsigned)strtoul(getenv("DVORIK_TEST_SEED"), NULL, 10);
    return cmocka_run_group_tests(tests, open_queue, close_queue);
}
