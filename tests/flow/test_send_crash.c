/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The send child stopped, killed in the middle, and with a bad line to Redis. */
#include "tests/harness/proxy.h"
#include "tests/harness/sender.h"
#include "tests/harness/server.h"
#include "tests/harness/until.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- tests: stopping and dying -------------------------------------------------- */

static void test_stopping_ends_what_is_under_way(void **state)
{
    int64_t id;
    int once = 1;

    (void)state;
    fault("kind=slow&delay_ms=1500");
    id = put_text("slow", UNSURE_ASSUME);
    assert_true(until(is_called, &once, SOON_MS));
    sender_stop();
    assert_int_equal(message_now(id).state, MESSAGE_SENT);
    assert_count("sendMessage", 1, 1);
}

/* Killed between the request and the answer: the row says SENDING. */
static void killed_while_sending(enum message_unsure policy, enum message_state becomes,
                                 int calls)
{
    int64_t id;
    int once = 1;

    fault("kind=slow&delay_ms=3000");
    id = put_text("slow", policy);
    assert_true(until(is_called, &once, SOON_MS));
    assert_int_equal(message_now(id).state, MESSAGE_SENDING);
    sender_kill();
    sender_start();
    assert_int_equal(message_ended(id).state, becomes);
    assert_count("sendMessage", calls, calls);
    assert_true(until(is_no_job, NULL, SOON_MS));
}

static void test_killed_while_sending_a_receipt(void **state)
{
    (void)state;
    killed_while_sending(UNSURE_RESEND, MESSAGE_SENT, 2);
}

static void test_killed_while_sending_marketing(void **state)
{
    (void)state;
    killed_while_sending(UNSURE_ASSUME, MESSAGE_UNKNOWN, 1);
}

/* Answers of Redis get lost: what was leased is found again, nothing is sent twice. */
static void test_a_bad_line_to_redis(void **state)
{
    const char *direct = yard.cfg->redis_url, *db = strchr(direct, '?');
    struct proxy *line = proxy_new(harness_redis_socket(), 6);
    char url[256], text[16];
    int64_t id[24];

    (void)state;
    sender_stop();
    snprintf(url, sizeof(url), "unix://%s%s", proxy_socket(line), db ? db : "");
    yard.cfg->redis_url = url;
    sender_start();
    yard.cfg->redis_url = direct;
    for (int i = 0; i < 24; i++) {
        if (i % 3 == 0)
            person_new(++yard.chat);
        snprintf(text, sizeof(text), "n%d", i);
        id[i] = put_text(text, UNSURE_RESEND);
    }
    for (int i = 0; i < 24; i++)
        assert_int_equal(message_ended(id[i]).state, MESSAGE_SENT);
    assert_true(proxy_cuts(line) > 3);
    proxy_set(line, 0);
    sender_stop();
    proxy_free(line);
    assert_int_equal(botapi_count(yard.api, "sendMessage", 0).calls, 24);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, yard_begin, yard_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_stopping_ends_what_is_under_way),
        CASE(test_killed_while_sending_a_receipt),
        CASE(test_killed_while_sending_marketing),
        CASE(test_a_bad_line_to_redis),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
