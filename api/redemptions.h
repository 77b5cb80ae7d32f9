/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/redemptions.h - the resource «redemptions»: redemptions.c reads them,
 * redemptions_act.c is a till: check, redeem, undo. */
#ifndef API_REDEMPTIONS_H
#define API_REDEMPTIONS_H

#include "api/call.h"
#include "core/loyalty/redemption.h"

call_runner redemptions_get, redemptions_sums, redemption_get, attempts_get;
call_runner redemption_validate, redemption_post, redemption_void_post;

struct json *redemption_json(const struct redemption *r);
/* By the position of enum void_reason less one. */
extern const char *const void_reason_words[];

#endif
