/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The shop changes hands (core/staff/ownership.h): who is to have it says yes or no here,
 * and both hear how it ends. The button names the offer; whose it is the core asks. */
#include "core/staff/ownership.h"

#include "core/base/log.h"
#include "worker/cashier/cashier.h"
#include "worker/steps.h"

/* On a phone that others hold tomorrow nobody takes a shop over. */
static enum status may_answer(struct talk *t)
{
    enum status st = ST_OK;

    if (t->till.id != 0)
        st = talk_say(t, TEXT_OWNER_AT_TILL);
    else if (!t->known)
        st = talk_say(t, TEXT_OWNER_OVER);
    else
        return ST_OK;
    return st == ST_OK ? ST_REFUSED : st;
}

static enum status told(enum status st)
{
    return st == ST_REFUSED ? ST_OK : st;
}

static enum status answer(struct talk *t, const char *arg, bool yes)
{
    const struct ownership_yes a = {
        .id = talk_id(arg, NULL), .by = &t->staff, .yes = yes};
    struct ownership o = {0};
    bool theirs;
    enum status st = may_answer(t);

    if (st != ST_OK)
        return told(st);
    st = a.id != 0 ? ownership_answer(t->s->db, t->now, &a, &o) : ST_NONE;
    if (st != ST_OK && st != ST_NONE)
        return st;
    theirs = o.to_id == t->staff.id; /* pressed again, they are told how it ended */
    log_info("ownership_answered", LOG_INT("staff", t->staff.id),
             LOG_INT("offer", a.id), LOG_INT("state", o.state));
    return talk_say(t, theirs && o.state == OWNERSHIP_ACCEPTED ? TEXT_OWNER_YOURS
                       : theirs && o.state == OWNERSHIP_DECLINED
                           ? TEXT_OWNER_DECLINED_YOU
                           : TEXT_OWNER_OVER);
}

enum status owner_yes(struct talk *t, const char *arg)
{
    return answer(t, arg, true);
}

enum status owner_no(struct talk *t, const char *arg)
{
    return answer(t, arg, false);
}

/* By who offered it. */
enum status owner_back(struct talk *t, const char *arg)
{
    enum status st = may_answer(t);

    (void)arg;
    if (st != ST_OK)
        return told(st);
    st = ownership_withdraw(t->s->db, t->now, &t->staff);
    if (st == ST_NONE || st == ST_REFUSED)
        return talk_say(t, TEXT_OWNER_OVER);
    return st == ST_OK ? talk_say(t, TEXT_OWNER_WITHDRAWN) : st;
}

/* ---- both hear of it -------------------------------------------------------------- */

/* What each side is told in a state; TEXT_NOTHING: they have seen it on their screen. */
static const struct {
    enum text_key from, to;
} words[OWNERSHIP_STATES] = {
    [OWNERSHIP_OPEN] = {TEXT_OWNER_OFFER_SENT, TEXT_OWNER_OFFERED},
    [OWNERSHIP_ACCEPTED] = {TEXT_OWNER_GIVEN, TEXT_NOTHING},
    [OWNERSHIP_DECLINED] = {TEXT_OWNER_DECLINED, TEXT_NOTHING},
    [OWNERSHIP_WITHDRAWN] = {TEXT_NOTHING, TEXT_OWNER_WITHDRAWN},
    [OWNERSHIP_EXPIRED] = {TEXT_OWNER_EXPIRED, TEXT_OWNER_EXPIRED},
};

static void buttons(struct screen *sc, const struct ownership *o, enum text_key key)
{
    char id[14];

    base36_print((uint64_t)o->id, id);
    if (key == TEXT_OWNER_OFFERED) {
        screen_button(sc, BTN_OWNER_YES, "o", "yes", id);
        screen_button(sc, BTN_OWNER_NO, "o", "no", id);
    } else {
        if (key == TEXT_OWNER_OFFER_SENT)
            screen_button(sc, BTN_OWNER_BACK, "o", "back", id);
        screen_button(sc, BTN_MENU, "m", "new", NULL);
    }
}

static enum status tell(struct step *s, const struct shop *shop, int64_t staff_id,
                        const struct ownership *o, enum text_key key)
{
    struct talk to = {.s = s, .book = &cashier_book, .shop = shop, .now = s->now};
    char until[SHOP_WHEN_BYTES];
    struct screen sc;
    enum status st =
        key != TEXT_NOTHING ? staff_load(s->db, staff_id, &to.staff) : ST_NONE;

    if (st != ST_OK || !to.staff.active || to.staff.channel != CHANNEL_MESSENGER)
        return st == ST_NONE ? ST_OK : st;
    to.user = to.staff.external_id;
    to.lang = lang_find(to.staff.language);
    shop_when(shop, o->expires_at, to.lang, until);
    screen_open(&sc, to.lang);
    screen_say(&sc, key, T_TEXT("from", o->from), T_TEXT("to", o->to),
               T_TEXT("brand", shop->brand), T_TEXT("until", until));
    buttons(&sc, o, key);
    return talk_send(&to, &sc, MESSAGE_SERVICE);
}

/* ST_NONE: overtaken by what came after it. */
static enum status find(struct step *s, enum ownership_state said, struct ownership *o)
{
    int64_t id = json_int_or(s->job->args, "o", 0);
    enum status st = said == OWNERSHIP_EXPIRED ? ownership_expire(s->db, s->now, id, o)
                                               : ownership_load(s->db, id, o);

    return st == ST_OK && o->state != said ? ST_NONE : st;
}

enum status ownership_step(struct step *s)
{
    int64_t said = json_int_or(s->job->args, "s", 0);
    struct shop shop;
    struct ownership o;
    enum status st = said > 0 && said < OWNERSHIP_STATES
                         ? find(s, (enum ownership_state)said, &o)
                         : ST_NONE;

    if (st == ST_OK)
        st = shop_load(s, &shop);
    if (st == ST_OK)
        st = tell(s, &shop, o.from_id, &o, words[o.state].from);
    if (st == ST_OK)
        st = tell(s, &shop, o.to_id, &o, words[o.state].to);
    return st == ST_NONE ? ST_OK : st;
}
