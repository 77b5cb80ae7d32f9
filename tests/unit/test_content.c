/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a message says, as it is read: what is refused and where; the small HTML; one
 * canonical form. */
#include "tests/unit/content_read.h"

#include <stdlib.h>

/* ---- shapes ------------------------------------------------------------------------- */

static void test_what_is_fine(void **state)
{
    static const char *const all[] = {
        "{\"ru\":{\"text\":\"Привет\"}}",
        "{\"en\":{\"text\":\"x\"},\"ru\":{\"text\":\"y\"}}",
        "{\"ru\":{\"media\":[1]}}",
        "{\"ru\":{\"media\":[1,2],\"text\":\"два\"}}",
        "{\"ru\":{\"media\":[1],\"text\":\"\"}}",
        "{\"ru\":{\"post\":{\"chat\":-1001234567890,\"message\":7}}}",
        "{\"ru\":{\"post\":{\"chat\":5,\"message\":7},"
        "\"buttons\":[[{\"text\":\"a\",\"do\":\"menu\"}]]}}",
        "{\"ru\":{\"text\":\"x\",\"buttons\":[]}}",
        "{\"ru\":{\"text\":\"x\",\"media\":[]}}",
        "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"do\":\"wallet\"},"
        "{\"text\":\"b\",\"do\":\"stores\"},{\"text\":\"c\",\"do\":\"profile\"}],"
        "[{\"text\":\"{{first_name}}\",\"url\":\"tg://resolve?domain=x\"}]]}}",
        "{\"ru\":{\"text\":\"{{first_name}} {{ last_name }} {{store|здесь}} {{brand}} "
        "{{purchases}} {{spent|0}} {{discount.percent}} {{discount.code}} "
        "{{discount.until|}}\"}}",
        "{\"ru\":{\"text\":\"{ } }} {x} {{first_name|a|b}}\"}}",
        "{\"ru\":{\"text\":null,\"media\":[3]}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        fine(all[i]);
}

static const struct {
    const char *json, *code, *pointer;
} faulty[] = {
    {"[]", "wrong_type", ""},
    {"5", "wrong_type", ""},
    {"{}", "empty", ""},
    {"{\"ru\":null}", "empty", ""},
    {"{\"de\":{\"text\":\"x\"}}", "unknown_member", "/de"},
    {"{\"a/b~c\":1}", "unknown_member", "/a~1b~0c"},
    {"{\"ru\":[]}", "wrong_type", "/ru"},
    {"{\"ru\":{}}", "empty", "/ru/text"},
    {"{\"ru\":{\"media\":[]}}", "empty", "/ru/text"},
    {"{\"ru\":{\"text\":7}}", "wrong_type", "/ru/text"},
    {"{\"ru\":{\"text\":\"\"}}", "empty", "/ru/text"},
    {"{\"ru\":{\"text\":\" \\n \\u3164\"}}", "empty", "/ru/text"},
    {"{\"ru\":{\"text\":\"<b></b>\"}}", "empty", "/ru/text"},
    {"{\"ru\":{\"text\":\"{{last_name}}\"}}", "empty", "/ru/text"},
    {"{\"ru\":{\"text\":\"{{first_name|}}\"}}", "empty", "/ru/text"},
    {"{\"ru\":{\"text\":\"x\",\"html\":1}}", "unknown_member", "/ru/html"},
    {"{\"ru\":{\"text\":\"x\",\"media\":1}}", "wrong_type", "/ru/media"},
    {"{\"ru\":{\"media\":[\"1\"]}}", "wrong_type", "/ru/media/0"},
    {"{\"ru\":{\"media\":[1,0]}}", "wrong_value", "/ru/media/1"},
    {"{\"ru\":{\"media\":[1,2.5]}}", "wrong_type", "/ru/media/1"},
    {"{\"ru\":{\"media\":[1,2,3,4,5,6,7,8,9,10,11]}}", "too_many", "/ru/media"},
    {"{\"ru\":{\"media\":[1,2],\"buttons\":[[{\"text\":\"a\",\"do\":\"menu\"}]]}}",
     "under_album", "/ru/buttons"},
    {"{\"ru\":{\"post\":5}}", "wrong_type", "/ru/post"},
    {"{\"ru\":{\"post\":{}}}", "missing", "/ru/post/chat"},
    {"{\"ru\":{\"post\":{\"chat\":1}}}", "missing", "/ru/post/message"},
    {"{\"ru\":{\"post\":{\"chat\":0,\"message\":1}}}", "wrong_value", "/ru/post/chat"},
    {"{\"ru\":{\"post\":{\"chat\":\"@x\",\"message\":1}}}", "wrong_type",
     "/ru/post/chat"},
    {"{\"ru\":{\"post\":{\"chat\":1,\"message\":-1}}}", "wrong_value",
     "/ru/post/message"},
    {"{\"ru\":{\"post\":{\"chat\":1,\"message\":1,\"x\":1}}}", "unknown_member",
     "/ru/post/x"},
    {"{\"ru\":{\"post\":{\"chat\":1,\"message\":1},\"text\":\"x\"}}", "wrong_value",
     "/ru/text"},
    {"{\"ru\":{\"post\":{\"chat\":1,\"message\":1},\"media\":[1]}}", "wrong_value",
     "/ru/media"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":{}}}", "wrong_type", "/ru/buttons"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[5]}}", "wrong_type", "/ru/buttons/0"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[]]}}", "empty", "/ru/buttons/0"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[5]]}}", "wrong_type", "/ru/buttons/0/0"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{}]]}}", "missing", "/ru/buttons/0/0/text"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\"}]]}}", "missing",
     "/ru/buttons/0/0/url"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"do\":\"url\"}]]}}",
     "wrong_value", "/ru/buttons/0/0/do"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"do\":1}]]}}",
     "wrong_type", "/ru/buttons/0/0/do"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"do\":\"menu\","
     "\"url\":\"https://a.b\"}]]}}",
     "wrong_value", "/ru/buttons/0/0/do"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"do\":\"menu\","
     "\"callback_data\":\"v1:x\"}]]}}",
     "unknown_member", "/ru/buttons/0/0/callback_data"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\" \",\"do\":\"menu\"}]]}}",
     "empty", "/ru/buttons/0/0/text"},
    {"{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\\nb\",\"do\":\"menu\"}]]}"
     "}",
     "bad_character", "/ru/buttons/0/0/text"},
    {"{\"en\":{\"text\":\"x\"},\"ru\":{\"text\":\"{{nobody}}\"}}", "unknown_variable",
     "/ru/text"},
};

