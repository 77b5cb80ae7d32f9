/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Every sentence in every language: there, used, with the same placeholders, within
 * Telegram's limits with the longest values, and still HTML with hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/utf.h"
#include "worker/text.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 16
#define LABEL_MAX 20 /* characters on a phone, two buttons a row */

/* ---- placeholders --------------------------------------------------------------- */

struct names {
    char name[NAMES_MAX][32];
    int n;
};

static void names_add(struct names *out, const char *s, size_t n)
{
    int i;

    assert_true(n > 0 && n < sizeof(out->name[0]));
    for (i = 0; i < out->n; i++)
        if (strlen(out->name[i]) == n && memcmp(out->name[i], s, n) == 0)
            return;
    assert_true(out->n < NAMES_MAX);
    memcpy(out->name[out->n], s, n);
    out->name[out->n++][n] = '\0';
}

static int names_order(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Of a text, each once, sorted; also checks the braces and the forms of plurals. */
static struct names names_of(const char *s, enum lang lang)
{
    struct names out = {0};
    const char *open, *close, *colon;

    while ((open = strchr(s, '{')) != NULL) {
        close = strchr(open, '}');
        assert_non_null(close);
        colon = memchr(open, ':', (size_t)(close - open));
        names_add(&out, open + 1, (size_t)((colon != NULL ? colon : close) - open - 1));
        if (colon != NULL) {
            int bars = 0;
            const char *c;

            for (c = colon; c < close; c++)
                bars += *c == '|';
            if (bars != (lang == LANG_RU ? 2 : 1))
                fail_msg("wrong number of forms in: %s", s);
        }
        s = close + 1;
    }
    assert_null(strchr(s, '}'));
    qsort(out.name, (size_t)out.n, sizeof(out.name[0]), names_order);
    return out;
}

static void test_nothing_is_missing(void **state)
{
    int lang, key;

    (void)state;
    for (lang = 0; lang < LANG_COUNT; lang++)
        for (key = TEXT_NOTHING + 1; key < TEXT_COUNT; key++)
            if (text_get(lang, key) == NULL || text_get(lang, key)[0] == '\0')
                fail_msg("%s has no text number %d", lang_code(lang), key);
}

static void test_placeholders_are_the_same(void **state)
{
    int key;

    (void)state;
    for (key = 0; key < TEXT_COUNT; key++) {
        struct names ru = names_of(text_get(LANG_RU, key), LANG_RU);
        struct names en = names_of(text_get(LANG_EN, key), LANG_EN);

        if (ru.n != en.n || memcmp(ru.name, en.name, sizeof(ru.name)) != 0)
            fail_msg("placeholders differ: %s / %s", text_get(LANG_RU, key),
                     text_get(LANG_EN, key));
    }
}

/* ---- limits and HTML ------------------------------------------------------------ */

/* Fills every placeholder with the same value. */
static char *filled(int lang, int key, const char *value, bool html)
{
    struct names names = names_of(text_get(lang, key), lang);
    struct text_arg args[NAMES_MAX];
    struct buf b = {0};
    int i;

    for (i = 0; i < names.n; i++)
        args[i] = T_TEXT(names.name[i], value);
    if (html)
        text_add_args(&b, lang, key, args, (size_t)names.n);
    else
        text_add_plain_args(&b, lang, key, args, (size_t)names.n);
    assert_false(b.failed);
    if (b.s == NULL)
        buf_adds(&b, "");
    return b.s != NULL ? b.s : strdup("");
}

/* Telegram's HTML as strict as it gets: our four tags, closed in order, and no bare
 * < > & outside them. */
static bool html_valid(const char *s)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};
    static const char *const tags[] = {"b", "i", "code", "a"};
    char open[8][8];
    int depth = 0;
    size_t i, n;

    for (; *s != '\0'; s++) {
        if (*s == '>')
            return false;
        if (*s == '&') {
            for (i = 0; i < 4 && strncmp(s, entities[i], strlen(entities[i])) != 0; i++)
                ;
            if (i == 4)
                return false;
        }
        if (*s != '<')
            continue;
        n = strcspn(s, ">");
        if (s[n] == '\0' || n > 8)
            return false;
        for (i = 0; i < 4; i++) {
            size_t m = strlen(tags[i]);

            if (n == m + 1 && strncmp(s + 1, tags[i], m) == 0) {
                snprintf(open[depth++], sizeof(open[0]), "%s", tags[i]);
                break;
            }
            if (n == m + 2 && s[1] == '/' && strncmp(s + 2, tags[i], m) == 0) {
                if (depth == 0 || strcmp(open[--depth], tags[i]) != 0)
                    return false;
                break;
            }
        }
        if (i == 4 || depth > 7)
            return false;
        s += n;
    }
    return depth == 0;
}

