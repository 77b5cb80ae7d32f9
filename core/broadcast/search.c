/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Broadcasts and their recipients, page by page. */
#include "core/broadcast/recipient.h"
#include "core/broadcast/row.h"

#include <stdio.h>

/* When it is, or was, or was thought of. */
#define WHEN "COALESCE(b.start_at, b.created_at)"

const struct page_sort broadcast_sorts[BROADCAST_SORTS] = {
    {"id", "b.id", PAGE_INT},
    {"created_at", "b.created_at", PAGE_TIME},
    {"start_at", WHEN, PAGE_TIME},
};

static void states_in(struct page_query *q, const char *column, unsigned states,
                      int end)
{
    int64_t in[32];
    size_t n = 0;

    for (int s = 1; s < end; s++)
        if (states & 1U << s)
            in[n++] = s;
    page_and_in(q, column, in, n);
}

static void where(const struct broadcast_filter *f, struct page_query *q)
{
    static const char *const named[] = {"b.name", NULL};

    states_in(q, "b.state", f->states, BROADCAST_STATES);
    if (f->q != NULL)
        page_and_holds(q, named, f->q);
    if (f->from != 0)
        page_and(q, WHEN " >= ?", DB_TIME(f->from));
    if (f->until != 0)
        page_and(q, WHEN " < ?", DB_TIME(f->until));
    if (f->segment_id != 0)
        page_and(q, "b.segment_id = ?", DB_INT(f->segment_id));
}

enum status broadcast_search(struct db *db, const struct broadcast_filter *f,
                             struct page *p)
{
    struct page_query q = {0};

    where(f, &q);
    return page_select(db, p, &q, "b.id", BROADCAST_COLUMNS, "broadcast b");
}

enum status broadcast_search_next(struct db *db, struct page *p, struct broadcast *out)
{
    enum status st = page_next(db, p);

    return st == ST_OK ? broadcast_read(db, PAGE_COLUMNS, out) : st;
}

enum status broadcast_total(struct db *db, const struct broadcast_filter *f,
                            int64_t *total)
{
    struct page_query q = {0};

    where(f, &q);
    return page_total(db, &q, "broadcast b", total);
}

/* ---- recipients --------------------------------------------------------------------- */

const struct page_sort recipient_sorts[RECIPIENT_SORTS] = {
    {"customer_id", "r.customer_id", PAGE_INT}};

#define CLICKED(fn, sign)                                                              \
    "(SELECT " fn "(k.first_at) FROM broadcast_click k WHERE k.broadcast_id ="         \
    " r.broadcast_id AND k.customer_id = r.customer_id AND k.link " sign " 0)"

#define ROW                                                                            \
    "r.state, r.why, COALESCE(r.variant, 0), r.attempts, r.due,"                       \
    " COALESCE(r.message_id, 0), COALESCE(r.external_id, 0),"                          \
    " COALESCE(r.discount_id, 0), r.ended_at, " CLICKED("MIN", "<") ", " CLICKED(      \
        "MIN", ">=") ", IF(c.name = '', c.first_name, c.name)"

enum status recipient_search(struct db *db, const struct recipient_filter *f,
                             struct page *p)
{
    struct page_query q = {0};

    page_and(&q, "r.broadcast_id = ?", DB_INT(f->broadcast_id));
    states_in(&q, "r.state", f->states, RECIPIENT_STATES);
    if (f->why >= 0)
        page_and(&q, "r.why = ?", DB_INT(f->why));
    if (f->variant != 0)
        page_and(&q, "r.variant = ?", DB_INT(f->variant));
    return page_select(db, p, &q, "r.customer_id", ROW,
                       "broadcast_recipient r STRAIGHT_JOIN customer c"
                       " ON c.id = r.customer_id");
}

enum status recipients_wait(struct db *db, int64_t now, int64_t id, int64_t *until)
{
    enum status st = db_one(db,
                            "SELECT MIN(due) FROM broadcast_recipient"
                            " WHERE broadcast_id = ? AND state = ?",
                            DB_INT(id), DB_INT(RECIPIENT_QUEUED));
    int64_t due = st == ST_OK && !db_is_null(db, 0) ? db_time(db, 0) : 0;

    *until = due > now ? due : 0;
    return st;
}

enum status recipient_search_next(struct db *db, struct page *p,
                                  struct recipient_row *out)
{
    enum status st = page_next(db, p);
    int col = PAGE_COLUMNS;

    if (st != ST_OK)
        return st;
    *out = (struct recipient_row){
        .customer_id = db_int(db, 1),
        .state = (enum recipient_state)db_int(db, col),
        .why = (enum recipient_why)db_int(db, col + 1),
        .variant = (int)db_int(db, col + 2),
        .attempts = (int)db_int(db, col + 3),
        .due = db_time(db, col + 4),
        .message_id = db_int(db, col + 5),
        .external_id = db_int(db, col + 6),
        .discount_id = db_int(db, col + 7),
        .ended_at = db_time(db, col + 8),
        .left_at = db_time(db, col + 9),
        .clicked_at = db_time(db, col + 10),
    };
    snprintf(out->name, sizeof out->name, "%s", db_text(db, col + 11, NULL));
    return ST_OK;
}
