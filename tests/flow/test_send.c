/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The send child against the stand-in Bot API: what is put into `message`, what
 * arrives, how often, and what the rows say afterwards. */
#include "core/base/clock.h"
#include "core/loyalty/customer.h"
#include "tests/harness/sender.h"
#include "tests/harness/until.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- tests: messages ------------------------------------------------------------ */

static void test_a_message_is_sent_once(void **state)
{
    int64_t id = put_text("Привет", 0);
    struct message m = message_ended(id);

    (void)state;
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_true(m.external_id > 0);
    assert_count("sendMessage", 1, 1);
    assert_true(until(is_no_job, NULL, SOON_MS));
}

static void test_a_code_is_a_picture(void **state)
{
    char payload[512], path[64];
    struct json *v;
    const struct json *list;
    int64_t file = 0;

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendPhoto\",\"params\":{\"chat_id\":%" PRId64
             ",\"caption\":\"<b>10 %%</b>\",\"parse_mode\":\"HTML\"},"
             "\"qr\":\"https://t.me/dvorik_kassa_bot?start=q_abc\"}",
             yard.chat);
    assert_int_equal(
        message_ended(put_message((struct message_spec){0}, payload)).state,
        MESSAGE_SENT);
    assert_count("sendPhoto", 1, 1);
    snprintf(path, sizeof(path), "person=%" PRId64 "&bot=client", yard.chat);
    v = botapi_ask(yard.api, "messages", path);
    list = json_get(v, "messages");
    for (size_t i = 0; i < json_count(list); i++)
        file = json_int_or(json_at(list, i), "file", file);
    json_free(v);
    botapi_decode(yard.api, file, payload, sizeof(payload));
    assert_non_null(strstr(payload, "start=q_abc"));
}

/* The first is refused once: nobody of its chat overtakes it. */
static void test_order_of_a_chat(void **state)
{
    char form[96], text[16];
    struct json *v;
    const struct json *list;
    int64_t last = 0;

    (void)state;
    fault("kind=500");
    for (int i = 0; i < 6; i++) {
        snprintf(text, sizeof(text), "n%d", i);
        last = put_text(text, 0);
    }
    message_ended(last);
    assert_true(until(is_no_job, NULL, SOON_MS));
    snprintf(form, sizeof(form), "method=sendMessage&chat=%" PRId64, yard.chat);
    v = botapi_ask(yard.api, "calls", form);
    list = json_get(v, "calls");
    assert_int_equal(json_count(list), 7);
    for (size_t i = 0; i < 7; i++) {
        snprintf(text, sizeof(text), "n%zu", i == 0 ? 0 : i - 1);
        assert_string_equal(json_text(json_at(list, i), "params.text", NULL), text);
    }
    json_free(v);
}

static void test_429_waits_and_burns_nothing(void **state)
{
    struct message m;
    int64_t from = clock_mono_ms();
    int64_t before = number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'");

    (void)state;
    fault("kind=429&retry_after=2");
    m = message_ended(put_text("patience", UNSURE_ASSUME));
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_true(clock_mono_ms() - from >= 1900);
    assert_count("sendMessage", 2, 1);
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'"),
                     before);
}

static void test_500_is_tried_again(void **state)
{
    int64_t before = number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'");

    (void)state;
    fault("kind=500&count=2");
    assert_int_equal(message_ended(put_text("again", UNSURE_ASSUME)).state,
                     MESSAGE_SENT);
    assert_count("sendMessage", 3, 1);
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'"),
                     before + 2);
}

static void test_html_502_resends_a_receipt(void **state)
{
    (void)state;
    fault("kind=502");
    assert_int_equal(message_ended(put_text("receipt", UNSURE_RESEND)).state,
                     MESSAGE_SENT);
    assert_count("sendMessage", 2, 1);
}

static void test_html_502_ends_marketing_unknown(void **state)
{
    (void)state;
    fault("kind=502");
    assert_int_equal(message_ended(put_text("news", UNSURE_ASSUME)).state,
                     MESSAGE_UNKNOWN);
    assert_count("sendMessage", 1, 0);
}

