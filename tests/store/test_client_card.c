/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The card with the code: what stands on it, which of several discounts counts, and what
 * becomes of it when its time is over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/loyalty/discount.h"

#include <stdio.h>
#include <string.h>

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    anna_joins();
    return 0;
}

struct gift {
    enum discount_source source;
    int percent_bp, uses;
    int64_t days, store;
    const char *key;
};

static enum status gift_work(struct db *db, void *arg)
{
    const struct gift *g = arg;
    struct discount out;

    return discount_issue(
        db, stage.now,
        &(struct discount_spec){.customer_id = 1,
                                .source = g->source,
                                .issue_key = g->key,
                                .percent_bp = g->percent_bp,
                                .uses = g->uses,
                                .valid_from = stage.now,
                                .valid_until = stage.now + g->days * DAY,
                                .store_id = g->store},
        &out);
}

static void is_given(struct gift g)
{
    assert_int_equal(db_tx(stage.db, gift_work, &g), ST_OK);
}

static void expire(void)
{
    stage_job(KIND_SCHED_DISCOUNT_EXPIRE, json_new_object());
}

/* ---- what stands on it ---------------------------------------------------------- */

static void test_everything_is_on_the_card(void **state)
{
    char link[60], sql[200];

    (void)state;
    told_like(&ANNA, "<b>У Дома</b>");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_like(&ANNA, "за подписку");
    told_like(&ANNA, "18.10.2026");
    assert_true(sees_button(&ANNA, "Скопировать код"));
    assert_int_equal(strlen(last_code(&ANNA)), CODE_SHOWN);
    snprintf(sql, sizeof(sql), "<code>%s</code>", last_code(&ANNA));
    told_like(&ANNA, sql);
    assert_int_equal(db_one(stage.db, "SELECT token FROM discount"), ST_OK);
    snprintf(link, sizeof(link), "https://t.me/exmpl_till_bot?start=q_%s",
             db_text(stage.db, 0, NULL));
    assert_string_equal(last_link(&ANNA), link);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE payload LIKE"
                            " '%sendPhoto%' AND JSON_EXTRACT(payload,"
                            " '$.params.protect_content') = true"),
                     1);
}

/* The shop's own words, and the instant behind them for who is elsewhere. */
static void test_the_end_is_an_instant(void **state)
{
    char words[120];

    (void)state;
    says(&ANNA, "/start");
    assert_int_equal(db_one(stage.db, "SELECT valid_until FROM discount"), ST_OK);
    snprintf(words, sizeof(words), "<tg-time unix=\"%lld\">18.10.2026 10:00</tg-time>",
             (long long)((db_time(stage.db, 0) - 1) / SECOND));
    told_like(&ANNA, words);
}

static void test_the_help_speaks_of_screenshots(void **state)
{
    (void)state;
    says(&ANNA, "/help");
    told_like(&ANNA, "Снимок экрана с кодом тоже сработает");
    told_like(&ANNA, "Обновить код");
}

static void test_terms_of_a_special_one(void **state)
{
    (void)state;
    is_given((struct gift){SOURCE_MANUAL, 2500, 3, 5, stage.store[1], "m:1"});
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>25");
    told_like(&ANNA, "Осталось использовать: 3 раза");
    told_like(&ANNA, "Только здесь: Садовая, 12");
    says(&ANNA, "/wallet");
    told_like(&ANNA, "Действуют 2 скидки");
    told_like(&ANNA, "Осталось использовать: 3 раза");
    told_like(&ANNA, "Только здесь: Садовая, 12");
}

/* ---- the best one --------------------------------------------------------------- */

static void test_the_best_is_chosen_and_explained(void **state)
{
    (void)state;
    shop_sets("discount_percent_bp", "5 %");
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET percent_bp = 500"),
                     ST_OK);
    is_given((struct gift){SOURCE_BIRTHDAY, 1000, 1, 7, 0, "bday:1:2026"});
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_like(&ANNA, "день рождения 10");
    told_like(&ANNA, "действует большая: <b>10");
    told_like(&ANNA, "Скидки не складываются: подписка 5");
    says(&ANNA, "/wallet");
    presses(&ANNA, "Показать 5");
    told_like(&ANNA, "Ваша скидка: <b>5");
    not_told(&ANNA, "не складываются"); /* they asked for this one */
}

static void test_two_alike(void **state)
{
    (void)state;
    is_given((struct gift){SOURCE_MANUAL, 1000, 1, 7, 0, "m:1"});
    says(&ANNA, "/discount");
    told_like(&ANNA, "за одну покупку действует одна");
    told_like(&ANNA, "личная"); /* that ends first */
}

static void test_one_needs_no_explanation(void **state)
{
    (void)state;
    is_given((struct gift){SOURCE_MANUAL, 2000, 1, 1, 0, "m:1"});
    stage_wait_until(stage.now + 2 * DAY); /* the other is over */
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>10");
    not_told(&ANNA, "не складываются");
}

/* ---- the wallet's pages --------------------------------------------------------- */

