/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Words for managers: who may act on it hears of it, each in their language. */
#include "worker/cashier/cashier.h"

#include "core/staff/team.h"
#include "worker/steps.h"

#define TELL_MAX 16

static enum status tell_one(struct talk *of, const struct staff *who, tell_fn *say,
                            const void *what)
{
    struct talk to = {.s = of->s,
                      .book = &cashier_book,
                      .shop = of->shop,
                      .now = of->now,
                      .user = who->external_id,
                      .lang = lang_find(who->language),
                      .staff = *who};
    struct screen sc;

    screen_open(&sc, to.lang);
    say(&to, &sc, what);
    return talk_send(&to, &sc, MESSAGE_SERVICE);
}

enum status tell_who_may(struct talk *of, const struct team_ask *ask, tell_fn *say,
                         const void *what)
{
    struct staff who[TELL_MAX];
    int i, n = 0;
    enum status st = team_who_may(of->s->db, ask, who, TELL_MAX, &n);

    for (i = 0; st == ST_OK && i < n; i++)
        st = tell_one(of, &who[i], say, what);
    return st;
}

static void say_locked(struct talk *to, struct screen *sc, const void *what)
{
    const struct staff *of = what;

    (void)to;
    screen_say(sc, TEXT_TOLD_PIN_LOCKED, T_TEXT("name", of->name));
    screen_button(sc, BTN_MENU, "m", "new", NULL);
}

enum status tell_pin_locked(struct talk *t, int64_t staff)
{
    struct team_ask ask = {.perm = PERM_STAFF_DISMISS};
    struct staff of;
    int64_t store;
    int n = 0;
    enum status st = staff_load(t->s->db, staff, &of);

    if (st == ST_OK)
        st = staff_stores(t->s->db, staff, &store, 1, &n);
    if (st != ST_OK)
        return st;
    ask.store_id = n > 0 ? store : 0;
    return tell_who_may(t, &ask, say_locked, &of);
}

/* Locked outside of any conversation: on the till's page. */
enum status pin_locked_step(struct step *s)
{
    struct talk t = {.s = s, .book = &cashier_book, .now = s->now};
    struct shop shop;
    enum status st = shop_load(s, &shop);

    t.shop = &shop;
    return st == ST_OK ? tell_pin_locked(&t, json_int_or(s->job->args, "s", 0)) : st;
}
