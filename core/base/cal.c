/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/cal.h"

#include "core/base/utf.h"

#include <stddef.h>
#include <string.h>

#define CYCLE_DAYS 146097 /* 400 years */
#define CENTURY_DAYS 36524
#define FOUR_YEARS_DAYS 1461
#define EPOCH_DAYS 719162 /* from 0001-01-01 to 1970-01-01 */

bool cal_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int cal_month_days(int year, int month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month < 1 || month > 12)
        return 0;
    return days[month - 1] + (month == 2 && cal_leap(year));
}

bool cal_valid(struct date d)
{
    return d.year >= 1 && d.year <= 9999 && d.day >= 1 &&
           d.day <= cal_month_days(d.year, d.month);
}

static int days_before_month(int year, int month)
{
    int days = 0;

    for (int m = 1; m < month; m++)
        days += cal_month_days(year, m);
    return days;
}

/* Whole cycles are counted apart, so that years before 1 need no care of their own. */
int32_t cal_day(struct date d)
{
    int64_t cycle = d.year >= 1 ? (d.year - 1) / 400 : (d.year - 400) / 400;
    int64_t y = d.year - 1 - cycle * 400;

    return (int32_t)(cycle * CYCLE_DAYS + y * 365 + y / 4 - y / 100 +
                     days_before_month(d.year, d.month) + d.day - 1 - EPOCH_DAYS);
}

/* The last day of a leap cycle or of four years is the 366th of its last year, not the
 * first of one more: hence the caps at 3. */
struct date cal_date(int32_t day)
{
    int64_t n = (int64_t)day + EPOCH_DAYS;
    int64_t cycle = (n >= 0 ? n : n - CYCLE_DAYS + 1) / CYCLE_DAYS;
    int rest = (int)(n - cycle * CYCLE_DAYS), century, fours, ones, month = 1;
    struct date d;

    century = rest / CENTURY_DAYS < 3 ? rest / CENTURY_DAYS : 3;
    rest -= century * CENTURY_DAYS;
    fours = rest / FOUR_YEARS_DAYS;
    rest -= fours * FOUR_YEARS_DAYS;
    ones = rest / 365 < 3 ? rest / 365 : 3;
    rest -= ones * 365;
    d.year = (int)(cycle * 400) + century * 100 + fours * 4 + ones + 1;
    while (rest >= cal_month_days(d.year, month))
        rest -= cal_month_days(d.year, month++);
    d.month = month;
    d.day = rest + 1;
    return d;
}

int cal_weekday(int32_t day)
{
    int64_t n = ((int64_t)day + 4) % 7; /* 1970-01-01 was a Thursday */

    return (int)(n < 0 ? n + 7 : n);
}

struct date cal_birthday_in(struct date born, int year, bool leap_to_march)
{
    if (born.month == 2 && born.day == 29 && !cal_leap(year))
        return leap_to_march ? (struct date){year, 3, 1} : (struct date){year, 2, 28};
    return (struct date){year, born.month, born.day};
}

/* ---- reading -------------------------------------------------------------------- */

#define TOKENS_MAX 4
#define WORD_MAX 32

struct token {
    int digits; /* 0: a word */
    int number; /* of at most four digits */
    char word[WORD_MAX];
};

/* Each month in all the forms of which what was typed may be the beginning. */
static const char *const months[12][3] = {
    {"января", "январь", "january"},
    {"февраля", "февраль", "february"},
    {"марта", "март", "march"},
    {"апреля", "апрель", "april"},
    {"мая", "май", "may"},
    {"июня", "июнь", "june"},
    {"июля", "июль", "july"},
    {"августа", "август", "august"},
    {"сентября", "сентябрь", "september"},
    {"октября", "октябрь", "october"},
    {"ноября", "ноябрь", "november"},
    {"декабря", "декабрь", "december"},
};

const char *cal_month_word(int month, bool english)
{
    return months[(unsigned)(month - 1) % 12][english ? 2 : 0];
}

