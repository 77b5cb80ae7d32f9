/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The longest message that may be read, and names that mean harm, become calls that the
 * Bot API allows. */
#include "tests/unit/wording_allowed.h"

/* ---- the longest -------------------------------------------------------------------- */

static void test_callback_data_fits(void **state)
{
    struct wording w = how();

    (void)state;
    w.number = INT64_MAX;
    w.way_out = true;
    for (int d = CONTENT_DO_WALLET; d < CONTENT_DOS; d++) {
        char json[200];

        snprintf(
            json, sizeof(json),
            "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"do\":\"%s\"}]]"
            "}}",
            content_do_name((enum content_do)d));
        assert_int_equal(make(json, &w, &maria), ST_OK);
        assert_non_null(strstr(worded.body.s, ":1y2p0ij32e8e7\"}"));
        free(allowed(&worded));
    }
}

static void repeat(struct buf *b, const char *s, int n)
{
    for (int i = 0; i < n; i++)
        buf_adds(b, s);
}

static char footer_longest[4 * 300 + 1];

/* As long as it may be read, with the longest values, footer and way out. */
static size_t longest(const char *json, const struct content_person *who)
{
    struct wording w = how();
    char *seen;
    size_t n;

    w.footer = footer_longest;
    w.way_out = true;
    w.number = INT64_MAX;
    assert_int_equal(make(json, &w, who), ST_OK);
    seen = allowed(&worded);
    n = utf16_len(seen, strlen(seen));
    free(seen);
    return n;
}

static void test_the_longest_message_fits(void **state)
{
    char wide[400] = "", thin[400] = "";
    const struct content_person hostile[] = {
        {.first_name = wide, .code = wide, .lang = 0},
        {.first_name = thin, .code = thin, .lang = 1},
    };
    struct buf b = {0};

    (void)state;
    repeat(&b, "<", 80);
    snprintf(wide, sizeof(wide), "%s", b.s);
    buf_clear(&b);
    repeat(&b, "Щ", 80);
    snprintf(thin, sizeof(thin), "%s", b.s);
    buf_clear(&b);
    repeat(&b, "&", 300);
    snprintf(footer_longest, sizeof(footer_longest), "%s", b.s);
    for (int media = 0; media < 3; media++) {
        int max = (media == 0 ? CONTENT_TEXT_MAX : CONTENT_CAPTION_MAX) -
                  CONTENT_TAIL_MAX - content_variables[0].max;

        buf_clear(&b);
        buf_adds(&b, "{\"ru\":{\"text\":\"{{first_name}}");
        repeat(&b, "\\\"", max);
        buf_addf(&b, "\"%s}}",
                 media == 0   ? ""
                 : media == 1 ? ",\"media\":[1]"
                              : ",\"media\":[1,2,3]");
        for (size_t i = 0; i < COUNT(hostile); i++) {
            size_t n = longest(b.s, &hostile[i]);
            size_t room = media == 0 ? CONTENT_TEXT_MAX : CONTENT_CAPTION_MAX;

            assert_true(n <= room && n + 40 > room); /* and no room is wasted */
        }
    }
    buf_free(&b);
}

static void test_the_longest_keyboard_fits(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, "{\"ru\":{\"text\":\"x\",\"buttons\":[");
    for (int i = 0; i < CONTENT_ROWS_MAX; i++)
        for (int k = 0; k < 2; k++) {
            buf_addf(&b, "%s{\"text\":\"", k > 0 ? "," : i > 0 ? ",[" : "[");
            repeat(&b, "😀", CONTENT_BUTTON_TEXT_MAX);
            buf_adds(&b, "\",\"url\":\"https://a.ru/");
            repeat(&b, "y", 250);
            buf_adds(&b, k > 0 ? "\"}]" : "\"}");
        }
    buf_adds(&b, "]}}");
    longest(b.s, &maria);
    buf_free(&b);
}

/* ---- names that mean harm ----------------------------------------------------------- */

