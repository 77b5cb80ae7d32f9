/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/pause.h - what of the queue stands still: a lane, a kind of job, or all that
 * belongs to one bot.
 *
 * A pause is a row of MySQL and lasts until somebody ends it, whatever is started anew
 * meanwhile. Parents of workers read it once a second; what is running goes on to its
 * end. Jobs of a paused lane wait on their lists; those of a paused kind or bot are put
 * off as they come up: class D in MySQL, updates at the head of their list. */
#ifndef CORE_IO_PAUSE_H
#define CORE_IO_PAUSE_H

#include "core/io/db.h"
#include "core/io/queue.h"

#define PAUSE_PARK_MS                                                                  \
    30000 /* so long is a paused class D job put off, again and again */
#define PAUSE_BACK_MS 1000 /* … and one of class U or E */

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

/* What was put off by somebody who had not heard yet that a pause had ended comes back as
 * well: for parents, when what they read has less than before. */
must_check enum status pause_ended(struct db *db, int64_t now,
                                   const struct pauses *before,
                                   const struct pauses *after);

struct pause_line {
    enum pause_what what;
    char name[41], who[97];
    int64_t since;
};
typedef void pause_each(void *arg, const struct pause_line *line);
must_check enum status pause_list(struct db *db, pause_each *fn, void *arg);

#endif
