/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who is where, and what it came to. */
#include "core/automation/run.h"

#include <stdio.h>

const struct page_sort run_sorts[RUN_SORTS] = {{"id", "r.id", PAGE_INT}};

#define COLUMNS                                                                        \
    "r.customer_id, r.subject, r.state, r.why, r.plan, r.step, r.tries, r.wake_at,"    \
    " r.entered_at, r.ended_at, r.enter_key,"                                          \
    " COALESCE(NULLIF(c.name, ''), c.first_name, '')"

static void filter(struct page_query *q, int64_t automation_id, unsigned states)
{
    int64_t some[RUN_STATES];
    size_t n = 0;

    page_and(q, "r.automation_id = ?", DB_INT(automation_id));
    for (int s = 1; s < RUN_STATES; s++)
        if (states & 1u << s)
            some[n++] = s;
    page_and_in(q, "r.state", some, n);
}

enum status run_total(struct db *db, int64_t automation_id, unsigned states,
                      int64_t *total)
{
    struct page_query q = {0};

    filter(&q, automation_id, states);
    return page_total(db, &q, "automation_run r", total);
}

enum status run_search(struct db *db, int64_t automation_id, unsigned states,
                       struct page *p)
{
    struct page_query q = {0};

    filter(&q, automation_id, states);
    return page_select(db, p, &q, "r.id", COLUMNS,
                       "automation_run r LEFT JOIN customer c ON c.id = r.customer_id");
}

enum status run_search_next(struct db *db, struct page *p, struct run_row *out)
{
    enum status st = page_next(db, p);
    const int at = PAGE_COLUMNS;

    if (st != ST_OK)
        return st;
    *out = (struct run_row){
        .id = db_int(db, 1),
        .customer_id = db_int(db, at),
        .subject = db_int(db, at + 1),
        .state = (enum run_state)db_int(db, at + 2),
        .why = (enum run_why)db_int(db, at + 3),
        .plan = (int)db_int(db, at + 4),
        .step = (int)db_int(db, at + 5),
        .tries = (int)db_int(db, at + 6),
        .wake_at = db_time(db, at + 7),
        .entered_at = db_time(db, at + 8),
        .ended_at = db_time(db, at + 9),
    };
    snprintf(out->key, sizeof out->key, "%s", db_text(db, at + 10, NULL));
    snprintf(out->name, sizeof out->name, "%s", db_text(db, at + 11, NULL));
    return ST_OK;
}

/* ---- figures ---------------------------------------------------------------------- */

/* Rows of (number, count) into out. */
static enum status tally(struct db *db, enum status st, int64_t *out, int n)
{
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        if (db_int(db, 0) >= 0 && db_int(db, 0) < n)
            out[db_int(db, 0)] += db_int(db, 1);
    return st == ST_NONE ? ST_OK : st;
}

static enum status runs(struct db *db, int64_t id, struct run_sums *out)
{
    enum status st = tally(db,
                           db_select(db,
                                     "SELECT state, COUNT(*) FROM automation_run"
                                     " WHERE automation_id = ? GROUP BY state",
                                     DB_INT(id)),
                           out->n, RUN_STATES);

    if (st == ST_OK)
        st = tally(db,
                   db_select(db,
                             "SELECT why, COUNT(*) FROM automation_run"
                             " WHERE automation_id = ? AND state = 3 GROUP BY why",
                             DB_INT(id)),
                   out->why, RUN_WHYS);
    for (int s = 1; s < RUN_STATES; s++)
        out->entered += out->n[s];
    return st;
}

static enum status words(struct db *db, int64_t id, struct run_sums *out)
{
    enum status st =
        tally(db,
              db_select(db,
                        "SELECT COALESCE(m.state, 0), COUNT(*) FROM automation_word w"
                        " LEFT JOIN message m ON m.id = w.message_id"
                        " WHERE w.automation_id = ? GROUP BY COALESCE(m.state, 0)",
                        DB_INT(id)),
              out->message, MESSAGE_STATES);

    if (st == ST_OK)
        st = db_one(db,
                    "SELECT COUNT(*), COALESCE(SUM(d.uses_count > 0), 0)"
                    " FROM automation_word w JOIN discount d ON d.id = w.discount_id"
                    " WHERE w.automation_id = ? AND w.discount_id IS NOT NULL",
                    DB_INT(id));
    if (st == ST_OK) {
        out->issued = db_int(db, 0);
        out->redeemed = db_int(db, 1);
        st = db_one(db,
                    "SELECT COALESCE(SUM(x.amount - x.discount_amount), 0),"
                    " COALESCE(SUM(x.discount_amount), 0)"
                    " FROM automation_word w JOIN redemption x"
                    " ON x.discount_id = w.discount_id AND x.voided_at IS NULL"
                    " WHERE w.automation_id = ? AND w.discount_id IS NOT NULL",
                    DB_INT(id));
    }
    if (st == ST_OK) {
        out->revenue = db_int(db, 0);
        out->off = db_int(db, 1);
    }
    return st;
}

enum status run_sums(struct db *db, int64_t automation_id, struct run_sums *out)
{
    enum status st;

    *out = (struct run_sums){0};
    st = runs(db, automation_id, out);
    return st == ST_OK ? words(db, automation_id, out) : st;
}
