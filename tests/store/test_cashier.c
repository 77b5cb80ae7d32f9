/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The conversation at the till, step by step, on real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/qr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- who comes in --------------------------------------------------------------- */

static void test_strangers_learn_nothing(void **state)
{
    (void)state;
    says(&ANNA_AT_TILL, "/start");
    told_like(&ANNA_AT_TILL, "Это служебный бот");
    not_told(&ANNA_AT_TILL, "У Дома");
    says(&ANNA_AT_TILL, start_link);
    told_like(&ANNA_AT_TILL, "Это служебный бот");
    not_told(&ANNA_AT_TILL, "10");
    says(&ANNA_AT_TILL, code);
    told_like(&ANNA_AT_TILL, "Это служебный бот");
    sends_voice(&ANNA_AT_TILL);
    told_like(&ANNA_AT_TILL, "Это служебный бот");
    forges(&ANNA_AT_TILL, "v1:r:yes:0123456789");
    told_like(&ANNA_AT_TILL, "Это служебный бот");
    forges(&ANNA_AT_TILL, "v1:s:open:1.");
    told_like(&ANNA_AT_TILL, "Это служебный бот");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM shift"), 0);
}

static void test_an_invite_works_once(void **state)
{
    static const struct person NEW = {"auth", 6000000011, "Вера", "ru"};
    static const struct person LATE = {"auth", 6000000012, "Late", "en"};
    char link[64];

    (void)state;
    snprintf(link, sizeof(link), "%s", invites("cashier", stage.store[1]));
    says(&NEW, link);
    told_like(&NEW, "Вера, добро пожаловать! Ваша роль: кассир.");
    presses(&NEW, "Открыть смену");
    told_like(&NEW, "Садовая, 12");
    says(&NEW, link);
    told_like(&NEW, "Садовая, 12");
    says(&LATE, link);
    told_like(&LATE, "has been used");
    says(&LATE, "/start i_AAAAAAAAAAAAAAAAAAAAAA");
    told_like(&LATE, "does not work");
    says(&LATE, "/start");
    told_like(&LATE, "staff bot");
}

/* Who does not work at a till is not asked to open a shift. */
static void test_an_invite_without_a_till(void **state)
{
    static const struct person NEW = {"auth", 6000000013, "Лев", "ru"};

    (void)state;
    says(&NEW, invites("marketing", 0));
    told_like(&NEW, "Лев, добро пожаловать! Ваша роль: маркетолог.");
    not_told(&NEW, "Откройте смену");
    assert_false(sees_button(&NEW, "Открыть смену"));
}

static void test_dismissed_at_once(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, code);
    told_like(&OLGA, "Скидка <b>10");
    assert_int_equal(
        db_exec(stage.db, NULL, "UPDATE staff SET dismissed_at = created_at"), ST_OK);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Это служебный бот");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

/* ---- the shift ------------------------------------------------------------------ */

static void test_the_owner_chooses_a_store(void **state)
{
    (void)state;
    says(&BOSS, "/start");
    told_like(&BOSS, "Смена не открыта");
    presses(&BOSS, "Открыть смену");
    told_like(&BOSS, "В каком магазине");
    presses(&BOSS, "Садовая, 12");
    told_like(&BOSS, "Садовая, 12");
    assert_int_equal(counts("SELECT COUNT(*) FROM shift"), 1);
    presses(&BOSS, "Смена");
    told_like(&BOSS, "Применено: <b>0</b> скидок");
}

static void test_scan_before_the_shift(void **state)
{
    (void)state;
    says(&OLGA, start_link);
    told_like(&OLGA, "Сначала откройте смену");
    presses(&OLGA, "Открыть смену");
    told_like(&OLGA, "Скидка <b>10");
    presses(&OLGA, "Применить 10");
    told_like(&OLGA, "Применено");
}

/* The code goes on through the choice of a store too. */
static void test_scan_before_a_choice(void **state)
{
    (void)state;
    says(&BOSS, code);
    presses(&BOSS, "Открыть смену");
    presses(&BOSS, "Ленина, 5");
    told_like(&BOSS, "Скидка <b>10");
}

