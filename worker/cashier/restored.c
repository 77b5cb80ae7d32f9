/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The database is a copy (core/broadcast/standstill.h): owners hear of it, and one of them
 * says that it is the shop's. Which of two buttons says what becomes of the broadcasts
 * that were stopped. */
#include "core/broadcast/standstill.h"

#include "core/base/log.h"
#include "worker/cashier/cashier.h"
#include "worker/steps.h"

#define TOLD_MAX 16

/* ---- told --------------------------------------------------------------------------- */

static enum status tell(struct talk *t, enum restored_why why)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_RESTORED_HELD, T_TEXT("brand", t->shop->brand));
    screen_say(&sc,
               why == RESTORED_OLDER ? TEXT_RESTORED_OLDER : TEXT_RESTORED_STRANGE);
    screen_gap(&sc);
    screen_say(&sc, TEXT_RESTORED_CHOOSE);
    screen_button(&sc, BTN_RESTORED_GO, "b", "go", NULL);
    screen_button(&sc, BTN_RESTORED_END, "b", "end", NULL);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(t, &sc, MESSAGE_SERVICE);
}

/* What somebody has confirmed meanwhile is told to nobody. */
enum status restored_held_step(struct step *s)
{
    struct staff who[TOLD_MAX];
    struct restored r;
    struct shop shop;
    int n = 0;
    enum status st = restored_load(s->db, &r);

    if (st != ST_OK || r.held_at == 0)
        return st;
    st = shop_load(s, &shop);
    if (st == ST_OK)
        st = staff_with(s->db, PERM_BROADCAST_CONFIRM, who, TOLD_MAX, &n);
    for (int i = 0; i < n && st == ST_OK; i++) {
        struct talk t = {.s = s,
                         .book = &cashier_book,
                         .shop = &shop,
                         .now = s->now,
                         .user = who[i].external_id,
                         .lang = lang_find(who[i].language)};

        if (who[i].channel == CHANNEL_MESSENGER)
            st = tell(&t, r.why);
    }
    return st;
}

/* ---- answered ----------------------------------------------------------------------- */

static enum status answer(struct talk *t, bool cancel)
{
    const struct standstill_confirm c = {.staff_id = t->staff.id, .cancel = cancel};
    struct screen sc;
    int n = 0;
    enum status st;

    if (t->till.id != 0) /* on a phone that others hold tomorrow */
        return talk_say(t, TEXT_OWNER_AT_TILL);
    st = standstill_confirm(t->s->db, t->now, &c, &n);
    if (st == ST_NONE)
        return talk_say(t, TEXT_RESTORED_OVER);
    if (st != ST_OK)
        return st;
    log_info("the database is confirmed", LOG_INT("staff", t->staff.id),
             LOG_INT("broadcasts", n));
    screen_open(&sc, t->lang);
    screen_say(&sc, cancel ? TEXT_RESTORED_END : TEXT_RESTORED_GO, T_INT("n", n));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status restored_go(struct talk *t, const char *arg)
{
    (void)arg;
    return answer(t, false);
}

enum status restored_end(struct talk *t, const char *arg)
{
    (void)arg;
    return answer(t, true);
}
