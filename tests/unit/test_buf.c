/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/buf.h"

#include <string.h>

/* Under AddressSanitizer a request nobody can grant shall answer NULL, as malloc does.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void is(struct buf *b, const char *text)
{
    assert_false(b->failed);
    assert_int_equal(b->len, strlen(text));
    assert_string_equal(b->s, text);
    buf_free(b);
}

static void test_grows_over_many_appends(void **state)
{
    struct buf b = {0};

    (void)state;
    for (int i = 0; i < 10000; i++)
        buf_addc(&b, (char)('a' + i % 26));
    assert_int_equal(b.len, 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(b.s[i], 'a' + i % 26);
    assert_int_equal(b.s[10000], '\0');
    buf_free(&b);
    assert_null(b.s);
    assert_int_equal(b.len, 0);
}

static void test_holds_nuls(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_add(&b, "a\0b", 3);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.s, "a\0b", 4);
    buf_free(&b);
}

static void test_null_and_nothing_add_nothing(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, NULL);
    buf_add_html(&b, NULL);
    buf_add_url(&b, NULL);
    assert_null(b.s);
    buf_add(&b, NULL, 0);
    is(&b, "");
}

static void test_formats_longer_than_what_is_there(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_addf(&b, "%0300d|%s", 7, "x");
    assert_int_equal(b.len, 302);
    assert_int_equal(b.s[298], '0');
    assert_string_equal(b.s + 299, "7|x");
    buf_clear(&b);
    buf_addf(&b, "%s", "");
    is(&b, "");
}

/* No machine has so much memory: this is how running out looks. */
static void test_failure_sticks_and_leaves_no_text(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, "begun");
    buf_add(&b, "x", PTRDIFF_MAX);
    assert_true(b.failed);
    assert_null(b.s);
    assert_int_equal(b.len, 0);
    buf_adds(&b, "more");
    buf_addf(&b, "%d", 1);
    buf_add_json(&b, "x", 1);
    assert_true(b.failed);
    assert_null(b.s);
    buf_clear(&b);
    buf_adds(&b, "again");
    is(&b, "again");
}

static void test_length_that_wraps_fails(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, "begun");
    buf_add(&b, "x", SIZE_MAX - 2);
    assert_true(b.failed);
    assert_null(b.s);
    buf_free(&b);
}

static void test_html(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_add_html(&b, "<b>\"Ира\" & 'Ко'</b>");
    is(&b, "&lt;b&gt;&quot;Ира&quot; &amp; 'Ко'&lt;/b&gt;");
}

static void test_json(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_add_json(&b, "\"\\\b\f\n\r\t\x01/я\0 z", 14);
    is(&b, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001/я\\u0000 z\"");
}

static void test_json_mends_bad_utf8(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_add_json(&b, "a\xFF\xD1", 3);
    is(&b, "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
    buf_add_json(&b, "\xED\xA0\x80", 3); /* a surrogate: three bad bytes */
    is(&b, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void test_url(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_add_url(&b, "a-Z_0.9~ /?&=%+я");
    is(&b, "a-Z_0.9~%20%2F%3F%26%3D%25%2B%D1%8F");
}

static void test_clear_keeps_the_memory(void **state)
{
    struct buf b = {0};
    char *s;

    (void)state;
    buf_adds(&b, "something");
    s = b.s;
    buf_clear(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.s, "");
    buf_adds(&b, "else");
    assert_ptr_equal(b.s, s);
    is(&b, "else");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_over_many_appends),
        cmocka_unit_test(test_holds_nuls),
        cmocka_unit_test(test_null_and_nothing_add_nothing),
        cmocka_unit_test(test_formats_longer_than_what_is_there),
        cmocka_unit_test(test_failure_sticks_and_leaves_no_text),
        cmocka_unit_test(test_length_that_wraps_fails),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_mends_bad_utf8),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_clear_keeps_the_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
