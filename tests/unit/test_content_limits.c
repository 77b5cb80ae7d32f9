/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Each limit of a content exactly at and one above, with the longest values; and what an
 * address may be. */
#include "tests/unit/content_read.h"

/* ---- limits ------------------------------------------------------------------------- */

static void repeat(struct buf *b, const char *s, int n)
{
    for (int i = 0; i < n; i++)
        buf_adds(b, s);
}

/* {"ru":{"text":"<before><unit …><after>"<rest>}} */
static bool fits(const char *before, const char *unit, int n, const char *rest)
{
    struct buf b = {0};
    bool good;

    buf_addf(&b, "{\"ru\":{\"text\":\"%s", before);
    repeat(&b, unit, n);
    buf_addf(&b, "\"%s}}", rest);
    good = reads(b.s);
    if (!good)
        assert_string_equal(faults.fault[0].code, "too_long");
    buf_free(&b);
    return good;
}

#define TEXT_ROOM (CONTENT_TEXT_MAX - CONTENT_TAIL_MAX)
#define CAPTION_ROOM (CONTENT_CAPTION_MAX - CONTENT_TAIL_MAX)

static void test_length_of_a_text(void **state)
{
    (void)state;
    assert_true(fits("", "Щ", TEXT_ROOM, ""));
    assert_false(fits("", "Щ", TEXT_ROOM + 1, ""));
    assert_true(fits("", "😀", TEXT_ROOM / 2, ""));
    assert_false(fits("", "😀", TEXT_ROOM / 2 + 1, ""));
    assert_true(fits("", "&amp;", TEXT_ROOM, "")); /* one unit each */
    assert_false(fits("", "&amp;", TEXT_ROOM + 1, ""));
    assert_true(fits("<b>x</b>", "y", TEXT_ROOM - 1, "")); /* tags are not counted */
    assert_false(fits("<b>x</b>", "y", TEXT_ROOM, ""));
    assert_true(fits("", "x", CAPTION_ROOM, ",\"media\":[1]"));
    assert_false(fits("", "x", CAPTION_ROOM + 1, ",\"media\":[1]"));
    assert_false(fits("", "x", CAPTION_ROOM + 1, ",\"media\":[1,2]"));
}

/* With the longest value of each variable; a longer fallback counts instead. */
static void test_length_with_the_longest_values(void **state)
{
    (void)state;
    for (int i = 0; i < content_variables_n; i++) {
        const struct content_variable *v = &content_variables[i];
        char place[80];

        snprintf(place, sizeof(place), "{{%s}}", v->name);
        assert_true(fits(place, "x", TEXT_ROOM - v->max, ""));
        assert_false(fits(place, "x", TEXT_ROOM - v->max + 1, ""));
    }
    assert_true(
        fits("{{purchases|123456789012345678901234567890}}", "x", TEXT_ROOM - 30, ""));
    assert_false(
        fits("{{purchases|123456789012345678901234567890}}", "x", TEXT_ROOM - 29, ""));
}

static void test_length_of_a_fallback(void **state)
{
    struct buf b = {0};

    (void)state;
    for (int more = 0; more <= 1; more++) {
        buf_clear(&b);
        buf_adds(&b, "{\"ru\":{\"text\":\"x{{brand|");
        repeat(&b, "Щ", CONTENT_FALLBACK_MAX + more);
        buf_adds(&b, "}}\"}}");
        if (more == 0)
            fine(b.s);
        else
            wrong(b.s, "bad_variable", "/ru/text");
    }
    buf_free(&b);
}

/* Tags are not counted in units, but the messenger reads only so many bytes. */
static void test_bytes_and_tags(void **state)
{
    char link[200];

    (void)state;
    assert_true(fits("", "<b>x</b>", CONTENT_TAGS_MAX, ""));
    snprintf(link, sizeof(link), "<a href=\\\"https://a.ru/%0150d\\\">x</a>", 7);
    assert_true(fits("", link, CONTENT_TAGS_MAX, ""));
    {
        struct buf b = {0};

        buf_adds(&b, "{\"ru\":{\"text\":\"");
        repeat(&b, "<b>x</b>", CONTENT_TAGS_MAX + 1);
        buf_adds(&b, "\"}}");
        wrong(b.s, "too_many", "/ru/text");
        buf_free(&b);
    }
    /* units of six bytes each */
    assert_true(fits("", "{{first_name}}", TEXT_ROOM / content_variables[0].max, ""));
    assert_false(
        fits("", "{{first_name}}", TEXT_ROOM / content_variables[0].max + 1, ""));
}

