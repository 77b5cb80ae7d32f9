/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/receipt_csv.h"

#include "core/base/money.h"
#include "core/loyalty/discount.h"

#include <stdio.h>
#include <string.h>

struct filling {
    const struct receipt_csv *ask;
    struct csv *csv;
    bool ru;
};

static const char *source_word(bool ru, int source)
{
    if (source == SOURCE_BIRTHDAY)
        return ru ? "день рождения" : "birthday";
    if (source == SOURCE_SUBSCRIPTION)
        return ru ? "за подписку" : "for subscribing";
    return ru ? "личная" : "personal";
}

static void time_field(const struct filling *f, int64_t at)
{
    struct buf text = {0};

    if (at != 0)
        tz_add_time(&text, f->ask->tz, at, f->ask->lang);
    f->csv->out.failed |= text.failed;
    csv_text(f->csv, text.s);
    buf_free(&text);
}

static void percent_field(const struct filling *f, int percent_bp)
{
    struct buf text = {0};

    percent_add(&text, percent_bp, f->ask->lang);
    f->csv->out.failed |= text.failed;
    csv_text(f->csv, text.s);
    buf_free(&text);
}

static void row(void *arg, const struct report_receipt *r)
{
    const struct filling *f = arg;

    csv_int(f->csv, r->no);
    time_field(f, r->at);
    csv_text(f->csv, r->store);
    csv_text(f->csv, r->name);
    csv_text(f->csv, source_word(f->ru, r->source));
    percent_field(f, r->percent_bp);
    csv_money(f->csv, r->amount);
    csv_money(f->csv, r->discount);
    time_field(f, r->voided_at);
    csv_row(f->csv);
}

enum status receipt_csv(struct db *db, const struct receipt_csv *ask, struct csv *out,
                        char name[RECEIPT_CSV_NAME])
{
    struct filling f = {.ask = ask, .csv = out, .ru = strcmp(ask->lang, "ru") == 0};
    struct local at = tz_local(ask->tz, ask->shift->opened_at);
    enum status st;

    snprintf(name, RECEIPT_CSV_NAME, "shift-%04d%02d%02d-%02d%02d.csv",
             at.date.year % 10000, at.date.month % 100, at.date.day % 100,
             at.hour % 100, at.minute % 100);
    csv_open(out, ask->lang);
    csv_columns(out, f.ru ? "Чек;Время;Магазин;Кассир;Скидка;Процент;Сумма чека;"
                            "Скидка, ₽;Отменён"
                          : "Receipt;Time;Store;Cashier;Discount;Percent;Sum;Off;"
                            "Undone");
    st = report_receipts(db, ask->shift->id, row, &f);
    return st == ST_OK && out->out.failed ? ST_BROKEN : st;
}
