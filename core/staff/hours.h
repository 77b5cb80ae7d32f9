/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/hours.h - when a store is open, from what its people wrote.
 *
 *   пн-пт 9-20, сб 10:00-18:00, вс выходной
 *   ежедневно 9–21          mon-fri 9-18; sat, sun closed          круглосуточно
 *
 * Days of the week, or "ежедневно" / "daily", then a time of opening and one of closing
 * (one that is not later means the night after), or "выходной" / "closed", or
 * "круглосуточно" / "24". Days nothing is said of are closed. Anything else is a free
 * text, shown as it is. Pure: minutes of a local day, no zone. */
#ifndef CORE_STAFF_HOURS_H
#define CORE_STAFF_HOURS_H

#include "core/base/buf.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define HOURS_DAY 1440

struct hours {
    /* [0] is Sunday, as cal_weekday counts; from == to: closed; to may pass midnight. */
    struct {
        int16_t from, to;
    } day[7];
};

/* ST_OK; ST_NONE: a free text; ST_BAD: it is of our form and says what cannot be, as
 * "пн-пт 9-25". */
must_check enum status hours_read(const char *s, struct hours *out);

/* What hours_read understood, with the words of that language ("ru", "en"): "Mon–Fri
 * 9–20, Sun closed". Adds to out. */
void hours_add(struct buf *out, const char *s, const char *lang);

/* What holds at a minute of a weekday. */
struct hours_now {
    bool open;
    bool always; /* open without end */
    int minute;  /* when it closes, or opens: of its own day, 0..1439 */
    int days;    /* how many days from now that is; closed for good: -1 */
};
struct hours_now hours_now(const struct hours *h, int weekday, int minute);

#endif
