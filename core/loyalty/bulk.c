/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Tasks: begun, looked at, stopped, forgotten. */
#include "core/loyalty/bulk.h"

#include "core/audit.h"
#include "core/loyalty/bulk_job.h"
#include "core/loyalty/bulk_private.h"

#include <stdio.h>

static const struct {
    const char *name;
    enum perm perm;
} actions[BULK_ACTIONS] = {
    [BULK_TAGS_ADD] = {"add_tags", PERM_CUSTOMER_EDIT},
    [BULK_TAGS_REMOVE] = {"remove_tags", PERM_CUSTOMER_EDIT},
    [BULK_DISCOUNT] = {"issue_discount", PERM_DISCOUNT_ISSUE},
    [BULK_BLOCK] = {"block", PERM_CUSTOMER_EDIT},
    [BULK_UNBLOCK] = {"unblock", PERM_CUSTOMER_EDIT},
    [BULK_NOTIFY] = {"notify", PERM_BROADCAST_SEND},
    [BULK_EXPORT] = {"export", PERM_CUSTOMER_UNMASK},
};
static const char *const fates[FATES] = {[FATE_WAITING] = "waiting",
                                         [FATE_DONE] = "done",
                                         [FATE_UNCHANGED] = "unchanged",
                                         [FATE_FAILED] = "failed"};
static const char *const states[] = {
    [BULK_RUNNING] = "running", [BULK_DONE] = "done", [BULK_STOPPED] = "stopped"};

const char *bulk_action_name(enum bulk_action a)
{
    return (unsigned)a < BULK_ACTIONS ? actions[a].name : NULL;
}

const char *bulk_fate_name(enum bulk_fate f)
{
    return (unsigned)f < FATES ? fates[f] : NULL;
}

const char *bulk_state_name(enum bulk_state s)
{
    return (unsigned)s <= BULK_STOPPED ? states[s] : NULL;
}

bool bulk_may(const struct staff *by, enum bulk_action a)
{
    return (unsigned)a < BULK_ACTIONS && actions[a].perm != PERM_UNSET &&
           staff_may(by, actions[a].perm) && staff_may(by, PERM_CUSTOMER_EDIT);
}

static enum status note(struct db *db, int64_t now, int64_t staff_id,
                        const char *action, int64_t id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = staff_id != 0 ? ACTOR_STAFF : ACTOR_SYSTEM,
                              .actor_id = staff_id,
                              .action = action,
                              .entity_id = id});
}

/* ---- beginning -------------------------------------------------------------------- */

#define ROWS 200 /* of one INSERT */

static enum status items_add(struct db *db, int64_t task_id, const int64_t *ids,
                             size_t n)
{
    struct db_arg args[2 * ROWS];
    struct buf sql = {0};
    enum status st;

    buf_adds(&sql, "INSERT IGNORE INTO bulk_item (task_id, customer_id, state) VALUES");
    for (size_t i = 0; i < n; i++) {
        buf_adds(&sql, i > 0 ? ", (?, ?, 1)" : " (?, ?, 1)");
        args[2 * i] = DB_INT(task_id);
        args[2 * i + 1] = DB_INT(ids[i]);
    }
    st = sql.failed ? ST_BROKEN : db_exec_args(db, NULL, sql.s, args, 2 * n);
    buf_free(&sql);
    return st;
}

static enum status count(struct db *db, const struct bulk_spec *spec,
                         struct bulk_task *out)
{
    struct customer_filter filter;
    enum status st;

    out->expected_whole = true;
    if (spec->filter == NULL) {
        st = db_one(db, "SELECT COUNT(*) FROM bulk_item WHERE task_id = ?",
                    DB_INT(out->id));
        if (st == ST_OK)
            out->expected = db_int(db, 0);
        return st;
    }
    filter = *spec->filter;
    st = customer_total(db, &filter, &out->expected, &out->expected_whole);
    out->expected_whole &= out->expected <= PAGE_TOTAL_MAX;
    return st;
}

static enum status task_insert(struct db *db, int64_t now, const struct bulk_spec *spec,
                               int64_t *id)
{
    struct json *params = bulk_params_json(spec->params);
    struct json *who = spec->filter != NULL ? bulk_filter_json(spec->filter) : NULL;
    const char *what = json_print(params), *whom = who != NULL ? json_print(who) : NULL;
    enum status st = ST_BROKEN;

    if (what != NULL && (who == NULL || whom != NULL))
        st = db_exec(db, NULL,
                     "INSERT INTO bulk_task (staff_id, action, params, who, upto_id,"
                     " expected, expected_whole, made_at, moved_at)"
                     " VALUES (?, ?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM customer),"
                     " 0, 1, ?, ?)",
                     DB_INT(spec->staff_id), DB_INT(spec->action), DB_TEXT(what),
                     DB_TEXT(whom), DB_TIME(now), DB_TIME(now));
    *id = st == ST_OK ? db_last_id(db) : 0;
    json_free(params);
    json_free(who);
    return st;
}

enum status bulk_open(struct db *db, int64_t now, const struct bulk_spec *spec,
                      struct bulk_task *out)
{
    struct bulk_task made = {.staff_id = spec->staff_id, .action = spec->action};
    enum status st = task_insert(db, now, spec, &made.id);

