/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "core/staff/invite.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>
#include <cmocka.h>

#define NEWCOMER 7000000701

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

static struct staff add(int64_t external_id, enum role role, int64_t store_id)
{
    struct staff s;

    assert_int_equal(staff_add(shop.db, SHOP_NOW,
                               &(struct staff_spec){.channel = CHANNEL_MESSENGER,
                                                    .external_id = external_id,
                                                    .role = role,
                                                    .store_id = store_id},
                               &s),
                     ST_OK);
    return s;
}

/* ---- joining and leaving -------------------------------------------------------- */

static void test_added_by_a_command(void **state)
{
    struct staff s = add(NEWCOMER, ROLE_CASHIER, shop.store[1]), found;

    (void)state;
    assert_true(s.active);
    assert_string_equal(s.name, "№ 7000000701");
    assert_int_equal(staff_find(shop.db, CHANNEL_MESSENGER, NEWCOMER, &found), ST_OK);
    assert_int_equal(found.id, s.id);
    assert_int_equal(staff_may_at(shop.db, &s, PERM_DISCOUNT_REDEEM, shop.store[1]),
                     ST_OK);
    assert_int_equal(staff_may_at(shop.db, &s, PERM_DISCOUNT_REDEEM, shop.store[0]),
                     ST_REFUSED);
    assert_int_equal(
        staff_may_at(shop.db, &shop.owner, PERM_DISCOUNT_REDEEM, shop.store[1]), ST_OK);
    /* Again: the same person, promoted, bound to a second store. */
    s = add(NEWCOMER, ROLE_MANAGER, shop.store[0]);
    assert_int_equal(s.id, found.id);
    assert_int_equal(s.role, ROLE_MANAGER);
    assert_int_equal(staff_may_at(shop.db, &s, PERM_DISCOUNT_REDEEM, shop.store[0]),
                     ST_OK);
}

static void test_bad_specs(void **state)
{
    struct staff_spec spec = {.channel = CHANNEL_MESSENGER, .external_id = NEWCOMER};
    struct staff s;

    (void)state;
    assert_int_equal(staff_add(shop.db, SHOP_NOW, &spec, &s), ST_BAD);
    spec.role = ROLE_COUNT;
    assert_int_equal(staff_add(shop.db, SHOP_NOW, &spec, &s), ST_BAD);
    spec.role = ROLE_CASHIER;
    spec.external_id = -1;
    assert_int_equal(staff_add(shop.db, SHOP_NOW, &spec, &s), ST_BAD);
    spec.external_id = NEWCOMER;
    spec.store_id = 999;
    assert_int_equal(staff_add(shop.db, SHOP_NOW, &spec, &s), ST_REFUSED);
}

static void test_dismissal_counts_at_once(void **state)
{
    struct staff s;

    (void)state;
    assert_int_equal(
        staff_dismiss(shop.db, SHOP_NOW, shop.cashier[0].id, shop.owner.id), ST_OK);
    assert_int_equal(
        staff_dismiss(shop.db, SHOP_NOW, shop.cashier[0].id, shop.owner.id), ST_NONE);
    assert_int_equal(staff_load(shop.db, shop.cashier[0].id, &s), ST_OK);
    assert_false(s.active);
    assert_false(staff_may(&s, PERM_DISCOUNT_REDEEM));
    s = add(s.external_id, ROLE_CASHIER, 0); /* hired again */
    assert_true(staff_may(&s, PERM_DISCOUNT_REDEEM));
}

static void test_the_last_owner_stays(void **state)
{
    struct staff_spec spec = {.channel = CHANNEL_MESSENGER,
                              .external_id = shop.owner.external_id,
                              .role = ROLE_CASHIER};
    struct staff s, second;

    (void)state;
    assert_int_equal(staff_dismiss(shop.db, SHOP_NOW, shop.owner.id, 0), ST_REFUSED);
    assert_int_equal(staff_add(shop.db, SHOP_NOW, &spec, &s), ST_REFUSED);
    second = add(NEWCOMER, ROLE_OWNER, 0);
    assert_int_equal(staff_dismiss(shop.db, SHOP_NOW, shop.owner.id, second.id), ST_OK);
    assert_int_equal(staff_dismiss(shop.db, SHOP_NOW, second.id, second.id),
                     ST_REFUSED);
}

static atomic_int dismissed;

struct leaving {
    int64_t id;
};

static enum status leave(struct db *db, void *arg)
{
    return staff_dismiss(db, SHOP_NOW, ((struct leaving *)arg)->id, 0);
}

