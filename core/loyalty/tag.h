/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/tag.h - the shop's own words on customers.
 *
 * A name is 1 to 40 characters, without blanks around it; letters' case does not make
 * another one. Removing a tag removes its row at once; what pointed to it is seen no
 * more and is swept away by jobs (core.tag_swept, worker/JOBS.md).
 *
 * All run inside the caller's transaction. */
#ifndef CORE_LOYALTY_TAG_H
#define CORE_LOYALTY_TAG_H

#include "core/contact.h"
#include "core/page.h"

#define TAG_NAME_MAX 40 /* characters */
#define TAG_NAME_BYTES (TAG_NAME_MAX * 4 + 1)
#define CUSTOMER_TAGS_MAX 50 /* of one customer */
#define TAG_SWEEP 1000

struct tag {
    int64_t id;
    char name[TAG_NAME_BYTES];
    int64_t made_at; /* of a customer's: since when they have it */
};

#define TAG_SORTS 3
extern const struct page_sort tag_sorts[TAG_SORTS];

/* q: begins the name; NULL: all. */
must_check enum status tag_search(struct db *db, const char *q, struct page *p);
must_check enum status tag_search_next(struct db *db, struct page *p, struct tag *out);
must_check enum status tag_total(struct db *db, const char *q, int64_t *total);

/* Finds it or makes it; *fresh: made now. ST_BAD: not a name of a tag. */
must_check enum status tag_make(struct db *db, int64_t now, const char *name,
                                int64_t staff_id, struct tag *out, bool *fresh);
must_check enum status tag_find(struct db *db, const char *name, struct tag *out);
/* ST_NONE: no such tag. */
must_check enum status tag_remove(struct db *db, int64_t now, int64_t id,
                                  int64_t staff_id);
/* At most TAG_SWEEP rows of a removed tag leave; *n how many. */
must_check enum status tag_sweep(struct db *db, int64_t id, int *n);

/* ---- of one customer -------------------------------------------------------------- */

struct tag_act {
    int64_t customer_id, staff_id;
    int64_t tag_id;
};
/* ST_NONE: they had it already. ST_REFUSED: CUSTOMER_TAGS_MAX, or no such tag. */
must_check enum status tag_give(struct db *db, int64_t now, const struct tag_act *act);
/* ST_NONE: they had it not. */
must_check enum status tag_take(struct db *db, int64_t now, const struct tag_act *act);
must_check enum status tag_list(struct db *db, int64_t customer_id,
                                struct tag out[CUSTOMER_TAGS_MAX], int *n);

#endif