static void test_what_is_wrong_and_where(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faulty); i++)
        wrong(faulty[i].json, faulty[i].code, faulty[i].pointer);
}

static void test_all_faults_are_told_up_to_a_number(void **state)
{
    (void)state;
    assert_false(reads("{\"ru\":{\"text\":\"<b>{{x}} {{y\",\"media\":[0],"
                       "\"buttons\":[[{\"url\":\"ftp://a\"}]]},\"fr\":1}"));
    assert_int_equal(faults.n, 7);
    assert_string_equal(faults.fault[0].pointer, "/fr");
    assert_string_equal(faults.fault[1].pointer, "/ru/media/0");
    assert_string_equal(faults.fault[2].code, "unknown_variable");
    assert_int_equal(faults.fault[2].at, 3);
    assert_string_equal(faults.fault[3].code, "bad_variable");
    assert_int_equal(faults.fault[3].at, 9);
    assert_string_equal(faults.fault[4].code, "bad_html");
    assert_string_equal(faults.fault[5].pointer, "/ru/buttons/0/0/text");
    assert_string_equal(faults.fault[6].code, "bad_url");
    assert_int_equal(faults.fault[6].at, -1);
    assert_false(reads("{\"ru\":{\"text\":\"{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}"
                       "{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}{{a}}\"}}"));
    assert_int_equal(faults.n, CONTENT_FAULTS_MAX);
}

static void test_a_discount_s_variables_need_a_discount(void **state)
{
    static const char json[] = "{\"ru\":{\"text\":\"x {{discount.code}}\"}}";
    struct content *c = read_json(json, true);

    (void)state;
    assert_non_null(c);
    content_free(c);
    assert_null(read_json(json, false));
    assert_string_equal(faults.fault[0].code, "no_discount");
    assert_string_equal(faults.fault[0].pointer, "/ru/text");
}

/* ---- small HTML --------------------------------------------------------------------- */

