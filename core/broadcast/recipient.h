/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/recipient.h - one person of a broadcast, from the list to the end.
 *
 *   fill                recipients_claim              recipients_settle
 *   ----> QUEUED ---------------------------> SENDING -----------------> SENT
 *    |     | ^ |                               |   |-------------------> FAILED (why)
 *    |     | | +-- may not: SKIPPED (why)      |   +-------------------> UNKNOWN
 *    |     | +---- not accepted, or quiet hours: due later
 *    |     +------ cancelled: CANCELLED
 *    +---> SKIPPED, HOLDOUT
 *
 * Everything right of SENDING is final, and so is what fill ended. The numbers are those of
 * a message's states.
 *
 * Who is taken in hand becomes SENDING, with the chunk's job in its row, with the row of
 * `message` and the discount of the offer, in one transaction, before the requests leave.
 * A chunk that is run again finds who it had in hand: their messages may have been sent,
 * so they end as UNKNOWN, and nobody gets it twice. */
#ifndef CORE_BROADCAST_RECIPIENT_H
#define CORE_BROADCAST_RECIPIENT_H

#include "core/broadcast/broadcast.h"
#include "core/contact.h"

/* Numbers are stored, and equal those of enum message_state. */
enum recipient_state {
    RECIPIENT_QUEUED = 1,
    RECIPIENT_SENDING,
    RECIPIENT_SENT,
    RECIPIENT_FAILED,
    RECIPIENT_SKIPPED,
    RECIPIENT_UNKNOWN,
    RECIPIENT_CANCELLED,
    RECIPIENT_HOLDOUT,
    RECIPIENT_STATES
};
enum recipient_why {
    WHY_NONE,
    WHY_BLOCKED,    /* the bot, or is gone: before, or by this very message */
    WHY_NO_CONSENT, /* to advertising, or it was taken back */
    WHY_WITHDRAWN,  /* the consent to the processing of data */
    WHY_BARRED,     /* by the shop */
    WHY_CAP,        /* enough advertisements this week */
    WHY_LATE,       /* not_after passed */
    WHY_ERASED,
    WHY_REFUSED, /* the messenger said no; message.why has its words */
    WHY_TRIES,   /* not accepted, too often */
    WHY_LOST,    /* the answer: UNKNOWN */
    WHYS
};
const char *recipient_state_name(enum recipient_state s);
const char *recipient_why_name(enum recipient_why w); /* "no_consent". Lent, for ever */

#define CHUNK_MAX 128
#define CHUNK_TRIES 8

struct recipient {
    int64_t customer_id, external_id;
    int lang; /* 0 "ru", 1 "en" */
    int variant;
    int attempts; /* that were not accepted, so far */
    int64_t message_id, discount_id;
    /* for the words; yours until the next claim */
    char first_name[260], last_name[260], store[260];
    int64_t purchases, spent;
    int percent_bp;
    char code[16];
    int64_t until;
};

struct chunk {
    int64_t broadcast_id;
    const uint8_t *job;  /* 16 bytes: whose hand it is */
    int chain;           /* as of struct recipients_look, for next_due */
    const struct tz *tz; /* the shop's: of who has no store with a zone of its own */
    int room;            /* at most so many, ≤ CHUNK_MAX */
    struct broadcast b;  /* out, as of now */
    struct recipient *r; /* room of them, borrowed */
    int n;
    int64_t next_due; /* n == 0: when the chain's next one is due; 0: nobody is left */
};

/* Who could be next, in the order they are due, without taking them: chats to ask the pace
 * for. Outside of a transaction is fine. Each customer belongs to one chain, so that those
 * that are under way at a time do not look at the same people. n < room: these were all. */
struct recipients_look {
    int64_t broadcast_id;
    int chain; /* 0 … BROADCAST_CHAINS - 1; -1: of any */
    int room;
    int64_t (*out)[2]; /* customer, external id; borrowed */
    int n;             /* out */
};
must_check enum status recipients_next(struct db *db, int64_t now,
                                       struct recipients_look *look);

/* In the chunk's transaction, behind the broadcast's row (shared): takes those named, as
 * far as they are still QUEUED and due; asks consent, reach, cap, quiet hours of their own
 * zone and not_after once more; issues discounts; writes messages. ST_OK: c->n of them
 * (may be 0: c->next_due). ST_NONE: the broadcast is not SENDING. */
must_check enum status recipients_claim(struct db *db, int64_t now, struct chunk *c,
                                        const int64_t *customer, int n);

