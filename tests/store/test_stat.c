/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Figures by day: what stat_read answers is what the documented SQL says, at every
 * moment, whatever is rolled up and whatever changes afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/loyalty/erasure.h"
#include "core/loyalty/moving.h"
#include "core/message.h"
#include "tests/harness/figures.h"

#include <stdio.h>

/* Clocks change there on 2026-10-25, within what is told. */
#define ZONE "Europe/Berlin"
#define DAYS 46
#define BEGIN SHOP_NOW
#define NOW (SHOP_NOW + DAYS * DAY + 7 * HOUR)

static struct shop shop;
static struct tz *tz;

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    tz = tz_open(ZONE);
    return tz == NULL;
}

static int close_shop(void **state)
{
    (void)state;
    tz_close(tz);
    shop_close(&shop);
    return 0;
}

static int32_t day_of(int64_t at)
{
    return tz_local(tz, at).day;
}

struct round {
    const struct tz *tz;
    int64_t now;
    struct stat_rolled done;
};

static enum status round_work(struct db *db, void *arg)
{
    struct round *r = arg;

    return stat_roll(db, r->tz, r->now, &r->done);
}

/* Rounds until there is no more to do; how many days were written. */
static int roll_all(int64_t now)
{
    struct round r = {.tz = tz, .now = now, .done = {.more = true}};
    int days = 0;

    for (int i = 0; r.done.more && i < 100; i++) {
        assert_int_equal(db_tx(shop.db, round_work, &r), ST_OK);
        assert_int_equal(r.done.wrong, 0);
        days += r.done.days;
    }
    assert_false(r.done.more);
    return days;
}

static int64_t figure(int32_t day, enum stat_metric m, int64_t now)
{
    const struct stat_ask ask = {.tz = tz, .now = now, .from = day, .until = day + 1};
    struct stat_rows rows;
    int64_t n;

    assert_int_equal(stat_read(shop.db, &ask, &rows), ST_OK);
    n = rows.row[0].value[m];
    stat_rows_free(&rows);
    return n;
}

static void agree(int64_t now)
{
    int32_t today = day_of(now);

    figures_agree(shop.db, tz, now, day_of(BEGIN), today + 1);
    figures_agree(shop.db, tz, now, day_of(BEGIN) + 17, today - 5);
}

/* ---- the page ------------------------------------------------------------------- */

static void test_the_page_says_the_same(void **state)
{
    int32_t change = cal_day((struct date){2026, 10, 25});

    (void)state;
    figures_fill(&shop, &(struct figures_spec){
                            .from = BEGIN, .until = NOW, .customers = 300, .seed = 7});
    agree(NOW); /* nothing is rolled up */
    assert_true(figure(day_of(NOW) - 1, STAT_ISSUED, NOW) > 0);
    assert_int_equal(roll_all(BEGIN + 40 * DAY), 40);
    agree(NOW); /* a part of it */
    assert_int_equal(roll_all(NOW), DAYS - 40);
    agree(NOW);
    /* A day of 25 hours: none of them is lost, and none counted twice. */
    assert_int_equal(tz_instant(tz, change + 1, 0, 0) - tz_instant(tz, change, 0, 0),
                     25 * HOUR);
    figures_agree(shop.db, tz, NOW, change, change + 1);
    assert_int_equal(roll_all(NOW), 0);
}

/* ---- what comes late ------------------------------------------------------------- */

