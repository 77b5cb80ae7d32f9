/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/setting.h"

#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading -------------------------------------------------------------------- */

static enum status put_or_warn(const char *name, const char *stored,
                               struct settings *out)
{
    const struct setting *s = setting_find(name);
    enum status st = s != NULL ? setting_put(s, stored, out) : ST_NONE;

    if (st == ST_BAD)
        log_warn("setting.damaged", LOG_TEXT("name", name));
    return st == ST_BROKEN ? ST_BROKEN : ST_OK;
}

enum status setting_load(struct db *db, struct settings *out)
{
    enum status st = db_select(db, "SELECT name, value FROM settings");

    setting_defaults(out);
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        st = put_or_warn(db_text(db, 0, NULL), db_text(db, 1, NULL), out);
    return st == ST_NONE ? ST_OK : st;
}

enum status setting_text(struct db *db, const char *name, struct buf *out)
{
    const struct setting *s = setting_find(name);
    const char *stored, *why;
    struct buf value = {0};
    enum status st;

    if (s == NULL)
        return ST_NONE;
    st = db_one(db, "SELECT value FROM settings WHERE name = ?", DB_TEXT(name));
    if (st != ST_OK && st != ST_NONE)
        return st;
    stored = st == ST_OK ? db_text(db, 0, NULL) : s->standard;
    st = setting_parse(s, stored, &value, &why);
    if (st == ST_BAD) {
        log_warn("setting.damaged", LOG_TEXT("name", name));
        buf_clear(&value);
        buf_adds(&value, s->standard);
        st = ST_OK;
    }
    buf_add(out, value.s != NULL ? value.s : "", value.len);
    if (st == ST_OK && (value.failed || out->failed))
        st = ST_BROKEN;
    buf_free(&value);
    return st;
}

enum status setting_int(struct db *db, const char *name, int64_t *out)
{
    const struct setting *s = setting_find(name);
    struct settings *all;
    struct buf stored = {0};
    enum status st;

    if (s == NULL || !setting_is_number(s->kind))
        return ST_NONE;
    all = calloc(1, sizeof *all);
    st = all != NULL ? setting_text(db, name, &stored) : ST_BROKEN;
    if (st == ST_OK)
        st = setting_put(s, stored.s, all);
    if (st == ST_OK)
        *out = setting_number(s, all);
    buf_free(&stored);
    free(all);
    return st;
}

/* ---- writing -------------------------------------------------------------------- */

struct writing {
    const struct setting_change *change;
    const char *stored;
    int64_t now;
};

static enum status write_version(struct db *db, const struct writing *w,
                                 int64_t version)
{
    const struct setting_change *c = w->change;
    enum status st = db_exec(db, NULL,
                             "INSERT INTO settings"
                             " (name, value, version, updated_at, updated_by)"
                             " VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                             " value = VALUES(value), version = VALUES(version),"
                             " updated_at = VALUES(updated_at),"
                             " updated_by = VALUES(updated_by)",
                             DB_TEXT(c->name), DB_TEXT(w->stored), DB_INT(version),
                             DB_TIME(w->now), DB_TEXT(c->by));

    if (st != ST_OK)
        return st;
    return db_exec(db, NULL,
                   "INSERT INTO settings_history"
                   " (name, version, value, updated_at, updated_by)"
                   " VALUES (?, ?, ?, ?, ?)",
                   DB_TEXT(c->name), DB_INT(version), DB_TEXT(w->stored),
                   DB_TIME(w->now), DB_TEXT(c->by));
}

/* Two who set the same setting for the first time meet at the history's key: the later
 * one sees ST_TAKEN, and tries again on top of the other. */
static enum status write_one(struct db *db, void *arg)
{
    struct writing *w = arg;
    int64_t version = 0;
    enum status st = db_one(db,
                            "SELECT version, value FROM settings WHERE name = ?"
                            " FOR UPDATE",
                            DB_TEXT(w->change->name));

    if (st == ST_OK && strcmp(db_text(db, 1, NULL), w->stored) == 0)
        return ST_OK;
    if (st == ST_OK)
        version = db_int(db, 0);
    else if (st != ST_NONE)
        return st;
    st = write_version(db, w, version + 1);
    return st == ST_TAKEN ? ST_AGAIN : st;
}

enum status setting_set(struct db *db, int64_t now, const struct setting_change *change,
                        const char **why)
{
    const struct setting *s = setting_find(change->name);
    struct writing w = {.change = change, .now = now};
    struct buf stored = {0};
    enum status st;

    *why = "there is no such setting";
    if (s == NULL)
        return ST_NONE;
    st = setting_parse(s, change->value, &stored, why);
    if (st == ST_OK) {
        w.stored = stored.len > 0 ? stored.s : "";
        *why = "the database failed";
        st = db_tx(db, write_one, &w);
    }
    buf_free(&stored);
    return st;
}
