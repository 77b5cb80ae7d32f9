/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A phone that several people share: who they are by their PIN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/keypad.h"

#include "core/base/clock.h"
#include "core/staff/pin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The phone becomes the till of the first store, by Lena's invitation. */
static void phone_is_made(void)
{
    char link[240];

    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Пригласить");
    presses(&LENA, "Общий телефон");
    presses(&LENA, "Ленина, 5");
    told_like(&LENA, "Ссылка для общего телефона: <b>Ленина, 5</b>");
    snprintf(link, sizeof(link), "/start i_%.60s", between(&LENA, "start=i_", "<"));
    says(&PHONE, link);
    told_like(&PHONE, "это общий телефон, касса <b>Ленина, 5</b>");
}

static void works_at_phone(const char *name, const char *pin)
{
    forges(&PHONE, "v1:t:who:");
    presses(&PHONE, name);
    told_like(&PHONE, "введите PIN");
    enters(&PHONE, pin);
}

static void test_two_people_on_one_phone(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    sets_pin(&PETR, "97531");
    phone_is_made();
    says(&PHONE, code); /* nobody has entered: nothing is checked */
    told_like(&PHONE, "Кто работает?");
    assert_false(sees_button(&PHONE, "Jane")); /* of the other store */
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
    works_at_phone("Ольга", "2580");
    told_like(&PHONE, "За кассой: <b>Ольга</b>");
    presses(&PHONE, "Открыть смену");
    told_like(&PHONE, "Ленина, 5");
    says(&PHONE, code);
    told_like(&PHONE, "Скидка <b>10");
    presses(&PHONE, "Применить");
    told_like(&PHONE, "Применено");
    /* The person, not the phone. */
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption r JOIN staff p"
                            " ON p.id = r.staff_id WHERE p.name = 'Ольга'"),
                     1);
    says(&PHONE, "/menu");
    presses(&PHONE, "Сменить кассира");
    presses(&PHONE, "Пётр");
    enters(&PHONE, "97531");
    told_like(&PHONE, "За кассой: <b>Пётр</b>");
    presses(&PHONE, "Открыть смену");
    says(&PHONE, code);
    told_like(&PHONE, "Уже использована");
    told_like(&PHONE, "кассир Ольга");
    assert_int_equal(counts("SELECT COUNT(*) FROM shift WHERE closed_at IS NULL"), 2);
    assert_int_equal(counts("SELECT COUNT(*) FROM staff WHERE name = 'Касса'"), 0);
}

static void test_a_wrong_pin_brings_nobody_in(void **state)
{
    char data[64], id[14];

    (void)state;
    sets_pin(&OLGA, "2580");
    sets_pin(&PETR, "97531");
    phone_is_made();
    works_at_phone("Ольга", "97531"); /* Petr's */
    told_like(&PHONE, "не подошёл");
    forges(&PHONE, "v1:t:in:");
    told_like(&PHONE, "Кто работает?");
    forges(&PHONE, "v1:m:open:");
    told_like(&PHONE, "Кто работает?");
    base36_print((uint64_t)counts("SELECT id FROM staff WHERE name = 'Jane'"), id);
    snprintf(data, sizeof(data), "v1:t:pick:%s", id); /* of the other store */
    forges(&PHONE, data);
    not_told(&PHONE, "введите PIN");
    assert_int_equal(counts("SELECT COUNT(*) FROM till WHERE held_by IS NOT NULL"), 0);
}

static void test_somebody_without_a_pin(void **state)
{
    (void)state;
    phone_is_made();
    works_at_phone("Ольга", "2580");
    told_like(&PHONE, "нет PIN");
    /* Nobody can choose one for her there. */
    forges(&PHONE, "v1:k:my:");
    told_like(&PHONE, "Кто работает?");
}

/* By a manager, told by word of mouth: good once, and changed at once. */
static void test_a_temporary_pin(void **state)
{
    char pin[16];

    (void)state;
    sets_pin(&OLGA, "2580");
    phone_is_made();
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Сотрудники");
    presses(&LENA, "Ольга");
    told_like(&LENA, "PIN: да");
    presses(&LENA, "Временный PIN");
    told_like(&LENA, "Временный PIN, <b>Ольга</b>");
    snprintf(pin, sizeof(pin), "%.15s", between(&LENA, "<code>", "</code>"));
    assert_int_equal(strlen(pin), PIN_ONCE_DIGITS);
    works_at_phone("Ольга", "2580"); /* the old one is gone */
    told_like(&PHONE, "не подошёл");
    enters(&PHONE, pin);
    told_like(&PHONE, "Это был временный PIN");
    assert_int_equal(counts("SELECT COUNT(*) FROM till WHERE held_by IS NOT NULL"), 0);
    enters(&PHONE, "86420");
    enters(&PHONE, "86420");
    told_like(&PHONE, "За кассой: <b>Ольга</b>");
    presses(&PHONE, "Сменить кассира");
    presses(&PHONE, "Ольга");
    enters(&PHONE, pin);
    told_like(&PHONE, "не подошёл");
}

static void test_a_temporary_pin_grows_old(void **state)
{
    char pin[16], data[64], id[14];

    (void)state;
    phone_is_made();
    base36_print((uint64_t)counts("SELECT id FROM staff WHERE name = 'Ольга'"), id);
    snprintf(data, sizeof(data), "v1:p:pin:%s", id);
    forges(&LENA, data);
    snprintf(pin, sizeof(pin), "%.15s", between(&LENA, "<code>", "</code>"));
    stage_wait_until(stage.now + 25 * HOUR);
    works_at_phone("Ольга", pin);
    told_like(&PHONE, "нет PIN");
}

