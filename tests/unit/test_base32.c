/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * base32: the vectors of RFC 4648 without their padding, both ways; what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/base32.h"

#include <string.h>

static void known_texts(void **state)
{
    static const char *const all[][2] = {
        {"", ""},
        {"f", "my"},
        {"fo", "mzxq"},
        {"foo", "mzxw6"},
        {"foob", "mzxw6yq"},
        {"fooba", "mzxw6ytb"},
        {"foobar", "mzxw6ytboi"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t n = strlen(all[i][0]);
        char text[BASE32_BYTES(6)];
        uint8_t bytes[6];

        base32_print((const uint8_t *)all[i][0], n, text);
        assert_string_equal(text, all[i][1]);
        assert_int_equal(base32_read(text, bytes, sizeof bytes), n);
        assert_memory_equal(bytes, all[i][0], n);
    }
}

static void capitals_and_foreign_signs(void **state)
{
    uint8_t bytes[6];

    (void)state;
    assert_int_equal(base32_read("MZXW6YTBOI", bytes, 6), 6);
    assert_memory_equal(bytes, "foobar", 6);
    assert_int_equal(base32_read("mzxw6ytboi", bytes, 5), 0); /* no room */
    assert_int_equal(base32_read("mz1w", bytes, 6), 0);
    assert_int_equal(base32_read("mzxw6ytb=", bytes, 6), 0);
    assert_int_equal(base32_read("mzxw\x80", bytes, 6), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts),
        cmocka_unit_test(capitals_and_foreign_signs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
