/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"

#include "core/base/buf.h"
#include "core/base/log.h"
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
            "INSERT INTO audit (at, actor, actor_id, action, entity_id, fields,"
            " request_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            DB_TIME(now), DB_INT(e->actor), DB_INT(e->actor_id), DB_TEXT(e->action),
            DB_INT(e->entity_id), DB_TEXT(fields.s != NULL ? fields.s : ""),
            DB_TEXT(log_request_id()));
    buf_free(&fields);
    return st;
}