static void test_an_undone_redemption_of_last_month(void **state)
{
    int64_t id, at, redeemed;
    enum void_result result;
    struct redemption r;
    struct void_ask ask = {.staff = &shop.owner, .reason = VOID_RETURN};

    (void)state;
    assert_int_equal(db_one(shop.db,
                            "SELECT r.id, r.redeemed_at FROM redemption r"
                            " JOIN discount d ON d.id = r.discount_id"
                            " JOIN customer c ON c.id = r.customer_id"
                            " WHERE r.voided_at IS NULL AND c.left_out = 0"
                            " AND d.status = 3 AND r.redeemed_at < ?"
                            " ORDER BY r.id LIMIT 1",
                            DB_TIME(BEGIN + 30 * DAY)),
                     ST_OK);
    id = db_int(shop.db, 0);
    at = db_time(shop.db, 1);
    redeemed = figure(day_of(at), STAT_REDEEMED, NOW);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE discount d JOIN redemption r"
                             " ON r.discount_id = d.id"
                             " SET d.uses_count = 1 WHERE r.id = ?",
                             DB_INT(id)),
                     ST_OK);
    ask.redemption_id = id;
    assert_int_equal(shop_void(shop.db, NOW, &ask, &result, &r), ST_OK);
    assert_int_equal(result, VOIDED);
    assert_int_equal(figure(day_of(at), STAT_REDEEMED, NOW), redeemed - 1);
    agree(NOW + MINUTE); /* at once */
    assert_int_equal(roll_all(NOW + MINUTE), 0);
    agree(NOW + MINUTE); /* … and while it settles */
    assert_true(roll_all(NOW + 11 * MINUTE) > 0);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM stat_late"), 0);
    agree(NOW + 11 * MINUTE);
}

static void test_a_message_that_waited(void **state)
{
    struct message m = {0};
    int64_t at = BEGIN + 20 * DAY, id, sent = figure(day_of(at), STAT_SENT, NOW);

    (void)state;
    assert_int_equal(
        db_exec(
            shop.db, NULL,
            "INSERT INTO message (state, sender, recipient, customer_id, purpose,"
            " on_unsure, payload, created_at) SELECT 1, 1, 5, MIN(id), 3, 1, '{}', ?"
            " FROM customer WHERE left_out = 0 AND status = 1",
            DB_TIME(at)),
        ST_OK);
    id = db_last_id(shop.db);
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE customer SET pd_ok = 1"), ST_OK);
    assert_int_equal(message_claim(shop.db, NOW, id, &m), ST_OK);
    assert_int_equal(
        message_settle(
            shop.db, NOW + SECOND,
            &(struct message_fate){.id = id, .to = MESSAGE_SENT, .external_id = 9}),
        ST_OK);
    message_free(&m);
    assert_int_equal(figure(day_of(at), STAT_SENT, NOW), sent + 1);
    agree(NOW);
    assert_int_equal(roll_all(NOW + 11 * MINUTE), 1);
    assert_int_equal(figure(day_of(at), STAT_SENT, NOW), sent + 1);
}

static void test_discounts_found_to_have_run_out(void **state)
{
    int n = 1;

    (void)state;
    while (n > 0)
        assert_int_equal(discount_expire_due(shop.db, NOW, NULL, 50, &n), ST_OK);
    agree(NOW);
    roll_all(NOW + 11 * MINUTE);
    agree(NOW + 11 * MINUTE);
}

/* Today is rolled up as far as it is settled; the rest, and what comes late into that
 * part, is counted from the facts. */
static void test_today_in_part(void **state)
{
    int32_t today = day_of(NOW);
    int64_t before = figure(today, STAT_ISSUED, NOW), id;

    (void)state;
    roll_all(NOW);
    assert_int_equal(
        db_one(shop.db, "SELECT until_at FROM stat_roll WHERE day = ?", DB_DATE(today)),
        ST_OK);
    assert_true(db_time(shop.db, 0) == NOW - STAT_CLOSES);
    assert_int_equal(db_one(shop.db, "SELECT MAX(id) FROM customer WHERE left_out = 0"),
                     ST_OK);
    id = db_int(shop.db, 0);
    for (int minute = 30; minute >= 10; minute -= 20) { /* one before, one behind it */
        char key[24];

        snprintf(key, sizeof key, "part:%d", minute);
        assert_int_equal(
            db_exec(shop.db, NULL,
                    "INSERT INTO discount (customer_id, source, issue_key, percent_bp,"
                    " code, token, valid_from, valid_until, created_at)"
                    " VALUES (?, 3, ?, 1000, ?, ?, ?, ?, ?)",
                    DB_INT(id), DB_TEXT(key), DB_TEXT(key), DB_TEXT(key), DB_TIME(NOW),
                    DB_TIME(NOW + DAY), DB_TIME(NOW - minute * MINUTE)),
            ST_OK);
        assert_int_equal(stat_late(shop.db, NOW, NOW - minute * MINUTE), ST_OK);
    }
    assert_int_equal(figure(today, STAT_ISSUED, NOW), before + 2);
    agree(NOW);
    roll_all(NOW + 12 * MINUTE);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM stat_late"), 0);
    assert_int_equal(figure(today, STAT_ISSUED, NOW + 12 * MINUTE), before + 2);
    agree(NOW + 12 * MINUTE);
}

