/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/utf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TOKEN "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

/* Standard error goes into a socket that keeps writes apart: one receive, one write. */
static int heard = -1, real_stderr = -1;
static char line[100000];

static void listen_in(void)
{
    int pair[2], room = 1 << 20;

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    real_stderr = dup(STDERR_FILENO);
    dup2(pair[0], STDERR_FILENO);
    close(pair[0]);
    heard = pair[1];
}

static void listen_no_more(void)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(heard);
}

/* What one write brought; "" when there was none. */
static const char *next_line(void)
{
    ssize_t n = recv(heard, line, sizeof line - 1, MSG_DONTWAIT);

    line[n > 0 ? n : 0] = '\0';
    return line;
}

static int set_up(void **state)
{
    (void)state;
    listen_in();
    log_open("bots", LOG_DEBUG, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    listen_no_more();
    return 0;
}

static struct json *next_json(void)
{
    const char *s = next_line();
    size_t n = strlen(s);
    struct json *v;

    assert_true(n > 0 && s[n - 1] == '\n');
    assert_null(memchr(s, '\n', n - 1));
    v = json_parse(s, n);
    if (v == NULL)
        fail_msg("not JSON: %s", s);
    return v;
}

static void test_a_line_of_json(void **state)
{
    struct json *v;
    const char *at;

    (void)state;
    log_info("redeemed", LOG_INT("discount", INT64_MIN),
             LOG_TEXT("store", "«Двор» \"1\"\n"));
    v = next_json();
    at = json_text(v, "at", NULL);
    assert_int_equal(strlen(at), strlen("2026-11-20T05:07:28.123Z"));
    assert_true(at[4] == '-' && at[10] == 'T' && at[19] == '.' && at[23] == 'Z');
    assert_string_equal(json_text(v, "level", NULL), "info");
    assert_string_equal(json_text(v, "program", NULL), "bots");
    assert_string_equal(json_text(v, "event", NULL), "redeemed");
    assert_int_equal(json_int_or(v, "discount", 0), INT64_MIN);
    assert_string_equal(json_text(v, "store", NULL), "«Двор» \"1\"\n");
    json_free(v);
    assert_string_equal(next_line(), ""); /* it was one write */
}

static void test_no_fields_and_null_text(void **state)
{
    struct json *v;

    (void)state;
    log_warn("alone");
    v = next_json();
    assert_string_equal(json_text(v, "level", NULL), "warn");
    json_free(v);
    log_error("null", LOG_TEXT("why", (const char *)NULL));
    v = next_json();
    assert_string_equal(json_text(v, "why", NULL), "");
    json_free(v);
}

static void test_lower_levels_are_silent(void **state)
{
    (void)state;
    log_open("bots", LOG_WARN, 1);
    log_debug("x");
    log_info("x");
    assert_string_equal(next_line(), "");
    log_warn("x");
    assert_string_not_equal(next_line(), "");
    log_error("x");
    assert_string_not_equal(next_line(), "");
}

static void test_bad_utf8_never_breaks_a_line(void **state)
{
    struct json *v;

    (void)state;
    log_info("odd", LOG_TEXT("name", "a\xFF\xC3(\xED\xA0\x80"));
    v = next_json();
    assert_non_null(json_text(v, "name", NULL));
    json_free(v);
    log_open("bots", LOG_DEBUG, 0);
    log_info("odd", LOG_TEXT("name", "a\xFF\xC3("));
    assert_true(utf_valid(line, strlen(next_line())));
    assert_non_null(strstr(line, "name="));
}

/* ---- redaction ------------------------------------------------------------------ */

static void leaves_as(const char *text, const char *shown)
{
    struct buf b = {0};

    log_redact(&b, text);
    assert_false(b.failed);
    assert_string_equal(b.s, shown);
    buf_free(&b);
}

static void test_plain_texts_stay(void **state)
{
    static const char *const plain[] = {"",
                                        "заказ 1234567890",
                                        "user 5123456789012",
                                        "2026-11-20T05:07:28.123Z",
                                        "12:30:45",
                                        "+123456789",        /* nine digits */
                                        "+1234567890123456", /* sixteen */
                                        "phone is unknown",
                                        "telephone",
                                        "phone 112",
                                        "id:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
                                        "123:short",
                                        "a + b"};

    (void)state;
    for (size_t i = 0; i < COUNT(plain); i++)
        leaves_as(plain[i], plain[i]);
    leaves_as(NULL, "");
}

static void test_what_looks_like_a_token_is_hidden(void **state)
{
    (void)state;
    leaves_as(TOKEN, "***");
    leaves_as("https://api.telegram.org/bot" TOKEN "/getMe",
              "https://api.telegram.org/bot***/getMe");
    leaves_as("a " TOKEN " b " TOKEN, "a *** b ***");
    leaves_as("bot123456789%3AAAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "bot***");
    leaves_as("1:abcdefghijklmnopqrstuvwxyz_-12", "***"); /* 30 */
    leaves_as("1:abcdefghijklmnopqrstuvwxyz_-1", "1:abcdefghijklmnopqrstuvwxyz_-1");
}

static void test_what_looks_like_a_phone_is_hidden(void **state)
{
    (void)state;
    leaves_as("+79141234567", "***");
    leaves_as("tel:+79141234567,", "tel:***,");
    leaves_as("+7 (914) 123-45-67 вечером", "*** вечером");
    leaves_as("+ 7 914 123 45 67", "***");
    leaves_as("+1.212.555.0100", "***");
    leaves_as("to=%2B79141234567&x", "to=***&x");
    leaves_as("+123456789012345", "***"); /* fifteen */
    leaves_as("+1234567890", "***");      /* ten */
    leaves_as("{\"phone_number\":\"79141234567\"}", "{\"phone_number\":\"***\"}");
    leaves_as("{\\\"phone\\\": \\\"79141234567\\\"}", "{\\\"phone\\\": \\\"***\\\"}");
    leaves_as("Phone: 8 914 123-45-67.", "Phone: ***.");
    leaves_as("phone=+79141234567", "phone=***");
    leaves_as("+79141234567 12345",
              "*** 12345"); /* what would be a 16th digit ends it */
}

static void test_named_secrets_are_hidden(void **state)
{
    (void)state;
    log_secret("hunter2-hunter2");
    log_secret("hunter2-hunter2-and-more");
    log_secret("short");
    log_secret("sixsix");
    log_secret("");
    log_secret(NULL);
    leaves_as("the password is hunter2-hunter2!", "the password is ***!");
    leaves_as("hunter2-hunter2-and-more", "***"); /* no tail of the longer one */
    leaves_as("hunter2-hunterhunter2-hunter2", "hunter2-hunter***");
    leaves_as("in short", "in short");
    leaves_as("sixsix sixsi", "*** sixsi");
    for (int i = 0; i < 40; i++) /* the same again takes no room */
        log_secret(i % 2 ? "hunter2-hunter2" : "sixsix");
    leaves_as("in short", "in short");
}

static void test_lines_are_redacted_everywhere(void **state)
{
    static const char *const never[] = {TOKEN, "79141234567", "s3cret-of-ours"};

    (void)state;
    log_secret("s3cret-of-ours");
    for (int json = 0; json < 2; json++) {
        log_open("bots", LOG_DEBUG, json);
        log_info("call " TOKEN, LOG_TEXT("url", "/bot" TOKEN "/x"),
                 LOG_TEXT("phone", "79141234567"), LOG_INT("phone_number", 79141234567),
                 LOG_TEXT("contactPhone", "tel 79141234567"),
                 LOG_TEXT("to", "+79141234567"), LOG_TEXT("key", "s3cret-of-ours"),
                 LOG_INT("id", 5000000001));
        next_line();
        for (size_t i = 0; i < COUNT(never); i++)
            assert_null(strstr(line, never[i]));
        assert_non_null(
            strstr(line, json ? "\"phone_number\":\"***\"" : "phone_number=***"));
        assert_non_null(strstr(line, "5000000001"));
    }
}

/* ---- size ----------------------------------------------------------------------- */

static void test_a_long_text_is_cut_at_a_character(void **state)
{
    char *text = malloc(100001);
    struct json *v;
    size_t n;

    (void)state;
    for (size_t i = 0; i < 100000; i += 2)
        memcpy(text + i, "я", 2);
    text[100000] = '\0';
    log_info("long", LOG_TEXT("text", text + 1)); /* the first byte is half a letter */
    v = next_json();
    assert_non_null(json_text(v, "text", &n));
    assert_in_range(n, 4000, 4200);
    assert_memory_equal(json_text(v, "text", NULL) + n - 5, "я…", 5);
    json_free(v);
    free(text);
}

/* A secret across the place of the cut must not show its first half. */
static void test_cutting_uncovers_nothing(void **state)
{
    char text[8000];

    (void)state;
    log_secret("s3cret-of-ours");
    for (size_t at = 4080; at < 4110; at++) {
        memset(text, 'x', sizeof text);
        snprintf(text + at, sizeof text - at, "s3cret-of-ours");
        log_info("cut", LOG_TEXT("text", text));
        assert_null(strstr(next_line(), "s3cr"));
    }
}

static void test_a_line_is_at_most_16_kib(void **state)
{
    struct log_field fields[20];
    char text[4001];
    struct json *v;

    (void)state;
    memset(text, '\x01', 4000); /* six bytes each when escaped */
    text[4000] = '\0';
    for (size_t i = 0; i < COUNT(fields); i++)
        fields[i] = LOG_TEXT("text", i % 2 ? text : "fine");
    for (int json = 0; json < 2; json++) {
        log_open("bots", LOG_DEBUG, json);
        log_write(LOG_INFO, "wide", fields, COUNT(fields));
        assert_in_range(strlen(next_line()), 1, 16384);
        assert_non_null(strstr(line, "cut"));
    }
    v = json_parse(line, strlen(line));
    assert_non_null(v);
    assert_string_equal(json_text(v, "cut", NULL), "yes");
    json_free(v);
}

/* ---- for a person --------------------------------------------------------------- */

static void test_text_lines(void **state)
{
    (void)state;
    log_open("worker", LOG_DEBUG, 0);
    log_info("redeemed", LOG_INT("discount", 7), LOG_TEXT("store", "Двор 1"),
             LOG_TEXT("word", "да"), LOG_TEXT("none", ""));
    next_line();
    assert_non_null(
        strstr(line, " info  worker    redeemed                 discount="));
    assert_non_null(strstr(line, " discount=7 store=\"Двор 1\" word=да none=\"\"\n"));
    assert_true(line[2] == ':' && line[8] == '.' && line[12] == 'Z');
    assert_null(strchr(line, '\033'));
}

static void test_nobody_writes_lines_or_colours_of_his_own(void **state)
{
    (void)state;
    log_open("worker", LOG_DEBUG, 0);
    log_info("x", LOG_TEXT("name", "a\n00:00:00 error fake\x1B[31m"),
             LOG_TEXT("c1", "a\xC2\x9B"
                            "31m"),
             LOG_TEXT("del", "\x7F"));
    next_line();
    assert_null(strchr(line, '\033'));
    assert_null(strchr(line, '\x7F'));
    assert_null(strstr(line, "\xC2\x9B"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void test_colours_only_on_a_terminal(void **state)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
    ssize_t n;

    (void)state;
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    unsetenv("NO_COLOR");
    dup2(slave, STDERR_FILENO);
    log_open("worker", LOG_DEBUG, 0);
    log_info("x");
    n = read(master, line, sizeof line - 1);
    assert_true(n > 0);
    line[n] = '\0';
    assert_non_null(strstr(line, "\033["));
    log_open("worker", LOG_DEBUG, 1);
    log_info("x");
    n = read(master, line, sizeof line - 1);
    assert_true(n > 0);
    line[n] = '\0';
    assert_null(strstr(line, "\033["));
    close(slave);
    close(master);
}

/* The last test: too many secrets close the log's mouth for good. */
static void test_more_secrets_than_fit_hide_everything(void **state)
{
    char secret[32];

    (void)state;
    for (int i = 0; i < 40; i++) {
        snprintf(secret, sizeof secret, "secret-number-%d", i);
        log_secret(secret);
    }
    log_info("event", LOG_TEXT("key", "secret-number-39"), LOG_INT("n", 5));
    next_line();
    assert_null(strstr(line, "secret-number"));
    assert_non_null(strstr(line, "\"key\":\"***\",\"n\":5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_line_of_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_fields_and_null_text, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_lower_levels_are_silent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_bad_utf8_never_breaks_a_line, set_up,
                                        tear_down),
        cmocka_unit_test(test_plain_texts_stay),
        cmocka_unit_test(test_what_looks_like_a_token_is_hidden),
        cmocka_unit_test(test_what_looks_like_a_phone_is_hidden),
        cmocka_unit_test(test_named_secrets_are_hidden),
        cmocka_unit_test_setup_teardown(test_lines_are_redacted_everywhere, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_long_text_is_cut_at_a_character, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_cutting_uncovers_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_line_is_at_most_16_kib, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_text_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_writes_lines_or_colours_of_his_own,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_colours_only_on_a_terminal, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_more_secrets_than_fit_hide_everything,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
