/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The phone: only one's own, by the key that shares a contact; and one birthday gift a
 * year for one phone, whoever brings it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"

static const struct person TWIN = {"client", 5000000005, "Аня", "ru"};
static const struct person LATE = {"client", 5000000006, "Галя", "ru"};

static void agrees(const struct person *p)
{
    says(p, "/start");
    presses(p, "Согласен");
}

static void asked_for_phone(const struct person *p)
{
    says(p, "/profile");
    presses(p, "номер");
}

/* ---- whose phone ---------------------------------------------------------------- */

static void test_typed_numbers_are_not_taken(void **state)
{
    (void)state;
    agrees(&ANNA);
    asked_for_phone(&ANNA);
    assert_true(sees_key(&ANNA, "Отправить номер"));
    assert_true(sees_key(&ANNA, "Отмена"));
    assert_false(sees_key(&ANNA, "Пропустить")); /* nothing follows */
    says(&ANNA, "+7 999 123-45-67");
    told_like(&ANNA, "Нажмите кнопку ниже, так мы уверены, что номер ваш");
    assert_true(sees_key(&ANNA, "Отправить номер"));
    says(&ANNA, "не хочу");
    told_like(&ANNA, "Нажмите кнопку ниже");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE phone IS NOT NULL"),
                     0);
}

static void test_somebody_elses_contact_is_not_taken(void **state)
{
    (void)state;
    agrees(&ANNA);
    asked_for_phone(&ANNA);
    shares_contact_of(&ANNA, "79991234567", TWIN.id);
    told_like(&ANNA, "контакт другого человека");
    assert_true(sees_key(&ANNA, "Отправить номер"));
    shares_contact_of(&ANNA, "79991234567", 0);
    told_like(&ANNA, "контакт другого человека");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE phone IS NOT NULL"
                            " OR phone_hash IS NOT NULL"),
                     0);
    shares_contact(&ANNA, "79991234567");
    told_like(&ANNA, "Записали номер +7 999 123-45-67");
}

/* One that was passed on may be long out of date, or somebody else's doing. */
static void test_a_contact_passed_on(void **state)
{
    static const char text[] =
        "{\"update_id\":77,\"message\":{\"message_id\":9,\"date\":1789689600,"
        "\"from\":{\"id\":5000000001,\"is_bot\":false,\"first_name\":\"A\"},"
        "\"chat\":{\"id\":5000000001,\"type\":\"private\"},"
        "\"forward_origin\":{\"type\":\"hidden_user\",\"sender_user_name\":\"x\","
        "\"date\":1},\"contact\":{\"phone_number\":\"79990000001\","
        "\"first_name\":\"A\",\"user_id\":5000000001}}}";
    struct json *u = json_parse(text, sizeof(text) - 1);

    (void)state;
    agrees(&ANNA);
    asked_for_phone(&ANNA);
    assert_non_null(u);
    stage_update("client", u);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE phone IS NOT NULL"),
                     0);
}

static void test_not_a_number(void **state)
{
    (void)state;
    agrees(&ANNA);
    asked_for_phone(&ANNA);
    shares_contact(&ANNA, "привет");
    told_like(&ANNA, "Не получилось прочитать номер");
    shares_contact(&ANNA, "1'; DROP TABLE customer");
    told_like(&ANNA, "Не получилось прочитать номер");
    assert_true(sees_key(&ANNA, "Отправить номер"));
}

static void test_kept_as_e164(void **state)
{
    static const char *const same[] = {"79991234567", "+7 999 123-45-67",
                                       "89991234567"};

    (void)state;
    agrees(&ANNA);
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        asked_for_phone(&ANNA);
        shares_contact(&ANNA, same[i]);
        told_like(&ANNA, "Записали номер +7 999 123-45-67");
        assert_false(sees_key(&ANNA, ""));
    }
    asked_for_phone(&ANNA);
    shares_contact(&ANNA, "375291234567");
    told_like(&ANNA, "Записали номер +375291234567");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE phone = '+375291234567'"), 1);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.phone'"), 2);
}

/* Shared without being asked: theirs, so it is taken, and the key is not left behind. */
static void test_shared_out_of_turn(void **state)
{
    (void)state;
    agrees(&ANNA);
    says(&ANNA, "/profile");
    presses(&ANNA, "Заполнить");
    shares_contact(&ANNA, "79991234567");
    told_like(&ANNA, "Записали номер");
    told_like(&ANNA, "Шаг 1 из 3");
    presses(&ANNA, "Оставить");
    presses(&ANNA, "Пропустить");
    told_like(&ANNA, "Спасибо, это всё!"); /* the phone is not asked again */
}

/* Another question is asked meanwhile: the key that answers this one goes. */
static void test_the_key_goes_with_its_question(void **state)
{
    (void)state;
    agrees(&ANNA);
    asked_for_phone(&ANNA);
    assert_true(sees_key(&ANNA, "Отправить номер"));
    says(&ANNA, "/profile");
    presses(&ANNA, "Указать имя");
    told_like(&ANNA, "номер можно указать потом");
    told_like(&ANNA, "Как к вам обращаться?");
    assert_false(sees_key(&ANNA, ""));
    says(&ANNA, "Анна");
    told_like(&ANNA, "Очень приятно");
}

