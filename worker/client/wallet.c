/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * All discounts of a customer, in three lists: good, used (when, where), run out. */
#include "worker/client/client.h"

#define PAGE 5

static const struct list {
    enum discount_status state;
    const char *action;
    enum text_key head, none, tab;
} lists[] = {
    {DISCOUNT_ACTIVE, "open", TEXT_WALLET_ACTIVE, TEXT_WALLET_NO_ACTIVE,
     BTN_TAB_ACTIVE},
    {DISCOUNT_USED, "used", TEXT_WALLET_USED, TEXT_WALLET_NO_USED, BTN_TAB_USED},
    {DISCOUNT_EXPIRED, "gone", TEXT_WALLET_GONE, TEXT_WALLET_NO_GONE, BTN_TAB_GONE},
};
#define LISTS (sizeof(lists) / sizeof(lists[0]))

const char *wallet_what(enum lang lang, enum discount_source source)
{
    static const enum text_key names[SOURCE_COUNT] = {
        [SOURCE_SUBSCRIPTION] = TEXT_FOR_SUBSCRIPTION,
        [SOURCE_BIRTHDAY] = TEXT_FOR_BIRTHDAY,
        [SOURCE_MANUAL] = TEXT_FOR_YOU,
        [SOURCE_CAMPAIGN] = TEXT_FOR_YOU,
    };

    return text_get(lang,
                    source > 0 && source < SOURCE_COUNT ? names[source] : TEXT_FOR_YOU);
}

enum status wallet_any(struct talk *t)
{
    struct discount d;
    size_t i;

    for (i = 0; i < LISTS; i++) {
        const struct discount_page page = {
            .customer_id = t->customer.id, .state = lists[i].state, .limit = 1};
        int n, total;
        enum status st = discount_list(t->s->db, t->now, &page, &d, &n, &total);

        if (st != ST_OK)
            return st;
        if (total > 0)
            return ST_OK;
    }
    return ST_NONE;
}

/* One line; a used one says where and when. */
static enum status say_line(struct talk *t, struct screen *sc, const struct list *l,
                            const struct discount *d)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES];
    struct redemption r;
    enum status st;
    const char *what = wallet_what(t->lang, d->source);

    shop_percent(d->percent_bp, t->lang, percent);
    shop_until(t->shop, d->valid_until, t->lang, when);
    if (l->state == DISCOUNT_USED) {
        st = redemption_of(t->s->db, d->id, &r);
        if (st != ST_OK && st != ST_NONE)
            return st;
        if (st == ST_OK) {
            shop_when(t->shop, r.redeemed_at, t->lang, when);
            screen_say(sc, TEXT_LINE_USED, T_TEXT("percent", percent),
                       T_TEXT("what", what), T_TEXT("when", when),
                       T_TEXT("store", r.store));
            return ST_OK;
        }
    }
    screen_say(sc, l->state == DISCOUNT_EXPIRED ? TEXT_LINE_GONE : TEXT_LINE_ACTIVE,
               T_TEXT("percent", percent), T_TEXT("what", what), T_TEXT("until", when));
    return l->state == DISCOUNT_ACTIVE ? caption_terms(t, sc, d) : ST_OK;
}

static void show_button(struct talk *t, struct screen *sc, const struct discount *d)
{
    const struct screen_spot spot = {"d", "one", NULL};
    struct screen_spot at = spot;
    char percent[SHOP_WHEN_BYTES], id[14];
    const struct text_arg args[] = {T_TEXT("percent", percent)};

    shop_percent(d->percent_bp, t->lang, percent);
    base36_print((uint64_t)d->id, id);
    at.arg = id;
    screen_button_args(sc, BTN_SHOW_ONE, at, args, 1);
}

static void turn_button(struct screen *sc, enum text_key label, const char *action,
                        int offset)
{
    char arg[14];

    base36_print((uint64_t)offset, arg);
    screen_button(sc, label, "l", action, arg);
}

static void buttons(struct screen *sc, const struct list *l, int offset, int total)
{
    size_t i;

    screen_row(sc);
    if (offset > 0)
        turn_button(sc, BTN_BACK, l->action, offset > PAGE ? offset - PAGE : 0);
    if (offset + PAGE < total)
        turn_button(sc, BTN_MORE, l->action, offset + PAGE);
    screen_row(sc);
    for (i = 0; i < LISTS; i++)
        if (&lists[i] != l)
            screen_button(sc, lists[i].tab, "l", lists[i].action, NULL);
    screen_button(sc, BTN_HISTORY, "y", "open", NULL);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

static enum status fill(struct talk *t, struct screen *sc, const struct list *l,
                        const char *arg)
{
    struct discount_page page = {.customer_id = t->customer.id,
                                 .state = l->state,
                                 .offset = (int)(talk_id(arg, NULL) % 100000),
                                 .limit = PAGE};
    struct discount d[PAGE];
    int i, n, total;
    enum status st = discount_list(t->s->db, t->now, &page, d, &n, &total);

    if (st == ST_OK && n == 0 && total > 0) { /* a page that is no more */
        page.offset = 0;
        st = discount_list(t->s->db, t->now, &page, d, &n, &total);
    }
    if (st != ST_OK)
        return st;
    screen_say(sc, total > 0 ? l->head : l->none, T_INT("n", total));
    for (i = 0; i < n && st == ST_OK; i++)
        st = say_line(t, sc, l, &d[i]);
    for (i = 0; i < n && l->state == DISCOUNT_ACTIVE; i++)
        show_button(t, sc, &d[i]);
    buttons(sc, l, page.offset, total);
    return st;
}

static enum status show(struct talk *t, const struct list *l, const char *arg)
{
    struct screen sc;
    enum status st;

    screen_open(&sc, t->lang);
    st = fill(t, &sc, l, arg);
    if (st == ST_OK)
        return talk_show(t, &sc);
    screen_close(&sc);
    return st;
}

enum status wallet_active(struct talk *t, const char *arg)
{
    return show(t, &lists[0], arg);
}

enum status wallet_used(struct talk *t, const char *arg)
{
    return show(t, &lists[1], arg);
}

/* Under a receipt, which stays. */
enum status wallet_recent(struct talk *t, const char *arg)
{
    talk_leave(t);
    return wallet_used(t, arg);
}

enum status wallet_gone(struct talk *t, const char *arg)
{
    return show(t, &lists[2], arg);
}
