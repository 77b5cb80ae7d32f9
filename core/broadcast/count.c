/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How many rows of each kind there are: what a transaction changes of it. */
#include "core/broadcast/count.h"

#include "core/base/buf.h"

#include <stdlib.h>

void counts_add(struct counts *c, int variant, int state, int why, int64_t n)
{
    for (int i = 0; i < c->n; i++)
        if (c->row[i].variant == variant && c->row[i].state == state &&
            c->row[i].why == why) {
            c->row[i].n += n;
            return;
        }
    if (c->n == COUNTS_MAX) {
        c->failed = true;
        return;
    }
    c->row[c->n].variant = variant;
    c->row[c->n].state = state;
    c->row[c->n].why = why;
    c->row[c->n++].n = n;
}

static int by_key(const void *a, const void *b)
{
    const int *x = a, *y = b; /* variant, state, why stand first */

    for (int i = 0; i < 3; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

enum status counts_put(struct db *db, int64_t broadcast_id, struct counts *c)
{
    struct db_arg args[5 * COUNTS_MAX];
    struct buf sql = {0};
    size_t n = 0;
    enum status st = ST_OK;

    qsort(c->row, (size_t)c->n, sizeof *c->row, by_key);
    buf_adds(&sql, "INSERT INTO broadcast_count (broadcast_id, variant, state, why, n)"
                   " VALUES ");
    for (int i = 0; i < c->n; i++) {
        if (c->row[i].n == 0)
            continue;
        buf_adds(&sql, n > 0 ? ", (?, ?, ?, ?, ?)" : "(?, ?, ?, ?, ?)");
        args[n++] = DB_INT(broadcast_id);
        args[n++] = DB_INT(c->row[i].variant);
        args[n++] = DB_INT(c->row[i].state);
        args[n++] = DB_INT(c->row[i].why);
        args[n++] = DB_INT(c->row[i].n);
    }
    buf_adds(&sql, " ON DUPLICATE KEY UPDATE n = n + VALUES(n)");
    if (c->failed || sql.failed)
        st = ST_BROKEN;
    else if (n > 0)
        st = db_exec_args(db, NULL, sql.s, args, n);
    buf_free(&sql);
    return st;
}
