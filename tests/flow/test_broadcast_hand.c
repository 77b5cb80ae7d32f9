/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who is in hand, or about to be, when something comes between: a pause, words that cannot
 * be read any more, people who have gone, an answer that is under way to their chat. */
#include "core/base/clock.h"
#include "core/broadcast/reword.h"
#include "tests/harness/campaign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int begin_with(const char *unpaced)
{
    setenv("DVORIK_UNPACED", unpaced, 1);
    campaign_open();
    return 0;
}

static int begin(void **state)
{
    (void)state;
    return begin_with("0");
}

static int begin_unpaced(void **state)
{
    (void)state;
    return begin_with("1");
}

static int end(void **state)
{
    (void)state;
    campaign_close();
    setenv("DVORIK_UNPACED", "0", 1);
    return 0;
}

static void run(const char *sql)
{
    assert_int_equal(db_exec(campaign.db, NULL, sql), ST_OK);
}

/* Hundreds are in hand, as Telegram answers slowly; those whose request has not left come
 * back. */
static void test_a_pause_takes_back_who_is_ready(void **state)
{
    int64_t id;
    int calls;

    (void)state;
    botapi_tell(campaign.api, "faults",
                "kind=slow&method=sendMessage&count=-1&delay_ms=1000");
    id = campaign_long(600);
    campaign_pause(id);
    campaign_comes("SELECT 1 - (COUNT(*) > 0) FROM broadcast_recipient WHERE state = 2",
                   1, 15000);
    calls = campaign_calls();
    assert_in_range(calls, 20, 300);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), calls);
    assert_int_equal(campaign_count(id, RECIPIENT_QUEUED), 600 - calls);
    botapi_tell(campaign.api, "faults/clear", NULL);
    campaign_does(broadcast_resume, id);
    campaign_finishes(id);
    campaign_everybody_once(600);
    campaign_books(id);
}

/* Chains that have heard of the pause, but wait for answers, go on: nobody looks after
 * them here. */
static void test_resumed_before_the_chains_have_ended(void **state)
{
    struct campaign_plan plan = {.ru = "Новости", .en = "News"};
    int64_t id;

    (void)state;
    campaign_people(600);
    botapi_tell(campaign.api, "faults",
                "kind=slow&method=sendMessage&count=-1&delay_ms=1500");
    campaign_worker(0);
    id = campaign_put(&plan);
    campaign_start(id);
    assert_true(
        campaign_comes("SELECT COUNT(*) FROM message WHERE state = 3", 20, 20000));
    campaign_pause(id);
    assert_true(campaign_comes("SELECT COUNT(*) FROM broadcast_recipient"
                               " WHERE state = 1 AND message_id IS NOT NULL",
                               1, 10000));
    botapi_tell(campaign.api, "faults/clear", NULL);
    campaign_does(broadcast_resume, id);
    campaign_finishes(id);
    campaign_everybody_once(600);
    campaign_books(id);
}

/* Words that cannot be read any more: it stops, and nobody is a failure of it. */
static void test_unreadable_words_are_nobodys_failure(void **state)
{
    int64_t id = campaign_long(80);

    (void)state;
    run("CREATE TABLE kept AS SELECT * FROM broadcast_variant");
    run("UPDATE broadcast_variant SET content = '{}'");
    run("UPDATE broadcast SET version = version + 1");
    assert_true(campaign_is(id, BROADCAST_PAUSED, 10000));
    assert_int_equal(campaign_now(id).paused_why, PAUSE_ERROR);
    assert_true(campaign_rests(id));
    assert_int_equal(campaign_count(id, RECIPIENT_FAILED), 0);
    run("UPDATE broadcast_variant v JOIN kept k ON k.broadcast_id = v.broadcast_id"
        " SET v.content = k.content");
    run("DROP TABLE kept");
    run("UPDATE broadcast SET version = version + 1");
    campaign_does(broadcast_resume, id);
    campaign_finishes(id);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), 80);
    campaign_everybody_once(80);
    campaign_books(id);
}