static void html(const char *text, bool good)
{
    struct buf b = {0};
    struct content *c;

    buf_adds(&b, "{\"ru\":{\"text\":");
    buf_add_json(&b, text, strlen(text));
    buf_adds(&b, "}}");
    c = read_json(b.s, true);
    if ((c != NULL) != good)
        fail_msg("%s: %s", good ? "refused" : "taken", text);
    content_free(c);
    buf_free(&b);
}

static const char *const html_good[] = {
    "<b>a</b><i>b</i><u>c</u><s>d</s><tg-spoiler>e</tg-spoiler>",
    "<b><i><u><s>x</s></u></i></b>",
    "<code>x</code><pre>x</pre>",
    "<blockquote>a <b>b</b> <code>c</code></blockquote>",
    "<b><blockquote>x</blockquote></b>",
    "<a href=\"https://a.ru/?x=1&amp;y=2\">x</a>",
    "<b><a href=\"http://a.ru\">x</a></b><a href=\"tg://user?id=1\"><i>y</i></a>",
    "&lt; &gt; &amp; &quot;",
    "a > b \" ' c",
    "<code>{{discount.code}}</code>",
    "<b>{{first_name|}}</b>x",
    "строка\nещё",
};

static const char *const html_bad[] = {
    "<b>x",
    "x</b>",
    "<b><i>x</b></i>",
    "<B>x</B>",
    "<strong>x</strong>",
    "<script>x</script>",
    "<b >x</b>",
    "<b onclick=\"x\">x</b>",
    "<b/>x",
    "<>x</>",
    "< b>x",
    "a < b",
    "a & b",
    "&nbsp;x",
    "&#60;x",
    "&ltx",
    "<a>x</a>",
    "<a href=\"\">x</a>",
    "<a href='https://a.ru'>x</a>",
    "<a href=https://a.ru>x</a>",
    "<a href=\"https://a.ru\" x=\"y\">x</a>",
    "<a href=\"https://a.ru\">x<a href=\"https://b.ru\">y</a></a>",
    "<a href=\"https://a.ru",
    "<a href=\"https://a.ru\"",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"https://a.ru/?a&b\">x</a>",
    "<a href=\"https://{{brand}}.ru\">x</a>",
    "<a href=\"{{brand}}\">x</a>",
    "<{{brand}}>x",
    "<b>x</{{brand}}>",
    "<code><b>x</b></code>",
    "<b><code>x</code></b>",
    "<pre><code>x</code></pre>",
    "<blockquote><blockquote>x</blockquote></blockquote>",
    "<tg-emoji emoji-id=\"1\">x</tg-emoji>",
    "{{first_name",
    "{{}}",
    "{{ }}",
    "{{first name}}",
    "{{first_name|<b>}}",
    "{{first_name|a&b}}",
    "{{first_name|{{brand}}}}",
    "{{First_Name}}",
    "<!-- x -->",
    "<",
    "x<",
    "x</",
    "&",
};

static void test_html(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(html_good); i++)
        html(html_good[i], true);
    for (size_t i = 0; i < COUNT(html_bad); i++)
        html(html_bad[i], false);
}

static void test_characters_that_hide_something(void **state)
{
    static const char *const bad[] = {
        "\\u0000", "\\u0001", "\\u0007", "\\r",     "\\t",     "\\u007f",
        "\\u0085", "\\u202a", "\\u202e", "\\u2066", "\\u2069", "\\u009f",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        char json[200];

        snprintf(json, sizeof(json), "{\"ru\":{\"text\":\"ab%sc\"}}", bad[i]);
        wrong(json, "bad_character", "/ru/text");
        assert_int_equal(faults.fault[0].at, 2);
        snprintf(json, sizeof(json),
                 "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a%s\",\"do\":"
                 "\"menu\"}]]}}",
                 bad[i]);
        wrong(json, "bad_character", "/ru/buttons/0/0/text");
    }
    fine("{\"ru\":{\"text\":\"\\ud83d x \\udc00\"}}"); /* U+FFFD in their place */
}

/* ---- the canonical form ------------------------------------------------------------- */

static void canonical(const char *from, const char *to)
{
    for (int i = 0; i < 2; i++) {
        struct content *c = read_json(i == 0 ? from : to, true);
        struct json *o;

        assert_non_null(c);
        o = content_json(c);
        assert_string_equal(json_print(o), to);
        json_free(o);
        content_free(c);
    }
}

