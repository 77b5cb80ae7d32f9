/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A task goes on, by a slice. */
#include "core/base/crash.h"
#include "core/base/csv.h"
#include "core/base/stamp.h"
#include "core/io/queue.h"
#include "core/loyalty/bulk_job.h"
#include "core/loyalty/bulk_private.h"
#include "core/segment/segment.h"
#include "core/staff/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status bulk_job_put(struct db *db, int64_t now, int64_t task_id,
                         enum bulk_action action)
{
    struct job_spec spec = {.kind = action <= BULK_TAGS_REMOVE ? KIND_CORE_BULK_TAGS
                                    : action == BULK_DISCOUNT  ? KIND_CORE_BULK_DISCOUNT
                                                               : KIND_CORE_BULK_STEP};

    spec.args = json_new_object();
    json_set_int(spec.args, "t", task_id);
    return job_put(db, now, &spec);
}

/* The slice in hand. */
struct slice {
    struct bulk_task task;
    struct json *params, *who; /* yours */
    struct bulk_params what;
    struct staff by;
    int64_t ids[BULK_PART];
    int n;
    bool last; /* nobody is behind them */
    struct csv csv;
};

static void slice_free(struct slice *s)
{
    json_free(s->params);
    json_free(s->who);
    buf_free(&s->csv.out);
    free(s);
}

/* Whoever began it: who is locked out of the panel acts no more, as if dismissed. */
static enum status maker_load(struct db *db, int64_t staff_id, struct staff *out)
{
    struct account a;
    enum status st = staff_load(db, staff_id, out);

    if (st != ST_OK)
        return st;
    st = account_load(db, staff_id, &a);
    if (st == ST_OK && a.disabled)
        out->active = false;
    return st == ST_NONE ? ST_OK : st;
}

/* The row, held: one slice at a time, and no stop in between. */
static enum status slice_open(struct db *db, int64_t id, struct slice *s)
{
    const char *text;
    size_t n;
    enum status st = db_one(db,
                            "SELECT " BULK_TASK ", b.params, b.who FROM bulk_task b"
                            " WHERE b.id = ? FOR UPDATE",
                            DB_INT(id));

    if (st != ST_OK)
        return st;
    bulk_task_read(db, 0, &s->task);
    if (s->task.state != BULK_RUNNING)
        return ST_NONE;
    text = db_text(db, 16, &n);
    s->params = json_parse(text, n);
    if (s->task.by_filter) {
        text = db_text(db, 17, &n);
        s->who = json_parse(text, n);
    }
    if (s->params == NULL || (s->task.by_filter && s->who == NULL))
        return ST_BROKEN;
    bulk_params_read(s->params, &s->what);
    return maker_load(db, s->task.staff_id, &s->by);
}

/* ---- whose turn it is ------------------------------------------------------------- */

static int room(const struct slice *s)
{
    return s->task.action == BULK_EXPORT ? BULK_PART : BULK_SLICE;
}

static enum status named(struct db *db, struct slice *s)
{
    enum status st = db_select(db,
                               "SELECT customer_id FROM bulk_item WHERE task_id = ?"
                               " AND state = 1 ORDER BY customer_id LIMIT ?",
                               DB_INT(s->task.id), DB_INT(room(s)));

    while (st == ST_OK && s->n < room(s) && (st = db_next(db)) == ST_OK)
        s->ids[s->n++] = db_int(db, 0);
    s->last = s->n < room(s);
    return st == ST_NONE ? ST_OK : st;
}

/* Of a segment that went while its people were looked at nobody is left: that is no end,
 * and must not look like one. */
static enum status segment_stands(struct db *db, int64_t id)
{
    struct rule *r = NULL;
    enum status st = id != 0 ? segment_rule(db, id, &r, NULL) : ST_OK;

    rule_free(r);
    return st == ST_BAD ? ST_NONE : st;
}

static enum status filtered(struct db *db, const struct moment *m, struct slice *s)
{
    struct page p = {.sort = &customer_sorts[0],
                     .limit = room(s),
                     .placed = s->task.at_id > 0,
                     .place = {.number = s->task.at_id, .id = s->task.at_id}};
    struct customer_row row;
    struct bulk_who who;
    enum status st;

    bulk_filter_read(s->who, m, &who);
    who.filter.upto_id = s->task.upto_id;
    st = segment_stands(db, who.filter.segment_id);
    if (st == ST_NONE) {
        s->n = -1;
        return bulk_stop(db, m->now, s->task.id, 0);
    }
    if (st == ST_OK)
        st = customer_search(db, &who.filter, &p);
    while (st == ST_OK && (st = customer_search_next(db, &p, &row)) == ST_OK)
        s->ids[s->n++] = row.customer.id;
    s->last = !p.more;
    s->task.at_id = p.more ? p.last.id : s->task.upto_id;
    return st == ST_NONE ? ST_OK : st;
}

/* ---- an export's lines ------------------------------------------------------------ */

static void moment(struct csv *c, int64_t at)
{
    char text[STAMP_BYTES] = "";

    if (at != 0)
        stamp_print(at, text);
    csv_text(c, text);
}

