/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What would become of an audience, before it is written to. */
#include "core/broadcast/fill_private.h"
#include "core/broadcast/recipient.h"

#include <stdlib.h>

#define FREE_PER_S 30 /* what costs nothing, in paid mode */
#define BULK_PER_S 25 /* unpaid, unless the installation says otherwise */
#define PAID_PER_S 1000
#define EXPECT_OFF_PERCENT 10

/* Each of the two servers reads its own half. */
#define PATIENT                                                                        \
    "/*M!100100 SET STATEMENT max_statement_time=20 FOR */"                            \
    " SELECT /*+ MAX_EXECUTION_TIME(20000) */ "

static enum status fates(struct db *db, struct fill_plan *p, struct fill_estimate *out)
{
    struct buf sql = {0};
    enum status st;

    buf_adds(&sql, PATIENT "x.fate, COUNT(*) FROM (");
    buf_add(&sql, p->sql.s, p->sql.len);
    buf_adds(&sql, ") x GROUP BY x.fate");
    st = sql.failed ? ST_BROKEN : db_select_args(db, sql.s, p->args, p->n);
    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        int64_t fate = db_int(db, 0), n = db_int(db, 1);

        out->all += n;
        if (fate == 0)
            out->would = n;
        else if (fate == FILL_HOLDOUT)
            out->holdout = n;
        else if (fate > 0 && fate < WHYS)
            out->skipped[fate] = n;
    }
    buf_free(&sql);
    return st == ST_NONE ? ST_OK : st;
}

static void cost(const struct broadcast *b, struct fill_estimate *out)
{
    int64_t rate = b->paid ? PAID_PER_S : BULK_PER_S;

    if (b->rate_per_s > 0 && b->rate_per_s < rate)
        rate = b->rate_per_s;
    out->seconds = (out->would + rate - 1) / rate;
    if (b->paid && rate > FREE_PER_S)
        out->stars_x10 = out->would - out->would * FREE_PER_S / rate;
}

bool fill_as_expected(int64_t would, int64_t expect)
{
    return llabs(would - expect) * 100 <= expect * EXPECT_OFF_PERCENT;
}

enum status fill_estimate(struct db *db, const struct moment *m, int64_t id,
                          struct fill_estimate *out)
{
    struct fill_plan *p = NULL;
    struct broadcast b;
    enum status st = broadcast_load(db, id, &b);

    *out = (struct fill_estimate){0};
    if (st != ST_OK)
        return st;
    st = fill_plan_open(db, m, &b, true, &p);
    if (st == ST_OK)
        st = fates(db, p, out);
    cost(&b, out);
    fill_plan_free(p);
    return st;
}
