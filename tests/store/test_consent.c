/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/setting.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static struct shop shop;
static struct customer ann; /* agreed to pd by update 1 */

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    ann = shop_customer(&shop, 7000000501, "Ann", "");
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static enum status grant(enum purpose purpose, int64_t update_id)
{
    return consent_grant(shop.db, SHOP_NOW,
                         &(struct consent_act){.customer_id = ann.id,
                                               .purpose = purpose,
                                               .text_id = purpose == PURPOSE_PD
                                                              ? shop.pd.id
                                                              : shop.marketing.id,
                                               .update_id = update_id,
                                               .via = CHANNEL_MESSENGER});
}

static enum status revoke(enum purpose purpose, int64_t update_id)
{
    return consent_revoke(shop.db, SHOP_NOW,
                          &(struct consent_act){.customer_id = ann.id,
                                                .purpose = purpose,
                                                .update_id = update_id,
                                                .via = CHANNEL_MESSENGER});
}

static bool marketing(void)
{
    assert_int_equal(customer_load(shop.db, ann.id, &ann), ST_OK);
    return ann.marketing_ok;
}

static bool pd(void)
{
    assert_int_equal(customer_load(shop.db, ann.id, &ann), ST_OK);
    return ann.pd_ok;
}

static int64_t evidence(void)
{
    return shop_number(shop.db, "SELECT COUNT(*) FROM consent");
}

static void test_granted_with_its_text(void **state)
{
    (void)state;
    assert_true(pd());
    assert_false(marketing());
    assert_int_equal(shop_number(shop.db,
                                 "SELECT COUNT(*) FROM consent c JOIN consent_text t"
                                 " ON t.id = c.text_id WHERE c.purpose = 1"
                                 " AND t.purpose = 1 AND c.granted = 1"
                                 " AND c.update_id = 1"),
                     1);
}

static void test_highest_update_wins(void **state)
{
    (void)state;
    assert_int_equal(revoke(PURPOSE_MARKETING, 20), ST_OK);
    assert_int_equal(grant(PURPOSE_MARKETING, 19),
                     ST_NONE); /* pressed before, came later */
    assert_false(marketing());
    assert_int_equal(evidence(), 3); /* kept nevertheless */
    assert_int_equal(grant(PURPOSE_MARKETING, 21), ST_OK);
    assert_true(marketing());
    assert_int_equal(revoke(PURPOSE_MARKETING, 20), ST_NONE); /* delivered again */
    assert_true(marketing());
    assert_int_equal(evidence(), 4);
}

static void test_purposes_have_orders_of_their_own(void **state)
{
    (void)state;
    assert_int_equal(grant(PURPOSE_MARKETING, 30), ST_OK);
    assert_int_equal(revoke(PURPOSE_PD, 25),
                     ST_OK); /* older than 30, newer for its purpose */
    assert_false(pd());
    assert_false(marketing());
}

static void test_pd_takes_marketing_with_it(void **state)
{
    (void)state;
    assert_int_equal(grant(PURPOSE_MARKETING, 10), ST_OK);
    assert_int_equal(revoke(PURPOSE_PD, 20), ST_OK);
    assert_false(marketing());
    assert_int_equal(grant(PURPOSE_PD, 30), ST_OK);
    assert_true(pd());
    assert_false(marketing());
    assert_int_equal(grant(PURPOSE_MARKETING, 15),
                     ST_NONE); /* from before the withdrawal */
    assert_false(marketing());
}

static void test_no_marketing_without_pd(void **state)
{
    (void)state;
    assert_int_equal(revoke(PURPOSE_PD, 2), ST_OK);
    assert_int_equal(grant(PURPOSE_MARKETING, 3), ST_REFUSED);
    assert_false(marketing());
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE customer SET marketing_ok = 1"),
                     ST_REFUSED);
}

static void test_grant_needs_a_text(void **state)
{
    struct consent_act act = {.customer_id = ann.id,
                              .purpose = PURPOSE_MARKETING,
                              .update_id = 9,
                              .via = CHANNEL_MESSENGER};

    (void)state;
    assert_int_equal(consent_grant(shop.db, SHOP_NOW, &act), ST_REFUSED);
    act.text_id = 999;
    assert_int_equal(consent_grant(shop.db, SHOP_NOW, &act), ST_REFUSED);
    act.text_id = shop.marketing.id;
    act.customer_id = 999;
    assert_int_equal(consent_grant(shop.db, SHOP_NOW, &act), ST_REFUSED);
    act.purpose = 7;
    assert_int_equal(consent_grant(shop.db, SHOP_NOW, &act), ST_BAD);
    assert_int_equal(evidence(), 1);
}

