/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/broadcast.h - one message to many: who, what, when, and how far it is.
 *
 *             schedule            due, or send now
 *   DRAFT <-----------> SCHEDULED ----------------> SENDING ----------------> FINISHED
 *     |      withdraw       |  \                     |   ^     nobody is left
 *     |                     |   \ too late           |   |
 *     |                     |    +----> MISSED       v   | resume
 *     |                     |                       PAUSED
 *     +---------------------+--------------------------+-----------------> CANCELLED
 *
 * The legal moves are a table (move.c). What a broadcast says and to whom can be
 * changed while it is DRAFT or SCHEDULED only; at the start its rule is frozen to
 * constants with the instant it is asked for, and its variants stay what they are.
 *
 * SENDING: first its recipients are written, page by page (fill.h; filled_at), while the
 * chunks of those who are there already go out (recipient.h). PAUSED stops both at once:
 * what is in hand is ended, nothing more is begun. paused_why says who did it, or what:
 * too many refusals, an error of ours, a restored database (restored.h).
 *
 * FINISHED is SENDING once more while those whose answer was lost are sent to again, by
 * somebody's wish (broadcast_retry_unknown).
 *
 * Functions that write run in the caller's transaction, lock the row, write the audit and
 * put the jobs. version goes up with each change and each move. */
#ifndef CORE_BROADCAST_BROADCAST_H
#define CORE_BROADCAST_BROADCAST_H

#include "core/base/buf.h"
#include "core/content.h"
#include "core/io/db.h"
#include "core/message.h"
#include "core/page.h"
#include "core/staff/staff.h"

#define BROADCAST_NAME_MAX 64
#define BROADCAST_NAME_BYTES (BROADCAST_NAME_MAX * 4 + 1)
#define BROADCAST_FOOTER_MAX 300 /* characters: who advertises, its mark (erid) */
#define BROADCAST_FOOTER_BYTES (BROADCAST_FOOTER_MAX * 4 + 1)
#define BROADCAST_VARIANTS 5
#define BROADCAST_CHAINS 4 /* chunks of one broadcast that are under way at a time */

/* Numbers are stored. */
enum broadcast_state {
    BROADCAST_DRAFT = 1,
    BROADCAST_SCHEDULED,
    BROADCAST_SENDING,
    BROADCAST_PAUSED,
    BROADCAST_FINISHED,
    BROADCAST_CANCELLED,
    BROADCAST_MISSED, /* its time had passed before anybody could start it */
    BROADCAST_STATES
};
enum broadcast_metric { METRIC_NONE, METRIC_CLICKS, METRIC_REDEMPTIONS };
enum broadcast_pause {
    PAUSE_NONE,
    PAUSE_PERSON,
    PAUSE_REFUSALS, /* more than a fifth of the first hundred, or of a later hundred */
    PAUSE_ERROR,    /* a request of ours is called wrong, among the first ten */
    PAUSE_RESTORED, /* the database is a copy: an owner has to say that it is the shop's */
    PAUSE_HALT,     /* the bot itself is refused */
    PAUSES
};
const char *
broadcast_state_name(enum broadcast_state s); /* "sending". Lent, for ever */
const char *broadcast_metric_name(enum broadcast_metric m);
const char *broadcast_pause_name(enum broadcast_pause p); /* "refusals" */
/* Pure: is that an arrow above? */
bool broadcast_may_move(enum broadcast_state from, enum broadcast_state to);

/* A discount of its own for each recipient, issued in the transaction that takes the
 * message in hand; issue key "bc:<broadcast>:<customer>". percent_bp 0: none. */
struct broadcast_offer {
    int percent_bp, uses; /* uses 0: 1 */
    int days;             /* from the message on; 0: until */
    int64_t until;
    int64_t min_purchase, max_amount, store_id;
};

struct broadcast {
    int64_t id;
    char name[BROADCAST_NAME_BYTES];
    enum message_purpose
        purpose; /* MESSAGE_MARKETING; MESSAGE_SERVICE needs no consent to
                                     advertising, has no cap and no quiet hours */
    enum broadcast_state state;
    enum broadcast_pause paused_why;
    int64_t segment_id; /* 0: a rule of its own */
    int64_t frozen_at, start_at, not_after, started_at, filled_at, finished_at;
    int64_t fill_at, fill_upto;
    int holdout_bp; /* who gets nothing, to compare with */
    int test_bp;    /* who gets the variants until one has won; 0: all of them */
    enum broadcast_metric metric;
    int64_t decide_at;
    int winner;      /* variant; 0: none */
    bool quiet, cap; /* marketing: always true */
    bool paid;
    int rate_per_s; /* 0: what the bot may */
    struct broadcast_offer offer;
    char footer[BROADCAST_FOOTER_BYTES];
    int64_t approved_by, approved_at;
    int64_t version, made_by, created_at, updated_at;
};

/* ---- made and changed (draft.c) ------------------------------------------------ */

struct broadcast_variant {
    int no;     /* 1 … BROADCAST_VARIANTS */
    int weight; /* 1 … 100, against the others' */
    int64_t template_id;
    struct json *content; /* by language (content.h). Yours when loaded */
};

