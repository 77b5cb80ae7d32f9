/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/document.h"

#include "core/base/utf.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_CHARACTERS 64

enum status document_put(struct db *db, int64_t now, const struct document_spec *spec,
                         int64_t *id)
{
    struct buf name = {0};
    enum status st = ST_BAD;

    if (spec->name != NULL)
        utf_add_name(&name, spec->name, strlen(spec->name), NAME_MAX_CHARACTERS);
    if (spec->n > 0 && spec->n <= DOCUMENT_MAX && name.len > 0 && spec->mime != NULL &&
        strlen(spec->mime) < DOCUMENT_MIME_BYTES)
        st = db_exec(db, NULL,
                     "INSERT INTO document (name, mime, body, created_at)"
                     " VALUES (?, ?, ?, ?)",
                     DB_TEXT(name.s), DB_TEXT(spec->mime),
                     DB_BYTES(spec->bytes, spec->n), DB_TIME(now));
    buf_free(&name);
    if (st == ST_OK)
        *id = db_last_id(db);
    return st;
}

enum status document_load(struct db *db, int64_t id, struct document *out)
{
    enum status st =
        db_one(db, "SELECT name, mime, body FROM document WHERE id = ?", DB_INT(id));
    const char *bytes;
    size_t n = 0;

    if (st != ST_OK)
        return st;
    snprintf(out->name, sizeof out->name, "%s", db_text(db, 0, NULL));
    snprintf(out->mime, sizeof out->mime, "%s", db_text(db, 1, NULL));
    bytes = db_text(db, 2, &n);
    buf_clear(&out->body);
    buf_add(&out->body, bytes, n);
    return out->body.failed ? ST_BROKEN : ST_OK;
}

void document_free(struct document *d)
{
    buf_free(&d->body);
    *d = (struct document){0};
}

enum status document_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t gone = 0;
    enum status st =
        db_exec(db, &gone, "DELETE FROM document WHERE created_at < ? LIMIT ?",
                DB_TIME(before), DB_INT(limit));

    *n = (int)gone;
    return st;
}