struct recipient_fate {
    int64_t customer_id, message_id;
    int variant;
    enum recipient_state to; /* SENT, FAILED, UNKNOWN; QUEUED: not accepted */
    enum recipient_why why;
    int64_t external_id; /* SENT */
    int64_t due;         /* QUEUED: not before */
    char words[121];     /* the messenger's; "" none */
    bool unreachable;    /* FAILED: they blocked the bot: the customer is marked */
    bool attempt;        /* QUEUED: it uses one up; the last one is FAILED, TRIES */
    bool bug;            /* FAILED: a request of ours is wrong (PAUSE_ERROR) */
};
/* Several at once, one transaction: rows, messages, counts; pauses the broadcast when too
 * many were refused. Who is not SENDING in that hand any more is passed over. */
must_check enum status recipients_settle(struct db *db, int64_t now,
                                         int64_t broadcast_id, const uint8_t *job,
                                         const struct recipient_fate *fate, int n);

/* Who that job had in hand when it died: UNKNOWN; *n of them. */
must_check enum status recipients_lost(struct db *db, int64_t now, int64_t broadcast_id,
                                       const uint8_t *job, int *n);

/* Is nobody QUEUED or SENDING, and is it filled? Then it is FINISHED. ST_OK: it is now;
 * ST_NONE: not yet. */
must_check enum status broadcast_finish(struct db *db, int64_t now, int64_t id);

/* ---- looking ----------------------------------------------------------------------- */

struct recipient_row {
    int64_t customer_id;
    enum recipient_state state;
    enum recipient_why why;
    int variant, attempts;
    int64_t due, message_id, external_id, discount_id, ended_at, left_at, clicked_at;
    char name[CONTACT_NAME_BYTES]; /* what they are called */
};
/* Until when nobody is written to: all who are left wait for a morning, a cap, a winner.
 * 0: somebody is due, or nobody is left. */
must_check enum status recipients_wait(struct db *db, int64_t now, int64_t id,
                                       int64_t *until);
#define RECIPIENT_SORTS 1
extern const struct page_sort recipient_sorts[RECIPIENT_SORTS]; /* customer_id */
struct recipient_filter {
    int64_t broadcast_id;
    unsigned states; /* a bit each; 0: any */
    int why;         /* -1: any */
    int variant;     /* 0: any */
};
must_check enum status recipient_search(struct db *db, const struct recipient_filter *f,
                                        struct page *p);
must_check enum status recipient_search_next(struct db *db, struct page *p,
                                             struct recipient_row *out);

/* ---- figures (figures.c) ----------------------------------------------------------- */

struct broadcast_sums {
    int64_t n[RECIPIENT_STATES]; /* by state */
    int64_t why[WHYS];           /* of SKIPPED and FAILED */
    int64_t clicked;             /* people */
    int64_t left;                /* wanted no more, from this message */
    int64_t issued, redeemed;    /* discounts of the offer */
    int64_t revenue, off; /* kopecks: of those redemptions that were not undone */
};
/* variant 0: all together; the holdout is in all only. Equal to the rows, at any time. */
must_check enum status broadcast_sums(struct db *db, int64_t id, int variant,
                                      struct broadcast_sums *out);
/* Counted from the rows afresh; for tests and `dvorik jobs verify`. */
must_check enum status broadcast_recount(struct db *db, int64_t id, int variant,
                                         struct broadcast_sums *out);
/* Messages a second over the last ten, and what is left; from the counts. */
struct broadcast_progress {
    int64_t all, done, left, failed;
    double per_s;
    int64_t eta_s; /* -1: unknown */
};
must_check enum status broadcast_progress(struct db *db, int64_t now, int64_t id,
                                          struct broadcast_progress *out);

/* A button or a link of it was pressed. ST_NONE: they are no recipient of it. link 0: a
 * button of the bot. */
must_check enum status broadcast_clicked(struct db *db, int64_t now,
                                         int64_t broadcast_id, int64_t customer_id,
                                         int link);
/* They wanted no more, by the button below it. */
must_check enum status broadcast_left(struct db *db, int64_t now, int64_t broadcast_id,
                                      int64_t customer_id);
/* UNKNOWN ones, by hand, once more: QUEUED again. *n. ST_TAKEN: not FINISHED or PAUSED. */
must_check enum status broadcast_retry_unknown(struct db *db, int64_t now,
                                               const struct broadcast_act *act,
                                               int64_t *n);

#endif
