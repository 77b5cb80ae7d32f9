/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Telephone numbers as messengers and people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/loyalty/phone.h"

#include <string.h>

static void reads(const char *s, const char *want)
{
    char out[PHONE_BYTES];

    if (phone_read(s, strlen(s), out) != ST_OK)
        fail_msg("not read: %s", s);
    assert_string_equal(out, want);
}

static void test_russian_numbers(void **state)
{
    (void)state;
    reads("79991234567", "+79991234567"); /* as Telegram gives it */
    reads("+79991234567", "+79991234567");
    reads("89991234567", "+79991234567");
    reads("9991234567", "+79991234567");
    reads("+7 (999) 123-45-67", "+79991234567");
    reads("8 (812) 123-45-67", "+78121234567");
    reads("8-495-123-45-67", "+74951234567");
    reads("007 999 123 45 67", "+79991234567");
}

/* An 8 in front is also a country: nobody's number is made a Russian one. */
static void test_international_numbers_stay(void **state)
{
    (void)state;
    reads("84912345678", "+84912345678");     /* Vietnam */
    reads("821012345678", "+821012345678");   /* Korea */
    reads("8613812345678", "+8613812345678"); /* China */
    reads("81312345678", "+81312345678");     /* Japan */
    reads("+8 999 123 45 67", "+89991234567");
    reads("4915112345678", "+4915112345678");
    reads("12025550123", "+12025550123");
    reads("375291234567", "+375291234567");
    reads("+99899123456789", "+99899123456789");
}

static void test_no_numbers(void **state)
{
    static const char *const bad[] = {
        "",
        "+",
        "12345",
        "0123456789",
        "+0123456789",
        "phone",
        "7999123456x",
        "++79991234567",
        "7+9991234567",
        "1234567890123456",
        "00",
        "٧٩٩٩١٢٣٤٥٦٧",
        "7999\n1234567",
        "()",
        "99999999999999999999999",
    };
    char out[PHONE_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (phone_read(bad[i], strlen(bad[i]), out) != ST_BAD)
            fail_msg("read: %s as %s", bad[i], out);
        assert_string_equal(out, "");
    }
    assert_int_equal(phone_read("7999\0001234567", 12, out), ST_BAD);
    assert_int_equal(phone_read(NULL, 0, out), ST_BAD);
}

static void test_shown(void **state)
{
    char out[PHONE_SHOWN_BYTES];

    (void)state;
    phone_show("+79991234567", out);
    assert_string_equal(out, "+7 999 123-45-67");
    phone_show("+375291234567", out);
    assert_string_equal(out, "+375291234567");
    phone_mask("+79991234567", out);
    assert_string_equal(out, "+7 *** ***-45-67");
    phone_mask("+375291234567", out);
    assert_string_equal(out, "+*** 4567");
    phone_mask("", out);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_russian_numbers),
        cmocka_unit_test(test_international_numbers_stay),
        cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
