/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/customer_search.h - customers, page by page (core/page.h), fast among a
 * million whatever is asked.
 *
 * Each filter that has an index is counted first, up to CUSTOMER_GATHER. Where the rarest
 * has no more, its customers are gathered, held against the other filters and sorted:
 * the answer is whole. Where all are common, the order's own index is walked, and at most
 * CUSTOMER_WALK customers are looked at for one page: if that was not enough to fill it,
 * page.cut is set, the page is shorter than its limit (it may be empty), and its cursor
 * goes on behind the last one that was looked at. Nobody is left out or comes twice.
 *
 * A total is exact where customers are gathered; else it says how many of the first
 * CUSTOMER_COUNT (or CUSTOMER_COUNT_PROBED) fit, at least. */
#ifndef CORE_LOYALTY_CUSTOMER_SEARCH_H
#define CORE_LOYALTY_CUSTOMER_SEARCH_H

#include "core/loyalty/customer.h"
#include "core/page.h"
#include "core/segment/moment.h"

#define CUSTOMER_GATHER 2000
#define CUSTOMER_WALK 1500
#define CUSTOMER_COUNT 12000
#define CUSTOMER_COUNT_PROBED 2500 /* where other tables must be asked about each */

/* What somebody is to the shop, of several columns. */
enum customer_state {
    STATE_ACTIVE,
    STATE_UNREACHABLE, /* they blocked us or are gone */
    STATE_BLOCKED,     /* by the shop */
    STATE_ERASED,
    CUSTOMER_STATES
};
const char *customer_state_name(enum customer_state s); /* "active". Lent, for ever */

/* The first is the order of who asks for none. */
#define CUSTOMER_SORTS 5
extern const struct page_sort customer_sorts[CUSTOMER_SORTS];

#define CUSTOMER_LIST_MAX 10 /* tags, stores */

/* Borrowed until the search is over. Zeroed: everybody but the erased. */
struct customer_filter {
    int64_t now;
    /* Words of a name, a user name, a phone's last four digits or more, a discount's
     * code, a customer's number. NULL: any. */
    const char *q;
    bool phone_whole; /* may see whole phones, so may look for them */
    unsigned states;  /* 1 << enum customer_state; 0: all but STATE_ERASED */
    bool by_subscribed, subscribed, by_marketing, marketing;
    bool by_discount, discount; /* has one that is good now */
    const char *const *tags;    /* any of them */
    size_t tags_n;
    const char *const *tags_none; /* none of them */
    size_t tags_none_n;
    const int64_t *stores; /* at home there */
    size_t stores_n;
    const char *source;
    int birthday_from, birthday_to; /* MMDD, inclusive, over New Year too; 0: any */
    int64_t created_after, created_before; /* after <= at < before; 0: any */
    int64_t bought_after, bought_before;   /* the last time; likewise */
    bool by_total;
    int64_t total_min; /* kopecks */
    int64_t staff_id;  /* at home in a store that person is bound to; 0: all */
    int64_t upto_id;   /* of numbers no higher; 0: all */
    int64_t
        segment_id; /* of that segment (core/segment/segment.h), as it is at … 0: any */
    const struct moment *moment; /* … and by whose calendar; needed with segment_id */
};

struct customer_row {
    struct customer customer;
    enum customer_state state;
    int purchases;
    int64_t spent_total, last_purchase; /* 0: never */
    int64_t home_store_id;              /* 0: none */
    int64_t barred_at;                  /* 0: is not */
};

/* Tags and segments that do not exist are looked at as such that nobody has. ST_REFUSED:
 * the segment's rule is too expensive, or took too long. */
must_check enum status customer_search(struct db *db, const struct customer_filter *f,
                                       struct page *p);
must_check enum status customer_search_next(struct db *db, struct page *p,
                                            struct customer_row *out);
/* *whole: false, there may be more. */
must_check enum status customer_total(struct db *db, const struct customer_filter *f,
                                      int64_t *total, bool *whole);

/* One of them; ST_NONE: no such customer, or (staff_id) not of theirs. */
must_check enum status customer_row_load(struct db *db, int64_t id, int64_t staff_id,
                                         struct customer_row *out);

/* Does that customer fit? ST_OK, ST_NONE. */
must_check enum status customer_fits(struct db *db, const struct customer_filter *f,
                                     int64_t id);

#endif
