/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A card for each state of a code, with its own next step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

static const struct person IRINA = {"auth", 6000000004, "Ирина", "ru"};

static int at_the_till(void **state)
{
    opened(state);
    hires(&IRINA, "manager", stage.store[0]);
    opens_shift(&OLGA);
    return 0;
}

static void change(const char *sql)
{
    assert_int_equal(db_exec(stage.db, NULL, sql), ST_OK);
}

static void pause_a_bit(void)
{
    stage_wait_until(stage.now + 15 * MINUTE);
}

/* ---- valid, and what stands on it ----------------------------------------------- */

static void test_valid_says_no_more_than_it_must(void **state)
{
    (void)state;
    change("UPDATE customer SET last_name = 'Кузнецова', username = 'annak',"
           " birth_date = '1990-05-01', phone = '+79991234512', phone_hash = "
           "REPEAT('x', 32)");
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    told_like(&OLGA, "Анна К.");
    told_like(&OLGA, "📱 +7 *** ***-45-12");
    not_told(&OLGA, "annak");
    not_told(&OLGA, "Кузнецова");
    not_told(&OLGA, "1990");
    not_told(&OLGA, "999");
    says(&OLGA, "1000"); /* the same on the card with its sum */
    told_like(&OLGA, "+7 *** ***-45-12");
}

static void test_a_birthday_is_only_a_fact(void **state)
{
    (void)state;
    change("UPDATE discount SET source = 2");
    change("UPDATE customer SET birth_date = '1990-05-01'");
    says(&OLGA, code);
    told_like(&OLGA, "день рождения");
    not_told(&OLGA, "1990");
    not_told(&OLGA, "мая");
}

/* ---- used ----------------------------------------------------------------------- */

static void test_a_double_scan_is_harmless(void **state)
{
    (void)state;
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    says(&OLGA, code);
    told_like(
        &OLGA,
        "☑️ Эту скидку вы уже применили: сегодня "
        "10:");
    told_like(&OLGA, "эта касса (Ленина, 5), чек № 1");
    stage_wait_until(stage.now + DAY);
    says(&OLGA, code);
    told_like(&OLGA, "вчера 10:");
    stage_wait_until(stage.now + DAY);
    says(&OLGA, code);
    told_like(&OLGA, "18.09.2026 10:");
}

static void test_the_limit_is_reached(void **state)
{
    int i;

    (void)state;
    change("UPDATE discount SET uses_allowed = 2");
    opens_shift(&PETR);
    for (i = 0; i < 2; i++) {
        says(&OLGA, code);
        presses(&OLGA, "Применить");
        told_like(&OLGA, "✅ Применено");
        pause_a_bit();
    }
    says(&PETR, code);
    told_like(&PETR, "Лимит исчерпан: скидка применена все 2 раза");
    told_like(&PETR, "кассир Ольга, чек № 2");
}

/* One with uses left: the second scan within minutes may be a mistake. */
static void test_used_just_now(void **state)
{
    (void)state;
    change("UPDATE discount SET uses_allowed = 3");
    says(&OLGA, code);
    not_told(&OLGA, "только что");
    presses(&OLGA, "Применить");
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    told_like(&OLGA,
              "☑️ Её только что применяли: сегодня 10:");
    told_like(&OLGA, "Осталось: 2 раза");
    presses(&OLGA, "Отмена");
    pause_a_bit();
    says(&OLGA, code);
    not_told(&OLGA, "только что");
}

/* ---- not good ------------------------------------------------------------------- */

static void test_not_started_and_revoked(void **state)
{
    (void)state;
    change("UPDATE discount SET valid_from = '2026-09-20 01:00:00'");
    says(&OLGA, code);
    told_like(&OLGA, "начнёт действовать 20.09.2026 11:00");
    change("UPDATE discount SET status = 4");
    says(&OLGA, code);
    told_like(&OLGA, "отозвана магазином");
    assert_true(sees_button(&OLGA, "Меню"));
}

static void test_of_another_store(void **state)
{
    (void)state;
    change(
        "UPDATE discount SET store_id = (SELECT id FROM store WHERE name LIKE 'Сад%')");
    says(&OLGA, code);
    told_like(&OLGA, "действует только в магазине «Садовая, 12»");
    opens_shift(&JANE);
    says(&JANE, code);
    told_like(&JANE, "<b>10%</b> off");
    /* Sent to the other store only while the card was open: the press is refused, too. */
    change(
        "UPDATE discount SET store_id = (SELECT id FROM store WHERE name LIKE 'Лен%')");
    presses(&JANE, "Apply");
    told_like(&JANE, "good at “Ленина, 5” only, not at this store");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

static void test_own_code_by_setting(void **state)
{
    (void)state;
    hires(&ANNA_AT_TILL, "cashier", stage.store[0]);
    opens_shift(&ANNA_AT_TILL);
    says(&ANNA_AT_TILL, code);
    told_like(&ANNA_AT_TILL, "применить её должен другой кассир");
    shop_sets("staff_own_redeem", "yes");
    says(&ANNA_AT_TILL, code);
    told_like(&ANNA_AT_TILL, "✅ Скидка <b>10");
}

/* ---- expired, and once more ----------------------------------------------------- */

static void test_expired_and_not_renewed(void **state)
{
    (void)state;
    stage_wait_until(stage.now + 31 * DAY);
    opens_shift(&IRINA);
    says(&IRINA, code);
    told_like(&IRINA, "Срок вышел");
    assert_false(sees_button(&IRINA, "Продлить"));
    shop_sets("reissue_days", "3");
    says(&OLGA, code); /* a cashier gives no discounts */
    told_like(&OLGA, "Срок вышел");
    assert_false(sees_button(&OLGA, "Продлить"));
    forges(&OLGA, "v1:r:renew:7K3F99QXAF");
    told_like(&OLGA, "недоступно");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

static void test_expired_and_renewed(void **state)
{
    (void)state;
    shop_sets("reissue_days", "3");
    stage_wait_until(stage.now + 31 * DAY);
    opens_shift(&IRINA);
    says(&IRINA, code);
    told_like(&IRINA, "Можно продлить её на 3 дня");
    presses_twice(&IRINA, "Продлить");
    told_like(&IRINA, "Скидка продлена");
    told_like(&IRINA, "✅ Скидка <b>10");
    told_like(&ANNA, "Магазин продлил вам скидку");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 2);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE payload LIKE"
                            " '%продлил вам%'"),
                     1);
    presses(&IRINA, "Применить");
    told_like(&IRINA, "✅ Применено");
    says(&IRINA, code); /* the old one stays over, and is not renewed again */
    told_like(&IRINA, "Срок вышел");
    presses(&IRINA, "Продлить");
    told_like(&IRINA, "вы уже применили");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 2);
    assert_int_equal(counts("SELECT issued_by FROM discount WHERE id = 2"),
                     counts("SELECT id FROM staff WHERE name = 'Ирина'"));
}

