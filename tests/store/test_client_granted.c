/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the shop does to a discount by hand, as its holder sees it: the picture of one
 * that was given, and its words when it is extended or withdrawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/loyalty/discount_act.h"
#include "core/loyalty/redemption.h"

static struct staff boss;

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&BOSS, "owner", 0);
    says(&BOSS, "/start");
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    anna_joins();
    assert_int_equal(staff_find(stage.db, CHANNEL_MESSENGER, BOSS.id, &boss), ST_OK);
    return 0;
}

static int64_t anna(void)
{
    return counts("SELECT id FROM customer WHERE external_id = 5000000001");
}

static enum status grant_work(struct db *db, void *arg)
{
    struct granted *out = arg;
    const struct discount_order o = {.by = &boss,
                                     .customer_id = anna(),
                                     .percent_bp = 2000,
                                     .min_purchase = 100000,
                                     .max_amount = 50000,
                                     .valid_from = stage.now,
                                     .valid_until = stage.now + 10 * DAY,
                                     .tell = true};

    return discount_grant(db, stage.now, &o, out);
}

/* What the job says happens at once, on this stage. */
static void runs(enum kind kind, int64_t discount_id)
{
    struct json *args = json_new_object();

    assert_int_equal(db_exec(stage.db, NULL, "DELETE FROM job_open WHERE kind = ?",
                             DB_TEXT(kind_policy(kind)->name)),
                     ST_OK);
    json_set_int(args, "d", discount_id);
    stage_job(kind, args);
}

static struct granted gives(void)
{
    struct granted g;

    assert_int_equal(db_tx(stage.db, grant_work, &g), ST_OK);
    assert_int_equal(g.result, GRANTED);
    if (g.unsaid == NULL)
        runs(KIND_CORE_DISCOUNT_GRANTED, g.discount.id);
    return g;
}

static void agrees(bool yes)
{
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE customer SET marketing_ok = ? WHERE id = ?",
                             DB_INT(yes), DB_INT(anna())),
                     ST_OK);
}

struct deed {
    struct discount_act act;
    int64_t until; /* 0: withdrawn */
    struct discount out;
};

static enum status deed_work(struct db *db, void *arg)
{
    struct deed *d = arg;

    return d->until == 0 ? discount_withdraw(db, stage.now, &d->act, &d->out)
                         : discount_extend(db, stage.now, &d->act, d->until, &d->out);
}

static void does(int64_t id, int64_t until)
{
    struct deed d = {.act = {.by = &boss, .id = id, .reason = "так вышло"},
                     .until = until};

    assert_int_equal(db_tx(stage.db, deed_work, &d), ST_OK);
    runs(KIND_CORE_DISCOUNT_CHANGED, id);
}

/* ---- given ------------------------------------------------------------------------ */

static void test_given_with_its_picture(void **state)
{
    struct granted g;
    char shown[CODE_SHOWN + 1];

    (void)state;
    agrees(true);
    g = gives();
    assert_null(g.unsaid);
    told_like(&ANNA, "дарит вам скидку");
    told_like(&ANNA, "На покупку от 1");
    told_like(&ANNA, "Скидка не больше 500");
    assert_true(sees_button(&ANNA, "Отписаться"));
    code_show(g.discount.code, shown);
    assert_string_equal(last_code(&ANNA), shown);
    /* The till asks for the sum, and the sum for being enough. */
    says(&OLGA, shown);
    told_like(&OLGA, "На покупку от 1");
    presses(&OLGA, "Сумма");
    says(&OLGA, "500");
    told_like(&OLGA, "действует на покупку от 1");
    says(&OLGA, "5000");
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Применено");
    told_like(&OLGA, "500"); /* and not a thousand */
    assert_int_equal(
        counts("SELECT discount_amount FROM redemption WHERE amount = 500000"), 50000);
}

static void test_not_told_without_consent(void **state)
{
    struct granted g;

    (void)state;
    agrees(false);
    says(&ANNA, "/menu");
    g = gives();
    assert_string_equal(g.unsaid, "no_consent");
    assert_int_equal(counts("SELECT COUNT(*) FROM job_open"
                            " WHERE kind = 'core.discount_granted'"),
                     0);
    not_told(&ANNA, "дарит");
    /* Said no between the promise and the message. */
    runs(KIND_CORE_DISCOUNT_GRANTED, g.discount.id);
    not_told(&ANNA, "дарит");
    says(&ANNA, "/discount"); /* it is theirs all the same */
    told_like(&ANNA, "20");
}

/* No more than was promised, and the shop hears it at once. */
static void test_the_cap(void **state)
{
    (void)state;
    agrees(true);
    shop_sets("marketing_weekly_cap", "1");
    assert_null(gives().unsaid);
    assert_string_equal(gives().unsaid, "cap");
}

static void test_not_at_night(void **state)
{
    (void)state;
    agrees(true);
    shop_sets("quiet_from", "00:00");
    shop_sets("quiet_to", "23:59");
    assert_null(gives().unsaid);
    assert_int_equal(counts("SELECT COUNT(*) FROM message m JOIN job_open j"
                            " ON j.idk = CONCAT('m:', m.id) AND j.parked = 1"
                            " WHERE m.state = 1 AND m.purpose = 2"),
                     1);
}

/* ---- afterwards ------------------------------------------------------------------- */

static void test_withdrawn(void **state)
{
    struct granted g;

    (void)state;
    agrees(true);
    g = gives();
    says(&OLGA, g.discount.code);
    does(g.discount.id, 0);
    told_like(&ANNA, "Магазин отозвал эту скидку");
    assert_true(sees_button(&ANNA, "Написать магазину"));
    presses(&OLGA, "Сумма"); /* the card that stood open is over */
    says(&OLGA, "5000");
    says(&OLGA, g.discount.code);
    told_like(&OLGA, "отозвана");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

static void test_extended(void **state)
{
    struct granted g;

    (void)state;
    agrees(true);
    g = gives();
    stage_wait_until(g.discount.valid_until + DAY);
    stage_job(KIND_SCHED_DISCOUNT_EXPIRE, json_new_object());
    told_like(&ANNA, "Истёк");
    does(g.discount.id, stage.now + 5 * DAY);
    told_like(&ANNA, "Действует до");
    assert_int_equal(counts("SELECT status FROM discount ORDER BY id DESC LIMIT 1"), 1);
}

/* ---- guessing --------------------------------------------------------------------- */

/* A lock that the API noticed: owners hear of it as of one in the bot. */
static void test_a_lock_is_told(void **state)
{
    struct json *args = json_new_object();

    (void)state;
    assert_int_equal(db_exec(stage.db, NULL,
                             "INSERT INTO redemption_attempt (at, staff_id, verdict)"
                             " SELECT ?, id, ? FROM staff WHERE external_id = ?",
                             DB_TIME(stage.now), DB_INT(VERDICT_LOCKED),
                             DB_INT(OLGA.id)),
                     ST_OK);
    json_set_int(args, "s",
                 counts("SELECT id FROM staff WHERE external_id = 6000000001"));
    stage_job(KIND_CORE_CODE_LOCKED, args);
    told_like(&BOSS, "Ольга");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_given_with_its_picture),
        A_TEST(test_not_told_without_consent),
        A_TEST(test_the_cap),
        A_TEST(test_not_at_night),
        A_TEST(test_withdrawn),
        A_TEST(test_extended),
        A_TEST(test_a_lock_is_told),
    };

    return cmocka_run_group_tests_name("client granted", tests, NULL, NULL);
}
