/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/quiet.h"

#include "core/base/clock.h"

int64_t quiet_until(const struct settings *set, const struct tz *tz, int64_t at)
{
    struct local l = tz_local(tz, at);
    int64_t minute = l.hour * 60 + l.minute, from = set->quiet_from, to = set->quiet_to;
    bool quiet = from <= to ? from <= minute && minute < to
                            : minute >= from || minute < to; /* over midnight */
    int64_t end;

    if (!quiet)
        return 0;
    end =
        tz_instant(tz, minute < to ? l.day : l.day + 1, (int)(to / 60), (int)(to % 60));
    /* In an hour that the clocks strike twice its end may be that of the first time. */
    return end > at ? end : at + (to - minute) * MINUTE;
}
