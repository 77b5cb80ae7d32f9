/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The shop changes hands: offered, answered, withdrawn, too late; and at no interleaving
 * of two who change owners at the same time is there none left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/ownership.h"
#include "core/staff/team.h"
#include "tests/harness/shop.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define SOON (SHOP_NOW + MINUTE)

static struct shop shop;
static struct staff second; /* another owner, where a test needs one */

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

static enum role role_now(int64_t id)
{
    struct staff s;

    assert_int_equal(staff_load(shop.db, id, &s), ST_OK);
    return s.active ? s.role : ROLE_UNSET;
}

static int64_t owners(void)
{
    return shop_number(shop.db, "SELECT COUNT(*) FROM staff WHERE role = 1"
                                " AND dismissed_at IS NULL");
}

struct offering {
    int64_t now, to;
    const struct staff *by;
    struct ownership out;
};

static enum status do_offer(struct db *db, void *arg)
{
    struct offering *o = arg;

    return ownership_offer(db, o->now, o->by, o->to, &o->out);
}

static enum status offers(const struct staff *by, int64_t to, struct ownership *out)
{
    struct offering o = {.now = SHOP_NOW, .to = to, .by = by};
    enum status st = db_tx(shop.db, do_offer, &o);

    *out = o.out;
    return st;
}

struct answering {
    int64_t now;
    struct ownership_yes yes;
    struct ownership out;
};

static enum status do_answer(struct db *db, void *arg)
{
    struct answering *a = arg;

    return ownership_answer(db, a->now, &a->yes, &a->out);
}

static enum status answers(int64_t id, const struct staff *by, bool yes)
{
    struct answering a = {.now = SOON, .yes = {.id = id, .by = by, .yes = yes}};

    return db_tx(shop.db, do_answer, &a);
}

static int64_t jobs(int state)
{
    char sql[160];

    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM job_open WHERE kind = 'core.ownership_moved'"
             " AND body LIKE '%%\"s\":%d%%'",
             state);
    return shop_number(shop.db, sql);
}

/* ---- two sides -------------------------------------------------------------------- */

static void test_nothing_moves_before_the_yes(void **state)
{
    struct ownership o, now;

    (void)state;
    assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
    assert_int_equal(o.state, OWNERSHIP_OPEN);
    assert_string_equal(o.to, shop.manager.name);
    assert_int_equal(role_now(shop.owner.id), ROLE_OWNER);
    assert_int_equal(role_now(shop.manager.id), ROLE_MANAGER);
    assert_int_equal(ownership_current(shop.db, SOON, &now), ST_OK);
    assert_int_equal(jobs(OWNERSHIP_OPEN), 1);
    assert_int_equal(jobs(OWNERSHIP_EXPIRED), 1); /* due when its day is over */
    assert_int_equal(answers(o.id, &shop.cashier[0], true), ST_NONE); /* not theirs */
    assert_int_equal(answers(o.id, &shop.owner, true), ST_NONE);
    assert_int_equal(answers(o.id, &shop.manager, true), ST_OK);
    assert_int_equal(role_now(shop.owner.id), ROLE_ADMINISTRATOR);
    assert_int_equal(role_now(shop.manager.id), ROLE_OWNER);
    assert_int_equal(jobs(OWNERSHIP_ACCEPTED), 1);
    assert_int_equal(answers(o.id, &shop.manager, false), ST_NONE);
    assert_int_equal(ownership_current(shop.db, SOON, &now), ST_NONE);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action LIKE"
                                          " 'ownership.%'"),
                     2);
}

static void test_a_no(void **state)
{
    struct ownership o;

    (void)state;
    assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
    assert_int_equal(answers(o.id, &shop.manager, false), ST_OK);
    assert_int_equal(role_now(shop.owner.id), ROLE_OWNER);
    assert_int_equal(jobs(OWNERSHIP_DECLINED), 1);
    assert_int_equal(answers(o.id, &shop.manager, true), ST_NONE);
}

static enum status do_withdraw(struct db *db, void *arg)
{
    return ownership_withdraw(db, SOON, arg);
}

