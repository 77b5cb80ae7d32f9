/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The buttons under a broadcast: what was wanted comes below it, presses are counted, and
 * who has had enough says so with one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/broadcast/recipient.h"

#include <stdio.h>

#define ID 77

static char data[64];

/* A broadcast that Anna has got; its number in base 36. */
static int64_t got_one(void)
{
    anna_joins();
    presses(&ANNA, "Хочу получать");
    assert_int_equal(
        db_exec(stage.db, NULL,
                "INSERT INTO broadcast (id, name, purpose, state, created_at,"
                " updated_at) VALUES (?, 'News', 2, 5, ?, ?)",
                DB_INT(ID), DB_TIME(stage.now), DB_TIME(stage.now)),
        ST_OK);
    assert_int_equal(
        db_exec(stage.db, NULL,
                "INSERT INTO broadcast_recipient (broadcast_id, customer_id,"
                " state, variant, due, ended_at) SELECT ?, id, 3, 1, ?, ?"
                " FROM customer",
                DB_INT(ID), DB_TIME(stage.now), DB_TIME(stage.now)),
        ST_OK);
    return ID;
}

static const char *button(const char *what, int64_t id)
{
    char number[14];

    base36_print((uint64_t)id, number);
    snprintf(data, sizeof data, "v1:bc:%s:%s", what, number);
    return data;
}

static int64_t clicks(void)
{
    return counts("SELECT COALESCE(SUM(n), 0) FROM broadcast_click WHERE link = 0");
}

static void test_each_opens_its_screen_below(void **state)
{
    static const struct {
        const char *what, *words;
    } all[] = {{"wallet", "Действует 1 скидка"},
               {"stores", "Адреса и часы"},
               {"profile", "Ваш профиль"},
               {"menu", "У Дома"}};
    int64_t id = got_one();

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        forges(&ANNA, button(all[i].what, id));
        told_times(&ANNA, 1); /* a new one: the broadcast is there to be read */
        told_like(&ANNA, all[i].words);
        assert_int_equal(clicks(), i + 1);
    }
}

static void test_one_press_and_no_more_of_them(void **state)
{
    int64_t id = got_one();

    (void)state;
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 1);
    forges(&ANNA, button("off", id));
    told_times(&ANNA, 1);
    told_like(&ANNA, "рассылки отключены");
    assert_true(sees_button(&ANNA, "Вернуть"));
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast_click WHERE link < 0"), 1);
    assert_int_equal(clicks(), 0);    /* leaving is no interest */
    forges(&ANNA, button("off", id)); /* years later, again */
    told_times(&ANNA, 1);
    presses(&ANNA, "Вернуть");
    presses(&ANNA, "Хочу получать");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 1);
}

/* Of a broadcast they never got, or that never was: obeyed, and counted for nobody. */
static void test_a_forged_one_counts_for_nobody(void **state)
{
    (void)state;
    got_one();
    forges(&ANNA, button("menu", 123456));
    told_times(&ANNA, 1);
    forges(&ANNA, "v1:bc:menu:!!");
    forges(&ANNA, "v1:bc:off:");
    told_like(&ANNA, "рассылки отключены");
    assert_int_equal(clicks(), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast_click"), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_each_opens_its_screen_below),
        CASE(test_one_press_and_no_more_of_them),
        CASE(test_a_forged_one_counts_for_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
