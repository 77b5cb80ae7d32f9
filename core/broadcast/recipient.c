/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The words for a recipient's states, and who is next. */
#include "core/broadcast/recipient_private.h"

const char *recipient_state_name(enum recipient_state s)
{
    static const char *const names[RECIPIENT_STATES] = {
        [0] = "unset",
        [RECIPIENT_QUEUED] = "queued",
        [RECIPIENT_SENDING] = "sending",
        [RECIPIENT_SENT] = "sent",
        [RECIPIENT_FAILED] = "failed",
        [RECIPIENT_SKIPPED] = "skipped",
        [RECIPIENT_UNKNOWN] = "unknown",
        [RECIPIENT_CANCELLED] = "cancelled",
        [RECIPIENT_HOLDOUT] = "holdout",
    };

    return names[(unsigned)s < RECIPIENT_STATES ? s : 0];
}

const char *recipient_why_name(enum recipient_why w)
{
    static const char *const names[WHYS] = {
        [WHY_NONE] = "none",
        [WHY_BLOCKED] = "blocked",
        [WHY_NO_CONSENT] = "no_consent",
        [WHY_WITHDRAWN] = "withdrawn",
        [WHY_BARRED] = "barred",
        [WHY_CAP] = "cap",
        [WHY_LATE] = "late",
        [WHY_ERASED] = "erased",
        [WHY_REFUSED] = "refused",
        [WHY_TRIES] = "tries",
        [WHY_LOST] = "lost",
    };

    return names[(unsigned)w < WHYS ? w : 0];
}

enum status recipients_next(struct db *db, int64_t now, struct recipients_look *look)
{
    enum status st =
        db_select(db, RECIPIENTS_NEXT, DB_INT(look->broadcast_id), DB_TIME(now),
                  DB_INT(look->chain), DB_INT(BROADCAST_CHAINS), DB_INT(look->chain),
                  DB_INT(look->room));

    look->n = 0;
    while (st == ST_OK && look->n < look->room && (st = db_next(db)) == ST_OK) {
        look->out[look->n][0] = db_int(db, 0);
        look->out[look->n++][1] = db_int(db, 1);
    }
    return st == ST_NONE ? ST_OK : st;
}
