/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"

#include "core/base/buf.h"

#include <string.h>

/* ---- sealing -------------------------------------------------------------------- */

#define COLUMNS "SELECT id, from_id, to_id, n, hash, sealed_at FROM audit_seal "

static enum status seal_take(struct db *db, struct audit_block *out)
{
    const char *s;
    size_t n;

    *out = (struct audit_block){.id = db_int(db, 0),
                                .from = db_int(db, 1),
                                .to = db_int(db, 2),
                                .n = (int)db_int(db, 3),
                                .sealed_at = db_time(db, 5)};
    s = db_text(db, 4, &n);
    if (n != SHA256_BYTES)
        return ST_BROKEN;
    memcpy(out->hash, s, n);
    return ST_OK;
}

static enum status load(struct db *db, int64_t id, struct audit_block *out)
{
    enum status st = db_one(db, COLUMNS "WHERE id = ?", DB_INT(id));

    *out = (struct audit_block){.id = id};
    return st == ST_OK ? seal_take(db, out) : st;
}

enum status audit_last(struct db *db, struct audit_block *out)
{
    enum status st = db_one(db, COLUMNS "ORDER BY id DESC LIMIT 1");

    *out = (struct audit_block){0};
    return st == ST_OK ? seal_take(db, out) : st;
}

enum status audit_unsealed(struct db *db, int64_t *n)
{
    struct audit_block last;
    enum status st = audit_last(db, &last);

    if (st == ST_OK || st == ST_NONE)
        st = db_one(db, "SELECT COUNT(*) FROM audit WHERE id > ?", DB_INT(last.to));
    if (st == ST_OK)
        *n = db_int(db, 0);
    return st;
}

/* The row of the selection as bytes, each column told from its neighbours. A row without
 * a request is what it was before there were any; 0xff is in no column. */
static void row_add(struct db *db, struct buf *out)
{
    const char *request = db_text(db, 7, NULL);

    buf_addf(out, "%lld\t%lld\t%lld\t%lld\t%s\t%lld\t%s", (long long)db_int(db, 0),
             (long long)db_time(db, 1), (long long)db_int(db, 2),
             (long long)db_int(db, 3), db_text(db, 4, NULL), (long long)db_int(db, 5),
             db_text(db, 6, NULL));
    if (*request != '\0')
        buf_addf(out, "\xff%s", request);
    buf_addc(out, '\n');
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
                  "SELECT id, at, actor, actor_id, action, entity_id, fields,"
                  " request_id FROM audit WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
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

static enum status seal_write(struct db *db, int64_t now,
                              const struct audit_block *last, const struct block *b)
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
    struct audit_block last = {0};
    struct block b = {.max = max, .before = now - AUDIT_SETTLE, .to = INT64_MAX};
    enum status st = audit_last(db, &last);

    *sealed = 0;
    if (st == ST_NONE)
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

/* ---- verifying ------------------------------------------------------------------ */

static enum status block_verify(struct db *db, const struct audit_block *prev,
                                const struct audit_block *seal)
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

/* There is no block of that number: the chain ends before it, or it was taken out. */
static enum status chain_end(struct db *db, struct audit_walk *w,
                             const struct audit_block *prev)
{
    struct audit_block last;
    enum status st = audit_last(db, &last);

    if (st != ST_OK && st != ST_NONE)
        return st;
    w->over = last.id < w->block;
    if (w->over)
        return ST_OK;
    w->broken = (struct audit_block){.id = w->block++, .from = prev->to + 1};
    return ST_REFUSED;
}

static enum status walk_one(struct db *db, struct audit_walk *w,
                            struct audit_block *prev)
{
    struct audit_block seal;
    enum status st = load(db, w->block, &seal);

    if (st == ST_NONE)
        return chain_end(db, w, prev);
    if (st == ST_OK)
        st = block_verify(db, prev, &seal);
    if (st != ST_OK && st != ST_REFUSED)
        return st;
    if (st == ST_REFUSED)
        w->broken = seal;
    w->blocks++;
    w->rows += seal.n;
    w->block++;
    w->last = *prev = seal;
    return st;
}

enum status audit_walk(struct db *db, struct audit_walk *w)
{
    struct audit_block prev = {0};
    enum status st = ST_OK;

    w->over = false;
    w->blocks = w->rows = 0;
    w->broken = w->last = prev;
    if (w->block < 1)
        w->block = 1;
    if (w->block > 1)
        st =
            load(db, w->block - 1, &prev); /* where there is none, the next is broken */
    if (st == ST_NONE)
        st = ST_OK;
    do {
        if (st == ST_OK)
            st = walk_one(db, w, &prev);
    } while (st == ST_OK && !w->over && w->rows < w->most);
    return st;
}

enum status audit_verify(struct db *db, int64_t *from)
{
    struct audit_walk w = {.most = INT64_MAX};
    enum status st = audit_walk(db, &w);

    if (st == ST_REFUSED)
        *from = w.broken.from;
    return st;
}
