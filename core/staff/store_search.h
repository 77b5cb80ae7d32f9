/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/store_search.h - stores, page by page (core/page.h). */
#ifndef CORE_STAFF_STORE_SEARCH_H
#define CORE_STAFF_STORE_SEARCH_H

#include "core/page.h"
#include "core/staff/store.h"

#define STORE_SORTS 3
extern const struct page_sort store_sorts[STORE_SORTS];

struct store_filter {
    const char *q;      /* stands in the name, city or address; NULL: any */
    const char *city;   /* NULL: any */
    bool by_open, open; /* by_open: only those that are (not) open */
    int64_t staff_id;   /* that person is bound to; 0: all */
};
must_check enum status store_search(struct db *db, const struct store_filter *f,
                                    struct page *p);
must_check enum status store_search_next(struct db *db, struct page *p,
                                         struct store *out);
must_check enum status store_total(struct db *db, const struct store_filter *f,
                                   int64_t *total);

#endif
