/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct json *parse(const char *s)
{
    return json_parse(s, strlen(s));
}

static void test_good_texts_come_back(void **state)
{
    static const char *const good[] = {"{}",
                                       "[]",
                                       "1",
                                       "-7",
                                       "\"x\"",
                                       "true",
                                       "false",
                                       "[null]",
                                       "{\"a\":{\"b\":[1,2,{}]}}",
                                       "[9223372036854775807,-9223372036854775808]",
                                       "\"я 😀/\"",
                                       "[1.5,1e3]"};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct json *v = parse(good[i]);

        assert_non_null(v);
        assert_string_equal(json_print(v), good[i]);
        json_free(v);
    }
}

static void test_blanks_around_are_fine(void **state)
{
    struct json *v = parse(" \r\n\t{ \"a\" : 1 } \n");

    (void)state;
    assert_non_null(v);
    assert_int_equal(json_int_or(v, "a", 0), 1);
    json_free(v);
}

static void test_bad_texts_are_refused(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "[",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "[1]x",
                                      "{}{}",
                                      "1 2",
                                      "NaN",
                                      "[Infinity]",
                                      "[-Infinity]",
                                      "nul",
                                      "True",
                                      "[1]//c",
                                      "/*c*/[1]",
                                      "01",
                                      "[+1]",
                                      "[.5]",
                                      "[1.]",
                                      "\"a",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "[\"\x01\"]",
                                      "[\"\n\"]",
                                      "[\"\xFF\"]",
                                      "[\"\xED\xA0\x80\"]",
                                      "\xEF\xBB\xBF[]",
                                      "[1 2]",
                                      "{\"a\" 1}",
                                      ",",
                                      "]",
                                      "[1}",
                                      "-"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct json *v = parse(bad[i]);

        if (v != NULL)
            fail_msg("taken: %s", bad[i]);
        json_free(v);
    }
    assert_null(json_parse("[1]\0", 4));
    assert_null(json_parse("[1]\0]", 5));
    assert_null(json_parse("\"\\\0\"", 4));
}

/* The text need not end in a NUL, and what is behind it is not looked at. */
static void test_only_n_bytes_are_read(void **state)
{
    char *s = malloc(3);
    struct json *v;

    (void)state;
    memcpy(s, "123", 3);
    v = json_parse(s, 3);
    assert_int_equal(json_int_or(v, "", 0), 123);
    json_free(v);
    v = json_parse(s, 2);
    assert_int_equal(json_int_or(v, "", 0), 12);
    json_free(v);
    free(s);
}

static char *nested(int depth)
{
    char *s = calloc(1, 2 * (size_t)depth + 2);

    memset(s, '[', (size_t)depth);
    s[depth] = '1';
    memset(s + depth + 1, ']', (size_t)depth);
    return s;
}

static void test_depth_is_limited(void **state)
{
    char *fine = nested(JSON_DEPTH_MAX - 1), *deep = nested(JSON_DEPTH_MAX + 1);
    char *abyss = nested(500000);
    struct json *v = parse(fine);

    (void)state;
    assert_non_null(v);
    json_free(v);
    assert_null(parse(deep));
    assert_null(parse(abyss));
    free(fine);
    free(deep);
    free(abyss);
}

static void test_paths(void **state)
{
    struct json *v =
        parse("{\"message\":{\"from\":{\"id\":42},\"text\":\"hi\",\"n\":null},"
              "\"list\":[1]}");

    (void)state;
    assert_int_equal(json_int_or(v, "message.from.id", -1), 42);
    assert_ptr_equal(json_get(v, ""), v);
    assert_null(json_get(v, "message.n"));
    assert_null(json_get(v, "message.to.id"));
    assert_null(json_get(v, "message.text.id"));
    assert_null(json_get(v, "list.0"));
    assert_null(json_get(NULL, "a"));
    assert_null(json_get(v, "mess"));
    assert_null(json_get(v, "message.from.id.more"));
    assert_true(json_is_object(json_get(v, "message")));
    assert_false(json_is_array(json_get(v, "message")));
    assert_true(json_is_array(json_get(v, "list")));
    assert_false(json_is_object(NULL));
    json_free(v);
}

static void test_a_very_long_name_is_not_there(void **state)
{
    struct json *v = parse("{\"a\":1}");
    char name[5000];

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_null(json_get(v, name));
    json_free(v);
}

