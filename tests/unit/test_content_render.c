/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A content, for one person: each variable in each language, fallbacks, hostile names, the
 * longest values, addresses that are counted, no memory taken twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/utf.h"
#include "core/content.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define NARROW "\xE2\x80\xAF"

static struct rendered out;

static struct content *content_of(const char *json)
{
    struct json *o = json_parse(json, strlen(json));
    struct content_faults faults;
    struct content *c = NULL;

    assert_non_null(o);
    if (content_read(o, true, &c, &faults) != ST_OK)
        fail_msg("%s at %s: %s", faults.fault[0].code, faults.fault[0].pointer, json);
    json_free(o);
    return c;
}

static int teardown(void **state)
{
    (void)state;
    rendered_free(&out);
    return 0;
}

/* The words of {"ru":{"text":text}} for them. */
static const char *said(const char *text, const struct content_person *who)
{
    struct buf b = {0};
    struct content *c;

    buf_adds(&b, "{\"ru\":{\"text\":");
    buf_add_json(&b, text, strlen(text));
    buf_adds(&b, "}}");
    c = content_of(b.s);
    assert_int_equal(content_render(c, who, NULL, &out), ST_OK);
    content_free(c);
    buf_free(&b);
    return out.text.s;
}

static const struct content_person maria = {.first_name = "Мария",
                                            .last_name = "Ковалёва",
                                            .store = "на Ленина",
                                            .brand = "Дворик",
                                            .purchases = 7,
                                            .spent = 1250050,
                                            .percent_bp = 750,
                                            .code = "7K3F9-9QXAF",
                                            .until = "30 ноября"};

static void test_each_variable(void **state)
{
    static const char *const values[] = {
        "Мария",          "Ковалёва",    "на Ленина",
        "Дворик",         "7",           "12" NARROW "500,50" NARROW "₽",
        "7,5" NARROW "%", "7K3F9-9QXAF", "30 ноября"};

    (void)state;
    assert_int_equal(content_variables_n, sizeof(values) / sizeof(*values));
    for (int i = 0; i < content_variables_n; i++) {
        char text[100], expected[200];

        snprintf(text, sizeof(text), "<b>{{%s|нет}}</b>!", content_variables[i].name);
        snprintf(expected, sizeof(expected), "<b>%s</b>!", values[i]);
        assert_string_equal(said(text, &maria), expected);
    }
}

static void test_fallbacks(void **state)
{
    const struct content_person nobody = {0},
                                empty = {.first_name = "\xE2\x80\x8B ", .store = ""};

    (void)state;
    assert_string_equal(said("{{first_name}} {{purchases}} {{spent}}", &nobody),
                        "друг 0 0 ₽");
    assert_string_equal(said("{{first_name|Друг}}, {{last_name|}}.", &nobody),
                        "Друг, .");
    assert_string_equal(said("{{first_name|A \"B\" 'C'}}", &empty), "A \"B\" 'C'");
    assert_string_equal(said("{{store}} {{discount.percent|5 %}}", &empty),
                        "наш магазин 5 %");
    assert_string_equal(said("x{{discount.code}}", &nobody), "x");
}

