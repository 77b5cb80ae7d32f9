/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/code.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static enum code_fault read_code(const char *typed, char out[CODE_SYMBOLS + 1], int *at)
{
    return code_read(typed, strlen(typed), out, at);
}

static void reads_as(const char *typed, const char *code)
{
    char out[CODE_SYMBOLS + 1];
    int at = 99;

    if (read_code(typed, out, &at) != CODE_FINE)
        fail_msg("not read: %s", typed);
    assert_string_equal(out, code);
    assert_int_equal(at, 0);
}

static void fails_with(const char *typed, enum code_fault fault, int where)
{
    char out[CODE_SYMBOLS + 1] = "?";
    int at = 99;

    if (read_code(typed, out, &at) != fault)
        fail_msg("%s: fault %d, not %d", typed, read_code(typed, out, NULL), fault);
    assert_int_equal(at, where);
    assert_string_equal(out, "");
}

static void test_codes_are_made_whole(void **state)
{
    char code[CODE_SYMBOLS + 1], last[CODE_SYMBOLS + 1] = "", shown[CODE_SHOWN + 1];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        code_new(code);
        assert_int_equal(strlen(code), CODE_SYMBOLS);
        assert_int_equal(strspn(code, symbols), CODE_SYMBOLS);
        assert_string_not_equal(code, last);
        code_show(code, shown);
        assert_int_equal(shown[5], '-');
        reads_as(code, code);
        reads_as(shown, code);
        memcpy(last, code, sizeof last);
    }
    code_show("7K3F99QXAF", shown);
    assert_string_equal(shown, "7K3F9-9QXAF");
}

/* Printed codes are out in the world: the check symbol must never be reckoned
 * otherwise. */
static void test_codes_of_old_stay_good(void **state)
{
    (void)state;
    reads_as("0000000000", "0000000000");
    reads_as("0000000012", "0000000012");
    reads_as("100000000T", "100000000T");
    reads_as("7K3F9-9QXAF", "7K3F99QXAF");
    reads_as("HJKMN-PQRS8", "HJKMNPQRS8");
    reads_as("ZYXWV-TSRQM", "ZYXWVTSRQM");
}

static void test_every_wrong_symbol_is_found(void **state)
{
    char code[CODE_SYMBOLS + 1], wrong[CODE_SYMBOLS + 1], out[CODE_SYMBOLS + 1];

    (void)state;
    for (int round = 0; round < 50; round++) {
        code_new(code);
        for (int i = 0; i < CODE_SYMBOLS; i++)
            for (int v = 0; v < 32; v++) {
                memcpy(wrong, code, sizeof wrong);
                wrong[i] = symbols[v];
                assert_int_equal(read_code(wrong, out, NULL),
                                 symbols[v] == code[i] ? CODE_FINE : CODE_MISTYPED);
            }
    }
}

static void test_every_swap_is_found(void **state)
{
    char code[CODE_SYMBOLS + 1], wrong[CODE_SYMBOLS + 1], out[CODE_SYMBOLS + 1];

    (void)state;
    for (int round = 0; round < 200; round++) {
        code_new(code);
        for (int i = 0; i < CODE_SYMBOLS; i++)
            for (int j = 0; j < i; j++) {
                memcpy(wrong, code, sizeof wrong);
                wrong[i] = code[j];
                wrong[j] = code[i];
                assert_int_equal(read_code(wrong, out, NULL),
                                 code[i] == code[j] ? CODE_FINE : CODE_MISTYPED);
            }
    }
}

/* Each of these would come up by chance several times in so many codes. */
static void test_no_rude_words(void **state)
{
    static const char *const never[] = {"FCK", "SEX", "5EX", "S3X", "XYE", "XY3", "KKK",
                                        "XEP", "X3P", "E6A", "36A", "A55", "ASS"};
    char code[CODE_SYMBOLS + 1];

    (void)state;
    for (int i = 0; i < 60000; i++) {
        code_new(code);
        for (size_t k = 0; k < COUNT(never); k++)
            if (strstr(code, never[k]) != NULL)
                fail_msg("%s", code);
    }
}

/* ---- reading -------------------------------------------------------------------- */

/* A good code that holds all of `must`, to be typed in some other way. */
static void code_with(const char *must, char code[CODE_SYMBOLS + 1])
{
    bool has;

    do {
        code_new(code);
        has = true;
        for (const char *m = must; *m != '\0'; m++)
            has = has && strchr(code, *m) != NULL;
    } while (!has);
}

