/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A shift from its report to its end: closed by the clock, compared with the till, added
 * up by the month, as a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/io/db.h"
#include "core/io/kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PERSON LENA = {"auth", 6000000020, "Лена", "ru"}; /* manager of the first store */
PERSON EVIL = {"auth", 6000000031, "=1+1;\"Мари\"", "ru"};

static int staffed(void **state)
{
    opened(state);
    hires(&LENA, "manager", stage.store[0]);
    hires(&EVIL, "cashier", stage.store[0]);
    return 0;
}

/* Anna's discount is good for many more uses, so that one code fills a report. */
static void many_uses(void)
{
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET uses_allowed = 9"),
                     ST_OK);
}

static void redeems(const struct person *p, const char *sum)
{
    says(p, code);
    if (sum != NULL) {
        says(p, sum);
        told_like(p, "₽");
    }
    presses(p, "Применить");
    told_like(p, "Применено");
}

/* ---- by the clock ---------------------------------------------------------------- */

/* 10:00 at the stores' place when the stage opens; both are open 9:00–21:00. */
static void test_closed_with_the_store(void **state)
{
    int64_t ten = stage.now;

    (void)state;
    opens_shift(&OLGA);
    redeems(&OLGA, NULL);
    stage_wait_until(ten + 10 * HOUR + 59 * MINUTE);
    stage_job(KIND_SCHED_SHIFT_CLOSE, NULL);
    told_times(&OLGA, 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM shift WHERE closed_at IS NULL"), 1);
    stage_wait_until(ten + 11 * HOUR);
    stage_job(KIND_SCHED_SHIFT_CLOSE, NULL);
    stage_job(KIND_SCHED_SHIFT_CLOSE, NULL);
    told_like(&OLGA, "мы закрыли забытую смену");
    told_like(&OLGA, "Применено: <b>1</b> скидка");
    told_times(&OLGA, 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM shift WHERE auto_closed = 1"
                            " AND closed_at IS NOT NULL"),
                     1);
    says(&OLGA, code);
    told_like(&OLGA, "Сначала откройте смену");
}

static void test_a_store_without_hours(void **state)
{
    (void)state;
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE store SET hours = 'звоните!'"),
                     ST_OK);
    shop_sets("shift_close_at", "14:30");
    opens_shift(&OLGA);
    stage_wait_until(stage.now + 4 * HOUR);
    stage_job(KIND_SCHED_SHIFT_CLOSE, NULL);
    told_times(&OLGA, 0);
    stage_wait_until(stage.now + 30 * MINUTE);
    stage_job(KIND_SCHED_SHIFT_CLOSE, NULL);
    told_like(&OLGA, "мы закрыли забытую смену");
}

/* Each store by its own calendar. */
static void test_a_store_of_another_zone(void **state)
{
    (void)state;
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE store SET tz = 'Europe/Moscow' WHERE id = ?",
                             DB_INT(stage.store[1])),
                     ST_OK);
    opens_shift(&OLGA);
    opens_shift(&JANE);
    stage_wait_until(stage.now + 12 * HOUR);
    stage_job(KIND_SCHED_SHIFT_CLOSE, NULL);
    told_like(&OLGA, "мы закрыли");
    told_times(&JANE, 0); /* three in the afternoon in Moscow */
    stage_wait_until(stage.now + 6 * HOUR);
    stage_job(KIND_SCHED_SHIFT_CLOSE, NULL);
    told_like(&JANE, "we closed the shift");
}

/* ---- beside the till ------------------------------------------------------------ */

static void test_the_report_in_money(void **state)
{
    (void)state;
    many_uses();
    opens_shift(&OLGA);
    redeems(&OLGA, "1 000");
    redeems(&OLGA, "500,50");
    redeems(&OLGA, NULL);
    redeems(&OLGA, "99");
    says(&OLGA, "/undo");
    presses(&OLGA, "Возврат");
    says(&OLGA, "/report");
    told_like(&OLGA, "Применено: <b>3</b> скидки. Отменено: 1.");
    told_like(&OLGA, "За подписку 3, ко дню рождения 0");
    told_like(
        &OLGA,
        "С суммой: 2 чека на 1 500,50 ₽, скидки 150,05 ₽. "
        "Средний "
        "чек "
        "750,25 ₽.");
    assert_false(sees_button(&OLGA, "Файл CSV")); /* the file is a manager's */
}

