/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/send.h - what the files of the send child share.
 *
 *   send.c          the child: opens, listens to the doorbell, closes
 *   send_lease.c    units: leased, in order, handed back, settled
 *   send_unit.c     what all kinds do: pace, freeze, answer by another job
 *   send_message.c  send.message
 *   send_attach.c   the files a payload brings along
 *   send_patch.c    a payload mended after a refusal
 *   send_ask.c      send.callback_ack, send.member_check
 *   send_file.c     send.file_fetch
 *   send_call.c     send.bot_call
 *   send_setup.c    send.setup_check
 *   send_broadcast*.c  send.broadcast_chunk (send_broadcast.h)
 *   send_edit.c     send.broadcast_edit
 *
 * A unit is a leased job until its result has been handed to Redis. It is
 *
 *   WAITING  for its turn: an earlier one of its chat is not through
 *   HELD     until its timer lets it try again
 *   BUSY     for an answer of Telegram
 *
 * When its turn comes, unit->next runs; it ends in exactly one of unit_done, unit_hold
 * and unit_busy (then the answer's callback goes on, with unit_next or one of the
 * others). What must wait longer than UNIT_HOLD_MS does not wait here: its row keeps
 * the time (unit_park) and the reconciler brings it back. */
#ifndef WORKER_SEND_H
#define WORKER_SEND_H

#include "core/io/crew.h"
#include "core/io/ledger.h"
#include "core/io/pace.h"
#include "core/io/telegram.h"
#include "worker/child.h"
#include "worker/names.h"

#define UNITS_MAX 48
#define UNIT_HOLD_MS 5000
#define UNIT_AWAY_MS 500 /* a store is away: ask it again after that */

/* Requests of broadcasts that a child has under way: the rest of TG_CONNECTIONS is left
 * to whoever has pressed a button; and so many answers at once take a few milliseconds of
 * the loop. */
#define BULK_CALLS_MAX 80
#define BULK_HANDS 4 /* threads that ask the stores for them */

struct unit;
typedef void unit_step(struct unit *u);

struct send_kind {
    enum kind kind;
    unit_step *start;
    int64_t (*chat)(const struct job *j); /* NULL: order does not matter */
    void (*own_free)(void *own);
    enum tg_bot (*bot)(const struct job *j); /* NULL: args.bot names it, if any */
    unit_step *turn; /* of a BUSY unit, after each turn of the loop; NULL: nothing */
};

/* A hand's own connections (core/io/crew.h). */
#define BULK_LEFT_MAX 1024 /* above PACE_PAID_PER_S */

struct bulk_hand {
    struct db *db;
    struct redis *redis;
};

enum unit_place { UNIT_WAITING, UNIT_HELD, UNIT_BUSY };

struct send {
    const struct child *child;
    struct loop *loop;
    struct db *db;
    struct queue *queue;
    struct redis *cache;
    struct tg *tg;
    struct names *names;
    struct redis_pipe *bell;
    struct crew *crew;
    struct bulk_hand hand[BULK_HANDS];
    int64_t bulk_chat[BULK_CALLS_MAX]; /* whom broadcasts are writing to right now */
    int n_bulk;
    int64_t
        bulk_left[BULK_LEFT_MAX]; /* a ring: when the last of them left (monotonic) */
    unsigned n_left;
    struct unit *first, *last; /* in the order they were leased */
    int n_units, n_busy;
    struct job_result results[BOARD_RESULTS];
    int n_results;
    bool rung, lost, stopping;
    int64_t stopped_ms; /* monotonic: when it was told to */
    struct loop_timer nap, ring_again, last_call;
};

struct unit {
    struct unit *earlier, *later;
    struct send *send;
    const struct send_kind *kind;
    struct job job;
    enum unit_place place;
    int64_t chat;       /* 0: order does not matter */
    int64_t begun_ms;   /* monotonic */
    int away;           /* how often in a row a store was */
    enum tally_end how; /* it will have ended, for the counters */
    unit_step *next;
    struct loop_timer timer;
    void *own; /* the kind's */
};

/* ---- for the kinds -------------------------------------------------------------- */

void unit_busy(struct unit *u);                  /* a call to Telegram is under way */
void unit_next(struct unit *u, unit_step *next); /* runs it now */
void unit_hold(struct unit *u, int64_t ms, unit_step *next);
void unit_done(struct unit *u); /* its transaction has committed; u is gone */

/* A store is away: next is tried again, and after half a minute left to whoever gets
 * the job then. */
void unit_away(struct unit *u, unit_step *next);

/* Not now, and nobody's fault: the row keeps the time (class D), the entry goes. */
void unit_park(struct unit *u, int64_t ms);

/* Not a step of its own: it waits for its turn, from start on. */
void unit_wait(struct unit *u, unit_step *start);

/* Did a person pause its kind, lane or bot? Nothing new is begun then. */
bool unit_paused(const struct unit *u);

/* Is the job still ours? ST_TAKEN: it is somebody else's now (unit_lost, when nothing is
 * under way any more); else nobody knows, ask again. */
must_check enum status unit_lease(struct unit *u);
void unit_lost(struct unit *u); /* u is gone; its job is another's */

/* One message under way to a chat at a time, also between broadcasts and all others. */
bool bulk_chat_has(const struct send *s, int64_t chat);
void bulk_chat_take(struct send *s, int64_t chat);
void bulk_chat_free(struct send *s, int64_t chat);
bool unit_chat_busy(const struct send *s, int64_t chat); /* is any, to that chat? */

/* Is the job still ours for as long as a request takes? false: do not send; the unit is
 * held or gone. */
bool unit_fresh(struct unit *u, unit_step *next);

/* Milliseconds until a call may leave; 0: now, and it is counted. */
int64_t unit_pace(struct unit *u, const struct pace *p);

/* What an answer asks of all who send: a 429 or a refused bot freezes its lanes, a text
 * that nobody knows is logged. How long this bot is frozen, in ms; 0: it is not. */
int64_t unit_heed(struct unit *u, const struct pace *p, const struct tg_answer *a);

/* An answer of Telegram has come: the unit is no longer busy. */
void unit_answered(struct unit *u);

struct ledger_run unit_run(const struct unit *u, const char *why);

/* The job's effect is another job: the answer to a question. In one transaction with
 * the end of this one; args stay the caller's. */
struct unit_reply {
    enum kind kind;
    int64_t key;
    const struct json *args;
};
must_check enum status unit_reply(struct unit *u, const struct unit_reply *r);

/* ---- for send.c ----------------------------------------------------------------- */

const struct send_kind *send_kind_find(enum kind k); /* send.c; NULL: none */
void units_turn(struct send *s); /* settle, lease, start: what there is to do now */
void units_stop(struct send *s); /* what is not under way goes back */

extern const struct send_kind send_message_kind, send_ack_kind, send_member_kind,
    send_file_kind, send_call_kind, send_setup_kind, send_chunk_kind, send_edit_kind;

#endif
