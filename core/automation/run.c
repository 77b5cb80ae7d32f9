/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who enters, who is due, who is over. */
#include "core/automation/run.h"

#include "core/automation/fact.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

#define STUMBLE_WAIT (5 * MINUTE) /* doubled each time */

const char *const run_state_names[RUN_STATES] = {"waiting", "done", "exited",
                                                 "cancelled", "failed"};

static const char *const why_names[RUN_WHYS] = {
    "",       "rule", "bought", "opted_out", "blocked", "barred",
    "erased", "gone", "late",   "cap",       "broken",
};

const char *run_why_name(enum run_why w)
{
    return (unsigned)w < RUN_WHYS ? why_names[w] : "";
}

/* ---- entering --------------------------------------------------------------------- */

/* ST_NONE: nobody who may be written to. */
static enum status person_of(struct db *db, int64_t customer_id, int64_t *person_id)
{
    enum status st = db_one(db,
                            "SELECT COALESCE(person_id, id) FROM customer WHERE id = ?"
                            " AND status = 1 AND pd_ok = 1 AND marketing_ok = 1"
                            " AND barred_at IS NULL",
                            DB_INT(customer_id));

    if (st == ST_OK)
        *person_id = db_int(db, 0);
    return st;
}

enum status run_enter(struct db *db, int64_t now, const struct automation *a,
                      const struct run_entry *e)
{
    int64_t person = e->person_id, wake = e->wake_at != 0 ? e->wake_at : now;
    enum status st = person != 0 ? ST_OK : person_of(db, e->customer_id, &person);

    if (st != ST_OK)
        return st;
    return db_exec(db, NULL,
                   "INSERT INTO automation_run (automation_id, plan, customer_id,"
                   " person_id, enter_key, subject, wake_at, due_at, entered_at)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_INT(a->id), DB_INT(a->plan), DB_INT(e->customer_id),
                   DB_INT(person), DB_TEXT(e->key), DB_INT(e->subject), DB_TIME(wake),
                   DB_TIME(wake), DB_TIME(now));
}

enum status run_enter_fact(struct db *db, int64_t now, const struct run_fact *f,
                           int *entered)
{
    struct automation a[AUTOMATIONS_ACTIVE_MAX];
    struct run_entry e = {.customer_id = f->customer_id, .subject = f->subject};
    int n = 0;
    enum status st = automation_active(db, f->trigger, a, AUTOMATIONS_ACTIVE_MAX, &n);

    *entered = 0;
    trigger_key(f->trigger, f->subject, e.key);
    for (int i = 0; i < n && st == ST_OK; i++) {
        if (f->at < a[i].since)
            continue;
        e.wake_at = f->at + a[i].number * HOUR;
        st = run_enter(db, now, &a[i], &e);
        if (st == ST_OK) {
            ++*entered;
            if (e.wake_at <= now)
                st = automation_wake_put(db, now, a[i].id);
        } else if (st == ST_TAKEN || st == ST_NONE) {
            st = ST_OK;
        }
    }
    return st;
}

/* ---- who is due ------------------------------------------------------------------- */

enum status run_wake_all(struct db *db, int64_t now)
{
    int64_t id[AUTOMATIONS_ACTIVE_MAX];
    int n = 0;
    enum status st =
        db_select(db,
                  "SELECT a.id FROM automation a WHERE a.state = 2 AND EXISTS"
                  " (SELECT 1 FROM automation_run r WHERE r.automation_id = a.id"
                  " AND r.state = 1 AND r.wake_at <= ?) ORDER BY a.id LIMIT ?",
                  DB_TIME(now), DB_INT(AUTOMATIONS_ACTIVE_MAX));

    while (st == ST_OK && n < AUTOMATIONS_ACTIVE_MAX && (st = db_next(db)) == ST_OK)
        id[n++] = db_int(db, 0);
    st = st == ST_NONE ? ST_OK : st;
    for (int i = 0; i < n && st == ST_OK; i++)
        st = automation_wake_put(db, now, id[i]);
    return st;
}

enum status run_due(struct db *db, int64_t now, int64_t automation_id,
                    int64_t out[RUN_PAGE], int *n)
{
    enum status st =
        db_select(db, RUN_DUE, DB_INT(automation_id), DB_TIME(now), DB_INT(RUN_PAGE));

    *n = 0;
    while (st == ST_OK && *n < RUN_PAGE && (st = db_next(db)) == ST_OK)
        out[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}

enum status run_end_all(struct db *db, int64_t now, int64_t automation_id, int limit,
                        int *n)
{
    int64_t changed = 0;
    enum status st = db_exec(db, &changed,
                             "UPDATE automation_run SET state = 4, ended_at = ?"
                             " WHERE automation_id = ? AND state = 1 ORDER BY wake_at"
                             " LIMIT ?",
                             DB_TIME(now), DB_INT(automation_id), DB_INT(limit));

    *n = (int)changed;
    return st;
}

enum status run_stumbled(struct db *db, int64_t now, int64_t run_id)
{
    int tries;
    enum status st = db_one(
        db, "SELECT tries FROM automation_run WHERE id = ? AND state = 1 FOR UPDATE",
        DB_INT(run_id));

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    tries = (int)db_int(db, 0) + 1;
    if (tries >= RUN_TRIES)
        return db_exec(db, NULL,
                       "UPDATE automation_run SET state = 5, why = ?, tries = ?,"
                       " ended_at = ? WHERE id = ?",
                       DB_INT(RUN_WHY_BROKEN), DB_INT(tries), DB_TIME(now),
                       DB_INT(run_id));
    return db_exec(
        db, NULL, "UPDATE automation_run SET tries = ?, wake_at = ? WHERE id = ?",
        DB_INT(tries), DB_TIME(now + (STUMBLE_WAIT << tries)), DB_INT(run_id));
}
