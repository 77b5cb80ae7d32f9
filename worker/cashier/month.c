/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A month's report by store and cashier, for who answers for the stores; and the list of
 * the newest shifts. A month begins at midnight of the store's own calendar. */
#include "core/staff/report.h"

#include "core/base/cal.h"
#include "core/staff/store.h"
#include "worker/cashier/cashier.h"

#include <stdio.h>

#define MONTHS 6
#define STORES_MAX 24
#define LINES_MAX 100 /* cashiers of a store */
#define SAID_MAX 20   /* of them in a message; the file has all */
#define SHIFTS_MAX 8

/* ---- which month ---------------------------------------------------------------- */

bool month_read(const char *arg, struct month *m)
{
    const char *rest;
    int64_t id = talk_id(arg, &rest);

    *m = (struct month){(int)(id / 100 % 10000), (int)(id % 100), talk_id(rest, NULL)};
    return id > 0 && id < 999999 && m->year >= 2000 && m->month >= 1 && m->month <= 12;
}

static void month_arg(const struct month *m, char out[SCREEN_DATA_MAX + 1])
{
    char id[14], store[14] = "";

    base36_print((uint64_t)(m->year * 100 + m->month), id);
    if (m->store != 0)
        base36_print((uint64_t)m->store, store);
    snprintf(out, SCREEN_DATA_MAX + 1, "%s%s%s", id, m->store != 0 ? "." : "", store);
}

void month_print(const struct month *m, char out[MONTH_BYTES])
{
    snprintf(out, MONTH_BYTES, "%02d.%04d", m->month % 100, m->year % 10000);
}

static struct month month_before(struct month m, int n)
{
    int months = m.year * 12 + m.month - 1 - n;

    return (struct month){months / 12, months % 12 + 1, m.store};
}

static enum status no_stats(struct talk *t)
{
    return talk_say(t, TEXT_NO_RIGHT);
}

/* Their own numbers are in the shift's report. */
static bool sees_stores(const struct talk *t)
{
    return role_scope(t->staff.role, PERM_STATS_VIEW) >= SCOPE_STORE;
}

enum status month_open(struct talk *t, const char *arg)
{
    struct date today = cal_date(shop_today(t->shop, t->now));
    struct month now = {today.year, today.month, 0}, m;
    char words[MONTH_BYTES], to[SCREEN_DATA_MAX + 1];
    struct screen sc;

    (void)arg;
    if (!sees_stores(t))
        return no_stats(t);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MONTHS);
    for (int i = 0; i < MONTHS; i++) {
        m = month_before(now, i);
        month_print(&m, words);
        month_arg(&m, to);
        screen_choice(&sc, words, "q", "shops", to);
    }
    screen_button(&sc, BTN_SHIFTS, "q", "shifts", NULL);
    screen_button(&sc, BTN_BACK, "g", "open", NULL);
    return talk_show(t, &sc);
}

enum status month_shops(struct talk *t, const char *arg)
{
    char prefix[SCREEN_DATA_MAX + 1], words[MONTH_BYTES], id[SCREEN_DATA_MAX + 1];
    const struct pick to = {"q", "show", prefix, PERM_STATS_VIEW};
    struct month m;
    struct screen sc;
    int n = 0;
    enum status st;

