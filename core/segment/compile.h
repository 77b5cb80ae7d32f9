/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/compile.h - a rule as a condition of SQL on `customer c`, and its weight.
 *
 * The text is put together from constants of the registry alone; whatever came from
 * outside is a value in args. A condition is true or false, never NULL, so that any of
 * them may be negated.
 *
 * Consent, opt-out and reachability are not in it, on purpose: broadcasts add them to
 * every segment, so that no author can forget them. A rule that does not ask for them
 * fits everybody it describes, also who may not be written to. */
#ifndef CORE_SEGMENT_COMPILE_H
#define CORE_SEGMENT_COMPILE_H

#include "core/base/buf.h"
#include "core/base/status.h"
#include "core/io/db.h"
#include "core/segment/rule.h"

#define COMPILE_ARGS 2048
/* Heavier rules are not asked at all. A column weighs 1; what looks at rows of its own for
 * each customer, 8 to 15. */
#define COMPILE_COST_MAX 100

struct compiled {
    /* Set before: not all are counted at once, but some of them looked at in the order of
     * their ids, or one. Rows are then looked up customer by customer: else a server may
     * gather those of everybody first, each time. */
    bool few;
    /* Set before; not with few. Whoever reads "customer c" must then read `from` first, if
     * there is anything in it: customers who have the rows a part of the rule asks for,
     * gathered at once, to be joined ON c.id = g.id. */
    bool lead;

    struct buf from;
    struct buf sql;
    struct db_arg args[COMPILE_ARGS]; /* for the ? of from and sql, in their order */
    size_t n;
    int cost;
    /* How it went, and what it is made with. */
    bool failed, heavy;
    const struct moment *moment;
    const struct node *led; /* the node that stands in from */
    char *texts;            /* patterns */
    size_t texts_n, texts_cap;
};

/* Sets all of out but `few` and `lead`; it is yours: compiled_free. The rule is borrowed
 * as long as out is used. ST_REFUSED: too expensive, out->cost says how much (its sql is of no use). ST_BAD:
 * a segment in it was not resolved. ST_BROKEN: no memory. */
must_check enum status compile_rule(const struct rule *r, const struct moment *m,
                                    struct compiled *out);
/* One node alone: does it fit? */
must_check enum status compile_node(const struct rule *r, const struct node *n,
                                    const struct moment *m, struct compiled *out);
/* What a FIELD, AGG, HAS or RECEIVED leaf looks at, as an expression: NULL where it is
 * unknown. ST_NONE: a leaf without a value of its own. */
must_check enum status compile_value(const struct rule *r, const struct node *n,
                                     const struct moment *m, struct compiled *out);
void compiled_free(struct compiled *c); /* safe on zeroed */

/* The weight alone; needs no memory. */
int compile_cost(const struct rule *r);

#endif