/* code, with each symbol that is in `from` written as the text beside it. */
struct spelling {
    char symbol;
    const char *typed;
};

static const char *spelled(const char *code, const struct spelling *how, size_t n)
{
    static char typed[128];
    size_t len = 0;

    for (; *code != '\0'; code++) {
        char one[2] = {*code, '\0'};
        const char *as = one;

        for (size_t i = 0; i < n; i++)
            if (how[i].symbol == *code)
                as = how[i].typed;
        len += (size_t)snprintf(typed + len, sizeof typed - len, "%s", as);
    }
    return typed;
}

static void test_forgives_case_blanks_and_hyphens(void **state)
{
    char code[CODE_SYMBOLS + 1], typed[64];

    (void)state;
    code_new(code);
    for (int i = 0; i <= CODE_SYMBOLS; i++)
        typed[i] = (char)tolower(code[i]);
    reads_as(typed, code);
    snprintf(typed, sizeof typed, "  %.3s %.2s—%.5s\n", code, code + 3, code + 5);
    reads_as(typed, code);
    snprintf(typed, sizeof typed, "%.5s\xE2\x80\x91%.5s", code, code + 5);
    reads_as(typed, code);
    snprintf(typed, sizeof typed, "%.5s\xE2\x88\x92%.4s\xC2\xA0%s\xE2\x80\x8B", code,
             code + 5, code + 9);
    reads_as(typed, code);
}

static void test_forgives_o_i_and_l(void **state)
{
    static const struct spelling big[] = {{'0', "O"}, {'1', "I"}};
    static const struct spelling small[] = {{'0', "o"}, {'1', "l"}};
    char code[CODE_SYMBOLS + 1];

    (void)state;
    code_with("01", code);
    reads_as(spelled(code, big, COUNT(big)), code);
    reads_as(spelled(code, small, COUNT(small)), code);
}

static void test_forgives_cyrillic_look_alikes(void **state)
{
    static const struct spelling big[] = {
        {'A', "А"}, {'B', "В"}, {'C', "С"}, {'E', "Е"}, {'H', "Н"}, {'K', "К"},
        {'M', "М"}, {'0', "О"}, {'P', "Р"}, {'T', "Т"}, {'X', "Х"}, {'Y', "У"},
        {'3', "З"}, {'S', "Ѕ"}, {'J', "Ј"}, {'1', "І"}};
    static const struct spelling small[] = {
        {'A', "а"}, {'C', "с"}, {'E', "е"}, {'0', "о"}, {'P', "р"}, {'X', "х"},
        {'Y', "у"}, {'B', "в"}, {'H', "н"}, {'K', "к"}, {'M', "м"}, {'T', "т"},
        {'S', "ѕ"}, {'J', "ј"}, {'1', "і"}, {'3', "з"}, {'6', "б"}};
    char code[CODE_SYMBOLS + 1], must[2] = "";

    (void)state;
    for (size_t i = 0; i < COUNT(big); i++) {
        must[0] = big[i].symbol;
        code_with(must, code);
        reads_as(spelled(code, &big[i], 1), code);
        reads_as(spelled(code, big, COUNT(big)), code);
    }
    for (size_t i = 0; i < COUNT(small); i++) {
        must[0] = small[i].symbol;
        code_with(must, code);
        reads_as(spelled(code, &small[i], 1), code);
    }
}

static const struct spelling layout[] = {
    {'A', "ф"}, {'B', "и"}, {'C', "с"}, {'D', "в"}, {'E', "у"}, {'F', "а"},
    {'G', "п"}, {'H', "р"}, {'J', "о"}, {'K', "л"}, {'M', "ь"}, {'N', "т"},
    {'P', "з"}, {'Q', "й"}, {'R', "к"}, {'S', "ы"}, {'T', "е"}, {'V', "м"},
    {'W', "ц"}, {'X', "ч"}, {'Y', "н"}, {'Z', "я"}};

static void test_forgives_the_russian_layout(void **state)
{
    char code[CODE_SYMBOLS + 1], must[3] = "";
    int tried = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(layout); i++) {
        must[0] = layout[i].symbol;
        must[1] = 'S'; /* its key looks like nothing Latin: no other reading is whole */
        code_with(must, code);
        reads_as(spelled(code, layout, COUNT(layout)), code);
        tried++;
    }
    assert_int_equal(tried, 22);
}