static void test_whole_numbers(void **state)
{
    static const struct {
        const char *text;
        bool there;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9007199254740993", true, 9007199254740993}, /* no double holds it */
        {"4503599627370497", true, 4503599627370497},
        {"9223372036854775808", false, 0},
        {"18446744073709551615", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"\"7\"", false, 0},
        {"true", false, 0},
        {"null", false, 0},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json *v;
        int64_t n = -5;

        snprintf(text, sizeof text, "{\"n\":%s}", cases[i].text);
        v = parse(text);
        assert_non_null(v);
        assert_int_equal(json_int(v, "n", &n), cases[i].there);
        assert_int_equal(n, cases[i].there ? cases[i].value : -5);
        assert_int_equal(json_int_or(v, "n", 11), cases[i].there ? cases[i].value : 11);
        json_free(v);
    }
}

static void test_bools(void **state)
{
    struct json *v = parse("{\"t\":true,\"f\":false,\"n\":1,\"s\":\"true\"}");

    (void)state;
    assert_true(json_bool_or(v, "t", false));
    assert_false(json_bool_or(v, "f", true));
    assert_true(json_bool_or(v, "n", true));
    assert_false(json_bool_or(v, "n", false));
    assert_false(json_bool_or(v, "s", false));
    assert_true(json_bool_or(v, "absent", true));
    json_free(v);
}

static void test_texts_keep_nuls(void **state)
{
    struct json *v = parse("{\"s\":\"a\\u0000b\",\"n\":1,\"e\":\"\"}");
    size_t n = 99;

    (void)state;
    assert_memory_equal(json_text(v, "s", &n), "a\0b", 4);
    assert_int_equal(n, 3);
    assert_string_equal(json_text(v, "e", &n), "");
    assert_int_equal(n, 0);
    assert_null(json_text(v, "n", &n));
    assert_null(json_text(v, "absent", NULL));
    assert_string_equal(json_print(v), "{\"s\":\"a\\u0000b\",\"n\":1,\"e\":\"\"}");
    json_free(v);
}