static void test_hostile_names_change_nothing(void **state)
{
    FILE *f = fopen("tests/data/names.txt", "r");
    char line[2000];
    int n = 0;

    (void)state;
    assert_non_null(f);
    for (; fgets(line, sizeof(line), f) != NULL; n++) {
        struct content_person who = {.first_name = line, .store = line};
        struct wording w = how();
        struct buf shown = {0};
        char *seen;

        line[strcspn(line, "\n")] = '\0';
        w.footer = line;
        assert_int_equal(
            make("{\"ru\":{\"text\":\"[<b>{{first_name|я}}</b>]\",\"buttons\""
                 ":[[{\"text\":\"!{{store|x}}\",\"do\":\"menu\"}]]}}",
                 &w, &who),
            ST_OK);
        seen = allowed(&worded);
        utf_add_name(&shown, line, strlen(line), 8);
        assert_true(seen[0] == '[' && strchr(seen, ']') != NULL);
        if (shown.len > 0)
            assert_memory_equal(seen + 1, shown.s, shown.len);
        else
            assert_memory_equal(seen, "[я]", strlen("[я]"));
        buf_free(&shown);
        free(seen);
    }
    fclose(f);
    assert_true(n >= 20);
}

/* ---- texts that mean harm ------------------------------------------------------------- */

/* In each place of a content where somebody could write it. */
static const char *const places[] = {
    "{\"ru\":{\"text\":%s}}",
    "{\"ru\":{\"media\":[1],\"text\":%s}}",
    "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"do\":\"menu\",\"text\":%s}]]}}",
    "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"url\":%s}]]}}",
    "{\"ru\":{\"text\":\"x\",\"buttons\":[[{\"text\":\"a\",\"do\":%s}]]}}",
    "{\"ru\":{\"text\":\"x\",%s:1}}",
};
static const char *const wraps[] = {
    "%s",
    "x %s y",
    "<b>%s</b>",
    "<a href=\"%s\">x</a>",
    "<a href=\"https://shop.ru/%s\">x</a>",
    "{{first_name|%s}}x",
    "{{%s}}",
    "<%s>x</%s>",
    "https://shop.ru/%s",
};

static void fill(struct buf *out, const char *form, const char *with)
{
    buf_clear(out);
    for (const char *s = form; *s != '\0'; s++)
        if (s[0] == '%' && s[1] == 's') {
            buf_adds(out, with);
            s++;
        } else
            buf_addc(out, *s);
}

/* Either it is refused, or it becomes a call that the Bot API allows, to exactly the chat
 * it was meant for. */
static bool harmless(const char *json)
{
    struct json *o = json_parse(json, strlen(json)), *body;
    struct content_faults faults;
    struct content *c = NULL;
    struct wording w = how();
    enum status st = content_read(o, true, &c, &faults);

    json_free(o);
    if (st == ST_REFUSED)
        return false;
    assert_int_equal(st, ST_OK);
    assert_int_equal(content_render(c, &maria, NULL, &rendered), ST_OK);
    w.way_out = true;
    assert_int_equal(wording_make(&rendered, &w, &worded), ST_OK);
    free(allowed(&worded));
    body = json_parse(worded.body.s, worded.body.len);
    assert_int_equal(json_int_or(body, "chat_id", 0), w.chat);
    assert_null(strstr(worded.body.s, "\"url\":\"java"));
    json_free(body);
    content_free(c);
    return true;
}

static void test_texts_that_mean_harm(void **state)
{
    FILE *f = fopen("tests/data/injections.txt", "r");
    struct buf text = {0}, quoted = {0}, json = {0};
    char line[500];
    int taken = 0, refused = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 0; i < COUNT(wraps) * COUNT(places); i++) {
            bool fine;

            fill(&text, wraps[i / COUNT(places)], line);
            buf_clear(&quoted);
            buf_add_json(&quoted, text.s, text.len);
            fill(&json, places[i % COUNT(places)], quoted.s);
            fine = harmless(json.s);
            taken += fine;
            refused += !fine;
        }
    }
    fclose(f);
    assert_true(taken > 300 && refused > 1500);
    buf_free(&text);
    buf_free(&quoted);
    buf_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callback_data_fits),
        cmocka_unit_test(test_the_longest_message_fits),
        cmocka_unit_test(test_the_longest_keyboard_fits),
        cmocka_unit_test(test_hostile_names_change_nothing),
        cmocka_unit_test(test_texts_that_mean_harm),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
