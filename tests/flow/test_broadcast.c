/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast through the real programs: everybody gets it once, in their language, and
 * whoever stops it is heard at once. */
#include "core/base/code.h"
#include "core/io/pace.h"
#include "tests/harness/campaign.h"

#include "core/base/clock.h"

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

#define SOON_MS 20000
#define PEOPLE 60

static int begin(void **state)
{
    (void)state;
    setenv("DVORIK_UNPACED", "0", 1);
    campaign_open();
    return 0;
}

static int end(void **state)
{
    (void)state;
    campaign_close();
    return 0;
}

static void test_everybody_gets_it_in_their_language(void **state)
{
    struct campaign_plan plan = {.ru = "Привет, <b>{{first_name|друг}}</b>!",
                                 .en = "Hello, <b>{{first_name|friend}}</b>!"};
    int64_t id;

    (void)state;
    campaign_people(PEOPLE);
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    campaign_finishes(id);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), PEOPLE);
    campaign_everybody_once(PEOPLE);
    campaign_told(0, "Привет, N0!");
    campaign_told(1, "Hello, N1!");
    campaign_books(id);
}

/* Each their own: what the message says is what is in their wallet. */
static void test_everybody_has_a_discount_of_their_own(void **state)
{
    struct campaign_plan plan = {
        .ru = "{{first_name}}, {{discount.percent}}: {{discount.code}}",
        .b = {.offer = {.percent_bp = 1500, .uses = 1, .days = 7}}};
    char code[CODE_SHOWN + 1];
    int64_t id;

    (void)state;
    campaign_people(20);
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    campaign_finishes(id);
    assert_int_equal(campaign_number("SELECT COUNT(DISTINCT code) FROM discount"
                                     " WHERE percent_bp = 1500"),
                     20);
    for (int i = 0; i < 20; i += 6) {
        int64_t customer = campaign_customer(i);

        assert_int_equal(db_one(campaign.db,
                                "SELECT code FROM discount WHERE customer_id = ?",
                                DB_INT(customer)),
                         ST_OK);
        code_show(db_text(campaign.db, 0, NULL), code);
        campaign_told(i, code);
        campaign_told(i, "15");
    }
    campaign_books(id);
}

/* All of the pace, and never more than Telegram takes in any one second. */
static void test_the_pace_is_used_and_kept(void **state)
{
    int64_t from = clock_mono_ms(), ms;
    int64_t id = campaign_long(100);
    struct json *counts;

    (void)state;
    campaign_finishes(id);
    ms = clock_mono_ms() - from;
    assert_true(ms >= 100 * 1000 / PACE_BULK_PER_S - 1000);
    counts = botapi_ask(campaign.api, "counts", NULL);
    assert_in_range(json_int_or(counts, "client.peak_per_second", 99), 10, 30);
    json_free(counts);
    campaign_everybody_once(100);
}

/* ---- one at a time ---------------------------------------------------------------- */

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

/* While the broadcast's message to somebody is under way, an answer to them waits; and so
 * do both of two broadcasts. */
static void test_one_message_is_under_way_to_a_chat(void **state)
{
    struct campaign_plan plan = {.ru = "Новости", .en = "News"};
    int64_t id, message;

    (void)state;
    campaign_people(1);
    botapi_tell(campaign.api, "faults", "kind=slow&method=sendMessage&delay_ms=2500");
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    assert_true(
        campaign_comes("SELECT COUNT(*) FROM message WHERE state = 2", 1, 10000));
    campaign_passes(300);
    assert_int_equal(db_tx(campaign.db, answer_work, &message), ST_OK);
    campaign_passes(1000);
    assert_int_equal(campaign_calls(), 1);
    assert_true(
        campaign_comes("SELECT COUNT(*) FROM message WHERE state = 3", 2, 10000));
    assert_int_equal(campaign_calls(), 2);
    campaign_finishes(id);
    campaign_told(0, "An answer");
}

/* ---- stopping --------------------------------------------------------------------- */

static void test_a_pause_is_heard_at_once(void **state)
{
    int64_t id = campaign_long(80);
    int before;

    (void)state;
    campaign_pause(id);
    assert_true(campaign_rests(id));
    before = campaign_calls();
    campaign_passes(1500);
    assert_int_equal(campaign_calls(), before);
    assert_in_range(before, 20, 70);
    campaign_does(broadcast_resume, id);
    campaign_finishes(id);
    campaign_everybody_once(80);
    campaign_books(id);
}

static void test_who_is_cancelled_gets_nothing(void **state)
{
    int64_t id = campaign_long(300), sent;
    char sql[120];

    (void)state;
    campaign_does(broadcast_cancel, id);
    snprintf(sql, sizeof sql,
             "SELECT 1 - (COUNT(*) > 0) FROM broadcast_recipient WHERE broadcast_id ="
             " %" PRId64 " AND state IN (1, 2)",
             id);
    assert_true(campaign_comes(sql, 1, SOON_MS));
    sent = campaign_count(id, RECIPIENT_SENT);
    assert_int_equal(sent + campaign_count(id, RECIPIENT_CANCELLED), 300);
    assert_int_equal(campaign_calls(), sent);
    assert_true(campaign_count(id, RECIPIENT_CANCELLED) > 100);
    campaign_books(id);
}

/* What is under way comes to its end, nothing is begun: nobody's end is unknown. */
static void test_a_stop_costs_nothing(void **state)
{
    int64_t id;

    (void)state;
    botapi_tell(campaign.api, "faults",
                "kind=slow&method=sendMessage&count=-1&delay_ms=400");
    id = campaign_long(80);
    for (int i = 0; i < 3; i++) {
        campaign_worker(0); /* the one before is told to stop, and does */
        campaign_passes(500);
    }
    campaign_finishes(id);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), 80);
    campaign_everybody_once(80);
    campaign_books(id);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_everybody_gets_it_in_their_language),
        CASE(test_everybody_has_a_discount_of_their_own),
        CASE(test_the_pace_is_used_and_kept),
        CASE(test_one_message_is_under_way_to_a_chat),
        CASE(test_a_stop_costs_nothing),
        CASE(test_a_pause_is_heard_at_once),
        CASE(test_who_is_cancelled_gets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
