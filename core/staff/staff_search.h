/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/staff_search.h - who works here, or did, page by page (core/page.h).
 *
 * A row's version grows with every change of the person: role, name, stores, PIN,
 * leaving, coming back. */
#ifndef CORE_STAFF_STAFF_SEARCH_H
#define CORE_STAFF_STAFF_SEARCH_H

#include "core/page.h"
#include "core/staff/staff.h"

#define STAFF_SORTS 3
extern const struct page_sort staff_sorts[STAFF_SORTS];

/* "by_x": the filter x counts. */
struct staff_filter {
    int64_t now;
    const char *q;        /* stands in the name; NULL: any */
    const int64_t *roles; /* any of them; n_roles 0: any at all */
    size_t n_roles;
    int64_t store_id; /* bound to it; 0: any */
    int64_t seer;     /* shares a store with that person, or is they; 0: all */
    bool by_active, active;
    bool by_pin, has_pin; /* one that works */
    bool by_shift, on_shift;
};

struct staff_row {
    struct staff staff;
    int64_t version, created_at, dismissed_at; /* dismissed_at 0: active */
    int64_t shift_id, shift_store;             /* the open one; 0: none */
    bool has_pin;
    bool named; /* by somebody of ours */
};

must_check enum status staff_search(struct db *db, const struct staff_filter *f,
                                    struct page *p);
must_check enum status staff_search_next(struct db *db, struct page *p, int64_t now,
                                         struct staff_row *out);
must_check enum status staff_total(struct db *db, const struct staff_filter *f,
                                   int64_t *total);

/* One of them, active or not. held: until the transaction ends. */
must_check enum status staff_row_load(struct db *db, int64_t now, int64_t id, bool held,
                                      struct staff_row *out);

/* The stores of those people (at most PAGE_LIMIT_MAX), by person and store. */
typedef void staff_store_each(void *arg, int64_t staff_id, int64_t store_id);
must_check enum status staff_stores_of(struct db *db, const int64_t *ids, size_t n,
                                       staff_store_each *fn, void *arg);

#endif
