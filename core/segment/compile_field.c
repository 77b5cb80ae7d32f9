/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One field and what it is held against. What compares is never true of the unknown,
 * what excludes always is: each condition below says so in its own text, so none of them
 * is NULL. */
#include "core/segment/compile_private.h"

#include <string.h>

/* ---- known and unknown ------------------------------------------------------------ */

/* "(NOT (unknown) AND " … ")" */
static void known_begin(struct compiled *c, const struct trait *f)
{
    sql_add(c, "(");
    if (f->unknown != NULL) {
        sql_add(c, "NOT (");
        sql_add(c, f->unknown);
        sql_add(c, ") AND ");
    }
}

/* "(" … " OR (unknown))" */
static void or_unknown(struct compiled *c, const struct trait *f)
{
    if (f->unknown != NULL) {
        sql_add(c, " OR (");
        sql_add(c, f->unknown);
        sql_add(c, ")");
    }
    sql_add(c, ")");
}

static void set_add(struct compiled *c, const struct node *n)
{
    sql_add(c, n->op == OP_IS_SET ? "NOT (" : "(");
    sql_add(c, n->field->unknown != NULL ? n->field->unknown : "1 = 0");
    sql_add(c, ")");
}

/* ---- texts ------------------------------------------------------------------------ */

/* The text as a pattern of LIKE … ESCAPE '!'. */
static struct db_arg pattern(struct compiled *c, const struct rule_value *v,
                             bool open_front, bool open_end)
{
    char *to = c->texts + c->texts_n;
    size_t n = 0;

    if (c->texts_n + 2 * v->len + 2 > c->texts_cap) {
        c->failed = true;
        return DB_NULL;
    }
    if (open_front)
        to[n++] = '%';
    for (size_t i = 0; i < v->len; i++) {
        if (v->text[i] == '%' || v->text[i] == '_' || v->text[i] == '!')
            to[n++] = '!';
        to[n++] = v->text[i];
    }
    if (open_end)
        to[n++] = '%';
    c->texts_n += n;
    return DB_TEXT_N(to, n);
}

static void like_add(struct compiled *c, const struct node *n)
{
    known_begin(c, n->field);
    sql_add(c, n->field->sql);
    sql_add(c, " LIKE ");
    value_add(c, pattern(c, n->values, n->op != OP_STARTS, n->op != OP_ENDS));
    sql_add(c, " ESCAPE '!')");
}

/* ---- comparing -------------------------------------------------------------------- */

static void compare_add(struct compiled *c, const struct node *n)
{
    bool not = n->op == OP_NEQ;

    if (not )
        sql_add(c, "(");
    else
        known_begin(c, n->field);
    sql_add(c, n->field->sql);
    sql_add(c, op_sql(n->op));
    value_add(c, value_arg(c, n->values));
    if (not )
        or_unknown(c, n->field);
    else
        sql_add(c, ")");
}

static void list_add(struct compiled *c, const struct node *n)
{
    bool not = n->op == OP_NOT_IN;

    if (not )
        sql_add(c, "(");
    else
        known_begin(c, n->field);
    sql_add(c, n->field->sql);
    sql_add(c, not ? " NOT IN (" : " IN (");
    values_add(c, n->values, n->values_n);
    sql_add(c, ")");
    if (not )
        or_unknown(c, n->field);
    else
        sql_add(c, ")");
}

static void between_add(struct compiled *c, const struct node *n)
{
    known_begin(c, n->field);
    sql_add(c, n->field->sql);
    sql_add(c, " BETWEEN ");
    value_add(c, value_arg(c, &n->values[0]));
    sql_add(c, " AND ");
    value_add(c, value_arg(c, &n->values[1]));
    sql_add(c, ")");
}

static void bool_add(struct compiled *c, const struct node *n)
{
    sql_add(c, n->values->n != 0 ? "(" : "NOT (");
    sql_add(c, n->field->sql);
    sql_add(c, ")");
}

/* ---- times ------------------------------------------------------------------------ */

/* Both ends inclusive. A day as an upper end is the whole day. */
static void time_bounds(const struct compiled *c, const struct node *n, int64_t *first,
                        int64_t *last)
{
    const struct moment *m = c->moment;
    const struct rule_value *v = n->values;

    *first = MOMENT_FIRST;
    *last = MOMENT_LAST;
    if (n->op == OP_LAST || n->op == OP_NOT_LAST) {
        *first = moment_shift(m, &v->span, false);
        *last = m->now;
    } else if (n->op == OP_NEXT) {
        *first = m->now + 1;
        *last = moment_shift(m, &v->span, true);
    } else if (n->op == OP_BEFORE)
        *last = value_time(v, m) - 1;
    else
        *first = value_time(v, m);
    if (n->op == OP_BETWEEN)
        *last = v[1].kind == VALUE_DAY ? moment_day_start(m, (int32_t)v[1].n + 1) - 1
                                       : v[1].n;
}

