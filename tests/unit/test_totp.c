/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "core/base/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* "12345678901234567890", of RFC 6238's appendix B. */
#define SECRET_OF_RFC "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static void test_the_vectors_of_the_rfc(void **state)
{
    static const struct {
        int64_t at;
        const char *code; /* the last six of its eight digits */
    } vectors[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    char code[TOTP_DIGITS + 1];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        assert_int_equal(totp_code(SECRET_OF_RFC, vectors[i].at / 30, code), ST_OK);
        assert_string_equal(code, vectors[i].code);
    }
}

static void test_one_step_either_way(void **state)
{
    int64_t now = 1111111109 * SECOND, step = 0;
    char code[TOTP_DIGITS + 1];

    (void)state;
    for (int64_t off = -2; off <= 2; off++) {
        assert_int_equal(totp_code(SECRET_OF_RFC, 1111111109 / 30 + off, code), ST_OK);
        assert_int_equal(totp_is(SECRET_OF_RFC, now, code, 0, &step),
                         off >= -1 && off <= 1);
        if (off >= -1 && off <= 1)
            assert_int_equal(step, 1111111109 / 30 + off);
    }
}

static void test_a_step_is_good_once(void **state)
{
    int64_t now = 59 * SECOND, step = 0;

    (void)state;
    assert_true(totp_is(SECRET_OF_RFC, now, "287082", 0, &step));
    assert_int_equal(step, 1);
    assert_false(totp_is(SECRET_OF_RFC, now, "287082", step, &step));
}

static void test_what_is_no_code(void **state)
{
    static const char *const wrong[] = {"",       "28708",    "2870820",
                                        "287083", "２８7082", " 287082"};
    int64_t step;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(totp_is(SECRET_OF_RFC, 59 * SECOND, wrong[i], 0, &step));
}

static void test_what_is_no_secret(void **state)
{
    static const char *const bad[] = {"", "GEZDGNBVGY3TQOJ" /* 75 bits */,
                                      "GEZDGNBVGY3TQOJQ1", "gezdgnbvgy3tqojqgezd",
                                      "GEZDGNBVGY3TQOJQ======"};
    char code[TOTP_DIGITS + 1];
    int64_t step;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(totp_code(bad[i], 1, code), ST_BAD);
        assert_false(totp_is(bad[i], 59 * SECOND, "287082", 0, &step));
    }
}

static void test_a_secret_and_its_address(void **state)
{
    char a[TOTP_SECRET], b[TOTP_SECRET], code[TOTP_DIGITS + 1];
    struct buf uri = {0};

    (void)state;
    totp_secret_make(a);
    totp_secret_make(b);
    assert_int_equal(strlen(a), 32);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
    assert_string_not_equal(a, b);
    assert_int_equal(totp_code(a, 1, code), ST_OK);
    totp_uri_add(&uri, "Двор & Ко", "anna@shop.example", SECRET_OF_RFC);
    assert_string_equal(uri.s,
                        "otpauth://totp/%D0%94%D0%B2%D0%BE%D1%80%20%26%20%D0%9A%D0%BE:"
                        "anna%40shop.example?secret=" SECRET_OF_RFC
                        "&issuer=%D0%94%D0%B2%D0%BE%D1%80%20%26%20%D0%9A%D0%BE"
                        "&algorithm=SHA1&digits=6&period=30");
    buf_free(&uri);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_vectors_of_the_rfc),
        cmocka_unit_test(test_one_step_either_way),
        cmocka_unit_test(test_a_step_is_good_once),
        cmocka_unit_test(test_what_is_no_code),
        cmocka_unit_test(test_what_is_no_secret),
        cmocka_unit_test(test_a_secret_and_its_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