static void test_closing_with_a_report(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    says(&OLGA, "/close");
    told_like(&OLGA, "Закрыть смену?");
    presses_twice(&OLGA, "Да, закрыть");
    told_like(&OLGA, "смена закрыта");
    told_like(&OLGA, "Применено: <b>1</b> скидка. Отменено: 0.");
    assert_int_equal(counts("SELECT COUNT(*) FROM shift WHERE closed_at IS NOT NULL"),
                     1);
    says(&OLGA, "/report");
    told_like(&OLGA, "Смена не открыта");
    opens_shift(&OLGA);
    forges(&OLGA, "v1:s:sure:1"); /* the old shift's button closes no new one */
    assert_int_equal(counts("SELECT COUNT(*) FROM shift WHERE closed_at IS NULL"), 1);
}

/* ---- three ways to read a code -------------------------------------------------- */

static void test_by_link_and_redeem(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, start_link);
    told_like(&OLGA, "✅ Скидка <b>10");
    told_like(&OLGA, "Анна");
    told_like(&OLGA, "Подтвердите до 10:");
    presses(&OLGA, "Применить 10");
    told_like(&OLGA, "чек <b>№ 1</b>");
    told_like(&ANNA, "использована: Ленина, 5");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
    presses(&ANNA, "Мои скидки");
    told_like(&ANNA, "Использована 1 скидка");
    told_like(&ANNA, "18.09.2026 10:00, Ленина, 5");
}

static void test_typed_with_forgiveness(void **state)
{
    char typed[64], *s;

    (void)state;
    opens_shift(&OLGA);
    snprintf(typed, sizeof(typed), "  %s ", code);
    for (s = typed; *s != '\0'; s++)
        if (*s >= 'A' && *s <= 'Z')
            *s = (char)(*s - 'A' + 'a');
    says(&OLGA, typed);
    told_like(&OLGA, "✅ Скидка <b>10");
    presses(&OLGA, "Отмена");
    told_like(&OLGA, "отменили");
    says(&PETR, "/shift");
    says(&PETR, code);
    told_like(&PETR, "✅ Скидка <b>10"); /* freed by the cancel */
}

static void test_mistyped_with_reasons(void **state)
{
    char wrong[CODE_SHOWN + 1];

    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, "ABC");
    told_like(&OLGA, "короче");
    says(&OLGA, "12345-67890-12");
    told_like(&OLGA, "длиннее");
    says(&OLGA, "1234!-67890");
    told_like(&OLGA, "номер 5");
    snprintf(wrong, sizeof(wrong), "%s", code);
    wrong[0] = wrong[0] == '7' ? '8' : '7';
    says(&OLGA, wrong);
    told_like(&OLGA, "опечатка");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
}

static void photographs(const struct person *p, const char *text)
{
    struct buf png = {0};

    assert_int_equal(qr_png(text, strlen(text), &png), ST_OK);
    sends_photo(p, png.s, png.len);
    buf_free(&png);
}

static void test_photographed(void **state)
{
    char link[200];

    (void)state;
    opens_shift(&OLGA);
    snprintf(link, sizeof(link), "%s", last_link(&ANNA));
    photographs(&OLGA, link);
    told_like(&OLGA, "✅ Скидка <b>10");
    photographs(&OLGA, "https://example.com/menu");
    told_like(&OLGA, "не наш");
    sends_photo(&OLGA, "not a picture", 13);
    told_like(&OLGA, "не нашёлся");
}

static void test_guessing_locks(void **state)
{
    char guess[CODE_SYMBOLS + 1];
    int i;

    (void)state;
    opens_shift(&OLGA);
    for (i = 0; i < 10; i++) {
        code_new(guess);
        says(&OLGA, guess);
        told_like(&OLGA, "Такого кода у нас нет");
    }
    says(&OLGA, code);
    told_like(&OLGA, "Слишком много неверных кодов");
    stage_wait_until(stage.now + 6 * MINUTE);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_strangers_learn_nothing),
        A_TEST(test_an_invite_works_once),
        A_TEST(test_an_invite_without_a_till),
        A_TEST(test_dismissed_at_once),
        A_TEST(test_the_owner_chooses_a_store),
        A_TEST(test_scan_before_the_shift),
        A_TEST(test_scan_before_a_choice),
        A_TEST(test_closing_with_a_report),
        A_TEST(test_by_link_and_redeem),
        A_TEST(test_typed_with_forgiveness),
        A_TEST(test_mistyped_with_reasons),
        A_TEST(test_photographed),
        A_TEST(test_guessing_locks),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