/* ---- who does not count ---------------------------------------------------------- */

static int64_t issued(void)
{
    const struct stat_ask ask = {
        .tz = tz, .now = NOW, .from = day_of(BEGIN), .until = day_of(NOW) + 1};
    struct stat_rows rows;
    int64_t n;

    assert_int_equal(stat_read(shop.db, &ask, &rows), ST_OK);
    n = rows.row[0].value[STAT_ISSUED];
    stat_rows_free(&rows);
    return n;
}

static void test_who_begins_to_work_here_is_left_out(void **state)
{
    int64_t before = issued(), id, external, theirs;
    struct staff staff;

    (void)state;
    assert_int_equal(db_one(shop.db,
                            "SELECT c.id, c.external_id, COUNT(*) FROM customer c"
                            " JOIN discount d ON d.customer_id = c.id"
                            " WHERE c.left_out = 0 GROUP BY c.id, c.external_id"
                            " ORDER BY COUNT(*) DESC, c.id LIMIT 1"),
                     ST_OK);
    id = db_int(shop.db, 0);
    external = db_int(shop.db, 1);
    theirs = db_int(shop.db, 2);
    assert_true(theirs > 1);
    assert_int_equal(staff_add(shop.db, NOW,
                               &(struct staff_spec){.channel = CHANNEL_MESSENGER,
                                                    .external_id = external,
                                                    .name = "Новый",
                                                    .role = ROLE_CASHIER,
                                                    .store_id = shop.store[0]},
                               &staff),
                     ST_OK);
    assert_int_equal(issued(), before - theirs);
    agree(NOW);
    roll_all(NOW + 11 * MINUTE);
    agree(NOW);
    /* Not even when somebody says that they are a test account no more. */
    assert_int_equal(stat_leave_out(shop.db, NOW, id, STAT_COUNTED), ST_NONE);
    assert_int_equal(issued(), before - theirs);
}

static void test_who_works_here_comes_as_a_customer(void **state)
{
    struct customer c = shop_customer(&shop, shop.cashier[2].external_id, "Кассир", "");

    (void)state;
    assert_int_equal(shop_number(shop.db, "SELECT left_out FROM customer"
                                          " ORDER BY id DESC LIMIT 1"),
                     STAT_WORKS_HERE);
    assert_true(c.id > 0);
    agree(NOW);
}

static void test_a_test_account_and_back(void **state)
{
    int64_t before = issued(), id;

    (void)state;
    assert_int_equal(db_one(shop.db, "SELECT MAX(customer_id) FROM discount d"
                                     " JOIN customer c ON c.id = d.customer_id"
                                     " WHERE c.left_out = 0"),
                     ST_OK);
    id = db_int(shop.db, 0);
    assert_int_equal(stat_leave_out(shop.db, NOW, id, STAT_TEST_ACCOUNT), ST_OK);
    assert_true(issued() < before);
    agree(NOW);
    roll_all(NOW + 11 * MINUTE);
    assert_int_equal(stat_leave_out(shop.db, NOW + HOUR, id, STAT_COUNTED), ST_OK);
    assert_int_equal(stat_leave_out(shop.db, NOW + HOUR, id, STAT_COUNTED), ST_NONE);
    assert_int_equal(issued(), before);
    agree(NOW + HOUR);
    roll_all(NOW + HOUR + 11 * MINUTE);
    agree(NOW + HOUR);
}

static enum status erase(struct db *db, void *customer)
{
    const struct customer *c = customer;
    const struct erasure_act act = {
        .customer_id = c->id, .actor = ACTOR_CUSTOMER, .actor_id = c->id};

    return erasure_do(db, NOW, &act, NULL);
}

