/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct shop shop;
static struct customer ann;

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    ann = shop_customer(&shop, 7000000601, "Ann", "");
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static struct discount_spec spec(const char *key)
{
    return (struct discount_spec){.customer_id = ann.id,
                                  .source = SOURCE_MANUAL,
                                  .issue_key = key,
                                  .percent_bp = 1000,
                                  .valid_from = SHOP_NOW,
                                  .valid_until = SHOP_NOW + DAY};
}

static void test_issued_once_a_key(void **state)
{
    struct discount_spec s = spec("manual:1");
    struct discount one, two;

    (void)state;
    assert_int_equal(shop_issue(shop.db, SHOP_NOW, &s, &one), ST_OK);
    assert_int_equal(one.status, DISCOUNT_ACTIVE);
    assert_int_equal(one.uses_allowed, 1);
    assert_int_equal(one.uses_count, 0);
    assert_int_equal(strlen(one.code), CODE_SYMBOLS);
    assert_int_equal(strlen(one.token), DISCOUNT_TOKEN);
    s.percent_bp = 9000;
    assert_int_equal(shop_issue(shop.db, SHOP_NOW + DAY, &s, &two), ST_TAKEN);
    assert_int_equal(two.id, one.id);
    assert_int_equal(two.percent_bp, 1000);
    assert_string_equal(two.code, one.code);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action ="
                                          " 'discount.issue'"),
                     1);
}

static void test_nonsense_is_refused(void **state)
{
    static const struct {
        const char *key;
        int percent, uses;
        int64_t from, until;
    } bad[] = {
        {"", 1000, 1, SHOP_NOW, SHOP_NOW + 1},
        {"k", 0, 1, SHOP_NOW, SHOP_NOW + 1},
        {"k", 10001, 1, SHOP_NOW, SHOP_NOW + 1},
        {"k", -1, 1, SHOP_NOW, SHOP_NOW + 1},
        {"k", 1000, 1, SHOP_NOW, SHOP_NOW},
        {"k", 1000, -1, SHOP_NOW, SHOP_NOW + 1},
        {"k", 1000, 100000, SHOP_NOW, SHOP_NOW + 1},
    };
    struct discount_spec s = spec("k");
    struct discount d;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s.issue_key = bad[i].key;
        s.percent_bp = bad[i].percent;
        s.uses = bad[i].uses;
        s.valid_from = bad[i].from;
        s.valid_until = bad[i].until;
        assert_int_equal(shop_issue(shop.db, SHOP_NOW, &s, &d), ST_BAD);
    }
    s = spec("k");
    s.customer_id = 999;
    assert_int_equal(shop_issue(shop.db, SHOP_NOW, &s, &d), ST_REFUSED);
    s = spec("k");
    s.source = SOURCE_COUNT;
    assert_int_equal(shop_issue(shop.db, SHOP_NOW, &s, &d), ST_BAD);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"), 0);
}

static void test_the_welcome_is_for_life(void **state)
{
    struct discount one, two;

    (void)state;
    assert_int_equal(discount_welcome(shop.db, SHOP_NOW, ann.id, &one), ST_OK);
    assert_int_equal(one.percent_bp, 1000);
    assert_int_equal(one.source, SOURCE_SUBSCRIPTION);
    assert_int_equal(one.valid_until, SHOP_NOW + 30 * DAY);
    assert_int_equal(discount_welcome(shop.db, SHOP_NOW + 900 * DAY, ann.id, &two),
                     ST_TAKEN);
    assert_int_equal(two.id, one.id);
}

static void test_the_welcome_may_be_off(void **state)
{
    struct discount d;

    (void)state;
    assert_int_equal(
        db_exec(shop.db, NULL,
                "INSERT INTO settings (name, value, version, updated_at,"
                " updated_by) VALUES ('discount_percent_bp', '0', 1, ?, 't')",
                DB_TIME(SHOP_NOW)),
        ST_OK);
    assert_int_equal(discount_welcome(shop.db, SHOP_NOW, ann.id, &d), ST_REFUSED);
}

static void test_found_by_what_leaves_the_house(void **state)
{
    struct discount d = shop_discount(&shop, ann.id, "k", 1), found;

    (void)state;
    assert_int_equal(discount_find_code(shop.db, d.code, &found), ST_OK);
    assert_int_equal(found.id, d.id);
    assert_int_equal(discount_find_token(shop.db, d.token, DISCOUNT_TOKEN, &found),
                     ST_OK);
    assert_int_equal(found.id, d.id);
    assert_int_equal(discount_find_token(shop.db, d.token, 21, &found), ST_NONE);
    assert_int_equal(discount_find_token(shop.db, "' OR 1=1 -- 3456789012", 22, &found),
                     ST_NONE);
    assert_int_equal(discount_find_code(shop.db, "' OR '1'='", &found), ST_NONE);
}

static void test_tokens_tell_case_apart(void **state)
{
    struct discount d = shop_discount(&shop, ann.id, "k", 1), found;
    char other[DISCOUNT_TOKEN + 1];
    int turned = 0;

    (void)state;
    memcpy(other, d.token, sizeof other);
    for (int i = 0; i < DISCOUNT_TOKEN && !turned; i++)
        if ((other[i] | 32) >= 'a' && (other[i] | 32) <= 'z') {
            other[i] ^= 32;
            turned = 1;
        }
    assert_int_equal(turned, 1);
    assert_int_equal(discount_find_token(shop.db, other, DISCOUNT_TOKEN, &found),
                     ST_NONE);
}