static void test_withdrawn(void **state)
{
    struct ownership o;

    (void)state;
    assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
    assert_int_equal(db_tx(shop.db, do_withdraw, &shop.manager), ST_REFUSED);
    assert_int_equal(db_tx(shop.db, do_withdraw, &shop.owner), ST_OK);
    assert_int_equal(answers(o.id, &shop.manager, true), ST_NONE);
    assert_int_equal(role_now(shop.owner.id), ROLE_OWNER);
    assert_int_equal(db_tx(shop.db, do_withdraw, &shop.owner), ST_NONE);
}

static void test_one_offer_at_a_time(void **state)
{
    struct ownership o;

    (void)state;
    assert_int_equal(offers(&shop.manager, shop.cashier[0].id, &o), ST_REFUSED);
    assert_int_equal(offers(&shop.owner, shop.owner.id, &o), ST_REFUSED);
    assert_int_equal(offers(&shop.owner, 99999, &o), ST_NONE);
    assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
    assert_int_equal(offers(&shop.owner, shop.cashier[0].id, &o), ST_TAKEN);
}

static void test_its_day_is_over(void **state)
{
    const int64_t after = SHOP_NOW + OWNERSHIP_LIFE_HOURS * HOUR;
    struct ownership o, again;
    struct answering late = {.now = after, .yes = {.by = &shop.manager, .yes = true}};
    struct offering anew = {.now = after, .to = shop.cashier[0].id, .by = &shop.owner};

    (void)state;
    assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
    late.yes.id = o.id;
    assert_int_equal(ownership_expire(shop.db, after - 1, o.id, &again), ST_NONE);
    assert_int_equal(db_tx(shop.db, do_answer, &late), ST_NONE);
    assert_int_equal(role_now(shop.owner.id), ROLE_OWNER);
    /* Nobody has looked since: a new one is offered all the same. */
    assert_int_equal(db_tx(shop.db, do_offer, &anew), ST_OK);
    assert_int_equal(ownership_expire(shop.db, after, o.id, &again), ST_OK);
    assert_int_equal(again.state, OWNERSHIP_EXPIRED);
}

/* Whoever gave it away meanwhile has nothing to give. */
static void test_the_giver_is_no_owner_any_more(void **state)
{
    struct ownership o;
    struct staff out;
    struct staff_spec spec = {
        .channel = CHANNEL_MESSENGER, .external_id = 7000000009, .role = ROLE_OWNER};

    (void)state;
    assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
    assert_int_equal(staff_add(shop.db, SOON, &spec, &out), ST_OK);
    assert_int_equal(staff_dismiss(shop.db, SOON, shop.owner.id, out.id), ST_OK);
    assert_int_equal(answers(o.id, &shop.manager, true), ST_OK);
    assert_int_equal(role_now(shop.manager.id), ROLE_MANAGER);
    assert_int_equal(ownership_load(shop.db, o.id, &o), ST_OK);
    assert_int_equal(o.state, OWNERSHIP_WITHDRAWN);
}

/* ---- at the same time ------------------------------------------------------------- */

/* What the two racers do; each has read who they are before. */
struct deed {
    enum { ACCEPT, WITHDRAW, DISMISS, DEMOTE, OFFER } what;
    const struct staff *by;
    int64_t whom; /* a person, or the offer */
};
static struct deed deeds[2];
static atomic_int done;

static enum status act(struct db *db, void *arg)
{
    const struct deed *d = arg;
    const struct team_act act = {.by = d->by, .who = d->whom};
    const struct ownership_yes yes = {.id = d->whom, .by = d->by, .yes = true};
    struct ownership o;
    struct staff out;

    if (d->what == ACCEPT)
        return ownership_answer(db, SOON, &yes, &o);
    if (d->what == WITHDRAW)
        return ownership_withdraw(db, SOON, d->by);
    if (d->what == OFFER)
        return ownership_offer(db, SOON, d->by, d->whom, &o);
    return d->what == DISMISS ? team_dismiss(db, SOON, &act, &out)
                              : team_role(db, SOON, &act, ROLE_CASHIER, &out);
}

