/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/hours.h"

#include <string.h>

/* ---- words ---------------------------------------------------------------------- */

enum word { WORD_DAY = 1, WORD_DAILY, WORD_CLOSED, WORD_ALWAYS };

/* Longer ones first, where one begins another. */
static const struct {
    const char *text;
    enum word word;
    int day;
} words[] = {
    {"ежедневно", WORD_DAILY, 0}, {"круглосуточно", WORD_ALWAYS, 0},
    {"выходной", WORD_CLOSED, 0}, {"закрыто", WORD_CLOSED, 0},
    {"daily", WORD_DAILY, 0},     {"closed", WORD_CLOSED, 0},
    {"24/7", WORD_ALWAYS, 0},     {"вс", WORD_DAY, 0},
    {"пн", WORD_DAY, 1},          {"вт", WORD_DAY, 2},
    {"ср", WORD_DAY, 3},          {"чт", WORD_DAY, 4},
    {"пт", WORD_DAY, 5},          {"сб", WORD_DAY, 6},
    {"sun", WORD_DAY, 0},         {"mon", WORD_DAY, 1},
    {"tue", WORD_DAY, 2},         {"wed", WORD_DAY, 3},
    {"thu", WORD_DAY, 4},         {"fri", WORD_DAY, 5},
    {"sat", WORD_DAY, 6},
};

/* Small letters of what is written here: А-Я and A-Z. */
static bool same_letter(const unsigned char *s, const unsigned char *w, size_t *n)
{
    *n = 1;
    if (*w < 0x80) {
        unsigned char c = *s >= 'A' && *s <= 'Z' ? (unsigned char)(*s + 32) : *s;

        return c == *w;
    }
    *n = 2;
    if (s[0] == w[0] && s[1] == w[1])
        return true;
    if (s[0] != 0xD0) /* А..Я are D0 90..AF; а..п D0 B0..BF, р..я D1 80..8F */
        return false;
    return (w[0] == 0xD0 && s[1] >= 0x90 && s[1] <= 0x9F && s[1] + 0x20 == w[1]) ||
           (w[0] == 0xD1 && s[1] >= 0xA0 && s[1] <= 0xAF && s[1] - 0x20 == w[1]);
}

static size_t begins_with(const char *s, const char *word)
{
    const unsigned char *a = (const unsigned char *)s, *w = (const unsigned char *)word;
    size_t n;

    while (*w != '\0') {
        if (*a == '\0' || !same_letter(a, w, &n))
            return 0;
        a += n;
        w += n;
    }
    return (size_t)(a - (const unsigned char *)s);
}

static const char *word_in(const char *lang, enum word word, int day)
{
    static const char *const days[2][7] = {
        {"вс", "пн", "вт", "ср", "чт", "пт", "сб"},
        {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}};
    static const char *const others[2][5] = {
        {NULL, NULL, "ежедневно", "выходной", "круглосуточно"},
        {NULL, NULL, "daily", "closed", "day and night"}};
    int in = strcmp(lang, "en") == 0;

    return word == WORD_DAY ? days[in][day] : others[in][word];
}

/* A word of the other language; 24/7 is of none. */
static bool is_foreign(const char *text, const char *lang)
{
    bool latin = (unsigned char)text[0] < 0x80;

    return (text[0] < '0' || text[0] > '9') && latin == (strcmp(lang, "en") != 0);
}

void hours_add(struct buf *out, const char *s, const char *lang)
{
    while (*s != '\0') {
        size_t n = 0;

        for (size_t i = 0; n == 0 && i < sizeof words / sizeof *words; i++)
            if (is_foreign(words[i].text, lang) &&
                (n = begins_with(s, words[i].text)) > 0)
                buf_adds(out, word_in(lang, words[i].word, words[i].day));
        if (n == 0)
            buf_addc(out, *s);
        s += n > 0 ? n : 1;
    }
}

struct reader {
    const char *s;
    bool bad; /* of our form, but cannot be */
};

static void blanks(struct reader *r)
{
    while (*r->s == ' ' || *r->s == '\t' || *r->s == '\n')
        r->s++;
}

static bool take(struct reader *r, enum word word, int *day)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = words[i].word == word ? begins_with(r->s, words[i].text) : 0;

        if (n > 0) {
            r->s += n;
            if (day != NULL)
                *day = words[i].day;
            blanks(r);
            return true;
        }
    }
    return false;
}

static bool take_mark(struct reader *r, const char *const *marks)
{
    for (; *marks != NULL; marks++) {
        size_t n = strlen(*marks);

        if (strncmp(r->s, *marks, n) == 0) {
            r->s += n;
            blanks(r);
            return true;
        }
    }
    return false;
}

static const char *const dashes[] = {"-", "–", "—", NULL};
static const char *const commas[] = {",", ";", NULL};
static const char *const colons[] = {":", NULL};

