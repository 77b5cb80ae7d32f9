/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/db_private.h"

#include "core/base/cal.h"
#include "core/base/clock.h"

#include <string.h>

struct db_arg DB_TEXT_N(const char *s, size_t n) {
    if (s == NULL)
        return DB_NULL;
    return (struct db_arg){.kind = DB_KIND_TEXT, .bytes = s, .n = n};
}

struct db_arg
DB_TEXT(const char *s) {
    return DB_TEXT_N(s, s != NULL ? strlen(s) : 0);
}

struct db_arg
DB_INT_OR_NULL(bool have, int64_t v) {
    return have ? DB_INT(v) : DB_NULL;
}

struct db_arg
DB_TIME_OR_NULL(int64_t us) {
    return us != 0 ? DB_TIME(us) : DB_NULL;
}

/* Division that rounds down, so that instants before 1970 keep their calendar. */
static int64_t
whole(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct db_wall db_wall(int64_t us)
{
    int64_t day = whole(us, DAY), rest = us - day * DAY;
    struct date d = cal_date((int32_t)day);

    return (struct db_wall){.year = d.year,
                            .month = d.month,
                            .day = d.day,
                            .hour = (int)(rest / HOUR),
                            .minute = (int)(rest / MINUTE % 60),
                            .second = (int)(rest / SECOND % 60),
                            .us = (int)(rest % SECOND)};
}

int64_t db_instant(struct db_wall w)
{
    struct date d = {.year = w.year, .month = w.month, .day = w.day};

    return cal_day(d) * DAY + w.hour * HOUR + w.minute * MINUTE + w.second * SECOND +
           w.us;
}
