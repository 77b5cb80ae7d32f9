/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An alarm is raised once an hour, whatever races; and the owner hears of a channel
 * that the bot cannot see any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alarm.h"
#include "core/base/clock.h"
#include "tests/harness/shop.h"
#include "tests/harness/stage.h"

#include <stdio.h>
#include <string.h>

/* ---- once an hour --------------------------------------------------------------- */

struct asking {
    int64_t now;
    const char *name;
    enum status st;
};

/* The answer "not now" must commit as well as the other. */
static enum status ask_work(struct db *db, void *arg)
{
    struct asking *a = arg;

    a->st = alarm_due(db, a->now, a->name, HOUR);
    return a->st == ST_NONE ? ST_OK : a->st;
}

static enum status asks(struct db *db, const char *name, int64_t now)
{
    struct asking a = {.now = now, .name = name};

    assert_int_equal(db_tx(db, ask_work, &a), ST_OK);
    return a.st;
}

static enum status raise_and_fail(struct db *db, void *arg)
{
    assert_int_equal(alarm_due(db, SHOP_NOW, arg, HOUR), ST_OK);
    return ST_REFUSED;
}

static void test_once_an_hour(void **state)
{
    struct shop shop;

    (void)state;
    shop_open(&shop);
    assert_int_equal(asks(shop.db, "one", SHOP_NOW), ST_OK);
    assert_int_equal(asks(shop.db, "one", SHOP_NOW), ST_NONE);
    assert_int_equal(asks(shop.db, "two", SHOP_NOW), ST_OK);
    assert_int_equal(asks(shop.db, "one", SHOP_NOW + HOUR - 1), ST_NONE);
    assert_int_equal(asks(shop.db, "one", SHOP_NOW + HOUR), ST_OK);
    assert_int_equal(asks(shop.db, "one", SHOP_NOW + HOUR + 1), ST_NONE);
    assert_int_equal(db_tx(shop.db, raise_and_fail, "three"), ST_REFUSED);
    assert_int_equal(asks(shop.db, "three", SHOP_NOW), ST_OK);
    shop_close(&shop);
}

#define RACERS 24
static int raised[RACERS];

static void racer(struct db *db, int i, void *arg)
{
    /* Not the very same moment: an UPDATE to the same value would change nothing. */
    raised[i] = asks(db, "race", *(const int64_t *)arg + i) == ST_OK;
}

/* behind: a lock that holds them all until each has read what it read. */
static int race(const struct shop *shop, const char *behind, int64_t now)
{
    int i, n = 0;

    memset(raised, 0, sizeof(raised));
    if (behind != NULL)
        shop_race_behind(shop, behind, RACERS, racer, &now);
    else
        shop_race(shop, RACERS, racer, &now);
    for (i = 0; i < RACERS; i++)
        n += raised[i];
    return n;
}

static void test_one_of_many(void **state)
{
    struct shop shop;

    (void)state;
    shop_open(&shop);
    assert_int_equal(race(&shop, NULL, SHOP_NOW), 1); /* of those who make the row */
    assert_int_equal(race(&shop, NULL, SHOP_NOW + 30 * MINUTE), 0);
    assert_int_equal(race(&shop,
                          "SELECT name FROM alarm WHERE name = 'race' FOR UPDATE",
                          SHOP_NOW + 61 * MINUTE),
                     1); /* … who move it */
    shop_close(&shop);
}

/* ---- the channel ---------------------------------------------------------------- */

static const struct person BOSS = {"auth", 6000000009, "Марина", "ru"};
static const struct person PARTNER = {"auth", 6000000010, "Paul", "en"};
static const struct person FORMER = {"auth", 6000000011, "Глеб", "ru"};
static const struct person OLGA = {"auth", 6000000001, "Ольга", "ru"};

static struct person customer(int i)
{
    return (struct person){"client", 5000000100 + i, "Гость", "ru"};
}

static void comes(int i)
{
    struct person p = customer(i);

    says(&p, "/start");
    presses(&p, "Согласен");
    presses(&p, "Я подписался");
    told_like(&p, "Ваша скидка"); /* an honest customer does not pay for it */
}

static int64_t told_of_channel(void)
{
    return counts("SELECT COUNT(*) FROM message WHERE sender = 2 AND payload LIKE"
                  " '%exmpl%' AND recipient > 6000000000");
}

static void furnished(int how)
{
    stage_open(how);
    shop_sets("channel_title", "exmpl & Co");
    hires(&BOSS, "owner", 0);
    hires(&PARTNER, "owner", 0);
    hires(&FORMER, "owner", 0);
    hires(&OLGA, "cashier", stage.store[0]);
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE staff SET dismissed_at = created_at WHERE"
                             " external_id = 6000000011"),
                     ST_OK);
}

static void check_owners_are_told(int how)
{
    furnished(how);
    channel_hidden(true);
    comes(0);
    told_like(&BOSS, "не видит, кто подписан на канал <b>exmpl &amp; Co</b>");
    told_like(&PARTNER, "cannot see who is subscribed");
    assert_int_equal(told_of_channel(), 2);
    comes(1);
    comes(2);
    assert_int_equal(told_of_channel(), 2);
    stage_wait_until(stage.now + HOUR);
    comes(3);
    assert_int_equal(told_of_channel(), 4);
    channel_hidden(false);
    stage_wait_until(stage.now + HOUR);
    {
        struct person p = customer(4);

        subscribes(&p);
    }
    comes(4);
    assert_int_equal(told_of_channel(), 4);
    stage_close();
}

static void test_owners_are_told(void **state)
{
    (void)state;
    check_owners_are_told(0);
}

static void test_owners_are_told_once_of_doubled_updates(void **state)
{
    (void)state;
    check_owners_are_told(STAGE_TWICE);
}

/* Telegram says so itself when we are no admin any more. */
static struct json *demoted(int64_t chat)
{
    static int64_t id = 800000;
    char text[400];

    snprintf(text, sizeof(text),
             "{\"update_id\":%lld,\"my_chat_member\":{\"chat\":{\"id\":%lld,\"title\":"
             "\"x\",\"type\":\"channel\"},\"from\":{\"id\":7012345678,\"is_bot\":false,"
             "\"first_name\":\"M\"},\"date\":1784000100,\"new_chat_member\":{\"user\":{"
             "\"id\":7100000001,\"is_bot\":true,\"first_name\":\"B\"},\"status\":"
             "\"left\"}}}",
             (long long)++id, (long long)chat);
    return json_parse(text, strlen(text));
}

static void test_no_admin_any_more(void **state)
{
    (void)state;
    furnished(0);
    stage_update("client", demoted(-1001111111111)); /* somebody else's channel */
    stage_update("auth", demoted(-1001987654321));   /* nobody asks that bot */
    assert_int_equal(told_of_channel(), 0);
    stage_update("client", demoted(-1001987654321));
    stage_update("client", demoted(-1001987654321));
    assert_int_equal(told_of_channel(), 2);
    stage_close();
}

#define A_TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_once_an_hour),
        A_TEST(test_one_of_many),
        A_TEST(test_owners_are_told),
        A_TEST(test_no_admin_any_more),
        A_TEST(test_owners_are_told_once_of_doubled_updates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
