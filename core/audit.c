/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"

#include "core/base/buf.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_BYTES 1000
#define ACTION_BYTES 40

/* ---- writing -------------------------------------------------------------------- */

static enum status key_read(struct db *db, uint8_t key[SHA256_BYTES])
{
    const char *s;
    size_t n;
    enum status st = db_one(db, "SELECT secret FROM audit_key WHERE id = 1");

    if (st != ST_OK)
        return st;
    s = db_text(db, 0, &n);
    if (n != SHA256_BYTES)
        return ST_BROKEN;
    memcpy(key, s, n);
    return ST_OK;
}

static enum status key_get(struct db *db, uint8_t key[SHA256_BYTES])
{
    uint8_t fresh[SHA256_BYTES];
    enum status st = key_read(db, key);

    if (st != ST_NONE)
        return st;
    secret_random(fresh, sizeof fresh);
    st = db_exec(db, NULL, "INSERT INTO audit_key (id, secret) VALUES (1, ?)",
                 DB_BYTES(fresh, sizeof fresh));
    return st == ST_OK || st == ST_TAKEN ? key_read(db, key) : st;
}

enum status audit_digest(struct db *db, const char *name, const char *value,
                         uint8_t out[SHA256_BYTES])
{
    uint8_t key[SHA256_BYTES];
    struct buf in = {0};
    enum status st = key_get(db, key);

    buf_add(&in, name, strlen(name) + 1);
    buf_adds(&in, value);
    if (st == ST_OK && in.failed)
        st = ST_BROKEN;
    if (st == ST_OK)
        st = secret_hmac_sha256(key, SHA256_BYTES, in.s, in.len, out);
    buf_free(&in);
    return st;
}

/* 64 bits of a keyed hash over the field's name and value: enough to compare with a
 * value somebody holds, of no use without the key. */
static enum status hash_add(struct buf *out, const uint8_t key[SHA256_BYTES],
                            const char *name, const char *value)
{
    uint8_t hash[SHA256_BYTES];
    struct buf in = {0};
    enum status st = ST_BROKEN;

    if (value == NULL) {
        buf_adds(out, "-");
        return ST_OK;
    }
    buf_add(&in, name, strlen(name) + 1);
    buf_adds(&in, value);
    if (!in.failed)
        st = secret_hmac_sha256(key, SHA256_BYTES, in.s, in.len, hash);
    for (int i = 0; st == ST_OK && i < 8; i++)
        buf_addf(out, "%02x", hash[i]);
    buf_free(&in);
    return st;
}

/* "birth_date:1f..>9c..,phone": a name, and hashes where there are values. */
static enum status field_add(struct db *db, struct buf *out,
                             const struct audit_field *f)
{
    uint8_t key[SHA256_BYTES];
    enum status st = ST_OK;

    if (out->len > 0)
        buf_addc(out, ',');
    buf_adds(out, f->name);
    if (f->was == NULL && f->is == NULL)
        return ST_OK;
    st = key_get(db, key);
    buf_addc(out, ':');
    if (st == ST_OK)
        st = hash_add(out, key, f->name, f->was);
    buf_addc(out, '>');
    if (st == ST_OK)
        st = hash_add(out, key, f->name, f->is);
    return st;
}

static bool action_ok(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_.");

    return s[n] == '\0' && n > 2 && n <= ACTION_BYTES && strchr(s, '.') != NULL;
}

enum status audit_add(struct db *db, int64_t now, const struct audit_entry *e)
{
    struct buf fields = {0};
    enum status st = ST_OK;

    if (!action_ok(e->action) || e->n_fields > AUDIT_FIELDS_MAX)
        return ST_BAD;
    for (size_t i = 0; i < e->n_fields && st == ST_OK; i++)
        st = field_add(db, &fields, &e->fields[i]);
    if (st == ST_OK && fields.failed)
        st = ST_BROKEN;
    if (st == ST_OK && fields.len > FIELDS_BYTES)
        st = ST_BAD;
    if (st == ST_OK)
        st = db_exec(
            db, NULL,
            "INSERT INTO audit (at, actor, actor_id, action, entity_id, fields)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            DB_TIME(now), DB_INT(e->actor), DB_INT(e->actor_id), DB_TEXT(e->action),
            DB_INT(e->entity_id), DB_TEXT(fields.s != NULL ? fields.s : ""));
    buf_free(&fields);
    return st;
}

/* ---- sealing -------------------------------------------------------------------- */

struct seal {
    int64_t id, from, to;
    int n;
    uint8_t hash[SHA256_BYTES];
};

static enum status seal_take(struct db *db, struct seal *out)
{
    const char *s;
    size_t n;

