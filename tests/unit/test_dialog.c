/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a conversation remembers, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/dialog.h"

#include <string.h>

static void test_a_state_comes_back(void **state)
{
    const struct dialog d = {.at = "birthday", .word = "s_\"Q7\\M2"};
    struct dialog back;
    struct buf b = {0};

    (void)state;
    assert_true(dialog_print(&b, &d));
    assert_int_equal(dialog_parse(b.s, b.len, &back), ST_OK);
    assert_string_equal(back.at, d.at);
    assert_string_equal(back.word, d.word);
    buf_free(&b);
}

static void test_a_damaged_state_is_told_apart(void **state)
{
    static const char *const damaged[] = {
        "",
        "{",
        "null",
        "[]",
        "{\"v\":2,\"at\":\"birthday\",\"word\":\"\"}",
        "{\"v\":1,\"word\":\"\"}",
        "{\"v\":1,\"at\":5,\"word\":\"\"}",
        "{\"v\":1,\"at\":\"longer than any state of ours\",\"word\":\"\"}",
        "{\"v\":1,\"at\":\"a\\u0000b\",\"word\":\"\"}",
    };
    struct dialog d;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
        assert_int_equal(dialog_parse(damaged[i], strlen(damaged[i]), &d), ST_BAD);
        assert_string_equal(d.at, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_state_comes_back),
        cmocka_unit_test(test_a_damaged_state_is_told_apart),
    };

    return cmocka_run_group_tests_name("dialog", tests, NULL, NULL);
}
