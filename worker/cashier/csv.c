/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Both reports as files for a spreadsheet (core/base/csv.h), sent as documents. */
#include "core/base/csv.h"

#include "core/document.h"
#include "core/loyalty/receipt_csv.h"
#include "core/staff/report.h"
#include "worker/cashier/cashier.h"

#include <stdio.h>
#include <string.h>

/* The table is done: it leaves with these words, and the screen that asked stays. */
static enum status send(struct talk *t, struct csv *c, const char *name,
                        struct screen *sc)
{
    int64_t id = 0;
    enum status st = ST_BROKEN;

    if (!c->out.failed)
        st = document_put(
            t->s->db, t->now,
            &(struct document_spec){
                .name = name, .mime = "text/csv", .bytes = c->out.s, .n = c->out.len},
            &id);
    buf_free(&c->out);
    if (st != ST_OK) {
        screen_close(sc);
        return st;
    }
    screen_document(sc, id);
    screen_button(sc, BTN_MENU, "m", "new", NULL);
    return talk_send(t, sc, MESSAGE_SERVICE);
}

/* ---- a month -------------------------------------------------------------------- */

struct month_file {
    struct csv csv;
    char month[MONTH_BYTES];
};

static void month_rows(void *arg, const char *store, const struct report_line *lines,
                       int n)
{
    struct month_file *f = arg;

    for (int i = 0; i < n; i++) {
        csv_text(&f->csv, f->month);
        csv_text(&f->csv, store);
        csv_text(&f->csv, lines[i].name);
        csv_int(&f->csv, lines[i].redeemed);
        csv_int(&f->csv, lines[i].voided);
        csv_int(&f->csv, lines[i].with_amount);
        csv_money(&f->csv, lines[i].amount);
        csv_money(&f->csv, lines[i].discount);
        csv_money(&f->csv, report_average(&lines[i]));
        csv_row(&f->csv);
    }
}

enum status month_csv(struct talk *t, const char *arg)
{
    struct month_file f;
    struct month m;
    struct screen sc;
    char name[48];
    enum status st;

    if (role_scope(t->staff.role, PERM_STATS_VIEW) < SCOPE_STORE)
        return talk_say(t, TEXT_NO_RIGHT);
    if (!month_read(arg, &m))
        return cashier_menu(t, "old");
    month_print(&m, f.month);
    csv_open(&f.csv, lang_code(t->lang));
    csv_columns(&f.csv, text_get(t->lang, TEXT_CSV_MONTH_COLUMNS));
    st = month_walk(t, &m, month_rows, &f);
    if (st != ST_OK) {
        buf_free(&f.csv.out);
        return st;
    }
    snprintf(name, sizeof(name), "report-%04d-%02d.csv", m.year, m.month);
    screen_open(&sc, t->lang);
    screen_say(&sc, CAPTION_CSV_MONTH, T_TEXT("month", f.month));
    return send(t, &f.csv, name, &sc);
}

/* ---- a shift -------------------------------------------------------------------- */

enum status shift_csv(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    char name[RECEIPT_CSV_NAME], when[SHOP_WHEN_BYTES];
    struct csv csv;
    struct shift s;
    struct screen sc;
    enum status st = id != 0 ? report_may(t->s->db, &t->staff, id, &s) : ST_NONE;

    if (st != ST_OK)
        return st == ST_NONE || st == ST_REFUSED ? cashier_menu(t, "old") : st;
    st = receipt_csv(t->s->db,
                     &(struct receipt_csv){
                         .shift = &s, .tz = t->shop->tz, .lang = lang_code(t->lang)},
                     &csv, name);
    if (st != ST_OK) {
        buf_free(&csv.out);
        return st;
    }
    shop_when(t->shop, s.opened_at, t->lang, when);
    screen_open(&sc, t->lang);
    screen_say(&sc, CAPTION_CSV_SHIFT, T_TEXT("store", s.store), T_TEXT("when", when));
    return send(t, &csv, name, &sc);
}
