/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The stand-in's reading of Telegram's HTML, of entities, of text and of its length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/botapi/text.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void html_gives(const char *html, const char *text, const char *entities)
{
    struct text t = {0};
    struct buf why = {0}, json = {0};

    if (!text_html(&t, html, strlen(html), &why))
        fail_msg("%s: %s", html, why.s);
    text_clean(&t);
    text_entities_json(&t, &json);
    assert_string_equal(t.s.s, text);
    assert_string_equal(json.s, entities);
    buf_free(&json);
    buf_free(&why);
    text_free(&t);
}

static void test_tags_become_entities(void **state)
{
    (void)state;
    html_gives("plain", "plain", "[]");
    html_gives("<b>a</b><strong>b</strong>", "ab",
               "[{\"offset\":0,\"length\":1,\"type\":\"bold\"},"
               "{\"offset\":1,\"length\":1,\"type\":\"bold\"}]");
    html_gives("x<i>a<u>b</u></i>", "xab",
               "[{\"offset\":1,\"length\":2,\"type\":\"italic\"},"
               "{\"offset\":2,\"length\":1,\"type\":\"underline\"}]");
    html_gives("<A HREF='https://x/?a=1&amp;b=\"'>t</a>", "t",
               "[{\"offset\":0,\"length\":1,\"type\":\"text_link\","
               "\"url\":\"https://x/?a=1&b=\\\"\"}]");
    html_gives("<pre><code class=\"language-c\">int</code></pre>", "int",
               "[{\"offset\":0,\"length\":3,\"type\":\"pre\",\"language\":\"c\"}]");
    html_gives("<code class=\"language-c\">int</code>", "int",
               "[{\"offset\":0,\"length\":3,\"type\":\"code\"}]");
    html_gives("<span class=\"tg-spoiler\">s</span><tg-spoiler>t</tg-spoiler>", "st",
               "[{\"offset\":0,\"length\":1,\"type\":\"spoiler\"},"
               "{\"offset\":1,\"length\":1,\"type\":\"spoiler\"}]");
    html_gives("<blockquote expandable>q</blockquote>", "q",
               "[{\"offset\":0,\"length\":1,\"type\":\"expandable_blockquote\"}]");
    html_gives("<tg-time unix=\"1784000000\">31.12</tg-time>", "31.12",
               "[{\"offset\":0,\"length\":5,\"type\":\"date_time\","
               "\"unix_time\":1784000000}]");
    html_gives("<b></b>nothing inside", "nothing inside", "[]");
}

/* Beyond the first plane a character is two units, whatever its bytes. */
static void test_offsets_are_utf16_units(void **state)
{
    (void)state;
    html_gives("😀я<b>ж😀</b>", "😀яж😀",
               "[{\"offset\":3,\"length\":3,\"type\":\"bold\"}]");
}

static void test_named_and_numeric_characters(void **state)
{
    (void)state;
    html_gives("&lt;b&gt; &amp;amp; &quot;&#1103;&#x1F600;", "<b> &amp; \"я😀", "[]");
    html_gives("&nbsp; & &; &#0; &#xD800;", "&nbsp; & &; &#0; &#xD800;", "[]");
}

static void test_broken_markup_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"<b>x", "Can't find end tag corresponding to start tag \"b\""},
        {"x</b>", "Unexpected end tag at byte offset 1"},
        {"<b>x</i>", "expected \"</b>\", found \"</i>\""},
        {"<p>x</p>", "Unsupported start tag \"p\" at byte offset 0"},
        {"я<br>", "Unsupported start tag \"br\" at byte offset 2"},
        {"a < b", "Unsupported start tag \"\" at byte offset 2"},
        {"<b", "Unclosed start tag"},
        {"<a href=\"x>t</a>", "Unclosed start tag"},
        {"<a =\"x\">t</a>", "Empty attribute name"},
        {"<b>x</b", "Unclosed end tag"},
        {"<span class=\"x\">t</span>", "tg-spoiler"},
        {"<tg-emoji>x</tg-emoji>", "Custom emoji identifier"},
        {"<tg-time unix=\"soon\">x</tg-time>", "Invalid date"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text t = {0};
        struct buf why = {0};

        if (text_html(&t, cases[i][0], strlen(cases[i][0]), &why))
            fail_msg("passed: %s", cases[i][0]);
        if (strstr(why.s, cases[i][1]) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i][0], why.s, cases[i][1]);
        buf_free(&why);
        text_free(&t);
    }
}

