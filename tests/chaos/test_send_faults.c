/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Telegram at its worst (F20): refusals, errors, answers that never come, halves of
 * answers, before and after the message was accepted. What may be sent again arrives at
 * least once; what may not, at most once; and what ends as unknown is exactly what the
 * stand-in left without an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/dose.h"
#include "tests/harness/sender.h"
#include "tests/harness/until.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CHAT 800000000000LL
#define BATCH_MAX 2000
#define RESENDS 3 /* calls that a receipt without answers gets */
#define SEND_POOL ((struct queue_at){POOL_SEND, 0})

struct told {
    int calls, accepted, unsure;
    bool last_unsure;
};

static struct told told[BATCH_MAX];
static int64_t first_chat, first_message;

/* ---- trouble -------------------------------------------------------------------- */

/* After these nobody can know. A 500 in the Bot API's own words was not accepted. */
static bool is_unsure(const char *fault)
{
    static const char *const all[] = {"502",   "504",         "timeout_before",
                                      "reset", "reset_after", "timeout_after",
                                      "half"};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i], fault) == 0)
            return true;
    return false;
}

/* Those that cost a deadline of fifteen seconds each are few. */
static void trouble_begins(void)
{
    static const char *const quick[] = {
        "502", "504", "reset", "reset_after", "half", "500", "slow&delay_ms=300"};
    char form[160];

    snprintf(form, sizeof form, "kind=429&method=sendMessage&retry_after=1&count=%d",
             dose(2, 5));
    botapi_tell(yard.api, "faults", form);
    snprintf(form, sizeof form, "kind=timeout_after&method=sendMessage&count=%d",
             dose(3, 20));
    botapi_tell(yard.api, "faults", form);
    snprintf(form, sizeof form, "kind=timeout_before&method=sendMessage&count=%d",
             dose(3, 20));
    botapi_tell(yard.api, "faults", form);
    for (size_t i = 0; i < sizeof quick / sizeof *quick; i++) {
        snprintf(form, sizeof form,
                 "kind=%s&method=sendMessage&count=-1&probability=0.03", quick[i]);
        botapi_tell(yard.api, "faults", form);
    }
}

/* ---- messages ------------------------------------------------------------------- */

static enum message_unsure policy_of(int i)
{
    return i % 2 ? UNSURE_ASSUME : UNSURE_RESEND;
}

static void put_batch(int n)
{
    char form[100];

    snprintf(form, sizeof form, "from=%" PRId64 "&count=%d&started=client", first_chat,
             n);
    botapi_tell(yard.api, "people/many", form);
    for (int i = 0; i < n; i++) {
        int64_t id;

        yard.chat = first_chat + i;
        id = put_text("?", policy_of(i));
        if (i == 0)
            first_message = id;
        assert_int_equal(id, first_message + i);
    }
}

static bool all_final(void *arg)
{
    int n;

    (void)arg;
    if (ledger_reconcile(yard.db, yard.queue, SEND_POOL, clock_now(), &n) != ST_OK)
        return false;
    return number("SELECT COUNT(*) FROM message WHERE state IN (1, 2)") == 0;
}

/* ---- what the stand-in says ----------------------------------------------------- */

static void listen(const struct json *call)
{
    int64_t at = json_int_or(call, "params.chat_id", 0) - first_chat;
    const char *fault = json_text(call, "fault", NULL);
    struct told *t;

    assert_in_range(at, 0, BATCH_MAX - 1);
    t = &told[at];
    t->calls++;
    t->accepted += json_bool_or(call, "accepted", false);
    t->last_unsure = fault != NULL && is_unsure(fault);
    t->unsure += t->last_unsure;
}

static void listen_to_all(int64_t *since)
{
    char form[100];
    size_t n;

    memset(told, 0, sizeof told);
    do {
        struct json *v;
        const struct json *list;

        snprintf(form, sizeof form, "method=sendMessage&limit=1000&since=%" PRId64,
                 *since);
        v = botapi_ask(yard.api, "calls", form);
        list = json_get(v, "calls");
        n = json_count(list);
        for (size_t i = 0; i < n; i++) {
            listen(json_at(list, i));
            *since = json_int_or(json_at(list, i), "n", *since);
        }
        json_free(v);
    } while (n > 0);
}

/* ---- the judgement -------------------------------------------------------------- */

struct sum {
    int sent, unknown, twice, unsure;
};

static void judge_one(int i, struct sum *sum)
{
    enum message_state s = message_now(first_message + i).state;
    const struct told *t = &told[i];

    if (s != MESSAGE_SENT && s != MESSAGE_UNKNOWN)
        fail_msg("message %d ended as %s", i, message_state_name(s));
    sum->sent += s == MESSAGE_SENT;
    sum->unknown += s == MESSAGE_UNKNOWN;
    sum->twice += t->accepted > 1;
    if (policy_of(i) == UNSURE_ASSUME) {
        sum->unsure += t->unsure > 0;
        assert_in_range(t->accepted, s == MESSAGE_SENT ? 1 : 0, 1);
        assert_int_equal(t->unsure, s == MESSAGE_UNKNOWN ? 1 : 0);
    } else {
        sum->unsure += t->unsure >= RESENDS && t->last_unsure;
        assert_true(t->accepted >= 1 || t->unsure >= RESENDS);
    }
    assert_int_equal(s == MESSAGE_UNKNOWN, t->last_unsure);
}

static void what_arrives_is_what_is_said(void **state)
{
    int batches = dose(1, 25), n = dose(240, BATCH_MAX);
    struct sum sum = {0};
    int64_t since = 0;

    (void)state;
    dose_seed();
    for (int b = 0; b < batches; b++) {
        first_chat = FIRST_CHAT + (int64_t)b * BATCH_MAX;
        trouble_begins();
        put_batch(n);
        if (!until(all_final, NULL, dose(50000, 300000)))
            fail_msg("%d messages have no end", (int)number("SELECT COUNT(*) FROM"
                                                            " message WHERE state IN"
                                                            " (1, 2)"));
        listen_to_all(&since);
        for (int i = 0; i < n; i++)
            judge_one(i, &sum);
        botapi_tell(yard.api, "faults/clear", NULL);
    }
    printf("%d sent, %d of them more than once, %d unknown\n", sum.sent, sum.twice,
           sum.unknown);
    assert_int_equal(sum.unknown, sum.unsure); /* what is shown is what happened */
    assert_true(sum.unknown > 0);
    assert_int_equal(number("SELECT COUNT(*) FROM message WHERE state = 6"),
                     sum.unknown);
    assert_true(until(is_no_job, NULL, SOON_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_arrives_is_what_is_said, yard_begin,
                                        yard_end),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