/* Nothing that opens a tag, turns the line round or ends the text. */
static void test_hostile_names(void **state)
{
    static const struct {
        const char *name, *shown;
    } all[] = {
        {"<b>&\"'</b>", "&lt;b&gt;&amp;&quot;'&lt;/b&gt;"},
        {"</b><a href=\"tg://x\">", "&lt;/b&gt;&lt;a href=&quot;tg://x&quot;&gt;"},
        {"&lt;", "&amp;lt;"},
        {"{{brand}}", "{{brand}}"},
        {"{{brand|x}}|}}", "{{brand|x}}|}}"},
        {"\xE2\x80\xAEпонв\xE2\x80\xAC", "понв"},
        {"\xE2\x81\xA6Ли\xE2\x81\xA9", "Ли"},
        {"\xE2\x80\xAA"
         "A\xE2\x80\xAB"
         "B\xE2\x80\xAD"
         "C",
         "ABC"},
        {"a\nb\tc\x01\x1B[31m", "a b c[31m"},
        {"a\x7F\xC2\x85"
         "b",
         "a b"},
        {" a   b ", "a b"},
        {"\xED\xA0\xBDx\xED\xB8\x80", "x"}, /* surrogates are no UTF-8 */
        {"a\xC0\x80z\xFF\xD0", "az"},
        {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
         "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7"},
        {"%s%n{}\\", "%s%n{}\\"},
        {"O’Нил-Smith ÀÿӐ", "O’Нил-Smith ÀÿӐ"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct content_person who = {.first_name = all[i].name};

        said("<i>{{first_name}}</i>", &who);
        assert_memory_equal(out.text.s + 3, all[i].shown, strlen(all[i].shown));
        assert_string_equal(out.text.s + 3 + strlen(all[i].shown), "</i>");
    }
}

static size_t name_units(const char *name)
{
    struct content_person who = {.first_name = name};

    said("{{first_name}}", &who);
    assert_true(utf_valid(out.text.s, out.text.len));
    return utf16_len(out.text.s, out.text.len);
}

static bool ends(const char *with)
{
    size_t n = strlen(with);

    return out.text.len >= n && memcmp(out.text.s + out.text.len - n, with, n) == 0;
}

/* Cut at the table's length, between two characters, with nothing invisible at the end. */
static void test_long_values_are_cut(void **state)
{
    int max = content_variables[0].max;
    struct buf name = {0};

    (void)state;
    for (int i = 0; i < max; i++)
        buf_adds(&name, "Щ");
    assert_int_equal(name_units(name.s), max);
    assert_true(ends("Щ"));
    buf_adds(&name, "Щ");
    assert_int_equal(name_units(name.s), max);
    assert_true(ends("Щ…"));
    buf_clear(&name);
    for (int i = 0; i < max / 2; i++)
        buf_adds(&name, "😀");
    assert_int_equal(name_units(name.s), max);
    assert_true(ends("😀"));
    buf_adds(&name, "я");
    assert_int_equal(name_units(name.s), max - 1);
    assert_true(ends("😀…"));
    for (int blanks = 0; blanks < 2; blanks++) {
        buf_clear(&name);
        for (int i = 0; i < max; i++) /* the cut falls on every place of them */
            buf_adds(&name, i == 0 ? "я" : blanks ? "😀 " : "😀\xE2\x80\x8D");
        assert_true(name_units(name.s) <= (size_t)max);
        assert_true(ends("😀…"));
        assert_true(name_units(name.s + 2) <= (size_t)max);
        assert_true(ends("😀…"));
    }
    buf_free(&name);
}

/* What the reading has counted is what can come. */
static void test_the_longest_is_not_longer_than_counted(void **state)
{
    char wide[1000] = "";
    struct content_person who = {.first_name = wide,
                                 .last_name = wide,
                                 .store = wide,
                                 .brand = wide,
                                 .purchases = INT64_MAX,
                                 .spent = INT64_MAX,
                                 .percent_bp = INT32_MAX,
                                 .code = wide,
                                 .until = wide};

    (void)state;
    for (int i = 0; i < 200; i++)
        strncat(wide, "\"", sizeof(wide) - strlen(wide) - 1);
    for (int i = 0; i < content_variables_n; i++) {
        const struct content_variable *v = &content_variables[i];
        char text[100];

        snprintf(text, sizeof(text), "{{%s|x}}", v->name);
        for (who.lang = 0; who.lang < 2; who.lang++) {
            said(text, &who);
            assert_true(out.text.len <= 6u * (unsigned)v->max);
            if (out.text.s[0] != '&')
                assert_true(utf16_len(out.text.s, out.text.len) <= (size_t)v->max);
        }
    }
}

static void test_languages(void **state)
{
    static const char both[] = "{\"ru\":{\"text\":\"р {{spent}}\",\"media\":[1]},"
                               "\"en\":{\"text\":\"e {{spent}} {{store}}\",\"buttons\":"
                               "[[{\"text\":\"{{store}}\",\"do\":\"menu\"}]]}}";
    struct content *c = content_of(both);
    struct content_person who = {.spent = 1250050};

    (void)state;
    assert_int_equal(content_render(c, &who, NULL, &out), ST_OK);
    assert_string_equal(out.text.s, "р 12" NARROW "500,50" NARROW "₽");
    assert_int_equal(out.media_n, 1);
    assert_int_equal(out.media[0], 1);
    assert_int_equal(out.buttons, 0);
    who.lang = 1;
    assert_int_equal(content_render(c, &who, NULL, &out), ST_OK);
    assert_string_equal(out.text.s, "e 12,500.50" NARROW "₽ our store");
    assert_int_equal(out.media_n, 0);
    assert_string_equal(out.button[0].text, "our store");
    content_free(c);
    /* only one there is: its words, and its numbers */
    c = content_of("{\"ru\":{\"text\":\"р {{spent}}\"}}");
    assert_int_equal(content_render(c, &who, NULL, &out), ST_OK);
    assert_string_equal(out.text.s, "р 12" NARROW "500,50" NARROW "₽");
    content_free(c);
}

static void test_a_post(void **state)
{
    struct content *c = content_of("{\"ru\":{\"post\":{\"chat\":-5,\"message\":7}}}");

    (void)state;
    said("x", &maria);
    assert_int_equal(content_render(c, &maria, NULL, &out), ST_OK);
    assert_int_equal(out.post_chat, -5);
    assert_int_equal(out.post_message, 7);
    assert_string_equal(out.text.s, "");
    assert_int_equal(out.text.len, 0);
    content_free(c);
    said("x", &maria);
    assert_int_equal(out.post_message, 0);
}

/* ---- buttons ------------------------------------------------------------------------ */

static void counted(void *arg, int link, char *url, size_t room)
{
    assert_int_equal(room, CONTENT_URL_MAX + 1);
    snprintf(url, room, "https://s.ru/l/%s%d%0*d", (const char *)arg, link, 500, 0);
}

static void test_buttons_and_their_addresses(void **state)
{
    static const char json[] =
        "{\"ru\":{\"text\":\"x\",\"buttons\":["
        "[{\"text\":\"A {{first_name}}\",\"url\":\"https://a.ru\"},"
        "{\"text\":\"B\",\"url\":\"https://b.ru\"}],"
        "[{\"text\":\"C & <c>\",\"do\":\"wallet\"}],"
        "[{\"text\":\"D\",\"url\":\"https://a.ru\"}]]}}";
    struct content *c = content_of(json);
    struct content_links links = {counted, "tok"};

    (void)state;
    assert_int_equal(content_render(c, &maria, NULL, &out), ST_OK);
    assert_int_equal(out.buttons, 4);
    assert_string_equal(out.button[0].text, "A Мария");
    assert_string_equal(out.button[0].url, "https://a.ru");
    assert_string_equal(out.button[2].text, "C & <c>"); /* plain, no HTML */
    assert_null(out.button[2].url);
    assert_int_equal(out.button[2].does, CONTENT_DO_WALLET);
    assert_true(out.button[0].row == 0 && out.button[1].row == 0 &&
                out.button[2].row == 1 && out.button[3].row == 2);
    assert_int_equal(content_render(c, &maria, &links, &out), ST_OK);
    assert_string_equal(out.button[0].text, "A Мария");
    assert_memory_equal(out.button[0].url, "https://s.ru/l/tok10", 20);
    assert_memory_equal(out.button[1].url, "https://s.ru/l/tok20", 20);
    assert_memory_equal(out.button[3].url, "https://s.ru/l/tok10", 20);
    assert_null(out.button[2].url);
    assert_int_equal(strlen(out.button[3].url), strlen(out.button[0].url));
    content_free(c);
}

/* 64 characters of four bytes, or the longest value, fill a label and no more. */
static void test_the_longest_label(void **state)
{
    struct buf b = {0};
    struct content *c;

    (void)state;
    buf_adds(&b, "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"do\":\"menu\",\"text\":\"");
    for (int i = 0; i < CONTENT_BUTTON_TEXT_MAX; i++)
        buf_adds(&b, "😀");
    buf_adds(&b, "\"}]]}}");
    c = content_of(b.s);
    assert_int_equal(content_render(c, &maria, NULL, &out), ST_OK);
    assert_int_equal(strlen(out.button[0].text), 4 * CONTENT_BUTTON_TEXT_MAX);
    content_free(c);
    buf_free(&b);
}

/* ---- cost --------------------------------------------------------------------------- */

static void test_no_memory_is_taken_twice(void **state)
{
    struct content *c = content_of(
        "{\"ru\":{\"text\":\"<b>{{first_name}}</b>, {{discount.percent}} {{spent}}\","
        "\"buttons\":[[{\"text\":\"{{store}}\",\"url\":\"https://a.ru\"}]]}}");
    struct content_person odd = maria;
    struct mallinfo2 before, after;

    (void)state;
    odd.first_name = "\xE2\x80\xAE  Мария \x01 <>&\"";
    assert_int_equal(content_render(c, &odd, NULL, &out), ST_OK);
    before = mallinfo2();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(content_render(c, i % 2 ? &odd : &maria, NULL, &out), ST_OK);
    after = mallinfo2();
    assert_int_equal(before.uordblks, after.uordblks);
    content_free(c);
}

/* Said for whoever looks; only a hundredth of what it should be would fail. */
static void test_it_is_quick(void **state)
{
    struct content *c = content_of(
        "{\"ru\":{\"text\":\"<b>{{first_name|Друг}}</b>, ваши {{discount.percent}} до "
        "{{discount.until}}! Ждём вас {{store}}.\",\"buttons\":"
        "[[{\"text\":\"Каталог\",\"url\":\"https://a.ru\"}]]}}");
    int64_t from = clock_mono_ms(), ms;
    int n = 200000;

    (void)state;
    for (int i = 0; i < n; i++)
        if (content_render(c, &maria, NULL, &out) != ST_OK)
            fail();
    ms = clock_mono_ms() - from;
    print_message("%d renders in %d ms\n", n, (int)ms);
    assert_true(ms < 20000);
    content_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_each_variable, teardown),
        cmocka_unit_test_teardown(test_fallbacks, teardown),
        cmocka_unit_test_teardown(test_hostile_names, teardown),
        cmocka_unit_test_teardown(test_long_values_are_cut, teardown),
        cmocka_unit_test_teardown(test_the_longest_is_not_longer_than_counted,
                                  teardown),
        cmocka_unit_test_teardown(test_languages, teardown),
        cmocka_unit_test_teardown(test_a_post, teardown),
        cmocka_unit_test_teardown(test_buttons_and_their_addresses, teardown),
        cmocka_unit_test_teardown(test_the_longest_label, teardown),
        cmocka_unit_test_teardown(test_no_memory_is_taken_twice, teardown),
        cmocka_unit_test_teardown(test_it_is_quick, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