/* Accepted, and the answer lost: the case that nobody can tell from the one above. */
static void test_reset_after_accepting(void **state)
{
    (void)state;
    fault("kind=reset_after");
    assert_int_equal(message_ended(put_text("news", UNSURE_ASSUME)).state,
                     MESSAGE_UNKNOWN);
    assert_count("sendMessage", 1, 1);
    fault("kind=half");
    assert_int_equal(message_ended(put_text("receipt", UNSURE_RESEND)).state,
                     MESSAGE_SENT);
    assert_count("sendMessage", 3, 3);
}

/* Both time-outs at once, as each takes as long as a call may. */
static void test_time_outs(void **state)
{
    int64_t first = yard.chat, news, receipt;

    (void)state;
    fault("kind=timeout_before");
    news = put_text("news", UNSURE_ASSUME);
    person_new(++yard.chat);
    fault("kind=timeout_after");
    receipt = put_text("receipt", UNSURE_RESEND);
    assert_int_equal(message_ended(receipt).state, MESSAGE_SENT);
    assert_count("sendMessage", 2, 2);
    assert_int_equal(message_ended(news).state, MESSAGE_UNKNOWN);
    assert_int_equal(botapi_count(yard.api, "sendMessage", first).calls, 1);
}

static void test_a_lost_receipt_is_given_up_as_unknown(void **state)
{
    (void)state;
    fault("kind=502&count=-1");
    assert_int_equal(message_ended(put_text("receipt", UNSURE_RESEND)).state,
                     MESSAGE_UNKNOWN);
    assert_count("sendMessage", 3, 0);
}

struct meeting {
    struct contact contact;
    struct customer customer;
};

static enum status meet_work(struct db *db, void *arg)
{
    struct meeting *m = arg;
    enum status st = customer_meet(db, clock_now(), &m->contact, &m->customer);

    /* Who did not agree is written to by nobody. */
    return st == ST_OK ? db_exec(db, NULL, "UPDATE customer SET pd_ok = 1") : st;
}

static void test_who_blocked_us_is_marked(void **state)
{
    struct meeting meet = {.contact = {.channel = CHANNEL_MESSENGER,
                                       .external_id = yard.chat,
                                       .first_name = "Anna",
                                       .first_n = 4,
                                       .language = "en"}};
    struct customer after;
    struct message m;
    char payload[128];

    (void)state;
    assert_int_equal(db_tx(yard.db, meet_work, &meet), ST_OK);
    fault("kind=blocked&count=-1");
    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":%" PRId64
             ",\"text\":\"x\"}}",
             yard.chat);
    m = message_ended(
        put_message((struct message_spec){.customer_id = meet.customer.id}, payload));
    assert_int_equal(m.state, MESSAGE_FAILED);
    assert_non_null(strstr(m.why, "blocked by the user"));
    assert_count("sendMessage", 1, 0);
    assert_int_equal(customer_load(yard.db, meet.customer.id, &after), ST_OK);
    assert_int_equal(after.status, CUSTOMER_BLOCKED);
}

static void test_edit_of_a_vanished_message_is_a_new_one(void **state)
{
    char payload[256];
    struct message m;

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"editMessageText\",\"params\":{\"chat_id\":%" PRId64
             ",\"message_id\":99999,\"text\":\"menu\"}}",
             yard.chat);
    m = message_ended(put_message((struct message_spec){0}, payload));
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_true(m.external_id > 0 && m.external_id != 99999);
    assert_count("editMessageText", 1, 0);
    assert_count("sendMessage", 1, 1);
}

/* The words under a picture that somebody deleted: the notice said it all. */
static void test_an_edit_or_nothing(void **state)
{
    char payload[256];
    struct message m;

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"editMessageCaption\",\"params\":{\"chat_id\":%" PRId64
             ",\"message_id\":99999,\"caption\":\"used\"},\"only_edit\":true}",
             yard.chat);
    m = message_ended(put_message((struct message_spec){0}, payload));
    assert_int_equal(m.state, MESSAGE_FAILED);
    assert_count("editMessageCaption", 1, 0);
    assert_count("sendMessage", 0, 0);
}