/* Small letters of both alphabets, as bytes; 0 when c is not a letter. */
static size_t small_letter(uint32_t c, char out[2])
{
    if (c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    if (c >= 'a' && c <= 'z') {
        out[0] = (char)c;
        return 1;
    }
    if (c >= 0x410 && c <= 0x42F)
        c += 0x20;
    if (c < 0x430 || c > 0x44F)
        return 0;
    out[0] = (char)(0xC0 | c >> 6);
    out[1] = (char)(0x80 | (c & 0x3F));
    return 2;
}

static bool is_separator(uint32_t c)
{
    return c == ' ' || c == '.' || c == '/' || c == '-' || c == ',' || c == '\t' ||
           c == '\n' || c == '\r' || c == 0xA0 || c == 0x202F ||
           (c >= 0x2010 && c <= 0x2014);
}

static size_t take_number(const char *s, size_t n, struct token *t)
{
    size_t i = 0;

    for (; i < n && s[i] >= '0' && s[i] <= '9'; i++)
        if (i < 4)
            t->number = t->number * 10 + (s[i] - '0');
    t->digits = i <= 4 ? (int)i : 5;
    return i;
}

static size_t take_word(const char *s, size_t n, struct token *t)
{
    size_t i = 0, len = 0;

    while (i < n) {
        size_t step = utf_char_len(s + i, n - i), bytes;
        char letter[2];

        bytes = step > 0 ? small_letter(utf_code(s + i, step), letter) : 0;
        if (bytes == 0 || len + bytes >= WORD_MAX)
            break;
        memcpy(t->word + len, letter, bytes);
        len += bytes;
        i += step;
    }
    return i;
}

/* The number of tokens; -1 when something stands there that is in no date. */
static int split(const char *s, size_t n, struct token tokens[TOKENS_MAX])
{
    int count = 0;

    for (size_t i = 0, step; i < n; i += step) {
        struct token t = {0};

        step = utf_char_len(s + i, n - i);
        if (step == 0)
            return -1;
        if (is_separator(utf_code(s + i, step)))
            continue;
        step = take_number(s + i, n - i, &t);
        if (step == 0)
            step = take_word(s + i, n - i, &t);
        if (step == 0 || count == TOKENS_MAX)
            return -1;
        tokens[count++] = t;
    }
    return count;
}

/* "г", "год", "года" behind the year say nothing new. */
static bool is_year_word(const struct token *t)
{
    return t->digits == 0 &&
           (strcmp(t->word, "г") == 0 || strcmp(t->word, "год") == 0 ||
            strcmp(t->word, "года") == 0);
}

/* 0: no month begins so. Three letters at least, as "ма" may be two of them. */
static int month_of(const struct token *t)
{
    size_t n = strlen(t->word), least = (t->word[0] & 0x80) != 0 ? 6 : 3;

    if (t->digits > 0)
        return t->digits <= 2 && t->number <= 12 ? t->number : 0;
    if (n < least)
        return 0;
    for (int m = 0; m < 12; m++)
        for (int form = 0; form < 3; form++)
            if (strncmp(months[m][form], t->word, n) == 0)
                return m + 1;
    return 0;
}

enum cal_fault cal_read(const char *s, size_t n, struct date *out)
{
    struct token t[TOKENS_MAX], *day = &t[0], *month = &t[1], *year = &t[2];
    int count = split(s, n, t);

    *out = (struct date){0};
    if (count == 4 && is_year_word(&t[3]))
        count = 3;
    if (count != 3)
        return CAL_UNREADABLE;
    if (t[0].digits == 4) {
        year = &t[0];
        day = &t[2];
    } else if (t[0].digits == 0) { /* February 29, 1996 */
        month = &t[0];
        day = &t[1];
    }
    *out = (struct date){year->number, month_of(month), day->number};
    if (out->month == 0 || day->digits < 1 || day->digits > 2)
        return CAL_UNREADABLE;
    if (year->digits == 2)
        return CAL_SHORT_YEAR;
    if (year->digits != 4 || out->year == 0)
        return CAL_UNREADABLE;
    return cal_valid(*out) ? CAL_FINE : CAL_NO_SUCH_DAY;
}

enum cal_fault cal_read_yearless(const char *s, size_t n, struct date *out)
{
    struct token t[TOKENS_MAX], *day = &t[0], *month = &t[1];
    int count = split(s, n, t);

    *out = (struct date){0};
    if (count == 2 && t[0].digits == 0) { /* February 29 */
        month = &t[0];
        day = &t[1];
    }
    if (count != 2 || day->digits < 1 || day->digits > 2 || month_of(month) == 0)
        return CAL_UNREADABLE;
    *out = (struct date){0, month_of(month), day->number};
    return out->day >= 1 && out->day <= cal_month_days(2000, out->month)
               ? CAL_FINE
               : CAL_NO_SUCH_DAY;
}
