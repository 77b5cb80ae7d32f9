/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/explain.h - why is that customer in a segment, or not?
 *
 * A line for each node of the rule, in its order: whether it fits, its words, and what is
 * known of the customer there. A value that is personal is withheld from who may not see
 * personal data. */
#ifndef CORE_SEGMENT_EXPLAIN_H
#define CORE_SEGMENT_EXPLAIN_H

#include "core/io/db.h"
#include "core/segment/sentence.h"

struct explain_line {
    char pointer[POINTER_BYTES]; /* of the node in the rule's canonical text */
    int depth;                   /* 0: the root */
    enum node_kind kind;
    bool fits;
    bool withheld;           /* the value is personal */
    struct buf words, value; /* value: empty, there is none */
};

struct explain {
    struct explain_line *line; /* yours: explain_free */
    int n;
    bool fits; /* the whole rule, as audience_has says it */
};

struct explain_ask {
    int64_t customer_id;
    bool personal; /* may personal data be shown? */
    const struct speech *speech;
};

/* The rule is resolved. ST_NONE: no such customer, or erased. Else as audience.h. */
must_check enum status explain(struct db *db, const struct rule *r,
                               const struct explain_ask *ask, struct explain *out);
void explain_free(struct explain *e); /* safe on zeroed */

#endif
