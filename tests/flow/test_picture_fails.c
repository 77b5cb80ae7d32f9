/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The picture of a code does not go: its words and the code in them do, and what becomes
 * of the code stands in their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/botapi.h"
#include "tests/harness/house.h"
#include "tests/harness/stage_chat.h"

#include <stdio.h>
#include <string.h>

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person OLGA = {"auth", 6000000001, "Ольга", "ru"};

static int opened(void **state)
{
    (void)state;
    stage_open_real(0);
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    told_like(&OLGA, "смена с");
    subscribes(&ANNA);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Подпишитесь");
    return 0;
}

static void fault(const char *what)
{
    char form[240];

    snprintf(form, sizeof(form), "method=sendPhoto&%s", what);
    botapi_tell(stage_house()->botapi, "faults", form);
}

/* The code as it stands in the row, as people see it. */
static const char *code_of_the_row(void)
{
    static char shown[16];
    const char *s;

    assert_int_equal(db_one(stage.db, "SELECT code FROM discount"), ST_OK);
    s = db_text(stage.db, 0, NULL);
    snprintf(shown, sizeof(shown), "%.5s-%s", s, s + 5);
    return shown;
}

static void no_picture(void)
{
    const struct shown *m = NULL;

    while ((m = chat_newest(&ANNA, m)) != NULL)
        assert_false(m->photo);
}

static void comes_as_words(void)
{
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка: 10");
    told_like(&ANNA, code_of_the_row());
    told_like(&ANNA, "Действует до");
    assert_true(sees_button(&ANNA, "Скопировать код"));
    no_picture();
}

static void test_the_picture_is_refused(void **state)
{
    (void)state;
    fault("kind=error&code=400&count=-1&description=Bad%20Request:%20IMAGE_PROCESS_"
          "FAILED");
    comes_as_words();
    comes_to(1, "SELECT COUNT(*) FROM message WHERE state = 3 AND payload"
                " LIKE '%sendPhoto%'");
}

/* In words nobody has told us of. */
static void test_the_picture_is_refused_otherwise(void **state)
{
    (void)state;
    fault("kind=error&code=400&count=-1&description=Bad%20Request:%20PHOTO_SOMETHING_"
          "NEW");
    comes_as_words();
}

/* Telegram takes words and no files. */
static void test_no_room_for_files(void **state)
{
    (void)state;
    fault("kind=500&count=-1");
    comes_as_words();
}

/* What becomes of the code is told in its place, by the same road as under a picture. */
static void test_words_are_put_right(void **state)
{
    (void)state;
    fault("kind=error&code=400&count=-1&description=Bad%20Request:%20IMAGE_PROCESS_"
          "FAILED");
    comes_as_words();
    says(&OLGA, code_of_the_row());
    told_like(&OLGA, "Скидка 10");
    presses(&OLGA, "Применить");
    told_like(&ANNA, "✅ Использовано");
    not_told(&ANNA, "Обновить код");
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    told_like(&ANNA, "Ваша скидка: 10");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_the_picture_is_refused),
        A_TEST(test_the_picture_is_refused_otherwise),
        A_TEST(test_no_room_for_files),
        A_TEST(test_words_are_put_right),
    };

    return cmocka_run_group_tests_name("picture_fails", tests, NULL, NULL);
}
