/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/timeline.h"

#include "core/base/buf.h"

#include <stdio.h>

#define KIND_BITS 16
#define FOR_EVER 253402300799000000LL /* the end of 9999 */
#define ARGS 5                        /* of one table */

const struct page_sort timeline_sorts[TIMELINE_SORTS] = {{"at", "at", PAGE_TIME}};

/* One collation for texts of all tables. */
#define TEXT(x) "CONVERT(" x " USING utf8mb4) COLLATE utf8mb4_bin"

/* Where each kind is: columns a, b, c and text, the time, what is more to say of its
 * rows. */
static const struct {
    const char *name, *table, *at, *columns, *where;
} places[TIMELINE_KINDS] = {
    [TIMELINE_ISSUED] = {"discount_issued", "discount FORCE INDEX (ix_discount_story)",
                         "created_at",
                         "percent_bp, source, COALESCE(store_id, 0), " TEXT("code"),
                         "customer_id = ?"},
    [TIMELINE_REDEEMED] = {"redeemed",
                           "redemption FORCE INDEX (ix_redemption_customer)",
                           "redeemed_at",
                           "COALESCE(amount, -1), COALESCE(discount_amount, -1),"
                           " store_id, " TEXT("''"),
                           "customer_id = ?"},
    [TIMELINE_VOIDED] = {"redemption_voided", "redemption", "voided_at",
                         "COALESCE(amount, -1), COALESCE(discount_amount, -1),"
                         " store_id, " TEXT("''"),
                         "customer_id = ? AND voided_at IS NOT NULL"},
    [TIMELINE_CONSENT] = {"consent", "consent FORCE INDEX (ix_consent_story)", "at",
                          "purpose, granted, COALESCE(staff_id, 0), " TEXT("evidence"),
                          "customer_id = ?"},
    [TIMELINE_MESSAGE] = {"message", "message FORCE INDEX (ix_message_story)",
                          "created_at", "purpose, state, 0, " TEXT("COALESCE(why, '')"),
                          "customer_id = ?"},
    [TIMELINE_CHANGE] = {"change", "audit", "at", "actor, actor_id, 0, " TEXT("action"),
                         "entity_id = ? AND action LIKE 'customer.%'"},
};

const char *timeline_name(enum timeline_kind k)
{
    return (unsigned)k < TIMELINE_KINDS ? places[k].name : NULL;
}

/* Rows of that kind behind (at, key) of the page's place, where key = id * 16 + kind. */
static void table_add(struct buf *sql, enum timeline_kind k, const struct page *p)
{
    const char *way = p->backwards ? ">" : "<", *order = p->backwards ? "ASC" : "DESC";

    buf_addf(sql,
             "%s(SELECT %s AS at, id * %d + %d AS k, %d AS kind, id, %s FROM %s"
             " WHERE %s AND (%s %s ? OR (%s = ? AND id %s ?))"
             " ORDER BY %s %s, id %s LIMIT ?)",
             sql->len > 0 ? " UNION ALL " : "", places[k].at, KIND_BITS, k, k,
             places[k].columns, places[k].table, places[k].where, places[k].at, way,
             places[k].at, way, places[k].at, order, order);
}

/* The id such that "id < it" (backwards: ">") is "id * 16 + k < key". */
static int64_t id_bound(int64_t key, enum timeline_kind k, bool backwards)
{
    int64_t id = key / KIND_BITS, kind = key % KIND_BITS;

    if (backwards)
        return (int64_t)k > kind ? id - 1 : id;
    return (int64_t)k < kind ? id + 1 : id;
}

static size_t args_add(struct db_arg *args, enum timeline_kind k, const struct page *p,
                       int64_t customer_id)
{
    int64_t at = p->placed ? p->place.number : FOR_EVER;
    int64_t id = p->placed ? id_bound(p->place.id, k, p->backwards) : INT64_MAX;

    args[0] = DB_INT(customer_id);
    args[1] = args[2] = DB_TIME(at);
    args[3] = DB_INT(id);
    args[4] = DB_INT(p->limit + 1);
    return ARGS;
}

enum status timeline_search(struct db *db, int64_t customer_id, unsigned kinds,
                            struct page *p)
{
    const char *order = p->backwards ? "ASC" : "DESC";
    struct db_arg args[ARGS * TIMELINE_KINDS + 1];
    struct buf sql = {0};
    size_t n = 0;
    enum status st = ST_BROKEN;

    p->rows = 0;
    p->more = false;
    for (int k = TIMELINE_ISSUED; k < TIMELINE_KINDS; k++)
        if (kinds == 0 || kinds & 1U << k) {
            table_add(&sql, (enum timeline_kind)k, p);
            n += args_add(args + n, (enum timeline_kind)k, p, customer_id);
        }
    buf_addf(&sql, " ORDER BY at %s, k %s LIMIT ?", order, order);
    args[n++] = DB_INT(p->limit + 1);
    if (!sql.failed)
        st = db_select_args(db, sql.s, args, n);
    buf_free(&sql);
    return st;
}

enum status timeline_next(struct db *db, struct page *p, struct timeline_event *out)
{
    enum status st = page_next(db, p);

    if (st != ST_OK)
        return st;
    *out = (struct timeline_event){.at = db_time(db, 0),
                                   .kind = (enum timeline_kind)db_int(db, 2),
                                   .id = db_int(db, 3),
                                   .a = db_int(db, 4),
                                   .b = db_int(db, 5),
                                   .c = db_int(db, 6)};
    snprintf(out->text, sizeof out->text, "%s",
             db_is_null(db, 7) ? "" : db_text(db, 7, NULL));
    return ST_OK;
}
