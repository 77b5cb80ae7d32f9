/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/idempotency.h"

#include <string.h>

bool idempotency_key_fits(const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < n; i++)
        if (name[i] < 0x21 || name[i] > 0x7E)
            return false;
    return n >= 1 && n <= IDEMPOTENCY_KEY_MAX;
}

static enum status stored(struct db *db, const struct idempotency_key *key,
                          struct idempotency_answer *out)
{
    const char *hash;
    size_t n;
    enum status st = db_one(db,
                            "SELECT body_hash, status, type, etag, location, answer"
                            " FROM idempotency WHERE staff_id = ? AND name = ?",
                            DB_INT(key->staff_id), DB_TEXT(key->name));

    if (st != ST_OK)
        return st == ST_NONE ? ST_AGAIN : st; /* forgotten this very moment */
    hash = db_text(db, 0, &n);
    if (n != SHA256_BYTES || memcmp(hash, key->body_hash, n) != 0)
        return ST_REFUSED;
    *out = (struct idempotency_answer){.status = (int)db_int(db, 1),
                                       .type = db_text(db, 2, NULL),
                                       .etag = db_text(db, 3, NULL),
                                       .location = db_text(db, 4, NULL)};
    out->text = db_text(db, 5, &out->n);
    return ST_TAKEN;
}

enum status idempotency_begin(struct db *db, int64_t now,
                              const struct idempotency_key *key,
                              struct idempotency_answer *out)
{
    enum status st =
        db_exec(db, NULL,
                "INSERT INTO idempotency (staff_id, name, body_hash, made_at, status,"
                " type, etag, location, answer) VALUES (?, ?, ?, ?, 0, '', '', '', '')",
                DB_INT(key->staff_id), DB_TEXT(key->name),
                DB_BYTES(key->body_hash, SHA256_BYTES), DB_TIME(now));

    return st == ST_TAKEN ? stored(db, key, out) : st;
}

enum status idempotency_end(struct db *db, const struct idempotency_key *key,
                            const struct idempotency_answer *answer)
{
    return db_exec(
        db, NULL,
        "UPDATE idempotency SET status = ?, type = ?, etag = ?, location = ?,"
        " answer = ?, customer_id = ? WHERE staff_id = ? AND name = ?",
        DB_INT(answer->status), DB_TEXT(answer->type), DB_TEXT(answer->etag),
        DB_TEXT(answer->location), DB_BYTES(answer->text, answer->n),
        DB_INT_OR_NULL(answer->customer_id != 0, answer->customer_id),
        DB_INT(key->staff_id), DB_TEXT(key->name));
}

enum status idempotency_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t gone = 0;
    enum status st =
        db_exec(db, &gone, "DELETE FROM idempotency WHERE made_at < ? LIMIT ?",
                DB_TIME(before), DB_INT(limit));

    *n = (int)gone;
    return st;
}
