/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/timeline.h - what happened to one customer, of all tables in one order, the
 * newest first: each table is read from the page's place on by an index of (customer,
 * time, id), never whole.
 *
 * The page's place is the moment and id * 16 + kind of the event: what happened at the
 * same moment keeps its order. */
#ifndef CORE_LOYALTY_TIMELINE_H
#define CORE_LOYALTY_TIMELINE_H

#include "core/page.h"

enum timeline_kind {
    TIMELINE_ISSUED = 1, /* id: discount; a: basis points, b: source; text: code */
    TIMELINE_REDEEMED,   /* id: redemption; a: amount, b: taken off, -1; c: store */
    TIMELINE_VOIDED,     /* the same */
    TIMELINE_CONSENT,    /* id: of the evidence; a: purpose, b: given, c: by staff;
                            text: what they hold of it */
    TIMELINE_MESSAGE,    /* id: message; a: purpose, b: state */
    TIMELINE_CHANGE,     /* id: of the audit; a: actor, b: its id; text: what */
    TIMELINE_KINDS
};
const char *timeline_name(enum timeline_kind k); /* "discount_issued". Lent, for ever */

struct timeline_event {
    enum timeline_kind kind;
    int64_t at, id, a, b, c; /* c: 0: none */
    char text[260];
};

#define TIMELINE_SORTS 1
extern const struct page_sort timeline_sorts[TIMELINE_SORTS];

/* kinds: 1 << enum timeline_kind; 0: all. The page is descending, by cursor alone. */
must_check enum status timeline_search(struct db *db, int64_t customer_id,
                                       unsigned kinds, struct page *p);
must_check enum status timeline_next(struct db *db, struct page *p,
                                     struct timeline_event *out);

#endif
