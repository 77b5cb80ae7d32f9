/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/role.h"
#include "core/staff/staff.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static void test_no_cell_is_forgotten(void **state)
{
    (void)state;
    assert_true(role_table_whole());
}

static void test_nobody_may_nothing(void **state)
{
    (void)state;
    for (int p = PERM_UNSET; p <= PERM_COUNT; p++) {
        assert_false(role_may(ROLE_UNSET, (enum perm)p));
        assert_false(role_may(ROLE_COUNT, (enum perm)p));
        assert_false(role_may((enum role) - 1, (enum perm)p));
    }
    for (int r = ROLE_UNSET; r <= ROLE_COUNT; r++) {
        assert_false(role_may((enum role)r, PERM_UNSET));
        assert_false(role_may((enum role)r, PERM_COUNT));
    }
}

static void test_owner_may_everything(void **state)
{
    (void)state;
    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        assert_int_equal(role_scope(ROLE_OWNER, (enum perm)p), SCOPE_ALL);
}

static void test_the_till(void **state)
{
    (void)state;
    assert_true(role_may(ROLE_CASHIER, PERM_DISCOUNT_REDEEM));
    assert_true(role_may(ROLE_SELLER, PERM_DISCOUNT_ISSUE));
    assert_false(role_may(ROLE_CASHIER, PERM_DISCOUNT_ISSUE));
    assert_false(role_may(ROLE_MARKETING, PERM_DISCOUNT_REDEEM));
    assert_false(role_may(ROLE_READONLY, PERM_DISCOUNT_REDEEM));
    assert_false(role_may(ROLE_STOREKEEPER, PERM_DISCOUNT_REDEEM));
    assert_int_equal(role_scope(ROLE_CASHIER, PERM_REDEMPTION_VOID), SCOPE_OWN);
    assert_int_equal(role_scope(ROLE_MANAGER, PERM_REDEMPTION_VOID), SCOPE_STORE);
    assert_false(role_may(ROLE_CASHIER, PERM_STAFF_INVITE));
}

static void test_readonly_changes_nothing(void **state)
{
    static const enum perm changes[] = {
        PERM_STAFF_INVITE,    PERM_STAFF_DISMISS,   PERM_SHIFT,
        PERM_DISCOUNT_ISSUE,  PERM_DISCOUNT_REVOKE, PERM_DISCOUNT_REDEEM,
        PERM_REDEMPTION_VOID, PERM_CUSTOMER_EDIT,   PERM_CUSTOMER_ERASE,
        PERM_SETTING_EDIT,    PERM_BROADCAST_EDIT,  PERM_BROADCAST_SEND,
        PERM_JOBS_EDIT};

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        assert_false(role_may(ROLE_READONLY, changes[i]));
}

static void test_names_there_and_back(void **state)
{
    (void)state;
    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++) {
        const char *name = role_name((enum role)r);

        assert_int_equal(role_find(name, strlen(name)), r);
        assert_int_equal(role_find(name, strlen(name) - 1), ROLE_UNSET);
    }
    assert_int_equal(role_find("unset", 5), ROLE_UNSET);
    assert_int_equal(role_find("", 0), ROLE_UNSET);
    assert_string_equal(role_name(ROLE_COUNT), "unset");
}

static void test_nobody_hands_out_more_than_they_have(void **state)
{
    (void)state;
    assert_true(role_may_invite(ROLE_OWNER, ROLE_OWNER));
    assert_true(role_may_invite(ROLE_ADMINISTRATOR, ROLE_MANAGER));
    assert_true(role_may_invite(ROLE_MANAGER, ROLE_CASHIER));
    assert_true(role_may_invite(ROLE_MANAGER, ROLE_SELLER));
    assert_false(role_may_invite(ROLE_ADMINISTRATOR, ROLE_OWNER));
    assert_false(role_may_invite(ROLE_MANAGER, ROLE_ADMINISTRATOR));
    assert_false(role_may_invite(ROLE_MANAGER, ROLE_MARKETING));
    assert_false(role_may_invite(ROLE_CASHIER, ROLE_CASHIER));
    assert_false(role_may_invite(ROLE_OWNER, ROLE_UNSET));
    assert_false(role_may_invite(ROLE_OWNER, ROLE_COUNT));
}

/* Below is a strict order: never oneself, never both ways. */
static void test_below(void **state)
{
    (void)state;
    for (int a = ROLE_UNSET; a <= ROLE_COUNT; a++) {
        assert_false(role_below((enum role)a, (enum role)a));
        for (int b = ROLE_UNSET; b <= ROLE_COUNT; b++)
            if (role_below((enum role)a, (enum role)b)) {
                assert_true(role_may_invite((enum role)a, (enum role)b));
                assert_false(role_below((enum role)b, (enum role)a));
            }
    }
    assert_true(role_below(ROLE_OWNER, ROLE_ADMINISTRATOR));
    assert_true(role_below(ROLE_ADMINISTRATOR, ROLE_MANAGER));
    assert_true(role_below(ROLE_MANAGER, ROLE_SELLER));
    assert_true(role_below(ROLE_MANAGER, ROLE_CASHIER));
    assert_true(role_below(ROLE_MANAGER, ROLE_STOREKEEPER));
    assert_false(role_below(ROLE_MANAGER, ROLE_MARKETING));
    assert_false(role_below(ROLE_SELLER, ROLE_CASHIER));
}

static void test_dismissed_may_nothing(void **state)
{
    struct staff s = {.role = ROLE_OWNER, .active = false};

    (void)state;
    assert_false(staff_may(&s, PERM_DISCOUNT_REDEEM));
    s.active = true;
    assert_true(staff_may(&s, PERM_DISCOUNT_REDEEM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_cell_is_forgotten),
        cmocka_unit_test(test_nobody_may_nothing),
        cmocka_unit_test(test_owner_may_everything),
        cmocka_unit_test(test_the_till),
        cmocka_unit_test(test_readonly_changes_nothing),
        cmocka_unit_test(test_names_there_and_back),
        cmocka_unit_test(test_nobody_hands_out_more_than_they_have),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_dismissed_may_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
