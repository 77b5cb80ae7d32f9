/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/discount_search.h - discounts page by page (core/page.h), and counted.
 *
 * Every order has an index that ends in the id, and the selection names it: a page costs
 * the same among thousands as among millions. Ones that were redeemed at a store are
 * found by the redemptions, and so come in the order they were redeemed. */
#ifndef CORE_LOYALTY_DISCOUNT_SEARCH_H
#define CORE_LOYALTY_DISCOUNT_SEARCH_H

#include "core/base/tz.h"
#include "core/loyalty/called.h"
#include "core/loyalty/discount.h"
#include "core/page.h"

enum discount_sort {
    DISCOUNT_BY_CREATED,
    DISCOUNT_BY_END,
    DISCOUNT_BY_ID,
    DISCOUNT_BY_REDEEMED, /* with filter.redeemed_store_id alone */
    DISCOUNT_SORTS
};
extern const struct page_sort discount_sorts[DISCOUNT_SORTS];

#define DISCOUNT_CHOICES 4 /* of one filter */

struct discount_filter {
    int64_t now;
    int64_t status[DISCOUNT_CHOICES]; /* enum discount_status, the clock included */
    size_t status_n;                  /* 0: any */
    int64_t source[DISCOUNT_CHOICES];
    size_t source_n;
    int64_t customer_id, issuer_id, store_id; /* 0: any */
    int64_t redeemed_store_id; /* was redeemed there, and not undone; 0: any */
    const char *code;          /* as code_read gives it; NULL: any */
    int64_t valid_on, expires_before, issued_after, issued_before; /* 0: any */
    int64_t
        staff_id; /* good at all stores, or at one this person is bound to; 0: all */
};

struct discount_found {
    struct discount discount;
    char customer[CONTACT_NAME_BYTES + 8]; /* "Мария К." */
    int64_t issued_by;                     /* 0: the program */
    char issuer[CONTACT_NAME_BYTES];
    char store[CONTACT_NAME_BYTES]; /* the only one it is good at */
    char reason[1021];
    int64_t redeemed_at; /* in the order of it; else 0 */
};

/* What is behind the page's sort is up to the caller: DISCOUNT_BY_REDEEMED exactly when
 * redeemed_store_id is given, else ST_BAD. */
must_check enum status discount_search(struct db *db, const struct discount_filter *f,
                                       struct page *p);
must_check enum status discount_search_next(struct db *db, struct page *p,
                                            struct discount_found *out);
must_check enum status discount_total(struct db *db, const struct discount_filter *f,
                                      int64_t *total);
/* That one, by the same rule of who may see it (staff_id). ST_NONE. */
must_check enum status discount_search_one(struct db *db, int64_t id, int64_t staff_id,
                                           struct discount_found *out);

/* ---- statistics ------------------------------------------------------------------ */

/* What was issued from `from` up to but not including `until`, by what became of it by
 * now; and what was redeemed in that time, whenever it was issued. Customers who are in
 * no statistics (customer.left_out: staff and test accounts) are not counted. */
struct discount_tally {
    int64_t issued;
    int64_t by_status[DISCOUNT_REVOKED + 1]; /* the clock included */
    int64_t redeemed, voided;                /* redemptions: live, undone */
    int64_t amount, off; /* of the live ones whose sum was entered, kopecks */
};
struct discount_span {
    const struct tz *tz; /* the shop's: of its days */
    int64_t now, from, until;
    int64_t staff_id; /* as in the filter; redemptions at their stores; 0: all */
};
must_check enum status discount_stats(struct db *db, const struct discount_span *span,
                                      struct discount_tally out[SOURCE_COUNT]);

#endif
