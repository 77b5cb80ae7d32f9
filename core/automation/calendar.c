/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/automation/calendar.h"

#include <stdio.h>
#include <string.h>

enum status calendar_open(struct db *db, int64_t now, const struct tz *tz,
                          struct calendar *out)
{
    enum status st;

    out->n = 0;
    st = setting_load(db, &out->set);
    out->moment = moment_make(now, tz, out->set.birthday_leap == SETTING_MAR1);
    return st;
}

void calendar_close(struct calendar *c)
{
    for (int i = 0; i < c->n; i++)
        tz_close(c->zone[i].tz);
    c->n = 0;
}

const struct tz *calendar_zone(struct calendar *c, const char *name)
{
    struct tz *tz;

    if (name[0] == '\0')
        return c->moment.tz;
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->zone[i].name, name) == 0)
            return c->zone[i].tz;
    tz = tz_open(name);
    if (tz == NULL)
        return c->moment.tz;
    if (c->n == CALENDAR_ZONES) /* more than a chain has: the first leaves */
        tz_close(c->zone[0].tz), c->zone[0] = c->zone[--c->n];
    snprintf(c->zone[c->n].name, sizeof c->zone[c->n].name, "%s", name);
    c->zone[c->n].tz = tz;
    return c->zone[c->n++].tz;
}
