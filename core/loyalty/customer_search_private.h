/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/customer_search_private.h - how a search is made: what was asked
 * (customer_asked.c), its conditions (customer_where.c), by which index it is gathered or
 * walked (customer_plan.c). */
#ifndef CORE_LOYALTY_CUSTOMER_SEARCH_PRIVATE_H
#define CORE_LOYALTY_CUSTOMER_SEARCH_PRIVATE_H

#include "core/base/code.h"
#include "core/loyalty/customer_search.h"
#include "core/loyalty/phone.h"
#include "core/segment/compile.h"

/* Are other tables probed for each customer? */
bool asked_probes(const struct customer_filter *f);

#define ASKED_WORDS 4
#define ASKED_WORD_BYTES (64 * 4 * 2 + 2) /* each character escaped, and % */

/* The filter with names made numbers. */
struct asked {
    const struct customer_filter *f;
    bool nobody; /* nobody can fit */

    char code[CODE_SYMBOLS + 1]; /* of a discount there is; "": none */
    char tail[5];                /* the last digits of a phone; "": none */
    char phone[32];              /* a whole one, or % and digits; "": the tail alone */
    int64_t number;              /* 0: none */
    int words;
    char word[ASKED_WORDS][ASKED_WORD_BYTES]; /* patterns of LIKE */

    int64_t tags[CUSTOMER_LIST_MAX], tags_none[CUSTOMER_LIST_MAX];
    size_t tags_n, tags_none_n;
    int64_t stores[CUSTOMER_LIST_MAX * 4]; /* of the filter and the person, both */
    size_t stores_n;
    bool stores_many; /* the person's are too many to name: asked of each customer */

    /* The segment: its rule as a condition, and its people when they are few, as JSON. */
    struct rule *rule;
    struct compiled *fits;
    struct buf people;
};
must_check enum status asked_make(struct db *db, const struct customer_filter *f,
                                  struct asked *out);
void asked_free(struct asked *a); /* in any case */

/* Of `customer c`. Texts are borrowed from a. */
void where_add(struct page_query *q, const struct asked *a);
void arg_push(struct page_query *q, struct db_arg arg);

/* FROM and its first conditions. */
struct plan {
    bool walk;
    struct page_sort sort; /* with the column that index has */
    const char *id;        /* column */
    struct buf from;
    struct db_arg from_args[CUSTOMER_LIST_MAX * 4]; /* for the ? of from */
    size_t from_n;
    char where[80]; /* of the walked index, with its ?; "": all of it */
    struct db_arg where_args[2];
    size_t where_n;
};
must_check enum status plan_make(struct db *db, const struct asked *a,
                                 const struct page_sort *sort, struct plan *out);
void plan_free(struct plan *p);
/* from's arguments and where's, the first of a query. */
void plan_begin(const struct plan *p, struct page_query *q);

#endif
