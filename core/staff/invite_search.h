/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/invite_search.h - invitations and what became of them, page by page
 * (core/page.h). Never their tokens: nobody has those but who was given the link. */
#ifndef CORE_STAFF_INVITE_SEARCH_H
#define CORE_STAFF_INVITE_SEARCH_H

#include "core/page.h"
#include "core/staff/invite.h"

#define INVITE_SORTS 3
extern const struct page_sort invite_sorts[INVITE_SORTS];

enum invite_state {
    INVITE_IS_OPEN = 1,
    INVITE_IS_USED,
    INVITE_IS_EXPIRED,
    INVITE_IS_REVOKED,
    INVITE_STATES
};

struct invite_filter {
    int64_t now;
    const struct staff *by; /* sees those they made and those of their stores, or all */
    enum invite_state state; /* 0: any */
    enum role role;          /* ROLE_UNSET: any */
    int64_t store_id;        /* 0: any */
};

struct invite_row {
    int64_t id;
    enum invite_state state;
    enum role role;
    bool till; /* makes a shared phone, and nobody staff */
    int64_t stores[INVITE_STORES_MAX];
    int n_stores;
    int64_t made_by; /* 0: a command at the server */
    int64_t used_by; /* 0: nobody */
    int64_t created_at, expires_at, used_at, revoked_at; /* 0: not */
    char made_by_name[CONTACT_NAME_BYTES], used_by_name[CONTACT_NAME_BYTES];
};

must_check enum status invite_search(struct db *db, const struct invite_filter *f,
                                     struct page *p);
must_check enum status invite_search_next(struct db *db, struct page *p, int64_t now,
                                          struct invite_row *out);
must_check enum status invite_total(struct db *db, const struct invite_filter *f,
                                    int64_t *total);

/* One of those `by` sees. ST_NONE: there is none. */
must_check enum status invite_row_load(struct db *db, int64_t now,
                                       const struct staff *by, int64_t id,
                                       struct invite_row *out);

#endif
