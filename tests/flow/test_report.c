/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A shared phone and a report as a file, through all the programs: what the keypad and a
 * document are to the Bot API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/botapi.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"

#include <stdio.h>
#include <string.h>

static const struct person BOSS = {"auth", 6000000009, "Марина", "ru"};
static const struct person IGOR = {"auth", 6000000021, "Игорь", "ru"};

static int opened(void **state)
{
    (void)state;
    stage_open_real(STAGE_WEBHOOK | STAGE_TWICE);
    hires(&BOSS, "owner", 0);
    return 0;
}

static void test_from_a_request_to_the_report(void **state)
{
    struct house *house = stage_house();

    (void)state;
    says(&BOSS, "/start"); /* whom it never met a bot cannot write to */
    says(&IGOR, "/start");
    presses(&IGOR, "Запросить доступ");
    told_like(&IGOR, "Запрос отправлен");
    told_like(&BOSS, "✋ Игорь");
    presses(&BOSS, "Принять");
    presses(&BOSS, "кассир");
    presses(&BOSS, "Ленина, 5");
    told_like(&IGOR, "добро пожаловать! Ваша роль: кассир.");
    says(&IGOR, "/pin");
    presses(&IGOR, "2");
    presses(&IGOR, "5");
    presses(&IGOR, "8");
    presses(&IGOR, "0");
    told_like(&IGOR, "PIN: ●●●●");
    says(&IGOR, "/shift");
    told_like(&IGOR, "Ленина, 5, смена с");
    says(&BOSS, "/start");
    presses(&BOSS, "Управление");
    presses(&BOSS, "Отчёты");
    presses(&BOSS, "Смены");
    presses(&BOSS, "Игорь");
    told_like(&BOSS, "Применено: 0 скидок");
    presses(&BOSS, "Файл CSV");
    told_like(&BOSS, "📄 Смена: Ленина, 5");
    assert_int_equal(botapi_count(house->botapi, "sendDocument", BOSS.id).accepted, 1);
    assert_int_equal(botapi_violations(house->botapi), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_from_a_request_to_the_report, opened,
                                        stage_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
