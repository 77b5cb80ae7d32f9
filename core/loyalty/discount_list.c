/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/discount_row.h"

/* What each list shows. The row's status may lag behind the clock, so an overdue active
 * one is in the list of expired ones already. Arguments: customer, now. */
#define ACTIVE "d.customer_id = ? AND d.status = 1 AND d.valid_until > ?"
#define USED "d.customer_id = ? AND d.status = 2 AND ? IS NOT NULL"
#define ENDED                                                                          \
    "d.customer_id = ? AND (d.status > 2 OR (d.status = 1 AND d.valid_until <= ?))"

static const struct shelf {
    const char *count, *list;
} shelves[] = {
    [DISCOUNT_ACTIVE] = {"SELECT COUNT(*) FROM discount d WHERE " ACTIVE,
                         "SELECT " DISCOUNT_COLUMNS " FROM discount d WHERE " ACTIVE
                         " ORDER BY d.valid_until, d.id LIMIT ? OFFSET ?"},
    [DISCOUNT_USED] = {"SELECT COUNT(*) FROM discount d WHERE " USED,
                       "SELECT " DISCOUNT_COLUMNS " FROM discount d WHERE " USED
                       " ORDER BY d.id DESC LIMIT ? OFFSET ?"},
    [DISCOUNT_EXPIRED] = {"SELECT COUNT(*) FROM discount d WHERE " ENDED,
                          "SELECT " DISCOUNT_COLUMNS " FROM discount d WHERE " ENDED
                          " ORDER BY d.id DESC LIMIT ? OFFSET ?"},
};

enum status discount_list(struct db *db, int64_t now, const struct discount_page *page,
                          struct discount *out, int *n, int *total)
{
    const struct shelf *s;
    enum status st;

    *n = *total = 0;
    if (page->state < DISCOUNT_ACTIVE || page->state > DISCOUNT_REVOKED ||
        page->offset < 0 || page->limit < 0)
        return ST_BAD;
    s = &shelves[page->state == DISCOUNT_REVOKED ? DISCOUNT_EXPIRED : page->state];
    st = db_one(db, s->count, DB_INT(page->customer_id), DB_TIME(now));
    if (st != ST_OK)
        return st;
    *total = (int)db_int(db, 0);
    st = db_select(db, s->list, DB_INT(page->customer_id), DB_TIME(now),
                   DB_INT(page->limit), DB_INT(page->offset));
    while (st == ST_OK && *n < page->limit && (st = db_next(db)) == ST_OK)
        discount_read(db, 0, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}