static void leave_race(struct db *db, int i, void *arg)
{
    struct leaving l = {((int64_t *)arg)[i % 2]};

    if (db_tx(db, leave, &l) == ST_OK)
        dismissed++;
}

static void test_two_owners_cannot_dismiss_one_another(void **state)
{
    int64_t ids[2] = {shop.owner.id, add(NEWCOMER, ROLE_OWNER, 0).id};

    (void)state;
    dismissed = 0;
    shop_race_behind(&shop, "SELECT MAX(id) FROM staff WHERE role = 1 FOR UPDATE", 8,
                     leave_race, ids);
    assert_int_equal(dismissed, 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM staff WHERE role = 1"
                                          " AND dismissed_at IS NULL"),
                     1);
}

static void test_the_first_owner_only_once(void **state)
{
    (void)state;
    assert_int_equal(staff_owner_first(shop.db, SHOP_NOW, NEWCOMER), ST_NONE);
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE staff SET role = 7 WHERE role = 1"),
                     ST_OK);
    assert_int_equal(staff_owner_first(shop.db, SHOP_NOW, NEWCOMER), ST_OK);
    assert_int_equal(staff_owner_first(shop.db, SHOP_NOW, NEWCOMER + 1), ST_NONE);
    /* Even a dismissed one was the first. */
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE staff SET dismissed_at = ?"
                             " WHERE role = 1",
                             DB_TIME(SHOP_NOW)),
                     ST_OK);
    assert_int_equal(staff_owner_first(shop.db, SHOP_NOW, NEWCOMER + 1), ST_NONE);
}

static void test_names_are_refreshed(void **state)
{
    struct contact c = {.channel = CHANNEL_MESSENGER,
                        .external_id = shop.cashier[0].external_id,
                        .first_name = "Ольга",
                        .first_n = strlen("Ольга"),
                        .last_name = "Ким",
                        .last_n = strlen("Ким")};
    struct staff s;

    (void)state;
    assert_int_equal(staff_seen(shop.db, SHOP_NOW, &shop.cashier[0], &c), ST_OK);
    assert_int_equal(staff_load(shop.db, shop.cashier[0].id, &s), ST_OK);
    assert_string_equal(s.name, "Ольга Ким");
}