    for (size_t i = 0; i < spec->n && st == ST_OK; i += ROWS)
        st = items_add(db, made.id, spec->ids + i,
                       spec->n - i < ROWS ? spec->n - i : ROWS);
    if (st == ST_OK)
        st = count(db, spec, &made);
    if (st == ST_OK)
        st = db_exec(
            db, NULL,
            "UPDATE bulk_task SET expected = ?, expected_whole = ? WHERE id = ?",
            DB_INT(made.expected), DB_INT(made.expected_whole), DB_INT(made.id));
    if (st == ST_OK)
        st = bulk_job_put(db, now, made.id, spec->action);
    if (st == ST_OK)
        st = note(db, now, made.staff_id, "bulk.start", made.id);
    return st == ST_OK ? bulk_load(db, made.id, out) : st;
}

enum status bulk_stop(struct db *db, int64_t now, int64_t id, int64_t staff_id)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE bulk_task SET state = 3, finished_at = ?"
                             " WHERE id = ? AND state = 1",
                             DB_TIME(now), DB_INT(id));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    return st == ST_OK ? note(db, now, staff_id, "bulk.stop", id) : st;
}

/* ---- looking ---------------------------------------------------------------------- */

const struct page_sort bulk_sorts[BULK_SORTS] = {{"id", "b.id", PAGE_INT}};
const struct page_sort bulk_item_sorts[BULK_SORTS] = {
    {"user_id", "i.customer_id", PAGE_INT}};

void bulk_task_read(const struct db *db, int col, struct bulk_task *out)
{
    *out = (struct bulk_task){
        .id = db_int(db, col),
        .staff_id = db_int(db, col + 1),
        .action = (enum bulk_action)db_int(db, col + 2),
        .state = (enum bulk_state)db_int(db, col + 3),
        .by_filter = db_int(db, col + 4) != 0,
        .at_id = db_int(db, col + 5),
        .upto_id = db_int(db, col + 6),
        .expected = db_int(db, col + 7),
        .expected_whole = db_int(db, col + 8) != 0,
        .done = (int)db_int(db, col + 9),
        .unchanged = (int)db_int(db, col + 10),
        .failed = (int)db_int(db, col + 11),
        .parts = (int)db_int(db, col + 12),
        .made_at = db_time(db, col + 13),
        .moved_at = db_time(db, col + 14),
        .finished_at = db_time(db, col + 15),
    };
}

enum status bulk_load(struct db *db, int64_t id, struct bulk_task *out)
{
    enum status st =
        db_one(db, "SELECT " BULK_TASK " FROM bulk_task b WHERE b.id = ?", DB_INT(id));

    if (st == ST_OK)
        bulk_task_read(db, 0, out);
    return st;
}

enum status bulk_search(struct db *db, struct page *p)
{
    struct page_query q = {0};

    return page_select(db, p, &q, "b.id", BULK_TASK, "bulk_task b");
}

enum status bulk_search_next(struct db *db, struct page *p, struct bulk_task *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        bulk_task_read(db, PAGE_COLUMNS, out);
    return st;
}

enum status bulk_items(struct db *db, int64_t task_id, enum bulk_fate fate,
                       struct page *p)
{
    struct page_query q = {0};

    page_and(&q, "i.task_id = ?", DB_INT(task_id));
    if (fate != 0)
        page_and(&q, "i.state = ?", DB_INT(fate));
    return page_select(db, p, &q, "i.customer_id", "i.state, i.why, i.result",
                       "bulk_item i");
}

enum status bulk_items_next(struct db *db, struct page *p, struct bulk_item *out)
{
    enum status st = page_next(db, p);

    if (st != ST_OK)
        return st;
    *out = (struct bulk_item){.customer_id = db_int(db, 1),
                              .fate = (enum bulk_fate)db_int(db, PAGE_COLUMNS),
                              .result = db_int(db, PAGE_COLUMNS + 2)};
    snprintf(out->why, sizeof out->why, "%s", db_text(db, PAGE_COLUMNS + 1, NULL));
    return ST_OK;
}

enum status bulk_part(struct db *db, int64_t now, int64_t task_id, int part,
                      struct buf *out)
{
    enum status st =
        db_one(db,
               "SELECT body FROM bulk_part WHERE task_id = ? AND part = ?"
               " AND made_at > ?",
               DB_INT(task_id), DB_INT(part), DB_TIME(now - BULK_FILE_LIFE));
    const char *body;
    size_t n;

    if (st != ST_OK)
        return st;
    body = db_text(db, 0, &n);
    buf_add(out, body, n);
    return out->failed ? ST_BROKEN : ST_OK;
}

/* ---- forgetting ------------------------------------------------------------------- */

enum status bulk_forget(struct db *db, int64_t parts_before, int64_t tasks_before,
                        int limit, int *n)
{
    static const char *const statements[] = {
        "DELETE FROM bulk_part WHERE made_at < ? ORDER BY made_at LIMIT ?",
        "DELETE FROM letter WHERE made_at < ? ORDER BY made_at LIMIT ?",
        "DELETE FROM bulk_item WHERE task_id = (SELECT MIN(id) FROM bulk_task"
        " WHERE made_at < ? AND state <> 1) LIMIT ?",
        "DELETE FROM bulk_task WHERE made_at < ? AND state <> 1 AND NOT EXISTS"
        " (SELECT 1 FROM bulk_item i WHERE i.task_id = bulk_task.id) AND NOT EXISTS"
        " (SELECT 1 FROM bulk_part p WHERE p.task_id = bulk_task.id) LIMIT ?",
    };
    int64_t changed;
    enum status st = ST_OK;

    *n = 0;
    for (size_t i = 0; i < sizeof statements / sizeof *statements && st == ST_OK; i++) {
        st = db_exec(db, &changed, statements[i],
                     DB_TIME(i == 0 ? parts_before : tasks_before), DB_INT(limit));
        *n += st == ST_OK ? (int)changed : 0;
    }
    return st;
}
