/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Tables for spreadsheets: their form to the byte, and texts that are never formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/csv.h"

#include <string.h>

static void test_the_form(void **state)
{
    struct csv c;

    (void)state;
    csv_open(&c, "ru");
    csv_columns(&c, "Чек;Сумма");
    csv_int(&c, -7);
    csv_money(&c, 125050);
    csv_row(&c);
    csv_text(&c, NULL);
    csv_money(&c, -1);
    csv_row(&c);
    csv_text(&c, "Мария");
    csv_money(&c, 5);
    csv_row(&c);
    assert_string_equal(c.out.s, "\xEF\xBB\xBF"
                                 "Чек;Сумма\r\n-7;1250,50\r\n;\r\nМария;0,05\r\n");
    buf_free(&c.out);
}

static void test_an_english_point(void **state)
{
    struct csv c;

    (void)state;
    csv_open(&c, "en");
    csv_money(&c, 123456789012);
    assert_string_equal(c.out.s, "\xEF\xBB\xBF"
                                 "1234567890.12");
    buf_free(&c.out);
}

static void test_no_text_is_a_formula(void **state)
{
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"=1+1", "'=1+1"},
        {"+7 900", "'+7 900"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"\n=1", "\"'\n=1\""},
        {"＝1", "'＝1"},
        {"＠x", "'＠x"},
        {"=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"},
        {"a=1", "a=1"},
        {"", ""},
        {"a;b", "\"a;b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"\";=1", "\"\"\";=1\""},
        {"a\r\nb", "\"a\r\nb\""},
        {" a ", "\" a \""},
        {"5, Ленина", "\"5, Ленина\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct csv c;

        csv_open(&c, "ru");
        csv_text(&c, cases[i].text);
        assert_string_equal(c.out.s + 3, cases[i].field);
        buf_free(&c.out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_form),
        cmocka_unit_test(test_an_english_point),
        cmocka_unit_test(test_no_text_is_a_formula),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
