/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/audit_search.h - the audit, page by page (core/page.h). Each filter has an index
 * that ends in time and id: millions of rows are never walked through. */
#ifndef CORE_AUDIT_SEARCH_H
#define CORE_AUDIT_SEARCH_H

#include "core/audit.h"
#include "core/contact.h"
#include "core/page.h"

#define AUDIT_SORTS 1
extern const struct page_sort audit_sorts[AUDIT_SORTS];

#define AUDIT_ACTION_BYTES 41
#define AUDIT_FIELDS_BYTES 1001
#define AUDIT_REQUEST_BYTES 65

struct audit_filter {
    const int64_t *actors; /* enum actor; none: all */
    size_t n_actors;
    bool by_actor_id, by_entity_id;
    int64_t actor_id, entity_id;
    const char *action, *entity, *request_id; /* NULL: any */
    int64_t from, to; /* microseconds, from inclusive, to not; 0: open */
    int64_t own;      /* only what this member of staff did; 0: everybody's */
};

struct audit_row {
    int64_t id, at;
    enum actor actor;
    int64_t actor_id, entity_id;
    char action[AUDIT_ACTION_BYTES], entity[AUDIT_ACTION_BYTES];
    char fields[AUDIT_FIELDS_BYTES], request_id[AUDIT_REQUEST_BYTES];
    /* What people are called today; "" of nobody, and of who was erased. */
    char actor_name[CONTACT_NAME_BYTES], entity_name[CONTACT_NAME_BYTES];
};

const char *actor_name(enum actor a); /* "staff"; "?" outside. Lent, for ever */

must_check enum status audit_search(struct db *db, const struct audit_filter *f,
                                    struct page *p);
must_check enum status audit_search_next(struct db *db, struct page *p,
                                         struct audit_row *out);
must_check enum status audit_total(struct db *db, const struct audit_filter *f,
                                   int64_t *total);

#endif