static void test_nesting(void **state)
{
    struct buf b = {0};

    (void)state;
    for (int n = 16; n <= 17; n++) {
        buf_clear(&b);
        buf_adds(&b, "{\"ru\":{\"text\":\"");
        repeat(&b, "<b>", n);
        buf_addc(&b, 'x');
        repeat(&b, "</b>", n);
        buf_adds(&b, "\"}}");
        if (n == 16)
            fine(b.s);
        else
            wrong(b.s, "bad_html", "/ru/text");
    }
    buf_free(&b);
}

/* rows of width buttons with that label and rest. */
static void keyboard(struct buf *b, int rows, int width, const char *one)
{
    buf_clear(b);
    buf_adds(b, "{\"ru\":{\"text\":\"x\",\"buttons\":[");
    for (int i = 0; i < rows; i++) {
        buf_adds(b, i > 0 ? ",[" : "[");
        for (int k = 0; k < width; k++)
            buf_addf(b, "%s%s", k > 0 ? "," : "", one);
        buf_addc(b, ']');
    }
    buf_adds(b, "]}}");
}

#define MENU "{\"text\":\"a\",\"do\":\"menu\"}"

static void test_numbers_of_buttons(void **state)
{
    struct buf b = {0};

    (void)state;
    keyboard(&b, CONTENT_ROWS_MAX, 2, MENU);
    fine(b.s);
    keyboard(&b, CONTENT_ROWS_MAX + 1, 1, MENU);
    wrong(b.s, "too_many", "/ru/buttons");
    keyboard(&b, 1, CONTENT_ROW_MAX, MENU);
    fine(b.s);
    keyboard(&b, 1, CONTENT_ROW_MAX + 1, MENU);
    wrong(b.s, "too_many", "/ru/buttons/0");
    keyboard(&b, 6, 3, MENU);
    wrong(b.s, "too_many", "/ru/buttons/5");
    buf_free(&b);
}

static void test_length_of_a_label(void **state)
{
    struct buf b = {0}, one = {0};

    (void)state;
    for (int n = CONTENT_BUTTON_TEXT_MAX; n <= CONTENT_BUTTON_TEXT_MAX + 1; n++) {
        buf_clear(&one);
        buf_adds(&one, "{\"text\":\"");
        repeat(&one, "😀", n);
        buf_adds(&one, "\",\"do\":\"menu\"}");
        keyboard(&b, 1, 1, one.s);
        if (n == CONTENT_BUTTON_TEXT_MAX)
            fine(b.s);
        else
            wrong(b.s, "too_long", "/ru/buttons/0/0/text");
    }
    keyboard(&b, 1, 1,
             "{\"text\":\"{{first_name}} 1234567890123456789012!\",\"do\":\"menu\"}");
    fine(b.s);
    keyboard(&b, 1, 1,
             "{\"text\":\"{{first_name}} 12345678901234567890123!\",\"do\":\"menu\"}");
    wrong(b.s, "too_long", "/ru/buttons/0/0/text");
    buf_free(&b);
    buf_free(&one);
}

/* All buttons together are one parameter, and that has a limit. */
static void test_bytes_of_a_keyboard(void **state)
{
    struct buf b = {0}, one = {0};

    (void)state;
    buf_adds(&one, "{\"text\":\"a\",\"url\":\"https://a.ru/");
    repeat(&one, "x", 1800);
    buf_adds(&one, "\"}");
    keyboard(&b, 5, 1, one.s);
    fine(b.s);
    keyboard(&b, 6, 1, one.s);
    wrong(b.s, "too_long", "/ru/buttons");
    buf_free(&b);
    buf_free(&one);
}