/* Between the card and the press, on the shared phone too. */
static void test_dismissed_on_the_phone(void **state)
{
    char data[64], id[14];

    (void)state;
    sets_pin(&OLGA, "2580");
    phone_is_made();
    works_at_phone("Ольга", "2580");
    presses(&PHONE, "Открыть смену");
    says(&PHONE, code);
    base36_print((uint64_t)counts("SELECT id FROM staff WHERE name = 'Ольга'"), id);
    snprintf(data, sizeof(data), "v1:p:fired:%s", id);
    forges(&LENA, data);
    presses(&PHONE, "Применить");
    told_like(&PHONE, "Кто работает?");
    assert_false(sees_button(&PHONE, "Ольга"));
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM staff_pin"), 0);
}

static void test_closing_leaves_the_phone(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    phone_is_made();
    works_at_phone("Ольга", "2580");
    presses(&PHONE, "Открыть смену");
    says(&PHONE, "/close");
    presses(&PHONE, "Да, закрыть");
    told_like(&PHONE, "смена закрыта");
    presses(&PHONE, "Меню");
    told_like(&PHONE, "Кто работает?");
}

/* They need no account: a name, a store, and digits to begin with. */
static void test_somebody_without_a_phone(void **state)
{
    char pin[16], forged[64], id[14];

    (void)state;
    phone_is_made();
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Пригласить");
    presses(&LENA, "Без телефона");
    presses(&LENA, "Ленина, 5");
    told_like(&LENA, "Как зовут сотрудника?");
    says(&LENA, " \xE2\x80\x8B "); /* nothing to be seen in it */
    told_like(&LENA, "Здесь нет имени");
    says(&LENA, "0000000000"); /* the next in the queue */
    not_told(&LENA, "теперь кассир");
    assert_int_equal(counts("SELECT COUNT(*) FROM staff WHERE name = '0000000000'"), 0);
    forges(&LENA, "v1:i:who:1");
    says(&LENA, "Зоя <b>");
    told_like(&LENA, "✅ Зоя &lt;b&gt; теперь кассир");
    snprintf(pin, sizeof(pin), "%.15s", between(&LENA, "<code>", "</code>"));
    works_at_phone("Зоя", pin);
    told_like(&PHONE, "теперь задайте свой");
    enters(&PHONE, "8642");
    enters(&PHONE, "8642");
    told_like(&PHONE, "За кассой: <b>Зоя &lt;b&gt;</b>");
    presses(&PHONE, "Открыть смену");
    says(&PHONE, code);
    presses(&PHONE, "Применить");
    told_like(&PHONE, "Применено");
    says(&PHONE, "/close");
    presses(&PHONE, "Да, закрыть");
    /* Nobody is written to who has no chat. */
    assert_int_equal(counts("SELECT COUNT(*) FROM message"
                            " WHERE recipient > 1000000000000000000"),
                     0);
    base36_print((uint64_t)stage.store[1], id);
    snprintf(forged, sizeof(forged), "v1:i:who:%s", id);
    forges(&LENA, forged); /* a store that is not hers */
    says(&LENA, "Чужой");
    told_like(&LENA, "недоступно");
    assert_int_equal(counts("SELECT COUNT(*) FROM staff WHERE channel = 5"), 1);
}

/* Whoever forgot to leave: the next morning it is nobody's. */
static void test_left_overnight(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    phone_is_made();
    works_at_phone("Ольга", "2580");
    stage_wait_until(stage.now + 11 * HOUR);
    says(&PHONE, "/menu");
    told_like(&PHONE, "За кассой: <b>Ольга</b>");
    stage_wait_until(stage.now + HOUR);
    says(&PHONE, code);
    told_like(&PHONE, "Кто работает?");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
}

static void test_links_on_wrong_phones(void **state)
{
    char link[240];

    (void)state;
    sets_pin(&OLGA, "2580");
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Пригласить");
    presses(&LENA, "Общий телефон");
    presses(&LENA, "Ленина, 5");
    snprintf(link, sizeof(link), "/start i_%.60s", between(&LENA, "start=i_", "<"));
    says(&PETR, link); /* his own phone: he would lock himself out */
    told_like(&PETR, "она ещё действует");
    assert_int_equal(counts("SELECT COUNT(*) FROM till"), 0);
    says(&PHONE, link);
    told_like(&PHONE, "общий телефон");
    works_at_phone("Ольга", "2580");
    says(&PHONE, invites("cashier", stage.store[0]));
    told_like(&PHONE, "откройте, пожалуйста, на своём");
    assert_int_equal(counts("SELECT COUNT(*) FROM invite WHERE used_at IS NOT NULL"),
                     1);
}

static void test_a_phone_is_switched_off(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    phone_is_made();
    works_at_phone("Ольга", "2580");
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Сотрудники");
    presses(&LENA, "Общие телефоны");
    told_like(&LENA, "<b>Ленина, 5</b>: 1");
    presses(&LENA, "Отключить 1");
    told_like(&LENA, "Общих телефонов пока нет");
    says(&PHONE, code);
    told_like(&PHONE, "Это служебный бот");
}

#define A_TEST(fn) cmocka_unit_test_setup_teardown(fn, staffed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_two_people_on_one_phone),
        A_TEST(test_a_wrong_pin_brings_nobody_in),
        A_TEST(test_somebody_without_a_pin),
        A_TEST(test_a_temporary_pin),
        A_TEST(test_a_temporary_pin_grows_old),
        A_TEST(test_dismissed_on_the_phone),
        A_TEST(test_closing_leaves_the_phone),
        A_TEST(test_somebody_without_a_phone),
        A_TEST(test_left_overnight),
        A_TEST(test_links_on_wrong_phones),
        A_TEST(test_a_phone_is_switched_off),
    };
    int failed = cmocka_run_group_tests_name("once", tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
