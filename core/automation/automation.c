/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/automation/automation.h"

#include "core/audit.h"
#include "core/automation/fact.h"
#include "core/base/utf.h"

#include <stdio.h>
#include <string.h>

const char *const automation_state_names[AUTOMATION_STATES] = {"draft", "active",
                                                               "paused", "archived"};

const struct page_sort automation_sorts[AUTOMATION_SORTS] = {
    {"id", "a.id", PAGE_INT},
    {"name", "a.name", PAGE_TEXT},
    {"created_at", "a.created_at", PAGE_TIME},
};

#define COLUMNS                                                                        \
    "a.name, a.state, a.cause, a.ahead, a.plan, a.since, a.scanned, a.version,"        \
    " COALESCE(a.made_by, 0), a.created_at, a.updated_at"

static void row_read(const struct db *db, int64_t id, int col, struct automation *out)
{
    *out = (struct automation){
        .id = id,
        .state = (enum automation_state)db_int(db, col + 1),
        .trigger = (enum trigger)db_int(db, col + 2),
        .number = (int)db_int(db, col + 3),
        .plan = (int)db_int(db, col + 4),
        .since = db_time(db, col + 5),
        .scanned = db_day(db, col + 6),
        .version = db_int(db, col + 7),
        .made_by = db_int(db, col + 8),
        .created_at = db_time(db, col + 9),
        .updated_at = db_time(db, col + 10),
    };
    snprintf(out->name, sizeof out->name, "%s", db_text(db, col, NULL));
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

enum status automation_load(struct db *db, int64_t id, struct automation *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM automation a WHERE a.id = ?", DB_INT(id));

    if (st == ST_OK)
        row_read(db, id, 0, out);
    return st;
}

enum status automation_hold(struct db *db, int64_t id, struct automation *out)
{
    enum status st = db_one(
        db, "SELECT " COLUMNS " FROM automation a WHERE a.id = ? LOCK IN SHARE MODE",
        DB_INT(id));

    if (st == ST_OK)
        row_read(db, id, 0, out);
    return st;
}

static enum status lock(struct db *db, int64_t id, int64_t version,
                        struct automation *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM automation a WHERE a.id = ? FOR UPDATE",
               DB_INT(id));

    if (st != ST_OK)
        return st;
    row_read(db, id, 0, out);
    return version != 0 && version != out->version ? ST_REFUSED : ST_OK;
}

enum status automation_active(struct db *db, enum trigger t, struct automation *out,
                              int room, int *n)
{
    enum status st = db_select(db,
                               "SELECT a.id, " COLUMNS " FROM automation a"
                               " WHERE a.state = 2 AND (? = 0 OR a.cause = ?)"
                               " ORDER BY a.id LIMIT ?",
                               DB_INT(t), DB_INT(t), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        row_read(db, db_int(db, 0), 1, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- made and changed ------------------------------------------------------------- */

static size_t letters(const struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->len; i++)
        n += ((unsigned char)b->s[i] & 0xc0) != 0x80;
    return n;
}

/* Cleaned; ST_BAD: none, or too long. */
static enum status name_take(const char *name, char out[AUTOMATION_NAME_BYTES])
{
    size_t n = strlen(name);
    struct buf clean = {0};
    bool fits;

    if (!utf_valid(name, n))
        return ST_BAD;
    utf_add_name(&clean, name, n, AUTOMATION_NAME_MAX + 1);
    fits = clean.len > 0 && letters(&clean) <= AUTOMATION_NAME_MAX;
    if (fits)
        snprintf(out, AUTOMATION_NAME_BYTES, "%s", clean.s);
    buf_free(&clean);
    return fits ? ST_OK : ST_BAD;
}

static enum status plan_put(struct db *db, int64_t now, const struct automation *a,
                            const struct automation_draft *d)
{
    struct json *o = automation_plan_json(d->plan);
    const char *text = json_print(o);
    enum status st = ST_BROKEN;

    if (text != NULL)
        st = db_exec(db, NULL,
                     "INSERT INTO automation_plan (automation_id, no, body, made_by,"
                     " made_at) VALUES (?, ?, ?, ?, ?)",
                     DB_INT(a->id), DB_INT(a->plan), DB_TEXT(text),
                     DB_INT_OR_NULL(d->staff_id != 0, d->staff_id), DB_TIME(now));
    json_free(o);
    return st == ST_OK ? automation_plan_tags_make(db, now, d->plan, d->staff_id) : st;
}

enum status automation_add(struct db *db, int64_t now, const struct automation_draft *d,
                           const char **why, int64_t *id)
{
    struct automation a = {.plan = 1};
    enum status st = name_take(d->name, a.name);

    *why = "name";
    if (st == ST_OK && !trigger_fits(d->trigger, d->number)) {
        *why = "trigger";
        st = ST_BAD;
    }
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO automation (name, cause, ahead, made_by, created_at,"
                     " updated_at) VALUES (?, ?, ?, ?, ?, ?)",
                     DB_TEXT(a.name), DB_INT(d->trigger), DB_INT(d->number),
                     DB_INT_OR_NULL(d->staff_id != 0, d->staff_id), DB_TIME(now),
                     DB_TIME(now));
    if (st != ST_OK)
        return st;
    *id = a.id = db_last_id(db);
    st = plan_put(db, now, &a, d);
    return st == ST_OK ? note(db, now, "automation.make", a.id, d->staff_id) : st;
}

/* The trigger names what people enter by: it stays what it is once somebody could. Its
 * number may change: so many days mean the same to everybody who enters from now on. */
static enum status trigger_take(const struct automation_draft *d, struct automation *a)
{
    if (d->trigger == 0)
        return ST_OK;
    if (a->since != 0 && d->trigger != a->trigger)
        return ST_TAKEN;
    if (!trigger_fits(d->trigger, d->number))
        return ST_BAD;
    a->trigger = d->trigger;
    a->number = d->number;
    return ST_OK;
}

enum status automation_change(struct db *db, int64_t now, int64_t id, int64_t version,
                              const struct automation_draft *d, const char **why)
{
    struct automation a;
    enum status st = lock(db, id, version, &a);

    *why = "name";
    if (st == ST_OK && a.state == AUTOMATION_ARCHIVED)
        return ST_TAKEN;
    if (st == ST_OK && d->name != NULL)
        st = name_take(d->name, a.name);
    if (st == ST_OK) {
        *why = "trigger";
        st = trigger_take(d, &a);
    }
    if (st == ST_OK && d->plan != NULL) {
        a.plan++;
        st = plan_put(db, now, &a, d);
    }
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE automation SET name = ?, cause = ?, ahead = ?, plan = ?,"
                     " version = version + 1, updated_at = ? WHERE id = ?",
                     DB_TEXT(a.name), DB_INT(a.trigger), DB_INT(a.number),
                     DB_INT(a.plan), DB_TIME(now), DB_INT(id));
    return st == ST_OK ? note(db, now, "automation.edit", id, d->staff_id) : st;
}

enum status automation_remove(struct db *db, int64_t now, int64_t id, int64_t version,
                              int64_t staff_id)
{
    struct automation a;
    enum status st = lock(db, id, version, &a);

    if (st == ST_OK && a.since != 0)
        return ST_TAKEN;
    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM automation_plan WHERE automation_id = ?",
                     DB_INT(id));
    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM automation WHERE id = ?", DB_INT(id));
    return st == ST_OK ? note(db, now, "automation.remove", id, staff_id) : st;
}

