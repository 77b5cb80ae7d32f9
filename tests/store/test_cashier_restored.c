/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The database is a copy: owners hear of it in the staff's bot and answer there. Read as
 * transcripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/broadcast/restored.h"
#include "tests/store/till_people.h"

PERSON LENA = {"auth", 6000000020, "Лена", "ru"}; /* administrator */
PERSON MAX = {"auth", 6000000022, "Max", "en"};   /* an owner, too */

static void runs(const char *sql)
{
    assert_int_equal(db_exec(stage.db, NULL, sql), ST_OK);
}

static void is_held(enum restored_why why)
{
    struct json *args = json_new_object();

    assert_int_equal(db_exec(stage.db, NULL,
                             "INSERT INTO broadcast_mark (id, n, checked_at, held_at,"
                             " held_why) VALUES (1, 7, UTC_TIMESTAMP(6), ?, ?)",
                             DB_TIME(stage.now), DB_INT(why)),
                     ST_OK);
    runs("INSERT INTO broadcast (name, purpose, state, paused_why, rule, started_at,"
         " filled_at, created_at, updated_at) VALUES ('Осень', 2, 4, 4, '{}',"
         " '2026-09-17', '2026-09-17', '2026-09-17', '2026-09-17')");
    json_set_int(args, "why", why);
    stage_job(KIND_CORE_RESTORED_HELD, args);
}

static bool held(void)
{
    bool is = true;

    assert_int_equal(restored_held(stage.db, &is), ST_OK);
    return is;
}

static int staffed(void **state)
{
    opened(state);
    hires(&LENA, "administrator", 0);
    hires(&MAX, "owner", 0);
    says(&BOSS, "/start");
    says(&LENA, "/start");
    says(&MAX, "/start");
    return 0;
}

static void test_owners_are_told_and_go_on(void **state)
{
    (void)state;
    is_held(RESTORED_OLDER);
    told_like(&BOSS, "Рассылки «");
    told_like(&BOSS, "стоят");
    told_like(&BOSS, "восстановленную копию");
    told_like(&BOSS, "о более позднем состоянии");
    told_like(&BOSS, "второй раз");
    told_like(&MAX, "stand still");
    told_like(&MAX, "a later state");
    not_told(&LENA, "Рассылки");
    forges(&LENA, "v1:b:go:");
    told_like(&LENA, "недоступно");
    assert_true(held());
    presses(&BOSS, "Продолжить");
    told_like(&BOSS, "База подтверждена. Продолжена 1 рассылка");
    assert_false(held());
    assert_int_equal(counts("SELECT state FROM broadcast"), 3);
    presses(&MAX, "End them"); /* a moment too late, and nothing is ended */
    told_like(&MAX, "Confirmed already");
    assert_int_equal(counts("SELECT state FROM broadcast"), 3);
}

static void test_or_end_them(void **state)
{
    (void)state;
    is_held(RESTORED_STRANGE);
    told_like(&BOSS, "и сервер, и очередь новые");
    presses(&BOSS, "Завершить их");
    told_like(&BOSS, "Отменена 1 рассылка");
    assert_int_equal(counts("SELECT state FROM broadcast"), 6);
    assert_false(held());
}

static void test_nothing_to_tell_any_more(void **state)
{
    struct json *args = json_new_object();

    (void)state;
    json_set_int(args, "why", RESTORED_OLDER);
    stage_job(KIND_CORE_RESTORED_HELD, args);
    told_nothing(&BOSS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, staffed, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_owners_are_told_and_go_on),
        TEST(test_or_end_them),
        TEST(test_nothing_to_tell_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
