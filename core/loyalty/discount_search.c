/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/discount_search.h"

#include "core/loyalty/discount_row.h"

#include <stdio.h>

const struct page_sort discount_sorts[DISCOUNT_SORTS] = {
    [DISCOUNT_BY_CREATED] = {"created_at", "d.created_at", PAGE_TIME},
    [DISCOUNT_BY_END] = {"valid_until", "d.valid_until", PAGE_TIME},
    [DISCOUNT_BY_ID] = {"id", "d.id", PAGE_INT},
    [DISCOUNT_BY_REDEEMED] = {"redeemed_at", "r.redeemed_at", PAGE_TIME},
};

/* Straight, and row by row: whoever begins elsewhere, or reads a small table whole to
 * match it in memory, has to sort all of it. */
#define NAMES                                                                          \
    " STRAIGHT_JOIN customer c FORCE INDEX (PRIMARY) ON c.id = d.customer_id"          \
    " LEFT JOIN staff i FORCE INDEX (PRIMARY) ON i.id = d.issued_by"                   \
    " LEFT JOIN store s FORCE INDEX (PRIMARY) ON s.id = d.store_id"
#define COLUMNS                                                                        \
    DISCOUNT_COLUMNS ", " CUSTOMER_CALLED ", d.issued_by, i.name, s.name, d.reason"
#define REDEEMED                                                                       \
    "redemption r FORCE INDEX (ix_redemption_store)"                                   \
    " STRAIGHT_JOIN discount d FORCE INDEX (PRIMARY) ON d.id = r.discount_id"

/* ---- what is looked for ---------------------------------------------------------- */

static void or_status(struct page_query *q, const struct discount_filter *f)
{
    struct buf in = {0};

    /* As it is now: an overdue one is expired before its row says so. */
    buf_adds(&in, "IF(d.status = 1 AND d.valid_until <= ?, 3, d.status) IN (");
    for (size_t i = 0; i < f->status_n; i++)
        buf_addf(&in, "%s%lld", i > 0 ? ", " : "", (long long)f->status[i]);
    buf_addc(&in, ')');
    if (in.failed)
        q->failed = true;
    else
        page_and(q, in.s, DB_TIME(f->now));
    buf_free(&in);
}

static bool has_status(const struct discount_filter *f, enum discount_status s)
{
    for (size_t i = 0; i < f->status_n; i++)
        if (f->status[i] == (int64_t)s)
            return true;
    return false;
}

/* Only such as are told by the row alone, or active ones alone, have one column to be
 * found by. */
static void and_status(struct page_query *q, const struct discount_filter *f)
{
    if (f->status_n == 1 && has_status(f, DISCOUNT_ACTIVE)) {
        page_and_plain(q, "d.status = 1");
        page_and(q, "d.valid_until > ?", DB_TIME(f->now));
    } else if (has_status(f, DISCOUNT_ACTIVE) || has_status(f, DISCOUNT_EXPIRED)) {
        or_status(q, f);
    } else {
        page_and_in(q, "d.status", f->status, f->status_n);
    }
}

static void and_time(struct page_query *q, const char *condition, int64_t at)
{
    if (at != 0)
        page_and(q, condition, DB_TIME(at));
}

static void and_id(struct page_query *q, const char *condition, int64_t id)
{
    if (id != 0)
        page_and(q, condition, DB_INT(id));
}

static void and_redeemed(struct page_query *q, const struct discount_filter *f)
{
    if (f->redeemed_store_id == 0)
        return;
    page_and(q, "r.store_id = ?", DB_INT(f->redeemed_store_id));
    page_and_plain(q, "r.voided_at IS NULL");
    /* One of several uses stands where it was used there last. */
    page_and_plain(q, "NOT EXISTS (SELECT 1 FROM redemption n WHERE"
                      " n.discount_id = r.discount_id AND n.store_id = r.store_id"
                      " AND n.voided_at IS NULL AND n.id > r.id)");
}

static void conditions(struct page_query *q, const struct discount_filter *f)
{
    and_status(q, f);
    page_and_in(q, "d.source", f->source, f->source_n);
    and_id(q, "d.customer_id = ?", f->customer_id);
    and_id(q, "d.issued_by = ?", f->issuer_id);
    and_id(q, "d.store_id = ?", f->store_id);
    if (f->code != NULL)
        page_and(q, "d.code = ?", DB_TEXT(f->code));
    and_time(q, "d.valid_from <= ?", f->valid_on);
    and_time(q, "d.valid_until > ?", f->valid_on);
    and_time(q, "d.valid_until < ?", f->expires_before);
    and_time(q, "d.created_at >= ?", f->issued_after);
    and_time(q, "d.created_at < ?", f->issued_before);
    and_redeemed(q, f);
    and_id(q,
           "d.store_id IS NULL OR EXISTS (SELECT 1 FROM staff_store b"
           " WHERE b.staff_id = ? AND b.store_id = d.store_id)",
           f->staff_id);
}

