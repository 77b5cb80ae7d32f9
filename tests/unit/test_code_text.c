/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A customer's code in whatever a till reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/loyalty/code_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN "Zm9vYmFyYmF6cXV4MTIzNA"

static enum code_fault reads(const char *s, char out[CODE_TEXT_BYTES], int *at)
{
    size_t n = strlen(s);
    char *exact = malloc(n > 0 ? n : 1); /* so that a read beyond its end is seen */
    enum code_fault fault;

    assert_non_null(exact);
    memcpy(exact, s, n);
    fault = code_text_read(exact, n, out, at);
    free(exact);
    return fault;
}

static void is(const char *s, const char *wanted)
{
    char out[CODE_TEXT_BYTES];

    if (reads(s, out, NULL) != CODE_FINE || strcmp(out, wanted) != 0)
        fail_msg("\"%s\" is read as \"%s\"", s, out);
}

static void test_our_link_anywhere(void **state)
{
    (void)state;
    is("https://t.me/exmpl_kassa_bot?start=q_" TOKEN, TOKEN);
    is("tg://resolve?domain=exmpl_kassa_bot&start=q_" TOKEN, TOKEN);
    is("Look: t.me/b?start=q_" TOKEN " (mine)", TOKEN);
    is("t.me/b?start=q_" TOKEN "&x=1\r\n", TOKEN);
    is("start=q_-_-_-_-_-_-_-_-_-_-_-_", "-_-_-_-_-_-_-_-_-_-_-_");
}

static void test_the_code_that_people_see(void **state)
{
    char code[CODE_SYMBOLS + 1], shown[CODE_SHOWN + 1], text[CODE_SHOWN + 8];

    (void)state;
    for (int i = 0; i < 200; i++) {
        code_new(code);
        code_show(code, shown);
        is(code, code);
        is(shown, code);
        snprintf(text, sizeof(text), " %s\n", shown);
        is(text, code);
    }
}

static void test_what_is_none(void **state)
{
    static const struct {
        const char *s;
        enum code_fault fault;
    } none[] = {
        {"", CODE_EMPTY},
        {"   \n", CODE_EMPTY},
        {"12345-678", CODE_SHORT},
        {"start=q_short", CODE_ALIEN},
    };
    static const char *const alien[] = {
        "https://example.com/menu?table=5",
        "https://t.me/b?start=s_12",
        "https://t.me/b?start=q_Zm9vYmFyYmF6cXV4MTIz",   /* one too short */
        "https://t.me/b?start=q_Zm9vYmFyYmF6cXV4MTIz!A", /* not of its letters */
        "WIFI:T:WPA;S:guest;P:secret;;",
    };
    char out[CODE_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        memcpy(out, "left", 5);
        assert_int_equal(reads(none[i].s, out, NULL), none[i].fault);
        assert_string_equal(out, "");
    }
    for (size_t i = 0; i < sizeof(alien) / sizeof(alien[0]); i++) {
        if (reads(alien[i], out, NULL) == CODE_FINE)
            fail_msg("\"%s\" is taken for a code", alien[i]);
        assert_string_equal(out, "");
    }
}

static void test_where_the_alien_symbol_is(void **state)
{
    char out[CODE_TEXT_BYTES];
    int at = -1;

    (void)state;
    assert_int_equal(reads("12*45-67890", out, &at), CODE_ALIEN);
    assert_int_equal(at, 3);
    assert_int_equal(reads("start=q_" TOKEN, out, &at), CODE_FINE);
    assert_int_equal(at, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_our_link_anywhere),
        cmocka_unit_test(test_the_code_that_people_see),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_where_the_alien_symbol_is),
    };

    return cmocka_run_group_tests_name("code_text", tests, NULL, NULL);
}
