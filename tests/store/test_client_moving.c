/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A new account goes on with what the old one had: the code, what it asks back, what comes
 * along, what is refused and what to do then, and killed at any point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/loyalty/moving.h"
#include "tests/harness/stage_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct person NEW = {"client", 5000000055, "Анна новая", "ru"};
static char code[CODE_SHOWN + 1]; /* of her discount */

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    anna_joins();
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    presses(&ANNA, "Хочу получать");
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE customer SET birth_date = '1990-10-01',"
                             " birth_set_at = ? WHERE first_name = 'Анна'",
                             DB_TIME(stage.now)),
                     ST_OK);
    subscribes(&NEW);
    says(&NEW, "/start");
    presses(&NEW, "Согласен");
    presses(&NEW, "Я подписался");
    return 0;
}

/* The code as it stands in her chat. Lent until the next call. */
static const char *gets_code(const struct person *p)
{
    static char out[CODE_SHOWN + 1];

    says(p, "/privacy");
    presses(p, "Переезд");
    presses(p, "Получить код");
    told_like(p, "действует 15 минут");
    snprintf(out, sizeof(out), "%s", last_code(p));
    return out;
}

static void enters(const struct person *p, const char *what)
{
    says(p, "/privacy");
    presses(p, "Переезд");
    presses(p, "Ввести код");
    told_like(p, "Напишите код из старого аккаунта");
    says(p, what);
}

static void test_all_of_it_moves(void **state)
{
    int64_t her = counts("SELECT id FROM customer WHERE external_id = 5000000001");

    (void)state;
    enters(&NEW, gets_code(&ANNA));
    told_like(&NEW, "Переедет всё: Анна");
    told_like(&NEW, "действуют 1, использованы 0");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 1"), 2);
    presses(&NEW, "Перенести");
    told_like(&NEW, "Переехали!");
    told_like(&ANNA, "переехали в новый аккаунт, этот закрыт");
    assert_int_equal(counts("SELECT id FROM customer WHERE external_id = 5000000055"),
                     her);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE external_id ="
                            " 5000000055 AND marketing_ok = 1 AND pd_ok = 1 AND"
                            " birth_date = '1990-10-01' AND status = 1"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 3 AND"
                            " external_id IS NULL"),
                     1);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.move'"), 1);
    says(&NEW, "/discount");
    told_like(&NEW, code);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    told_like(&NEW, "использована");
    told_nothing(&ANNA);
}

#define ROW_OF_NEW " FROM customer WHERE external_id = 5000000055"

/* Said in the new account, after the yes of the old one: it stands, with evidence. */
static void test_a_newer_no_comes_along(void **state)
{
    int64_t no, moved;

    (void)state;
    presses(&NEW, "Хочу получать");
    says(&NEW, "/notifications");
    presses(&NEW, "Реже");
    presses(&NEW, "Отключить");
    no = counts("SELECT marketing_update_id" ROW_OF_NEW);
    assert_int_equal(counts("SELECT marketing_ok" ROW_OF_NEW), 0);
    enters(&NEW, gets_code(&ANNA));
    presses(&NEW, "Перенести");
    told_like(&NEW, "Переехали!");
    moved = counts("SELECT id" ROW_OF_NEW);
    assert_int_equal(counts("SELECT marketing_ok" ROW_OF_NEW), 0);
    assert_int_equal(counts("SELECT marketing_rare" ROW_OF_NEW), 1);
    assert_int_equal(counts("SELECT marketing_update_id" ROW_OF_NEW), no);
    assert_int_equal(db_one(stage.db,
                            "SELECT 1 FROM consent WHERE customer_id = ? AND purpose ="
                            " 2 AND granted = 0 AND update_id = ?",
                            DB_INT(moved), DB_INT(no)),
                     ST_OK);
}

/* An older one does not undo the old account's newer yes. */
static void test_an_older_no_does_not(void **state)
{
    (void)state;
    presses(&NEW, "Хочу получать");
    says(&NEW, "/notifications");
    presses(&NEW, "Отключить");
    says(&ANNA, "/notifications");
    presses(&ANNA, "Отключить");
    says(&ANNA, "/notifications");
    presses(&ANNA, "Хочу получать");
    enters(&NEW, gets_code(&ANNA));
    presses(&NEW, "Перенести");
    told_like(&NEW, "Переехали!");
    assert_int_equal(counts("SELECT marketing_ok" ROW_OF_NEW), 1);
}