/* Who was erased since the list was written has no chat to be paced by. */
static void test_the_erased_hold_nobody_up(void **state)
{
    int64_t id = campaign_long(700), from;

    (void)state;
    campaign_pause(id);
    assert_true(campaign_comes("SELECT 1 - (COUNT(*) > 0) FROM job_open"
                               " WHERE kind = 'send.broadcast_chunk'",
                               1, 10000));
    run("UPDATE customer SET marketing_ok = 0, status = 3, external_id = NULL"
        " ORDER BY id DESC LIMIT 600");
    campaign_does(broadcast_resume, id);
    from = clock_mono_ms();
    campaign_finishes(id);
    assert_in_range(clock_mono_ms() - from, 0, 10000);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), 100);
    assert_int_equal(campaign_count(id, RECIPIENT_SKIPPED), 600);
    campaign_books(id);
}

/* ---- an edit waits for a chat ------------------------------------------------------ */

static enum status reword_work(struct db *db, int64_t now,
                               const struct broadcast_act *act)
{
    static const char text[] = "{\"ru\":{\"text\":\"Да\"},\"en\":{\"text\":\"Yes\"}}";
    struct json *content = json_parse(text, sizeof text - 1);
    enum status st = broadcast_reword(db, now, act, 1, content);

    json_free(content);
    return st;
}

static enum status answer_work(struct db *db, void *arg)
{
    static const char payload[] = "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":"
                                  "820000000000,\"text\":\"An answer\"}}";
    const struct message_spec spec = {.sender = SENDER_CLIENT,
                                      .recipient = CAMPAIGN_FIRST,
                                      .purpose = MESSAGE_SERVICE,
                                      .payload = payload,
                                      .payload_n = sizeof payload - 1};

    return message_put(db, clock_now(), &spec, arg);
}

/* Hundredths of a second of work, of all the worker's children. */
static int64_t toil(void)
{
    pid_t pids[16];
    int n = program_children(campaign.worker[0], pids, 16);
    int64_t sum = 0;

    for (int i = 0; i < n; i++) {
        unsigned long user = 0, system = 0;
        char path[40];
        FILE *f;

        snprintf(path, sizeof path, "/proc/%d/stat", (int)pids[i]);
        f = fopen(path, "r");
        if (f != NULL && fscanf(f,
                                "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
                                " %lu %lu",
                                &user, &system) == 2)
            sum += (int64_t)(user + system);
        if (f != NULL)
            fclose(f);
    }
    return sum;
}

static void test_an_edit_waits_at_rest(void **state)
{
    struct campaign_plan plan = {.ru = "Новости", .en = "News"};
    int64_t id, message, before;

    (void)state;
    campaign_people(1);
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    campaign_finishes(id);
    botapi_tell(campaign.api, "faults", "kind=slow&method=sendMessage&delay_ms=4000");
    assert_int_equal(db_tx(campaign.db, answer_work, &message), ST_OK);
    assert_true(
        campaign_comes("SELECT COUNT(*) FROM message WHERE state = 2", 1, 10000));
    campaign_passes(1200); /* the pace would let it go */
    campaign_does(reword_work, id);
    campaign_passes(300);
    before = toil();
    campaign_passes(1500);
    assert_in_range(toil() - before, 0, 40);
    assert_true(campaign_comes("SELECT COALESCE(SUM(done), 0) FROM broadcast_edit"
                               " WHERE ended_at IS NOT NULL",
                               1, 15000));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_pause_takes_back_who_is_ready,
                                        begin_unpaced, end),
        cmocka_unit_test_setup_teardown(test_resumed_before_the_chains_have_ended,
                                        begin_unpaced, end),
        CASE(test_unreadable_words_are_nobodys_failure),
        CASE(test_the_erased_hold_nobody_up),
        CASE(test_an_edit_waits_at_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
