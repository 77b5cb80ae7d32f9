/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The QR picture in the customer's chat: sent once for one press, and put right in
 * place when its code is spent, given back, renewed or over. */
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
    if ((st = caption_good(t, &sc, d, head)) != ST_OK)
        return st;
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

enum status discount_gift(struct talk *t, const struct discount *d)
{
    char link[160];
    struct showing showing = {.discount_id = d->id, .code = d->code, .asked = ""};
    struct screen sc;
    enum status st = caption_good(t, &sc, d, CAPTION_GIVEN);

    if (st != ST_OK)
        return st;
    link_print(t->shop, d, link, sizeof(link));
    screen_button(&sc, BTN_MESSAGES_STOP, "n", "off", NULL);
    screen_qr(&sc, link);
    st = talk_send(t, &sc, MESSAGE_MARKETING);
    if (st != ST_OK || t->last == 0)
        return st;
    showing.message_id = t->last;
    return showing_add(t->s->db, t->now, &showing);
}

/* ---- putting right -------------------------------------------------------------- */

static enum status say(struct talk *t, struct screen *sc, const struct discount *d,
                       const struct redemption *r)
{
    if (r->id != 0) {
        caption_used(t, sc, r);
        return ST_OK;
    }
    if (d->status == DISCOUNT_REVOKED) {
        caption_revoked(t, sc);
        return ST_OK;
    }
    if (discount_state(d, t->now) == DISCOUNT_EXPIRED)
        return caption_gone(t, sc, d);
    return caption_good(t, sc, d, CAPTION_DISCOUNT);
}

/* All pictures of that code. r->id not 0: it was spent by that. */
static enum status put_right(struct talk *t, const struct discount *d,
                             const struct redemption *r)
{
    int64_t message[SHOWING_MAX];
    struct screen sc;
    int i, n;
    enum status st = showing_list(t->s->db, d->id, d->code, message, &n);

    for (i = 0; i < n && st == ST_OK; i++) {
        st = say(t, &sc, d, r);
        if (st == ST_OK)
            st = talk_caption(t, &sc, message[i]);
    }
    return st;
}

/* What it is now counts, not what the job tells of: an undo may have overtaken it. The
 * discount stays locked until the edits are put, so they stand in the same order. */
enum status picture_put_right(struct talk *t, int64_t discount_id, bool back)
{
    struct redemption r = {0};
    struct discount d;
    enum discount_status state;
    enum status st = discount_lock(t->s->db, discount_id, &d);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    state = discount_state(&d, t->now);
    if (state == DISCOUNT_ACTIVE && !back)
        return ST_OK; /* one use of several leaves it as it is */
    if (state == DISCOUNT_USED)
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
        caption_retired(t, &sc);
        st = talk_caption(t, &sc, message[i]);
    }
    if (st != ST_OK || pressed == 0)
        return st;
    caption_retired(t, &sc);
    return talk_caption(t, &sc, pressed);
}