    if (!sees_stores(t))
        return no_stats(t);
    if (!month_read(arg, &m))
        return cashier_menu(t, "old");
    m.store = 0;
    month_arg(&m, id);
    snprintf(prefix, sizeof(prefix), "%.20s.", id);
    month_print(&m, words);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MONTH_SHOPS, T_TEXT("month", words));
    if ((st = pick_store(t, &sc, &to, &n)) != ST_OK) {
        screen_close(&sc);
        return st;
    }
    if (n > 1)
        screen_button(&sc, BTN_ALL_SHOPS, "q", "show", id);
    screen_button(&sc, BTN_BACK, "q", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- adding up ------------------------------------------------------------------ */

static void bounds(const struct talk *t, const struct store *store,
                   const struct month *m, struct report_ask *ask)
{
    struct tz *own = store->tz[0] != '\0' ? tz_open(store->tz) : NULL;
    const struct tz *tz = own != NULL ? own : t->shop->tz;
    struct month next = month_before(*m, -1);

    ask->store_id = store->id;
    ask->from = tz_instant(tz, cal_day((struct date){m->year, m->month, 1}), 0, 0);
    ask->to = tz_instant(tz, cal_day((struct date){next.year, next.month, 1}), 0, 0);
    tz_close(own);
}

enum status month_walk(struct talk *t, const struct month *m, month_each *fn, void *arg)
{
    static struct store stores[STORES_MAX]; /* large, and a step runs alone */
    static struct report_line lines[LINES_MAX];
    bool all = role_scope(t->staff.role, PERM_STATS_VIEW) == SCOPE_ALL;
    struct report_ask ask;
    int i, n = 0, found = 0;
    enum status st =
        store_list(t->s->db, all ? 0 : t->staff.id, stores, STORES_MAX, &found);

    for (i = 0; st == ST_OK && i < found; i++) {
        if (m->store != 0 && m->store != stores[i].id)
            continue;
        bounds(t, &stores[i], m, &ask);
        st = report_store(t->s->db, &ask, lines, LINES_MAX, &n);
        if (st == ST_OK && n > 0)
            fn(arg, stores[i].name, lines, n);
    }
    return st;
}

/* ---- as words ------------------------------------------------------------------- */

struct saying {
    struct talk *t;
    struct screen *sc;
    struct report_line total;
    int said, left_out;
};

static void say_money(struct saying *s, const struct report_line *l)
{
    char amount[SHOP_WHEN_BYTES], off[SHOP_WHEN_BYTES], average[SHOP_WHEN_BYTES];

    if (l->with_amount == 0)
        return;
    shop_money(l->amount, s->t->lang, amount);
    shop_money(l->discount, s->t->lang, off);
    shop_money(report_average(l), s->t->lang, average);
    screen_say(s->sc, TEXT_MONTH_MONEY, T_TEXT("amount", amount),
               T_TEXT("discount", off), T_TEXT("average", average));
}

static void say_store(void *arg, const char *store, const struct report_line *lines,
                      int n)
{
    struct saying *s = arg;

    if (s->said < SAID_MAX)
        screen_say(s->sc, TEXT_MONTH_SHOP, T_TEXT("store", store));
    for (int i = 0; i < n; i++) {
        report_sum(&s->total, &lines[i]);
        if (s->said++ >= SAID_MAX) {
            s->left_out++;
            continue;
        }
        screen_say(s->sc, TEXT_MONTH_LINE, T_TEXT("name", lines[i].name),
                   T_INT("n", lines[i].redeemed), T_INT("voided", lines[i].voided));
        say_money(s, &lines[i]);
    }
}

static void say_total(struct saying *s)
{
    if (s->said == 0) {
        screen_say(s->sc, TEXT_MONTH_NONE);
        return;
    }
    if (s->left_out > 0)
        screen_say(s->sc, TEXT_MONTH_CUT);
    screen_say(s->sc, TEXT_MONTH_ALL, T_INT("n", s->total.redeemed),
               T_INT("voided", s->total.voided));
    say_money(s, &s->total);
}

enum status month_show(struct talk *t, const char *arg)
{
    char words[MONTH_BYTES], to[SCREEN_DATA_MAX + 1];
    struct screen sc;
    struct saying s = {.t = t, .sc = &sc};
    struct month m;
    enum status st;

    if (!sees_stores(t))
        return no_stats(t);
    if (!month_read(arg, &m))
        return cashier_menu(t, "old");
    month_print(&m, words);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MONTH_HEAD, T_TEXT("month", words));
    if ((st = month_walk(t, &m, say_store, &s)) != ST_OK) {
        screen_close(&sc);
        return st;
    }
    say_total(&s);
    if (s.said > 0)
        screen_button(&sc, BTN_CSV, "q", "csv", arg);
    m.store = 0;
    month_arg(&m, to);
    screen_button(&sc, BTN_BACK, "q", "shops", to);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- the newest shifts ---------------------------------------------------------- */

enum status shift_list(struct talk *t, const char *arg)
{
    struct report_shift shifts[SHIFTS_MAX];
    char when[SHOP_WHEN_BYTES], label[2 * CONTACT_NAME_BYTES + 48], id[14];
    struct screen sc;
    int i, n = 0;
    enum status st = report_shifts(t->s->db, &t->staff, shifts, SHIFTS_MAX, &n);

    (void)arg;
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_SHIFTS);
    for (i = 0; i < n; i++) {
        base36_print((uint64_t)shifts[i].shift.id, id);
        shop_when(t->shop, shifts[i].shift.opened_at, t->lang, when);
        snprintf(label, sizeof(label), "%s%s · %s",
                 shifts[i].shift.closed_at == 0 ? "🟢 " : "", when, shifts[i].name);
        screen_row(&sc);
        screen_choice(&sc, label, "s", "one", id);
    }
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "q", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}
