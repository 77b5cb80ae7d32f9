/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/export.h - all that is kept of a customer, as one JSON text for a machine.
 *
 * {"made_at":"…","customer":[{…}],"message":[{…}],…}: a member a table, an object a
 * row, the columns that erasure_table shows (erasure.h). What an erasure would remove is
 * therefore in it, bar secrets and our own bookkeeping. The readable one is written by
 * whoever knows the languages (worker/client/export.c). */
#ifndef CORE_LOYALTY_EXPORT_H
#define CORE_LOYALTY_EXPORT_H

#include "core/base/buf.h"
#include "core/io/db.h"

#define EXPORT_ROWS 5000 /* of one table, the newest */

/* To out, which is empty; at most max bytes, by leaving out the oldest rows of the large
 * tables ("rows_at_most" says so). ST_NONE: no such customer. */
must_check enum status export_json(struct db *db, int64_t now, int64_t customer_id,
                                   size_t max, struct buf *out);

/* The same for people, part by part, oldest first. What a line's members are: */
enum export_part {
    EXPORT_DISCOUNTS, /* at … until; n basis points; text: the code */
    EXPORT_RECEIPTS, /* at; n its number; amount taken off, or -1; text: the store; yes:
                         it was not taken back */
    EXPORT_CONSENTS, /* at; yes: given; amount: the purpose; n, text: version and
                         language of what they read */
    EXPORT_WORDS,    /* at; text; yes: theirs, not the shop's */
    EXPORT_MESSAGES, /* one line; n: how many we still keep */
    EXPORT_PARTS
};
struct export_line {
    int64_t at, until, n, amount;
    const char *text; /* borrowed; "" when there is none */
    bool yes;
};
typedef void export_line(void *arg, const struct export_line *line);
must_check enum status export_lines(struct db *db, enum export_part part,
                                    int64_t customer_id, export_line *fn, void *arg);

#endif
