/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/message.h"

#include <stdio.h>
#include <string.h>

#define LOOK_BACK 1000 /* messages */

/* One conversation makes many messages in a row; those are looked through in memory. */
static bool has(char (*out)[MESSAGE_ROOT_BYTES], int n, const char *root)
{
    for (int i = 0; i < n; i++)
        if (strcmp(out[i], root) == 0)
            return true;
    return false;
}

enum status message_roots(struct db *db, int64_t customer_id,
                          char (*out)[MESSAGE_ROOT_BYTES], int room, int *n)
{
    enum status st = db_select(db,
                               "SELECT root FROM message WHERE customer_id = ?"
                               " ORDER BY id DESC LIMIT ?",
                               DB_INT(customer_id), DB_INT(LOOK_BACK));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK) {
        const char *root = db_text(db, 0, NULL);

        if (root != NULL && *root != '\0' && !has(out, *n, root))
            snprintf(out[(*n)++], MESSAGE_ROOT_BYTES, "%s", root);
    }
    return st == ST_NONE ? ST_OK : st;
}