static void test_from_the_panel_there_is_no_update(void **state)
{
    (void)state;
    assert_int_equal(grant(PURPOSE_MARKETING, 50), ST_OK);
    assert_int_equal(revoke(PURPOSE_MARKETING, 0), ST_OK);
    assert_false(marketing());
    assert_int_equal(grant(PURPOSE_MARKETING, 51), ST_OK);
    assert_true(marketing());
}

/* ---- texts -------------------------------------------------------------------------
 */

static enum status publish(const char *language, const char *body,
                           struct consent_text *out)
{
    return consent_text_publish(
        shop.db, SHOP_NOW,
        &(struct consent_draft){PURPOSE_PD, language, body, strlen(body)}, out);
}

static void test_versions(void **state)
{
    struct consent_text one, two, current;
    struct buf body = {0};

    (void)state;
    assert_int_equal(publish("ru", "Новый текст", &two), ST_OK);
    assert_int_equal(two.version, 2);
    assert_int_equal(publish("ru", "Новый текст", &one), ST_OK);
    assert_int_equal(one.id, two.id);
    assert_int_equal(one.version, 2);
    assert_int_equal(consent_text_current(shop.db, PURPOSE_PD, "ru", &current, &body),
                     ST_OK);
    assert_int_equal(current.id, two.id);
    assert_string_equal(body.s, "Новый текст");
    assert_memory_equal(current.sha256, two.sha256, SHA256_BYTES);
    buf_free(&body);
}

static void test_language_falls_back_to_russian(void **state)
{
    struct consent_text current, english;

    (void)state;
    assert_int_equal(consent_text_current(shop.db, PURPOSE_PD, "en", &current, NULL),
                     ST_OK);
    assert_string_equal(current.language, "ru");
    assert_int_equal(publish("en", "Agreed", &english), ST_OK);
    assert_int_equal(english.version, 1);
    assert_int_equal(consent_text_current(shop.db, PURPOSE_PD, "en", &current, NULL),
                     ST_OK);
    assert_int_equal(current.id, english.id);
    assert_int_equal(publish("de", "Ja", &english), ST_BAD);
    assert_int_equal(publish("ru", "", &english), ST_BAD);
}

static void test_texts_of_the_settings(void **state)
{
    struct consent_text text;
    int64_t n;

    (void)state;
    assert_int_equal(consent_text_sync(shop.db, SHOP_NOW), ST_OK);
    n = shop_number(shop.db, "SELECT COUNT(*) FROM consent_text");
    assert_int_equal(n, 6); /* two of the fixture, four of the settings */
    assert_int_equal(consent_text_sync(shop.db, SHOP_NOW), ST_OK);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM consent_text"), n);
    assert_int_equal(
        consent_text_current(shop.db, PURPOSE_MARKETING, "en", &text, NULL), ST_OK);
    assert_string_equal(text.language, "en");
}

/* What people agree to names who is responsible; another name is another version. */
static void test_the_text_names_the_operator(void **state)
{
    const struct setting_change change = {
        .name = "brand_operator", .value = "ООО «Сладкий двор» {brand}", .by = "test"};
    struct consent_text text;
    struct buf body = {0};
    const char *why;

    (void)state;
    assert_int_equal(consent_text_sync(shop.db, SHOP_NOW), ST_OK);
    assert_int_equal(consent_text_current(shop.db, PURPOSE_PD, "ru", &text, &body),
                     ST_OK);
    assert_null(strstr(body.s, "{operator}"));
    assert_int_equal(setting_set(shop.db, SHOP_NOW, &change, &why), ST_OK);
    assert_int_equal(consent_text_sync(shop.db, SHOP_NOW), ST_OK);
    buf_clear(&body);
    assert_int_equal(text.version + 1,
                     shop_number(shop.db, "SELECT MAX(version) FROM "
                                          "consent_text WHERE purpose "
                                          "= 1 AND language = 'ru'"));
    assert_int_equal(consent_text_current(shop.db, PURPOSE_PD, "ru", &text, &body),
                     ST_OK);
    /* A brace in the name itself stays what it is. */
    assert_non_null(strstr(body.s, "обрабатывает ООО «Сладкий двор» {brand} и только"));
    buf_free(&body);
}

static void test_nothing_published(void **state)
{
    struct consent_text text;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM consent"), ST_OK);
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM consent_text"), ST_OK);
    assert_int_equal(consent_text_current(shop.db, PURPOSE_PD, "en", &text, NULL),
                     ST_NONE);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_granted_with_its_text),
        TEST(test_the_text_names_the_operator),
        TEST(test_highest_update_wins),
        TEST(test_purposes_have_orders_of_their_own),
        TEST(test_pd_takes_marketing_with_it),
        TEST(test_no_marketing_without_pd),
        TEST(test_grant_needs_a_text),
        TEST(test_from_the_panel_there_is_no_update),
        TEST(test_versions),
        TEST(test_language_falls_back_to_russian),
        TEST(test_texts_of_the_settings),
        TEST(test_nothing_published),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
