/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The end of the quiet hours in each zone there is. */
#include "core/broadcast/quiet.h"

#include <stdio.h>
#include <string.h>

enum status quiet_load(struct db *db, const struct settings *set, const struct tz *shop,
                       int64_t now, struct quiet *out)
{
    enum status st;

    *out = (struct quiet){0};
    if (shop == NULL)
        return ST_BROKEN;
    st = db_select(db,
                   "SELECT DISTINCT tz FROM store WHERE tz <> '' ORDER BY tz LIMIT ?",
                   DB_INT(QUIET_ZONES));
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        snprintf(out->zone[out->n++].tz, sizeof out->zone->tz, "%s",
                 db_text(db, 0, NULL));
    if (st != ST_NONE)
        return st;
    out->elsewhere = quiet_until(set, shop, now);
    for (int i = 0; i < out->n; i++) {
        struct tz *tz = tz_open(out->zone[i].tz);

        out->zone[i].until = tz != NULL ? quiet_until(set, tz, now) : out->elsewhere;
        tz_close(tz);
    }
    return ST_OK;
}

int64_t quiet_of(const struct quiet *q, const char *tz)
{
    for (int i = 0; i < q->n; i++)
        if (strcmp(q->zone[i].tz, tz) == 0)
            return q->zone[i].until;
    return q->elsewhere;
}
