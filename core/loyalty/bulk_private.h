/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/bulk_private.h - what a task keeps as JSON. */
#ifndef CORE_LOYALTY_BULK_PRIVATE_H
#define CORE_LOYALTY_BULK_PRIVATE_H

#include "core/base/json.h"
#include "core/loyalty/bulk.h"

/* Yours. */
struct json *bulk_params_json(const struct bulk_params *p);
struct json *bulk_filter_json(const struct customer_filter *f);

/* Read back; texts are lent by `from`. */
void bulk_params_read(const struct json *from, struct bulk_params *out);
struct bulk_who {
    struct customer_filter filter;
    const char *tags[CUSTOMER_LIST_MAX], *tags_none[CUSTOMER_LIST_MAX];
    int64_t stores[CUSTOMER_LIST_MAX];
};
void bulk_filter_read(const struct json *from, const struct moment *m,
                      struct bulk_who *out);

#define BULK_TASK                                                                      \
    "b.id, b.staff_id, b.action, b.state, b.who IS NOT NULL, b.at_id, b.upto_id,"      \
    " b.expected, b.expected_whole, b.done, b.unchanged, b.failed, b.parts,"           \
    " b.made_at, b.moved_at, b.finished_at"
void bulk_task_read(const struct db *db, int col, struct bulk_task *out);

#endif
