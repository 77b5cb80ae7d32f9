/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a field is held against, as a clause. */
#include "core/segment/sentence_private.h"

#include <inttypes.h>
#include <string.h>

/* ---- values ----------------------------------------------------------------------- */

static void id_said(struct buf *out, const struct speech *t, int64_t id)
{
    for (int i = 0; t->names != NULL && i < t->names->n; i++)
        if (t->names->name[i].store && t->names->name[i].id == id) {
            quoted_add(out, t, t->names->name[i].name, strlen(t->names->name[i].name));
            return;
        }
    say(out, t, "№ ", "no. ");
    buf_addf(out, "%" PRId64, id);
}

void value_said(struct buf *out, const struct speech *t, const struct trait *f,
                const struct rule_value *v)
{
    const struct choice *c = f->type == TRAIT_ENUM ? choice_of(f, v->n) : NULL;

    if (v->kind == VALUE_TEXT)
        quoted_add(out, t, v->text, v->len);
    else if (v->kind == VALUE_TIME || v->kind == VALUE_DAY)
        time_add(out, t, v);
    else if (c != NULL)
        say_words(out, t, c->words);
    else if (f->type == TRAIT_ID)
        id_said(out, t, v->n);
    else
        sentence_number_add(out, f, v->n, t);
}

/* ---- fields ----------------------------------------------------------------------- */

/* «не «Артём» и не «Уссурийск»» */
static void listed(struct buf *out, const struct speech *t, const struct node *n)
{
    const struct words or = {" или ", " or "}, nor = {" и не ", " nor "};
    bool not = n->op == OP_NEQ || n->op == OP_NOT_IN;

    if (not )
        say(out, t, "не ", n->values_n > 1 ? "neither " : "not ");
    for (int i = 0; i < n->values_n; i++) {
        if (not &&i > 0)
            say(out, t, " и не ", " nor ");
        else
            comma_add(out, t, i, n->values_n, not ? nor : or);
        value_said(out, t, n->field, &n->values[i]);
    }
}

static void texts_said(struct buf *out, const struct speech *t, const struct node *n)
{
    static const struct words said[OPS] = {
        [OP_STARTS] = {" начинается с ", " begins with "},
        [OP_ENDS] = {" заканчивается на ", " ends with "},
        [OP_CONTAINS] = {" содержит ", " contains "},
    };

    say_words(out, t, said[n->op]);
    value_said(out, t, n->field, n->values);
}

static void time_said(struct buf *out, const struct speech *t, const struct node *n)
{
    const struct rule_value *v = n->values;

    switch (n->op) {
    case OP_BEFORE:
        say(out, t, "до ", "before ");
        time_add(out, t, v);
        break;
    case OP_AFTER:
        say(out, t, "с ", "since ");
        time_add(out, t, v);
        break;
    case OP_BETWEEN:
        say(out, t, "с ", "from ");
        time_add(out, t, v);
        say(out, t, " по ", " to ");
        time_add(out, t, v + 1);
        break;
    case OP_NEXT:
        next_add(out, t, &v->span);
        break;
    default:
        say(out, t, n->op == OP_NOT_LAST ? "не " : "",
            n->op == OP_NOT_LAST ? "not " : "");
        last_add(out, t, &v->span, "в ");
    }
}

static bool is_number(const struct trait *f)
{
    return f->type == TRAIT_NUMBER || f->type == TRAIT_MONEY || f->type == TRAIT_AGE;
}

static void plain_predicate(struct buf *out, const struct speech *t,
                            const struct node *n)
{
    const struct trait *f = n->field;

    say_words(out, t, f->label);
    if (n->op == OP_STARTS || n->op == OP_ENDS || n->op == OP_CONTAINS) {
        texts_said(out, t, n);
        return;
    }
    if (is_number(f)) {
        say(out, t, " ", " is ");
        number_add(out, t, n, f, f->unit);
        return;
    }
    say(out, t, " — ", " is ");
    if (f->type == TRAIT_TIME)
        time_said(out, t, n);
    else
        listed(out, t, n);
}

void predicate_add(struct buf *out, const struct speech *t, const struct node *n)
{
    const struct trait *f = n->field;

    if (n->op == OP_IS_SET)
        say_words(out, t, f->yes);
    else if (n->op == OP_NOT_SET)
        say_words(out, t, f->no);
    else
        plain_predicate(out, t, n);
}

/* ---- birthdays -------------------------------------------------------------------- */

static void days_said(struct buf *out, const struct speech *t, int64_t n)
{
    buf_addf(out, "%" PRId64, n);
    unit_add(out, t, UNIT_DAYS, n);
}

