/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/fill_private.h - fill_sql.c says in SQL what becomes of the customers of
 * an audience, fill.c writes that down page by page, fill_estimate.c counts it. */
#ifndef CORE_BROADCAST_FILL_PRIVATE_H
#define CORE_BROADCAST_FILL_PRIVATE_H

#include "core/broadcast/fill.h"
#include "core/broadcast/quiet.h"
#include "core/broadcast/row.h"
#include "core/segment/compile.h"

#define FILL_HOLDOUT 100 /* a fate; the others are of enum recipient_why */
#define FILL_ARGS (COMPILE_ARGS + 2 * QUIET_ZONES + 16)

struct fill_plan {
    const struct broadcast *b;
    struct moment moment; /* the rule is asked at; compiled points to it */
    int64_t now;
    struct settings set;
    struct quiet quiet;
    struct rule *rule;
    struct compiled compiled;
    struct {
        int no, weight;
    } variant[BROADCAST_VARIANTS];
    int variants;
    bool count; /* all of them at once, and who has had enough, too */

    struct buf sql; /* SELECT id, fate, variant, due, done FROM customer c … WHERE … */
    struct db_arg args[FILL_ARGS];
    size_t n;
    bool failed;
};
/* b is borrowed. Yours: fill_plan_free, also when it fails. ST_BAD: a rule that cannot be
 * read any more, or no variant; ST_REFUSED: a rule that is too expensive. */
must_check enum status fill_plan_open(struct db *db, const struct moment *m,
                                      const struct broadcast *b, bool count,
                                      struct fill_plan **out);
void fill_plan_arg(struct fill_plan *p, struct db_arg a);
void fill_plan_free(struct fill_plan *p);

#endif
