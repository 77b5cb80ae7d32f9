/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * sched.shift_close: shifts that were left open when the store closed. Their cashiers
 * hear of it, with the report. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "worker/steps.h"

static enum status tell_cashier(struct step *s, const struct shop *shop, int64_t id)
{
    struct talk t = {.s = s, .book = &cashier_book, .shop = shop, .now = s->now};
    struct shift shift;
    struct screen sc;
    enum status st = shift_load(s->db, id, &shift);

    if (st == ST_OK)
        st = staff_load(s->db, shift.staff_id, &t.staff);
    if (st != ST_OK || !t.staff.active || t.staff.channel != CHANNEL_MESSENGER)
        return st;
    t.user = t.staff.external_id;
    t.lang = lang_find(t.staff.language);
    screen_open(&sc, t.lang);
    screen_say(&sc, TEXT_SHIFT_AUTO);
    if ((st = count_say(&t, &sc, id)) != ST_OK)
        return st;
    count_buttons(&t, &sc, &shift);
    screen_row(&sc);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(&t, &sc, MESSAGE_SERVICE);
}

enum status shift_close_step(struct step *s)
{
    struct job_spec again = {.kind = KIND_SCHED_SHIFT_CLOSE};
    int64_t ids[SHIFT_DUE_MAX];
    struct shift_clock clock;
    struct shop shop;
    int i, n = 0;
    enum status st = shop_load(s, &shop);

    if (st != ST_OK)
        return st;
    clock.tz = shop.tz;
    clock.minute = (int)shop.set.shift_close_at;
    st = shift_close_due(s->db, s->now, &clock, ids, &n);
    for (i = 0; st == ST_OK && i < n; i++) {
        log_info("shift_closed_by_clock", LOG_INT("shift", ids[i]));
        st = tell_cashier(s, &shop, ids[i]);
    }
    return st == ST_OK && n == SHIFT_DUE_MAX ? job_put(s->db, s->now, &again) : st;
}
