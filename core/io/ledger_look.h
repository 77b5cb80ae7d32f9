/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/ledger_look.h - the queue as a person asks about it: lists of jobs, one job's
 * story, everything that followed from one press of a button, sums. For `dvorik jobs`,
 * the API and the panel alike; queue_walk.h sees what is in Redis. */
#ifndef CORE_IO_LEDGER_LOOK_H
#define CORE_IO_LEDGER_LOOK_H

#include "core/base/buf.h"
#include "core/io/queue.h"

enum ledger_where { LEDGER_OPEN = 1, LEDGER_DONE, LEDGER_DEAD };

/* One line of any of the three tables; what a table lacks is zero or "". Texts live as
 * long as the line. */
struct ledger_line {
    enum ledger_where where;
    uint8_t id[16];
    char kind[41], root[41], outcome[12], reason[12], why[201], worker[QUEUE_WID_MAX];
    uint8_t parent[16];
    bool has_parent;
    int lane;     /* open and dead ones: queue_lane */
    int attempts; /* open and dead: failed so far; done: which attempt this was */
    int64_t at;   /* open: due; done: when; dead: when it died */
    int64_t put_at, ms;
    bool parked; /* open: in MySQL alone until it is due, or until there is room */
    bool paused; /* … or as long as its kind or bot is paused: at says nothing then */
};

typedef void ledger_each(void *arg, const struct ledger_line *line);

/* The newest of a table, the next page behind the last line of the one before; newer:
 * the page in front of that line instead, with its last row first. */
#define LEDGER_ROOTS_MAX 100
struct ledger_ask {
    enum ledger_where where;
    const char *kind; /* NULL: all */
    /* open and dead ones: of which pool (0: any), and of which lists (0, 0: all) */
    enum kind_pool pool;
    int list_first, list_last;
    const char *const *roots; /* only what follows from one of these; none: all */
    size_t n_roots;           /* at most LEDGER_ROOTS_MAX */
    /* open: put then; done: ran then; dead: died then; 0: open on that side */
    int64_t from, to;
    const char
        *end;     /* done: "retry", "dead" …; dead: the reason, "poison"; NULL: any */
    bool crashed; /* done: only attempts that took their worker with them */
    int limit;
    const struct ledger_line *behind; /* its id and at; NULL: from the newest */
    bool newer;
};
/* ST_BAD: too many roots. */
must_check enum status ledger_list(struct db *db, const struct ledger_ask *ask,
                                   ledger_each *fn, void *arg);

/* All that is known of one job, oldest first. ST_NONE: nothing. */
must_check enum status ledger_story(struct db *db, const uint8_t id[16],
                                    ledger_each *fn, void *arg);

/* What an open or dead job carries, as JSON. ST_NONE: it is neither. */
must_check enum status ledger_body(struct db *db, const uint8_t id[16],
                                   struct buf *out);

/* All jobs of a root, in the order they ran; open and dead ones last. ST_NONE: none. */
must_check enum status ledger_trace(struct db *db, const char *root, ledger_each *fn,
                                    void *arg);

/* ---- sums ----------------------------------------------------------------------- */

struct ledger_sums {
    int64_t open;
    int64_t parked;  /* of those: in MySQL alone … */
    int64_t spilled; /* … and due: they wait for room in Redis, or for the scheduler */
    int64_t spilled_since; /* when the oldest of them was due; 0: none */
    int64_t dead;
};
must_check enum status ledger_sums(struct db *db, int64_t now, struct ledger_sums *out);

/* The same for who asks again and again: counting walks over all that is open, which takes
 * seconds where millions are, so it is done anew only when the last count is ten seconds
 * old and a hundred times as old as it took. Zeroed at first; anything but ST_OK leaves
 * what was known. */
struct ledger_sums_kept {
    struct ledger_sums sums;
    int64_t at;      /* when they were counted, microseconds; 0: never */
    int64_t cost_us; /* how long that took */
};
must_check enum status ledger_sums_renew(struct db *db, int64_t now,
                                         struct ledger_sums_kept *kept);

/* What became of each kind since then, and what is open and dead of it now. */
struct ledger_kind {
    char kind[41];
    int64_t open, dead, done, retried, failed; /* failed: died, cancelled, expired */
    int64_t mean_ms, worst_ms;                 /* of those done */
};
typedef void ledger_kind_each(void *arg, const struct ledger_kind *k);
must_check enum status ledger_kinds(struct db *db, int64_t since, ledger_kind_each *fn,
                                    void *arg);

#endif
