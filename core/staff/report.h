/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/report.h - what was redeemed, added up for who answers for the store. What
 * was undone is counted apart; what was redeemed in training is nowhere in it. */
#ifndef CORE_STAFF_REPORT_H
#define CORE_STAFF_REPORT_H

#include "core/staff/shift.h"

struct report_line { /* of a cashier */
    char name[CONTACT_NAME_BYTES];
    int redeemed; /* live ones */
    int voided;
    int with_amount;          /* live ones whose purchase was entered */
    int64_t amount, discount; /* their sums, kopecks */
};

/* Who redeemed at a store from `from` until before `to`, by name; *n written. */
struct report_ask {
    int64_t store_id, from, to;
};
must_check enum status report_store(struct db *db, const struct report_ask *ask,
                                    struct report_line *out, int room, int *n);
void report_sum(struct report_line *total, const struct report_line *one);
int64_t report_average(const struct report_line *l); /* -1: no purchase was entered */

/* The receipts of a shift, oldest first. */
struct report_receipt {
    int no;
    int64_t at, voided_at; /* 0: live */
    int source;            /* core/loyalty/discount.h */
    int percent_bp;
    int64_t amount, discount; /* -1: not entered */
    char store[CONTACT_NAME_BYTES], name[CONTACT_NAME_BYTES];
};
typedef void report_each(void *arg, const struct report_receipt *r);
must_check enum status report_receipts(struct db *db, int64_t shift_id, report_each *fn,
                                       void *arg);

/* The newest shifts that `by` may see the reports of, newest first. */
struct report_shift {
    struct shift shift;
    char name[CONTACT_NAME_BYTES];
};
must_check enum status report_shifts(struct db *db, const struct staff *by,
                                     struct report_shift *out, int room, int *n);

/* May they see the report of that shift? Their own, or of their stores. ST_OK,
 * ST_REFUSED, ST_NONE. */
must_check enum status report_may(struct db *db, const struct staff *by,
                                  int64_t shift_id, struct shift *out);

#endif
