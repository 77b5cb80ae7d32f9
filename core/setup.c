/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/setup.h"

#include "core/audit.h"
#include "core/base/clock.h"
#include "core/io/queue.h"
#include "core/staff/hours.h"

#include <string.h>

/* ---- what there is ---------------------------------------------------------------- */

static enum status settings_set(struct db *db, struct setup_facts *out)
{
    enum status st = db_select(db, "SELECT name, updated_at FROM settings");

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        const char *name = db_text(db, 0, NULL);

        out->brand |= strcmp(name, "brand_name") == 0;
        out->discount |= strcmp(name, "discount_percent_bp") == 0;
        out->texts |= strncmp(name, "consent_", 8) == 0;
        out->gate |= strcmp(name, "subscription_gate") == 0;
        if (strcmp(name, "channel_id") == 0)
            out->channel_at = db_time(db, 1);
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status stores_count(struct db *db, struct setup_facts *out)
{
    struct hours hours;
    enum status st = db_select(db, "SELECT hours FROM store WHERE closed_at IS NULL");

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        out->stores++;
        if (hours_read(db_text(db, 0, NULL), &hours) != ST_OK)
            out->stores_without_hours++;
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status setup_facts(struct db *db, struct setup_facts *out)
{
    enum status st;

    *out = (struct setup_facts){0};
    st =
        db_one(db, "SELECT COUNT(*) FROM staff WHERE role = ? AND dismissed_at IS NULL",
               DB_INT(ROLE_OWNER));
    if (st == ST_OK)
        out->owners = (int)db_int(db, 0);
    if (st == ST_OK)
        st = settings_set(db, out);
    return st == ST_OK ? stores_count(db, out) : st;
}

/* ---- the look --------------------------------------------------------------------- */

void setup_check_free(struct setup_check *check)
{
    buf_free(&check->found);
    *check = (struct setup_check){0};
}

static enum status job_of(struct db *db, int64_t now, const struct staff *by,
                          bool hooks, int64_t id)
{
    struct job_spec job = {.kind = KIND_SEND_SETUP_CHECK,
                           .args = json_new_object(),
                           .not_after = now + SETUP_CHECK_LIFE_S * SECOND};

    json_set_int(job.args, "c", id);
    json_set_int(job.args, "user", by->external_id);
    json_set_bool(job.args, "hooks", hooks);
    return job_put(db, now, &job);
}

/* Nobody asks what was found a season ago. */
static enum status old_leave(struct db *db, int64_t now)
{
    return db_exec(db, NULL,
                   "DELETE FROM setup_check WHERE asked_at < ? ORDER BY id LIMIT 20",
                   DB_TIME(now - 90 * DAY));
}

enum status setup_check_ask(struct db *db, int64_t now, const struct staff *by,
                            bool hooks, int64_t *id)
{
    enum status st = db_one(db,
                            "SELECT id FROM setup_check WHERE ended_at IS NULL"
                            " AND asked_at > ? ORDER BY id DESC LIMIT 1",
                            DB_TIME(now - SETUP_CHECK_LIFE_S * SECOND));

    if (st == ST_OK && !hooks) {
        *id = db_int(db, 0);
        return ST_OK;
    }
    if (st == ST_OK || st == ST_NONE)
        st = old_leave(db, now);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO setup_check (asked_by, asked_at) VALUES (?, ?)",
                     DB_INT(by->id), DB_TIME(now));
    if (st == ST_OK) {
        *id = db_last_id(db);
        st = job_of(db, now, by, hooks, *id);
    }
    if (st != ST_OK || !hooks)
        return st;
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = by->id,
                                           .action = "setup.webhooks",
                                           .entity_id = *id});
}

enum status setup_check_end(struct db *db, int64_t now, int64_t id, const char *found)
{
    int64_t changed;
    enum status st = strlen(found) <= SETUP_FOUND_MAX ? ST_OK : ST_BAD;

    if (st == ST_OK)
        st = db_exec(db, &changed,
                     "UPDATE setup_check SET ended_at = ?, found = ? WHERE id = ?"
                     " AND ended_at IS NULL",
                     DB_TIME(now), DB_TEXT(found), DB_INT(id));
    if (st == ST_REFUSED)
        return ST_BAD;
    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

static enum status take(struct db *db, enum status st, struct setup_check *out)
{
    size_t n = 0;
    const char *found;

    *out = (struct setup_check){0};
    if (st != ST_OK)
        return st;
    out->id = db_int(db, 0);
    out->asked_at = db_time(db, 1);
    out->ended_at = db_time(db, 2);
    found = db_text(db, 3, &n);
    if (!db_is_null(db, 3))
        buf_add(&out->found, found, n);
    return out->found.failed ? ST_BROKEN : ST_OK;
}

enum status setup_check_load(struct db *db, int64_t id, struct setup_check *out)
{
    return take(db,
                db_one(db,
                       "SELECT id, asked_at, ended_at, found FROM setup_check"
                       " WHERE id = ?",
                       DB_INT(id)),
                out);
}

enum status setup_check_last(struct db *db, struct setup_check *out)
{
    return take(db,
                db_one(db, "SELECT id, asked_at, ended_at, found FROM setup_check"
                           " WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"),
                out);
}