static void race(struct db *db, int i, void *arg)
{
    enum status st = db_tx(db, act, &deeds[i]);

    (void)arg;
    if (st == ST_BROKEN || st == ST_DOWN || st == ST_AGAIN)
        fail_msg("racer %d: %s", i, status_name(st));
    done += st == ST_OK;
}

static void as_it_was(void)
{
    assert_int_equal(
        db_exec(shop.db, NULL,
                "UPDATE staff SET role = CASE WHEN id IN (?, ?) THEN 1 ELSE 5 END,"
                " dismissed_at = NULL WHERE id IN (?, ?, ?)",
                DB_INT(shop.owner.id), DB_INT(second.id), DB_INT(shop.owner.id),
                DB_INT(second.id), DB_INT(shop.manager.id)),
        ST_OK);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE ownership_offer SET state = 4, ended_at = ?",
                             DB_TIME(SHOP_NOW)),
                     ST_OK);
}

static void two_owners(void)
{
    struct staff_spec spec = {
        .channel = CHANNEL_MESSENGER, .external_id = 7000000009, .role = ROLE_OWNER};

    assert_int_equal(staff_add(shop.db, SHOP_NOW, &spec, &second), ST_OK);
}

/* Both at once; an owner is left whoever was first. */
static void meet(struct deed a, struct deed b)
{
    deeds[0] = a;
    deeds[1] = b;
    done = 0;
    shop_race(&shop, 2, race, NULL);
    assert_true(owners() >= 1);
}

#define ROUNDS 12

static void test_two_owners_dismiss_one_another(void **state)
{
    (void)state;
    two_owners();
    for (int i = 0; i < ROUNDS; i++) {
        as_it_was();
        meet((struct deed){i % 2 ? DISMISS : DEMOTE, &shop.owner, second.id},
             (struct deed){i % 3 ? DISMISS : DEMOTE, &second, shop.owner.id});
        assert_int_equal(done, 1);
        assert_int_equal(owners(), 1);
    }
}

/* The one who takes the shop over is dismissed by the one who gives it, in that instant. */
static void test_taken_over_and_dismissed(void **state)
{
    struct ownership o;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        as_it_was();
        assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
        meet((struct deed){ACCEPT, &shop.manager, o.id},
             (struct deed){i % 2 ? DISMISS : DEMOTE, &shop.owner, shop.manager.id});
        assert_int_equal(owners(), 1);
    }
}

static void test_taken_over_and_withdrawn(void **state)
{
    struct ownership o;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        as_it_was();
        assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
        meet((struct deed){ACCEPT, &shop.manager, o.id},
             (struct deed){WITHDRAW, &shop.owner, 0});
        assert_int_equal(done, 1);
        assert_int_equal(owners(), 1);
        assert_int_equal(role_now(shop.manager.id) == ROLE_OWNER,
                         role_now(shop.owner.id) == ROLE_ADMINISTRATOR);
    }
}

/* The yes comes while another owner lets the giver go. */
static void test_taken_over_from_somebody_dismissed(void **state)
{
    struct ownership o;

    (void)state;
    two_owners();
    for (int i = 0; i < ROUNDS; i++) {
        as_it_was();
        assert_int_equal(offers(&shop.owner, shop.manager.id, &o), ST_OK);
        meet((struct deed){ACCEPT, &shop.manager, o.id},
             (struct deed){DISMISS, &second, shop.owner.id});
    }
}

static void test_two_offers_at_once(void **state)
{
    (void)state;
    two_owners();
    for (int i = 0; i < ROUNDS; i++) {
        as_it_was();
        meet((struct deed){OFFER, &shop.owner, shop.manager.id},
             (struct deed){OFFER, &second, shop.cashier[0].id});
        assert_int_equal(done, 1);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_nothing_moves_before_the_yes),
        CASE(test_a_no),
        CASE(test_withdrawn),
        CASE(test_one_offer_at_a_time),
        CASE(test_its_day_is_over),
        CASE(test_the_giver_is_no_owner_any_more),
        CASE(test_two_owners_dismiss_one_another),
        CASE(test_taken_over_and_dismissed),
        CASE(test_taken_over_and_withdrawn),
        CASE(test_taken_over_from_somebody_dismissed),
        CASE(test_two_offers_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