struct broadcast_draft {
    struct broadcast b; /* what may be set of it; id, state … are passed over */
    const char *rule;   /* canonical text of a resolved rule (segment.h); NULL: of
                               segment_id */
    size_t rule_n;
    const struct broadcast_variant *variants; /* NULL in a change: as they are */
    int variants_n;
};
/* ST_BAD: a number, time or name that will not do (*why: an English word, lent for ever:
 * "name", "audience", "variants", "test", "offer", "not_after" …). ST_NONE: no such
 * segment. */
must_check enum status broadcast_add(struct db *db, int64_t now, int64_t staff_id,
                                     const struct broadcast_draft *d, const char **why,
                                     int64_t *id);
/* ST_REFUSED: another version; ST_TAKEN: it is not DRAFT or SCHEDULED any more. */
must_check enum status broadcast_change(struct db *db, int64_t now, int64_t staff_id,
                                        int64_t id, int64_t version,
                                        const struct broadcast_draft *d,
                                        const char **why);
/* DRAFT and CANCELLED without recipients only; ST_TAKEN otherwise. */
must_check enum status broadcast_remove(struct db *db, int64_t now, int64_t staff_id,
                                        int64_t id, int64_t version);
must_check enum status broadcast_copy(struct db *db, int64_t now, int64_t staff_id,
                                      int64_t id, int64_t *copy);

must_check enum status broadcast_load(struct db *db, int64_t id, struct broadcast *out);
must_check enum status broadcast_lock(struct db *db, int64_t id, struct broadcast *out);
/* The rule's canonical text, as kept or frozen, is added to out; ST_NONE: it has none of
 * its own. */
must_check enum status broadcast_rule(struct db *db, int64_t id, struct buf *out);
/* The rule in force, resolved: frozen, its own, or its segment's. Yours. ST_BAD: there is
 * none, or it cannot be read any more; ST_NONE: no such segment. */
struct rule;
must_check enum status broadcast_audience(struct db *db, const struct broadcast *b,
                                          struct rule **out);
/* By number. *n of them; yours: broadcast_variants_free. */
must_check enum status
broadcast_variants(struct db *db, int64_t id,
                   struct broadcast_variant out[BROADCAST_VARIANTS], int *n);
void broadcast_variants_free(struct broadcast_variant *v, int n);

#define BROADCAST_SORTS 3
extern const struct page_sort
    broadcast_sorts[BROADCAST_SORTS]; /* id, created_at, start_at */
struct broadcast_filter {
    unsigned states; /* a bit each; 0: any */
    const char *q;
    int64_t from,
        until; /* of start_at, or started_at, or created_at of drafts; 0: any */
    int64_t segment_id;
};
must_check enum status broadcast_search(struct db *db, const struct broadcast_filter *f,
                                        struct page *p);
must_check enum status broadcast_search_next(struct db *db, struct page *p,
                                             struct broadcast *out);
must_check enum status broadcast_total(struct db *db, const struct broadcast_filter *f,
                                       int64_t *total);

/* ---- moved (move.c) ------------------------------------------------------ */

/* All: ST_NONE no such broadcast; ST_TAKEN: not from the state it is in; ST_REFUSED:
 * another version (0: whichever). What was asked twice is ST_OK the second time, and
 * changes nothing. staff_id 0: the program. */
struct broadcast_act {
    int64_t id, version, staff_id;
};
/* ST_BAD: the time has passed, or lies behind not_after; or it waits for somebody else's
 * approval (*why "past", "not_after", "approval", "empty": no variant, "audience",
 * "test": its winner would be chosen before it begins). */
must_check enum status broadcast_schedule(struct db *db, int64_t now,
                                          const struct broadcast_act *act, int64_t at,
                                          const char **why);
must_check enum status broadcast_withdraw(struct db *db, int64_t now,
                                          const struct broadcast_act *act);
/* Freezes the rule and puts core.broadcast_fill. ST_BAD as above, or "restored": the
 * database may be a copy. */
struct tz;
must_check enum status broadcast_start(struct db *db, int64_t now,
                                       const struct broadcast_act *act,
                                       const char **why);
must_check enum status broadcast_pause(struct db *db, int64_t now,
                                       const struct broadcast_act *act,
                                       enum broadcast_pause why);
must_check enum status broadcast_resume(struct db *db, int64_t now,
                                        const struct broadcast_act *act);
/* Who is still QUEUED becomes CANCELLED, in slices by the fill's job. */
must_check enum status broadcast_cancel(struct db *db, int64_t now,
                                        const struct broadcast_act *act);
/* By somebody else than who made it. ST_BAD: by the same. */
must_check enum status broadcast_approve(struct db *db, int64_t now,
                                         const struct broadcast_act *act);

/* What check_scheduled_broadcasts does, one broadcast a call, in a transaction: starts
 * what is due, gives up what is too late, puts chains that are missing, decides tests,
 * finishes what has nobody left. ST_NONE: there is nothing (more) to do; after is the id
 * of the last one looked at, 0 at first. */
must_check enum status broadcast_check(struct db *db, int64_t now, int64_t *after);
/* Is there anything for it to look at? ST_OK, ST_NONE. */
must_check enum status broadcast_check_waits(struct db *db, int64_t now);

#endif
