/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A receipt taken back: with a reason, in time, by whom; and buttons that were made up,
 * stolen or are as old as the receipts that carried numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/base/code.h"

#include <stdio.h>
#include <string.h>

static const struct person IRINA = {"auth", 6000000004, "Ирина", "ru"};
static const struct person FAR = {"auth", 6000000005, "Фёдор", "ru"};

static char code[CODE_SHOWN + 1];
static void opens_shift(const struct person *p)
{
    says(p, "/start");
    presses(p, "Открыть смену");
}

/* Anna's discount, redeemed by Olga: the receipt is her newest message. */
static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    hires(&PETR, "cashier", stage.store[0]);
    hires(&IRINA, "manager", stage.store[0]);
    hires(&FAR, "manager", stage.store[1]);
    anna_joins();
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    opens_shift(&OLGA);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
    return 0;
}

static int64_t live(void)
{
    return counts("SELECT COUNT(*) FROM redemption WHERE voided_at IS NULL");
}

/* v1:u:<action>:<the key of the only receipt><rest> */
static const char *stolen(const char *action, const char *rest)
{
    static char data[80];

    assert_int_equal(db_one(stage.db, "SELECT op_key FROM redemption"), ST_OK);
    snprintf(data, sizeof(data), "v1:u:%s:%s%s", action, db_text(stage.db, 0, NULL),
             rest);
    return data;
}

/* ---- as it should be ------------------------------------------------------------ */

static void test_with_a_reason(void **state)
{
    (void)state;
    presses(&OLGA, "Отменить");
    told_like(&OLGA, "Отменить чек № 1");
    presses_twice(&OLGA, "Возврат");
    told_like(&OLGA, "Чек № 1 уже отменён");
    told_like(&ANNA, "снова действует");
    assert_int_equal(live(), 0);
    presses(&ANNA, "Показать код");
    told_like(&ANNA, code);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 2</b>");
    presses(&OLGA, "Меню");
    presses(&OLGA, "Отмена чека");
    told_like(&OLGA, "Отменить чек № 2");
    presses(&OLGA, "Не отменять");
    told_like(&OLGA, "чек <b>№ 2</b>");
    assert_int_equal(live(), 1);
}

/* Nobody is asked for a reason in vain, and the receipt stays in the chat. */
static void test_too_late(void **state)
{
    (void)state;
    stage_wait_until(stage.now + 11 * MINUTE);
    presses(&OLGA, "Отменить");
    told_like(&OLGA, "прошло больше 10 минут");
    told_like(&OLGA, "Поможет управляющий");
    not_told(&OLGA, "Выберите причину");
    assert_true(sees_button(&OLGA, "Отменить"));
    assert_int_equal(live(), 1);
}

static void test_too_late_while_choosing(void **state)
{
    (void)state;
    presses(&OLGA, "Отменить");
    stage_wait_until(stage.now + 11 * MINUTE);
    presses(&OLGA, "Ошибка в чеке");
    told_like(&OLGA, "прошло больше 10 минут");
    assert_int_equal(live(), 1);
}

static void test_of_a_shift_that_is_closed(void **state)
{
    (void)state;
    says(&OLGA, "/close");
    presses(&OLGA, "Да, закрыть");
    presses(&OLGA, "Отменить");
    told_like(&OLGA, "смена закрыта");
    told_like(&OLGA, "Поможет управляющий");
    assert_int_equal(live(), 1);
}

/* What the text promises: the manager checks the same code and finds the button. */
static void test_a_manager_later(void **state)
{
    (void)state;
    stage_wait_until(stage.now + HOUR);
    opens_shift(&PETR);
    says(&PETR, code);
    told_like(&PETR, "Уже использована");
    assert_false(sees_button(&PETR, "Отменить"));
    opens_shift(&IRINA);
    says(&IRINA, code);
    told_like(&IRINA, "Уже использована");
    presses(&IRINA, "Отменить");
    presses(&IRINA, "Не тот покупатель");
    told_like(&IRINA, "Чек № 1 отменён. Причина: Не тот покупатель");
    told_like(&ANNA, "снова действует");
    assert_int_equal(live(), 0);
}

/* ---- as it should not ----------------------------------------------------------- */

static void test_made_up_keys(void **state)
{
    static const char *const data[] = {
        "v1:u:do:1.1",          /* the receipt's number, as buttons once had it */
        "v1:u:do:0000000000.1", /* of the right form */
        "v1:u:do:.1",
        "v1:u:do:00000000000.1",
        "v1:u:do:000000000'.1",
        "v1:u:ask:1",
        "v1:u:ask:",
        "v1:u:ask:zzzzzzzzzz",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
        forges(&OLGA, data[i]);
        not_told(&OLGA, "Анна");
        not_told(&OLGA, "отменён");
        told_like(&OLGA, strchr(data[i], '\'') != NULL ? "устарел" : "управляющий");
    }
    forges(&OLGA, "v1:u:do:0000000000.9"); /* no such reason */
    told_like(&OLGA, "устарел");
    forges(&OLGA, "v1:u:keep:1");
    told_like(&OLGA, "устарел");
    assert_int_equal(live(), 1);
    assert_int_equal(counts("SELECT uses_count FROM discount"), 1);
}

/* The key of another's receipt, and a manager's of another store. */
static void test_stolen_keys(void **state)
{
    const struct person *const thief[] = {&PETR, &FAR};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        opens_shift(thief[i]);
        forges(thief[i], stolen("ask", ""));
        not_told(thief[i], "Анна");
        told_like(thief[i], "отменить не можете");
        forges(thief[i], stolen("do", ".3"));
        told_like(thief[i], "отменить не можете");
        forges(thief[i], stolen("keep", ""));
        not_told(thief[i], "Анна");
    }
    assert_int_equal(live(), 1);
}

/* A receipt that was undone is not undone again, and says so under any button. */
static void test_buttons_of_an_undone_receipt(void **state)
{
    (void)state;
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Другое");
    told_like(&OLGA, "Почему отменяете чек № 1?");
    says(&OLGA, "Пробила <b>дважды</b>");
    told_like(&OLGA, "Причина: Пробила &lt;b&gt;дважды&lt;/b&gt;");
    forges(&OLGA, stolen("ask", ""));
    told_like(&OLGA, "уже отменён");
    forges(&OLGA, stolen("keep", ""));
    told_like(&OLGA, "уже отменён");
    forges(&OLGA, stolen("do", ".1"));
    told_like(&OLGA, "уже отменён");
    assert_int_equal(counts("SELECT void_reason FROM redemption"), 4);
    assert_int_equal(counts("SELECT uses_count FROM discount"), 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_with_a_reason),
        A_TEST(test_too_late),
        A_TEST(test_too_late_while_choosing),
        A_TEST(test_of_a_shift_that_is_closed),
        A_TEST(test_a_manager_later),
        A_TEST(test_made_up_keys),
        A_TEST(test_stolen_keys),
        A_TEST(test_buttons_of_an_undone_receipt),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
