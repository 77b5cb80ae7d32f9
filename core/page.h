/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/page.h - one page of a long list, found without counting through what is before
 * it: by the sort key and id of the row next to it (keyset), or, for tables with page
 * numbers, by an offset up to PAGE_OFFSET_MAX.
 *
 *   struct page_query q = {0};
 *   page_and(&q, "s.city = ?", DB_TEXT(city));
 *   st = page_select(db, p, &q, "s.id", "s.name, s.city", "store s");
 *   while (st == ST_OK && (st = page_next(db, p)) == ST_OK)
 *       read(db_text(db, PAGE_COLUMNS, NULL), …);
 *   if (st == ST_NONE) st = ST_OK;
 *
 * Columns 0 and 1 are the sort key and the id; the caller's begin at PAGE_COLUMNS. Sort
 * columns are never NULL (COALESCE what may be). A page asked for backwards comes with
 * its last row first. What is inserted or removed meanwhile moves no other row from one
 * page to another. */
#ifndef CORE_PAGE_H
#define CORE_PAGE_H

#include "core/base/buf.h"
#include "core/io/db.h"

#define PAGE_COLUMNS 2
#define PAGE_LIMIT_MAX 200
#define PAGE_OFFSET_MAX 10000
#define PAGE_TOTAL_MAX 10000
#define PAGE_TEXT_BYTES 1025 /* of a sort key */
#define PAGE_ARGS 4096

enum page_kind { PAGE_INT, PAGE_TEXT, PAGE_TIME };

struct page_sort {
    const char *name;   /* as callers say it */
    const char *column; /* or expression, never NULL */
    enum page_kind kind;
};

/* Where a row stands. */
struct page_place {
    int64_t number, id;
    char text[PAGE_TEXT_BYTES];
};

struct page {
    const struct page_sort *sort;
    bool descending, backwards;
    bool placed; /* begins behind (backwards: before) this place */
    struct page_place place;
    int limit;
    int64_t offset; /* of a page with a number */

    /* Set by reading it. */
    int rows;
    bool more;             /* in the direction it was read */
    bool cut;              /* shorter than the limit, as the search looked at no more */
    struct page_place end; /* of one that is cut: where it stopped looking */
    struct page_place first, last;
};

/* Conditions, joined by AND. args beyond PAGE_ARGS set `failed`. */
struct page_query {
    struct buf where;
    struct db_arg *args;
    size_t n, room;
    bool failed;
};
void page_and(struct page_query *q, const char *condition, struct db_arg arg);
void page_and_plain(struct page_query *q, const char *condition); /* without a "?" */
/* For another "?" of a condition: they come in the order of the text. */
void page_arg(struct page_query *q, struct db_arg arg);
/* "column IN (?, …)"; none: no condition. */
void page_and_in(struct page_query *q, const char *column, const int64_t *ids,
                 size_t n);
/* The text stands anywhere inside one of the columns (up to a NULL), by its collation:
 * no pattern, % and _ are themselves. Borrowed until the page is selected. */
void page_and_holds(struct page_query *q, const char *const *columns, const char *text);
void page_query_free(
    struct page_query *q); /* of one that is neither selected nor counted */

/* Both take q over: it is empty afterwards, whatever they answer. from NULL: there was no
 * memory for it, ST_BROKEN. */
must_check enum status page_select(struct db *db, struct page *p, struct page_query *q,
                                   const char *id, const char *columns,
                                   const char *from);
must_check enum status page_next(struct db *db, struct page *p);

/* How many rows there are, at most PAGE_TOTAL_MAX + 1. */
must_check enum status page_total(struct db *db, struct page_query *q, const char *from,
                                  int64_t *total);

#endif
