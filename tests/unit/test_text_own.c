/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The bots' own texts as a shop sees them: each with a key of its own, each standard one
 * fit to stand for itself, and what may stand in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/text_own.h"

#include <stdio.h>
#include <string.h>

static const struct own_text *texts;
static int texts_n;

static int opened(void **state)
{
    (void)state;
    assert_int_equal(text_own_known(), TEXT_COUNT);
    texts = own_texts(&texts_n);
    assert_int_equal(texts_n, TEXT_COUNT);
    return 0;
}

static void each_has_a_key_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < texts_n; i++) {
        assert_true(strncmp(texts[i].key, "bot.", 4) == 0);
        assert_ptr_equal(own_text_find(texts[i].key), &texts[i]);
        assert_true(strlen(texts[i].key) < 64);
    }
    assert_ptr_equal(own_text_find("bot.client.menu"), &texts[TEXT_MENU]);
    assert_ptr_equal(own_text_find("bot.button.menu"), &texts[BTN_MENU]);
    assert_ptr_equal(own_text_find("bot.both.failed"), &texts[TEXT_FAILED]);
    assert_ptr_equal(own_text_find("bot.card.valid"), &texts[CARD_VALID]);
    assert_ptr_equal(own_text_find("bot.caption.used"), &texts[CAPTION_USED]);
    assert_ptr_equal(own_text_find("bot.alert.repair"), &texts[ALERT_REPAIR]);
    assert_ptr_equal(own_text_find("bot.till.report"), &texts[TEXT_REPORT]);
    assert_string_equal(texts[TEXT_MENU].words.ru, text_get(LANG_RU, TEXT_MENU));
    assert_null(own_text_find("bot.client.nothing_such"));
}

/* Two languages of {"text":…}; NULL: none. */
static struct json *content_of(const char *ru, const char *en)
{
    struct json *o = json_new_object(), *side;

    if (ru != NULL) {
        json_set_text(side = json_new_object(), "text", ru);
        json_set(o, "ru", side);
    }
    if (en != NULL) {
        json_set_text(side = json_new_object(), "text", en);
        json_set(o, "en", side);
    }
    return o;
}

static enum status checked(const struct own_text *t, const char *ru, const char *en,
                           struct content_faults *faults)
{
    struct json *from = content_of(ru, en), *canonical = NULL;
    enum status st;

    *faults = (struct content_faults){0};
    st = own_text_check(t, from, &canonical, faults);
    assert_true((st == ST_OK) == (canonical != NULL));
    json_free(canonical);
    json_free(from);
    return st;
}

static void every_standard_text_would_do_itself(void **state)
{
    struct content_faults faults;

    (void)state;
    for (int i = TEXT_NOTHING + 1; i < texts_n; i++)
        if (checked(&texts[i], texts[i].words.ru, texts[i].words.en, &faults) != ST_OK)
            fail_msg("%s: %s %s", texts[i].key, faults.fault[0].pointer,
                     faults.fault[0].code);
}

static void expect(enum text_key key, const char *ru, const char *code)
{
    struct content_faults faults;
    enum status st = checked(&texts[key], ru, NULL, &faults);

    if (code == NULL) {
        assert_int_equal(st, ST_OK);
        return;
    }
    assert_int_equal(st, ST_REFUSED);
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.fault[0].pointer, "/ru/text");
    if (strcmp(faults.fault[0].code, code) != 0)
        fail_msg("%s: %s, not %s", ru, faults.fault[0].code, code);
}

static void what_may_stand_in_its_place(void **state)
{
    char longer[300];

    (void)state;
    expect(TEXT_MENU, "<b>{brand}</b>", NULL);
    expect(TEXT_MENU, "{brand}\n<i>Вот</i> <u>меню</u> &amp; <code>всё</code>", NULL);
    expect(TEXT_MENU, "{brand} и ещё {brand}", NULL);
    expect(TEXT_MENU, "Меню", "placeholders");
    expect(TEXT_MENU, "{brand} {name}", "placeholders");
    expect(TEXT_MENU, "{Brand}", "placeholders");
    expect(TEXT_MENU, "{brand", "placeholders");
    expect(TEXT_MENU, "brand}", "placeholders");
    expect(TEXT_MENU, "{{brand}}", "placeholders");
    expect(TEXT_MENU, "{brand} {}", "placeholders");
    expect(TEXT_MENU, "<b>{brand}", "bad_html");
    expect(TEXT_MENU, "<b><i>{brand}</b></i>", "bad_html");
    expect(TEXT_MENU, "{brand} <script>", "bad_html");
    expect(TEXT_MENU, "{brand} <a href=\"http://x\">x</a>", "bad_html");
    expect(TEXT_MENU, "{brand} & Ко", "bad_html");
    expect(TEXT_MENU, "{brand} a > b", "bad_html");
    expect(TEXT_MENU, "  \n ", "empty");
    expect(TEXT_MENU, "", "empty");
    expect(TEXT_MENU, "{brand}\r\n", "bad_character");
    expect(TEXT_MENU, "{brand}\xE2\x80\xAE", "bad_character");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    expect(TEXT_MENU, longer, "too_long");
}

