/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Two managers with one request, many guesses at one PIN, two phones with one link: each
 * meets the other for certain, and each is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/document.h"
#include "core/staff/access.h"
#include "core/staff/invite.h"
#include "core/staff/pin.h"
#include "core/staff/team.h"
#include "core/staff/till.h"
#include "tests/harness/shop.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define NEWCOMER 7000000001LL

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

/* ---- a request ------------------------------------------------------------------ */

struct asking {
    int64_t who;
    enum access_result result;
    struct access a;
};

static enum status do_ask(struct db *db, void *arg)
{
    struct asking *x = arg;
    const struct contact c = {.channel = CHANNEL_MESSENGER,
                              .external_id = x->who,
                              .first_name = "Вера",
                              .first_n = 8,
                              .language = "ru"};

    return access_ask(db, SHOP_NOW, &c, &x->result, &x->a);
}

static atomic_int won, lost, other;

static void ask_race(struct db *db, int i, void *arg)
{
    struct asking x = {.who = NEWCOMER};

    (void)i;
    (void)arg;
    if (db_tx(db, do_ask, &x) != ST_OK)
        other++;
    else if (x.result == ACCESS_ASKED)
        won++;
    else if (x.result == ACCESS_WAITS)
        lost++;
}

static void test_asked_twelve_times_at_once(void **state)
{
    (void)state;
    won = lost = other = 0;
    shop_race(&shop, 12, ask_race, NULL);
    assert_int_equal(won, 1);
    assert_int_equal(lost, 11);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM access_request"), 1);
}

struct deciding {
    struct access_decision d;
    struct access a;
    struct staff who;
};

static enum status do_decide(struct db *db, void *arg)
{
    struct deciding *x = arg;

    return x->d.role != ROLE_UNSET
               ? access_accept(db, SHOP_NOW + MINUTE, &x->d, &x->a, &x->who)
               : access_refuse(db, SHOP_NOW + MINUTE, &x->d, &x->a);
}

/* Half of them accept, half decline: one is obeyed. */
static void decide_race(struct db *db, int i, void *arg)
{
    struct deciding x = {.d = {.id = *(int64_t *)arg,
                               .by = i % 2 ? &shop.manager : &shop.owner,
                               .role = i % 3 ? ROLE_CASHIER : ROLE_UNSET,
                               .store_id = i % 3 ? shop.store[0] : 0}};
    enum status st = db_tx(db, do_decide, &x);

    if (st == ST_OK)
        won++;
    else if (st == ST_TAKEN && x.a.decider[0] != '\0')
        lost++;
    else
        other++;
}

static void test_two_managers(void **state)
{
    struct asking x = {.who = NEWCOMER};

    (void)state;
    assert_int_equal(db_tx(shop.db, do_ask, &x), ST_OK);
    won = lost = other = 0;
    shop_race_behind(&shop, "SELECT id FROM access_request FOR UPDATE", 8, decide_race,
                     &x.a.id);
    assert_int_equal(won, 1);
    assert_int_equal(lost, 7);
    assert_int_equal(shop_number(shop.db, "SELECT (SELECT COUNT(*) FROM staff"
                                          " WHERE external_id = 7000000001)"
                                          " = (SELECT COUNT(*) FROM access_request"
                                          " WHERE state = 2)"),
                     1);
}

static void test_who_may_decide(void **state)
{
    struct asking x = {.who = NEWCOMER};
    struct deciding d = {.d = {.by = &shop.manager, .role = ROLE_MANAGER}};

    (void)state;
    assert_int_equal(db_tx(shop.db, do_ask, &x), ST_OK);
    d.d.id = x.a.id;
    d.d.store_id = shop.store[0];
    assert_int_equal(db_tx(shop.db, do_decide, &d), ST_REFUSED); /* her own rank */
    d.d.role = ROLE_CASHIER;
    d.d.store_id = shop.store[1]; /* not her store */
    assert_int_equal(db_tx(shop.db, do_decide, &d), ST_REFUSED);
    d.d.store_id = 0; /* nowhere in particular is for who may everywhere */
    assert_int_equal(db_tx(shop.db, do_decide, &d), ST_REFUSED);
    d.d.store_id = shop.store[0];
    d.d.by = &shop.cashier[0];
    assert_int_equal(db_tx(shop.db, do_decide, &d), ST_REFUSED);
    d.d.by = &shop.manager;
    assert_int_equal(db_tx(shop.db, do_decide, &d), ST_OK);
    d.d.id = 999;
    assert_int_equal(db_tx(shop.db, do_decide, &d), ST_NONE);
}

