/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who waits for whom: a batch of very many beside 99 of few (F22), and the low lane
 * beside a hot one that is never empty (F23). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/until.h"

#include <stdio.h>

#define GIANT 1 /* its batch, and its account; the others are 2 … 100 on account 2 */
#define OTHERS 99
#define SMALL 2
#define NEIGHBOURS 3 /* those that share the giant's list */
#define HOT 4
#define LOW 5

/* ---- F22 ------------------------------------------------------------------------ */

/* Answers how many of the small ones share no list with the giant: the lists are
 * sixteen, so some do, and wait behind it. */
static int put_batches(int giant, int each)
{
    int apart = 0;

    oracle_put_as(
        &here.oracle,
        &(struct oracle_job){
            .kind = KIND_TEST_BULK, .key = GIANT, .account = GIANT, .spread = true},
        giant);
    for (int64_t key = 2; key < 2 + OTHERS; key++) {
        bool own = queue_bulk_list(key) != queue_bulk_list(GIANT);
        struct oracle_job like = {.kind = KIND_TEST_BULK,
                                  .key = key,
                                  .account = own ? SMALL : NEIGHBOURS,
                                  .spread = true};

        oracle_put_as(&here.oracle, &like, each);
        apart += own;
    }
    return apart;
}

struct race {
    int64_t want, hot_at;
    int hot;
};

/* Somebody presses a button twenty times a second meanwhile. */
static bool small_ones_done(void *arg)
{
    struct race *r = arg;

    if (clock_mono_ms() >= r->hot_at) {
        r->hot_at = clock_mono_ms() + 50;
        r->hot++;
        oracle_put_as(
            &here.oracle,
            &(struct oracle_job){.kind = KIND_TEST_HOT, .account = HOT, .spread = true},
            1);
    }
    return oracle_points(&here.oracle, SMALL) >= r->want;
}

static void a_giant_batch_starves_nobody(void **state)
{
    int worst = dose(90, 99); /* of two dozen the slowest says nothing */
    int each = dose(10, 100), giant = each * dose(300, 2000);
    int apart = put_batches(giant, each);
    struct race r = {.want = (int64_t)apart * each};
    int64_t ran, ideal = (int64_t)(OTHERS + 1) * each, hot;

    (void)state;
    ordeal_hire(&here, 1, 2);
    assert_true(program_says(here.worker[0], "worker ready", 30000));
    if (!until(small_ones_done, &r, 60000))
        fail_msg("%lld of %lld of the others are done",
                 (long long)oracle_points(&here.oracle, SMALL), (long long)r.want);
    ran = oracle_done(&here.oracle) - r.hot;
    hot = oracle_waited(&here.oracle, KIND_TEST_HOT, worst);
    printf("the others' last job was number %lld; fair shares end at %lld."
           " %d hot ones waited %lld ms (p50), %lld ms (p%d)\n",
           (long long)ran, (long long)ideal, r.hot,
           (long long)oracle_waited(&here.oracle, KIND_TEST_HOT, 50), (long long)hot,
           worst);
    /* It was there all along. */
    assert_true(oracle_points(&here.oracle, GIANT) < giant);
    assert_true(ran <= 2 * ideal);
    /* Nobody's answer stands behind the thousands; how long it takes is the machine's
     * matter, too, unless it is ours alone. */
    assert_true(oracle_points(&here.oracle, HOT) >= r.hot / 2);
    assert_true(!dose_full() || hot <= dose_bound_ms(20));
    ordeal_drain(&here, dose(ORDEAL_DRAIN_MS, 1200000));
    ordeal_judge(&here);
}

/* ---- F23 ------------------------------------------------------------------------ */

#define AHEAD 2000 /* hot jobs waiting, at least */

static void keep_ahead(int lane, enum kind kind, int64_t *put)
{
    while (*put - oracle_points(&here.oracle, lane) < AHEAD) {
        oracle_put_as(
            &here.oracle,
            &(struct oracle_job){.kind = kind, .account = lane, .spread = true}, 200);
        *put += 200;
    }
}

static void a_busy_hot_lane_starves_nobody(void **state)
{
    int64_t hot_put = 0, low_put = 0, end = clock_mono_ms() + dose(5000, 600000);
    int64_t hot, low;

    (void)state;
    keep_ahead(HOT, KIND_TEST_HOT, &hot_put);
    keep_ahead(LOW, KIND_TEST_LOW, &low_put);
    ordeal_hire(&here, 1, 2);
    while (clock_mono_ms() < end) {
        keep_ahead(HOT, KIND_TEST_HOT, &hot_put);
        keep_ahead(LOW, KIND_TEST_LOW, &low_put);
    }
    hot = oracle_points(&here.oracle, HOT);
    low = oracle_points(&here.oracle, LOW);
    printf("of %lld jobs %lld were of the low lane: %lld %%\n", (long long)(hot + low),
           (long long)low, (long long)(low * 100 / (hot + low)));
    assert_true(hot < hot_put);
    assert_true(low * 100 >= (hot + low) * 8);
    assert_true(hot > low);
    ordeal_judge(&here);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_giant_batch_starves_nobody),
        TEST(a_busy_hot_lane_starves_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