static void test_compared_with_the_till(void **state)
{
    (void)state;
    many_uses();
    opens_shift(&OLGA);
    redeems(&OLGA, "1000");
    redeems(&OLGA, NULL);
    says(&OLGA, "/close");
    presses(&OLGA, "Да, закрыть");
    presses(&OLGA, "Сверить с кассой");
    told_like(&OLGA, "Какую сумму скидок показывает касса");
    says(&OLGA, "сто");
    told_like(&OLGA, "Не получилось прочитать сумму");
    says(&OLGA, "150,00");
    told_like(
        &OLGA,
        "на кассе 150 ₽, у нас 100 ₽. На кассе больше "
        "на "
        "50 ₽.");
    told_like(&OLGA, "Без суммы: 1 чек");
    assert_int_equal(counts("SELECT till_discount FROM shift"), 15000);
    forges(&OLGA, "v1:s:till:1");
    says(&OLGA, "90");
    told_like(&OLGA, "На кассе меньше на 10 ₽");
    forges(&OLGA, "v1:s:till:1");
    says(&OLGA, "100");
    told_like(&OLGA, "Сходится с кассой: 100 ₽");
    forges(&LENA, "v1:s:one:1");
    told_like(&LENA, "Касса показала скидок на 100 ₽");
    forges(&PETR, "v1:s:till:1"); /* not his shift */
    told_like(&PETR, "экран устарел");
    forges(&PETR, "v1:s:one:1");
    told_like(&PETR, "экран устарел");
}

/* A customer steps up meanwhile. */
static void test_a_code_instead_of_a_sum(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, "/report");
    presses(&OLGA, "Сверить с кассой");
    says(&OLGA, code);
    told_like(&OLGA, "Скидка <b>10");
    presses(&OLGA, "Применить");
    forges(&OLGA, "v1:s:till:1");
    says(&OLGA, last_link(&ANNA)); /* of a scanner of QR pictures */
    not_told(&OLGA, "Не получилось прочитать сумму");
    told_like(&OLGA, "вы уже применили");
}

/* ---- files ---------------------------------------------------------------------- */

static const char *newest_file(void)
{
    assert_int_equal(db_one(stage.db, "SELECT body, name, mime FROM document"
                                      " ORDER BY id DESC LIMIT 1"),
                     ST_OK);
    assert_string_equal(db_text(stage.db, 2, NULL), "text/csv");
    return db_text(stage.db, 0, NULL);
}

static void test_the_shift_as_a_file(void **state)
{
    const char *csv;

    (void)state;
    many_uses();
    says(&EVIL, "/start");
    presses(&EVIL, "Открыть смену");
    redeems(&EVIL, "1250,50");
    redeems(&EVIL, NULL);
    says(&EVIL, "/undo");
    presses(&EVIL, "Возврат");
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Отчёты");
    presses(&LENA, "Смены");
    presses(&LENA, "Мари");
    presses(&LENA, "Файл CSV");
    told_like(&LENA, "📄 Смена: Ленина, 5, 18.09.2026 10:00");
    csv = newest_file();
    assert_memory_equal(csv,
                        "\xEF\xBB\xBF"
                        "Чек;Время;",
                        3 + 17);
    /* A name is never a formula, and never ends its field. */
    assert_non_null(strstr(csv, "\r\n1;18.09.2026 10:00;\"Ленина, 5\";"
                                "\"'=1+1;\"\"Мари\"\"\";за подписку;10"));
    assert_non_null(strstr(csv, ";1250,50;125,05;\r\n2;"));
    assert_non_null(strstr(csv, ";;;18.09.2026 10:00\r\n"));
    says(&OLGA, "/start");
    forges(&OLGA, "v1:s:csv:1"); /* of somebody else's shift */
    told_like(&OLGA, "экран устарел");
    assert_int_equal(counts("SELECT COUNT(*) FROM document"), 1);
}