/* «в ближайшие 7 дней», «завтра» */
static void near_said(struct buf *out, const struct speech *t, int64_t n, bool ahead)
{
    if (n == 1) {
        say(out, t, ahead ? "завтра" : "вчера", ahead ? "tomorrow" : "yesterday");
        return;
    }
    say(out, t, ahead ? "в ближайшие " : "в последние ",
        ahead ? "in the next " : "in the last ");
    days_said(out, t, n);
}

/* All ahead or all behind, n days away at most. */
static void one_side(struct buf *out, const struct speech *t, int64_t a, int64_t b,
                     bool ahead)
{
    if (a == 0)
        say(out, t, ahead ? "сегодня или " : "сегодня или был ",
            ahead ? "is today or " : "is today or was ");
    else
        say(out, t, ahead ? "будет " : "был ", ahead ? "is " : "was ");
    if (a == 0 || b == 1) {
        near_said(out, t, b, ahead);
        return;
    }
    say(out, t, ahead ? "через " : "", ahead ? "in " : "");
    if (a != b)
        buf_addf(out, "%" PRId64 "–", a);
    days_said(out, t, b);
    say(out, t, ahead ? "" : " назад", ahead ? "" : " ago");
}

static void within_said(struct buf *out, const struct speech *t, int64_t a, int64_t b)
{
    say(out, t, "у кого день рождения ", "whose birthday ");
    if (a == 0 && b == 0)
        say(out, t, "сегодня", "is today");
    else if (a >= 0)
        one_side(out, t, a, b, true);
    else if (b <= 0)
        one_side(out, t, -b, -a, false);
    else {
        say(out, t, "был ", "was ");
        near_said(out, t, -a, false);
        say(out, t, ", сегодня или будет ", ", is today or will be ");
        near_said(out, t, b, true);
    }
}

static void months_said(struct buf *out, const struct speech *t, const struct node *n)
{
    static const struct words names[12] = {
        {"январе", "January"},  {"феврале", "February"}, {"марте", "March"},
        {"апреле", "April"},    {"мае", "May"},          {"июне", "June"},
        {"июле", "July"},       {"августе", "August"},   {"сентябре", "September"},
        {"октябре", "October"}, {"ноябре", "November"},  {"декабре", "December"},
    };

    say(out, t, "у кого день рождения в ", "whose birthday is in ");
    for (int i = 0; i < n->values_n; i++) {
        comma_add(out, t, i, n->values_n, (struct words){" или ", " or "});
        say_words(out, t, names[n->values[i].n - 1]);
    }
}

static void birthday_clause(struct buf *out, const struct speech *t,
                            const struct node *n)
{
    const struct rule_value *v = n->values;

    if (n->op == OP_MONTH_IN)
        months_said(out, t, n);
    else if (n->op == OP_AGE_BETWEEN && v[0].n == v[1].n) {
        say(out, t, "кому ", "who are ");
        buf_addf(out, "%" PRId64, v[0].n);
        unit_add(out, t, UNIT_YEARS, v[0].n);
        say(out, t, "", " old");
    } else if (n->op == OP_AGE_BETWEEN) {
        struct node between = *n;

        between.op = OP_BETWEEN;
        say(out, t, "кому ", "who are ");
        number_add(out, t, &between, NULL, UNIT_YEARS);
        say(out, t, "", " old");
    } else
        within_said(out, t, n->op == OP_IS_TODAY ? 0 : v[0].n,
                    n->op == OP_IS_TODAY ? 0 : v[1].n);
}

/* ---- a clause --------------------------------------------------------------------- */

static bool takes_unknown(const struct node *n)
{
    return n->field->unknown != NULL &&
           (n->op == OP_NEQ || n->op == OP_NOT_IN || n->op == OP_NOT_LAST);
}

void field_clause(struct buf *out, const struct speech *t, const struct node *n)
{
    const struct trait *f = n->field;

    if (f->type == TRAIT_BOOL)
        say_words(out, t, n->values->n != 0 ? f->yes : f->no);
    else if (n->op == OP_IS_SET || n->op == OP_NOT_SET)
        predicate_add(out, t, n);
    else if (f->type == TRAIT_BIRTHDAY)
        birthday_clause(out, t, n);
    else {
        say(out, t, "у кого ", "whose ");
        predicate_add(out, t, n);
    }
    if (takes_unknown(n)) {
        say(out, t, " (или ", " (or ");
        say_words(out, t, f->no);
        buf_addc(out, ')');
    }
}
