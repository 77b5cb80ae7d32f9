/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/users.h - customers (core/loyalty/customer*.h), as the API calls them.
 *
 * Phones are masked and birth dates lack their year for who has no PERM_CUSTOMER_UNMASK.
 * A manager sees those at home in their stores: for others there is no such user. */
#ifndef API_USERS_H
#define API_USERS_H

#include "api/call.h"
#include "core/loyalty/customer_card.h"
#include "core/segment/moment.h"

enum status users_get(struct call *c);
enum status user_get(struct call *c);
enum status user_patch(struct call *c);

/* ---- for the files users_*.c ------------------------------------------------------ */

bool users_unmasked(const struct call *c);
/* 0, or whose stores alone are seen. */
int64_t users_bound(const struct call *c);
/* The filters, in a query or in the body of a bulk action. */
extern const char *const user_states[CUSTOMER_STATES + 1];
/* clang-format off */
#define USER_FILTER_FIELDS                                                             \
    {"q", FIELD_TEXT, .min = 1, .max = 64},                                            \
    {"status", FIELD_WORDS, .words = user_states, .most = CUSTOMER_STATES},            \
    {"subscribed", FIELD_BOOL},                                                        \
    {"marketing_ok", FIELD_BOOL},                                                      \
    {"has_active_discount", FIELD_BOOL},                                               \
    {"tag", FIELD_TEXTS, .min = 1, .max = TAG_NAME_MAX, .most = CUSTOMER_LIST_MAX},    \
    {"tag_none", FIELD_TEXTS, .min = 1, .max = TAG_NAME_MAX,                           \
     .most = CUSTOMER_LIST_MAX},                                                       \
    {"store_id", FIELD_IDS, .most = CUSTOMER_LIST_MAX},                                \
    {"source", FIELD_TEXT, .min = 1, .max = 40},                                       \
    {"birthday_from", FIELD_TEXT, .min = 5, .max = 5},                                 \
    {"birthday_to", FIELD_TEXT, .min = 5, .max = 5},                                   \
    {"created_after", FIELD_TIME},                                                     \
    {"created_before", FIELD_TIME},                                                    \
    {"last_purchase_after", FIELD_TIME},                                               \
    {"last_purchase_before", FIELD_TIME},                                              \
    {"min_total", FIELD_INT, .min = 0, .max = 1000000000000000LL},                     \
    {"segment_id", FIELD_ID}
/* clang-format on */
/* where: "?" of a query, "/target/filter/" of a body, for the faults it adds. Borrows
 * from g. */
void users_filter(struct call *c, const struct given *g, const char *where,
                  struct customer_filter *out);

/* … of a segment: asks whether the caller may, and what its rule means now. ST_REFUSED: a
 * problem. users_segment_close in any case, when the search is over. */
struct users_segment {
    struct tz *tz;
    struct moment moment;
};
must_check enum status users_segment(struct call *c, const struct given *g,
                                     struct users_segment *at,
                                     struct customer_filter *out);
void users_segment_close(struct users_segment *at);
/* Of a search: ST_REFUSED, the segment's rule is too much for it. */
must_check enum status users_searched(struct call *c, enum status st);

struct json *user_json(const struct customer_row *r, bool unmasked);
struct json *user_card_json(const struct customer_card *card, bool unmasked);
/* The card as the answer, with its ETag. */
enum status user_answer(struct call *c, int status, int64_t id);
/* ST_OK: there is such a customer, and the caller may know. Else a problem. */
enum status user_seen(struct call *c, struct customer_row *out);

void user_set_time(struct json *o, const char *key, int64_t at); /* 0: null */
void user_set_id(struct json *o, const char *key, int64_t id);   /* 0: null */

#endif