static void test_surrogate_escapes(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {{"\"\\ud83d\\ude00\"", "😀"},
                 {"\"\\ud83d\"", "\xEF\xBF\xBD"},
                 {"\"\\ude00\"", "\xEF\xBF\xBD"},
                 {"\"\\ud83dx\"", "\xEF\xBF\xBDx"},
                 {"\"\\ud83d\\n\"", "\xEF\xBF\xBD\n"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json *v = parse(cases[i].in);

        assert_non_null(v);
        assert_string_equal(json_text(v, "", NULL), cases[i].out);
        json_free(v);
    }
}

static void test_the_last_of_equal_names_wins(void **state)
{
    struct json *v = parse("{\"id\":1,\"id\":2}");

    (void)state;
    assert_int_equal(json_int_or(v, "id", 0), 2);
    json_free(v);
}

static void note(void *arg, const char *name, struct json *v)
{
    char *seen = arg;

    snprintf(seen + strlen(seen), 64 - strlen(seen), "%s=%d ", name,
             (int)json_int_or(v, "", -1));
}

static void test_each_member(void **state)
{
    struct json *v = parse("{\"a\":1,\"b\":null,\"c\":[3]}");
    char seen[64] = "";

    (void)state;
    json_each(v, note, seen);
    assert_string_equal(seen, "a=1 b=-1 c=-1 ");
    json_each(json_get(v, "c"), note, seen);
    json_each(NULL, note, seen);
    assert_string_equal(seen, "a=1 b=-1 c=-1 ");
    json_free(v);
}

static void test_arrays(void **state)
{
    struct json *v = parse("[10,{\"a\":1}]");

    (void)state;
    assert_int_equal(json_count(v), 2);
    assert_int_equal(json_int_or(json_at(v, 0), "", 0), 10);
    assert_int_equal(json_int_or(json_at(v, 1), "a", 0), 1);
    assert_null(json_at(v, 2));
    assert_null(json_at(v, SIZE_MAX));
    assert_null(json_at(NULL, 0));
    assert_int_equal(json_count(json_at(v, 1)), 0);
    assert_int_equal(json_count(NULL), 0);
    json_free(v);
}

static void test_builds(void **state)
{
    struct json *o = json_new_object(), *list = json_new_array(),
                *row = json_new_object();

    (void)state;
    json_set_int(o, "id", INT64_MIN);
    json_set_bool(o, "yes", true);
    json_set_text(o, "name", "Ира \"/\"");
    json_set_text(o, "none", NULL);
    json_set_text_n(o, "nul", "a\0b", 3);
    json_push_text(list, "x");
    json_set(o, "list", list);
    json_push(list, row);
    json_set_int(row, "late", 1); /* a part may still grow when it is in place */
    assert_string_equal(json_print(o),
                        "{\"id\":-9223372036854775808,\"yes\":true,"
                        "\"name\":\"Ира \\\"/\\\"\",\"none\":null,"
                        "\"nul\":\"a\\u0000b\",\"list\":[\"x\",{\"late\":1}]}");
    json_set_int(o, "id", 2); /* set again: replaced */
    assert_int_equal(json_int_or(o, "id", 0), 2);
    json_free(o);
}

static void test_bad_utf8_is_mended_when_built(void **state)
{
    struct json *o = json_new_object(), *back;
    const char *text;

    (void)state;
    json_set_text(o, "s",
                  "a\xFF"
                  "b\xD0");
    text = json_print(o);
    back = json_parse(text, strlen(text));
    assert_non_null(back);
    assert_string_equal(json_text(back, "s", NULL), "a\xEF\xBF\xBD"
                                                    "b\xEF\xBF\xBD");
    json_free(back);
    json_free(o);
}

static void test_a_failed_builder_prints_nothing(void **state)
{
    struct json *o = json_new_object(), *child = json_new_object(), *list;

    (void)state;
    json_set(o, "child", child);
    assert_non_null(json_print(o));
    json_set(child, "made of nothing",
             NULL); /* what a builder without memory answers */
    assert_null(json_print(o));
    json_free(o);

    o = json_new_object();
    list = json_new_array();
    json_push(list, NULL);
    json_set(o, "list", list);
    json_set_int(o, "fine", 1);
    assert_null(json_print(o));
    json_free(o);
    assert_null(json_print(NULL));
}

static void test_a_copy_of_a_failed_builder_prints_nothing(void **state)
{
    struct json *o = json_new_object(), *copy;

    (void)state;
    json_set(o, "x", NULL);
    copy = json_copy(o);
    assert_null(json_print(copy));
    json_free(copy);
    json_free(o);
}

static void test_the_wrong_kind_of_parent_takes_over_and_fails(void **state)
{
    struct json *o = json_new_object(), *list = json_new_array();

    (void)state;
    json_push(o, json_new_object());
    json_set(list, "x", json_new_array());
    assert_null(json_print(o));
    assert_null(json_print(list));
    json_set(NULL, "x", json_new_object());
    json_push(NULL, json_new_object());
    json_free(o);
    json_free(list);
}

static void test_copies_live_alone(void **state)
{
    struct json *o = parse("{\"a\":{\"b\":[1,\"x\"]}}"), *copy = json_copy(o);

    (void)state;
    json_set_int(o, "a", 0);
    assert_string_equal(json_print(copy), "{\"a\":{\"b\":[1,\"x\"]}}");
    json_free(o);
    assert_string_equal(json_print(copy), "{\"a\":{\"b\":[1,\"x\"]}}");
    json_free(copy);
    assert_null(json_copy(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_texts_come_back),
        cmocka_unit_test(test_blanks_around_are_fine),
        cmocka_unit_test(test_bad_texts_are_refused),
        cmocka_unit_test(test_only_n_bytes_are_read),
        cmocka_unit_test(test_depth_is_limited),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_a_very_long_name_is_not_there),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_bools),
        cmocka_unit_test(test_texts_keep_nuls),
        cmocka_unit_test(test_surrogate_escapes),
        cmocka_unit_test(test_the_last_of_equal_names_wins),
        cmocka_unit_test(test_each_member),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_builds),
        cmocka_unit_test(test_bad_utf8_is_mended_when_built),
        cmocka_unit_test(test_a_failed_builder_prints_nothing),
        cmocka_unit_test(test_a_copy_of_a_failed_builder_prints_nothing),
        cmocka_unit_test(test_the_wrong_kind_of_parent_takes_over_and_fails),
        cmocka_unit_test(test_copies_live_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
