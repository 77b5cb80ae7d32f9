/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/cal.h - calendar dates (proleptic Gregorian) without any clock or zone.
 *
 * A day is an int32_t: days since 1970-01-01. "MMDD" is month*100+day, as in 229. */
#ifndef CORE_BASE_CAL_H
#define CORE_BASE_CAL_H

#include "core/base/buf.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct date {
    int year, month, day; /* month 1..12, day 1..31 */
};

bool cal_leap(int year);
int cal_month_days(int year, int month);
bool cal_valid(struct date d); /* years 1..9999 */
int32_t cal_day(struct date d);
struct date cal_date(int32_t day);
int cal_weekday(int32_t day); /* 0 Sunday .. 6 */

/* "ноября" (as in "30 ноября"), "november". month 1..12. */
const char *cal_month_word(int month, bool english);

/* In which year-month-day is a birthday kept: itself, or for 29 February in a common
 * year 28 February (leap_to_march: 1 March). */
struct date cal_birthday_in(struct date born, int year, bool leap_to_march);

/* A birthday as people write it: 29.02.1996, 29/02/1996, 29-2-1996, 29 02 1996,
 * 1996-02-29, "29 февраля 1996", "29 feb 1996". */
enum cal_fault {
    CAL_FINE,
    CAL_UNREADABLE,
    CAL_SHORT_YEAR, /* two digits, as out says: ask back */
    CAL_NO_SUCH_DAY /* out is set: say how many days that month has */
};
enum cal_fault cal_read(const char *s, size_t n, struct date *out);

/* The same without a year: 29.02, "29 февраля", "feb 29". Never CAL_SHORT_YEAR; the
 * year of out is 0. */
enum cal_fault cal_read_yearless(const char *s, size_t n, struct date *out);

#endif
