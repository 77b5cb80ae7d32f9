/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Numbers, sums, spans of time and days as people say them. */
#include "core/segment/sentence_private.h"

#include "core/base/money.h"

#include <inttypes.h>
#include <string.h>

bool in_russian(const struct speech *t)
{
    return strcmp(t->lang, "en") != 0;
}

void say(struct buf *out, const struct speech *t, const char *ru, const char *en)
{
    buf_adds(out, in_russian(t) ? ru : en);
}

void say_words(struct buf *out, const struct speech *t, struct words w)
{
    say(out, t, w.ru, w.en);
}

void quoted_add(struct buf *out, const struct speech *t, const char *s, size_t n)
{
    say(out, t, "«", "“");
    buf_add(out, s, n);
    say(out, t, "»", "”");
}

void comma_add(struct buf *out, const struct speech *t, int i, int n, struct words last)
{
    if (i > 0 && i == n - 1)
        say_words(out, t, last);
    else if (i > 0)
        buf_adds(out, ", ");
}

/* ---- plurals ---------------------------------------------------------------------- */

const char *plural_ru(int64_t n, const char *one, const char *few, const char *many)
{
    uint64_t v = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

    if (v % 10 == 1 && v % 100 != 11)
        return one;
    if (v % 10 >= 2 && v % 10 <= 4 && (v % 100 < 12 || v % 100 > 14))
        return few;
    return many;
}

/* of_one, of: behind «больше», «от … до». */
static const struct {
    const char *one, *few, *many, *of_one, *of, *en_one, *en;
} units[UNITS] = {
    [UNIT_NONE] = {"", "", "", "", "", "", ""},
    [UNIT_TIMES] = {" раз", " раза", " раз", " раза", " раз", " time", " times"},
    [UNIT_YEARS] = {" год", " года", " лет", " года", " лет", " year", " years"},
    [UNIT_DAYS] = {" день", " дня", " дней", " дня", " дней", " day", " days"},
    [UNIT_PERCENT] = {"", "", "", "", "", "", ""},
};

void unit_add(struct buf *out, const struct speech *t, enum unit u, int64_t n)
{
    if (in_russian(t))
        buf_adds(out, plural_ru(n, units[u].one, units[u].few, units[u].many));
    else
        buf_adds(out, n == 1 ? units[u].en_one : units[u].en);
}

static void unit_of_add(struct buf *out, const struct speech *t, enum unit u, int64_t n)
{
    if (in_russian(t))
        buf_adds(out, plural_ru(n, units[u].of_one, units[u].of, units[u].of));
    else
        buf_adds(out, n == 1 ? units[u].en_one : units[u].en);
}

void sentence_number_add(struct buf *out, const struct trait *f, int64_t v,
                         const struct speech *t)
{
    if (f != NULL && f->type == TRAIT_MONEY)
        money_add(out, v, t->lang);
    else if (f != NULL && f->unit == UNIT_PERCENT)
        percent_add(out, v, t->lang);
    else
        buf_addf(out, "%" PRId64, v);
}

void number_add(struct buf *out, const struct speech *t, const struct node *n,
                const struct trait *f, enum unit unit)
{
    static const struct words said[OPS] = {
        [OP_EQ] = {"ровно ", "exactly "},    [OP_NEQ] = {"не ", "not "},
        [OP_LT] = {"меньше ", "less than "}, [OP_LTE] = {"не больше ", "at most "},
        [OP_GT] = {"больше ", "more than "}, [OP_GTE] = {"не меньше ", "at least "},
        [OP_BETWEEN] = {"от ", "between "},
    };
    int64_t last = n->values[n->op == OP_BETWEEN ? 1 : 0].n;

    say_words(out, t, said[n->op]);
    sentence_number_add(out, f, n->values[0].n, t);
    if (n->op == OP_BETWEEN) {
        say(out, t, " до ", " and ");
        sentence_number_add(out, f, last, t);
    }
    if (n->op == OP_EQ || n->op == OP_NEQ)
        unit_add(out, t, unit, last);
    else
        unit_of_add(out, t, unit, last);
}

/* ---- spans ------------------------------------------------------------------------ */

static const struct part {
    const char *one, *few, *many; /* accusative */
    const char *last, *next;      /* of one alone */
    const char *en, *en_many;
} parts[] = {
    {"год", "года", "лет", "последний", "ближайший", "year", "years"},
    {"месяц", "месяца", "месяцев", "последний", "ближайший", "month", "months"},
    {"неделю", "недели", "недель", "последнюю", "ближайшую", "week", "weeks"},
    {"день", "дня", "дней", "последний", "ближайший", "day", "days"},
    {"час", "часа", "часов", "последний", "ближайший", "hour", "hours"},
    {"минуту", "минуты", "минут", "последнюю", "ближайшую", "minute", "minutes"},
};
#define PARTS ((int)(sizeof parts / sizeof *parts))

/* How much of each part; whole weeks only when there is nothing else. Answers how many
 * parts there are. */
static int span_parts(const struct span *p, int64_t n[PARTS])
{
    bool weeks = p->days % 7 == 0 && p->days <= 28 && p->months == 0 && p->seconds == 0;
    int count = 0;

    n[0] = p->months / 12;
    n[1] = p->months % 12;
    n[2] = weeks ? p->days / 7 : 0;
    n[3] = weeks ? 0 : p->days;
    n[4] = p->seconds / 3600;
    n[5] = p->seconds % 3600 / 60;
    for (int i = 0; i < PARTS; i++)
        count += n[i] > 0;
    return count;
}

static void span_add(struct buf *out, const struct speech *t, const struct span *p,
                     bool next)
{
    int64_t n[PARTS];
    bool single = span_parts(p, n) == 1, first = true;

    for (int i = 0; i < PARTS; i++) {
        const struct part *part = &parts[i];

        if (n[i] == 0)
            continue;
        if (first && single && n[i] == 1)
            say(out, t, next ? part->next : part->last, next ? "next" : "last");
        else if (first)
            say(out, t, next ? "ближайшие" : "последние", next ? "next" : "last");
        buf_addc(out, ' ');
        if (!single || n[i] > 1)
            buf_addf(out, "%" PRId64 " ", n[i]);
        say(out, t, plural_ru(n[i], part->one, part->few, part->many),
            n[i] == 1 ? part->en : part->en_many);
        first = false;
    }
}

void last_add(struct buf *out, const struct speech *t, const struct span *p,
              const char *before)
{
    say(out, t, before, "in the ");
    span_add(out, t, p, false);
}

void next_add(struct buf *out, const struct speech *t, const struct span *p)
{
    say(out, t, "в ", "in the ");
    span_add(out, t, p, true);
}

void time_add(struct buf *out, const struct speech *t, const struct rule_value *v)
{
    struct date d;

    if (v->kind != VALUE_DAY) {
        tz_add_time(out, t->moment->tz, v->n, t->lang);
        return;
    }
    d = cal_date((int32_t)v->n);
    if (in_russian(t))
        buf_addf(out, "%02d.%02d.%04d", d.day, d.month, d.year);
    else
        buf_addf(out, "%04d-%02d-%02d", d.year, d.month, d.day);
}