/* Their own name, cut short, and the last digits: enough to know who it is. */
static void test_the_till_sees_no_more_than_it_needs(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Не сейчас");
    presses(&ANNA, "Заполнить");
    says(&ANNA, "Мария Кузнецова");
    shares_contact(&ANNA, "79991234567");
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    says(&OLGA, last_code(&ANNA));
    told_like(&OLGA, "Мария К.");
    told_like(&OLGA, "+7 *** ***-45-67");
    not_told(&OLGA, "Кузнецова");
    not_told(&OLGA, "999");
}

/* ---- one gift a year for one phone ---------------------------------------------- */

static void joins(const struct person *p, const char *phone)
{
    agrees(p);
    says(p, "/birthday");
    presses(p, "Указать дату");
    says(p, "1 октября 1990");
    presses(p, "Верно");
    if (phone != NULL)
        shares_contact(p, phone);
}

static int64_t gifts(void)
{
    return counts("SELECT COUNT(*) FROM discount WHERE source = 2");
}

static void birthday_round(void)
{
    struct json *args = json_new_object();

    json_set_int(args, "day", (stage.now + 10 * HOUR) / DAY);
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
}

static void test_two_accounts_one_phone(void **state)
{
    (void)state;
    joins(&ANNA, "79991234567");
    not_told(&ANNA, "ещё один профиль");
    joins(&TWIN, "+7 (999) 123-45-67");
    told_like(&TWIN, "С этим номером у нас есть ещё один профиль");
    presses(&TWIN, "Переезд"); /* a way to make them one */
    told_like(&TWIN, "В старом аккаунте нажмите «Получить код»");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE phone_shared = 1"), 2);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.phone_shared'"), 1);
    stage_wait_until(stage.now + 13 * DAY);
    birthday_round();
    assert_int_equal(gifts(), 1);
    stage_wait_until(stage.now + DAY);
    birthday_round(); /* asked again on each day of the window */
    assert_int_equal(gifts(), 1);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.gift_withheld'"),
        1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE gift_withheld = 2026"),
                     1);
    stage_wait_until(stage.now + 364 * DAY);
    birthday_round();
    assert_int_equal(gifts(), 2); /* next year has its own */
}

/* The gift first, the phone later: it counts all the same. */
static void test_a_phone_told_after_the_gift(void **state)
{
    (void)state;
    joins(&ANNA, NULL);
    stage_wait_until(stage.now + 13 * DAY);
    birthday_round();
    assert_int_equal(gifts(), 1);
    shares_contact(&ANNA, "79991234567");
    stage_wait_until(stage.now - 13 * DAY);
    joins(&TWIN, "79991234567");
    stage_wait_until(stage.now + 13 * DAY);
    birthday_round();
    assert_int_equal(gifts(), 1);
}

/* Taken away before the birthday and brought to another account: the hash remembers. */
static void test_a_phone_that_wanders(void **state)
{
    (void)state;
    joins(&ANNA, "79991234567");
    presses(&ANNA, "Убрать данные");
    presses(&ANNA, "Убрать номер");
    presses(&ANNA, "Да, убрать");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE phone IS NULL"
                            " AND phone_hash IS NOT NULL"),
                     1);
    joins(&TWIN, "79991234567");
    not_told(&TWIN, "ещё один профиль"); /* nobody else has it now */
    joins(&LATE, "79997654321");
    stage_wait_until(stage.now + 13 * DAY);
    birthday_round();
    assert_int_equal(gifts(), 2); /* one for either phone */
}

/* Those without a phone have their gift as ever. */
static void test_no_phone_no_matter(void **state)
{
    (void)state;
    joins(&ANNA, NULL);
    joins(&TWIN, NULL);
    stage_wait_until(stage.now + 13 * DAY);
    birthday_round();
    assert_int_equal(gifts(), 2);
}

static void test_the_hash_tells_no_phone(void **state)
{
    (void)state;
    joins(&ANNA, "79991234567");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE phone_hash IS NOT NULL"
                            " AND phone_hash <> UNHEX(SHA2('+79991234567', 256))"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM audit_key"), 1);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, stage_is_open, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_typed_numbers_are_not_taken),
        A_TEST(test_somebody_elses_contact_is_not_taken),
        A_TEST(test_a_contact_passed_on),
        A_TEST(test_not_a_number),
        A_TEST(test_kept_as_e164),
        A_TEST(test_shared_out_of_turn),
        A_TEST(test_the_key_goes_with_its_question),
        A_TEST(test_the_till_sees_no_more_than_it_needs),
        A_TEST(test_two_accounts_one_phone),
        A_TEST(test_a_phone_told_after_the_gift),
        A_TEST(test_a_phone_that_wanders),
        A_TEST(test_no_phone_no_matter),
        A_TEST(test_the_hash_tells_no_phone),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed +
           cmocka_run_group_tests_name("every update twice", tests, NULL, NULL);
}
