/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The stand-in's own readers: JSON, HTTP heads, forms, picture headers, its map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/botapi/file.h"
#include "tests/botapi/form.h"
#include "tests/botapi/head.h"
#include "tests/botapi/map.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- JSON ----------------------------------------------------------------------- */

static void test_json_good_and_bad(void **state)
{
    static const char *const good[] = {
        "{}",   "[]",     " 1 ",
        "-0",   "1.5e+3", "\"\\u0000\\n\"",
        "true", "null",   "{\"a\":[1,{\"b\":\"\"}],\"a\":2}"};
    static const char *const bad[] = {
        "",    "{",   "{]",    "[1,]", "{\"a\"}",  "{\"a\":1,}", "01",
        "1.",  "-",   "+1",    "tru",  "\"\x01\"", "\"\\x\"",    "\"\\u12g4\"",
        "\"a", "1 2", "{a:1}", "'a'",  "\"\xFF\"", "nul"};
    struct jv v;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(jv_parse(good[i], strlen(good[i]), &v));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (jv_parse(bad[i], strlen(bad[i]), &v))
            fail_msg("passed: %s", bad[i]);
}

static void test_json_depth_ends(void **state)
{
    char deep[200];
    struct jv v;

    (void)state;
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    assert_false(jv_parse(deep, 200, &v));
    assert_true(jv_parse(deep + 50, 100, &v));
}

static void test_json_values(void **state)
{
    static const char text[] =
        "{\"id\":6962620676,\"big\":9223372036854775808,\"t\":true,"
        "\"s\":\"\\ud83d\\ude00\\u0000x\\ud800\",\"o\":{\"k\":[7]}}";
    struct buf b = {0};
    struct jv v;
    int64_t i;

    (void)state;
    assert_true(jv_parse(text, sizeof text - 1, &v));
    assert_true(jv_int(jv_get(v, "id"), &i));
    assert_int_equal(i, 6962620676);
    assert_false(jv_int(jv_get(v, "big"), &i));
    assert_false(jv_int(jv_get(v, "s"), &i));
    assert_true(jv_true(jv_get(v, "t")));
    assert_true(jv_text(jv_get(v, "s"), &b));
    assert_int_equal(b.len, 9); /* 4 + NUL + x + U+FFFD */
    assert_memory_equal(b.s, "😀\0x\xEF\xBF\xBD", 9);
    assert_int_equal(jv_int_or(v, "none", -5), -5);
    buf_clear(&b);
    jv_minify(jv_get(v, "o"), &b);
    assert_string_equal(b.s, "{\"k\":[7]}");
    buf_free(&b);
}

/* ---- HTTP ----------------------------------------------------------------------- */

static enum head_fate head(const char *s)
{
    struct head h;

    return head_read(s, strlen(s), &h);
}