static void test_the_html_check_can_fail(void **state)
{
    (void)state;
    assert_true(html_valid("<b>a &amp; b</b> <code>x</code>"));
    assert_false(html_valid("a & b"));
    assert_false(html_valid("<b>a"));
    assert_false(html_valid("<b><code>a</b></code>"));
    assert_false(html_valid("a > b"));
    assert_false(html_valid("<script>x</script>"));
    assert_false(html_valid("</b>"));
}

static char *name_cleaned(const char *s)
{
    struct buf b = {0};

    utf_add_name(&b, s, strlen(s), 64);
    if (b.s == NULL)
        return strdup("");
    return b.s;
}

static void check_names_line(const char *line)
{
    char *name = name_cleaned(line);
    int lang, key;

    for (lang = 0; lang < LANG_COUNT; lang++)
        for (key = 0; key < TEXT_ALERTS; key++) {
            char *s = filled(lang, key, name, true);

            if (!html_valid(s))
                fail_msg("not HTML any more: %s", s);
            free(s);
        }
    free(name);
}

static void test_hostile_names_keep_the_html(void **state)
{
    FILE *f = fopen("tests/data/names.txt", "r");
    char line[2000];
    int n = 0;

    (void)state;
    assert_non_null(f);
    for (; fgets(line, sizeof(line), f) != NULL; n++) {
        line[strcspn(line, "\n")] = '\0';
        check_names_line(line);
    }
    fclose(f);
    assert_true(n >= 20);
}

/* The longest there is: 64 characters of two units each, escaped or not. */
static void test_longest_values_fit(void **state)
{
    char wide[64 * 4 + 1];
    int lang, key, i;

    (void)state;
    for (i = 0; i < 64; i++)
        snprintf(wide + 4 * i, 5, "%s", "😀");
    for (lang = 0; lang < LANG_COUNT; lang++)
        for (key = 0; key < TEXT_COUNT; key++) {
            char *s = filled(lang, key, wide, key < TEXT_ALERTS);
            size_t n = utf16_len(s, strlen(s));

            assert_true(n <= 4096);
            if (key >= TEXT_CAPTIONS && key < TEXT_ALERTS)
                assert_true(n <= 1024);
            if (key >= TEXT_ALERTS && key < TEXT_BUTTONS)
                assert_true(n <= 200);
            free(s);
        }
}

static void test_sentences_are_short(void **state)
{
    int lang, key;

    (void)state;
    for (lang = 0; lang < LANG_COUNT; lang++)
        for (key = 0; key < TEXT_COUNT; key++) {
            const char *s = text_get(lang, key);
            int lines = 1;

            for (; *s != '\0'; s++)
                lines += *s == '\n';
            assert_true(lines <= 8);
        }
}

static size_t characters(const char *s)
{
    size_t n = 0;

    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static void test_labels_fit_a_button(void **state)
{
    int lang, key;

    (void)state;
    for (lang = 0; lang < LANG_COUNT; lang++)
        for (key = TEXT_BUTTONS; key < TEXT_COUNT; key++) {
            char *s = filled(lang, key, "12,5 %", false);

            if (characters(s) > LABEL_MAX + 1)
                fail_msg("%zu characters: %s", characters(s), s);
            if (strpbrk(s, "<>&") != NULL)
                fail_msg("markup in a plain label: %s", s);
            free(s);
        }
}

/* ---- every key is used ---------------------------------------------------------- */

static char *sources(void)
{
    static const char *const where[] = {"worker/*.c", "worker/client/*.c",
                                        "worker/cashier/*.c"};
    struct buf all = {0};
    size_t i, k;

    for (i = 0; i < 3; i++) {
        glob_t g;

        assert_int_equal(glob(where[i], 0, NULL, &g), 0);
        for (k = 0; k < g.gl_pathc; k++) {
            char chunk[4096];
            size_t n;
            FILE *f;

            if (strstr(g.gl_pathv[k], "worker/text_") != NULL)
                continue;
            f = fopen(g.gl_pathv[k], "r");
            assert_non_null(f);
            while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
                buf_add(&all, chunk, n);
            fclose(f);
        }
        globfree(&g);
    }
    assert_false(all.failed);
    return all.s;
}

/* As a whole word: TEXT_MENU is not used by TEXT_MENU_OLD. */
static bool word_in(const char *all, const char *word)
{
    size_t n = strlen(word);
    const char *s = all;

    while ((s = strstr(s, word)) != NULL) {
        char next = s[n];

        if (!(next == '_' || (next >= 'A' && next <= 'Z') ||
              (next >= '0' && next <= '9')))
            return true;
        s += n;
    }
    return false;
}

/* The keys of one section, each in some sentence of the programs; how many. */
static int keys_used(const char *path, const char *all)
{
    FILE *f = fopen(path, "r");
    char line[200], key[100];
    int n = 0;

    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, " %99[A-Z0-9_],", key) != 1)
            continue;
        n++;
        /* months and weekdays are reached by number from the first */
        if (strncmp(key, "TEXT_MONTH_", 11) != 0 &&
            strncmp(key, "TEXT_WEEKDAY_", 13) != 0 &&
            strncmp(key, "BTN_MONTH_", 10) != 0 && !word_in(all, key))
            fail_msg("%s is in no sentence", key);
    }
    fclose(f);
    return n;
}

