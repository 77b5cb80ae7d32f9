/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/template/media.h"

#include "core/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PART (1024 * 1024)

const struct page_sort media_sorts[MEDIA_SORTS] = {
    {"id", "m.id", PAGE_INT},
    {"created_at", "m.created_at", PAGE_TIME},
};

#define COLUMNS                                                                        \
    "m.kind, m.mime, m.size, m.width, m.height, m.sha256, m.made_by, m.created_at"

static void read_row(const struct db *db, int64_t id, int col, struct media *out)
{
    size_t n;
    const char *sha256 = db_text(db, col + 5, &n);

    *out = (struct media){.id = id,
                          .kind = (enum media_kind)db_int(db, col),
                          .size = db_int(db, col + 2),
                          .width = (int)db_int(db, col + 3),
                          .height = (int)db_int(db, col + 4),
                          .made_by = db_int(db, col + 6),
                          .created_at = db_time(db, col + 7)};
    snprintf(out->mime, sizeof out->mime, "%s", db_text(db, col + 1, NULL));
    if (n == SHA256_BYTES)
        memcpy(out->sha256, sha256, SHA256_BYTES);
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

/* ---- kept ------------------------------------------------------------------------- */

/* Held until the transaction ends. */
static enum status same_bytes(struct db *db, const uint8_t sha256[SHA256_BYTES],
                              struct media *out)
{
    enum status st = db_one(db,
                            "SELECT " COLUMNS
                            ", m.id FROM media m WHERE m.sha256 = ? LOCK IN SHARE MODE",
                            DB_BYTES(sha256, SHA256_BYTES));

    if (st == ST_OK)
        read_row(db, db_int(db, 8), 0, out);
    return st;
}

static enum status parts_write(struct db *db, const struct media_add *a)
{
    const char *bytes = a->bytes;
    enum status st = ST_OK;
    int part = 0;

    for (size_t at = 0; st == ST_OK && at < a->n; at += PART)
        st = db_exec(db, NULL,
                     "INSERT INTO media_part (media_id, part, body) VALUES (?, ?, ?)",
                     DB_INT(a->out.id), DB_INT(part++),
                     DB_BYTES(bytes + at, a->n - at < PART ? a->n - at : PART));
    return st;
}

static enum status row_write(struct db *db, int64_t now, struct media_add *a)
{
    struct media *m = &a->out;
    enum status st =
        db_exec(db, NULL,
                "INSERT INTO media (sha256, kind, mime, size, width, height, made_by,"
                " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                DB_BYTES(m->sha256, SHA256_BYTES), DB_INT(m->kind), DB_TEXT(m->mime),
                DB_INT(m->size), DB_INT(m->width), DB_INT(m->height),
                DB_INT_OR_NULL(a->staff_id != 0, a->staff_id), DB_TIME(now));

    if (st != ST_OK)
        return st;
    m->id = db_last_id(db);
    m->made_by = a->staff_id;
    m->created_at = now;
    a->made = true;
    return parts_write(db, a);
}

enum status media_add(struct db *db, int64_t now, struct media_add *a)
{
    uint8_t sha256[SHA256_BYTES];
    enum status st = media_look(a->bytes, a->n, &a->out, &a->why);

    a->made = false;
    if (st != ST_OK)
        return st;
    secret_sha256(a->bytes, a->n, sha256);
    memcpy(a->out.sha256, sha256, SHA256_BYTES);
    st = same_bytes(db, sha256, &a->out);
    if (st != ST_NONE)
        return st;
    st = row_write(db, now, a);
    if (st ==
        ST_TAKEN) { /* by somebody at the same moment; taken away again: once more */
        st = same_bytes(db, sha256, &a->out);
        return st == ST_NONE ? ST_AGAIN : st;
    }
    return st == ST_OK ? note(db, now, "media.make", a->out.id, a->staff_id) : st;
}

enum status media_load(struct db *db, int64_t id, struct media *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM media m WHERE m.id = ?", DB_INT(id));

    if (st == ST_OK)
        read_row(db, id, 0, out);
    return st;
}

/* Row by row: the connection never holds all of it. */
enum status media_body(struct db *db, int64_t id, struct buf *out)
{
    enum status st = ST_OK;
    int64_t part = 0;
    size_t n;

    for (; st == ST_OK; part++) {
        st = db_one(db, "SELECT body FROM media_part WHERE media_id = ? AND part = ?",
                    DB_INT(id), DB_INT(part));
        if (st == ST_OK) {
            const char *s = db_text(db, 0, &n);

            buf_add(out, s, n);
        }
    }
    if (st == ST_NONE && part > 1)
        st = out->failed ? ST_BROKEN : ST_OK;
    return st;
}

/* ---- named by messages ------------------------------------------------------------- */

enum status media_hold(struct db *db, const int64_t *ids, int n, int64_t *missing)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < n; i++) {
        st = db_one(db, "SELECT id FROM media WHERE id = ? LOCK IN SHARE MODE",
                    DB_INT(ids[i]));
        if (st == ST_NONE && missing != NULL)
            *missing = ids[i];
    }
    return st;
}

/* All contents there are: some thousands, read when somebody takes a picture away. */
#define BRINGS(column, path)                                                           \
    " WHERE JSON_CONTAINS(JSON_EXTRACT(" column ", '" path "'), ?) LIMIT 1"
static const char *const users[] = {
    "SELECT 1 FROM template_version" BRINGS("content", "$.*.media[*]"),
    "SELECT 1 FROM broadcast_variant" BRINGS("content", "$.*.media[*]"),
    "SELECT 1 FROM automation_plan" BRINGS("body", "$.steps[*].content.*.media[*]"),
};

enum status media_used(struct db *db, int64_t id, bool *used)
{
    char number[24];
    enum status st = ST_NONE;

    snprintf(number, sizeof number, "%" PRId64, id);
    for (size_t i = 0; st == ST_NONE && i < sizeof users / sizeof *users; i++)
        st = db_one(db, users[i], DB_TEXT(number));
    *used = st == ST_OK;
    return st == ST_NONE ? ST_OK : st;
}

enum status media_remove(struct db *db, int64_t now, int64_t id, int64_t staff_id)
{
    bool used;
    enum status st =
        db_one(db, "SELECT id FROM media WHERE id = ? FOR UPDATE", DB_INT(id));

    if (st == ST_OK)
        st = media_used(db, id, &used);
    if (st == ST_OK && used)
        st = ST_TAKEN;
    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM media WHERE id = ?", DB_INT(id));
    return st == ST_OK ? note(db, now, "media.remove", id, staff_id) : st;
}

/* ---- all of them ------------------------------------------------------------------ */

static void conditions(struct page_query *q, const struct media_filter *f)
{
    if (f->kind != 0)
        page_and(q, "m.kind = ?", DB_INT(f->kind));
}

enum status media_search(struct db *db, const struct media_filter *f, struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "m.id", COLUMNS, "media m");
}

enum status media_search_next(struct db *db, struct page *p, struct media *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        read_row(db, db_int(db, 1), PAGE_COLUMNS, out);
    return st;
}

enum status media_total(struct db *db, const struct media_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, "media m", total);
}