static void time_add(struct compiled *c, const struct node *n)
{
    bool not = n->op == OP_NOT_LAST;
    int64_t first, last;

    time_bounds(c, n, &first, &last);
    if (not )
        sql_add(c, "(");
    else
        known_begin(c, n->field);
    sql_add(c, n->field->sql);
    sql_add(c, not ? " NOT BETWEEN " : " BETWEEN ");
    value_add(c, DB_TIME(first));
    sql_add(c, " AND ");
    value_add(c, DB_TIME(last));
    if (not )
        or_unknown(c, n->field);
    else
        sql_add(c, ")");
}

/* ---- birthdays and ages ----------------------------------------------------------- */

static void md_add(struct compiled *c, const struct md_range *r, int n)
{
    sql_add(c, "(c.birth_md IS NOT NULL AND (");
    for (int i = 0; i < n; i++) {
        sql_add(c, i > 0 ? " OR c.birth_md BETWEEN " : "c.birth_md BETWEEN ");
        value_add(c, DB_INT(r[i].first));
        sql_add(c, " AND ");
        value_add(c, DB_INT(r[i].last));
    }
    sql_add(c, "))");
}

static void months_add(struct compiled *c, const struct node *n)
{
    struct md_range r[12];

    for (int i = 0; i < n->values_n; i++)
        r[i] = (struct md_range){(int)n->values[i].n * 100 + 1,
                                 (int)n->values[i].n * 100 + 31};
    md_add(c, r, n->values_n);
}

/* Of lo to hi whole years, both included; 1904 is a birthday without its year. */
static void age_add(struct compiled *c, int64_t lo, int64_t hi)
{
    const int32_t earliest = cal_day((struct date){1905, 1, 1});
    int32_t first = earliest, last;

    if (hi <= 200 && moment_born_by(c->moment, (int)hi + 1) + 1 > earliest)
        first = moment_born_by(c->moment, (int)hi + 1) + 1;
    last = moment_born_by(c->moment, lo > 0 ? (int)lo : 0);
    if (lo > hi) /* nobody */
        last = first - 1;
    sql_add(c, "(c.birth_date IS NOT NULL AND c.birth_date BETWEEN ");
    value_add(c, DB_DATE(first));
    sql_add(c, " AND ");
    value_add(c, DB_DATE(last));
    sql_add(c, ")");
}

static void age_number_add(struct compiled *c, const struct node *n)
{
    int64_t v = n->values->n, lo = 0, hi = 1000;

    if (n->op == OP_EQ || n->op == OP_NEQ)
        lo = hi = v;
    else if (n->op == OP_LT || n->op == OP_LTE)
        hi = n->op == OP_LT ? v - 1 : v;
    else if (n->op == OP_BETWEEN)
        lo = v, hi = n->values[1].n;
    else
        lo = n->op == OP_GT ? v + 1 : v;
    sql_add(c, n->op == OP_NEQ ? "NOT " : "");
    age_add(c, lo, hi);
}

static void birthday_add(struct compiled *c, const struct node *n)
{
    const struct rule_value *v = n->values;
    struct md_range r[MD_RANGES];
    bool today = n->op == OP_IS_TODAY;

    if (n->op == OP_MONTH_IN)
        months_add(c, n);
    else if (n->op == OP_AGE_BETWEEN)
        age_add(c, v[0].n, v[1].n);
    else
        md_add(c, r,
               moment_birthdays(c->moment, today ? 0 : (int)v[0].n,
                                today ? 0 : (int)v[1].n, r));
}

/* ---- any -------------------------------------------------------------------------- */

void field_add(struct compiled *c, const struct node *n)
{
    enum trait_type t = n->field->type;

    if (n->op == OP_IS_SET || n->op == OP_NOT_SET)
        set_add(c, n);
    else if (t == TRAIT_BIRTHDAY)
        birthday_add(c, n);
    else if (t == TRAIT_AGE)
        age_number_add(c, n);
    else if (t == TRAIT_BOOL)
        bool_add(c, n);
    else if (t == TRAIT_TIME)
        time_add(c, n);
    else if (n->op == OP_IN || n->op == OP_NOT_IN)
        list_add(c, n);
    else if (n->op == OP_BETWEEN)
        between_add(c, n);
    else if (op_sql(n->op) != NULL)
        compare_add(c, n);
    else
        like_add(c, n);
}
