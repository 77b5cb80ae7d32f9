/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What an answer of Telegram means for a recipient of a broadcast. */
#include "core/base/clock.h"
#include "worker/send_broadcast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define NOW (1000 * SECOND)

static struct recipient_fate fate(int http, const char *text, int64_t frozen_ms)
{
    static const struct letter l = {
        .customer_id = 7, .chat = 70, .message_id = 700, .variant = 2, .attempts = 1};
    struct json *body = json_parse(text, strlen(text));
    struct tg_reply reply = {.wire = TG_WIRE_ANSWERED, .http = http, .body = body};
    struct tg_answer a = {0};
    struct recipient_fate f;

    tg_judge(&reply, &a.verdict);
    if (a.verdict.fate == TG_SENT)
        a.result = json_get(body, "result");
    f = letter_fate(&l, &a, NOW, frozen_ms);
    json_free(body);
    assert_int_equal(f.customer_id, 7);
    assert_int_equal(f.message_id, 700);
    assert_int_equal(f.variant, 2);
    return f;
}

static struct recipient_fate refused(int code, const char *words)
{
    char text[300];

    snprintf(text, sizeof text,
             "{\"ok\":false,\"error_code\":%d,\"description\":\"%s\"}", code, words);
    return fate(code, text, 0);
}

static struct recipient_fate wire(enum tg_wire how)
{
    struct letter l = {.attempts = 3};
    struct tg_reply reply = {.wire = how};
    struct tg_answer a = {0};

    tg_judge(&reply, &a.verdict);
    return letter_fate(&l, &a, NOW, 0);
}

static void test_sent(void **state)
{
    struct recipient_fate f =
        fate(200, "{\"ok\":true,\"result\":{\"message_id\":55}}", 0);

    (void)state;
    assert_int_equal(f.to, RECIPIENT_SENT);
    assert_int_equal(f.external_id, 55);
    f = fate(200, "{\"ok\":true,\"result\":[{\"message_id\":61},{\"message_id\":62}]}",
             0);
    assert_int_equal(f.external_id, 61); /* an album */
}

static void test_blocked(void **state)
{
    struct recipient_fate f = refused(403, "Forbidden: bot was blocked by the user");

    (void)state;
    assert_int_equal(f.to, RECIPIENT_FAILED);
    assert_int_equal(f.why, WHY_BLOCKED);
    assert_true(f.unreachable && !f.bug);
    assert_non_null(strstr(f.words, "blocked"));
    f = refused(403, "Forbidden: something new");
    assert_int_equal(f.why, WHY_BLOCKED);
    assert_false(f.unreachable); /* nobody knows that text */
}

static void test_our_errors(void **state)
{
    static const char *const all[] = {
        "Bad Request: BUTTON_DATA_INVALID", "Bad Request: can't parse entities: <b",
        "Bad Request: message is too long", "Bad Request: PHOTO_INVALID_DIMENSIONS"};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct recipient_fate f = refused(400, all[i]);

        assert_int_equal(f.to, RECIPIENT_FAILED);
        assert_int_equal(f.why, WHY_REFUSED);
        assert_true(f.bug);
        assert_false(f.unreachable);
    }
}

static void test_later(void **state)
{
    struct recipient_fate f = refused(500, "Internal Server Error");

    (void)state;
    assert_int_equal(f.to, RECIPIENT_QUEUED);
    assert_true(f.attempt);
    assert_true(f.due > NOW);
    f = refused(400, "Bad Request: wrong file identifier/HTTP URL specified");
    assert_int_equal(f.to, RECIPIENT_QUEUED); /* with the picture's bytes */
    assert_true(f.attempt);
    f = wire(TG_WIRE_UNSENT);
    assert_int_equal(f.to, RECIPIENT_QUEUED);
    assert_false(f.attempt); /* it never left the house */
    assert_true(f.due > NOW);
}

static void test_a_frozen_lane_costs_nothing(void **state)
{
    struct recipient_fate f =
        fate(429,
             "{\"ok\":false,\"error_code\":429,\"description\":"
             "\"Too Many Requests: retry after 9\",\"parameters\":"
             "{\"retry_after\":9}}",
             9000);

    (void)state;
    assert_int_equal(f.to, RECIPIENT_QUEUED);
    assert_false(f.attempt);
    assert_true(f.due == NOW + 9 * SECOND);
}

/* The answer is lost, or says nothing: it may have arrived, and is not sent again. */
static void test_unsure(void **state)
{
    (void)state;
    assert_int_equal(wire(TG_WIRE_LOST).to, RECIPIENT_UNKNOWN);
    assert_int_equal(wire(TG_WIRE_LOST).why, WHY_LOST);
    assert_int_equal(refused(504, "Gateway Timeout").to, RECIPIENT_UNKNOWN);
}

static void test_a_refused_bot_blames_nobody(void **state)
{
    struct recipient_fate f = refused(401, "Unauthorized");

    (void)state;
    assert_int_equal(f.to, RECIPIENT_QUEUED);
    assert_false(f.attempt);
}

/* Words are cut at a character, not in one. */
static void test_long_words(void **state)
{
    char words[160] = "Bad Request: ";
    struct recipient_fate f;

    (void)state;
    while (strlen(words) < 140)
        strncat(words, "я", sizeof words - strlen(words) - 1);
    f = refused(400, words);
    assert_in_range(strlen(f.words), 118, 120);
    assert_int_equal((unsigned char)f.words[strlen(f.words) - 2], 0xD1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sent),
        cmocka_unit_test(test_blocked),
        cmocka_unit_test(test_our_errors),
        cmocka_unit_test(test_later),
        cmocka_unit_test(test_a_frozen_lane_costs_nothing),
        cmocka_unit_test(test_unsure),
        cmocka_unit_test(test_a_refused_bot_blames_nobody),
        cmocka_unit_test(test_long_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