static void test_stores(void **state)
{
    struct store list[4], one;
    int64_t id;
    int n;

    (void)state;
    assert_int_equal(
        store_add(shop.db, SHOP_NOW, &(struct store_spec){.name = "Ленина"}, &id),
        ST_TAKEN);
    assert_int_equal(id, shop.store[0]);
    assert_int_equal(
        store_add(shop.db, SHOP_NOW, &(struct store_spec){.name = ""}, &id), ST_BAD);
    assert_int_equal(store_list(shop.db, 0, list, 4, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(store_list(shop.db, shop.cashier[0].id, list, 4, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].id, shop.store[0]);
    assert_int_equal(store_load(shop.db, shop.store[1], &one), ST_OK);
    assert_string_equal(one.name, "Светланская");
    assert_true(one.open);
}

/* ---- invites -------------------------------------------------------------------- */

static char token[INVITE_TOKEN + 1];

static void invite(const struct staff *by, enum role role, int64_t store_id)
{
    struct staff_spec as = {.role = role, .store_id = store_id};

    assert_int_equal(invite_make(shop.db, SHOP_NOW, by, &as, token), ST_OK);
    assert_int_equal(strlen(token), INVITE_TOKEN);
}

struct using
{
    int64_t external_id, now;
    const char *token;
    enum invite_result result;
    struct staff staff;
};

static enum status do_use(struct db *db, void *arg)
{
    struct using *u = arg;
    struct contact who = {.channel = CHANNEL_MESSENGER,
                          .external_id = u->external_id,
                          .first_name = "Новенькая",
                          .first_n = strlen("Новенькая"),
                          .language = "ru"};
    struct invite_press p = {u->token, strlen(u->token), &who};

    return invite_use(db, u->now, &p, &u->result, &u->staff);
}

static struct using use(int64_t external_id, int64_t now)
{
    struct using u = {external_id, now, token, 0, {0}};

    assert_int_equal(db_tx(shop.db, do_use, &u), ST_OK);
    return u;
}

static void test_invited_and_joined(void **state)
{
    struct using u;

    (void)state;
    invite(&shop.manager, ROLE_CASHIER, shop.store[0]);
    u = use(NEWCOMER, SHOP_NOW + HOUR);
    assert_int_equal(u.result, INVITE_JOINED);
    assert_int_equal(u.staff.role, ROLE_CASHIER);
    assert_string_equal(u.staff.name, "Новенькая");
    assert_int_equal(
        staff_may_at(shop.db, &u.staff, PERM_DISCOUNT_REDEEM, shop.store[0]), ST_OK);
    assert_int_equal(use(NEWCOMER, SHOP_NOW + 30 * HOUR).result, INVITE_ALREADY);
    assert_int_equal(use(NEWCOMER + 1, SHOP_NOW + HOUR).result, INVITE_USED);
    assert_int_equal(use(shop.owner.external_id, SHOP_NOW + HOUR).result, INVITE_USED);
}

static void test_invite_ends_after_a_day(void **state)
{
    (void)state;
    invite(NULL, ROLE_CASHIER, shop.store[0]);
    assert_int_equal(use(NEWCOMER, SHOP_NOW + 24 * HOUR).result, INVITE_EXPIRED);
    assert_int_equal(use(NEWCOMER, SHOP_NOW + 24 * HOUR - 1).result, INVITE_JOINED);
}

static void test_invite_of_nobody(void **state)
{
    (void)state;
    memset(token, 'A', INVITE_TOKEN);
    assert_int_equal(use(NEWCOMER, SHOP_NOW).result, INVITE_UNKNOWN);
    token[3] = '\0';
    assert_int_equal(use(NEWCOMER, SHOP_NOW).result, INVITE_UNKNOWN);
}

static void test_invites_have_limits(void **state)
{
    struct staff_spec as = {.role = ROLE_OWNER, .store_id = shop.store[0]};

    (void)state;
    assert_int_equal(invite_make(shop.db, SHOP_NOW, &shop.manager, &as, token),
                     ST_REFUSED);
    as.role = ROLE_CASHIER;
    as.store_id = shop.store[1]; /* not the manager's */
    assert_int_equal(invite_make(shop.db, SHOP_NOW, &shop.manager, &as, token),
                     ST_REFUSED);
    assert_int_equal(invite_make(shop.db, SHOP_NOW, &shop.cashier[0], &as, token),
                     ST_REFUSED);
    as.role = ROLE_UNSET;
    assert_int_equal(invite_make(shop.db, SHOP_NOW, &shop.owner, &as, token), ST_BAD);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM invite"), 0);
}

static void test_an_invite_takes_nothing_away(void **state)
{
    struct using u;

    (void)state;
    invite(NULL, ROLE_CASHIER, shop.store[1]);
    u = use(shop.owner.external_id, SHOP_NOW);
    assert_int_equal(u.result, INVITE_JOINED);
    assert_int_equal(u.staff.role, ROLE_OWNER);
}

/* A store's manager makes nobody more, or less, than they are at another's store. */
static void test_an_invite_changes_no_role_elsewhere(void **state)
{
    struct staff guest = add(NEWCOMER, ROLE_CASHIER, shop.store[1]);
    struct staff chief = add(NEWCOMER + 1, ROLE_MARKETING, 0);
    struct staff own = add(NEWCOMER + 2, ROLE_CASHIER, shop.store[0]);
    struct using u;

    (void)state;
    invite(&shop.manager, ROLE_MANAGER, shop.store[0]);
    u = use(guest.external_id, SHOP_NOW);
    assert_int_equal(u.result, INVITE_JOINED);
    assert_int_equal(u.staff.role, ROLE_CASHIER);
    assert_int_equal(
        staff_may_at(shop.db, &u.staff, PERM_DISCOUNT_REDEEM, shop.store[0]), ST_OK);
    invite(&shop.manager, ROLE_CASHIER, shop.store[0]);
    assert_int_equal(use(chief.external_id, SHOP_NOW).staff.role, ROLE_MARKETING);
    invite(&shop.manager, ROLE_SELLER, shop.store[0]);
    assert_int_equal(use(own.external_id, SHOP_NOW).staff.role, ROLE_SELLER);
}

/* Hired anew somewhere, they work there: where they were is not that manager's to give. */
static void test_who_comes_back_comes_to_one_store(void **state)
{
    struct staff was = add(NEWCOMER, ROLE_MANAGER, shop.store[1]);
    struct using u;

    (void)state;
    assert_int_equal(staff_dismiss(shop.db, SHOP_NOW, was.id, 0), ST_OK);
    invite(&shop.manager, ROLE_MANAGER, shop.store[0]);
    u = use(was.external_id, SHOP_NOW);
    assert_int_equal(u.result, INVITE_JOINED);
    assert_int_equal(staff_may_at(shop.db, &u.staff, PERM_STAFF_INVITE, shop.store[0]),
                     ST_OK);
    assert_int_equal(staff_may_at(shop.db, &u.staff, PERM_STAFF_INVITE, shop.store[1]),
                     ST_REFUSED);
}

/* An administrator who left a link behind does not come back by it. */
static void test_an_invite_ends_with_its_maker(void **state)
{
    struct staff boss = add(NEWCOMER + 5, ROLE_ADMINISTRATOR, 0);

    (void)state;
    invite(&boss, ROLE_ADMINISTRATOR, 0);
    assert_int_equal(staff_dismiss(shop.db, SHOP_NOW, boss.id, shop.owner.id), ST_OK);
    assert_int_equal(use(boss.external_id, SHOP_NOW).result, INVITE_EXPIRED);
    assert_int_equal(use(NEWCOMER, SHOP_NOW).result, INVITE_EXPIRED);
    assert_int_equal(staff_load(shop.db, boss.id, &boss), ST_OK);
    assert_false(boss.active);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM staff WHERE name = 'Новенькая'"), 0);
}

/* Nor does one who may less by now, by a link that says more. */
static void test_an_invite_is_worth_what_its_maker_is(void **state)
{
    struct staff boss = add(NEWCOMER + 5, ROLE_ADMINISTRATOR, 0);

    (void)state;
    invite(&boss, ROLE_ADMINISTRATOR, 0);
    boss = add(boss.external_id, ROLE_MANAGER, shop.store[0]);
    assert_int_equal(use(boss.external_id, SHOP_NOW).result, INVITE_EXPIRED);
    invite(&boss, ROLE_CASHIER, shop.store[0]);
    assert_int_equal(use(NEWCOMER, SHOP_NOW).result, INVITE_JOINED);
    invite(&boss, ROLE_CASHIER, shop.store[0]);
    assert_int_equal(db_exec(shop.db, NULL,
                             "DELETE FROM staff_store WHERE staff_id = ?",
                             DB_INT(boss.id)),
                     ST_OK);
    assert_int_equal(use(NEWCOMER + 1, SHOP_NOW).result, INVITE_EXPIRED);
}

static void test_the_token_is_not_kept(void **state)
{
    (void)state;
    invite(NULL, ROLE_CASHIER, shop.store[0]);
    assert_int_equal(db_one(shop.db,
                            "SELECT 1 FROM invite WHERE token_hash LIKE"
                            " CONCAT('%', ?, '%')",
                            DB_TEXT_N(token, 12)),
                     ST_NONE);
}

static atomic_int joined, bad;

static void use_race(struct db *db, int i, void *arg)
{
    struct using u = {NEWCOMER + i, SHOP_NOW + i, token, 0, {0}};

    (void)arg;
    if (db_tx(db, do_use, &u) != ST_OK)
        bad++;
    else
        joined += u.result == INVITE_JOINED;
}

static void test_sixteen_use_one_invite(void **state)
{
    (void)state;
    invite(NULL, ROLE_CASHIER, shop.store[0]);
    joined = bad = 0;
    shop_race_behind(&shop, "SELECT id FROM invite FOR UPDATE", 16, use_race, NULL);
    assert_int_equal(bad, 0);
    assert_int_equal(joined, 1);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM staff WHERE name = 'Новенькая'"), 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_added_by_a_command),
        TEST(test_bad_specs),
        TEST(test_dismissal_counts_at_once),
        TEST(test_the_last_owner_stays),
        TEST(test_two_owners_cannot_dismiss_one_another),
        TEST(test_the_first_owner_only_once),
        TEST(test_names_are_refreshed),
        TEST(test_stores),
        TEST(test_invited_and_joined),
        TEST(test_invite_ends_after_a_day),
        TEST(test_invite_of_nobody),
        TEST(test_invites_have_limits),
        TEST(test_an_invite_takes_nothing_away),
        TEST(test_an_invite_changes_no_role_elsewhere),
        TEST(test_who_comes_back_comes_to_one_store),
        TEST(test_an_invite_ends_with_its_maker),
        TEST(test_an_invite_is_worth_what_its_maker_is),
        TEST(test_the_token_is_not_kept),
        TEST(test_sixteen_use_one_invite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