static void test_pages_of_the_wallet(void **state)
{
    char key[16];

    (void)state;
    for (int i = 1; i <= 6; i++) {
        snprintf(key, sizeof(key), "m:%d", i);
        is_given((struct gift){SOURCE_MANUAL, 2000 + i * 100, 1, i, 0, key});
    }
    says(&ANNA, "/wallet");
    told_like(&ANNA, "Действует 7 скидок");
    told_like(&ANNA, "• <b>21");
    not_told(&ANNA, "• <b>26");
    presses(&ANNA, "Дальше");
    told_like(&ANNA, "• <b>26");
    told_times(&ANNA, 0); /* in place */
    assert_false(sees_button(&ANNA, "Дальше"));
    presses(&ANNA, "Назад");
    told_like(&ANNA, "• <b>21");
    forges(&ANNA, "v1:l:open:rr"); /* a page that is no more */
    told_like(&ANNA, "• <b>21");
    stage_wait_until(stage.now + 2 * DAY + HOUR);
    says(&ANNA, "/wallet");
    told_like(&ANNA, "Действует 5 скидок");
    presses(&ANNA, "Срок вышел");
    told_like(&ANNA, "Срок вышел у 2 скидок");
    presses(&ANNA, "Действуют");
    told_like(&ANNA, "Действует 5 скидок");
}

/* ---- used ----------------------------------------------------------------------- */

static void test_used_with_a_sum(void **state)
{
    (void)state;
    says(&OLGA, last_code(&ANNA));
    says(&OLGA, "4500");
    presses(&OLGA, "Применить");
    told_like(&ANNA, "✅ Использовано 18.09.2026 10:0");
    told_like(&ANNA, "Ленина, 5, скидка 450");
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    told_like(&ANNA, "Ваша скидка: <b>10");
}

/* Buttons of pictures that are no longer good lead on. */
static void test_old_buttons_answer(void **state)
{
    (void)state;
    says(&OLGA, last_code(&ANNA));
    presses(&OLGA, "Применить");
    told_like(&ANNA, "Использовано");
    forges_under(&ANNA, "Использовано", "v1:d:fresh:1");
    told_like(&ANNA, "Сейчас действующих скидок нет");
    assert_true(sees_button(&ANNA, "Меню"));
    forges_under(&ANNA, "Использовано", "v1:d:one:1");
    told_like(&ANNA, "Действующих скидок пока нет");
    forges_under(&ANNA, "Использовано", "v1:d:again:1");
    told_like(&ANNA, "Сейчас действующих скидок нет");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

/* ---- over ----------------------------------------------------------------------- */

static void test_over(void **state)
{
    (void)state;
    stage_wait_until(stage.now + 31 * DAY);
    says(&ANNA, "/menu");
    expire();
    told_like(&ANNA, "⌛ Истёк 18.10.2026 10:0");
    assert_false(sees_button(&ANNA, "Обновить код"));
    assert_false(sees_button(&ANNA, "Получить новый")); /* the shop gives no new ones */
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE status = 3"), 1);
    says(&ANNA, "/menu");
    expire(); /* told once */
    not_told(&ANNA, "Истёк");
}

static void test_over_and_given_anew(void **state)
{
    (void)state;
    shop_sets("reissue_days", "5");
    stage_wait_until(stage.now + 31 * DAY);
    says(&ANNA, "/menu");
    expire();
    told_like(&ANNA, "⌛ Истёк");
    presses_twice(&ANNA, "Получить новый");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_times(&ANNA, 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 2);
    says(&OLGA, last_code(&ANNA));
    told_like(&OLGA, "✅ Скидка <b>10");
    /* It has had its turn: once more it is not given by the guest's own hand. */
    stage_wait_until(stage.now + 6 * DAY);
    says(&ANNA, "/menu");
    expire();
    told_like(&ANNA, "⌛ Истёк 24.10.2026");
    forges(&ANNA, "v1:d:again:2");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 2);
}

static void test_a_birthday_is_over(void **state)
{
    (void)state;
    shop_sets("reissue_days", "5");
    is_given((struct gift){SOURCE_BIRTHDAY, 2000, 1, 7, 0, "bday:1:2026"});
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>20");
    stage_wait_until(stage.now + 8 * DAY);
    says(&ANNA, "/menu");
    expire();
    told_like(&ANNA, "⌛ Истёк 25.09.2026");
    assert_false(sees_button(&ANNA, "Получить новый"));
}

/* Somebody else's, or one that is good, is not given anew. */
static void test_forged(void **state)
{
    (void)state;
    shop_sets("reissue_days", "5");
    forges(&ANNA, "v1:d:again:1");
    told_like(&ANNA, "Ваша скидка: <b>10");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
    assert_int_equal(db_exec(stage.db, NULL,
                             "INSERT INTO customer (channel, external_id, last_seen_at,"
                             " created_at) VALUES (1, 77, NOW(6), NOW(6))"),
                     ST_OK);
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET customer_id = 2"),
                     ST_OK);
    stage_wait_until(stage.now + 31 * DAY);
    forges(&ANNA, "v1:d:again:1");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE id = 2"), 0);
}

/* Who has taken their consent back is not written to. */
static void test_over_and_withdrawn(void **state)
{
    int64_t before;

    (void)state;
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    before = counts("SELECT COUNT(*) FROM message");
    stage_wait_until(stage.now + 31 * DAY);
    expire();
    assert_int_equal(counts("SELECT COUNT(*) FROM message"), before);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE status = 3"), 1);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_everything_is_on_the_card),
        A_TEST(test_the_end_is_an_instant),
        A_TEST(test_the_help_speaks_of_screenshots),
        A_TEST(test_terms_of_a_special_one),
        A_TEST(test_the_best_is_chosen_and_explained),
        A_TEST(test_two_alike),
        A_TEST(test_one_needs_no_explanation),
        A_TEST(test_pages_of_the_wallet),
        A_TEST(test_used_with_a_sum),
        A_TEST(test_old_buttons_answer),
        A_TEST(test_over),
        A_TEST(test_over_and_given_anew),
        A_TEST(test_a_birthday_is_over),
        A_TEST(test_forged),
        A_TEST(test_over_and_withdrawn),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
