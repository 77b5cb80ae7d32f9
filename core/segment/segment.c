/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/segment.h"

#include "core/audit.h"
#include "core/base/utf.h"
#include "core/segment/audience.h"
#include "core/segment/segment_private.h"

#include <stdio.h>
#include <string.h>

const struct page_sort segment_sorts[SEGMENT_SORTS] = {
    {"name", "s.name", PAGE_TEXT},
    {"id", "s.id", PAGE_INT},
    {"created_at", "s.created_at", PAGE_TIME},
    {"updated_at", "s.updated_at", PAGE_TIME},
};

#define COLUMNS                                                                        \
    "s.kind, s.name, s.description, s.version, COALESCE(s.counted, 0), s.counted_at,"  \
    " s.made_by, s.created_at, s.updated_at"

static void read_row(const struct db *db, int64_t id, int col, struct segment *out)
{
    *out = (struct segment){.id = id,
                            .kind = (enum segment_kind)db_int(db, col),
                            .version = db_int(db, col + 3),
                            .counted = db_int(db, col + 4),
                            .counted_at = db_time(db, col + 5),
                            .made_by = db_int(db, col + 6),
                            .created_at = db_time(db, col + 7),
                            .updated_at = db_time(db, col + 8)};
    snprintf(out->name, sizeof out->name, "%s", db_text(db, col + 1, NULL));
    snprintf(out->description, sizeof out->description, "%s",
             db_text(db, col + 2, NULL));
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

/* ---- words ------------------------------------------------------------------------ */

/* Cleaned as a name; false: too long, or nothing left of a name. */
static bool words_clean(const char *s, size_t max, bool needed, struct buf *out)
{
    size_t n = strlen(s), count = 0;

    if (!utf_valid(s, n))
        return false;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xc0) != 0x80;
    if (count > max)
        return false;
    utf_add_name(out, s, n, max);
    buf_adds(out, "");
    return !needed || out->len > 0;
}

struct words_of {
    struct buf name, description;
};

static void words_free(struct words_of *w)
{
    buf_free(&w->name);
    buf_free(&w->description);
}

static enum status words_make(const struct segment_draft *d, struct words_of *w)
{
    if (d->name != NULL && !words_clean(d->name, SEGMENT_NAME_MAX, true, &w->name))
        return ST_BAD;
    if (d->description != NULL &&
        !words_clean(d->description, SEGMENT_WORDS_MAX, false, &w->description))
        return ST_BAD;
    return w->name.failed || w->description.failed ? ST_BROKEN : ST_OK;
}

static const char *text(const struct buf *b)
{
    return b->s != NULL ? b->s : "";
}

/* ---- its rule --------------------------------------------------------------------- */

/* Which others it names. */
static enum status uses_write(struct db *db, int64_t id, const struct rule *r)
{
    enum status st =
        db_exec(db, NULL, "DELETE FROM segment_use WHERE segment_id = ?", DB_INT(id));

    for (int i = 0; st == ST_OK && i < r->nodes_n; i++)
        if (r->nodes[i].kind == NODE_SEGMENT) {
            st = db_exec(db, NULL,
                         "INSERT INTO segment_use (segment_id, uses_id) VALUES (?, ?)"
                         " ON DUPLICATE KEY UPDATE uses_id = uses_id",
                         DB_INT(id), DB_INT(r->nodes[i].values->n));
        }
    return st;
}

enum status segment_uncount(struct db *db, int64_t id)
{
    return db_exec(
        db, NULL,
        "UPDATE segment s SET s.counted = NULL, s.counted_at = NULL WHERE s.id = ?"
        " OR s.id IN (SELECT a.segment_id FROM segment_use a WHERE a.uses_id = ?)"
        " OR s.id IN (SELECT b.segment_id FROM segment_use a"
        "  JOIN segment_use b ON b.uses_id = a.segment_id WHERE a.uses_id = ?)"
        " OR s.id IN (SELECT d.segment_id FROM segment_use a"
        "  JOIN segment_use b ON b.uses_id = a.segment_id"
        "  JOIN segment_use d ON d.uses_id = b.segment_id WHERE a.uses_id = ?)",
        DB_INT(id), DB_INT(id), DB_INT(id), DB_INT(id));
}

static enum status rule_write(struct db *db, int64_t id, const struct rule *r)
{
    struct buf canonical = {0};
    enum status st = ST_BROKEN;

    rule_canonical(r, &canonical);
    if (!canonical.failed)
        st = db_exec(db, NULL, "UPDATE segment SET rule = ?, hash = ? WHERE id = ?",
                     DB_TEXT_N(canonical.s, canonical.len),
                     DB_BYTES(r->hash, SHA256_BYTES), DB_INT(id));
    if (st == ST_OK)
        st = uses_write(db, id, r);
    buf_free(&canonical);
    return st == ST_OK ? segment_uncount(db, id) : st;
}

/* ---- writing ---------------------------------------------------------------------- */

static const uint8_t no_hash[SHA256_BYTES];