/* Who tries out how it is to be erased is none of the shop's customers afterwards. */
static void test_a_test_account_is_erased_and_comes_again(void **state)
{
    const int64_t came = figure(day_of(BEGIN), STAT_NEW_CUSTOMERS, NOW);
    struct customer c = shop_customer(&shop, 909091, "Проба", ""), again;

    (void)state;
    assert_int_equal(stat_leave_out(shop.db, NOW, c.id, STAT_TEST_ACCOUNT), ST_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(db_tx(shop.db, erase, &c), ST_OK);
        again = shop_customer(&shop, 909091, "Проба", "");
        assert_true(again.id != c.id);
        c = again;
        assert_int_equal(shop_number(shop.db, "SELECT left_out FROM customer"
                                              " ORDER BY id DESC LIMIT 1"),
                         STAT_TEST_ACCOUNT);
    }
    assert_int_equal(stat_late(shop.db, NOW, BEGIN), ST_OK);
    assert_int_equal(figure(day_of(BEGIN), STAT_NEW_CUSTOMERS, NOW), came);
    c = shop_customer(&shop, 909092, "Другая", "");
    assert_int_equal(figure(day_of(BEGIN), STAT_NEW_CUSTOMERS, NOW), came + 1);
    roll_all(NOW + 11 * MINUTE);
}

/* ---- what keeps it true ---------------------------------------------------------- */

static void test_another_zone(void **state)
{
    struct tz *berlin = tz;

    (void)state;
    tz = tz_open("Asia/Vladivostok");
    assert_non_null(tz);
    agree(NOW);
    assert_true(roll_all(NOW) >= DAYS);
    agree(NOW);
    tz_close(tz);
    tz = berlin;
    agree(NOW);
    roll_all(NOW);
}

static void test_messages_that_are_gone(void **state)
{
    int32_t day = day_of(BEGIN) + 3;
    int64_t sent = figure(day, STAT_SENT, NOW), all = 0;
    int n = 1;

    (void)state;
    assert_true(sent > 0);
    while (n > 0) {
        assert_int_equal(message_forget(shop.db, BEGIN + 30 * DAY, 500, &n), ST_OK);
        all += n;
    }
    assert_true(all > 0);
    assert_int_equal(figure(day, STAT_SENT, NOW), sent);
    /* Also when that day is counted once more, for another reason. */
    assert_int_equal(stat_late(shop.db, NOW, tz_instant(tz, day, 12, 0)), ST_OK);
    assert_int_equal(figure(day, STAT_SENT, NOW), sent);
    assert_int_equal(roll_all(NOW + 11 * MINUTE), 1);
    assert_int_equal(figure(day, STAT_SENT, NOW), sent);
}

static void test_what_nobody_told_of_is_found(void **state)
{
    struct round r = {.tz = tz, .now = NOW + 30 * HOUR};
    int wrong = 0;

    (void)state;
    roll_all(r.now);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE discount SET created_at = created_at - INTERVAL 5"
                             " DAY WHERE created_at > ? ORDER BY id LIMIT 20",
                             DB_TIME(BEGIN + 20 * DAY)),
                     ST_OK);
    r.now += 30 * HOUR;
    for (int i = 0; i < 3 * DAYS; i++) {
        assert_int_equal(db_tx(shop.db, round_work, &r), ST_OK);
        wrong += r.done.wrong;
        r.now += MINUTE;
    }
    assert_true(wrong > 0);
    /* Put right; but for the messages, which the page cannot know any more. */
    figures_agree(shop.db, tz, r.now, day_of(BEGIN) + 32, day_of(NOW) + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_says_the_same),
        cmocka_unit_test(test_an_undone_redemption_of_last_month),
        cmocka_unit_test(test_a_message_that_waited),
        cmocka_unit_test(test_discounts_found_to_have_run_out),
        cmocka_unit_test(test_today_in_part),
        cmocka_unit_test(test_who_begins_to_work_here_is_left_out),
        cmocka_unit_test(test_who_works_here_comes_as_a_customer),
        cmocka_unit_test(test_a_test_account_and_back),
        cmocka_unit_test(test_a_test_account_is_erased_and_comes_again),
        cmocka_unit_test(test_another_zone),
        cmocka_unit_test(test_messages_that_are_gone),
        cmocka_unit_test(test_what_nobody_told_of_is_found),
    };

    return cmocka_run_group_tests(tests, open_shop, close_shop);
}
