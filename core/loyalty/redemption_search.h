/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/redemption_search.h - redemptions, and attempts at them, page by page
 * (core/page.h). What was redeemed in training is in neither. */
#ifndef CORE_LOYALTY_REDEMPTION_SEARCH_H
#define CORE_LOYALTY_REDEMPTION_SEARCH_H

#include "core/loyalty/redemption.h"
#include "core/page.h"

enum redemption_sort {
    REDEMPTION_BY_TIME,
    REDEMPTION_BY_ID,
    REDEMPTION_BY_UNDO, /* of undone ones alone */
    REDEMPTION_SORTS
};
extern const struct page_sort redemption_sorts[REDEMPTION_SORTS];
#define ATTEMPT_SORTS 2 /* the first one is by time */
extern const struct page_sort attempt_sorts[ATTEMPT_SORTS];

#define ATTEMPT_VERDICTS 16

struct redemption_filter {
    int64_t store_id, by_id, customer_id, discount_id; /* 0: any */
    int64_t from, until;                               /* until itself is too late; 0 */
    bool by_voided, voided;
    int64_t staff_id; /* at the stores this person is bound to; 0: all */
};
/* ST_BAD: by the undo, and not of undone ones alone. */
must_check enum status
redemption_search(struct db *db, const struct redemption_filter *f, struct page *p);
must_check enum status redemption_search_next(struct db *db, struct page *p,
                                              struct redemption *out);
must_check enum status
redemption_total(struct db *db, const struct redemption_filter *f, int64_t *total);

/* Of all of them, on whatever page. */
struct redemption_sums {
    int64_t live, voided;
    int64_t amount, off; /* of the live ones whose sum was entered, kopecks */
};
must_check enum status redemption_sum(struct db *db, const struct redemption_filter *f,
                                      struct redemption_sums *out);

/* ---- what was checked ------------------------------------------------------------ */

struct attempt {
    int64_t id, at, by_id;
    int64_t store_id, discount_id; /* 0: no shift; no such code */
    enum verdict verdict;
    char code[CODE_SYMBOLS + 1]; /* one that nobody was given; "" else */
    char by[CONTACT_NAME_BYTES], store[CONTACT_NAME_BYTES];
};
struct attempt_filter {
    int64_t store_id, by_id, discount_id; /* 0: any */
    int64_t from, until;
    int64_t verdict[ATTEMPT_VERDICTS];
    size_t verdict_n; /* 0: all but the valid ones */
    int64_t staff_id; /* at the stores this person is bound to; 0: all */
};
must_check enum status attempt_search(struct db *db, const struct attempt_filter *f,
                                      struct page *p);
must_check enum status attempt_search_next(struct db *db, struct page *p,
                                           struct attempt *out);
must_check enum status attempt_total(struct db *db, const struct attempt_filter *f,
                                     int64_t *total);

#endif
