/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A scanner under the wrong layout, and the hint where a code was mistyped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/code.h"
#include "core/base/keys.h"

#include <stdbool.h>
#include <string.h>

#define LINK "https://t.me/exmpl_till_bot?start=q_AbCdEfGhIjKlMnOpQrSt_-"

static void latin(const char *typed, const char *meant)
{
    struct buf b = {0};

    keys_latin(&b, typed, strlen(typed));
    assert_false(b.failed);
    assert_string_equal(b.s, meant);
    buf_free(&b);
}

static void test_a_link_in_the_russian_layout(void **state)
{
    (void)state;
    latin("реезыЖ..еюьу.учьзд_ешдд_ище,ыефке=й_ФиСвУаПрШоЛдЬтЩзЙкЫе_-", LINK);
}

/* Whoever types Latin letters does not have the Russian layout on. */
static void test_latin_stays_as_it_is(void **state)
{
    (void)state;
    latin(LINK, LINK);
    latin("7K3F9-9QXAF", "7K3F9-9QXAF");
}

static void test_every_key(void **state)
{
    (void)state;
    latin("ёйцукенгшщзхъфывапролджэячсмитьбю.", "`qwertyuiop[]asdfghjkl;'zxcvbnm,./");
    latin("ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,", "~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?");
    latin("я\"№;:?", "z@#$^&");
    latin("я\xFF😀", "z\xFF😀");
}

static void test_caps_lock(void **state)
{
    struct buf b = {0};

    (void)state;
    keys_unlock(&b, "HTTPS://T.ME/x?START=Q_aBc", 26);
    assert_string_equal(b.s, "https://t.me/X?start=q_AbC");
    buf_free(&b);
}

/* ---- the hint ------------------------------------------------------------------- */

static int doubts(const char *typed, struct code_doubt *out)
{
    return code_doubts(typed, strlen(typed), out, 10);
}

static bool doubted(const char *typed, int at, char meant, bool exchanged)
{
    struct code_doubt d[10];
    int n = doubts(typed, d);

    for (int i = 0; i < n; i++)
        if (d[i].at == at && d[i].meant == meant && d[i].exchanged == exchanged)
            return true;
    return false;
}

static void test_a_symbol_taken_for_another(void **state)
{
    char code[CODE_SYMBOLS + 1], wrong[CODE_SYMBOLS + 1];
    const char *b;
    int rounds = 0;

    (void)state;
    while (rounds < 200) {
        code_new(code);
        b = strpbrk(code, "BZSG");
        if (b == NULL)
            continue;
        rounds++;
        memcpy(wrong, code, sizeof wrong);
        wrong[b - code] = *b == 'B' ? '8' : *b == 'Z' ? '2' : *b == 'S' ? '5' : '6';
        assert_true(doubted(wrong, (int)(b - code) + 1, *b, false));
    }
}

static void test_two_that_changed_places(void **state)
{
    char code[CODE_SYMBOLS + 1], wrong[CODE_SYMBOLS + 1];

    (void)state;
    for (int round = 0; round < 200; round++) {
        int i = round % (CODE_SYMBOLS - 1);

        code_new(code);
        if (code[i] == code[i + 1])
            continue;
        memcpy(wrong, code, sizeof wrong);
        wrong[i] = code[i + 1];
        wrong[i + 1] = code[i];
        if (!doubted(wrong, i + 1, code[i], true))
            assert_true(doubted(wrong, i + 1, code[i + 1], false) ||
                        doubts(wrong, (struct code_doubt[10]){{0}}) > 0);
    }
}

/* By chance other places fit, too: seldom more than one of them. */
static void test_hints_are_few(void **state)
{
    char code[CODE_SYMBOLS + 1];
    struct code_doubt d[10];
    int sum = 0;

    (void)state;
    for (int round = 0; round < 1000; round++) {
        code_new(code);
        code[round % CODE_SYMBOLS] = code[round % CODE_SYMBOLS] == 'W' ? '4' : 'W';
        sum += doubts(code, d);
    }
    assert_in_range(sum, 100, 2000);
}

static void test_nothing_to_doubt(void **state)
{
    struct code_doubt d[10];
    char code[CODE_SYMBOLS + 1];

    (void)state;
    code_new(code);
    assert_int_equal(doubts(code, d), 0);
    assert_int_equal(doubts("ABC", d), 0);
    assert_int_equal(doubts("", d), 0);
    assert_int_equal(doubts("7K3!-9QXAF", d), 0);
    assert_int_equal(code_doubts("0000000001", 10, d, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_link_in_the_russian_layout),
        cmocka_unit_test(test_latin_stays_as_it_is),
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_caps_lock),
        cmocka_unit_test(test_a_symbol_taken_for_another),
        cmocka_unit_test(test_two_that_changed_places),
        cmocka_unit_test(test_hints_are_few),
        cmocka_unit_test(test_nothing_to_doubt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
