/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What customers tell of themselves, through all the programs, some of which die on the
 * way: the questions go on where they stood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/house.h"
#include "tests/harness/stage.h"

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person JOHN = {"client", 5000000002, "John", "en"};

static int opened(void **state)
{
    (void)state;
    stage_open_real(STAGE_DEATHS);
    return 0;
}

/* Killed between any two answers, and nobody notices. */
static void test_the_worker_dies_at_each_step(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    told_like(&ANNA, "Здравствуйте");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Остался один шаг");
    says(&ANNA, "/profile");
    told_like(&ANNA, "Ваш профиль");
    presses(&ANNA, "Заполнить");
    told_like(&ANNA, "Шаг 1 из 3");
    not_told(&ANNA, "Шаг 2"); /* everything has come to rest */
    house_restart(stage_house(), WORKER);
    says(&ANNA, "Анна Мария");
    told_like(&ANNA, "Очень приятно, Анна Мария!");
    told_like(&ANNA, "Шаг 2 из 3");
    not_told(&ANNA, "Шаг 3");
    house_restart(stage_house(), WORKER);
    says(&ANNA, "29 февраля 1996");
    told_like(&ANNA, "29 февраля 1996 — верно?");
    house_restart(stage_house(), WORKER);
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Шаг 3 из 3");
    not_told(&ANNA, "это всё");
    house_restart(stage_house(), WORKER);
    house_restart(stage_house(), BOTS);
    shares_contact(&ANNA, "79991234567");
    told_like(&ANNA, "Записали номер +7 999 123-45-67");
    told_like(&ANNA, "Имя: Анна Мария");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name = 'Анна Мария'"
                            " AND birth_date = '1996-02-29' AND phone = '+79991234567'"
                            " AND profile_step = 0"),
                     1);
}

/* The buttons carry what was chosen before them; and somebody else's card is refused. */
static void test_picked_while_the_worker_dies(void **state)
{
    (void)state;
    says(&JOHN, "/start");
    told_like(&JOHN, "Hello!");
    presses(&JOHN, "I agree");
    told_like(&JOHN, "One step left");
    says(&JOHN, "/profile");
    told_like(&JOHN, "Your profile");
    presses(&JOHN, "Fill in");
    told_like(&JOHN, "Step 1 of 3");
    presses(&JOHN, "Keep it");
    told_like(&JOHN, "Step 2 of 3");
    presses(&JOHN, "Pick by buttons");
    told_like(&JOHN, "In which years");
    presses(&JOHN, "1990s");
    told_like(&JOHN, "In which year were");
    house_restart(stage_house(), WORKER);
    presses(&JOHN, "1996");
    told_like(&JOHN, "In which month");
    presses(&JOHN, "Feb");
    told_like(&JOHN, "On which day");
    presses(&JOHN, "29");
    told_like(&JOHN, "29 February 1996 — is that right?");
    presses(&JOHN, "That is right");
    told_like(&JOHN, "Step 3 of 3");
    says(&JOHN, "+1 202 555 01 23");
    told_like(&JOHN, "press the button below");
    shares_contact_of(&JOHN, "12025550123", 5000000001);
    told_like(&JOHN, "somebody else's contact");
    says(&JOHN, "Skip");
    told_like(&JOHN, "Thank you, that is all!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_worker_dies_at_each_step),
        cmocka_unit_test(test_picked_while_the_worker_dies),
    };

    return cmocka_run_group_tests(tests, opened, stage_end);
}
