/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The QR picture in the customer's chat: sent once for one press, and put right in
 * place when its code is spent, given back or renewed. */
#include "worker/client/client.h"

#include "core/loyalty/redemption.h"
#include "core/loyalty/showing.h"

#include <inttypes.h>
#include <stdio.h>

/* What the code says to any camera: a link into the cashier's bot. Without its name the
 * bare code, which a scanner types. */
static void link_print(const struct shop *shop, const struct discount *d, char *out,
                       size_t room)
{
    const char *name = shop_bot_name(shop, SENDER_AUTH);

    if (name != NULL)
        snprintf(out, room, "https://t.me/%s?start=q_%s", name, d->token);
    else
        snprintf(out, room, "%s", d->code);
}

/* The words under a good code and its buttons. */
static void say_good(struct talk *t, struct screen *sc, const struct discount *d,
                     enum text_key head)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], shown[CODE_SHOWN + 1];
    char id[14];

    shop_percent(d->percent_bp, t->lang, percent);
    shop_until(t->shop, d->valid_until, t->lang, until);
    code_show(d->code, shown);
    base36_print((uint64_t)d->id, id);
    screen_open(sc, t->lang);
    screen_say(sc, head, T_TEXT("brand", t->shop->brand), T_TEXT("percent", percent),
               T_TEXT("code", shown), T_TEXT("until", until));
    screen_copy(sc, BTN_COPY, shown);
    screen_button(sc, BTN_FRESH, "d", "fresh", id);
    screen_button(sc, BTN_WALLET, "l", "open", NULL);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

/* ---- sending -------------------------------------------------------------------- */

/* The press that asks: the button of that very message, or the command; "": nobody
 * pressed anything. All of it is ours or was checked to be letters and digits. */
static void asked_print(const struct talk *t, char out[SHOWING_ASKED_MAX + 1])
{
    const struct update *up = t->up;

    out[0] = '\0';
    if (up != NULL && up->act == ACT_BUTTON && up->data != NULL)
        snprintf(out, SHOWING_ASKED_MAX + 1, "%" PRId64 " %.*s", up->message,
                 (int)up->data_n, up->data);
    else if (up != NULL && up->act == ACT_COMMAND)
        snprintf(out, SHOWING_ASKED_MAX + 1, "/%s", up->command);
}

enum status picture_coming(struct talk *t, const struct discount *d)
{
    char asked[SHOWING_ASKED_MAX + 1];

    asked_print(t, asked);
    if (asked[0] == '\0')
        return ST_NONE;
    return showing_recent(t->s->db, d, asked, t->now - DOUBLE_TAP);
}

static enum status send(struct talk *t, const struct discount *d, enum text_key head)
{
    char link[160], asked[SHOWING_ASKED_MAX + 1];
    struct showing showing = {.discount_id = d->id, .code = d->code, .asked = asked};
    struct screen sc;
    enum status st;

    link_print(t->shop, d, link, sizeof(link));
    asked_print(t, asked);
    say_good(t, &sc, d, head);
    screen_qr(&sc, link);
    st = talk_send(t, &sc, MESSAGE_SERVICE);
    if (st != ST_OK || t->last == 0)
        return st;
    showing.message_id = t->last;
    return showing_add(t->s->db, t->now, &showing);
}

enum status discount_show(struct talk *t, const struct discount *d, enum text_key head)
{
    enum status st = picture_coming(t, d);

    return st == ST_NONE ? send(t, d, head) : st;
}

/* ---- putting right -------------------------------------------------------------- */

static void say_used(struct talk *t, struct screen *sc, const struct redemption *r)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES];

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when(t->shop, r->redeemed_at, t->lang, when);
    screen_open(sc, t->lang);
    screen_say(sc, CAPTION_USED, T_TEXT("when", when), T_TEXT("store", r->store),
               T_TEXT("percent", percent));
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

static void say_retired(struct talk *t, struct screen *sc)
{
    screen_open(sc, t->lang);
    screen_say(sc, CAPTION_RETIRED);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

/* All pictures of that code: r: it was spent by that; NULL: it is good again. */
static enum status put_right(struct talk *t, const struct discount *d,
                             const struct redemption *r)
{
    int64_t message[SHOWING_MAX];
    struct screen sc;
    int i, n;
    enum status st = showing_list(t->s->db, d->id, d->code, message, &n);

    for (i = 0; i < n && st == ST_OK; i++) {
        if (r != NULL)
            say_used(t, &sc, r);
        else
            say_good(t, &sc, d, CAPTION_DISCOUNT);
        st = talk_caption(t, &sc, message[i]);
    }
    return st;
}

/* What it is now counts, not what the job tells of: an undo may have overtaken it. The
 * discount stays locked until the edits are put, so they stand in the same order. */
enum status picture_put_right(struct talk *t, int64_t discount_id, bool back)
{
    struct redemption r;
    struct discount d;
    enum discount_status state;
    enum status st = discount_lock(t->s->db, discount_id, &d);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    state = discount_state(&d, t->now);
    if (state == DISCOUNT_ACTIVE)
        return back ? put_right(t, &d, NULL) : ST_OK; /* one use of several */
    if (state != DISCOUNT_USED)
        return ST_OK;
    st = redemption_of(t->s->db, d.id, &r);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    return put_right(t, &d, &r);
}

/* Pictures with the dead code say so, lest they are held up at the till. The one whose
 * button was pressed may be older than our list of them. */
enum status picture_retire(struct talk *t, int64_t discount_id, const char *code)
{
    int64_t message[SHOWING_MAX], pressed = t->up->on_photo ? t->up->message : 0;
    struct screen sc;
    int i, n;
    enum status st = showing_list(t->s->db, discount_id, code, message, &n);

    for (i = 0; i < n && st == ST_OK; i++) {
        if (message[i] == pressed)
            pressed = 0;
        say_retired(t, &sc);
        st = talk_caption(t, &sc, message[i]);
    }
    if (st != ST_OK || pressed == 0)
        return st;
    say_retired(t, &sc);
    return talk_caption(t, &sc, pressed);
}
