/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/tag.h"

#include "core/audit.h"
#include "core/base/utf.h"
#include "core/io/queue.h"

#include <stdio.h>
#include <string.h>

const struct page_sort tag_sorts[TAG_SORTS] = {
    {"name", "t.name", PAGE_TEXT},
    {"id", "t.id", PAGE_INT},
    {"created_at", "t.made_at", PAGE_TIME},
};

/* ---- all of them ------------------------------------------------------------------ */

static void conditions(struct page_query *q, const char *text)
{
    static const char *const searched[] = {"t.name", NULL};

    if (text != NULL)
        page_and_holds(q, searched, text);
}

enum status tag_search(struct db *db, const char *q, struct page *p)
{
    struct page_query query = {0};

    conditions(&query, q);
    return page_select(db, p, &query, "t.id", "t.name, t.made_at", "tag t");
}

static void tag_read(const struct db *db, int id, int col, struct tag *out)
{
    *out = (struct tag){.id = db_int(db, id), .made_at = db_time(db, col + 1)};
    snprintf(out->name, sizeof out->name, "%s", db_text(db, col, NULL));
}

enum status tag_search_next(struct db *db, struct page *p, struct tag *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        tag_read(db, 1, PAGE_COLUMNS, out);
    return st;
}

enum status tag_total(struct db *db, const char *q, int64_t *total)
{
    struct page_query query = {0};

    conditions(&query, q);
    return page_total(db, &query, "tag t", total);
}

static enum status tag_take_row(struct db *db, enum status st, struct tag *out)
{
    if (st == ST_OK)
        tag_read(db, 0, 1, out);
    return st;
}

enum status tag_find(struct db *db, const char *name, struct tag *out)
{
    return tag_take_row(
        db,
        db_one(db, "SELECT id, name, made_at FROM tag WHERE name = ?", DB_TEXT(name)),
        out);
}

static enum status note(struct db *db, int64_t now, const char *action, int64_t id,
                        int64_t staff_id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = staff_id != 0 ? ACTOR_STAFF : ACTOR_SYSTEM,
                              .actor_id = staff_id,
                              .action = action,
                              .entity_id = id});
}

enum status tag_make(struct db *db, int64_t now, const char *name, int64_t staff_id,
                     struct tag *out, bool *fresh)
{
    struct buf clean = {0};
    enum status st;

    *fresh = false;
    utf_add_name(&clean, name, strlen(name), TAG_NAME_MAX + 1);
    if (clean.failed)
        return ST_BROKEN;
    st =
        clean.len == 0 || strcmp(clean.s, name) != 0 ? ST_BAD : tag_find(db, name, out);
    buf_free(&clean);
    if (st != ST_NONE)
        return st;
    st = db_exec(db, NULL, "INSERT INTO tag (name, made_at, made_by) VALUES (?, ?, ?)",
                 DB_TEXT(name), DB_TIME(now), DB_INT_OR_NULL(staff_id != 0, staff_id));
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_AGAIN : st; /* made this very moment */
    *fresh = true;
    st = tag_find(db, name, out);
    return st == ST_OK ? note(db, now, "tag.make", out->id, staff_id) : st;
}

enum status tag_remove(struct db *db, int64_t now, int64_t id, int64_t staff_id)
{
    struct job_spec sweep = {.kind = KIND_CORE_TAG_SWEPT};
    int64_t changed;
    enum status st = db_exec(db, &changed, "DELETE FROM tag WHERE id = ?", DB_INT(id));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    if (st == ST_OK)
        st = note(db, now, "tag.remove", id, staff_id);
    if (st != ST_OK)
        return st;
    sweep.args = json_new_object();
    json_set_int(sweep.args, "tag", id);
    return job_put(db, now, &sweep);
}

enum status tag_sweep(struct db *db, int64_t id, int *n)
{
    int64_t changed = 0;
    enum status st =
        db_exec(db, &changed,
                "DELETE FROM customer_tag WHERE tag_id = ? ORDER BY customer_id"
                " LIMIT ?",
                DB_INT(id), DB_INT(TAG_SWEEP));

    *n = (int)changed;
    return st;
}

/* ---- of one customer -------------------------------------------------------------- */

/* The tag stays until this transaction is over; and there is room for it. */
static enum status may_give(struct db *db, const struct tag_act *act)
{
    enum status st = db_one(db, "SELECT id FROM tag WHERE id = ? LOCK IN SHARE MODE",
                            DB_INT(act->tag_id));

    if (st == ST_NONE)
        return ST_REFUSED;
    if (st == ST_OK)
        st = db_one(db,
                    "SELECT COUNT(*), COALESCE(SUM(tag_id = ?), 0) FROM customer_tag"
                    " WHERE customer_id = ?",
                    DB_INT(act->tag_id), DB_INT(act->customer_id));
    if (st == ST_OK && db_int(db, 1) > 0)
        return ST_NONE;
    return st == ST_OK && db_int(db, 0) >= CUSTOMER_TAGS_MAX ? ST_REFUSED : st;
}

enum status tag_give(struct db *db, int64_t now, const struct tag_act *act)
{
    int64_t changed;
    enum status st = may_give(db, act);

    if (st == ST_OK)
        st = db_exec(db, &changed,
                     "INSERT IGNORE INTO customer_tag (tag_id, customer_id, at)"
                     " VALUES (?, ?, ?)",
                     DB_INT(act->tag_id), DB_INT(act->customer_id), DB_TIME(now));
    if (st != ST_OK)
        return st;
    if (changed == 0)
        return ST_NONE;
    return note(db, now, "customer.tag", act->customer_id, act->staff_id);
}

enum status tag_take(struct db *db, int64_t now, const struct tag_act *act)
{
    int64_t changed;
    enum status st = db_exec(
        db, &changed, "DELETE FROM customer_tag WHERE tag_id = ? AND customer_id = ?",
        DB_INT(act->tag_id), DB_INT(act->customer_id));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    return st == ST_OK
               ? note(db, now, "customer.untag", act->customer_id, act->staff_id)
               : st;
}

enum status tag_list(struct db *db, int64_t customer_id,
                     struct tag out[CUSTOMER_TAGS_MAX], int *n)
{
    enum status st = db_select(db,
                               "SELECT t.id, t.name, x.at FROM customer_tag x"
                               " JOIN tag t ON t.id = x.tag_id"
                               " WHERE x.customer_id = ? ORDER BY t.name LIMIT ?",
                               DB_INT(customer_id), DB_INT(CUSTOMER_TAGS_MAX));

    *n = 0;
    while (st == ST_OK && *n < CUSTOMER_TAGS_MAX && (st = db_next(db)) == ST_OK)
        tag_read(db, 0, 1, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}
