/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Names as people write them, and what is no name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/utf.h"
#include "core/loyalty/customer.h"

#include <stdio.h>
#include <string.h>

static void test_names_of_many_scripts(void **state)
{
    static const char *const good[] = {
        "Анна",
        "Анна-Мария",
        "Мария Кузнецова",
        "д’Артаньян",
        "O'Neil",
        "Ё",
        "José",
        "Jose\xcc\x81",
        "Nguyễn",
        "Łukasz",
        "Ólafur",
        "İbrahim",
        "Þórdís",
        "Ångström",
        "Νίκος",
        "Գայանե",
        "თამარ",
        "محمد",
        "אברהם",
        "देवी",
        "நிலா",
        "สมชาย",
        "名前",
        "さくら",
        "サクラ",
        "민준",
        "ကျော်",
        "Ұлан",
        "Чингис Айтматов",
        "'t Hooft",
        "Ірина",
        "Ҡадир",
        "አበበ",
    };
    char out[CONTACT_NAME_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        enum name_fault fault = name_read(good[i], strlen(good[i]), out);

        if (fault != NAME_FINE)
            fail_msg("refused with %d: %s", (int)fault, good[i]);
        assert_string_equal(out, good[i]);
    }
}

static void test_cleaned(void **state)
{
    char out[CONTACT_NAME_BYTES];

    (void)state;
    assert_int_equal(name_read("  Анна \n\n Мария  ", 27, out), NAME_FINE);
    assert_string_equal(out, "Анна Мария");
    assert_int_equal(name_read("\xe2\x80\xae"
                               "Anna\xe2\x80\x8b",
                               10, out),
                     NAME_FINE);
    assert_string_equal(out, "Anna");
}

static const struct {
    const char *s;
    enum name_fault fault;
} bad[] = {
    {"", NAME_EMPTY},
    {"   ", NAME_EMPTY},
    {"- ' -", NAME_EMPTY},
    {"\xe2\x80\xae", NAME_EMPTY},
    {"anna@example.com", NAME_ADDRESS},
    {"@anna", NAME_ADDRESS},
    {"https://t.me/x", NAME_ADDRESS},
    {"t.me/x", NAME_ADDRESS},
    {"www.shop.ru", NAME_ADDRESS},
    {"+79991234567", NAME_NUMBER},
    {"8 999 123-45-67", NAME_NUMBER},
    {"12.05.1990", NAME_NUMBER},
    {"Анна2", NAME_SIGNS},
    {"Анна 😀", NAME_SIGNS},
    {"😀", NAME_SIGNS},
    {"<b>Анна</b>", NAME_ADDRESS}, /* a slash */
    {"<Анна>", NAME_SIGNS},
    {"Анна; DROP TABLE", NAME_SIGNS},
    {"Анна\"", NAME_SIGNS},
    {"«Анна»", NAME_SIGNS},
    {"𝓐𝓷𝓷𝓪", NAME_SIGNS},
    {"①②③", NAME_SIGNS},
    {"٧٩٩٩١٢٣", NAME_SIGNS},
    {"Ann\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86", NAME_SIGNS},
    {"\xcc\x81", NAME_SIGNS},
    {"Ⓐnna", NAME_SIGNS},
    {"Анна!", NAME_SIGNS},
    {"{name}", NAME_SIGNS},
};

static void test_no_names(void **state)
{
    char out[CONTACT_NAME_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum name_fault fault = name_read(bad[i].s, strlen(bad[i].s), out);

        if (fault != bad[i].fault)
            fail_msg("%d, not %d: %s", (int)fault, (int)bad[i].fault, bad[i].s);
        assert_string_equal(out, "");
    }
    assert_int_equal(name_read(NULL, 0, out), NAME_EMPTY);
}

static void test_length(void **state)
{
    char s[200] = "", out[CONTACT_NAME_BYTES];

    (void)state;
    for (int i = 0; i < 64; i++)
        snprintf(s + strlen(s), sizeof s - strlen(s), "я");
    assert_int_equal(name_read(s, strlen(s), out), NAME_FINE);
    assert_string_equal(out, s);
    assert_int_equal(name_read("я", 2, out), NAME_FINE);
    snprintf(s + strlen(s), sizeof s - strlen(s), "я");
    assert_int_equal(name_read(s, strlen(s), out), NAME_LONG);
}

/* Whatever comes: an answer, and what is taken is text. */
static void test_hostile_names(void **state)
{
    FILE *f = fopen("tests/data/names.txt", "r");
    char line[2000], out[CONTACT_NAME_BYTES];
    int n = 0;

    (void)state;
    assert_non_null(f);
    for (; fgets(line, sizeof line, f) != NULL; n++)
        for (size_t cut = 0; cut <= strlen(line); cut++)
            if (name_read(line, cut, out) == NAME_FINE) {
                assert_true(utf_valid(out, strlen(out)));
                assert_null(strpbrk(out, "<>&\"@/:;{}0123456789"));
            }
    fclose(f);
    assert_true(n >= 20);
}

static void test_what_they_are_called(void **state)
{
    struct customer c = {.first_name = "Аня"};
    char out[CONTACT_NAME_BYTES + 8];

    (void)state;
    assert_string_equal(customer_called(&c), "Аня");
    snprintf(c.name, sizeof c.name, "Анна Петрова");
    assert_string_equal(customer_called(&c), "Анна Петрова");
    customer_short_name(customer_called(&c), "", out);
    assert_string_equal(out, "Анна П.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_many_scripts),
        cmocka_unit_test(test_cleaned),
        cmocka_unit_test(test_no_names),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_what_they_are_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
