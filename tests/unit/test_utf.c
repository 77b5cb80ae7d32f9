/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/utf.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_lengths_of_good_characters(void **state)
{
    static const struct {
        const char *s;
        size_t len;
    } cases[] = {{"a", 1},
                 {"\x7F", 1},
                 {"\xC2\x80", 2},
                 {"я", 2},
                 {"\xDF\xBF", 2},
                 {"\xE0\xA0\x80", 3},
                 {"€", 3},
                 {"\xED\x9F\xBF", 3},
                 {"\xEE\x80\x80", 3},
                 {"\xEF\xBF\xBF", 3},
                 {"😀", 4},
                 {"\xF0\x90\x80\x80", 4},
                 {"\xF4\x8F\xBF\xBF", 4}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(utf_char_len(cases[i].s, strlen(cases[i].s)), cases[i].len);
        assert_int_equal(utf_char_len(cases[i].s, cases[i].len - 1), 0);
    }
    assert_int_equal(utf_char_len("\0", 1), 1);
}

static void test_bad_characters(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2 ",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xE2\x82 ",
        "\xE2 \x82",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xF0\x9F\x98 ",
        "\xF0\x9F ",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(utf_char_len(bad[i], strlen(bad[i])), 0);
        assert_false(utf_valid(bad[i], strlen(bad[i])));
    }
    assert_true(utf_valid("Привет, 世界 😀\0!", 26));
    assert_true(utf_valid("", 0));
    assert_false(utf_valid("fine until \xD0", 12));
}

static size_t encode(uint32_t c, char out[4])
{
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = len; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(len == 1 ? c : ((0xF00U >> len) & 0xFF) | c);
    return len;
}

/* All characters there are, and by that all lead bytes with all their second ones. */
static void test_every_character(void **state)
{
    char s[4];

    (void)state;
    for (uint32_t c = 0; c < 0x200000; c++) {
        size_t len = encode(c, s);
        bool good = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);

        if (utf_char_len(s, len) != (good ? len : 0) || (good && utf_code(s, len) != c))
            fail_msg("U+%04X", (unsigned)c);
    }
    for (unsigned lead = 0x80; lead < 0x100; lead++)
        for (unsigned second = 0; second < 0x100; second += second == 0x7F ? 0x41 : 1) {
            s[0] = (char)lead;
            s[1] = (char)second;
            s[2] = s[3] = (char)0x80;
            assert_int_equal(utf_char_len(s, 4), 0);
        }
}

static void test_codes(void **state)
{
    (void)state;
    assert_int_equal(utf_code("a", 1), 'a');
    assert_int_equal(utf_code("я", 2), 0x44F);
    assert_int_equal(utf_code("€", 3), 0x20AC);
    assert_int_equal(utf_code("😀", 4), 0x1F600);
}

static void test_utf16_units(void **state)
{
    (void)state;
    assert_int_equal(utf16_len("aя€", 6), 3);
    assert_int_equal(utf16_len("😀", 4), 2);
    assert_int_equal(utf16_len("a😀я", 7), 4);
    assert_int_equal(utf16_len("\xFF\xD0", 2), 2);
    assert_int_equal(utf16_len("", 0), 0);
}

static void name_is_n(const char *s, size_t n, size_t max, const char *shown)
{
    struct buf b = {0};

    utf_add_name(&b, s, n, max);
    assert_false(b.failed);
    assert_string_equal(b.s, shown);
    assert_int_equal(b.len, strlen(shown));
    buf_free(&b);
}

static void name_is(const char *s, const char *shown)
{
    name_is_n(s, strlen(s), 64, shown);
}

