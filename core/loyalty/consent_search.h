/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/consent_search.h - the evidence of one customer's consents, page by page
 * (core/page.h). */
#ifndef CORE_LOYALTY_CONSENT_SEARCH_H
#define CORE_LOYALTY_CONSENT_SEARCH_H

#include "core/loyalty/consent.h"
#include "core/page.h"

#define CONSENT_SORTS 1
extern const struct page_sort consent_sorts[CONSENT_SORTS];

struct consent_row {
    int64_t id, at;
    enum purpose purpose;
    bool granted;
    int version; /* of the text they saw; 0: none */
    char language[3];
    enum channel via;
    int64_t staff_id;   /* who entered it; 0: themselves */
    char evidence[801]; /* "": none */
};
must_check enum status consent_search(struct db *db, int64_t customer_id,
                                      struct page *p);
must_check enum status consent_search_next(struct db *db, struct page *p,
                                           struct consent_row *out);
must_check enum status consent_total(struct db *db, int64_t customer_id,
                                     int64_t *total);

#endif