    *out = (struct seal){.id = db_int(db, 0),
                         .from = db_int(db, 1),
                         .to = db_int(db, 2),
                         .n = (int)db_int(db, 3)};
    s = db_text(db, 4, &n);
    if (n != SHA256_BYTES)
        return ST_BROKEN;
    memcpy(out->hash, s, n);
    return ST_OK;
}

/* The row of the selection as bytes, each column told from its neighbours. */
static void row_add(struct db *db, struct buf *out)
{
    buf_addf(out, "%lld\t%lld\t%lld\t%lld\t%s\t%lld\t%s\n", (long long)db_int(db, 0),
             (long long)db_time(db, 1), (long long)db_int(db, 2),
             (long long)db_int(db, 3), db_text(db, 4, NULL), (long long)db_int(db, 5),
             db_text(db, 6, NULL));
}

struct block {
    int64_t from, to; /* ids looked at, both inclusive */
    int64_t before;   /* stop at the first row that is younger */
    int max;
    struct buf bytes; /* the hash before it, then its rows */
    int n;
    int64_t last; /* id of the last row in it */
};

static enum status block_read(struct db *db, struct block *b)
{
    enum status st =
        db_select(db,
                  "SELECT id, at, actor, actor_id, action, entity_id, fields"
                  " FROM audit WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
                  DB_INT(b->from), DB_INT(b->to), DB_INT(b->max));

    while (st == ST_OK && (st = db_next(db)) == ST_OK && db_time(db, 1) < b->before) {
        row_add(db, &b->bytes);
        b->last = db_int(db, 0);
        b->n++;
    }
    if (st == ST_OK || st == ST_NONE)
        st = b->bytes.failed ? ST_BROKEN : ST_OK;
    return st;
}

static enum status seal_write(struct db *db, int64_t now, const struct seal *last,
                              const struct block *b)
{
    uint8_t hash[SHA256_BYTES];

    secret_sha256(b->bytes.s, b->bytes.len, hash);
    return db_exec(db, NULL,
                   "INSERT INTO audit_seal (id, from_id, to_id, n, hash, sealed_at)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   DB_INT(last->id + 1), DB_INT(b->from), DB_INT(b->last), DB_INT(b->n),
                   DB_BYTES(hash, sizeof hash), DB_TIME(now));
}

enum status audit_seal(struct db *db, int64_t now, int max, int *sealed)
{
    struct seal last = {0};
    struct block b = {.max = max, .before = now - AUDIT_SETTLE, .to = INT64_MAX};
    enum status st = db_one(db, "SELECT id, from_id, to_id, n, hash FROM audit_seal"
                                " ORDER BY id DESC LIMIT 1");

    *sealed = 0;
    if (st == ST_OK)
        st = seal_take(db, &last);
    else if (st == ST_NONE)
        st = ST_OK;
    b.from = last.to + 1;
    buf_add(&b.bytes, last.hash, sizeof last.hash);
    if (st == ST_OK)
        st = block_read(db, &b);
    if (st == ST_OK)
        st = b.n > 0 ? seal_write(db, now, &last, &b) : ST_NONE;
    if (st == ST_OK)
        *sealed = b.n;
    buf_free(&b.bytes);
    return st;
}

static enum status block_verify(struct db *db, const struct seal *prev,
                                const struct seal *seal)
{
    struct block b = {
        .from = seal->from, .to = seal->to, .before = INT64_MAX, .max = seal->n + 1};
    uint8_t hash[SHA256_BYTES];
    enum status st;

    if (seal->from != prev->to + 1)
        return ST_REFUSED;
    buf_add(&b.bytes, prev->hash, sizeof prev->hash);
    st = block_read(db, &b);
    if (st == ST_OK) {
        secret_sha256(b.bytes.s, b.bytes.len, hash);
        if (memcmp(hash, seal->hash, sizeof hash) != 0)
            st = ST_REFUSED;
    }
    buf_free(&b.bytes);
    return st;
}

enum status audit_verify(struct db *db, int64_t *from)
{
    struct seal prev = {0}, seal;
    enum status st;

    for (;;) {
        st = db_one(db,
                    "SELECT id, from_id, to_id, n, hash FROM audit_seal WHERE id = ?",
                    DB_INT(prev.id + 1));
        if (st == ST_NONE)
            return ST_OK;
        if (st == ST_OK)
            st = seal_take(db, &seal);
        if (st == ST_OK)
            st = block_verify(db, &prev, &seal);
        if (st == ST_REFUSED)
            *from = seal.from;
        if (st != ST_OK)
            return st;
        prev = seal;
    }
}
