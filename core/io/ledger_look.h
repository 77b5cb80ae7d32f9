/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/ledger_look.h - the queue as a person asks about it: lists of jobs, one job's
 * story, everything that followed from one press of a button. For `dvorik jobs`, the
 * API and the panel alike. */
#ifndef CORE_IO_LEDGER_LOOK_H
#define CORE_IO_LEDGER_LOOK_H

#include "core/io/queue.h"

enum ledger_where { LEDGER_OPEN = 1, LEDGER_DONE, LEDGER_DEAD };

/* One line of any of the three tables; what a table lacks is zero or "". */
struct ledger_line {
    enum ledger_where where;
    uint8_t id[16];
    char kind[41], root[41], outcome[8], reason[8], why[201], worker[QUEUE_WID_MAX];
    uint8_t parent[16];
    bool has_parent;
    int lane, attempts;
    int64_t at; /* open: due; done: when; dead: when it died */
    int64_t ms;
};

typedef void ledger_each(void *arg, const struct ledger_line *line);

/* The newest open or dead ones; kind "" for all. At most limit. */
must_check enum status ledger_list(struct db *db, enum ledger_where where,
                                   const char *kind, int limit, ledger_each *fn,
                                   void *arg);

/* All that is known of one job, oldest first. ST_NONE: nothing. */
must_check enum status ledger_story(struct db *db, const uint8_t id[16],
                                    ledger_each *fn, void *arg);

/* All jobs of a root, in the order they ran; open and dead ones last. ST_NONE: none. */
must_check enum status ledger_trace(struct db *db, const char *root, ledger_each *fn,
                                    void *arg);

/* How many rows are open, dead, done since. */
struct ledger_sums {
    int64_t open, dead, done, retried;
};
must_check enum status ledger_sums(struct db *db, int64_t since,
                                   struct ledger_sums *out);

#endif