/* ---- times ---------------------------------------------------------------------- */

static bool take_number(struct reader *r, int *out)
{
    int n = 0;

    for (*out = 0; *r->s >= '0' && *r->s <= '9' && n < 2; n++)
        *out = *out * 10 + (*r->s++ - '0');
    return n > 0 && !(*r->s >= '0' && *r->s <= '9');
}

/* 9, 9:00, 09.30 */
static bool take_time(struct reader *r, int *out)
{
    int hour, minute = 0;

    if (!take_number(r, &hour))
        return false;
    if ((*r->s == ':' || *r->s == '.') && r->s[1] >= '0' && r->s[1] <= '9') {
        r->s++;
        if (!take_number(r, &minute))
            return false;
    }
    r->bad |= minute > 59 || hour > 24 || (hour == 24 && minute > 0);
    *out = hour * 60 + minute;
    blanks(r);
    return true;
}

static bool take_span(struct reader *r, int16_t *from, int16_t *to)
{
    int a, b;

    *from = *to = 0;
    if (take(r, WORD_CLOSED, NULL))
        return true;
    if (take(r, WORD_ALWAYS, NULL)) {
        *to = HOURS_DAY;
        return true;
    }
    if (!take_time(r, &a) || !take_mark(r, dashes) || !take_time(r, &b))
        return false;
    r->bad |= a == HOURS_DAY;
    *from = (int16_t)a;
    *to = (int16_t)(b > a ? b : b + HOURS_DAY);
    return true;
}

/* ---- days ----------------------------------------------------------------------- */

static bool take_days(struct reader *r, bool days[7])
{
    int a, b;

    if (take(r, WORD_DAILY, NULL)) {
        memset(days, true, 7 * sizeof *days);
        return true;
    }
    do {
        if (!take(r, WORD_DAY, &a))
            return false;
        b = a;
        if (take_mark(r, dashes) && !take(r, WORD_DAY, &b))
            return false;
        for (int d = a;; d = (d + 1) % 7) {
            days[d] = true;
            if (d == b)
                break;
        }
    } while (take_mark(r, commas));
    (void)take_mark(r, colons);
    return true;
}

/* A time alone is that of each day. */
static bool take_part(struct reader *r, struct hours *out)
{
    bool days[7] = {false};
    int16_t from, to;
    const char *was = r->s;

    if (!take_days(r, days)) {
        r->s = was;
        memset(days, true, sizeof days);
    }
    if (!take_span(r, &from, &to))
        return false;
    for (int d = 0; d < 7; d++)
        if (days[d]) {
            out->day[d].from = from;
            out->day[d].to = to;
        }
    return true;
}

enum status hours_read(const char *s, struct hours *out)
{
    struct reader r = {.s = s};

    *out = (struct hours){0};
    blanks(&r);
    if (*r.s == '\0')
        return ST_NONE;
    do {
        if (!take_part(&r, out))
            return ST_NONE;
    } while (take_mark(&r, commas) && *r.s != '\0');
    if (*r.s != '\0' && !(*r.s == '.' && r.s[1] == '\0'))
        return ST_NONE;
    return r.bad ? ST_BAD : ST_OK;
}

/* ---- now ------------------------------------------------------------------------ */

/* The minute, counted from today's midnight, at which what is open at `at` closes; -1:
 * it is closed then. */
static int closes(const struct hours *h, int weekday, int at)
{
    for (int back = 1; back >= 0; back--) {
        int d = (weekday + 7 - back) % 7, from = h->day[d].from, to = h->day[d].to;

        if (from < to && at >= from - back * HOURS_DAY && at < to - back * HOURS_DAY)
            return to - back * HOURS_DAY;
    }
    return -1;
}

static int opens(const struct hours *h, int weekday, int minute)
{
    for (int ahead = 0; ahead <= 7; ahead++) {
        int d = (weekday + ahead) % 7, at = h->day[d].from + ahead * HOURS_DAY;

        if (h->day[d].from < h->day[d].to && at > minute)
            return at;
    }
    return -1;
}

struct hours_now hours_now(const struct hours *h, int weekday, int minute)
{
    struct hours_now out = {.days = -1};
    int end = closes(h, weekday, minute), next;

    out.open = end >= 0;
    if (!out.open)
        end = opens(h, weekday, minute);
    /* One day's closing may be the next one's opening. */
    while (out.open && end < 8 * HOURS_DAY &&
           (next = closes(h, (weekday + end / HOURS_DAY) % 7, end % HOURS_DAY)) >= 0)
        end = end / HOURS_DAY * HOURS_DAY + next;
    out.always = out.open && end >= 8 * HOURS_DAY;
    if (end >= 0) {
        out.minute = end % HOURS_DAY;
        out.days = end / HOURS_DAY;
    }
    return out;
}
