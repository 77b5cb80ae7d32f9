/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * My data deleted: asked twice, then at once, or on a day if the shop gives days to
 * think it over. The last button carries the moment it was shown: one from a screen of
 * long ago asks again. */
#include "worker/client/client.h"

#include "core/loyalty/erasure.h"
#include "worker/steps.h"

#define FRESH (10 * MINUTE)
#define DUE_SLICE 20

/* ---- asking --------------------------------------------------------------------- */

enum status erase_ask(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    if (t->customer.id == 0)
        return data_none(t);
    talk_forget(t);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_ERASE_ASK, T_INT("days", t->shop->set.retention_days));
    screen_button(&sc, BTN_EXPORT, "e", "send", NULL);
    screen_button(&sc, BTN_ERASE_NEXT, "e", "next", NULL);
    screen_button(&sc, BTN_ERASE_NOT, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status erase_next(struct talk *t, const char *arg)
{
    int64_t days = t->shop->set.erase_grace_days;
    struct screen sc;
    char when[14];

    (void)arg;
    base36_print((uint64_t)(t->now / SECOND), when);
    screen_open(&sc, t->lang);
    if (days > 0)
        screen_say(&sc, TEXT_ERASE_SURE_LATER, T_INT("days", days));
    else
        screen_say(&sc, TEXT_ERASE_SURE);
    screen_button(&sc, BTN_ERASE_SURE, "e", "do", when);
    screen_button(&sc, BTN_ERASE_NOT, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- doing ---------------------------------------------------------------------- */

static enum status erase_later(struct talk *t)
{
    char when[SHOP_WHEN_BYTES];
    struct screen sc;
    int64_t due = 0;
    enum status st = erasure_ask(t->s->db, t->now, t->customer.id,
                                 t->shop->set.erase_grace_days * DAY, &due);

    if (st != ST_OK)
        return st;
    shop_when(t->shop, due, t->lang, when);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_ERASE_DUE, T_TEXT("when", when));
    screen_button(&sc, BTN_ERASE_NOT, "e", "not", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status say_erased(struct talk *t)
{
    struct screen sc;

    t->known = false;
    t->customer = (struct customer){0};
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_ERASED);
    screen_button(&sc, BTN_COME_BACK, "w", "lang", lang_code(t->lang));
    return talk_show(t, &sc);
}

enum status erase_now(struct talk *t, const char *arg)
{
    const struct erasure_act act = {.customer_id = t->customer.id,
                                    .update_id = t->up->id,
                                    .actor = ACTOR_CUSTOMER,
                                    .actor_id = t->customer.id};
    int64_t shown = talk_id(arg, NULL);
    enum status st;

    if (t->customer.id == 0)
        return data_none(t);
    if (shown > t->now / SECOND || t->now / SECOND - shown > FRESH / SECOND)
        return erase_ask(t, "");
    if (t->shop->set.erase_grace_days > 0)
        return erase_later(t);
    talk_forget(t);
    st = erasure_do(t->s->db, t->now, &act, NULL);
    return st == ST_OK ? say_erased(t) : st;
}

enum status erase_call_off(struct talk *t, const char *arg)
{
    enum status st = erasure_call_off(t->s->db, t->now, t->customer.id);

    (void)arg;
    if (st != ST_OK && st != ST_NONE)
        return st;
    return talk_say(t, TEXT_ERASE_OFF);
}

enum status erase_say(struct talk *t, struct screen *sc)
{
    char when[SHOP_WHEN_BYTES];
    int64_t due = 0;
    enum status st = erasure_coming(t->s->db, t->customer.id, &due);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    shop_when(t->shop, due, t->lang, when);
    screen_gap(sc);
    screen_say(sc, TEXT_DATA_ERASING, T_TEXT("when", when));
    screen_button(sc, BTN_ERASE_NOT, "e", "not", NULL);
    return ST_OK;
}

/* ---- when the day has come ------------------------------------------------------- */

static enum status erase_one(struct step *s, struct shop *shop, int64_t customer_id)
{
    const struct erasure_act act = {.customer_id = customer_id, .actor = ACTOR_SYSTEM};
    struct customer c;
    struct talk t = {.s = s, .book = &client_book, .shop = shop, .now = s->now};
    enum status st = customer_load(s->db, customer_id, &c);

    t.lang = lang_find(c.language);
    if (st == ST_OK)
        st = erasure_do(s->db, s->now, &act, &t.user);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    return c.status == CUSTOMER_ACTIVE ? say_erased(&t) : ST_OK;
}

enum status erase_due_step(struct step *s)
{
    struct job_spec again = {.kind = KIND_SCHED_ERASE_DUE};
    int64_t who[DUE_SLICE];
    struct shop shop;
    int i, n = 0;
    enum status st = shop_load(s, &shop);

    if (st == ST_OK)
        st = erasure_due(s->db, s->now, who, DUE_SLICE, &n);
    for (i = 0; i < n && st == ST_OK; i++)
        st = step_should_stop(s) ? ST_REFUSED : erase_one(s, &shop, who[i]);
    if (st == ST_OK && n == DUE_SLICE)
        st = job_put(s->db, s->now, &again);
    return st;
}
