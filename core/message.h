/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/message.h - one row for each message that goes out, and what became of it.
 *
 *                 message_claim                message_settle
 *   QUEUED ---------------------> SENDING ----------------------> SENT
 *     |  ^                          |  |------------------------> FAILED  (why)
 *     |  |   not accepted, later    |  +------------------------> UNKNOWN (answer lost)
 *     |  +--------------------------+
 *     +-- not allowed -> SKIPPED (why)      +-- not wanted any more -> CANCELLED
 *
 * The last five are final. The row and the job send.message {"m":id} that sends it are
 * put in the transaction of the fact that the message tells of.
 *
 * SKIPPED: they blocked us, took their consent back, or it is marketing and they want
 * none; asked when it is put and again when it is claimed. Who has no consent is still
 * answered, as a stranger is: with customer_id 0.
 *
 * SENDING is written before the request leaves. Found SENDING later (its sender died),
 * the message may have been sent or not: `on_unsure` decides. RESEND claims it again: a
 * receipt twice is better than none. ASSUME ends it as UNKNOWN: marketing is never sent
 * twice. */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include "core/base/buf.h"
#include "core/base/status.h"
#include "core/io/db.h"

/* Numbers are stored. */
enum message_state {
    MESSAGE_QUEUED = 1,
    MESSAGE_SENDING,
    MESSAGE_SENT,
    MESSAGE_FAILED,
    MESSAGE_SKIPPED,
    MESSAGE_UNKNOWN,
    MESSAGE_CANCELLED,
    MESSAGE_STATES
};
enum message_sender { SENDER_CLIENT = 1, SENDER_AUTH }; /* which bot speaks */
enum message_purpose { MESSAGE_SERVICE = 1, MESSAGE_MARKETING, MESSAGE_RECEIPT };
enum message_unsure { UNSURE_RESEND = 1, UNSURE_ASSUME };

const char *message_state_name(enum message_state s); /* lent, for ever */
bool message_final(enum message_state s);
/* Pure: is that one of the arrows above? */
bool message_may_move(enum message_state from, enum message_state to);

/* A receipt whose answer is lost again and again (a database that takes no writes) is
 * not sent for ever. */
#define MESSAGE_RESENDS_MAX 2
#define MESSAGE_PAYLOAD_MAX 16384
#define MESSAGE_WHY_BYTES 121
#define MESSAGE_ROOT_BYTES 41

struct message_spec {
    enum message_sender sender;
    int64_t recipient;   /* external id */
    int64_t customer_id; /* 0: not a customer (staff, before consent, after it) */
    enum message_purpose purpose;
    enum message_unsure on_unsure; /* 0: ASSUME for marketing, RESEND otherwise */
    const char *payload;           /* JSON; what to send, for the sender to read */
    size_t payload_n;
    const char *root; /* the job's, or NULL */
    int64_t due;      /* 0: at once */
    int64_t batch;    /* one of many, that wait behind answers to people; 0: not */
};

/* Writes the row and puts the job. *id is set for ST_OK and ST_NONE. ST_NONE: the row
 * is SKIPPED (above), there is no job. ST_BAD:
 * payload empty, too long or not JSON; marketing to nobody. */
must_check enum status message_put(struct db *db, int64_t now,
                                   const struct message_spec *spec, int64_t *id);

/* May such a message go to that customer? *why: "blocked", "withdrawn" or "no_consent",
 * lent for ever; NULL: it may. ST_BAD: no such customer. */
must_check enum status message_skips(struct db *db, int64_t customer_id,
                                     enum message_purpose purpose, const char **why);

struct message {
    int64_t id;
    enum message_state state;
    enum message_sender sender;
    enum message_purpose purpose;
    enum message_unsure on_unsure;
    int64_t recipient, customer_id;
    int attempts;        /* this one included */
    int resends;         /* claims while it was SENDING */
    int64_t external_id; /* of the sent message; 0 until SENT */
    int64_t created_at, sent_at;
    char root[MESSAGE_ROOT_BYTES], why[MESSAGE_WHY_BYTES];
    struct buf payload; /* yours: message_free */
};
void message_free(struct message *m); /* safe on zeroed */

must_check enum status message_load(struct db *db, int64_t id, struct message *out);

/* ST_OK: it is ours to send now (committed before the request leaves!). ST_NONE:
 * nothing to send, and out->state says what it is: final already, SKIPPED because
 * consent or the person went meanwhile, UNKNOWN because it was found SENDING and is not
 * resent. The job is then done. */
must_check enum status message_claim(struct db *db, int64_t now, int64_t id,
                                     struct message *out);

struct message_fate {
    int64_t id;
    enum message_state to;
    int64_t external_id; /* SENT */
    const char *why;     /* FAILED, UNKNOWN, QUEUED; cut to fit */
};
/* From SENDING to where the answer says, in the transaction that also ends the job.
 * QUEUED is "not accepted, later". ST_NONE: it is not SENDING any more, somebody
 * settled it; ST_BAD: no such arrow. */
must_check enum status message_settle(struct db *db, int64_t now,
                                      const struct message_fate *fate);

/* Still QUEUED: it will not be sent. ST_NONE: too late. */
must_check enum status message_cancel(struct db *db, int64_t now, int64_t id,
                                      const char *why);

/* What a root came to: its messages in the order they were put, without their payloads.
 * ST_NONE: it has none. */
typedef void message_each(void *arg, const struct message *m);
must_check enum status message_trace(struct db *db, const char *root, message_each *fn,
                                     void *arg);

/* What the newest messages to a customer followed from, each root once, newest first; at
 * most room, *n written. (message_roots.c) */
must_check enum status message_roots(struct db *db, int64_t customer_id,
                                     char (*out)[MESSAGE_ROOT_BYTES], int room, int *n);

/* When we last answered that person: in the step of an update of that bot, and neither
 * with advertising, a receipt, nor by putting an old picture right. ST_NONE: never, or it
 * is forgotten. */
must_check enum status message_last(struct db *db, enum message_sender sender,
                                    int64_t recipient, int64_t *at);

/* How many marketing messages were put to that customer since then, but for those that
 * did not go out. */
must_check enum status message_marketing(struct db *db, int64_t customer_id,
                                         int64_t since, int *n);

/* How many ended as UNKNOWN since then, of those that are sent again when unsure and of
 * those that are not. */
must_check enum status message_unknown(struct db *db, int64_t since, int64_t *resend,
                                       int64_t *assume);

/* dvorik_queue_unknown_sends: of the last 24 hours, by that policy. */
struct metrics;
must_check enum status message_metrics(struct metrics *m, struct db *db, int64_t now);

/* Final ones older than `before` leave, at most limit; *n how many. */
must_check enum status message_forget(struct db *db, int64_t before, int limit, int *n);

#endif
