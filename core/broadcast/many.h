/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/many.h - many rows in one statement. */
#ifndef CORE_BROADCAST_MANY_H
#define CORE_BROADCAST_MANY_H

#include "core/base/buf.h"
#include "core/io/db.h"

/* One text travels: [[customer,message,…],…], which the server reads as a table, so that
 * the statement is the same for any number of rows. A moment is text, as is what is not
 * a number; 0 and "" stand for NULL. */
struct many {
    struct buf json;
    int n;
};
void many_begin(struct many *m);
void many_int(struct many *m, int64_t v);
void many_time(struct many *m, int64_t us);
void many_text(struct many *m, const char *s);
void many_end(struct many *m);
struct db_arg many_arg(struct many *m); /* ends it. Lent by m; NULL: json.failed */
void many_free(struct many *m);

#endif
