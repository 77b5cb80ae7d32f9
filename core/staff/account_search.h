/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/account_search.h - who may use the panel, page by page (core/page.h): active
 * people of the roles that have PERM_PANEL, whether or not they have ever logged in. */
#ifndef CORE_STAFF_ACCOUNT_SEARCH_H
#define CORE_STAFF_ACCOUNT_SEARCH_H

#include "core/page.h"
#include "core/staff/account.h"

#define ACCOUNT_SORTS 2
extern const struct page_sort account_sorts[ACCOUNT_SORTS];

struct account_filter {
    const char *q;  /* stands in the name or e-mail; NULL: any */
    enum role role; /* ROLE_UNSET: any */
    bool by_disabled, disabled;
};
struct account_row {
    struct staff staff;
    struct account account; /* staff_id 0: has not logged in yet; no hash, no secret */
    bool has_password;
};
must_check enum status account_search(struct db *db, const struct account_filter *f,
                                      struct page *p);
must_check enum status account_search_next(struct db *db, struct page *p,
                                           struct account_row *out);
must_check enum status account_total(struct db *db, const struct account_filter *f,
                                     int64_t *total);

/* One of them. ST_NONE: nobody active of such a role. */
must_check enum status account_row_load(struct db *db, int64_t staff_id,
                                        struct account_row *out);

#endif
