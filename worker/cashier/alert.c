/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Managers and owners hear of what was undone and of what looks odd, through the staff's
 * bot. The fact is committed already; nothing here stands in a till's way. */
#include "worker/cashier/cashier.h"

#include "core/loyalty/suspicion.h"
#include "core/staff/team.h"
#include "worker/notice.h"

#define TOLD_MAX 16

/* A word to one of our own, in their language. */
static struct talk to(struct step *s, const struct shop *shop, const struct staff *who)
{
    return (struct talk){.s = s,
                         .book = &cashier_book,
                         .shop = shop,
                         .now = s->now,
                         .user = who->external_id,
                         .lang = lang_find(who->language)};
}

static enum status end(struct talk *t, struct screen *sc)
{
    screen_button(sc, BTN_MENU, "m", "new", NULL);
    return talk_send(t, sc, MESSAGE_SERVICE);
}

/* ---- an undo -------------------------------------------------------------------- */

static enum status tell_void(struct talk *t, const struct redemption *r,
                             const struct staff *by)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when_near(t->shop, t->now, r->redeemed_at, t->lang, when);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_UNDO_TOLD, T_INT("no", r->receipt_no), T_TEXT("when", when),
               T_TEXT("store", r->store), T_TEXT("percent", percent),
               T_TEXT("customer", r->customer), T_TEXT("by", by->name),
               T_TEXT("why", undo_why_text(r, t->lang)));
    amount_say(t, &sc, r->amount, r->discount);
    return end(t, &sc);
}

enum status notice_voided(struct step *s, const struct redemption *r)
{
    const struct team_ask ask = {.perm = PERM_STAFF_DISMISS, .store_id = r->store_id};
    struct staff who[TOLD_MAX], by;
    struct shop shop;
    int i, n = 0;
    enum status st = shop_load(s, &shop);

    if (st == ST_OK)
        st = staff_load(s->db, r->voided_by, &by);
    if (st == ST_OK)
        st = team_who_may(s->db, &ask, who, TOLD_MAX, &n);
    for (i = 0; i < n && st == ST_OK; i++) {
        struct talk t = to(s, &shop, &who[i]);

        if (who[i].id != r->voided_by)
            st = tell_void(&t, r, &by);
    }
    return st;
}

/* ---- what looks odd ------------------------------------------------------------- */

static const enum text_key words[SUSPECT_COUNT] = {
    [SUSPECT_CASHIER_HOUR] = TEXT_ODD_CASHIER_HOUR,
    [SUSPECT_CUSTOMER_DAY] = TEXT_ODD_CUSTOMER_DAY,
    [SUSPECT_CUSTOMER_AGAIN] = TEXT_ODD_CUSTOMER_AGAIN,
    [SUSPECT_UNDO_RATE] = TEXT_ODD_UNDO_RATE,
    [SUSPECT_OWN_ACCOUNT] = TEXT_ODD_OWN_ACCOUNT,
    [SUSPECT_CLOSED_HOURS] = TEXT_ODD_CLOSED_HOURS,
    [SUSPECT_GUESSING] = TEXT_ODD_GUESSING,
};

struct odd {
    const struct redemption *r; /* NULL: of a lock */
    struct suspicion found[SUSPICION_RULES];
    int n;
    struct staff cashier;
};

static enum status tell_odd(struct talk *t, const struct odd *o)
{
    const struct redemption *r = o->r;
    char when[SHOP_WHEN_BYTES];
    struct screen sc;
    int i;

    shop_when_near(t->shop, t->now, r != NULL ? r->redeemed_at : t->now, t->lang, when);
    screen_open(&sc, t->lang);
    for (i = 0; i < o->n; i++)
        screen_say(&sc, words[o->found[i].rule], T_INT("n", o->found[i].n),
                   T_TEXT("cashier", o->cashier.name),
                   T_TEXT("customer", r != NULL ? r->customer : ""),
                   T_INT("minutes", t->shop->set.fraud_again_minutes));
    if (r != NULL)
        screen_say(&sc, TEXT_ODD_RECEIPT, T_INT("no", r->receipt_no),
                   T_TEXT("when", when), T_TEXT("store", r->store),
                   T_TEXT("cashier", o->cashier.name));
    screen_say(&sc, TEXT_ODD_CALM);
    return end(t, &sc);
}

static enum status tell_owners(struct step *s, const struct shop *shop, struct odd *o)
{
    struct staff who[TOLD_MAX];
    int i, n = 0;
    enum status st = staff_load(s->db, o->found[0].staff_id, &o->cashier);

    if (st == ST_OK)
        st = staff_owners(s->db, who, TOLD_MAX, &n);
    for (i = 0; i < n && st == ST_OK; i++) {
        struct talk t = to(s, shop, &who[i]);

        st = tell_odd(&t, o);
    }
    return st;
}

enum status notice_suspicions(struct step *s, const struct redemption *r,
                              int64_t staff_id)
{
    struct odd o = {.r = r};
    struct suspicion_fact fact = {.redemption = r, .staff_id = staff_id};
    struct shop shop;
    enum status st = shop_load(s, &shop);

    if (st != ST_OK)
        return st;
    fact.tz = shop.tz;
    fact.event = r == NULL           ? SUSPECT_LOCKED
                 : r->voided_at != 0 ? SUSPECT_VOIDED
                                     : SUSPECT_REDEEMED;
    st = suspicion_look(s->db, s->now, &fact, o.found, &o.n);
    return st == ST_OK && o.n > 0 ? tell_owners(s, &shop, &o) : st;
}
