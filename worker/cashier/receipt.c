/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The press on a card, and the receipt that comes of it. */
#include "worker/cashier/cashier.h"

#include <stdio.h>

enum status receipt_show(struct talk *t, const struct redemption *r)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when(t->shop, r->redeemed_at, t->lang, when);
    screen_open(&sc, t->lang);
    if (r->training)
        screen_say(&sc, TEXT_TRAINING);
    screen_say(&sc, TEXT_RECEIPT, T_INT("no", r->receipt_no),
               T_TEXT("percent", percent), T_TEXT("customer", r->customer),
               T_TEXT("when", when), T_TEXT("store", r->store),
               T_TEXT("what", text_get(t->lang, card_what(r->source))));
    amount_say(t, &sc, r->amount, r->discount);
    screen_button(&sc, BTN_UNDO, "u", "ask", r->key);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    scan_button(t, &sc); /* the next customer */
    return talk_show(t, &sc);
}

/* The card once more, as it would be shown now. Of a holder who left nothing is said. */
static enum status refused(struct talk *t, const struct redeemed *r)
{
    struct card card = {
        .verdict = r->verdict, .discount = r->discount, .used = r->lost};

    if (r->verdict == VERDICT_EXPIRED)
        return talk_say(t, CARD_EXPIRED_NOW);
    snprintf(card.store, sizeof(card.store), "%s", r->store);
    return card_show(t, &card, r->discount.code);
}

enum status receipt_press(struct talk *t, const char *arg)
{
    const struct redemption_press press = {
        .nonce = arg,
        .staff = &t->staff,
        .shift = t->on_shift ? &t->shift : NULL,
    };
    struct redeemed r;
    enum status st = redemption_confirm(t->s->db, t->now, &press, &r);

    if (st != ST_OK)
        return st;
    /* What is typed next is a code again; but an old button says nothing of a newer card
     * that waits for its sum. */
    if (r.result != REDEEM_NO_AMOUNT && r.result != REDEEM_STALE)
        talk_forget(t);
    switch (r.result) {
    case REDEEM_DONE:
    case REDEEM_ALREADY:
        return receipt_show(t, &r.redemption);
    case REDEEM_LOST:
    case REDEEM_REFUSED:
        return refused(t, &r);
    case REDEEM_NO_AMOUNT:
        return amount_ask(t, arg);
    case REDEEM_BAD_AMOUNT: /* a sum is never said with this press */
    case REDEEM_STALE:
        break;
    }
    return talk_say(t, TEXT_STALE);
}
