/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * «кто купил больше 2 раз за последние 90 дней»: leaves that look at rows. */
#include "core/segment/sentence_private.h"

#include <string.h>

static void window_said(struct buf *out, const struct speech *t, const struct window *w)
{
    if (w->by_last) {
        buf_addc(out, ' ');
        last_add(out, t, &w->last, "за ");
    }
    if (w->by_after) {
        say(out, t, " с ", w->by_before ? " from " : " since ");
        time_add(out, t, &w->after);
    }
    if (w->by_before) {
        say(out, t, " до ", w->by_after ? " until " : " before ");
        time_add(out, t, &w->before);
    }
}

/* «(магазин — «Ленина», скидка — на день рождения)» */
static void where_said(struct buf *out, const struct speech *t, const struct node *n)
{
    for (const struct node *w = n->first; w != NULL; w = w->next) {
        buf_adds(out, w == n->first ? " (" : ", ");
        predicate_add(out, t, w);
        if (w->field->unknown != NULL && (w->op == OP_NEQ || w->op == OP_NOT_IN)) {
            say(out, t, " или ", " or ");
            say_words(out, t, w->field->no);
        }
    }
    buf_adds(out, n->first != NULL ? ")" : "");
}

/* "did" or "did not", with its conditions and its time. */
static void did_add(struct buf *out, const struct speech *t, const struct node *n,
                    bool did)
{
    say_words(out, t, did ? n->relation->did : n->relation->did_not);
    where_said(out, t, n);
}

static bool means_never(const struct node *n)
{
    int64_t v = n->values_n > 0 ? n->values->n : 0;

    return ((n->op == OP_EQ || n->op == OP_LTE) && v == 0) ||
           (n->op == OP_LT && v == 1);
}

static void count_said(struct buf *out, const struct speech *t, const struct node *n)
{
    bool never = means_never(n);

    did_add(out, t, n, !never);
    if (never)
        say(out, t, " ни разу", " even once");
    else {
        buf_addc(out, ' ');
        number_add(out, t, n, NULL, UNIT_TIMES);
    }
    window_said(out, t, &n->window);
}

static void days_said(struct buf *out, const struct speech *t, const struct node *n)
{
    if (n->op == OP_IS_SET || n->op == OP_NOT_SET) {
        did_add(out, t, n, n->op == OP_IS_SET);
        window_said(out, t, &n->window);
        return;
    }
    did_add(out, t, n, true);
    say(out, t, " в последний раз ", " for the last time ");
    number_add(out, t, n, NULL, UNIT_DAYS);
    say(out, t, " назад", " ago");
    window_said(out, t, &n->window);
    if (n->op == OP_NEQ) {
        say(out, t, " (или ", " (or ");
        say_words(out, t, n->relation->did_not);
        say(out, t, " ни разу)", " even once)");
    }
}

static void distinct_said(struct buf *out, const struct speech *t, const struct node *n)
{
    say(out, t, "у кого разных значений «", "whose number of different values of “");
    say_words(out, t, n->field->label);
    say(out, t, "» ", "” ");
    say_words(out, t, n->relation->among);
    where_said(out, t, n);
    window_said(out, t, &n->window);
    say(out, t, " ", " is ");
    number_add(out, t, n, NULL, UNIT_NONE);
}

static void sum_said(struct buf *out, const struct speech *t, const struct node *n)
{
    static const struct words fns[AGGS] = {
        [AGG_SUM] = {" всего", " in total"},
        [AGG_AVG] = {" в среднем", " on average"},
        [AGG_MIN] = {" самое меньшее", " at its lowest"},
        [AGG_MAX] = {" самое большее", " at its highest"},
    };

    say(out, t, "у кого ", "whose ");
    say_words(out, t, n->field->label);
    if (n->field->type != TRAIT_MONEY) { /* sums say by themselves what they are of */
        buf_addc(out, ' ');
        say_words(out, t, n->relation->among);
    }
    where_said(out, t, n);
    say_words(out, t, fns[n->fn]);
    window_said(out, t, &n->window);
    say(out, t, " ", " is ");
    number_add(out, t, n, n->field, n->field->unit);
    if (n->op == OP_NEQ && n->fn != AGG_SUM)
        say(out, t, " (или неизвестно)", " (or is not known)");
}

/* Is there any to take the least, the most or the middle of? */
static void any_said(struct buf *out, const struct speech *t, const struct node *n)
{
    bool is = n->op == OP_IS_SET;

    if (n->field->unknown == NULL)
        did_add(out, t, n, is);
    else {
        say(out, t, "у кого ", "of whom ");
        say_words(out, t, is ? n->field->yes : n->field->no);
        where_said(out, t, n);
    }
    window_said(out, t, &n->window);
}

static void has_said(struct buf *out, const struct speech *t, const struct node *n)
{
    did_add(out, t, n, true);
    if (n->values_n > 0) {
        struct node times = *n;

        times.op = OP_GTE;
        buf_addc(out, ' ');
        number_add(out, t, &times, NULL, UNIT_TIMES);
    }
    window_said(out, t, &n->window);
}

void rows_clause(struct buf *out, const struct speech *t, const struct node *n)
{
    if (n->kind == NODE_HAS)
        has_said(out, t, n);
    else if (n->fn == AGG_COUNT)
        count_said(out, t, n);
    else if (n->fn == AGG_DAYS)
        days_said(out, t, n);
    else if (n->fn == AGG_DISTINCT)
        distinct_said(out, t, n);
    else if (n->op == OP_IS_SET || n->op == OP_NOT_SET)
        any_said(out, t, n);
    else
        sum_said(out, t, n);
}
