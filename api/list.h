/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/list.h - lists that come in pages: what every one of them understands, and the
 * form of its answer.
 *
 *   {"items":[…],"page":{"next":"…","prev":null,"limit":50,"has_next":true,
 *    "has_prev":false},"query":{"sort":"name"}}
 *
 *   static const struct field params[] = {{"city", FIELD_TEXT}, LIST_FIELDS};
 *   static const struct page_sort sorts[] = {{"name", "s.name", PAGE_TEXT}, …};
 *
 *   st = query_read(c, params, n);
 *   if (st == ST_OK) st = list_begin(c, sorts, 2, &page);
 *   … the core selects and reads the rows, each pushed onto items …
 *   return list_answer(c, &page, &(struct list){.items = items, .total = total});
 *
 * The first sort is the one of who names none. "page" and "per_page" are for tables with
 * numbers, up to row 10,000; "cursor" has no such end. */
#ifndef API_LIST_H
#define API_LIST_H

#include "api/call.h"
#include "core/page.h"

#define LIST_LIMIT 50
#define LIST_CURSOR_MAX 4096

/* clang-format off */
#define LIST_FIELDS                                                                    \
    {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},                             \
    {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX},                          \
    {"page", FIELD_INT, .min = 1, .max = PAGE_OFFSET_MAX + 1},                         \
    {"per_page", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},                          \
    {"include_total", FIELD_BOOL},                                                     \
    {"sort", FIELD_TEXT, .min = 1, .max = 64}
/* clang-format on */

/* Of what query_read took. ST_REFUSED: problem() has been called. */
must_check enum status list_begin(struct call *c, const struct page_sort *sorts,
                                  size_t n, struct page *out);
/* ?include_total=true, or "Prefer: return=total-count": count them. */
bool list_wants_total(const struct call *c);

struct list {
    struct json *items;   /* an array, in the order they were read; taken over */
    int64_t total;        /* of page_total, when list_wants_total */
    bool total_is_capped; /* it counted less than all */
};
must_check enum status list_answer(struct call *c, const struct page *p,
                                   const struct list *l);

#endif
