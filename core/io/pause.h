/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/pause.h - what of the queue stands still: a lane, a kind of job, or all that
 * belongs to one bot.
 *
 * A pause is a row of MySQL and lasts until somebody ends it, whatever is started anew
 * meanwhile. Parents of workers read it once a second; what is running goes on to its
 * end. Jobs of a paused lane wait on their lists; those of a paused kind or bot are put
 * off as they come up: updates at the head of their list, class D in MySQL, where they
 * stay (parked = 2) until nothing holds them any more. Who ends a pause wakes them, and
 * so does the scheduler each second: somebody may have put one off a moment too late. */
#ifndef CORE_IO_PAUSE_H
#define CORE_IO_PAUSE_H

#include "core/io/db.h"
#include "core/io/queue.h"

#define PAUSE_BACK_MS 1000 /* so long is a paused job of class U or E put off */

enum pause_what { PAUSE_LANE = 1, PAUSE_KIND, PAUSE_BOT };

const char *pause_what_name(enum pause_what what); /* "lane", "kind", "bot" */
bool pause_what_find(const char *name, enum pause_what *out);

/* All pauses, as bits: 1 << enum kind_lane, 1 << enum kind, 1 << enum tg_bot. */
struct pauses {
    uint32_t lanes, bots;
    uint64_t kinds;
};

must_check enum status pause_read(struct db *db, struct pauses *out);
bool pause_holds(const struct pauses *p, const struct job *j); /* by kind or bot */

/* ST_BAD: no such lane, kind or bot. Setting twice, or clearing what is not set, is fine.
 * Clearing a kind or a bot brings its jobs back at once. */
must_check enum status pause_set(struct db *db, int64_t now, enum pause_what what,
                                 const char *name, const char *who);
must_check enum status pause_clear(struct db *db, int64_t now, enum pause_what what,
                                   const char *name);

/* Puts off a job of class D that is held; the caller acknowledges its entry (JOB_DONE).
 * bot: whose it is where its arguments do not say so, or -1. */
must_check enum status pause_park(struct db *db, const struct pauses *p,
                                  const struct job *j, int bot);

/* Those that nothing holds any more may come in again, up to most of them; *n (may be
 * NULL) says how many. ST_AGAIN: that was not all. */
must_check enum status pause_wake(struct db *db, int64_t now, int most, int *n);

struct pause_line {
    enum pause_what what;
    char name[41], who[97];
    int64_t since;
};
typedef void pause_each(void *arg, const struct pause_line *line);
must_check enum status pause_list(struct db *db, pause_each *fn, void *arg);

#endif