/* Whoever came in by another way since they asked keeps what they have. */
static void test_an_old_request_takes_nothing_away(void **state)
{
    struct asking x = {.who = NEWCOMER};
    struct deciding d = {.d = {.by = &shop.owner, .role = ROLE_CASHIER}};
    struct staff_spec boss = {.channel = CHANNEL_MESSENGER,
                              .external_id = NEWCOMER,
                              .role = ROLE_ADMINISTRATOR};
    struct staff who;

    (void)state;
    assert_int_equal(db_tx(shop.db, do_ask, &x), ST_OK);
    assert_int_equal(staff_add(shop.db, SHOP_NOW, &boss, &who), ST_OK);
    d.d.id = x.a.id;
    d.d.store_id = shop.store[0];
    assert_int_equal(do_decide(shop.db, &d), ST_TAKEN);
    assert_int_equal(d.a.state, ACCESS_EXPIRED);
    assert_string_equal(d.a.decider, "");
    assert_int_equal(staff_load(shop.db, who.id, &who), ST_OK);
    assert_int_equal(who.role, ROLE_ADMINISTRATOR);
    assert_int_equal(do_decide(shop.db, &d), ST_TAKEN);
}

/* ---- a PIN ---------------------------------------------------------------------- */

struct guess {
    const char *pin;
    struct pin_answer a;
};

static enum status do_guess(struct db *db, void *arg)
{
    struct guess *g = arg;

    return pin_check(db, SHOP_NOW, shop.cashier[0].id, g->pin, &g->a);
}

static enum status do_set(struct db *db, void *arg)
{
    return pin_set(db, SHOP_NOW, shop.cashier[0].id, arg);
}

static atomic_int right, wrong, locked, told;

static void guess_race(struct db *db, int i, void *arg)
{
    struct guess g = {.pin = i == 19 ? "2580" : "1357"};

    (void)arg;
    if (db_tx(db, do_guess, &g) != ST_OK)
        other++;
    right += g.a.result == PIN_RIGHT;
    wrong += g.a.result == PIN_WRONG;
    locked += g.a.result == PIN_LOCKED;
    told += g.a.just;
}

/* Ten phones at once get no more tries than one. */
static void test_guesses_at_once(void **state)
{
    char pin[] = "2580";
    struct guess g = {.pin = "2580"};

    (void)state;
    assert_int_equal(db_tx(shop.db, do_set, pin), ST_OK);
    right = wrong = locked = told = other = 0;
    shop_race_behind(&shop, "SELECT staff_id FROM staff_pin FOR UPDATE", 10, guess_race,
                     NULL);
    assert_int_equal(other, 0);
    assert_int_equal(wrong, PIN_WRONG_MAX - 1);
    assert_int_equal(locked, 10 - wrong);
    assert_int_equal(told, 1); /* managers hear of it once */
    assert_int_equal(db_tx(shop.db, do_guess, &g), ST_OK);
    assert_int_equal(g.a.result, PIN_LOCKED);
}

static void test_an_unfit_pin(void **state)
{
    char weak[] = "1234";

    (void)state;
    assert_int_equal(db_tx(shop.db, do_set, weak), ST_BAD);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM staff_pin"), 0);
}

/* ---- a shared phone's link ------------------------------------------------------ */

static char token[INVITE_TOKEN + 1];

static enum status do_invite(struct db *db, void *arg)
{
    const struct staff_spec as = {.till = true, .store_id = *(int64_t *)arg};

    return invite_make(db, SHOP_NOW, &shop.manager, &as, token);
}

struct using
{
    int64_t who;
    enum invite_result result;
    struct staff out;
};

static enum status do_use(struct db *db, void *arg)
{
    struct using *u = arg;
    const struct contact c = {
        .channel = CHANNEL_MESSENGER, .external_id = u->who, .language = "ru"};
    const struct invite_press p = {.token = token, .n = INVITE_TOKEN, .who = &c};

    return invite_use(db, SHOP_NOW, &p, &u->result, &u->out);
}

static void use_race(struct db *db, int i, void *arg)
{
    struct using u = {.who = NEWCOMER + i};

    (void)arg;
    if (db_tx(db, do_use, &u) != ST_OK)
        other++;
    won += u.result == INVITE_TILL;
    lost += u.result == INVITE_USED;
}

static void test_one_link_one_phone(void **state)
{
    (void)state;
    assert_int_equal(db_tx(shop.db, do_invite, &shop.store[1]), ST_REFUSED);
    assert_int_equal(db_tx(shop.db, do_invite, &(int64_t){0}), ST_BAD);
    assert_int_equal(db_tx(shop.db, do_invite, &shop.store[0]), ST_OK);
    won = lost = other = 0;
    shop_race_behind(&shop, "SELECT id FROM invite FOR UPDATE", 8, use_race, NULL);
    assert_int_equal(other, 0);
    assert_int_equal(won, 1);
    assert_int_equal(lost, 7);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM till"), 1);
}

