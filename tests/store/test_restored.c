/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A copy of the database is told from the shop's own by the mark it shares with Redis:
 * broadcasts stand still in a copy, and nowhere else (core/broadcast/restored.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/broadcast/standstill.h"
#include "tests/harness/cellar.h"
#include "tests/harness/shop.h"

#include <stdio.h>
#include <string.h>

static struct shop shop;
static int64_t now;

static int opened(void **state)
{
    (void)state;
    cellar_open();
    shop_open(&shop);
    now = SHOP_NOW;
    return 0;
}

static int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    cellar_close();
    return 0;
}

/* ---- words -------------------------------------------------------------------------- */

static enum restored_why looks_at(struct db *db)
{
    enum restored_why why = RESTORED_WHYS;

    now += MINUTE;
    assert_int_equal(standstill_check(db, cellar.redis, now, &why), ST_OK);
    return why;
}

static enum restored_why looks(void)
{
    return looks_at(shop.db);
}

static bool held(void)
{
    bool is = false;

    assert_int_equal(restored_held(shop.db, &is), ST_OK);
    return is;
}

static int64_t number(void)
{
    return shop_number(shop.db, "SELECT COALESCE(MAX(n), 0) FROM broadcast_mark");
}

static void redis_forgets(void)
{
    struct redis_reply *r = NULL;

    assert_int_equal(redis_do(cellar.redis, &r, "FLUSHALL", NULL), ST_OK);
    redis_free(r);
}

static void server_is_new(void)
{
    shop_run(shop.db, "UPDATE broadcast_mark SET server = 'some other'");
}

static void goes_back(void)
{
    shop_run(shop.db, "UPDATE broadcast_mark SET n = n - 1");
}

static int64_t broadcast_in(enum broadcast_state state)
{
    char sql[300];

    snprintf(sql, sizeof sql,
             "INSERT INTO broadcast (name, purpose, state, rule, started_at, filled_at,"
             " created_at, updated_at) VALUES ('Осень', 2, %d, '{}', '2026-09-17',"
             " '2026-09-17', '2026-09-17', '2026-09-17')",
             state);
    shop_run(shop.db, sql);
    return shop_number(shop.db, "SELECT MAX(id) FROM broadcast");
}

static int64_t now_in(enum broadcast_state state, enum broadcast_pause why)
{
    char sql[120];

    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM broadcast WHERE state = %d AND paused_why = %d",
             state, why);
    return shop_number(shop.db, sql);
}

static int64_t told(void)
{
    return shop_number(
        shop.db, "SELECT COUNT(*) FROM job_open WHERE kind = 'core.restored_held'");
}

struct confirmation {
    struct standstill_confirm c;
    int n;
};

static enum status confirm_work(struct db *db, void *arg)
{
    struct confirmation *k = arg;

    return standstill_confirm(db, now, &k->c, &k->n);
}

static int confirms(enum status wanted, bool cancel)
{
    struct confirmation k = {.c = {.staff_id = shop.owner.id, .cancel = cancel}};

    assert_int_equal(db_tx(shop.db, confirm_work, &k), wanted);
    return k.n;
}

/* By a person who does not know; not in the way that lets all of them go. */
static enum status resume_work(struct db *db, void *arg)
{
    const struct broadcast_act act = {.id = *(const int64_t *)arg,
                                      .staff_id = shop.owner.id};

    return broadcast_resume(db, now, &act);
}

/* ---- the table ---------------------------------------------------------------------- */

static void test_judged(void **state)
{
    static const struct {
        struct restored r;
        struct restored_mark redis;
        enum restored_why is;
    } cases[] = {
        {{{"", 0}, false}, {"", 0}, RESTORED_NOT}, /* the first look */
        {{{"", 0}, false}, {"a", 7}, RESTORED_OLDER},
        {{{"a", 7}, true}, {"a", 7}, RESTORED_NOT},
        {{{"a", 7}, true}, {"a", 6}, RESTORED_NOT}, /* Redis lost a second */
        {{{"a", 7}, true}, {"a", 8}, RESTORED_OLDER},
        {{{"a", 7}, false}, {"a", 7}, RESTORED_NOT}, /* another container, same data */
        {{{"a", 7}, false}, {"a", 8}, RESTORED_OLDER},
        {{{"a", 7}, true}, {"", 0}, RESTORED_NOT}, /* FLUSHALL */
        {{{"a", 7}, true}, {"b", 99}, RESTORED_NOT},
        {{{"a", 7}, false}, {"", 0}, RESTORED_STRANGE},
        {{{"a", 7}, false}, {"b", 3}, RESTORED_STRANGE},
        {{{"", 7}, true}, {"b", 99}, RESTORED_NOT}, /* confirmed just now */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (restored_judge(&cases[i].r, &cases[i].redis) != cases[i].is)
            fail_msg("case %zu: %d", i, restored_judge(&cases[i].r, &cases[i].redis));
}

/* ---- what holds nobody up ----------------------------------------------------------- */

static void test_each_look_raises_both(void **state)
{
    struct restored_mark m;

    (void)state;
    assert_false(held()); /* nobody has looked yet */
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(looks(), RESTORED_NOT);
        assert_int_equal(number(), i);
        assert_int_equal(restored_mark_read(cellar.redis, &m), ST_OK);
        assert_int_equal(m.n, i);
    }
    assert_false(held());
    assert_int_equal(confirms(ST_NONE, false), 0);
    assert_int_equal(told(), 0);
}

