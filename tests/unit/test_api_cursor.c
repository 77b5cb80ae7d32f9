/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Cursors: what was handed out comes back as it was, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/cursor.h"

#include <stdio.h>
#include <string.h>

#define SECRET "a-key-of-the-tests-that-is-long-enough-0"

static struct cursor_key key;

static void print(const struct cursor *c, struct buf *out)
{
    buf_clear(out);
    assert_int_equal(cursor_key_make(&key, SECRET), ST_OK);
    cursor_print(&key, c, out);
    assert_false(out->failed);
}

static const struct cursor place = {.list = "/api/v1/stores&city=0:Владивосток",
                                    .backwards = true,
                                    .place = {.number = -9007199254740993,
                                              .id = INT64_MAX,
                                              .text = "Двор \"1\" \xF0\x9F\x8F\xAA"}};

static void it_comes_back_as_it_was(void **state)
{
    struct buf text = {0};
    struct cursor c = {.list = place.list};

    (void)state;
    print(&place, &text);
    assert_int_equal(cursor_read(&key, text.s, &c), ST_OK);
    assert_true(c.backwards);
    assert_true(c.place.number == place.place.number);
    assert_true(c.place.id == place.place.id);
    assert_string_equal(c.place.text, place.place.text);
    assert_null(strpbrk(text.s, "+/=&%"));
    buf_free(&text);
}

static void every_symbol_counts(void **state)
{
    struct buf text = {0};
    struct cursor c = {.list = place.list};

    (void)state;
    print(&place, &text);
    for (size_t i = 0; i < text.len; i++) {
        char was = text.s[i];

        text.s[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(cursor_read(&key, text.s, &c), ST_BAD);
        text.s[i] = '\0';
        assert_int_equal(cursor_read(&key, text.s, &c), ST_BAD);
        text.s[i] = was;
    }
    assert_int_equal(cursor_read(&key, text.s, &c), ST_OK);
    assert_int_equal(cursor_read(&key, "", &c), ST_BAD);
    buf_free(&text);
}

static void it_is_good_for_its_list_only(void **state)
{
    struct buf text = {0};
    struct cursor other = {.list = "/api/v1/stores&city=0:Москва"},
                  c = {.list = place.list};
    struct cursor_key stranger;

    (void)state;
    print(&place, &text);
    assert_int_equal(cursor_read(&key, text.s, &other), ST_BAD);
    assert_int_equal(
        cursor_key_make(&stranger, "another-key-that-is-long-enough-000000"), ST_OK);
    assert_int_equal(cursor_read(&stranger, text.s, &c), ST_BAD);
    /* Without a secret each process has a key of its own. */
    assert_int_equal(cursor_key_make(&stranger, NULL), ST_OK);
    assert_int_equal(cursor_read(&stranger, text.s, &c), ST_BAD);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_as_it_was),
        cmocka_unit_test(every_symbol_counts),
        cmocka_unit_test(it_is_good_for_its_list_only),
    };

    return cmocka_run_group_tests_name("api cursor", tests, NULL, NULL);
}
