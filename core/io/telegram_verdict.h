/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram_verdict.h - what an answer of the Bot API means for what we asked.
 *
 * Pure: no network, no clock. A fate names what the caller does next:
 *
 *   TG_SENT    accepted, or as good as ("message is not modified")
 *   TG_LATER   not accepted: do what `action` says, then ask again after wait_s
 *   TG_NEVER   will not be accepted: record why, do what `action` says
 *   TG_UNSURE  the answer was lost after the request was out: it may have arrived.
 *              Telegram knows no idempotency key, so what follows is the caller's
 * policy TG_HALT    our token or our settings are refused: stop the lane, tell the
 * owner, blame no recipient
 *
 * The rules are one ordered table: the first whose code is the answer's error_code and
 * whose text is part of its lower-cased description. Telegram promises nothing about
 * those texts, so `known` says whether one was recognised: the caller counts and logs
 * the rest. */
#ifndef CORE_IO_TELEGRAM_VERDICT_H
#define CORE_IO_TELEGRAM_VERDICT_H

#include "core/base/json.h"

enum tg_fate { TG_SENT = 1, TG_LATER, TG_NEVER, TG_UNSURE, TG_HALT };

enum tg_class {
    TG_CLASS_NONE, /* nothing went wrong */
    TG_CLASS_THROTTLE,
    TG_CLASS_TOKEN,
    TG_CLASS_BUG,
    TG_CLASS_CONFIG,
    TG_CLASS_UNREACHABLE,
    TG_CLASS_CHAT_LOST,
    TG_CLASS_MIGRATE,
    TG_CLASS_NOT_MEMBER,
    TG_CLASS_OK_NOOP,
    TG_CLASS_STALE_MESSAGE,
    TG_CLASS_MEDIA,
    TG_CLASS_TRANSIENT,
    TG_CLASS_COUNT
};

enum tg_action {
    TG_ACT_NONE,
    TG_ACT_PAUSE_LANE_RETRY_AFTER, /* exactly wait_s, without a probe in between */
    TG_ACT_STOP_BOT_ALARM,
    TG_ACT_LOG_BUG,
    TG_ACT_STOP_POLLING,
    TG_ACT_ALARM_SECOND_INSTANCE,
    TG_ACT_MARK_BLOCKED,
    TG_ACT_MARK_DEACTIVATED,
    TG_ACT_MARK_NOT_STARTED,
    TG_ACT_MARK_IS_BOT,
    TG_ACT_MARK_CHAT_LOST,
    TG_ACT_MARK_BLOCKED_SOFT, /* an unknown 403: blocked only if it happens again */
    TG_ACT_REPLACE_CHAT_ID,   /* with migrate_to, or the one the chat has now */
    TG_ACT_TREAT_AS_NOT_SUBSCRIBED,
    TG_ACT_ALARM_CHANNEL_RIGHTS, /* the bot cannot see its channel: no customer's fault
                                  */
    TG_ACT_TREAT_AS_SUCCESS,
    TG_ACT_SEND_NEW, /* the message to edit is gone: send it as a new one */
    TG_ACT_IGNORE,
    TG_ACT_RESEND_WITHOUT_REPLY,
    TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM, /* an escape of ours went wrong: once, unadorned
                                         */
    TG_ACT_SPLIT_OR_LOG,
    TG_ACT_REUPLOAD,
    TG_ACT_DOWNLOAD_AND_UPLOAD,
    TG_ACT_MARK_ASSET_BAD,
    TG_ACT_SEND_AS_DOCUMENT,
    TG_ACT_ALARM_WEBHOOK,
    TG_ACT_RETRY_BACKOFF,
    TG_ACT_COUNT
};

/* How far the request came. */
enum tg_wire {
    TG_WIRE_ANSWERED = 1, /* a whole answer was read */
    TG_WIRE_UNSENT, /* it never left whole: the other side cannot have acted on it */
    TG_WIRE_LOST    /* it left, its answer did not come back whole */
};

struct tg_reply {
    enum tg_wire wire;
    int http;                /* status; 0 unless answered */
    const struct json *body; /* borrowed; NULL: not JSON */
    const char *retry_after; /* the header's text, or NULL. Borrowed */
};

#define TG_DESCRIPTION_MAX 160
#define TG_UNSENT_WAIT_S 5
#define TG_THROTTLE_WAIT_S 60 /* a 429 that does not say how long */

struct tg_verdict {
    enum tg_fate fate;
    enum tg_class class;
    enum tg_action action;
    int code;       /* error_code, else the HTTP status; 0: no answer */
    int64_t wait_s; /* with TG_LATER: at least this long; 0: the caller's own backoff */
    int64_t migrate_to; /* the chat's new id, or 0 */
    bool known;         /* false: no rule of the table names this text */
    char description[TG_DESCRIPTION_MAX]; /* UTF-8, cut; empty when it went well */
};

void tg_judge(const struct tg_reply *r, struct tg_verdict *out);

const char *tg_fate_name(enum tg_fate f);     /* "SENT" … Lent, for ever */
const char *tg_class_name(enum tg_class c);   /* "throttle" … */
const char *tg_action_name(enum tg_action a); /* "pause_lane_retry_after" … */

struct tg_rule {
    int code;
    const char *match; /* lower case; "" fits any text */
    enum tg_class class;
    enum tg_action action;
    enum tg_fate fate;
    bool unknown; /* the last resort of its code: the text is news to us */
};
const struct tg_rule *
tg_rules(size_t *n); /* lent, for ever: for the test that walks it */

#endif