static void test_redis_emptied(void **state)
{
    struct restored_mark before, after;

    (void)state;
    broadcast_in(BROADCAST_SENDING);
    assert_int_equal(looks(), RESTORED_NOT);
    assert_int_equal(restored_mark_read(cellar.redis, &before), ST_OK);
    redis_forgets();
    assert_int_equal(looks(), RESTORED_NOT);
    assert_int_equal(restored_mark_read(cellar.redis, &after), ST_OK);
    assert_string_not_equal(before.id, after.id);
    assert_false(held());
    assert_int_equal(now_in(BROADCAST_SENDING, PAUSE_NONE), 1);
}

static void test_another_container(void **state)
{
    (void)state;
    broadcast_in(BROADCAST_SENDING);
    assert_int_equal(looks(), RESTORED_NOT);
    server_is_new();
    assert_int_equal(looks(), RESTORED_NOT);
    redis_forgets(); /* the new one is known by now */
    assert_int_equal(looks(), RESTORED_NOT);
    assert_int_equal(now_in(BROADCAST_SENDING, PAUSE_NONE), 1);
}

static void racer(struct db *db, int i, void *arg)
{
    struct redis *redis = redis_open(arg);
    enum restored_why why;

    for (int k = 0; k < 20; k++) {
        assert_int_equal(standstill_check(db, redis, SHOP_NOW + i, &why), ST_OK);
        assert_int_equal(why, RESTORED_NOT);
    }
    redis_close(redis);
}

static void test_many_schedulers(void **state)
{
    (void)state;
    shop_race(&shop, 4, racer, cellar.url);
    assert_int_equal(number(), 80);
    assert_false(held());
}

/* ---- what does ---------------------------------------------------------------------- */

static void test_older_state(void **state)
{
    int64_t one;

    (void)state;
    assert_int_equal(looks(), RESTORED_NOT);
    one = broadcast_in(BROADCAST_SENDING);
    broadcast_in(BROADCAST_SENDING);
    broadcast_in(BROADCAST_SCHEDULED);
    goes_back();
    assert_int_equal(looks(), RESTORED_OLDER);
    assert_true(held());
    assert_int_equal(now_in(BROADCAST_PAUSED, PAUSE_RESTORED), 2);
    assert_int_equal(now_in(BROADCAST_SCHEDULED, PAUSE_NONE), 1);
    assert_int_equal(db_tx(shop.db, resume_work, &one), ST_TAKEN);
    assert_int_equal(number(), 0); /* nothing is raised any more … */
    redis_forgets();               /* … nor forgotten */
    assert_int_equal(looks(), RESTORED_OLDER);
    assert_int_equal(confirms(ST_OK, false), 2);
    assert_false(held());
    assert_int_equal(now_in(BROADCAST_SENDING, PAUSE_NONE), 2);
    assert_int_equal(looks(), RESTORED_NOT);
    assert_int_equal(looks(), RESTORED_NOT);
    assert_int_equal(confirms(ST_NONE, false), 0);
}

static void test_all_is_strange(void **state)
{
    (void)state;
    assert_int_equal(looks(), RESTORED_NOT);
    broadcast_in(BROADCAST_SENDING);
    broadcast_in(BROADCAST_PAUSED); /* by a person: stays so */
    redis_forgets();
    server_is_new();
    assert_int_equal(looks(), RESTORED_STRANGE);
    assert_int_equal(now_in(BROADCAST_PAUSED, PAUSE_RESTORED), 1);
    assert_int_equal(confirms(ST_OK, true), 1);
    assert_int_equal(now_in(BROADCAST_CANCELLED, PAUSE_NONE) +
                         now_in(BROADCAST_CANCELLED, PAUSE_RESTORED),
                     1);
    assert_int_equal(now_in(BROADCAST_PAUSED, PAUSE_NONE), 1);
    assert_int_equal(looks(), RESTORED_NOT);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action LIKE"
                                          " 'broadcast.%_restored'"),
                     2);
}

/* The queue of the shop must not be the one of a database that has just been made. */
static void test_redis_of_another(void **state)
{
    const struct restored_mark m = {"0123456789abcdef0123456789abcdef", 400};

    (void)state;
    assert_int_equal(restored_mark_write(cellar.redis, &m), ST_OK);
    assert_int_equal(looks(), RESTORED_OLDER);
    assert_true(held());
}

static void test_nobody_looks(void **state)
{
    (void)state;
    assert_int_equal(looks(), RESTORED_NOT);
    shop_run(shop.db, "UPDATE broadcast_mark SET checked_at ="
                      " UTC_TIMESTAMP(6) - INTERVAL 181 SECOND");
    assert_true(held());
    assert_int_equal(looks(), RESTORED_NOT);
    assert_false(held());
}

static void test_told_once_a_day(void **state)
{
    (void)state;
    assert_int_equal(looks(), RESTORED_NOT);
    goes_back();
    for (int i = 0; i < 5; i++)
        assert_int_equal(looks(), RESTORED_OLDER);
    assert_int_equal(told(), 1);
    now += DAY;
    for (int i = 0; i < 5; i++)
        assert_int_equal(looks(), RESTORED_OLDER);
    assert_int_equal(told(), 2);
    confirms(ST_OK, false);
    assert_int_equal(looks(), RESTORED_NOT);
    goes_back(); /* another time, the same day: told at once */
    assert_int_equal(looks(), RESTORED_OLDER);
    assert_int_equal(told(), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judged), TEST(test_each_look_raises_both),
        TEST(test_redis_emptied),      TEST(test_another_container),
        TEST(test_many_schedulers),    TEST(test_older_state),
        TEST(test_all_is_strange),     TEST(test_redis_of_another),
        TEST(test_nobody_looks),       TEST(test_told_once_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
