/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/discounts.h - the resource «discounts»: discounts.c reads them, discounts_act.c
 * does what is done by hand. */
#ifndef API_DISCOUNTS_H
#define API_DISCOUNTS_H

#include "api/call.h"
#include "core/loyalty/discount_search.h"

call_runner discounts_get, discount_get, discounts_overview;
call_runner discount_post, discount_revoke_post, discount_extend_post,
    discount_resend_post;

/* By the position of the enum less one. */
extern const char *const discount_status_words[];

/* One of them, with its code only for who may withdraw it: a code is money. */
struct json *discount_json(const struct call *c, const struct discount_found *f);

/* Whose stores end what this caller reads; 0: nobody's. */
int64_t call_scope(const struct call *c);
/* null when it is 0, or "". */
void json_time(struct json *o, const char *key, int64_t at);
void json_id(struct json *o, const char *key, int64_t id);
void json_words(struct json *o, const char *key, const char *s);

#endif