static void test_every_key_is_used(void **state)
{
    static const char *const sections[] = {"both", "client", "till", "card", "short"};
    char *all = sources(), path[64];
    int n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        snprintf(path, sizeof(path), "worker/text/key_%s.inc", sections[i]);
        n += keys_used(path, all);
    }
    free(all);
    assert_int_equal(n, TEXT_COUNT);
}

/* ---- plurals, languages --------------------------------------------------------- */

static void check_wallet(int lang, int64_t n, const char *want)
{
    struct buf b = {0};

    text_add_plain(&b, lang, TEXT_WALLET_ACTIVE, T_INT("n", n));
    assert_string_equal(b.s, want);
    buf_free(&b);
}

static void test_plurals(void **state)
{
    (void)state;
    check_wallet(LANG_RU, 1, "🎁 Действует 1 скидка:");
    check_wallet(LANG_RU, 2, "🎁 Действуют 2 скидки:");
    check_wallet(LANG_RU, 5, "🎁 Действует 5 скидок:");
    check_wallet(LANG_RU, 11, "🎁 Действует 11 скидок:");
    check_wallet(LANG_RU, 14, "🎁 Действует 14 скидок:");
    check_wallet(LANG_RU, 21, "🎁 Действует 21 скидка:");
    check_wallet(LANG_RU, 104, "🎁 Действуют 104 скидки:");
    check_wallet(LANG_RU, 112, "🎁 Действует 112 скидок:");
    check_wallet(LANG_RU, 0, "🎁 Действует 0 скидок:");
    check_wallet(LANG_EN, 1, "🎁 You have 1 active discount:");
    check_wallet(LANG_EN, 0, "🎁 You have 0 active discounts:");
    check_wallet(LANG_EN, 21, "🎁 You have 21 active discounts:");
}

static void test_guessing_the_language(void **state)
{
    static const struct {
        const char *code;
        enum lang lang;
    } codes[] = {
        {"ru", LANG_RU}, {"ru-RU", LANG_RU}, {"uk", LANG_RU},
        {"be", LANG_RU}, {"kk", LANG_RU},    {"RU", LANG_RU},
        {"en", LANG_EN}, {"en_US", LANG_EN}, {"en-GB", LANG_EN},
        {"de", LANG_EN}, {"rus", LANG_EN},   {"r", LANG_EN},
        {"", LANG_RU},   {NULL, LANG_RU},    {"zh-hans", LANG_EN},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        assert_int_equal(lang_guess(codes[i].code), codes[i].lang);
    assert_int_equal(lang_find("en"), LANG_EN);
    assert_int_equal(lang_find("ru"), LANG_RU);
    assert_int_equal(lang_find(""), LANG_RU);
    assert_int_equal(lang_find(NULL), LANG_RU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_missing),
        cmocka_unit_test(test_placeholders_are_the_same),
        cmocka_unit_test(test_the_html_check_can_fail),
        cmocka_unit_test(test_hostile_names_keep_the_html),
        cmocka_unit_test(test_longest_values_fit),
        cmocka_unit_test(test_sentences_are_short),
        cmocka_unit_test(test_labels_fit_a_button),
        cmocka_unit_test(test_every_key_is_used),
        cmocka_unit_test(test_plurals),
        cmocka_unit_test(test_guessing_the_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