static void test_length_of_the_whole(void **state)
{
    struct buf b = {0};

    (void)state;
    for (int more = 0; more <= 1; more++) {
        buf_clear(&b);
        for (int i = 0; i < 2; i++) {
            buf_adds(&b, i == 0 ? "{\"ru\":{\"text\":\"" : "\"},\"en\":{\"text\":\"");
            for (int k = 0; k < 90; k++)
                buf_addf(&b, "<a href=\\\"https://a.ru/%0*d\\\">x</a>",
                         more == 1 || i == 0 ? 250 : 200, 7);
        }
        buf_adds(&b, "\"}}");
        if (more == 0)
            fine(b.s);
        else
            wrong(b.s, "too_long", "");
    }
    buf_free(&b);
}

/* ---- addresses ---------------------------------------------------------------------- */

static const char *const urls_good[] = {
    "https://a.ru",
    "http://a.ru/b?c=d&e=f#g",
    "https://a.ru:8443/x",
    "https://мармелад.рф/каталог",
    "https://1.2.3.4/",
    "https://a-b.c-d.ru/@name/x:y",
    "https://t.me/shop_bot?start=c_Abc-1_2",
    "tg://resolve?domain=x",
};

static const char *const urls_bad[] = {
    "",
    "a.ru",
    "//a.ru",
    "ftp://a.ru",
    "javascript:alert(1)",
    "data:text/html,x",
    "HTTPS://a.ru",
    " https://a.ru",
    "https://a.ru ",
    "https://a.ru/a b",
    "https://a.ru/\\n",
    "https://a.ru/\\u0000",
    "https://a.ru/\\u202e",
    "https://a.ru/\\u200b",
    "https://a.ru/\\u00a0",
    "https://a.ru/\\\"x",
    "https://a.ru/<x>",
    "https://a.ru\\\\@b.ru",
    "https://user@a.ru",
    "https://user:pass@a.ru/",
    "https://a.ru@b.ru/",
    "https://",
    "https:///x",
    "https://localhost/x",
    "https://.ru",
    "https://a.",
    "https://a..ru",
    "https://-a.ru",
    "https://a.ru:",
    "https://a.ru:0x50",
    "https://a.ru:65536",
    "https://a.ru:123456",
    "https://[::1]/",
    "https://a.ru/{{first_name}}",
    "tg://",
    "https://t.me/shop_bot?start=",
    "https://t.me/shop_bot?start=a%20b",
    "https://t.me/b?start=12345678901234567890123456789012345678901234567890"
    "123456789012345",
};

static void test_addresses(void **state)
{
    char json[400];

    (void)state;
    for (size_t i = 0; i < COUNT(urls_good) + COUNT(urls_bad); i++) {
        bool is_good = i < COUNT(urls_good);

        snprintf(json, sizeof(json),
                 "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"url\":\"%s\"}"
                 "]]}}",
                 is_good ? urls_good[i] : urls_bad[i - COUNT(urls_good)]);
        if (is_good)
            fine(json);
        else
            wrong(json, "bad_url", "/ru/buttons/0/0/url");
    }
    wrong("{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"url\":5}]]}}",
          "wrong_type", "/ru/buttons/0/0/url");
}

static void test_length_of_an_address(void **state)
{
    struct buf b = {0}, one = {0};

    (void)state;
    for (int more = 0; more <= 1; more++) {
        buf_clear(&one);
        buf_adds(&one, "{\"text\":\"a\",\"url\":\"https://a.ru/");
        repeat(&one, "x", CONTENT_URL_MAX - 13 + more);
        buf_adds(&one, "\"}");
        keyboard(&b, 1, 1, one.s);
        if (more == 0)
            fine(b.s);
        else
            wrong(b.s, "too_long", "/ru/buttons/0/0/url");
    }
    buf_free(&b);
    buf_free(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_length_of_a_text),
        cmocka_unit_test(test_length_with_the_longest_values),
        cmocka_unit_test(test_length_of_a_fallback),
        cmocka_unit_test(test_bytes_and_tags),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_numbers_of_buttons),
        cmocka_unit_test(test_length_of_a_label),
        cmocka_unit_test(test_bytes_of_a_keyboard),
        cmocka_unit_test(test_length_of_the_whole),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_length_of_an_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
