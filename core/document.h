/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/document.h - a file that goes to a person as a message: a report, an export.
 *
 * Its bytes are a row, written in the transaction of the message that names it
 * (worker/screen.h: screen_document). They are somebody's figures or personal data, so
 * they stay for a day only; who needs the file later asks for a new one. */
#ifndef CORE_DOCUMENT_H
#define CORE_DOCUMENT_H

#include "core/base/buf.h"
#include "core/base/status.h"
#include "core/io/db.h"

#define DOCUMENT_NAME_BYTES 193 /* 64 characters */
#define DOCUMENT_MIME_BYTES 65
#define DOCUMENT_MAX (8 * 1024 * 1024)
#define DOCUMENT_LIFE_HOURS 24

struct document_spec {
    const char *name; /* "smena-482.csv"; cut at 64 characters */
    const char *mime; /* "text/csv" */
    const void *bytes;
    size_t n;
};

/* ST_BAD: no bytes, or more than DOCUMENT_MAX; no name or mime. */
must_check enum status document_put(struct db *db, int64_t now,
                                    const struct document_spec *spec, int64_t *id);

struct document {
    char name[DOCUMENT_NAME_BYTES], mime[DOCUMENT_MIME_BYTES];
    struct buf body; /* yours: document_free */
};
/* ST_NONE: it is gone. out is zeroed by the caller, or an old one, which is reused. */
must_check enum status document_load(struct db *db, int64_t id, struct document *out);
void document_free(struct document *d); /* safe on zeroed */

/* Older ones than `before` leave, at most limit; *n how many. */
must_check enum status document_forget(struct db *db, int64_t before, int limit,
                                       int *n);

#endif