/* The old account is a stranger's now, and gets nothing a second time. */
static void test_the_old_account_is_closed(void **state)
{
    (void)state;
    enters(&NEW, gets_code(&ANNA));
    presses(&NEW, "Перенести");
    says(&ANNA, "/wallet");
    told_like(&ANNA, "нам нужно ваше согласие");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    not_told(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE status = 1"), 1);
}

static void test_a_code_works_once(void **state)
{
    static const struct person THIRD = {"client", 5000000056, "Третий", "ru"};
    char was[CODE_SHOWN + 1];

    (void)state;
    snprintf(was, sizeof(was), "%s", gets_code(&ANNA));
    enters(&NEW, was);
    presses_twice(&NEW, "Перенести");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.move'"), 1);
    shop_sets("channel_id", "");
    says(&THIRD, "/start");
    presses(&THIRD, "Согласен");
    enters(&THIRD, was);
    told_like(&THIRD, "Этот код не подходит");
}

static void test_a_quarter_of_an_hour(void **state)
{
    char was[CODE_SHOWN + 1];

    (void)state;
    snprintf(was, sizeof(was), "%s", gets_code(&ANNA));
    stage_wait_until(stage.now + 15 * MINUTE);
    enters(&NEW, was);
    told_like(&NEW, "Этот код не подходит");
}

/* Seen in time, pressed too late. */
static void test_the_press_is_asked_again(void **state)
{
    (void)state;
    enters(&NEW, gets_code(&ANNA));
    told_like(&NEW, "Переедет всё");
    stage_wait_until(stage.now + 15 * MINUTE);
    presses(&NEW, "Перенести");
    told_like(&NEW, "Этот код не подходит");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 1"), 2);
}

static void test_a_newer_code_replaces_it(void **state)
{
    char was[CODE_SHOWN + 1];

    (void)state;
    snprintf(was, sizeof(was), "%s", gets_code(&ANNA));
    (void)gets_code(&ANNA);
    enters(&NEW, was);
    told_like(&NEW, "Этот код не подходит");
    says(&NEW, gets_code(&ANNA));
    told_like(&NEW, "Переедет всё");
}

static void test_mistyped_and_ones_own(void **state)
{
    (void)state;
    enters(&NEW, "ABC");
    told_like(&NEW, "В коде опечатка");
    says(&NEW, "7K3F9-9QXAB");
    told_like(&NEW, "опечатка");
    enters(&ANNA, gets_code(&ANNA));
    told_like(&ANNA, "от этого же аккаунта");
}

/* They took their consent back after they had asked for the code. */
static void test_withdrawn_meanwhile(void **state)
{
    char was[CODE_SHOWN + 1];

    (void)state;
    snprintf(was, sizeof(was), "%s", gets_code(&ANNA));
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    enters(&NEW, was);
    told_like(&NEW, "Этот код не подходит");
}

/* The bot cannot make one of two pasts: it says who can. */
static void test_used_already(void **state)
{
    (void)state;
    says(&OLGA, last_code(&NEW));
    presses(&OLGA, "Применить");
    enters(&NEW, gets_code(&ANNA));
    told_like(&NEW, "уже есть своя история");
    assert_true(sees_button(&NEW, "Написать магазину"));
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 1"), 2);
}

/* It redeemed between the look and the press. */
static void test_used_meanwhile(void **state)
{
    (void)state;
    enters(&NEW, gets_code(&ANNA));
    told_like(&NEW, "Переедет всё");
    assert_int_equal(db_one(stage.db,
                            "SELECT code FROM discount WHERE customer_id = (SELECT id"
                            " FROM customer WHERE external_id = 5000000055)"),
                     ST_OK);
    says(&OLGA, db_text(stage.db, 0, NULL));
    presses(&OLGA, "Применить");
    forges_under(&NEW, "Переедет всё", "v1:v:do:0000000000");
    told_like(&NEW, "Этот код не подходит");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 1"), 2);
}

static void test_guesses_are_counted(void **state)
{
    (void)state;
    says(&NEW, "/privacy");
    presses(&NEW, "Переезд");
    presses(&NEW, "Ввести код");
    for (int i = 0; i < MOVING_TRIES_A_DAY; i++) {
        char guess[CODE_SYMBOLS + 1];

        code_new(guess);
        says(&NEW, guess);
        told_like(&NEW, "Этот код не подходит");
    }
    says(&NEW, gets_code(&ANNA)); /* the right one comes too late */
    told_like(&NEW, "попытки закончились");
    for (int i = 1; i < MOVING_CODES_A_DAY; i++)
        (void)gets_code(&ANNA);
    presses(&ANNA, "Меню");
    says(&ANNA, "/privacy");
    presses(&ANNA, "Переезд");
    presses(&ANNA, "Получить код");
    told_like(&ANNA, "кодов было уже достаточно");
}

/* ---- killed ------------------------------------------------------------------------ */

static char typed[CODE_SYMBOLS + 1];
static int64_t to;

static enum status move_work(struct db *db, void *arg)
{
    return moving_do(db, stage.now, typed, to, 9, arg);
}

static bool dies_at(const char *point)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct db *db = db_open(stage_work.cfg);
        struct moving m;

        setenv("DVORIK_CRASH", point, 1);
        _exit(db_tx(db, move_work, &m) == ST_OK && m.result == MOVING_FINE ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFSIGNALED(status);
}

static void test_killed_at_any_point(void **state)
{
    char point[40];
    int n = 0;

    (void)state;
    assert_int_equal(code_read(gets_code(&ANNA), CODE_SHOWN, typed, NULL), CODE_FINE);
    to = counts("SELECT id FROM customer WHERE external_id = 5000000055");
    assert_true(dies_at("moving.left"));
    for (int i = 1; i < 60; i++) {
        snprintf(point, sizeof(point), "erasure.walked:%d", i);
        if (!dies_at(point))
            break;
        n++;
        assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 1 AND"
                                " external_id IN (5000000001, 5000000055)"),
                         2);
        assert_int_equal(counts("SELECT COUNT(*) FROM move_code"), 1);
    }
    assert_true(n > 10);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 1"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM move_code"), 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_all_of_it_moves),
        A_TEST(test_a_newer_no_comes_along),
        A_TEST(test_an_older_no_does_not),
        A_TEST(test_the_old_account_is_closed),
        A_TEST(test_a_code_works_once),
        A_TEST(test_a_quarter_of_an_hour),
        A_TEST(test_the_press_is_asked_again),
        A_TEST(test_a_newer_code_replaces_it),
        A_TEST(test_mistyped_and_ones_own),
        A_TEST(test_withdrawn_meanwhile),
        A_TEST(test_used_already),
        A_TEST(test_used_meanwhile),
        A_TEST(test_guesses_are_counted),
        A_TEST(test_killed_at_any_point),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