enum status segment_add(struct db *db, int64_t now, const struct segment_draft *d,
                        int64_t *id)
{
    bool rule = d->kind == SEGMENT_RULE;
    struct words_of w = {0};
    enum status st = ST_BAD;

    if (d->name == NULL || rule != (d->rule != NULL) ||
        (!rule && d->kind != SEGMENT_LIST))
        return ST_BAD;
    st = words_make(d, &w);
    if (st == ST_OK) /* the rule follows: what names whom is told by its number */
        st = db_exec(
            db, NULL,
            "INSERT INTO segment (name, description, kind, rule, hash, made_by,"
            " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            DB_TEXT(text(&w.name)), DB_TEXT(text(&w.description)), DB_INT(d->kind),
            rule ? DB_TEXT("") : DB_NULL,
            rule ? DB_BYTES(no_hash, SHA256_BYTES) : DB_NULL,
            DB_INT_OR_NULL(d->staff_id != 0, d->staff_id), DB_TIME(now), DB_TIME(now));
    if (st == ST_OK) {
        *id = db_last_id(db);
        st = rule ? rule_write(db, *id, d->rule) : ST_OK;
    }
    words_free(&w);
    return st == ST_OK ? note(db, now, "segment.make", *id, d->staff_id) : st;
}

/* Stays as it is until the end of the transaction. */
static enum status locked(struct db *db, int64_t id, int64_t version,
                          struct segment *out)
{
    enum status st = db_one(
        db, "SELECT " COLUMNS " FROM segment s WHERE s.id = ? FOR UPDATE", DB_INT(id));

    if (st != ST_OK)
        return st;
    read_row(db, id, 0, out);
    return out->version == version ? ST_OK : ST_REFUSED;
}

enum status segment_change(struct db *db, int64_t now, int64_t id, int64_t version,
                           const struct segment_draft *d)
{
    struct words_of w = {0};
    struct segment s;
    enum status st = locked(db, id, version, &s);

    if (st == ST_OK && d->rule != NULL && s.kind != SEGMENT_RULE)
        st = ST_BAD;
    if (st == ST_OK)
        st = words_make(d, &w);
    if (st == ST_OK)
        st = db_exec(
            db, NULL,
            "UPDATE segment SET name = ?, description = ?, version = version + 1,"
            " updated_at = ? WHERE id = ?",
            DB_TEXT(d->name != NULL ? text(&w.name) : s.name),
            DB_TEXT(d->description != NULL ? text(&w.description) : s.description),
            DB_TIME(now), DB_INT(id));
    if (st == ST_OK && d->rule != NULL)
        st = rule_write(db, id, d->rule);
    words_free(&w);
    return st == ST_OK ? note(db, now, "segment.edit", id, d->staff_id) : st;
}

enum status segment_remove(struct db *db, int64_t now, int64_t id, int64_t version,
                           int64_t staff_id)
{
    struct segment s;
    enum status st = locked(db, id, version, &s);

    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM segment WHERE id = ?", DB_INT(id));
    return st == ST_OK ? note(db, now, "segment.remove", id, staff_id) : st;
}

/* ---- reading ---------------------------------------------------------------------- */

enum status segment_load(struct db *db, int64_t id, struct segment *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM segment s WHERE s.id = ?", DB_INT(id));

    if (st == ST_OK)
        read_row(db, id, 0, out);
    return st;
}

enum status segment_text(struct db *db, int64_t id, struct buf *out)
{
    enum status st =
        db_one(db, "SELECT rule FROM segment WHERE id = ? AND kind = 1", DB_INT(id));
    size_t n;

    if (st == ST_OK) {
        const char *s = db_text(db, 0, &n);

        buf_add(out, s, n);
    }
    return st;
}

enum status segment_recount(struct db *db, const struct moment *m, int64_t id,
                            struct audience_size *out)
{
    struct rule *r;
    enum status st = segment_rule(db, id, &r, NULL);

    if (st != ST_OK)
        return st;
    st = audience_count(db, r, m, out);
    /* A list has no hash; what was changed meanwhile has another one. */
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE segment SET counted = ?, counted_at = ? WHERE hash = ?"
                     " OR (id = ? AND hash IS NULL)",
                     DB_INT(out->all), DB_TIME(m->now), DB_BYTES(r->hash, SHA256_BYTES),
                     DB_INT(id));
    rule_free(r);
    return st;
}

/* ---- all of them ------------------------------------------------------------------ */

static void conditions(struct page_query *q, const struct segment_filter *f)
{
    static const char *const searched[] = {"s.name", "s.description", NULL};

    if (f->q != NULL)
        page_and_holds(q, searched, f->q);
    if (f->kind != 0)
        page_and(q, "s.kind = ?", DB_INT(f->kind));
}

enum status segment_search(struct db *db, const struct segment_filter *f,
                           struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "s.id", COLUMNS, "segment s");
}

enum status segment_search_next(struct db *db, struct page *p, struct segment *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        read_row(db, db_int(db, 1), PAGE_COLUMNS, out);
    return st;
}

enum status segment_total(struct db *db, const struct segment_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, "segment s", total);
}
