/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/template/template.h"

#include "core/audit.h"
#include "core/template/own_text.h"
#include "core/template/template_private.h"

const char *template_kind_name(enum template_kind k)
{
    return k == TEMPLATE_TEXT ? "text" : "message";
}

const char *template_status_name(enum template_status s)
{
    return s == TEMPLATE_ACTIVE ? "active" : "draft";
}

static enum status note(struct db *db, int64_t now, const char *action,
                        const struct template_act *act)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = act->staff_id != 0 ? ACTOR_STAFF : ACTOR_SYSTEM,
                              .actor_id = act->staff_id,
                              .action = action,
                              .entity_id = act->id});
}

/* ---- versions ---------------------------------------------------------------------- */

/* The next one; what has become too old goes, unless it is in force. */
static enum status version_write(struct db *db, int64_t now,
                                 const struct template_act *act, int no,
                                 struct json *content)
{
    const char *text = json_print(content);
    enum status st = ST_BROKEN;

    if (text != NULL)
        st = db_exec(db, NULL,
                     "INSERT INTO template_version (template_id, no, content, status,"
                     " made_by, made_at) VALUES (?, ?, ?, ?, ?, ?)",
                     DB_INT(act->id), DB_INT(no), DB_TEXT(text), DB_INT(TEMPLATE_DRAFT),
                     DB_INT_OR_NULL(act->staff_id != 0, act->staff_id), DB_TIME(now));
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "DELETE FROM template_version WHERE template_id = ? AND no <= ?"
                     " AND status = ?",
                     DB_INT(act->id), DB_INT(no - TEMPLATE_VERSIONS),
                     DB_INT(TEMPLATE_DRAFT));
    return st;
}

enum status template_version_load(struct db *db, int64_t id, int no,
                                  struct template_version *out)
{
    size_t n;
    const char *text;
    enum status st = db_one(
        db,
        "SELECT v.no, v.status, v.made_by, v.made_at, v.activated_by, v.activated_at,"
        " v.content FROM template_version v WHERE v.template_id = ? AND v.no ="
        " CASE WHEN ? = 0 THEN (SELECT t.last_no FROM template t WHERE t.id = ?)"
        " ELSE ? END",
        DB_INT(id), DB_INT(no), DB_INT(id), DB_INT(no));

    if (st != ST_OK)
        return st;
    *out = (struct template_version){.no = (int)db_int(db, 0),
                                     .status = (enum template_status)db_int(db, 1),
                                     .made_by = db_int(db, 2),
                                     .made_at = db_time(db, 3),
                                     .activated_by = db_int(db, 4),
                                     .activated_at = db_time(db, 5)};
    text = db_text(db, 6, &n);
    out->content = json_parse(text, n);
    return out->content != NULL ? ST_OK : ST_BROKEN;
}

/* ---- written ----------------------------------------------------------------------- */

static enum status row_write(struct db *db, int64_t now, const struct template_draft *d,
                             const char *name, int64_t *id)
{
    bool message = d->kind == TEMPLATE_MESSAGE;
    enum message_purpose purpose = !message          ? MESSAGE_SERVICE
                                   : d->purpose == 0 ? MESSAGE_MARKETING
                                                     : d->purpose;
    enum status st = db_exec(
        db, NULL,
        "INSERT INTO template (kind, label, name, purpose, of_discount, last_no,"
        " made_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)",
        DB_INT(d->kind), DB_TEXT(d->key), DB_TEXT(name), DB_INT(purpose),
        DB_INT(message && d->of_discount > 0),
        DB_INT_OR_NULL(d->staff_id != 0, d->staff_id), DB_TIME(now), DB_TIME(now));

    *id = db_last_id(db);
    return st;
}

enum status template_add(struct db *db, int64_t now, const struct template_draft *d,
                         struct content_faults *faults, const char **why, int64_t *id)
{
    const struct template_check check = {d->kind, d->key, d->of_discount > 0,
                                         d->content};
    struct template_act act = {.staff_id = d->staff_id};
    char name[TEMPLATE_NAME_BYTES];
    struct json *content = NULL;
    enum status st;

    *why = d->key == NULL || !template_key_fits(d->key, d->kind) ? "key"
           : !template_name_clean(d->name != NULL ? d->name : d->key, name) ? "name"
           : d->content == NULL ? "content"
                                : NULL;
    if (*why != NULL)
        return ST_BAD;
    st = template_check(db, &check, &content, faults);
    if (st == ST_OK)
        st = row_write(db, now, d, name, &act.id);
    if (st == ST_OK)
        st = version_write(db, now, &act, 1, content);
    json_free(content);
    *id = act.id;
    return st == ST_OK ? note(db, now, "template.make", &act) : st;
}

/* Stays as it is until the end of the transaction. */
static enum status locked(struct db *db, const struct template_act *act,
                          struct template *out)
{
    enum status st = db_one(
        db, "SELECT " TEMPLATE_COLUMNS " FROM template t WHERE t.id = ? FOR UPDATE",
        DB_INT(act->id));

    if (st != ST_OK)
        return st;
    template_row(db, act->id, 0, out);
    return out->version == act->version ? ST_OK : ST_REFUSED;
}

/* A change of what the bots say, when it is one. */
static enum status told(struct db *db, const struct template *t)
{
    return t->kind == TEMPLATE_TEXT ? own_texts_changed(db) : ST_OK;
}