/* A code that is still good is not multiplied. */
static void test_a_good_one_is_not_renewed(void **state)
{
    char data[80];

    (void)state;
    shop_sets("reissue_days", "3");
    opens_shift(&IRINA);
    assert_int_equal(db_one(stage.db, "SELECT code FROM discount"), ST_OK);
    snprintf(data, sizeof(data), "v1:r:renew:%s", db_text(stage.db, 0, NULL));
    forges(&IRINA, data);
    told_like(&IRINA, "недоступно");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

/* ---- the channel ---------------------------------------------------------------- */

static void test_left_the_channel(void **state)
{
    (void)state;
    unsubscribes(&ANNA);
    change("UPDATE customer SET subscribed = 0"); /* the channel told us at once */
    says(&OLGA, code);
    told_like(&OLGA, "для подписчиков канала, а подписки сейчас нет");
    assert_false(sees_button(&OLGA, "Применить"));
    subscribes(&ANNA);
    presses(&OLGA, "Проверить ещё"); /* asks the channel, which now says yes */
    told_like(&OLGA, "Подписка на канал есть");
    presses(&OLGA, "Проверить ещё");
    told_like(&OLGA, "✅ Скидка <b>10");
}

static void test_gate_off_asks_nothing(void **state)
{
    (void)state;
    change("UPDATE customer SET subscribed = 0");
    shop_sets("member_recheck_minutes", "0");
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt WHERE member > 0"),
                     0);
}

static void test_an_old_answer_is_asked_again(void **state)
{
    (void)state;
    says(&OLGA, code);
    assert_int_equal(counts("SELECT member FROM redemption_attempt"), 0); /* fresh */
    presses(&OLGA, "Отмена");
    stage_wait_until(stage.now + 2 * HOUR);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    not_told(&OLGA, "канал");
    assert_int_equal(counts("SELECT member FROM redemption_attempt ORDER BY id DESC"
                            " LIMIT 1"),
                     2);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "✅ Применено");
    assert_int_equal(counts("SELECT unverified FROM redemption"), 0);
}

/* Nobody waits for the channel: the "no" comes after the card, and ends it. */
static void test_left_while_the_card_is_open(void **state)
{
    (void)state;
    stage_wait_until(stage.now + 2 * HOUR);
    unsubscribes(&ANNA);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    told_like(&OLGA, "Подписки на канал уже нет");
    presses(&OLGA, "Применить");
    not_told(&OLGA, "✅ Применено");
    told_like(&OLGA,
              "Скидка 10\xE2\x80\xAF% — для подписчиков канала, а подписки сейчас нет");
    assert_true(sees_button(&OLGA, "Проверить ещё"));
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

/* The channel does not answer: accepted, and flagged. */
static void test_no_answer_is_accepted_and_flagged(void **state)
{
    (void)state;
    stage_wait_until(stage.now + 2 * HOUR);
    channel_hidden(true);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    told_like(&BOSS, "не видит, кто подписан");
    presses(&OLGA, "Применить");
    told_like(&OLGA, "✅ Применено");
    assert_int_equal(counts("SELECT unverified FROM redemption"), 1);
    assert_int_equal(counts("SELECT member FROM redemption_attempt"), 1);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, at_the_till, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_valid_says_no_more_than_it_must),
        A_TEST(test_a_birthday_is_only_a_fact),
        A_TEST(test_a_double_scan_is_harmless),
        A_TEST(test_the_limit_is_reached),
        A_TEST(test_used_just_now),
        A_TEST(test_not_started_and_revoked),
        A_TEST(test_of_another_store),
        A_TEST(test_own_code_by_setting),
        A_TEST(test_expired_and_not_renewed),
        A_TEST(test_expired_and_renewed),
        A_TEST(test_a_good_one_is_not_renewed),
        A_TEST(test_left_the_channel),
        A_TEST(test_gate_off_asks_nothing),
        A_TEST(test_an_old_answer_is_asked_again),
        A_TEST(test_left_while_the_card_is_open),
        A_TEST(test_no_answer_is_accepted_and_flagged),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
