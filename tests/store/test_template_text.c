/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Which of the shop's own words the bots are to say, and when they have to look again. */
#include "tests/store/template_desk.h"

struct heard {
    char text[200];
    int n;
};

static void hear(void *arg, int i, int lang, const char *text, size_t n)
{
    struct heard *h = arg;
    int all;

    if (strcmp(own_texts(&all)[i].key, "bot.client.menu") == 0 && lang == 0)
        snprintf(h->text, sizeof h->text, "%.*s", (int)n, text);
    h->n++;
}

static void expect_menu(const char *want, int64_t version)
{
    struct heard h = {0};
    int64_t now;

    assert_int_equal(own_texts_read(shop.db, hear, &h), ST_OK);
    assert_string_equal(h.text, want);
    assert_int_equal(own_texts_version(shop.db, &now), ST_OK);
    assert_int_equal(now, version);
}

static void a_text_of_the_bots_is_said_anew(void **state)
{
    struct act a;
    int64_t id;

    (void)state;
    expect_menu("", 0);
    id = added("bot.client.menu", "{\"ru\":{\"text\":\"<b>{brand}</b>, выбирайте\"}}");
    expect_menu("", 0); /* a draft */
    assert_int_equal(activate(id, 1, 0), ST_OK);
    expect_menu("<b>{brand}</b>, выбирайте", 1);
    assert_int_equal(archive(id, 2, 1), ST_OK);
    expect_menu("", 2);
    assert_int_equal(archive(id, 3, 0), ST_OK);
    expect_menu("<b>{brand}</b>, выбирайте", 3);
    says(id, NULL); /* no message */
    /* What an older program kept, and what no longer fits, is passed over. */
    shop_run(shop.db, "UPDATE template_version SET content ="
                      " '{\"ru\":{\"text\":\"{somebody}\"}}' WHERE content LIKE"
                      " '%выбирайте%'");
    expect_menu("", 3);
    assert_int_equal(add(&a, "bot.client.data", "{\"ru\":{\"text\":\"x\"}}"), ST_NONE);
    assert_int_equal(add(&a, "bot.no.such", "{\"ru\":{\"text\":\"x\"}}"), ST_NONE);
    assert_int_equal(add(&a, "bot.client.hint", "{\"ru\":{\"text\":\"{brand} {x}\"}}"),
                     ST_REFUSED);
    assert_string_equal(a.faults.fault[0].pointer, "/ru/text");
    assert_string_equal(a.faults.fault[0].code, "placeholders");
}

/* Of two languages each for itself; in the table the rest are ours. */
static void the_table_of_a_speaker(void **state)
{
    int64_t id, now_ms = 1;

    (void)state;
    id = added("bot.button.menu", "{\"en\":{\"text\":\"Home\"}}");
    assert_int_equal(activate(id, 1, 0), ST_OK);
    assert_string_not_equal(text_get(LANG_EN, BTN_MENU), "Home");
    text_own_follow(shop.db, now_ms);
    assert_string_equal(text_get(LANG_EN, BTN_MENU), "Home");
    assert_string_equal(text_get(LANG_RU, BTN_MENU), text_standard(LANG_RU, BTN_MENU));
    assert_ptr_equal(text_get(LANG_EN, BTN_HELP), text_standard(LANG_EN, BTN_HELP));
    /* It looks again after its while, not before, and gives up nothing for an outage. */
    assert_int_equal(archive(id, 2, 1), ST_OK);
    text_own_follow(shop.db, now_ms + TEXT_OWN_LOOK_MS - 1);
    assert_string_equal(text_get(LANG_EN, BTN_MENU), "Home");
    shop_run(shop.db, "RENAME TABLE template TO template_away");
    text_own_follow(shop.db, now_ms + TEXT_OWN_LOOK_MS);
    assert_string_equal(text_get(LANG_EN, BTN_MENU), "Home");
    shop_run(shop.db, "RENAME TABLE template_away TO template");
    text_own_follow(shop.db, now_ms + 2 * TEXT_OWN_LOOK_MS);
    assert_string_equal(text_get(LANG_EN, BTN_MENU), text_standard(LANG_EN, BTN_MENU));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_of_the_bots_is_said_anew),
        cmocka_unit_test(the_table_of_a_speaker),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