static void test_canonical_form(void **state)
{
    (void)state;
    canonical("{\"en\":{\"text\":\"b\"},\"ru\":{\"text\":\"a\"}}",
              "{\"ru\":{\"text\":\"a\"},\"en\":{\"text\":\"b\"}}");
    canonical("{\"ru\":{\"buttons\":[],\"media\":[],\"text\":\"a\",\"post\":null}}",
              "{\"ru\":{\"text\":\"a\"}}");
    canonical("{\"ru\":{\"text\":\"\",\"media\":[3,1,3]}}",
              "{\"ru\":{\"media\":[3,1,3]}}");
    canonical("{\"ru\":{\"buttons\":[[{\"do\":\"menu\",\"text\":\"m\"},"
              "{\"url\":\"https://a.ru\",\"text\":\"\\u0061\"}]],"
              "\"post\":{\"message\":2,\"chat\":-1}}}",
              "{\"ru\":{\"post\":{\"chat\":-1,\"message\":2},\"buttons\":"
              "[[{\"text\":\"m\",\"do\":\"menu\"},"
              "{\"text\":\"a\",\"url\":\"https://a.ru\"}]]}}");
}

static void test_what_can_be_asked(void **state)
{
    static const char json[] =
        "{\"ru\":{\"media\":[5],\"text\":\"x\",\"buttons\":["
        "[{\"text\":\"a\",\"url\":\"https://a.ru\"},{\"text\":\"b\",\"url\":\"https://"
        "b.ru\"}],[{\"text\":\"c\",\"url\":\"https://a.ru\"}]]},"
        "\"en\":{\"media\":[7,5],\"text\":\"y\"}}";
    struct content *c = read_json(json, false);
    const char *links[4] = {NULL};
    int64_t media[3] = {0};
    int n;

    (void)state;
    assert_non_null(c);
    assert_true(content_has(c, 0) && content_has(c, 1));
    assert_false(content_has(c, 2) || content_has(c, -1));
    content_media(c, media, 3, &n);
    assert_int_equal(n, 2);
    assert_true(media[0] == 5 && media[1] == 7);
    content_media(c, media, 1, &n);
    assert_int_equal(n, 1);
    assert_int_equal(content_links(c, links, 4), 2);
    assert_string_equal(links[0], "https://a.ru");
    assert_string_equal(links[1], "https://b.ru");
    assert_null(links[2]);
    content_free(c);
    content_free(NULL);
}

/* ---- the manual --------------------------------------------------------------------- */

/* Yours. */
static char *manual(void)
{
    FILE *f = fopen("docs/broadcasts.md", "r");
    struct buf b = {0};
    char chunk[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(&b, chunk, n);
    fclose(f);
    assert_false(b.failed);
    return b.s;
}

static void test_the_manual_has_each_variable(void **state)
{
    char *text = manual();

    (void)state;
    for (int i = 0; i < content_variables_n; i++) {
        const struct content_variable *v = &content_variables[i];
        char name[60], longest[16];
        const char *row;

        snprintf(name, sizeof(name), "\n| `{{%s}}` |", v->name);
        snprintf(longest, sizeof(longest), "| %d |", v->max);
        row = strstr(text, name);
        if (row == NULL)
            fail_msg("docs/broadcasts.md has no row of %s", v->name);
        if (strstr(row, longest) == NULL ||
            strstr(row, longest) > strchr(row + 1, '\n'))
            fail_msg("docs/broadcasts.md says another length of %s", v->name);
    }
    free(text);
}

static void test_the_manual_s_examples_are_fine(void **state)
{
    char *text = manual(), *at = text;
    int n = 0;

    (void)state;
    while ((at = strstr(at, "```json\n{\"ru\"")) != NULL) {
        char *from = at + strlen("```json\n"), *end = strstr(from, "```");

        assert_non_null(end);
        *end = '\0';
        fine(from);
        at = end + 1;
        n++;
    }
    assert_true(n >= 2);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_fine),
        cmocka_unit_test(test_what_is_wrong_and_where),
        cmocka_unit_test(test_all_faults_are_told_up_to_a_number),
        cmocka_unit_test(test_a_discount_s_variables_need_a_discount),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_characters_that_hide_something),
        cmocka_unit_test(test_canonical_form),
        cmocka_unit_test(test_what_can_be_asked),
        cmocka_unit_test(test_the_manual_has_each_variable),
        cmocka_unit_test(test_the_manual_s_examples_are_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
