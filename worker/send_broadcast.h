/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/send_broadcast.h - a chain of a broadcast: what its files share.
 *
 *   send_broadcast.c        the unit: sends who is in hand, in the child's loop
 *   send_broadcast_letter.c where a letter is: ready, ended, free
 *   send_broadcast_round.c  settles, looks, asks the pace, claims, composes: in a thread
 *   send_broadcast_words.c  what a recipient is told
 *   send_broadcast_fate.c   what an answer means for a recipient
 *
 *                     round (a thread of its own connection)
 *        +--------------------------------------------------------------+
 *        |  settle the fates; recipients_next -> pace_ask_many ->       |
 *        |  recipients_claim (committed) -> compose                     |
 *        +--------------------------------------------------------------+
 *             ^ fates                                    | letters
 *             |                                          v
 *        on_answer <~~~~~~~~~~~~~~~~~~~~~ tg_call <--- ready
 *
 * While one round is under way, the letters of the one before are: the loop waits for no
 * database, and the database for no answer. A letter is in one place at a time:
 *
 *   READY   SENDING in its row, its request not yet handed over: taken back (QUEUED) when
 *           the child stops, the lane is frozen or the broadcast is paused or cancelled
 *   OUT     under way: sent, refused or lost
 *   ENDED   its fate waits for the next round
 *
 * The unit is BUSY for as long as it has anything in hand, and HELD between. */
#ifndef WORKER_SEND_BROADCAST_H
#define WORKER_SEND_BROADCAST_H

#include "core/broadcast/recipient.h"
#include "core/template/media.h"
#include "worker/send.h"
#include "worker/wording.h"

#define LOOK_MAX (2 * CHUNK_MAX)

struct letter {
    int64_t customer_id, chat, message_id;
    int64_t
        edits; /* the number of the message that is given other words; 0: a new one */
    int variant, attempts;
    struct worded worded;             /* its memory is used again */
    bool blank;                       /* it cannot be said to them */
    bool unmade;                      /* there was no memory for it: later */
    int64_t media[CONTENT_MEDIA_MAX]; /* that go along as files */
    struct bulk *bulk;
    struct letter *next; /* in ready, or free */
};

/* What Telegram calls a picture from now on. */
struct bulk_media {
    int64_t media;
    char file_id[MEDIA_FILE_ID_BYTES];
};

struct speech; /* send_broadcast_words.c: the contents of a broadcast, parsed */

struct bulk {
    struct unit *unit;
    int64_t broadcast_id;
    int chain;
    struct speech *speech;
    struct letter letter[CHUNK_MAX];
    struct letter *free, *ready, **ready_end;
    int n_ready, n_out;
    struct recipient_fate fate[CHUNK_MAX]; /* of those that ended */
    int n_fates;
    int64_t fate_ms, ask_ms; /* monotonic: the oldest of them; when to claim again */
    struct loop_timer timer;
    bool lost;   /* its lease: it ends what it has begun */
    bool over;   /* the broadcast is not SENDING any more, or nobody is left */
    bool halt;   /* the bot is refused */
    int dense;   /* what the bot may a second, as the loop knows it; 0: anything */
    int unsent;  /* calls in a row that did not get out of the house */
    int uploads; /* under way: a picture goes up once, then by its name */
    struct bulk_media heard[CONTENT_MEDIA_MAX];
    int n_heard;
    int spoilt; /* the variant whose pictures Telegram knows no more; 0: none */

    /* a round: the thread's alone while it runs */
    bool running, rerun; /* rerun: who it had in hand when it died is not known yet */
    int want;            /* at most so many new ones */
    struct recipient_fate settling[CHUNK_MAX];
    int n_settling;
    bool settle_halt;
    struct bulk_media learn[CONTENT_MEDIA_MAX];
    int n_learn, unlearn;
    int64_t look[LOOK_MAX][2]; /* customer, chat: who could be next */
    int n_look;
    int64_t known_ms; /* when it learned what follows */
    bool paid;
    int per_s;                          /* the bot's pace; 0: none */
    int own_per_s;                      /* the broadcast's own, below that; 0: none */
    struct recipient *who;              /* room for CHUNK_MAX */
    struct letter *composed[CHUNK_MAX]; /* want of them are empty */
    int n_composed, n_empty;
    int64_t wait_ms; /* out: claim again after that */
    enum bulk_left { BULK_MORE, BULK_LATER, BULK_NOBODY, BULK_STOPPED } left;
};

/* send_broadcast_letter.c. A letter that was taken is under way, ended or put back. */
void letter_ready(struct bulk *b, struct letter *l);
struct letter *letter_take(struct bulk *b, struct letter **at); /* in ready */
void letter_put_back(struct bulk *b, struct letter *l);         /* it is free */
void letter_end(struct bulk *b, struct letter *l, struct recipient_fate fate);
/* Those whose request has not left are as if they had never been taken. */
void letters_return(struct bulk *b, int64_t due);

/* In a thread. */
enum status bulk_round(struct bulk *b, struct bulk_hand *h, const struct config *cfg);

/* Pure. frozen_ms: above 0 when its lane is, by this very answer. */
struct recipient_fate letter_fate(const struct letter *l, const struct tg_answer *a,
                                  int64_t now, int64_t frozen_ms);
/* It was not sent at all, and nobody is to blame. */
struct recipient_fate letter_back(const struct letter *l, int64_t due);

/* *out: the one before, or NULL; it is kept beneath. ST_REFUSED: it cannot be read. */
must_check enum status speech_load(struct db *db, const struct config *cfg,
                                   int64_t broadcast_id, struct speech **out);
void speech_free(struct speech *w);
int64_t
speech_version(const struct speech *w); /* of the broadcast, whose words it is */
const struct tz *speech_zone(const struct speech *w); /* the shop's. Lent by w */
/* Fills worded and media. ST_BAD: it cannot be said to them. */
must_check enum status speech_compose(struct speech *w, const struct broadcast *b,
                                      const struct recipient *who, struct letter *l);
/* A picture has a name at Telegram now; is there one for those that have none? Those of a
 * variant have none any more. */
must_check enum status speech_learn(struct db *db, struct speech *w,
                                    const struct bulk_media *m);
must_check enum status speech_look(struct db *db, struct speech *w);
must_check enum status speech_unlearn(struct db *db, struct speech *w, int variant);

#endif