static void test_renewing_a_leaked_code(void **state)
{
    struct discount d = shop_discount(&shop, ann.id, "k", 1), fresh, found;

    (void)state;
    assert_int_equal(discount_renew(shop.db, SHOP_NOW, d.id, ann.id + 1, &fresh),
                     ST_NONE);
    assert_int_equal(discount_renew(shop.db, SHOP_NOW, d.id, ann.id, &fresh), ST_OK);
    assert_int_equal(fresh.id, d.id);
    assert_int_equal(fresh.valid_until, d.valid_until);
    assert_string_not_equal(fresh.code, d.code);
    assert_string_not_equal(fresh.token, d.token);
    assert_int_equal(discount_find_code(shop.db, d.code, &found), ST_NONE);
    assert_int_equal(discount_find_token(shop.db, d.token, DISCOUNT_TOKEN, &found),
                     ST_NONE);
    assert_int_equal(discount_renew(shop.db, d.valid_until, d.id, ann.id, &fresh),
                     ST_NONE);
}

static void test_the_clock_is_faster_than_the_row(void **state)
{
    struct discount d = shop_discount(&shop, ann.id, "k", 1);

    (void)state;
    assert_int_equal(discount_state(&d, d.valid_until - 1), DISCOUNT_ACTIVE);
    assert_int_equal(discount_state(&d, d.valid_until), DISCOUNT_EXPIRED);
    d.status = DISCOUNT_USED;
    assert_int_equal(discount_state(&d, d.valid_until), DISCOUNT_USED);
}

static void issue_until(const char *key, int64_t until, int percent)
{
    struct discount_spec s = spec(key);
    struct discount d;

    s.valid_until = until;
    s.percent_bp = percent;
    assert_int_equal(shop_issue(shop.db, SHOP_NOW, &s, &d), ST_OK);
}

static void test_expiring_in_slices(void **state)
{
    int n;

    (void)state;
    for (int i = 0; i < 5; i++) {
        char key[16];

        snprintf(key, sizeof key, "k%d", i);
        issue_until(key, SHOP_NOW + (i + 1) * HOUR, 1000);
    }
    assert_int_equal(discount_expire_due(shop.db, SHOP_NOW + 4 * HOUR, NULL, 3, &n),
                     ST_OK);
    assert_int_equal(n, 3);
    assert_int_equal(discount_expire_due(shop.db, SHOP_NOW + 4 * HOUR, NULL, 3, &n),
                     ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(discount_expire_due(shop.db, SHOP_NOW + 4 * HOUR, NULL, 3, &n),
                     ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM discount WHERE status = 1"), 1);
}

static int listed(enum discount_status state, int64_t now, int offset, int limit,
                  int *total)
{
    struct discount_page page = {
        .customer_id = ann.id, .state = state, .offset = offset, .limit = limit};
    struct discount out[8];
    int n;

    assert_int_equal(discount_list(shop.db, now, &page, out, &n, total), ST_OK);
    for (int i = 0; i < n; i++)
        assert_int_equal(out[i].customer_id, ann.id);
    return n;
}

static void test_the_wallet(void **state)
{
    int64_t other = shop_customer(&shop, 7000000602, "Bob", "").id;
    int total, n;

    (void)state;
    shop_discount(&shop, other, "other", 1);
    for (int i = 0; i < 5; i++) {
        char key[16];

        snprintf(key, sizeof key, "k%d", i);
        issue_until(key, SHOP_NOW + (i + 1) * HOUR, 1000);
    }
    assert_int_equal(listed(DISCOUNT_ACTIVE, SHOP_NOW, 0, 3, &total), 3);
    assert_int_equal(total, 5);
    assert_int_equal(listed(DISCOUNT_ACTIVE, SHOP_NOW, 3, 3, &total), 2);
    assert_int_equal(listed(DISCOUNT_USED, SHOP_NOW, 0, 3, &total), 0);
    /* Two ran out; only one of them was marked yet; a third was taken back. */
    assert_int_equal(discount_expire_due(shop.db, SHOP_NOW + 2 * HOUR, NULL, 1, &n),
                     ST_OK);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE discount SET status = 4"
                             " WHERE issue_key = 'k4'"),
                     ST_OK);
    assert_int_equal(listed(DISCOUNT_EXPIRED, SHOP_NOW + 2 * HOUR, 0, 8, &total), 3);
    assert_int_equal(listed(DISCOUNT_ACTIVE, SHOP_NOW + 2 * HOUR, 0, 8, &total), 2);
    assert_int_equal(total, 2);
}

static atomic_int issued, taken, bad;

static void issue_race(struct db *db, int i, void *arg)
{
    (void)i;
    (void)arg;
    for (int k = 0; k < 20; k++) {
        char key[20];
        struct discount_spec s;
        struct discount d;
        enum status st;

        snprintf(key, sizeof key, "race:%d", k);
        s = spec(key);
        st = shop_issue(db, SHOP_NOW, &s, &d);
        if (st == ST_OK)
            issued++;
        else if (st == ST_TAKEN && d.customer_id == ann.id)
            taken++;
        else
            bad++;
    }
}

static void test_sixteen_issue_the_same_twenty(void **state)
{
    (void)state;
    issued = taken = bad = 0;
    shop_race(&shop, 16, issue_race, NULL);
    assert_int_equal(bad, 0);
    assert_int_equal(issued, 20);
    assert_int_equal(taken, 300);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"), 20);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_issued_once_a_key),
        TEST(test_nonsense_is_refused),
        TEST(test_the_welcome_is_for_life),
        TEST(test_the_welcome_may_be_off),
        TEST(test_found_by_what_leaves_the_house),
        TEST(test_tokens_tell_case_apart),
        TEST(test_renewing_a_leaked_code),
        TEST(test_the_clock_is_faster_than_the_row),
        TEST(test_expiring_in_slices),
        TEST(test_the_wallet),
        TEST(test_sixteen_issue_the_same_twenty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
