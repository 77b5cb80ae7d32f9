/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/users_bulk.h - one action on many customers (core/loyalty/bulk.h). */
#ifndef API_USERS_BULK_H
#define API_USERS_BULK_H

#include "api/call.h"
#include "api/users.h"
#include "core/loyalty/bulk.h"

enum status bulks_get(struct call *c);
enum status bulk_post(struct call *c);
enum status bulk_get(struct call *c);
enum status bulk_items_get(struct call *c);
enum status bulk_file_get(struct call *c);
enum status bulk_stop_post(struct call *c);

/* ---- for its two files ------------------------------------------------------------ */

/* What the body says; texts are lent by it. */
struct bulk_said {
    enum bulk_action action;
    bool dry;
    struct bulk_params params;
    bool by_filter;
    struct customer_filter filter;
    struct users_segment segment;
    const int64_t *ids;
    size_t n;
    const char *text; /* of NOTIFY */
    bool marketing;
};
/* Reads the body. ST_REFUSED: a problem. Tags are made, and of NOTIFY the letter is
 * written, unless it is dry. */
must_check enum status bulk_said(struct call *c, struct bulk_said *out);
void bulk_said_free(struct bulk_said *s); /* in any case */

#endif
