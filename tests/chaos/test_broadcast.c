/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast while everything goes wrong (F28): a 429 in the middle, errors, HTML in the
 * place of an answer, answers that never come after the message was accepted, people who
 * have blocked the bot, and a worker killed every two seconds. Each recipient gets at most
 * one message, nobody is passed over in silence, and what the ledger says is what the
 * stand-in has seen. */
#include "tests/harness/campaign.h"
#include "tests/harness/dose.h"
#include "tests/harness/until.h"

#include "core/base/clock.h"
#include "core/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KILL_MS 2000
#define PER_S 1000 /* as fast as Telegram lets anybody, for Stars */

/* ---- trouble ---------------------------------------------------------------------- */

static void trouble_begins(void)
{
    static const char *const some[] = {
        "500&probability=0.02", "502&probability=0.01", "half&probability=0.01",
        "reset_after&probability=0.01", "blocked&probability=0.03"};
    char form[160];

    snprintf(form, sizeof form, "kind=timeout_after&method=sendMessage&count=%d",
             dose(4, 40));
    botapi_tell(campaign.api, "faults", form);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        snprintf(form, sizeof form, "kind=%s&method=sendMessage&count=-1", some[i]);
        botapi_tell(campaign.api, "faults", form);
    }
}

static void too_fast(void)
{
    botapi_tell(campaign.api, "faults/clear", NULL);
    botapi_tell(campaign.api, "faults",
                "kind=429&method=sendMessage&retry_after=2&count=3");
    trouble_begins();
}

static void people_pay(void)
{
    struct setting_change c = {.name = "broadcast_paid", .value = "1", .by = "test"};
    const char *why;

    assert_int_equal(setting_set(campaign.db, clock_now(), &c, &why), ST_OK);
}

/* ---- a worker dies ---------------------------------------------------------------- */

static bool due(void *arg)
{
    return clock_mono_ms() >= *(int64_t *)arg;
}

/* All of it at once: those who send end nothing that they have begun. */
static void worker_dies(int i)
{
    pid_t pids[16];
    int n = program_children(campaign.worker[i], pids, 16);

    program_signal(campaign.worker[i], SIGSTOP); /* it shall start no others */
    for (int k = 0; k < n; k++)
        kill(pids[k], SIGKILL);
    program_signal(campaign.worker[i], SIGKILL);
    campaign_worker(i);
}

/* The stand-in keeps the newest calls only: they are listened to as they come. */
static int kill_until_the_end(int64_t id, int ms, struct campaign_heard *h, int n)
{
    int64_t end = clock_mono_ms() + ms, next = clock_mono_ms() + KILL_MS;
    int deaths = 0;

    while (campaign_now(id).state == BROADCAST_SENDING && clock_mono_ms() < end) {
        int i = deaths % CAMPAIGN_WORKERS;

        assert_true(until(due, &next, KILL_MS * 5));
        next += KILL_MS;
        worker_dies(i);
        campaign_listen(h, n);
        if (++deaths == 2)
            too_fast();
    }
    return deaths;
}

/* ---- the judgement ---------------------------------------------------------------- */

struct sum {
    int sent, unknown, lost, unsure, blocked, skipped;
};

static void judge(const struct campaign_heard *h, int state, int why, bool by_us,
                  struct sum *sum)
{
    sum->sent += state == RECIPIENT_SENT;
    sum->unknown += state == RECIPIENT_UNKNOWN;
    sum->blocked += state == RECIPIENT_FAILED && why == WHY_BLOCKED;
    sum->lost += state == RECIPIENT_UNKNOWN && by_us;
    sum->unsure += h->unsure > 0;
    if (h->accepted > 1)
        fail_msg("accepted %d times, of %d calls", h->accepted, h->calls);
    if (state == RECIPIENT_SENT)
        assert_int_equal(h->accepted, 1);
    else if (state != RECIPIENT_UNKNOWN)
        assert_int_equal(h->accepted, 0);
    if (state != RECIPIENT_SENT && state != RECIPIENT_UNKNOWN &&
        !(state == RECIPIENT_FAILED && why == WHY_BLOCKED))
        fail_msg("ended as %s, %s", recipient_state_name((enum recipient_state)state),
                 recipient_why_name((enum recipient_why)why));
    if (h->unsure > 0)
        assert_int_equal(state, RECIPIENT_UNKNOWN);
    if (state == RECIPIENT_UNKNOWN && !by_us)
        assert_true(h->unsure > 0);
}

static struct sum judge_all(int64_t id, const struct campaign_heard *h, int n)
{
    struct sum sum = {0};
    int rows = 0;
    enum status st;

    st = db_select(campaign.db,
                   "SELECT c.external_id, r.state, r.why, COALESCE(m.why, '') ="
                   " 'its answer was lost' FROM broadcast_recipient r JOIN customer c"
                   " ON c.id = r.customer_id LEFT JOIN message m ON m.id = r.message_id"
                   " WHERE r.broadcast_id = ?",
                   DB_INT(id));
    while (st == ST_OK && (st = db_next(campaign.db)) == ST_OK) {
        int64_t at = db_int(campaign.db, 0) - CAMPAIGN_FIRST;

        assert_in_range(at, 0, n - 1);
        judge(&h[at], (int)db_int(campaign.db, 1), (int)db_int(campaign.db, 2),
              db_int(campaign.db, 3) != 0, &sum);
        rows++;
    }
    assert_int_equal(st, ST_NONE);
    assert_int_equal(rows, n);
    return sum;
}

static void each_at_most_once_and_nobody_in_silence(void **state)
{
    struct campaign_plan plan = {
        .ru = "Новости", .en = "News", .b = {.paid = true, .rate_per_s = PER_S}};
    struct broadcast_sums kept;
    int n = dose(5000, 100000), deaths;
    struct campaign_heard *h = calloc((size_t)n, sizeof *h);
    struct sum sum;
    int64_t id, from;

    (void)state;
    assert_non_null(h);
    dose_seed();
    campaign_open();
    people_pay();
    campaign_people(n);
    trouble_begins();
    campaign_hire(CAMPAIGN_WORKERS, 1);
    id = campaign_put(&plan);
    from = clock_mono_ms();
    campaign_start(id);
    deaths = kill_until_the_end(id, dose(50000, 600000), h, n);
    if (!campaign_ends(id, dose(20000, 60000))) {
        campaign_dump(id);
        fail_msg("it has no end");
    }
    printf("%d people, %d deaths, %d s\n", n, deaths,
           (int)(clock_mono_ms() - from) / 1000);
    campaign_listen(h, n);
    sum = judge_all(id, h, n);
    free(h);
    printf("%d sent, %d blocked, %d unknown (%d by a death)\n", sum.sent, sum.blocked,
           sum.unknown, sum.lost);
    campaign_books(id);
    assert_int_equal(broadcast_sums(campaign.db, id, 0, &kept), ST_OK);
    assert_int_equal(kept.n[RECIPIENT_UNKNOWN], sum.unknown);
    assert_int_equal(kept.n[RECIPIENT_SENT], sum.sent);
    assert_true(sum.unsure > 0 && sum.blocked > 0 && deaths > 1);
    campaign_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_at_most_once_and_nobody_in_silence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