/* ---- a dismissal ---------------------------------------------------------------- */

struct dismissal {
    struct team_act act;
    struct staff out;
};

static enum status do_dismiss(struct db *db, void *arg)
{
    struct dismissal *d = arg;

    return team_dismiss(db, SHOP_NOW + MINUTE, &d->act, &d->out);
}

/* Nothing of them stays open. */
static void test_what_a_dismissal_ends(void **state)
{
    char pin[] = "2580";
    struct using phone = {.who = NEWCOMER};
    struct dismissal d = {.act = {.by = &shop.manager, .who = shop.cashier[0].id}};
    struct till till;

    (void)state;
    assert_int_equal(db_tx(shop.db, do_set, pin), ST_OK);
    assert_int_equal(db_tx(shop.db, do_invite, &shop.store[0]), ST_OK);
    assert_int_equal(db_tx(shop.db, do_use, &phone), ST_OK);
    assert_int_equal(till_find(shop.db, CHANNEL_MESSENGER, NEWCOMER, &till), ST_OK);
    assert_int_equal(till_enter(shop.db, SHOP_NOW, &till, &shop.cashier[0]), ST_OK);
    assert_int_equal(db_tx(shop.db, do_dismiss, &d), ST_OK);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM shift"
                                          " WHERE closed_at IS NULL"),
                     SHOP_CASHIERS - 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM staff_pin"), 0);
    assert_int_equal(till_find(shop.db, CHANNEL_MESSENGER, NEWCOMER, &till), ST_OK);
    assert_int_equal(till.held_by, 0);
    assert_int_equal(db_tx(shop.db, do_dismiss, &d), ST_NONE);
    d.act.by = &shop.cashier[1];
    d.act.who = shop.cashier[2].id;
    assert_int_equal(db_tx(shop.db, do_dismiss, &d), ST_REFUSED);
}

/* Taken from a store they are at the till of, they are at no till. */
static void test_what_leaving_a_store_ends(void **state)
{
    struct team_act act = {.by = &shop.owner, .who = shop.cashier[0].id};
    struct shift open;

    (void)state;
    assert_int_equal(team_bind(shop.db, SHOP_NOW, &act, shop.store[1], true), ST_OK);
    assert_int_equal(team_bind(shop.db, SHOP_NOW, &act, shop.store[1], false), ST_OK);
    assert_int_equal(shift_current(shop.db, act.who, &open), ST_OK); /* another one */
    assert_int_equal(team_bind(shop.db, SHOP_NOW, &act, shop.store[0], false), ST_OK);
    assert_int_equal(shift_current(shop.db, act.who, &open), ST_NONE);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM shift"
                                          " WHERE closed_at IS NULL"),
                     SHOP_CASHIERS - 1);
}

/* ---- documents ------------------------------------------------------------------ */

static void test_a_document(void **state)
{
    static const char bytes[] = "a\0b;\r\n";
    struct document_spec spec = {"отчёт.csv", "text/csv", bytes, sizeof bytes};
    struct document d = {0};
    int64_t id = 0;
    int n = 0;

    (void)state;
    assert_int_equal(document_put(shop.db, SHOP_NOW, &spec, &id), ST_OK);
    assert_int_equal(document_load(shop.db, id, &d), ST_OK);
    assert_string_equal(d.name, "отчёт.csv");
    assert_int_equal(d.body.len, sizeof bytes);
    assert_memory_equal(d.body.s, bytes, sizeof bytes);
    spec.n = 0;
    assert_int_equal(document_put(shop.db, SHOP_NOW, &spec, &id), ST_BAD);
    spec.n = DOCUMENT_MAX + 1;
    assert_int_equal(document_put(shop.db, SHOP_NOW, &spec, &id), ST_BAD);
    assert_int_equal(document_forget(shop.db, SHOP_NOW, 10, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(document_forget(shop.db, SHOP_NOW + 1, 10, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(document_load(shop.db, id, &d), ST_NONE);
    document_free(&d);
}

#define A_TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_asked_twelve_times_at_once),
        A_TEST(test_two_managers),
        A_TEST(test_who_may_decide),
        A_TEST(test_an_old_request_takes_nothing_away),
        A_TEST(test_guesses_at_once),
        A_TEST(test_an_unfit_pin),
        A_TEST(test_one_link_one_phone),
        A_TEST(test_what_a_dismissal_ends),
        A_TEST(test_what_leaving_a_store_ends),
        A_TEST(test_a_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