static void test_a_month(void **state)
{
    const char *csv;

    (void)state;
    many_uses();
    opens_shift(&OLGA);
    redeems(&OLGA, "1000");
    redeems(&OLGA, "500");
    opens_shift(&PETR);
    redeems(&PETR, NULL);
    opens_shift(&JANE);
    says(&JANE, code);
    presses(&JANE, "Apply");
    says(&BOSS, "/start");
    presses(&BOSS, "Управление");
    presses(&BOSS, "Отчёты");
    told_like(&BOSS, "За какой месяц?");
    presses(&BOSS, "09.2026");
    presses(&BOSS, "Все магазины");
    told_like(&BOSS,
              "🏬 <b>Ленина, 5</b>\n• Ольга: 2 скидки, отмен 0\n  чеки "
              "1 500 ₽, "
              "скидки 150 ₽, средний 750 ₽\n• Пётр: 1 "
              "скидка");
    told_like(&BOSS, "🏬 <b>Садовая, 12</b>\n• Jane: 1 скидка");
    told_like(&BOSS, "<b>Всего</b>: 4 скидки");
    presses(&BOSS, "Файл CSV");
    told_like(&BOSS, "Отчёт за 09.2026");
    csv = newest_file();
    assert_non_null(
        strstr(csv, "\r\n09.2026;\"Ленина, 5\";Ольга;2;0;2;1500,00;150,00;750,00\r\n"));
    assert_non_null(strstr(csv, ";Пётр;1;0;0;0,00;0,00;\r\n"));
    assert_non_null(strstr(csv, ";Jane;1;"));
}

/* A manager sees her own stores, whatever the button says. */
static void test_a_month_of_ones_own(void **state)
{
    char forged[64], store[14];

    (void)state;
    opens_shift(&JANE);
    says(&JANE, code);
    presses(&JANE, "Apply");
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Отчёты");
    presses(&LENA, "09.2026");
    assert_false(sees_button(&LENA, "Садовая"));
    presses(&LENA, "Ленина, 5");
    told_like(&LENA, "применений нет");
    base36_print((uint64_t)stage.store[1], store);
    snprintf(forged, sizeof(forged), "v1:q:show:4cc1.%s", store); /* 202609 */
    forges(&LENA, forged);
    told_like(&LENA, "применений нет");
    forges(&OLGA, "v1:q:open:");
    told_like(&OLGA, "недоступно");
    forges(&OLGA, "v1:q:csv:4cc1");
    told_like(&OLGA, "недоступно");
}

/* A month begins at midnight of the store's own calendar: 14:00 UTC in Vladivostok. */
static void test_where_a_month_begins(void **state)
{
    const int64_t october = 1790776800000000LL; /* 2026-09-30 14:00 UTC */

    (void)state;
    many_uses();
    opens_shift(&OLGA);
    stage_wait_until(october - MINUTE);
    redeems(&OLGA, NULL);
    stage_wait_until(october);
    redeems(&OLGA, NULL);
    redeems(&OLGA, NULL);
    says(&BOSS, "/start");
    forges(&BOSS, "v1:q:show:4cc1");
    told_like(&BOSS, "<b>09.2026</b>");
    told_like(&BOSS, "<b>Всего</b>: 1 скидка");
    forges(&BOSS, "v1:q:show:4cc2");
    told_like(&BOSS, "<b>Всего</b>: 2 скидки");
}

#define A_TEST(fn) cmocka_unit_test_setup_teardown(fn, staffed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_closed_with_the_store),   A_TEST(test_a_store_without_hours),
        A_TEST(test_a_store_of_another_zone), A_TEST(test_the_report_in_money),
        A_TEST(test_compared_with_the_till),  A_TEST(test_a_code_instead_of_a_sum),
        A_TEST(test_the_shift_as_a_file),     A_TEST(test_a_month),
        A_TEST(test_a_month_of_ones_own),     A_TEST(test_where_a_month_begins),
    };
    int failed = cmocka_run_group_tests_name("once", tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