/* ---- moved ------------------------------------------------------------------------ */

#define FROM(s) (1u << AUTOMATION_##s)

static const struct move {
    unsigned from;
    enum automation_state to;
    const char *action;
} activating = {FROM(DRAFT) | FROM(PAUSED), AUTOMATION_ACTIVE, "automation.activate"},
  pausing = {FROM(ACTIVE), AUTOMATION_PAUSED, "automation.pause"},
  archiving = {FROM(ACTIVE) | FROM(PAUSED), AUTOMATION_ARCHIVED, "automation.archive"};

/* ST_NONE: it is there already. */
static enum status move(struct db *db, int64_t now, const struct automation_act *act,
                        const struct move *m)
{
    struct automation a;
    enum status st = lock(db, act->id, act->version, &a);

    if (st != ST_OK)
        return st == ST_NONE ? ST_BAD : st;
    if (a.state == m->to)
        return ST_NONE;
    if (!(m->from & 1u << a.state))
        return ST_TAKEN;
    st = db_exec(db, NULL,
                 "UPDATE automation SET state = ?, version = version + 1,"
                 " updated_at = ? WHERE id = ?",
                 DB_INT(m->to), DB_TIME(now), DB_INT(act->id));
    return st == ST_OK ? note(db, now, m->action, act->id, act->staff_id) : st;
}

/* What move answers, for who asked: twice is once, and nothing is not there. */
static enum status moved(enum status st)
{
    return st == ST_NONE ? ST_OK : st == ST_BAD ? ST_NONE : st;
}

static enum status room_left(struct db *db)
{
    enum status st = db_one(db, "SELECT COUNT(*) FROM automation WHERE state = 2");

    return st == ST_OK && db_int(db, 0) > AUTOMATIONS_ACTIVE_MAX ? ST_TAKEN : st;
}

/* From now on: who had their birthday while it was not active is not congratulated. */
enum status automation_activate(struct db *db, int64_t now,
                                const struct automation_act *act)
{
    enum status st = move(db, now, act, &activating);

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE automation SET since = ?, scanned = NULL WHERE id = ?",
                     DB_TIME(now), DB_INT(act->id));
    if (st == ST_OK)
        st = room_left(db);
    return moved(st);
}

enum status automation_pause(struct db *db, int64_t now,
                             const struct automation_act *act)
{
    return moved(move(db, now, act, &pausing));
}

enum status automation_archive(struct db *db, int64_t now,
                               const struct automation_act *act)
{
    enum status st = move(db, now, act, &archiving);

    if (st == ST_OK)
        st = automation_wake_put(db, now, act->id);
    return moved(st);
}

/* ---- looking ---------------------------------------------------------------------- */

static void filter(const struct automation_filter *f, struct page_query *q)
{
    static const char *const names[] = {"a.name", NULL};
    int64_t states[AUTOMATION_STATES];
    size_t n = 0;

    for (int s = 1; s < AUTOMATION_STATES; s++)
        if (f->states != 0 ? (f->states & 1u << s) != 0 : s != AUTOMATION_ARCHIVED)
            states[n++] = s;
    page_and_in(q, "a.state", states, n);
    if (f->trigger != 0)
        page_and(q, "a.cause = ?", DB_INT(f->trigger));
    if (f->q != NULL)
        page_and_holds(q, names, f->q);
}

enum status automation_search(struct db *db, const struct automation_filter *f,
                              struct page *p)
{
    struct page_query q = {0};

    filter(f, &q);
    return page_select(db, p, &q, "a.id", COLUMNS, "automation a");
}

enum status automation_search_next(struct db *db, struct page *p,
                                   struct automation *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        row_read(db, db_int(db, 1), PAGE_COLUMNS, out);
    return st;
}

enum status automation_total(struct db *db, const struct automation_filter *f,
                             int64_t *total)
{
    struct page_query q = {0};

    filter(f, &q);
    return page_total(db, &q, "automation a", total);
}