static void test_heads(void **state)
{
    (void)state;
    assert_int_equal(head("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), HEAD_WHOLE);
    assert_int_equal(head("GET / HTTP/1.1\r\nHost: x\r\n"), HEAD_MORE);
    assert_int_equal(head("GET x HTTP/1.1\r\n\r\n"), HEAD_BAD);
    assert_int_equal(head("GET /\r\n\r\n"), HEAD_BAD);
    assert_int_equal(
        head("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        HEAD_BAD);
    assert_int_equal(head("POST / HTTP/1.1\r\nContent-Length: 1\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n"),
                     HEAD_BAD);
    assert_int_equal(head("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), HEAD_BAD);
    assert_int_equal(head("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n"), HEAD_WHOLE);
}

static void test_answer_head(void **state)
{
    static const char s[] =
        "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n";
    struct head h;

    (void)state;
    assert_int_equal(head_read(s, sizeof s - 1, &h), HEAD_WHOLE);
    assert_int_equal(h.status, 503);
    assert_int_equal(h.retry_after, 7);
    assert_int_equal(h.length, 0);
    assert_false(h.keep_alive);
    assert_int_equal(h.size, sizeof s - 1);
}

static bool read_form(const char *type, const char *text, struct form *f,
                      char body[2048])
{
    static char query[1];
    static char t[256];
    struct req r = {.query = query, .content_type = t, .body = body};

    snprintf(t, sizeof t, "%s", type);
    snprintf(body, 2048, "%s", text);
    r.body_n = strlen(body);
    return form_read(&r, f);
}

static void test_forms_say_the_same(void **state)
{
    static const char *const bodies[][2] = {
        {"application/json; charset=utf-8",
         "{\"chat_id\":7012345678,\"text\":\"a\\u0026=\\u044f\",\"on\":true}"},
        {"application/x-www-form-urlencoded",
         "chat_id=7012345678&text=a%26%3D%D1%8F&on=true"},
        {"multipart/form-data; boundary=XyZ",
         "--XyZ\r\nContent-Disposition: form-data; "
         "name=\"chat_id\"\r\n\r\n7012345678\r\n"
         "--XyZ\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na&=я\r\n"
         "--XyZ\r\nContent-Disposition: form-data; "
         "name=\"on\"\r\n\r\ntrue\r\n--XyZ--\r\n"},
    };
    char body[2048];
    struct form f;

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        if (!read_form(bodies[i][0], bodies[i][1], &f, body))
            fail_msg("%s: %s", bodies[i][0], f.why);
        assert_int_equal(form_int(&f, "chat_id", 0), 7012345678);
        assert_string_equal(form_get(&f, "text")->s, "a&=я");
        assert_true(form_true(&f, "on"));
        assert_null(form_get(&f, "none"));
    }
}

static void test_multipart_files(void **state)
{
    char body[2048];
    struct form f;

    (void)state;
    assert_true(
        read_form("multipart/form-data; boundary=\"XyZ\"",
                  "--XyZ\r\nContent-Disposition: form-data; filename=\"q.png\"; "
                  "name=\"photo\"\r\nContent-Type: image/png\r\n\r\n\r\n--bytes\r\n"
                  "--XyZ--\r\n",
                  &f, body));
    assert_int_equal(form_get(&f, "photo")->kind, ARG_FILE);
    assert_string_equal(form_get(&f, "photo")->filename, "q.png");
    assert_int_equal(form_get(&f, "photo")->n, 9);
}

static void test_broken_forms_are_refused(void **state)
{
    static const char *const bodies[][2] = {
        {"application/json", "[1]"},
        {"application/json", "{\"a\":1"},
        {"text/plain", "a=1"},
        {"application/x-www-form-urlencoded", "a&b=1"},
        {"multipart/form-data", "--b\r\n\r\n--b--"},
        {"multipart/form-data; boundary=b", "--c\r\n"},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data\r\n\r\nx"},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"},
    };
    char body[2048];
    struct form f;

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        if (read_form(bodies[i][0], bodies[i][1], &f, body))
            fail_msg("passed: %s", bodies[i][1]);
}

/* ---- pictures and the map ------------------------------------------------------- */

static void test_picture_sizes(void **state)
{
    static const unsigned char png[33] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x15\0\0\x01\x2c";
    static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0,    4,
                                         0,    0,    0xFF, 0xC0, 0,    17,
                                         8,    0,    0x90, 0x01, 0x40, 3};
    static const unsigned char gif[] = "GIF89a\x20\x03\x58\x02";
    int w = 0, h = 0;
    const char *type;

    (void)state;
    assert_true(image_size(png, sizeof png, &w, &h, &type));
    assert_int_equal(w, 533);
    assert_int_equal(h, 300);
    assert_false(image_size(png, 20, &w, &h, &type));
    assert_true(image_size(jpeg, sizeof jpeg, &w, &h, &type));
    assert_int_equal(w, 320);
    assert_int_equal(h, 144);
    for (size_t n = 0; n < 16; n++)
        assert_false(image_size(jpeg, n, &w, &h, &type));
    assert_true(image_size(gif, sizeof gif, &w, &h, &type));
    assert_int_equal(w, 800);
    assert_false(image_size("GIF89", 5, &w, &h, &type));
}

static void test_map_keeps_and_forgets(void **state)
{
    static int values[5000];
    struct map m = {0};
    size_t seen = 0;

    (void)state;
    for (int64_t i = 0; i < 5000; i++)
        assert_true(map_put(&m, i * 8589934592LL - 7, &values[i]));
    for (int64_t i = 0; i < 5000; i += 2)
        assert_ptr_equal(map_take(&m, i * 8589934592LL - 7), &values[i]);
    for (int64_t i = 0; i < 5000; i++)
        assert_ptr_equal(map_get(&m, i * 8589934592LL - 7), i % 2 ? &values[i] : NULL);
    for (size_t i = 0; map_next(&m, &i) != NULL;)
        seen++;
    assert_int_equal(seen, 2500);
    assert_int_equal(m.n, 2500);
    map_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_good_and_bad),
        cmocka_unit_test(test_json_depth_ends),
        cmocka_unit_test(test_json_values),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_answer_head),
        cmocka_unit_test(test_forms_say_the_same),
        cmocka_unit_test(test_multipart_files),
        cmocka_unit_test(test_broken_forms_are_refused),
        cmocka_unit_test(test_picture_sizes),
        cmocka_unit_test(test_map_keeps_and_forgets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