static void born(struct csv *c, const struct customer *who)
{
    char text[STAMP_BYTES] = "";

    if (who->has_birth && who->birth.year == BIRTHDAY_NO_YEAR)
        snprintf(text, sizeof text, "%02d-%02d", who->birth.month, who->birth.day);
    else if (who->has_birth)
        stamp_print_day(cal_day(who->birth), text);
    csv_text(c, text);
}

static void row_add(struct csv *c, const struct customer_row *r)
{
    const struct customer *who = &r->customer;

    csv_int(c, who->id);
    csv_text(c, customer_called(who));
    csv_text(c, who->last_name);
    csv_text(c, who->username);
    csv_text(c, who->phone);
    born(c, who);
    csv_text(c, who->language);
    csv_text(c, customer_state_name(r->state));
    csv_int(c, who->marketing_ok);
    csv_int(c, r->purchases);
    csv_money(c, r->spent_total);
    moment(c, r->last_purchase);
    moment(c, who->created_at);
    csv_row(c);
}

/* The first part has the names of the columns. */
static enum status line(struct db *db, struct slice *s, int64_t id)
{
    struct customer_row row;
    enum status st = customer_row_load(db, id, 0, &row);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (s->csv.out.len == 0 && s->task.parts == 0) {
        csv_open(&s->csv, "ru");
        csv_columns(&s->csv,
                    "id;name;last_name;username;phone;birth_date;locale;status;"
                    "marketing_ok;purchases;total_spent;last_purchase_at;created_at");
    }
    row_add(&s->csv, &row);
    return s->csv.out.failed ? ST_BROKEN : ST_OK;
}

static enum status part_keep(struct db *db, int64_t now, struct slice *s)
{
    if (s->csv.out.len == 0)
        return ST_OK;
    s->task.parts++;
    return db_exec(
        db, NULL,
        "INSERT INTO bulk_part (task_id, part, body, made_at) VALUES (?, ?, ?, ?)",
        DB_INT(s->task.id), DB_INT(s->task.parts),
        DB_BYTES(s->csv.out.s, s->csv.out.len), DB_TIME(now));
}

/* ---- acting ----------------------------------------------------------------------- */

static enum status item_keep(struct db *db, const struct slice *s,
                             const struct bulk_item *i)
{
    return db_exec(db, NULL,
                   "INSERT INTO bulk_item (task_id, customer_id, state, why, result)"
                   " VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                   " state = VALUES(state), why = VALUES(why), result = VALUES(result)",
                   DB_INT(s->task.id), DB_INT(i->customer_id), DB_INT(i->fate),
                   DB_TEXT(i->why), DB_INT_OR_NULL(i->result != 0, i->result));
}

static enum status act(struct db *db, int64_t now, struct slice *s, int32_t day)
{
    const struct bulk_act how = {
        .by = &s->by, .action = s->task.action, .params = &s->what, .day = day};
    struct bulk_item item;
    enum status st = ST_OK;

    for (int i = 0; i < s->n && st == ST_OK; i++) {
        st = bulk_one(db, now, &how, s->ids[i], &item);
        if (st == ST_OK && item.fate == FATE_DONE && s->task.action == BULK_EXPORT)
            st = line(db, s, item.customer_id);
        if (st == ST_OK)
            st = item_keep(db, s, &item);
        s->task.done += item.fate == FATE_DONE;
        s->task.unchanged += item.fate == FATE_UNCHANGED;
        s->task.failed += item.fate == FATE_FAILED;
    }
    return st;
}

static enum status slice_keep(struct db *db, int64_t now, struct slice *s)
{
    enum status st =
        db_exec(db, NULL,
                "UPDATE bulk_task SET at_id = ?, done = ?, unchanged = ?, failed = ?,"
                " parts = ?, moved_at = ?, state = ?, finished_at = ? WHERE id = ?",
                DB_INT(s->task.at_id), DB_INT(s->task.done), DB_INT(s->task.unchanged),
                DB_INT(s->task.failed), DB_INT(s->task.parts), DB_TIME(now),
                DB_INT(s->last ? BULK_DONE : BULK_RUNNING),
                DB_TIME_OR_NULL(s->last ? now : 0), DB_INT(s->task.id));

    if (st != ST_OK || s->last)
        return st;
    return bulk_job_put(db, now, s->task.id, s->task.action);
}

enum status bulk_slice(struct db *db, const struct moment *m, int64_t id)
{
    int64_t now = m->now;
    struct slice *s = calloc(1, sizeof *s);
    enum status st = s == NULL ? ST_BROKEN : slice_open(db, id, s);

    if (st == ST_OK && !bulk_may(&s->by, s->task.action)) {
        st = bulk_stop(db, now, id, 0); /* whoever began it may not any more */
        s->n = -1;
    }
    if (st == ST_OK && s->n == 0)
        st = s->task.by_filter ? filtered(db, m, s) : named(db, s);
    if (st == ST_OK && s->n >= 0)
        st = act(db, now, s, m->today);
    crash_point("bulk.acted");
    if (st == ST_OK && s->n >= 0)
        st = part_keep(db, now, s);
    if (st == ST_OK && s->n >= 0)
        st = slice_keep(db, now, s);
    if (s != NULL)
        slice_free(s);
    return st;
}
