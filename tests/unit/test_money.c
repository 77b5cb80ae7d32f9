/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/money.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NB "\xE2\x80\xAF" /* narrow no-break space */

static void test_percent_rounds_down(void **state)
{
    (void)state;
    assert_int_equal(money_percent(10000, 1000), 1000);
    assert_int_equal(money_percent(999, 1000), 99);
    assert_int_equal(money_percent(1, 9999), 0);
    assert_int_equal(money_percent(0, 5000), 0);
    assert_int_equal(money_percent(12345, 0), 0);
    assert_int_equal(money_percent(12345, PERCENT_WHOLE), 12345);
    assert_int_equal(money_percent(INT64_MAX, PERCENT_WHOLE), INT64_MAX);
    assert_int_equal(money_percent(INT64_MAX, 5000), INT64_MAX / 2);
}

/* Against 128-bit arithmetic. */
static void test_percent_is_exact_everywhere(void **state)
{
    (void)state;
    srandom(1);
    for (int i = 0; i < 200000; i++) {
        int64_t amount =
            (int64_t)((uint64_t)random() << 32 | (uint64_t)random()) >> (random() % 62);
        int64_t bp = random() % (PERCENT_WHOLE + 1);
        __int128 exact = (__int128)amount * bp / PERCENT_WHOLE;

        assert_true(money_percent(amount, bp) == (int64_t)exact);
    }
}

static void shows(int64_t amount, const char *lang, const char *text)
{
    struct buf b = {0};

    money_add(&b, amount, lang);
    assert_string_equal(b.s, text);
    buf_free(&b);
}

static void test_amounts_are_shown(void **state)
{
    (void)state;
    shows(0, "ru", "0" NB "₽");
    shows(5, "ru", "0,05" NB "₽");
    shows(50, "ru", "0,50" NB "₽");
    shows(99900, "ru", "999" NB "₽");
    shows(125050, "ru", "1" NB "250,50" NB "₽");
    shows(125000, "ru", "1" NB "250" NB "₽");
    shows(123456789012, "ru", "1" NB "234" NB "567" NB "890,12" NB "₽");
    shows(125050, "en", "1,250.50" NB "₽");
    shows(100000000, "en", "1,000,000" NB "₽");
    shows(-125050, "ru",
          "\xE2\x88\x92"
          "1" NB "250,50" NB "₽");
    shows(INT64_MIN, "en",
          "\xE2\x88\x92"
          "92,233,720,368,547,758.08" NB "₽");
    shows(125050, NULL, "1" NB "250,50" NB "₽");
}

static void percent_shows(int64_t bp, const char *lang, const char *text)
{
    struct buf b = {0};

    percent_add(&b, bp, lang);
    assert_string_equal(b.s, text);
    buf_free(&b);
}

static void test_percents_are_shown(void **state)
{
    (void)state;
    percent_shows(1000, "ru", "10" NB "%");
    percent_shows(750, "ru", "7,5" NB "%");
    percent_shows(725, "ru", "7,25" NB "%");
    percent_shows(705, "ru", "7,05" NB "%");
    percent_shows(0, "ru", "0" NB "%");
    percent_shows(10000, "en", "100%");
    percent_shows(750, "en", "7.5%");
}

static void test_what_cashiers_type(void **state)
{
    static const struct {
        const char *typed;
        int64_t amount;
    } cases[] = {
        {"0", 0},
        {"7", 700},
        {"1250", 125000},
        {" 1250 ", 125000},
        {"1 250", 125000},
        {"1\xC2\xA0"
         "250",
         125000},
        {"1" NB "250,50", 125050},
        {"1250,5", 125050},
        {"1250.50", 125050},
        {"1250,05", 125005},
        {"0,99", 99},
        {"1.250", 125000},
        {"1,250", 125000},
        {"1.250,50", 125050},
        {"1,250.50", 125050},
        {"1 250 000", 125000000},
        {"1.250.000,5", 125000050},
        {"12 345,6", 1234560},
        {"007", 700},
        {"1250 ₽", 125000},
        {"1 250,50" NB "₽", 125050},
        {"1250р", 125000},
        {"1250 р.", 125000},
        {"99,90 руб.", 9990},
        {"100 rub", 10000},
        {"\t1250\r\n", 125000},
        {NB "1250" NB, 125000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t v = -1;

        if (money_read(cases[i].typed, strlen(cases[i].typed), INT64_MAX, &v) != ST_OK)
            fail_msg("not read: %s", cases[i].typed);
        assert_int_equal(v, cases[i].amount);
    }
}

static void test_what_is_no_amount(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "-5",
                                      "+5",
                                      "abc",
                                      "12a",
                                      "5,",
                                      ",5",
                                      ".50",
                                      "1,,5",
                                      "1.2.3",
                                      "1,2345",
                                      "1 25",
                                      "1 2500",
                                      "12 34 5",
                                      "1250 000",
                                      "1250.000",
                                      "0.500",
                                      "1 250.000",
                                      "1.250 000",
                                      "1,250,50",
                                      "1.250.5",
                                      "1  250",
                                      "1e3",
                                      "0x10",
                                      "٣",
                                      "1'250",
                                      "1\t250",
                                      "\xFF",
                                      "5\xC2",
                                      "1 1 1 1 1 1 1 1 1",
                                      "92233720368547758,08",
                                      "99999999999999999999",
                                      "92233720368547759",
                                      "92233720368547758,1",
                                      "1 000 000 000 000 000 000 000 000"};
    int64_t v = -7;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (money_read(bad[i], strlen(bad[i]), INT64_MAX, &v) != ST_BAD)
            fail_msg("read: %s", bad[i]);
    assert_int_equal(money_read("5\0", 2, INT64_MAX, &v), ST_BAD);
    assert_int_equal(v, -7);
}

static void test_the_greatest_amount(void **state)
{
    int64_t v;

    (void)state;
    assert_int_equal(money_read("92233720368547758,07", 20, INT64_MAX, &v), ST_OK);
    assert_true(v == INT64_MAX);
    assert_int_equal(money_read("1000", 4, 100000, &v), ST_OK);
    assert_int_equal(money_read("1000,01", 7, 100000, &v), ST_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percent_rounds_down),
        cmocka_unit_test(test_percent_is_exact_everywhere),
        cmocka_unit_test(test_amounts_are_shown),
        cmocka_unit_test(test_percents_are_shown),
        cmocka_unit_test(test_what_cashiers_type),
        cmocka_unit_test(test_what_is_no_amount),
        cmocka_unit_test(test_the_greatest_amount),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
