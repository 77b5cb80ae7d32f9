/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Accounts of the panel: passwords, six digits, being switched off, the shop handed over;
 * and the waits of whoever guesses. */
#include "core/staff/account.h"
#include "core/staff/guard.h"
#include "core/staff/session.h"
#include "core/staff/team.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define WORD "сорок тысяч обезьян"

static struct shop shop;
static char hash[PASSWORD_HASH];

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

static struct account account(int64_t staff_id)
{
    struct account a;

    assert_int_equal(account_ready(shop.db, SHOP_NOW, staff_id, &a), ST_OK);
    return a;
}

static struct session begins(int64_t staff_id)
{
    struct session s;

    assert_int_equal(session_begin(shop.db, SHOP_NOW,
                                   &(struct session_spec){.staff_id = staff_id,
                                                          .how = "login.token"},
                                   &s),
                     ST_OK);
    return s;
}

static bool holds(const struct session *s)
{
    struct session found;
    struct staff who;

    return session_find(shop.db, SHOP_NOW, s->jti, &found, &who) == ST_OK;
}

static void sets_word(const char *email, const char *keep)
{
    if (hash[0] == '\0')
        assert_int_equal(account_word(WORD, hash), ST_OK);
    assert_int_equal(account_set_word(shop.db, SHOP_NOW, shop.owner.id,
                                      &(struct account_word){email, hash, keep}),
                     ST_OK);
}

/* ---- passwords -------------------------------------------------------------------- */

static void test_what_is_a_password(void **state)
{
    char out[PASSWORD_HASH], long_one[90];

    (void)state;
    memset(long_one, 'a', sizeof long_one);
    long_one[73] = '\0';
    assert_int_equal(account_word("123456789", out), ST_BAD);
    assert_int_equal(account_word("пятьбуквы", out), ST_BAD); /* 18 bytes, 9 letters */
    assert_int_equal(account_word(long_one, out), ST_BAD);
    long_one[72] = '\0';
    assert_int_equal(account_word(long_one, out), ST_OK);
    assert_memory_equal(out, "$2b$12$", 7);
}

static void test_who_is_not_here_takes_as_long(void **state)
{
    struct account nobody, a;
    clock_t with, without, begun;

    (void)state;
    sets_word("boss@shop.example", NULL);
    assert_int_equal(account_find(shop.db, "boss@shop.example", &a), ST_OK);
    assert_int_equal(account_find(shop.db, "nobody@shop.example", &nobody), ST_NONE);
    begun = clock();
    assert_true(account_word_is(&a, WORD));
    with = clock() - begun;
    begun = clock();
    assert_false(account_word_is(&nobody, WORD));
    without = clock() - begun;
    assert_true(without > with / 2 && without < with * 2);
    a.hash[0] = '\0'; /* of somebody who has set none */
    assert_false(account_word_is(&a, WORD));
    assert_false(account_word_is(&a, ""));
}

static void test_e_mails(void **state)
{
    static const char *const bad[] = {"",       "a",        "@b.ru",     "a@",
                                      "a@b",    "a@.ru",    "a@b.",      "a b@c.ru",
                                      "а@b.ru", "a@b@c.ru", "a<b>@c.ru", "a@b.ru\n"};
    char out[ACCOUNT_EMAIL_BYTES], huge[300];

    (void)state;
    assert_true(account_email("Boss+1@Shop.Example", out));
    assert_string_equal(out, "boss+1@shop.example");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (account_email(bad[i], out))
            fail_msg("taken: %s", bad[i]);
    memset(huge, 'a', sizeof huge);
    snprintf(huge + 250, 20, "@b.ru");
    assert_false(account_email(huge, out));
}

static void test_an_e_mail_is_one_person_s(void **state)
{
    (void)state;
    sets_word("boss@shop.example", NULL);
    account(shop.manager.id);
    assert_int_equal(
        account_set_word(shop.db, SHOP_NOW, shop.manager.id,
                         &(struct account_word){"boss@shop.example", hash, NULL}),
        ST_TAKEN);
    assert_int_equal(account_set_word(shop.db, SHOP_NOW, shop.manager.id,
                                      &(struct account_word){"", hash, NULL}),
                     ST_BAD);
}