/* Its content, new or the newest there is, may stand; *fresh is NULL when it is none. */
static enum status content_changed(struct db *db, struct template_act *act,
                                   const struct template_draft *d,
                                   const struct template *t, struct json **fresh)
{
    struct template_check check = {t->kind, t->key, t->of_discount, d->content};
    struct template_version newest = {0};
    enum status st = ST_OK;

    *fresh = NULL;
    if (d->of_discount >= 0)
        check.of_discount = d->of_discount > 0;
    if (d->content == NULL && check.of_discount == t->of_discount)
        return ST_OK;
    if (d->content == NULL) {
        st = template_version_load(db, t->id, 0, &newest);
        check.content = newest.content;
    }
    if (st == ST_OK)
        st = template_check(db, &check, fresh, &act->faults);
    json_free(newest.content);
    if (d->content == NULL) {
        json_free(*fresh);
        *fresh = NULL;
    }
    return st == ST_REFUSED ? ST_BAD : st;
}

static enum status row_change(struct db *db, int64_t now,
                              const struct template_draft *d, struct template *t)
{
    if (d->purpose != 0 && t->kind == TEMPLATE_MESSAGE)
        t->purpose = d->purpose;
    if (d->of_discount >= 0 && t->kind == TEMPLATE_MESSAGE)
        t->of_discount = d->of_discount > 0;
    if (d->archived >= 0)
        t->archived_at = d->archived == 0      ? 0
                         : t->archived_at != 0 ? t->archived_at
                                               : now;
    return db_exec(db, NULL,
                   "UPDATE template SET name = ?, purpose = ?, of_discount = ?,"
                   " archived_at = ?, last_no = ?, version = version + 1,"
                   " updated_at = ? WHERE id = ?",
                   DB_TEXT(t->name), DB_INT(t->purpose), DB_INT(t->of_discount),
                   DB_TIME_OR_NULL(t->archived_at), DB_INT(t->last_no), DB_TIME(now),
                   DB_INT(t->id));
}

static const char *change_name(const struct template_draft *d, bool was_archived)
{
    if (d->archived < 0 || (d->archived > 0) == was_archived)
        return "template.edit";
    return d->archived > 0 ? "template.archive" : "template.restore";
}

enum status template_change(struct db *db, int64_t now, struct template_act *act,
                            const struct template_draft *d)
{
    struct json *fresh = NULL;
    struct template t;
    bool archived;
    enum status st = locked(db, act, &t);

    if (st != ST_OK)
        return st;
    archived = t.archived_at != 0;
    if (archived && d->archived != 0)
        return ST_TAKEN;
    act->why = "name";
    if (d->name != NULL && !template_name_clean(d->name, t.name))
        return ST_BAD;
    act->why = NULL;
    st = content_changed(db, act, d, &t, &fresh);
    if (st == ST_OK && fresh != NULL)
        st = version_write(db, now, act, ++t.last_no, fresh);
    json_free(fresh);
    if (st == ST_OK)
        st = row_change(db, now, d, &t);
    if (st == ST_OK && archived != (t.archived_at != 0))
        st = told(db, &t);
    return st == ST_OK ? note(db, now, change_name(d, archived), act) : st;
}

static enum status in_force(struct db *db, int64_t now, const struct template_act *act,
                            int no)
{
    enum status st =
        db_exec(db, NULL, "UPDATE template_version SET status = ? WHERE active_of = ?",
                DB_INT(TEMPLATE_DRAFT), DB_INT(act->id));

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE template_version SET status = ?, activated_by = ?,"
                     " activated_at = ? WHERE template_id = ? AND no = ?",
                     DB_INT(TEMPLATE_ACTIVE),
                     DB_INT_OR_NULL(act->staff_id != 0, act->staff_id), DB_TIME(now),
                     DB_INT(act->id), DB_INT(no));
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE template SET version = version + 1, updated_at = ?"
                     " WHERE id = ?",
                     DB_TIME(now), DB_INT(act->id));
    return st;
}

enum status template_activate(struct db *db, int64_t now, struct template_act *act,
                              int no)
{
    struct template_version v = {0};
    struct template_check check;
    struct json *canonical = NULL;
    struct template t;
    enum status st = locked(db, act, &t);

    if (st == ST_OK && t.archived_at != 0)
        st = ST_TAKEN;
    if (st == ST_OK)
        st = template_version_load(db, act->id, no, &v);
    if (st != ST_OK || v.status == TEMPLATE_ACTIVE) {
        json_free(v.content);
        return st;
    }
    check = (struct template_check){t.kind, t.key, t.of_discount, v.content};
    st = template_check(db, &check, &canonical, &act->faults);
    json_free(canonical);
    json_free(v.content);
    if (st == ST_REFUSED)
        return ST_BAD;
    if (st == ST_OK)
        st = in_force(db, now, act, v.no);
    if (st == ST_OK)
        st = told(db, &t);
    return st == ST_OK ? note(db, now, "template.activate", act) : st;
}

enum status template_remove(struct db *db, int64_t now, struct template_act *act)
{
    struct template t;
    enum status st = locked(db, act, &t);

    if (st == ST_OK && t.archived_at == 0)
        st = ST_TAKEN;
    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM template_version WHERE template_id = ?",
                     DB_INT(act->id));
    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM template WHERE id = ?", DB_INT(act->id));
    return st == ST_OK ? note(db, now, "template.remove", act) : st;
}