static void test_names_stay_as_they_are(void **state)
{
    static const char *const names[] = {"Анна",     "Jean-Luc O'Neil", "李小龙",
                                        "<b>&amp;", "Мария 🌸",         "é\xCC\x81",
                                        "محمد"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        name_is(names[i], names[i]);
}

static void test_names_lose_what_is_not_seen(void **state)
{
    (void)state;
    name_is("\xE2\x80\xAEtxet\xE2\x80\xAC", "txet"); /* direction override */
    name_is("A\xE2\x80\x8F\xE2\x80\x8E\xD8\x9C"
            "B",
            "AB");
    name_is("A\xE2\x81\xA6"
            "B\xE2\x81\xA9",
            "AB");
    name_is("A\x01\x1B[31mB\x7F", "A[31mB");
    name_is("A\xC2\x9B"
            "B",
            "AB");
    name_is("A\xE2\x80\x8B\xEF\xBB\xBF\xC2\xAD"
            "B",
            "AB");
    name_is_n("A\0B", 3, 64, "AB");
    name_is("A\xFF\xD0"
            "B",
            "AB");
}

static void test_all_that_is_not_seen_is_dropped(void **state)
{
    static const uint32_t ends[] = {0x00,   0x08,    0x0E,    0x1F,    0x7F,   0x84,
                                    0x86,   0x9F,    0xAD,    0x34F,   0x61C,  0x17B4,
                                    0x17B5, 0x180B,  0x180F,  0x200B,  0x200E, 0x200F,
                                    0x202A, 0x202E,  0x2060,  0x206F,  0xFEFF, 0xFFF0,
                                    0xFFFB, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF};
    static const uint32_t blanks[] = {0x09,   0x0D,   0x20,   0x85,   0xA0,   0x115F,
                                      0x1160, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029,
                                      0x202F, 0x205F, 0x2800, 0x3000, 0x3164, 0xFFA0};
    char s[8];

    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        size_t n = encode(ends[i], s + 1);

        s[0] = 'A';
        s[n + 1] = 'B';
        name_is_n(s, n + 2, 64, "AB");
    }
    for (size_t i = 0; i < COUNT(blanks); i++) {
        size_t n = encode(blanks[i], s + 1);

        s[0] = 'A';
        s[n + 1] = 'B';
        name_is_n(s, n + 2, 64, "A B");
    }
}

static void test_blanks_become_one_and_ends_none(void **state)
{
    (void)state;
    name_is("  Анна \t\n  Мария\xC2\xA0\xE3\x80\x80 ", "Анна Мария");
    name_is("A\xE2\x80\xA8"
            "B",
            "A B");
    name_is("A\xE2\xA0\x80\xE3\x85\xA4"
            "B",
            "A B");
}

static void test_nothing_visible_is_empty(void **state)
{
    static const char *const empty[] = {
        "",
        "   ",
        "\xE3\x85\xA4",             /* Hangul filler */
        "\xEF\xBE\xA0",             /* half-width one */
        "\xE1\x85\x9F\xE1\x85\xA0", /* choseong, jungseong */
        "\xE2\xA0\x80",             /* braille blank */
        "\xE2\x80\x8D\xE2\x80\x8C",
        "\xEF\xB8\x8F",
        "\xE2\x80\xAE \xE2\x80\x8B"};

    (void)state;
    for (size_t i = 0; i < COUNT(empty); i++)
        name_is(empty[i], "");
}

/* The neighbours of what is dropped are seen, and stay. */
static void test_visible_neighbours_stay(void **state)
{
    static const uint32_t seen[] = {
        0x21,   0x7E,   0xA1,   0xAC,    0xAE,    0x34E,   0x350,  0x61B,
        0x61D,  0x115E, 0x1161, 0x167F,  0x1681,  0x17B3,  0x17B6, 0x180A,
        0x1810, 0x2010, 0x2027, 0x2030,  0x205E,  0x2070,  0x27FF, 0x2801,
        0x3001, 0x3163, 0x3165, 0xFDFF,  0xFE10,  0xFEFE,  0xFF01, 0xFF9F,
        0xFFA1, 0xFFEF, 0xFFFC, 0x1D172, 0x1D17B, 0xDFFFF, 0xE1000};

    (void)state;
    for (size_t i = 0; i < COUNT(seen); i++) {
        char s[5] = "";

        encode(seen[i], s);
        name_is(s, s);
    }
}

static void test_emoji_of_several_characters_survive(void **state)
{
    (void)state;
    name_is("👨\xE2\x80\x8D👩\xE2\x80\x8D👧", "👨\xE2\x80\x8D👩\xE2\x80\x8D👧");
    name_is("❤\xEF\xB8\x8F", "❤\xEF\xB8\x8F");
    name_is("A\xE2\x80\x8D", "A"); /* a joiner with nothing to join */
    name_is("A\xE2\x80\x8D B", "A B");
}

static void test_names_are_cut_between_characters(void **state)
{
    (void)state;
    name_is_n("абвгд", 10, 3, "абв");
    name_is_n("аб вг", 9, 3, "аб"); /* no blank at the end */
    name_is_n("аб вг", 9, 4, "аб в");
    name_is_n("👨\xE2\x80\x8D👩", 11, 2, "👨");
    name_is_n("абв", 6, 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths_of_good_characters),
        cmocka_unit_test(test_bad_characters),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_utf16_units),
        cmocka_unit_test(test_names_stay_as_they_are),
        cmocka_unit_test(test_names_lose_what_is_not_seen),
        cmocka_unit_test(test_all_that_is_not_seen_is_dropped),
        cmocka_unit_test(test_blanks_become_one_and_ends_none),
        cmocka_unit_test(test_nothing_visible_is_empty),
        cmocka_unit_test(test_visible_neighbours_stay),
        cmocka_unit_test(test_emoji_of_several_characters_survive),
        cmocka_unit_test(test_names_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