static void test_broken_markup_goes_out_plain(void **state)
{
    (void)state;
    assert_int_equal(message_ended(put_text("<b>10 &lt; 20", 0)).state, MESSAGE_SENT);
    assert_count("sendMessage", 2, 1);
    assert_int_equal(botapi_violations(yard.api), 1);
    botapi_tell(yard.api, "reset", NULL);
}

static void test_an_edit_to_the_same_is_a_success(void **state)
{
    char payload[256];
    int64_t sent = message_ended(put_text("same", 0)).external_id;

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"editMessageText\",\"params\":{\"chat_id\":%" PRId64
             ",\"message_id\":%" PRId64 ",\"text\":\"same\"}}",
             yard.chat, sent);
    assert_int_equal(
        message_ended(put_message((struct message_spec){0}, payload)).state,
        MESSAGE_SENT);
    assert_count("editMessageText", 1, 0);
}

static void test_a_stranger_fails_and_stops(void **state)
{
    struct message m;

    (void)state;
    yard.chat++;
    m = message_ended(put_text("hello?", 0));
    assert_int_equal(m.state, MESSAGE_FAILED);
    assert_count("sendMessage", 1, 0);
}

/* Nobody's message suffers from a refused token; all wait. */
static void test_a_refused_bot_waits(void **state)
{
    struct redis_reply *r = NULL;
    int64_t id;
    int once = 1;

    (void)state;
    fault("kind=error&code=401&description=Unauthorized");
    id = put_text("later", UNSURE_ASSUME);
    assert_true(until(is_called, &once, SOON_MS));
    sender_stop();
    assert_int_equal(message_now(id).state, MESSAGE_QUEUED);
    assert_int_equal(redis_do(queue_redis(yard.queue), &r, "PTTL",
                              "dv:{s0}:p:client:interactive", NULL),
                     ST_OK);
    assert_in_range(redis_int(r), 40000, 60000);
    redis_free(r);
    assert_int_equal(number("SELECT COUNT(*) FROM job_open WHERE attempts = 0"
                            " AND run_at > UTC_TIMESTAMP(6) + INTERVAL 40 SECOND"),
                     1);
    assert_int_equal(
        redis_do(queue_redis(yard.queue), &r, "DEL", "dv:{s0}:p:client:interactive",
                 "dv:{s0}:p:client:triggered", "dv:{s0}:p:client:broadcast", NULL),
        ST_OK);
    redis_free(r);
    assert_int_equal(db_exec(yard.db, NULL,
                             "UPDATE job_open SET run_at ="
                             " UTC_TIMESTAMP(6) - INTERVAL 60 SECOND"),
                     ST_OK);
    sender_start();
    assert_int_equal(message_ended(id).state, MESSAGE_SENT);
    assert_count("sendMessage", 2, 1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, yard_begin, yard_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_message_is_sent_once),
        CASE(test_a_code_is_a_picture),
        CASE(test_order_of_a_chat),
        CASE(test_429_waits_and_burns_nothing),
        CASE(test_500_is_tried_again),
        CASE(test_html_502_resends_a_receipt),
        CASE(test_html_502_ends_marketing_unknown),
        CASE(test_reset_after_accepting),
        CASE(test_time_outs),
        CASE(test_a_lost_receipt_is_given_up_as_unknown),
        CASE(test_who_blocked_us_is_marked),
        CASE(test_edit_of_a_vanished_message_is_a_new_one),
        CASE(test_an_edit_or_nothing),
        CASE(test_broken_markup_goes_out_plain),
        CASE(test_an_edit_to_the_same_is_a_success),
        CASE(test_a_stranger_fails_and_stops),
        CASE(test_a_refused_bot_waits),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
