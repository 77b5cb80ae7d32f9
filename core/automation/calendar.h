/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/calendar.h - whose morning it is: the shop's calendar for what is
 * counted in days, and that of a person (of their home store, else the shop's) for when
 * they may be written to. */
#ifndef CORE_AUTOMATION_CALENDAR_H
#define CORE_AUTOMATION_CALENDAR_H

#include "core/segment/moment.h"
#include "core/setting.h"

#define CALENDAR_ZONES 16

/* Zones are opened once, and kept until it is closed. */
struct calendar {
    struct settings set;
    struct moment moment; /* of the shop */
    struct {
        char name[41];
        struct tz *tz;
    } zone[CALENDAR_ZONES];
    int n;
};
/* tz: the shop's, borrowed. Reads the settings. */
must_check enum status calendar_open(struct db *db, int64_t now, const struct tz *tz,
                                     struct calendar *out);
void calendar_close(struct calendar *c); /* safe on zeroed */

/* Of a name as a store has it: "" or one that cannot be read is the shop's. Lent by c
 * until the next call. */
const struct tz *calendar_zone(struct calendar *c, const char *name);

#endif