static void test_forgives_the_layout_in_capitals(void **state)
{
    static const struct {
        const char *typed, *code;
    } cases[] = {
        {"ШЩЗФЫВА", "10PASDF"}, {"ПРОЛДЯЧ", "GHJK1ZX"}, {"СМИТЬ00", "CVBNM00"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char nine[16], typed[64], code[CODE_SYMBOLS + 1], out[CODE_SYMBOLS + 1];
        int found = 0;

        for (int v = 0; v < 32 && !found; v++) {
            snprintf(nine, sizeof nine, "%s00%c", cases[i].code, symbols[v]);
            found = read_code(nine, code, NULL) == CODE_FINE;
        }
        snprintf(typed, sizeof typed, "%s00%c", cases[i].typed, nine[9]);
        assert_int_equal(read_code(typed, out, NULL), CODE_FINE);
        assert_string_equal(out, code);
    }
    fails_with("ЙЦУКЕНГ", CODE_ALIEN, 7); /* the key U is in no code */
}

static void test_forgives_full_width_forms(void **state)
{
    (void)state;
    reads_as("７Ｋ３Ｆ９－９ＱＸＡＦ", "7K3F99QXAF");
}

/* "С", "А", "О" … mean one symbol by their look and another by their key. Where only
 * one of the two readings has a fitting check symbol, it is found whichever it is;
 * where both have (one time in 32), the look wins. */
static void test_the_check_symbol_chooses_between_readings(void **state)
{
    int keys = 0, rounds = 0;

    (void)state;
    while (rounds < 300) {
        char code[CODE_SYMBOLS + 1], out[CODE_SYMBOLS + 1];

        code_new(code);
        /* only letters whose keys look like other letters */
        if (strspn(code, "0123456789DTFYHJVRCNE") != CODE_SYMBOLS ||
            strpbrk(code, "DTFYHJVRNE") == NULL)
            continue;
        rounds++;
        assert_int_equal(read_code(spelled(code, layout, COUNT(layout)), out, NULL),
                         CODE_FINE);
        keys += strcmp(out, code) == 0;
    }
    assert_in_range(keys, 250, 300);
}

static void test_faults_say_what_is_wrong(void **state)
{
    char code[CODE_SYMBOLS + 1], typed[64];

    (void)state;
    fails_with("", CODE_EMPTY, 0);
    fails_with(" - — \n", CODE_EMPTY, 0);
    fails_with("7K3F9", CODE_SHORT, 0);
    fails_with("000000000", CODE_SHORT, 0);
    fails_with("00000000000", CODE_LONG, 0);
    fails_with("0000000001", CODE_MISTYPED, 0);
    fails_with("7K3F-9U123", CODE_ALIEN, 6);
    fails_with("7K3!", CODE_ALIEN, 4);
    fails_with("😀", CODE_ALIEN, 1);
    fails_with("12345 ж", CODE_ALIEN, 6);
    fails_with("\xFF", CODE_ALIEN, 1);
    code_new(code);
    snprintf(typed, sizeof typed, "%sU", code);
    fails_with(typed, CODE_ALIEN, 11);
}

/* The reading that understood more of it is the one that is spoken about. */
static void test_faults_are_of_the_better_reading(void **state)
{
    fails_with("йцукен", CODE_SHORT, 0);     /* by keys: QWERTY */
    fails_with("сасасасаса0", CODE_LONG, 0); /* by look: CACACACACA0 */
    fails_with("аз!", CODE_ALIEN, 3);
    fails_with("СХ", CODE_SHORT, 0);
    fails_with("хж", CODE_ALIEN, 2);
    (void)state;
}

static void test_nuls_and_great_lengths(void **state)
{
    static char typed[100000];
    char out[CODE_SYMBOLS + 1];
    int at;

    (void)state;
    assert_int_equal(code_read("0000000000\0", 11, out, &at), CODE_ALIEN);
    assert_int_equal(at, 11);
    memset(typed, '0', sizeof typed);
    assert_int_equal(code_read(typed, sizeof typed, out, &at), CODE_LONG);
    assert_int_equal(code_read(typed, CODE_SYMBOLS, out, NULL), CODE_FINE);
}

/* ---- ULID, base 36, nonces ------------------------------------------------------ */

static void test_ulids_sort_by_time(void **state)
{
    char last[ULID_TEXT + 1] = "", text[ULID_TEXT + 1];
    uint8_t id[16], back[16];

    (void)state;
    for (int64_t now = 1000; now < INT64_MAX / 40; now = now * 3 + 1000) {
        ulid_new(now, id);
        ulid_print(id, text);
        assert_int_equal(strlen(text), ULID_TEXT);
        assert_true(strcmp(last, text) < 0);
        assert_int_equal(ulid_parse(text, ULID_TEXT, back), ST_OK);
        assert_memory_equal(id, back, 16);
        memcpy(last, text, sizeof last);
    }
    ulid_new(-5, id);
    assert_memory_equal(id, "\0\0\0\0\0\0", 6);
}

static void test_ulids_of_the_standard(void **state)
{
    uint8_t fresh[16];
    uint8_t id[16] = {0x01, 0x56, 0x3D, 0xF3, 0x64, 0x81}, full[16];
    char text[ULID_TEXT + 1];

    (void)state;
    ulid_new(1469918176385999, fresh);
    assert_memory_equal(fresh, id, 6);
    memset(full, 0xFF, sizeof full);
    ulid_print(id, text);
    assert_string_equal(text, "01ARYZ6S410000000000000000");
    ulid_print(full, text);
    assert_string_equal(text, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    assert_int_equal(ulid_parse("7zzzzzzzzzzzzzzzzzzzzzzzzz", 26, id), ST_OK);
    assert_memory_equal(id, full, 16);
    assert_int_equal(ulid_parse("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", 26, id), ST_BAD);
    assert_int_equal(ulid_parse("7ZZZZZZZZZZZZZZZZZZZZZZZZ", 25, id), ST_BAD);
    assert_int_equal(ulid_parse("7ZZZZZZZZZZZZZZZZZZZZZZZZU", 26, id), ST_BAD);
    assert_int_equal(ulid_parse("7ZZZZZZZZZZZ\0ZZZZZZZZZZZZZ", 26, id), ST_BAD);
}

static void test_base36(void **state)
{
    static const uint64_t values[] = {0, 1, 35, 36, 1295, 1296, 1ULL << 63, UINT64_MAX};
    static const char *const bad[] = {"",
                                      "A",
                                      "00",
                                      "01",
                                      "-1",
                                      "1 ",
                                      "zzzzzzzzzzzzz",
                                      "3w5e11264sgsg",
                                      "12345678901234",
                                      "é"};
    char text[14];
    uint64_t v;

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        base36_print(values[i], text);
        assert_int_equal(base36_parse(text, strlen(text), &v), ST_OK);
        assert_true(v == values[i]);
    }
    base36_print(UINT64_MAX, text);
    assert_string_equal(text, "3w5e11264sgsf");
    base36_print(0, text);
    assert_string_equal(text, "0");
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(base36_parse(bad[i], strlen(bad[i]), &v), ST_BAD);
}

static void test_nonces(void **state)
{
    char a[NONCE_TEXT + 1], b[NONCE_TEXT + 1];

    (void)state;
    nonce_new(a);
    nonce_new(b);
    assert_int_equal(strlen(a), NONCE_TEXT);
    assert_int_equal(strspn(a, symbols), NONCE_TEXT);
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_are_made_whole),
        cmocka_unit_test(test_codes_of_old_stay_good),
        cmocka_unit_test(test_every_wrong_symbol_is_found),
        cmocka_unit_test(test_every_swap_is_found),
        cmocka_unit_test(test_no_rude_words),
        cmocka_unit_test(test_forgives_case_blanks_and_hyphens),
        cmocka_unit_test(test_forgives_o_i_and_l),
        cmocka_unit_test(test_forgives_cyrillic_look_alikes),
        cmocka_unit_test(test_forgives_the_russian_layout),
        cmocka_unit_test(test_forgives_the_layout_in_capitals),
        cmocka_unit_test(test_forgives_full_width_forms),
        cmocka_unit_test(test_the_check_symbol_chooses_between_readings),
        cmocka_unit_test(test_faults_say_what_is_wrong),
        cmocka_unit_test(test_faults_are_of_the_better_reading),
        cmocka_unit_test(test_nuls_and_great_lengths),
        cmocka_unit_test(test_ulids_sort_by_time),
        cmocka_unit_test(test_ulids_of_the_standard),
        cmocka_unit_test(test_base36),
        cmocka_unit_test(test_nonces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
