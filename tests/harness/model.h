/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/model.h - the queue as core/io/queue.h and docs/queue.md tell it, in
 * plain C without Redis, to hold the scripts against (tests/store/test_queue_model.c).
 *
 *   seen = model_look()                     what Redis holds, in the model's own form
 *   want = the state before, and model_put / model_turn / … on it
 *   model_same(&want, &seen, …)             NULL, or what differs
 *
 * Written from the manual, not from the scripts. Where the manual leaves a choice (which
 * lane a lease comes from) the model takes what was seen and checks that it was allowed.
 * Times that a script takes from Redis' clock lie between t0 and t1, the clocks of the
 * pictures before and after (give or take a millisecond: two cores need not agree on the
 * microsecond); `now` is the moment the model tries. */
#ifndef TESTS_HARNESS_MODEL_H
#define TESTS_HARNESS_MODEL_H

#include "core/io/queue_private.h"

#define MODEL_MOST 128 /* entries a list, a worker or a zset may hold here */
#define MODEL_WORKERS 4
#define MODEL_LOCKS 6
#define MODEL_HOT 16

struct model_job {
    uint8_t id[16];
    int64_t number; /* "n" of its body: tells one body from another */
    int list, attempts, crashes;
    char reason;   /* of a dead one */
    int64_t seq;   /* MODEL_NEW + i: new, the i-th of this step */
    int64_t stamp; /* 0: of this step */
    int64_t due;   /* of a delayed one, ms */
    bool fuzzy;    /* due is counted from t0, Redis counts from a little later */
};
#define MODEL_NEW (INT64_C(1) << 50)
#define MODEL_ANY (INT64_C(1) << 60)

struct model_row {
    int n;
    struct model_job job[MODEL_MOST];
};

struct model_worker {
    char wid[QUEUE_WID_MAX];
    struct model_row held;
    int64_t lease; /* until, ms; 0: none */
};

enum model_counter {
    MODEL_ENQ,
    MODEL_LEASE,
    MODEL_A,
    MODEL_R,
    MODEL_N,
    MODEL_D,
    MODEL_REAPED,
    MODEL_POISON,
    MODEL_FENCED,
    MODEL_COLLAPSED,
    MODEL_SPILLED,
    MODEL_COUNTERS
};
extern const char *const model_counter_name[MODEL_COUNTERS];

struct model {
    int64_t now; /* of the picture, ms */
    struct model_row list[QUEUE_LISTS], delayed, dead;
    struct model_worker worker[MODEL_WORKERS];
    int64_t blocked[MODEL_HOT]; /* nobody takes from it until then */
    int64_t shut[QUEUE_LISTS];  /* how many were kept out */
    int64_t level, level_until;
    int64_t count[MODEL_COUNTERS];
    int bell;
    bool locked[MODEL_LOCKS];
    uint8_t lock[MODEL_LOCKS][16];
    /* What Redis does not hold. */
    int64_t last_seq; /* the greatest number given so far */
    int64_t lost;     /* entries a test has thrown away */
    int fresh;        /* entries made in this step */
};

/* ---- what is done, on the state before; each answers what the queue is to answer -- */

struct model_at {
    int64_t t0, now, t1;
};

struct model_put {
    struct model_job job;
    int64_t due; /* ms; 0: at once */
    int lock;    /* of MODEL_LOCKS, or -1 */
};
/* answers: a letter a job, as of queue_hand. most: entries a list may hold. */
void model_put(struct model *m, struct model_at at, enum queue_fit fit, int most,
               const struct model_put *puts, int n, char *answers);

struct model_turn {
    int who;
    const struct job_result *results;
    int n_results, want;
    unsigned lanes_off;
    bool may_be_short;
    /* what was answered */
    const struct job *jobs;
    int n_jobs, nap_ms, fenced;
    bool was_short;
};
/* NULL, or what is not allowed in the answer or in what was taken from the lists. */
const char *model_turn(struct model *m, struct model_at at, const struct model_turn *t,
                       const struct model *seen);

struct model_reap {
    int who;
    bool force, late;
    const uint8_t *blame; /* or NULL */
};
enum status model_reap(struct model *m, struct model_at at, const struct model_reap *r,
                       int *moved);

bool model_renew(struct model *m, struct model_at at, int who); /* gone? */
void model_gate(struct model *m, struct model_at at, int level, const bool *open);
void model_vanish(struct model *m, int who); /* its hash and lease are lost */

/* Who has entries of that hot list in hand; -1: nobody. */
int model_owner(const struct model *m, int list);
/* Is there something in that lane that this worker may lease now? */
bool model_ready(const struct model *m, int64_t now, int who, enum kind_lane lane);

/* ---- rows ------------------------------------------------------------------------ */

int model_find(const struct model_row *r, const uint8_t id[16]); /* -1: not there */
struct model_job model_take(struct model_row *r, int i);
void model_add(struct model_row *r, int i, const struct model_job *j); /* before i */

/* ---- comparing -------------------------------------------------------------------- */

/* NULL: equal but for what the clock decides, which lies between t0 and t1. */
const char *model_same(const struct model *want, const struct model *seen, int64_t t0,
                       int64_t t1);

/* t0 and the moments up to t1 at which something changes by itself (due, lease
 * over …): each is a `now` to try. Answers how many, at most `most`. */
int model_moments(const struct model *before, int64_t t0, int64_t t1, int64_t *out,
                  int most);

/* ---- looking ---------------------------------------------------------------------- */

/* Reads everything in one step. m->worker[i].wid says of whom. What Redis does not hold
 * is left as it is. */
void model_look(struct queue *q, struct queue_at at, struct model *m);

/* Reads an entry; false: not one. */
bool model_read(const char *s, size_t n, struct model_job *out);

/* The state in a few lines, to stdout. */
void model_print(const char *title, const struct model *m);

#endif
