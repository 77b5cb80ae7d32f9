/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The buttons under a broadcast: v1:bc:<what>:<broadcast>. The broadcast stays in the chat
 * as it is; what was wanted comes below it. */
#include "core/broadcast/recipient.h"
#include "worker/client/client.h"

/* Whoever presses it got it from somebody else, or it is long gone: the press counts for
 * nobody, and is obeyed all the same. */
static enum status clicked(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    enum status st = ST_NONE;

    if (id != 0 && t->known)
        st = broadcast_clicked(t->s->db, t->now, id, t->customer.id, 0);
    talk_leave(t);
    return st == ST_NONE ? ST_OK : st;
}

static enum status opens(struct talk *t, const char *arg, talk_fn *screen)
{
    enum status st = clicked(t, arg);

    return st == ST_OK ? screen(t, "") : st;
}

enum status broadcast_wallet(struct talk *t, const char *arg)
{
    return opens(t, arg, wallet_active);
}

enum status broadcast_stores(struct talk *t, const char *arg)
{
    return opens(t, arg, stores_open);
}

enum status broadcast_profile(struct talk *t, const char *arg)
{
    return opens(t, arg, profile_open);
}

enum status broadcast_menu(struct talk *t, const char *arg)
{
    return opens(t, arg, client_menu);
}

/* One press, no question, whenever it comes; and the way back below. */
enum status broadcast_off(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    enum status st = ST_NONE;

    if (id != 0 && t->known)
        st = broadcast_left(t->s->db, t->now, id, t->customer.id);
    if (st != ST_OK && st != ST_NONE)
        return st;
    return messages_off(t, "");
}