static void test_a_new_password_ends_the_other_sessions(void **state)
{
    struct session here = begins(shop.owner.id), there = begins(shop.owner.id);

    (void)state;
    sets_word("boss@shop.example", here.jti);
    assert_true(holds(&here));
    assert_false(holds(&there));
    sets_word("", NULL);
    assert_false(holds(&here));
    assert_string_equal(account(shop.owner.id).email, "boss@shop.example");
}

/* ---- six digits ------------------------------------------------------------------- */

static void code_at(const char *secret, int64_t now, char out[TOTP_DIGITS + 1])
{
    assert_int_equal(totp_code(secret, now / SECOND / TOTP_STEP_SECONDS, out), ST_OK);
}

static void test_digits_are_confirmed_and_used_once(void **state)
{
    char secret[TOTP_SECRET], code[TOTP_DIGITS + 1];
    struct account a = account(shop.owner.id);

    (void)state;
    assert_int_equal(account_totp_use(shop.db, SHOP_NOW, &a, "000000"), ST_NONE);
    assert_int_equal(account_totp_enrol(shop.db, SHOP_NOW, a.staff_id, secret), ST_OK);
    a = account(a.staff_id);
    assert_false(a.totp_on);
    code_at(secret, SHOP_NOW, code);
    assert_int_equal(account_totp_use(shop.db, SHOP_NOW, &a, code), ST_OK);
    /* Two browsers with the same digits: both had loaded the account before. */
    assert_int_equal(account_totp_use(shop.db, SHOP_NOW, &a, code), ST_REFUSED);
    a = account(a.staff_id);
    assert_true(a.totp_on);
    assert_int_equal(account_totp_use(shop.db, SHOP_NOW, &a, code), ST_REFUSED);
    code_at(secret, SHOP_NOW + MINUTE, code);
    assert_int_equal(account_totp_use(shop.db, SHOP_NOW + MINUTE, &a, code), ST_OK);
    /* A secret that is on is not replaced behind its owner's back. */
    assert_int_equal(account_totp_enrol(shop.db, SHOP_NOW, a.staff_id, secret),
                     ST_TAKEN);
    assert_int_equal(account_totp_off(shop.db, SHOP_NOW, a.staff_id), ST_OK);
    assert_false(account(a.staff_id).totp_on);
}

/* ---- switched off, handed over ---------------------------------------------------- */

static void test_switched_off_for_the_panel(void **state)
{
    struct account_act act = {
        .by = &shop.owner, .who = shop.manager.id, .disable = true};
    struct session s = begins(shop.manager.id), again;
    const struct session_spec spec = {.staff_id = shop.manager.id,
                                      .how = "login.token"};

    (void)state;
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &act), ST_OK);
    assert_false(holds(&s));
    assert_int_equal(session_begin(shop.db, SHOP_NOW, &spec, &again), ST_REFUSED);
    act.disable = false;
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &act), ST_OK);
    assert_false(holds(&s));
    assert_int_equal(session_begin(shop.db, SHOP_NOW, &spec, &again), ST_OK);
    /* Nobody themselves, nobody above: the last owner stays. */
    act =
        (struct account_act){.by = &shop.owner, .who = shop.owner.id, .disable = true};
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &act), ST_REFUSED);
    act = (struct account_act){
        .by = &shop.manager, .who = shop.owner.id, .disable = true};
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &act), ST_REFUSED);
}

static void test_the_shop_is_handed_over(void **state)
{
    struct session old = begins(shop.owner.id), next = begins(shop.manager.id);
    struct staff now;

    (void)state;
    assert_int_equal(
        account_hand_over(shop.db, SHOP_NOW, &shop.manager, shop.cashier[0].id),
        ST_REFUSED);
    assert_int_equal(account_hand_over(shop.db, SHOP_NOW, &shop.owner, shop.owner.id),
                     ST_REFUSED);
    assert_int_equal(account_hand_over(shop.db, SHOP_NOW, &shop.owner, 999), ST_NONE);
    assert_int_equal(account_hand_over(shop.db, SHOP_NOW, &shop.owner, shop.manager.id),
                     ST_OK);
    assert_int_equal(staff_load(shop.db, shop.manager.id, &now), ST_OK);
    assert_int_equal(now.role, ROLE_OWNER);
    assert_int_equal(staff_load(shop.db, shop.owner.id, &now), ST_OK);
    assert_int_equal(now.role, ROLE_ADMINISTRATOR);
    assert_false(holds(&old));
    assert_false(holds(&next));
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action ="
                                          " 'staff.hand_over'"),
                     1);
}

