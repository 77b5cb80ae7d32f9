/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/report_search.h - shifts, page by page (core/page.h). What was redeemed in
 * one: shift_report, report_receipts. */
#ifndef CORE_STAFF_REPORT_SEARCH_H
#define CORE_STAFF_REPORT_SEARCH_H

#include "core/page.h"
#include "core/staff/report.h"

#define SHIFT_SORTS 2
extern const struct page_sort shift_sorts[SHIFT_SORTS];

struct shift_filter {
    const struct staff *by;     /* sees their own, or those of their stores, or all */
    int64_t store_id, staff_id; /* 0: any */
    int64_t from, to;           /* opened at or after, before; 0: whenever */
    bool by_open, open;
};
must_check enum status shift_search(struct db *db, const struct shift_filter *f,
                                    struct page *p);
must_check enum status shift_search_next(struct db *db, struct page *p,
                                         struct report_shift *out);
must_check enum status shift_total(struct db *db, const struct shift_filter *f,
                                   int64_t *total);

#endif
