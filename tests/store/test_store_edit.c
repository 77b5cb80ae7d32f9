/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Stores changed and closed: what cannot be, who is first when a shift opens at the moment
 * of closing, and invitations that lead to a closed door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/invite.h"
#include "core/staff/store_edit.h"
#include "tests/harness/shop.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static struct shop shop;

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static struct store the(int64_t id)
{
    struct store s;

    assert_int_equal(store_load(shop.db, id, &s), ST_OK);
    return s;
}

static void test_what_changes(void **state)
{
    struct store s = the(shop.store[0]);
    const int64_t version = s.version;

    (void)state;
    assert_int_equal(store_change(shop.db, SHOP_NOW, &shop.owner, &s), ST_OK);
    assert_int_equal(the(s.id).version, version); /* nothing did */
    snprintf(s.hours, sizeof s.hours, "ежедневно 9-21");
    snprintf(s.tz, sizeof s.tz, "Europe/Moscow");
    s.has_geo = true;
    s.lat_e6 = 43115542;
    s.lon_e6 = -131885485;
    assert_int_equal(store_change(shop.db, SHOP_NOW, &shop.owner, &s), ST_OK);
    s = the(s.id);
    assert_int_equal(s.version, version + 1);
    assert_string_equal(s.tz, "Europe/Moscow");
    assert_int_equal(s.lon_e6, -131885485);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action ="
                                          " 'store.edit' AND fields LIKE 'hours:%'"),
                     1);
}

static void test_what_cannot_be(void **state)
{
    struct store s = the(shop.store[0]), other = the(shop.store[1]);

    (void)state;
    snprintf(s.hours, sizeof s.hours, "пн-пт 9-25");
    assert_int_equal(store_change(shop.db, SHOP_NOW, &shop.owner, &s), ST_BAD);
    s = the(s.id);
    snprintf(s.tz, sizeof s.tz, "../etc/passwd");
    assert_int_equal(store_change(shop.db, SHOP_NOW, &shop.owner, &s), ST_BAD);
    s = the(s.id);
    s.has_geo = true;
    s.lat_e6 = 90000001;
    assert_int_equal(store_change(shop.db, SHOP_NOW, &shop.owner, &s), ST_BAD);
    s = the(s.id);
    snprintf(s.name, sizeof s.name, "%s", other.name);
    assert_int_equal(store_change(shop.db, SHOP_NOW, &shop.owner, &s), ST_TAKEN);
    s.id = 999999;
    assert_int_equal(store_change(shop.db, SHOP_NOW, &shop.owner, &s), ST_NONE);
    assert_int_equal(the(shop.store[0]).version, 1);
}

static char token[INVITE_TOKEN + 1];

static void test_closed(void **state)
{
    const struct staff_spec as = {.role = ROLE_CASHIER, .store_id = shop.store[1]};
    const struct contact c = {
        .channel = CHANNEL_MESSENGER, .external_id = 7000000001, .language = "ru"};
    const struct invite_press p = {.token = token, .n = INVITE_TOKEN, .who = &c};
    enum invite_result result;
    struct staff out;
    struct shift shift;
    int n;

    (void)state;
    assert_int_equal(store_shut(shop.db, SHOP_NOW, &shop.owner, shop.store[0], &n),
                     ST_TAKEN);
    assert_int_equal(n, SHOP_CASHIERS);
    assert_true(the(shop.store[0]).open);
    assert_int_equal(invite_make(shop.db, SHOP_NOW, &shop.owner, &as, token), ST_OK);
    assert_int_equal(store_shut(shop.db, SHOP_NOW, &shop.owner, shop.store[1], &n),
                     ST_OK);
    assert_int_equal(store_shut(shop.db, SHOP_NOW, &shop.owner, shop.store[1], &n),
                     ST_OK);
    assert_false(the(shop.store[1]).open);
    assert_int_equal(invite_use(shop.db, SHOP_NOW, &p, &result, &out), ST_OK);
    assert_int_equal(result, INVITE_EXPIRED);
    assert_int_equal(shift_open(shop.db, SHOP_NOW, &shop.owner, shop.store[1], &shift),
                     ST_REFUSED);
    assert_int_equal(store_reopen(shop.db, SHOP_NOW, &shop.owner, shop.store[1]),
                     ST_OK);
    assert_int_equal(shift_open(shop.db, SHOP_NOW, &shop.owner, shop.store[1], &shift),
                     ST_OK);
}

/* ---- at the same time ------------------------------------------------------------- */

static atomic_int opened, shut;

static enum status do_open(struct db *db, void *arg)
{
    struct shift s;

    (void)arg;
    return shift_open(db, SHOP_NOW, &shop.owner, shop.store[1], &s);
}

static enum status do_shut(struct db *db, void *arg)
{
    int n;

    (void)arg;
    return store_shut(db, SHOP_NOW, &shop.owner, shop.store[1], &n);
}

static void race(struct db *db, int i, void *arg)
{
    enum status st = db_tx(db, i == 0 ? do_open : do_shut, arg);

    if (st != ST_OK && st != ST_REFUSED && st != ST_TAKEN)
        fail_msg("racer %d: %s", i, status_name(st));
    if (i == 0)
        opened += st == ST_OK;
    else
        shut += st == ST_OK;
}

/* One of the two is first: never a shift in a closed store. */
static void test_a_shift_opens_at_the_moment_of_closing(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        opened = shut = 0;
        shop_race(&shop, 2, race, NULL);
        assert_int_equal(opened + shut, 1);
        assert_int_equal(shift_close_of(shop.db, SHOP_NOW + HOUR, shop.owner.id),
                         ST_OK);
        assert_int_equal(store_reopen(shop.db, SHOP_NOW, &shop.owner, shop.store[1]),
                         ST_OK);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_what_changes),
        CASE(test_what_cannot_be),
        CASE(test_closed),
        CASE(test_a_shift_opens_at_the_moment_of_closing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