/* Somebody of the till has no chat to log in by; who is switched off could not either. */
static void test_only_who_can_come_in_owns_the_shop(void **state)
{
    struct account_act act = {
        .by = &shop.owner, .who = shop.manager.id, .disable = true};
    struct team_hire h = {.by = &shop.owner,
                          .store_id = shop.store[0],
                          .name = "Вера",
                          .n = strlen("Вера")};
    struct staff vera;

    (void)state;
    assert_int_equal(team_hire(shop.db, SHOP_NOW, &h, &vera), ST_OK);
    assert_int_equal(account_hand_over(shop.db, SHOP_NOW, &shop.owner, vera.id),
                     ST_REFUSED);
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &act), ST_OK);
    assert_int_equal(account_hand_over(shop.db, SHOP_NOW, &shop.owner, shop.manager.id),
                     ST_REFUSED);
    act.disable = false;
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &act), ST_OK);
    assert_int_equal(account_hand_over(shop.db, SHOP_NOW, &shop.owner, shop.manager.id),
                     ST_OK);
}

/* ---- waits ------------------------------------------------------------------------ */

static const struct guard_subject email = {"email", "boss@shop.example", 5};

static enum status tries(int64_t now, int *wait)
{
    return guard_try(shop.db, now, &email, wait);
}

static void test_waits_grow(void **state)
{
    static const int waits[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600};
    int64_t now = SHOP_NOW;
    int wait;

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(tries(now, &wait), ST_OK);
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        assert_int_equal(tries(now, &wait), ST_REFUSED);
        assert_int_equal(wait, waits[i]);
        assert_int_equal(tries(now + waits[i] * SECOND - 1, &wait), ST_REFUSED);
        assert_int_equal(wait, 1);
        now += waits[i] * SECOND;
        assert_int_equal(tries(now, &wait), ST_OK);
    }
    /* A day of peace, and it begins anew. */
    now += DAY + HOUR;
    for (int i = 0; i < 5; i++)
        assert_int_equal(tries(now, &wait), ST_OK);
    assert_int_equal(tries(now, &wait), ST_REFUSED);
}

static void test_the_right_one_is_forgiven(void **state)
{
    int wait;

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(tries(SHOP_NOW, &wait), ST_OK);
    assert_int_equal(guard_undo(shop.db, &email), ST_OK);
    assert_int_equal(tries(SHOP_NOW, &wait), ST_OK);
    assert_int_equal(tries(SHOP_NOW, &wait), ST_OK);
    assert_int_equal(tries(SHOP_NOW, &wait), ST_REFUSED);
    assert_int_equal(guard_pass(shop.db, &email), ST_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(tries(SHOP_NOW, &wait), ST_OK);
    assert_int_equal(tries(SHOP_NOW, &wait), ST_REFUSED);
}

static atomic_int let_through;

static enum status try_once(struct db *db, void *arg)
{
    (void)arg;
    return guard_try(db, SHOP_NOW, &email, &(int){0});
}

static void guess(struct db *db, int i, void *arg)
{
    (void)i;
    (void)arg;
    for (int k = 0; k < 3; k++)
        let_through += db_tx(db, try_once, NULL) == ST_OK;
}

static void test_all_at_once_are_all_counted(void **state)
{
    (void)state;
    let_through = 0;
    shop_race(&shop, 8, guess, NULL);
    assert_int_equal(let_through, 5);
}

static void test_old_tries_leave(void **state)
{
    int wait, n;

    (void)state;
    assert_int_equal(tries(SHOP_NOW, &wait), ST_OK);
    assert_int_equal(guard_forget(shop.db, SHOP_NOW, 100, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(guard_forget(shop.db, SHOP_NOW + 2 * DAY, 100, &n), ST_OK);
    assert_int_equal(n, 1);
}

#define T(test) cmocka_unit_test_setup_teardown(test, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_what_is_a_password),
        T(test_who_is_not_here_takes_as_long),
        T(test_e_mails),
        T(test_an_e_mail_is_one_person_s),
        T(test_a_new_password_ends_the_other_sessions),
        T(test_digits_are_confirmed_and_used_once),
        T(test_switched_off_for_the_panel),
        T(test_the_shop_is_handed_over),
        T(test_only_who_can_come_in_owns_the_shop),
        T(test_waits_grow),
        T(test_the_right_one_is_forgiven),
        T(test_all_at_once_are_all_counted),
        T(test_old_tries_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
