/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/retry.h - when does Telegram's server try a webhook again, and for how
 * long; pure.
 *
 * The first retry comes at once, then after 2, 4, 8 … seconds up to a ceiling between
 * 60 and 120. A Retry-After of ours is obeyed (0..3600 s) and does not grow the series.
 */
#ifndef TESTS_BOTAPI_RETRY_H
#define TESTS_BOTAPI_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_ANSWER_WAIT_MS 60000

enum update_kind {
    UPDATE_MESSAGE,
    UPDATE_EDITED_MESSAGE,
    UPDATE_CALLBACK_QUERY,
    UPDATE_MY_CHAT_MEMBER,
    UPDATE_CHAT_MEMBER,
    UPDATE_CHAT_JOIN_REQUEST,
    UPDATE_OTHER,
    UPDATE_KINDS
};

const char *update_kind_name(enum update_kind k); /* "message" … */
enum update_kind update_kind_of(const char *name, int n);

/* Strict order is kept within one of these; see notes on the server's queue ids. */
int64_t update_queue(enum update_kind k, int64_t chat, int64_t user);

int64_t update_life_s(enum update_kind k); /* 150 for a callback, a day for the rest */

/* Wait before try number `failures` + 1. ceiling_s: 60..120, drawn by the caller;
 * retry_after_s: what the webhook's answer said, or -1. */
int64_t retry_wait_ms(int failures, int ceiling_s, int64_t retry_after_s);

/* Failures to count on: an answer with Retry-After does not add one. */
int retry_failures(int failures, int64_t retry_after_s);

#endif
