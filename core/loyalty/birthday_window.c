/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/birthday.h"

#include <stdio.h>

/* Everything here is pure: dates in, dates out. */

static int32_t celebrated(struct date born, int year, const struct birthday_rules *r)
{
    return cal_day(cal_birthday_in(born, year, r->leap_to_march));
}

bool birthday_window(struct date born, int32_t today, const struct birthday_rules *r,
                     struct celebration *out)
{
    int year = cal_date(today).year;

    /* Around New Year the birthday meant may be last year's or next year's. */
    for (int y = year - 1; y <= year + 1; y++) {
        int32_t day = celebrated(born, y, r);

        if (y > born.year && today >= day - r->before && today <= day + r->after) {
            *out = (struct celebration){.year = y, .day = day};
            return true;
        }
    }
    return false;
}

bool birthday_in_time(int32_t entered, const struct celebration *c,
                      const struct birthday_rules *r)
{
    return entered <= c->day - r->lead;
}

struct celebration birthday_first_gift(struct date born, int32_t told,
                                       const struct birthday_rules *r)
{
    struct celebration c = {.year = cal_date(told).year - 2};

    do {
        c.year++;
        c.day = celebrated(born, c.year, r);
    } while (told > c.day + r->after || !birthday_in_time(told, &c, r));
    return c;
}

static int mmdd(int32_t day)
{
    struct date d = cal_date(day);

    return d.month * 100 + d.day;
}

/* 29 February is kept on 28 February or 1 March in a common year: a range that touches
 * either takes it in. */
static struct mmdd_range with_leap(int first, int last)
{
    return (struct mmdd_range){.first = first == 301 ? 229 : first,
                               .last = last == 228 ? 229 : last};
}

int birthday_ranges(int32_t today, const struct birthday_rules *r,
                    struct mmdd_range out[2])
{
    int32_t from = today - r->after, to = today + r->before;
    int first = mmdd(from), last = mmdd(to);

    if (cal_date(from).year == cal_date(to).year) {
        out[0] = with_leap(first, last);
        return 1;
    }
    out[0] = with_leap(first, 1231);
    out[1] = with_leap(101, last);
    return 2;
}

void birthday_key(int64_t customer_id, int year, char out[40])
{
    snprintf(out, 40, "bday:%lld:%d", (long long)customer_id, year);
}
