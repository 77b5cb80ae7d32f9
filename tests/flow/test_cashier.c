/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A discount's whole life through all the programs: from the customer's picture to the
 * till and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/qr.h"
#include "tests/harness/stage.h"

#include <stdio.h>
#include <string.h>

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person ANNA_AT_TILL = {"auth", 5000000001, "Анна", "ru"};
static const struct person JOHN = {"client", 5000000002, "John", "en"};
static const struct person OLGA = {"auth", 6000000001, "Ольга", "ru"};
static const struct person PETR = {"auth", 6000000002, "Пётр", "ru"};
static const struct person JANE = {"auth", 6000000003, "Jane", "en"};

static int opened(void **state)
{
    (void)state;
    stage_open_real(STAGE_WEBHOOK | STAGE_TWICE);
    hires(&PETR, "cashier", stage.store[0]);
    return 0;
}

static void start_link(const struct person *p, char out[200])
{
    snprintf(out, 200, "/start %s", strstr(last_link(p), "q_"));
}

static void test_from_picture_to_receipt(void **state)
{
    char link[200];

    (void)state;
    subscribes(&ANNA);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка: 10");
    start_link(&ANNA, link);

    says(&ANNA_AT_TILL, link);
    told_like(&ANNA_AT_TILL, "Это служебный бот");

    says(&OLGA, invites("cashier", stage.store[0]));
    told_like(&OLGA, "Ольга, добро пожаловать! Ваша роль: кассир.");
    says(&OLGA, link);
    told_like(&OLGA, "Сначала откройте смену");
    presses(&OLGA, "Открыть смену");
    told_like(&OLGA, "Скидка 10");
    presses_twice(&OLGA, "Применить 10");
    told_like(&OLGA, "чек № 1");
    told_like(&ANNA, "использована: Ленина, 5");
    told_like(&ANNA, "✅ Использовано "); /* the picture itself */
    assert_false(sees_button(&ANNA, "Обновить код"));
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);

    says(&OLGA, link);
    told_like(&OLGA, "вы уже применили");
    says(&PETR, "/shift");
    says(&PETR, link);
    told_like(&PETR, "Ленина, 5, кассир Ольга, чек № 1");
}

static void test_taken_back(void **state)
{
    (void)state;
    forges(&OLGA, "v1:u:do:1.3");
    told_like(&OLGA, "поможет управляющий");
    forges(&PETR, "v1:u:do:0000000000.3");
    told_like(&PETR, "поможет управляющий");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE voided_at IS NULL"),
                     1);
    presses(&OLGA, "Отменить");
    told_like(&OLGA, "Отменить чек № 1");
    presses(&OLGA, "Не тот покупатель");
    told_like(&OLGA, "Чек № 1 отменён");
    told_like(&ANNA, "снова действует");
    told_like(&ANNA, "Ваша скидка: 10"); /* the picture is good again */
    assert_true(sees_button(&ANNA, "Обновить код"));
    says(&PETR, last_code(&ANNA));
    told_like(&PETR, "Скидка 10");
    presses(&PETR, "Применить 10");
    told_like(&PETR, "чек № 1");
    told_like(&ANNA, "использована");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE voided_at IS NULL"),
                     1);
    says(&OLGA, "/close");
    presses(&OLGA, "Да, закрыть");
    told_like(&OLGA, "Применено: 0 скидок. Отменено: 1.");
}

static void test_photographed_in_english(void **state)
{
    struct buf png = {0};
    char link[200];

    (void)state;
    subscribes(&JOHN);
    says(&JOHN, "/start");
    presses(&JOHN, "I agree");
    presses(&JOHN, "I subscribed");
    told_like(&JOHN, "Your discount: 10%");
    snprintf(link, sizeof(link), "%s", last_link(&JOHN));
    says(&JANE, invites("cashier", stage.store[1]));
    told_like(&JANE, "Jane, welcome! Your role: cashier.");
    presses(&JANE, "Open a shift");
    told_like(&JANE, "Садовая, 12");
    assert_int_equal(qr_png(link, strlen(link), &png), ST_OK);
    sends_photo(&JANE, png.s, png.len);
    buf_free(&png);
    told_like(&JANE, "10% off");
    presses(&JANE, "Apply 10%");
    told_like(&JANE, "receipt No. 1");
    told_like(&JOHN, "Your 10% discount was used: Садовая, 12");
    says(&JANE, "12345-6789");
    told_like(&JANE, "too short");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_picture_to_receipt),
        cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_photographed_in_english),
    };

    return cmocka_run_group_tests(tests, opened, stage_end);
}