static void plain_ones_stay_plain(void **state)
{
    (void)state;
    expect(TEXT_YES, "ага", NULL);
    expect(TEXT_YES, "<b>да</b>", "bad_html");
    expect(TEXT_YES, "да & нет", "bad_html");
    expect(BTN_MENU, "🏠 На главную", NULL);
    expect(BTN_MENU, "двадцать один символ!", "too_long");
    expect(BTN_MENU, "две\nстроки", "bad_character");
    expect(BTN_MENU, "<i>", "bad_html");
    expect(ALERT_REPAIR, "Мы скоро\nвернёмся", "bad_character");
}

static void forms_of_a_number(void **state)
{
    struct content_faults faults;

    (void)state;
    expect(CAPTION_USES, "Ещё {n} {n:раз|раза|раз}", NULL);
    expect(CAPTION_USES, "Ещё раз: {n}", NULL);
    expect(CAPTION_USES, "Ещё {n:раз|раза}", "placeholders");
    assert_int_equal(
        checked(&texts[CAPTION_USES], NULL, "{n} {n:use|uses} more", &faults), ST_OK);
    assert_int_equal(
        checked(&texts[CAPTION_USES], NULL, "{n} {n:use|uses|x} more", &faults),
        ST_REFUSED);
    assert_string_equal(faults.fault[0].pointer, "/en/text");
}

static void refuses_form(const char *text, const char *pointer, const char *code)
{
    struct json *from = json_parse(text, strlen(text)), *canonical = NULL;
    struct content_faults faults = {0};

    assert_int_equal(own_text_check(&texts[TEXT_YES], from, &canonical, &faults),
                     ST_REFUSED);
    assert_string_equal(faults.fault[0].pointer, pointer);
    assert_string_equal(faults.fault[0].code, code);
    json_free(from);
}

static void hostile_forms(void **state)
{
    struct json *from = json_new_object(), *side = json_new_object(), *out;
    struct content_faults faults = {0};

    (void)state;
    refuses_form("{}", "", "missing");
    refuses_form("[]", "", "wrong_type");
    refuses_form("{\"ru\":\"да\"}", "/ru", "wrong_type");
    refuses_form("{\"ru\":{\"text\":1}}", "/ru/text", "wrong_type");
    refuses_form("{\"ru\":{}}", "/ru/text", "wrong_type");
    refuses_form("{\"ru\":{\"text\":\"да\",\"media\":[1]}}", "/ru", "unknown_member");
    refuses_form("{\"de\":{\"text\":\"ja\"}}", "", "unknown_member");
    json_set_text_n(side, "text", "да\0нет", 10);
    json_set(from, "ru", side);
    assert_int_equal(own_text_check(&texts[TEXT_YES], from, &out, &faults), ST_REFUSED);
    assert_string_equal(faults.fault[0].code, "bad_character");
    json_free(from);
}

/* Consents, rights, doors: never in a shop's own words. */
static void rights_are_fixed(void **state)
{
    static const enum text_key fixed[] = {
        TEXT_NOTHING,      TEXT_REFUSED,     TEXT_DATA,         TEXT_DATA_CONSENT,
        TEXT_WITHDRAW_ASK, TEXT_WITHDRAWN,   TEXT_ERASE_ASK,    TEXT_ERASED,
        TEXT_EXPORT_SENT,  TEXT_FILE_HEAD,   TEXT_MESSAGES_ASK, TEXT_MESSAGES_STOPPED,
        TEXT_LOGIN_ASK,    TEXT_OWNER_YOURS, TEXT_PIN_ASK,      BTN_AGREE,
        BTN_DISAGREE,      BTN_WITHDRAW,     BTN_ERASE_SURE,    BTN_MESSAGES_STOP,
        BTN_LOGIN_YES,     TEXT_MOVE_ASK};
    static const enum text_key free_ones[] = {
        TEXT_WELCOME, TEXT_MENU, TEXT_HELP,    TEXT_GATE,   CARD_VALID,  BTN_WALLET,
        TEXT_RECEIPT, TEXT_HINT, CAPTION_USED, TEXT_STORES, TEXT_REPORT, ALERT_PRIVATE};

    (void)state;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (!texts[fixed[i]].fixed)
            fail_msg("%s may be changed", texts[fixed[i]].key);
    for (size_t i = 0; i < sizeof free_ones / sizeof *free_ones; i++)
        if (texts[free_ones[i]].fixed)
            fail_msg("%s may not be changed", texts[free_ones[i]].key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_key_of_its_own),
        cmocka_unit_test(every_standard_text_would_do_itself),
        cmocka_unit_test(what_may_stand_in_its_place),
        cmocka_unit_test(plain_ones_stay_plain),
        cmocka_unit_test(forms_of_a_number),
        cmocka_unit_test(hostile_forms),
        cmocka_unit_test(rights_are_fixed),
    };

    return cmocka_run_group_tests(tests, opened, NULL);
}
