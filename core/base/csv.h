/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/csv.h - tables for spreadsheets, as Excel in Russia opens them by a double
 * click: UTF-8 with its mark in front, semicolons, CR LF, decimal commas.
 *
 *   struct csv c = {0};
 *   csv_open(&c, LANG…"ru");
 *   csv_text(&c, name); csv_int(&c, n); csv_money(&c, amount); csv_row(&c);
 *   if (!c.out.failed) use(c.out.s, c.out.len);
 *   buf_free(&c.out);
 *
 * A text is never a formula: one that begins like one (= + - @, a tab, a line's end, also
 * in their full-width forms) gets an apostrophe in front. Numbers are written by us and
 * are numbers. */
#ifndef CORE_BASE_CSV_H
#define CORE_BASE_CSV_H

#include "core/base/buf.h"

struct csv {
    struct buf out;
    bool begun; /* a field of this row has been written */
    bool point; /* kopecks behind a point, not a comma */
};

void csv_open(struct csv *c, const char *lang); /* "ru": decimal comma; else a point */
void csv_text(struct csv *c, const char *s);    /* NULL is empty */
void csv_int(struct csv *c, int64_t v);
void csv_money(struct csv *c, int64_t kopecks);   /* "1250,50"; -1: an empty field */
void csv_columns(struct csv *c, const char *all); /* a row of "Name;Name", ours */
void csv_row(struct csv *c);                      /* the row ends */

#endif