/* ---- which index ----------------------------------------------------------------- */

static bool of_few(const struct discount_filter *f)
{
    return f->customer_id != 0 || f->code != NULL;
}

static const char *index_by_created(const struct discount_filter *f)
{
    bool expired = has_status(f, DISCOUNT_EXPIRED);

    if (f->issuer_id != 0)
        return " FORCE INDEX (ix_discount_issuer)";
    if (f->store_id != 0)
        return " FORCE INDEX (ix_discount_of_store)";
    if (f->status_n == 1 && !expired)
        return " FORCE INDEX (ix_discount_status_created)";
    if (f->source_n == 1)
        return " FORCE INDEX (ix_discount_source_created)";
    return " FORCE INDEX (ix_discount_created)";
}

static const char *index_by_end(const struct discount_filter *f)
{
    bool other = f->issuer_id != 0 || f->store_id != 0 || f->issued_after != 0 ||
                 f->issued_before != 0;

    if (other)
        return "";
    if (f->status_n == 1 && !has_status(f, DISCOUNT_EXPIRED))
        return " FORCE INDEX (ix_discount_expiry)";
    return " FORCE INDEX (ix_discount_end)";
}

/* The servers guess by what a page of a small table costs; of millions they guess wrong
 * now and then, and one such guess reads all of them. */
static const char *index_of(const struct discount_filter *f, const struct page *p)
{
    if (of_few(f) || p->sort == &discount_sorts[DISCOUNT_BY_ID])
        return "";
    return p->sort == &discount_sorts[DISCOUNT_BY_END] ? index_by_end(f)
                                                       : index_by_created(f);
}

/* ---- reading --------------------------------------------------------------------- */

enum status discount_search(struct db *db, const struct discount_filter *f,
                            struct page *p)
{
    bool redeemed = p->sort == &discount_sorts[DISCOUNT_BY_REDEEMED];
    struct page_query q = {0};
    struct buf from = {0};
    enum status st;

    if (redeemed != (f->redeemed_store_id != 0))
        return ST_BAD;
    conditions(&q, f);
    if (redeemed)
        buf_adds(&from, REDEEMED NAMES);
    else
        buf_addf(&from, "discount d%s" NAMES, index_of(f, p));
    st = page_select(db, p, &q, redeemed ? "r.id" : "d.id",
                     redeemed ? COLUMNS ", r.redeemed_at" : COLUMNS ", NULL",
                     from.failed ? NULL : from.s);
    buf_free(&from);
    return st;
}

static void text_copy(const struct db *db, int col, char *out, size_t room)
{
    snprintf(out, room, "%s", db_is_null(db, col) ? "" : db_text(db, col, NULL));
}

static void found_read(const struct db *db, int col, struct discount_found *out)
{
    const int c = col + DISCOUNT_COLUMNS_N;

    *out = (struct discount_found){.issued_by = db_int(db, c + 2),
                                   .redeemed_at = db_time(db, c + 6)};
    discount_read(db, col, &out->discount);
    customer_short_name(db_text(db, c, NULL), db_text(db, c + 1, NULL), out->customer);
    text_copy(db, c + 3, out->issuer, sizeof out->issuer);
    text_copy(db, c + 4, out->store, sizeof out->store);
    text_copy(db, c + 5, out->reason, sizeof out->reason);
}

enum status discount_search_next(struct db *db, struct page *p,
                                 struct discount_found *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        found_read(db, PAGE_COLUMNS, out);
    return st;
}

enum status discount_total(struct db *db, const struct discount_filter *f,
                           int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, f->redeemed_store_id != 0 ? REDEEMED : "discount d",
                      total);
}

enum status discount_search_one(struct db *db, int64_t id, int64_t staff_id,
                                struct discount_found *out)
{
    enum status st = db_one(db,
                            "SELECT " COLUMNS ", NULL FROM discount d" NAMES
                            " WHERE d.id = ? AND (? = 0 OR d.store_id IS NULL OR EXISTS"
                            " (SELECT 1 FROM staff_store b WHERE b.staff_id = ?"
                            " AND b.store_id = d.store_id))",
                            DB_INT(id), DB_INT(staff_id), DB_INT(staff_id));

    if (st == ST_OK)
        found_read(db, 0, out);
    return st;
}
