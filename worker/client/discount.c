/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The discount to hold up at the till: given, shown, its code renewed, given anew. */
#include "worker/client/client.h"

#include "core/loyalty/showing.h"

#include <string.h>

/* Nothing to show: to the channel if they never had one, else to what there was. */
static enum status none_left(struct talk *t)
{
    struct screen sc;
    enum status st = wallet_any(t);

    if (st == ST_NONE)
        return gate_open(t, "");
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_NO_DISCOUNT);
    if (birthday_wanted(t))
        screen_say(&sc, TEXT_GIFT_HINT);
    screen_button(&sc, BTN_WALLET, "l", "open", NULL);
    screen_button(&sc, BTN_BIRTHDAY, "b", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status discount_give(struct talk *t)
{
    struct discount d;
    enum status st = discount_welcome(t->s->db, t->now, t->customer.id, &d);
    bool first = st == ST_OK;

    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NO_WELCOME);
    if (st == ST_TAKEN && t->now - d.created_at < DOUBLE_TAP)
        return ST_OK; /* its picture is on the way */
    if (st == ST_TAKEN && discount_state(&d, t->now) != DISCOUNT_ACTIVE)
        return none_left(t);
    if (st != ST_OK && st != ST_TAKEN)
        return st;
    if ((st = gate_done(t)) != ST_OK)
        return st;
    if ((st = discount_show(t, &d, CAPTION_DISCOUNT)) != ST_OK)
        return st;
    return first && !t->customer.marketing_ok ? messages_ask(t) : ST_OK;
}

enum status discount_open(struct talk *t, const char *arg)
{
    struct best b;
    enum status st = best_load(t, &b);

    (void)arg;
    if (st != ST_OK)
        return st;
    if (b.n > 0)
        return discount_show(t, &b.list[0], CAPTION_DISCOUNT);
    return b.waiting.id != 0 ? gate_away(t, &b.waiting) : none_left(t);
}

/* Theirs and good, or ST_NONE. */
static enum status own_active(struct talk *t, int64_t id, struct discount *d)
{
    enum status st = id != 0 ? discount_load(t->s->db, id, d) : ST_NONE;

    if (st == ST_OK && (d->customer_id != t->customer.id ||
                        discount_state(d, t->now) != DISCOUNT_ACTIVE))
        st = ST_NONE;
    return st;
}

/* One of the wallet. Somebody else's id, or one that is spent, shows nothing of it. */
enum status discount_one(struct talk *t, const char *arg)
{
    struct discount d;
    enum status st = own_active(t, talk_id(arg, NULL), &d);

    if (st == ST_NONE)
        return wallet_active(t, "");
    if (st == ST_OK && best_waits(t, &d))
        return gate_away(t, &d);
    return st == ST_OK ? discount_show(t, &d, CAPTION_DISCOUNT) : st;
}

static enum status renew(struct talk *t, struct discount *d)
{
    char old[CODE_SYMBOLS + 1];
    enum status st;

    memcpy(old, d->code, sizeof(old));
    st = discount_renew(t->s->db, t->now, d->id, t->customer.id, d);
    if (st == ST_NONE || st == ST_REFUSED)
        return discount_open(t, "");
    if (st == ST_OK)
        st = picture_retire(t, d->id, old);
    return st == ST_OK ? discount_show(t, d, CAPTION_FRESH) : st;
}

/* A code that somebody else may have seen is replaced: same discount, old code dead.
 * Pressed twice, or under a picture that was replaced before, it is not replaced again.
 */
enum status discount_fresh(struct talk *t, const char *arg)
{
    struct discount d;
    enum status st = own_active(t, talk_id(arg, NULL), &d);

    if (st == ST_NONE)
        return discount_open(t, "");
    if (st == ST_OK && (st = picture_coming(t, &d)) == ST_NONE &&
        (st = showing_outdated(t->s->db, &d, t->up->message)) == ST_NONE)
        return renew(t, &d);
    return st == ST_OK ? discount_show(t, &d, CAPTION_DISCOUNT) : st;
}

/* One that ran out, once more. Pressed again, it is the same one. */
enum status discount_anew(struct talk *t, const char *arg)
{
    struct discount d;
    enum status st =
        discount_again(t->s->db, t->now, talk_id(arg, NULL), t->customer.id, &d);

    if (st == ST_NONE || st == ST_REFUSED ||
        (st == ST_TAKEN && discount_state(&d, t->now) != DISCOUNT_ACTIVE))
        return discount_open(t, "");
    return st == ST_OK || st == ST_TAKEN ? discount_show(t, &d, CAPTION_DISCOUNT) : st;
}