/* Every prefix of a long piece of markup is read or refused, never overrun. */
static void test_prefixes_are_harmless(void **state)
{
    static const char html[] = "<b>a<i>😀</i></b>&lt;<a href='x'>l</a><pre><code "
                               "class=\"language-c\">x</code></pre>&#x1F600;</b";

    (void)state;
    for (size_t n = 0; n < sizeof html; n++) {
        struct text t = {0};
        struct buf why = {0};
        bool ok = text_html(&t, html, n, &why);

        assert_true(ok || why.len > 0);
        buf_free(&why);
        text_free(&t);
    }
}

static void given(const char *text, const char *entities, bool fine)
{
    struct text t = {0};
    struct buf why = {0};
    struct jv v = {0};

    assert_true(jv_parse(entities, strlen(entities), &v));
    if (text_given(&t, text, strlen(text), v, &why) != fine)
        fail_msg("%s %s: %s", text, entities, fine ? why.s : "passed");
    buf_free(&why);
    text_free(&t);
}

static void test_given_entities_stay_inside_the_text(void **state)
{
    (void)state;
    given("ab", "[{\"type\":\"bold\",\"offset\":0,\"length\":2}]", true);
    given("😀b", "[{\"type\":\"bold\",\"offset\":2,\"length\":1}]", true);
    given("ab", "[{\"type\":\"bold\",\"offset\":1,\"length\":2}]", false);
    given("ab", "[{\"type\":\"bold\",\"offset\":-1,\"length\":1}]", false);
    given("ab", "[{\"type\":\"bold\",\"offset\":0,\"length\":0}]", false);
    given("ab", "[{\"type\":\"bold\",\"offset\":9223372036854775807,\"length\":2}]",
          false);
    given("ab", "[{\"type\":\"loud\",\"offset\":0,\"length\":1}]", false);
    given("😀b", "[{\"type\":\"bold\",\"offset\":1,\"length\":1}]", false);
    given("😀b", "[{\"type\":\"bold\",\"offset\":0,\"length\":1}]", false);
}

static void test_cleaning_moves_entities(void **state)
{
    (void)state;
    html_gives("  a\r\n<b>b</b>\t\n ", "a\nb",
               "[{\"offset\":2,\"length\":1,\"type\":\"bold\"}]");
    html_gives("<b>  x  </b>", "x", "[{\"offset\":0,\"length\":1,\"type\":\"bold\"}]");
    html_gives("\xE2\x80\xAE<i>bidi\x01</i>", "bidi",
               "[{\"offset\":0,\"length\":4,\"type\":\"italic\"}]");
    html_gives("x<b> </b>", "x", "[]");
}

static void found(const char *text, const char *entities)
{
    struct text t = {0};
    struct buf json = {0};

    buf_adds(&t.s, text);
    text_find(&t);
    text_entities_json(&t, &json);
    assert_string_equal(json.s, entities);
    buf_free(&json);
    text_free(&t);
}

static void test_commands_and_links_are_found(void **state)
{
    (void)state;
    found("/start q_1", "[{\"offset\":0,\"length\":6,\"type\":\"bot_command\"}]");
    found("/a@some_bot", "[{\"offset\":0,\"length\":11,\"type\":\"bot_command\"}]");
    found("1/2 a/b", "[]");
    found("я https://x.ru/a?b=1.", "[{\"offset\":2,\"length\":18,\"type\":\"url\"}]");
    found("t.me/shop", "[{\"offset\":0,\"length\":9,\"type\":\"url\"}]");
    found("@shop #скидка", "[{\"offset\":0,\"length\":5,\"type\":\"mention\"},"
                           "{\"offset\":6,\"length\":7,\"type\":\"hashtag\"}]");
    found("a@b.ru", "[]");
}

static void test_length_is_counted_in_units(void **state)
{
    struct text t = {0};

    (void)state;
    for (int i = 0; i < 2048; i++)
        buf_adds(&t.s, "😀");
    assert_int_equal(text_units(&t), 4096);
    buf_adds(&t.s, "я");
    assert_int_equal(text_units(&t), 4097);
    text_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags_become_entities),
        cmocka_unit_test(test_offsets_are_utf16_units),
        cmocka_unit_test(test_named_and_numeric_characters),
        cmocka_unit_test(test_broken_markup_is_refused),
        cmocka_unit_test(test_prefixes_are_harmless),
        cmocka_unit_test(test_given_entities_stay_inside_the_text),
        cmocka_unit_test(test_cleaning_moves_entities),
        cmocka_unit_test(test_commands_and_links_are_found),
        cmocka_unit_test(test_length_is_counted_in_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
