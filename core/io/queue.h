/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/queue.h - jobs in Redis lists, their truth in MySQL.
 *
 *            job_put / intake          queue_turn             queue_turn
 *   (facts) -----------------> WAITING ----------> IN FLIGHT ------------> gone
 *                               ^  ^ ^                | | |
 *                  due          |  | |     N: given   | | | R: failed, try again
 *   DELAYED --------------------+  | +----- back -----+ | +--------> DELAYED, or at the
 *                                  |                    |            head of its hot
 * list
 *                                  +---- queue_reap ----+            until due
 *                                    its worker is gone
 *
 * WAITING    34 lists a pool: 16 hot (by hash of the person), normal, low, 16 bulk
 * IN FLIGHT  one hash a worker: id -> entry; the worker's lease is one member of `w`
 * DELAYED    zset `z`: entry -> due, for what is due within a minute; MySQL beyond
 * DEAD       table job_dead; list `d` only until the row is written
 *
 * A class D job is a row of job_open put in the transaction of the fact it follows from
 * and deleted in the transaction of its effect, so its effect happens once whatever
 * Redis forgets; an entry that Redis lost is brought back by the reconciler
 * (ledger.h). A step may run twice and must be safe to repeat.
 *
 * A hot list has one owner at a time (hash `own`), so one person's jobs run in order; a
 * job to be tried again blocks its list until it is due.
 *
 * The scripts are in core/io/queue/, one file each; every key they touch is declared.
 */
#ifndef CORE_IO_QUEUE_H
#define CORE_IO_QUEUE_H

#include "core/base/config.h"
#include "core/base/json.h"
#include "core/io/db.h"
#include "core/io/kind.h"
#include "core/io/redis.h"

/* Where: a pool of one shard. A shard is all keys under one tag, dv:{s<k>}:, so that on
 * a Redis Cluster each is served by one node and every script stays within it. A person
 * belongs to one shard for good: their number is fixed at first start. */
struct queue_at {
    enum kind_pool pool;
    int shard; /* 0 .. QUEUE_SHARDS - 1 */
};
#define QUEUE_SHARDS_MAX 32

#define QUEUE_LISTS 34
#define QUEUE_BODY_MAX 1024           /* of classes D and E */
#define QUEUE_UPDATE_MAX (256 * 1024) /* of class U */
#define QUEUE_WID_MAX 96
#define QUEUE_BATCH_MAX 64
#define QUEUE_LEASE_MS 15000
#define QUEUE_LEASE_WEAR_MS 250 /* so old may a lease be and not be written anew */

/* ---- putting -------------------------------------------------------------------- */

struct job_spec {
    enum kind kind;
    int64_t key;       /* hot: the person (chat); bulk: the batch. Chooses the list */
    struct json *args; /* taken over, also on failure; NULL: none */
    const char *idk; /* at most 60 bytes, or NULL. Class D: (kind, idk) is unique among
                        open jobs, a second put answers ST_TAKEN */
    int64_t due;     /* microseconds; 0: at once */
    int64_t not_after; /* microseconds: not begun later than that; 0: whenever */
    int64_t lock_ms; /* class E: while another of this (kind, idk) is queued or running,
                        and at most so long, a second put answers ST_TAKEN */
    int64_t batch;   /* one of many: in the bulk lane, whatever the kind's is; 0: not */
};

/* The hot list of a person, 0..15; the bulk list of a batch, 18..33; and the shard. */
int queue_hot_list(int64_t key);
int queue_bulk_list(int64_t key);
int queue_shard_of(int64_t key, int shards);

struct queue; /* one a process: the connection, the jobs put in the open transaction */

/* So old may a look at the hot and bulk lists be (may_be_short), or as a test has set. */
#define QUEUE_CALM_MS 1
void queue_set_calm(struct queue *q, int ms);

/* Entries a list may hold: as lane.h says, or what a test has set instead. */
int queue_list_most(const struct queue *q, int list);
void queue_set_most(struct queue *q, int entries);

struct queue *queue_open(const struct config *cfg); /* no network yet. Yours */
void queue_close(struct queue *q);
struct redis *queue_redis(struct queue *q); /* lent */
int queue_shards(const struct queue *q);

/* Is QUEUE_SHARDS what this Redis was first used with, and are its entries of our form?
 * ST_REFUSED: *why (lent) says what to do. A person's jobs would lie in two shards
 * otherwise; and updates that an older Dvorik took must be run by it. */
must_check enum status queue_shards_check(struct redis *r, int shards,
                                          const char **why);

/* All places of a queue, for loops over it: QUEUE_EACH(at, q) { … } */
struct queue_at queue_next(const struct queue *q, struct queue_at at);
#define QUEUE_EACH(at, q)                                                              \
    for (struct queue_at at = {POOL_LOGIC, 0}; at.pool <= POOL_COUNT;                  \
         at = queue_next(q, at))

/* Jobs put through db are handed to Redis when its transaction commits. */
void queue_bind(struct queue *q, struct db *db);

/* A part of the transaction is undone (a nested db_tx that failed): what was put since
 * the mark is not handed over. */
struct queue_mark {
    struct staged **end;
};
struct queue_mark queue_mark(const struct queue *q);
void queue_forget(struct queue *q, struct queue_mark since);

/* What the jobs put from now on follow from: root "u:client:883120045" or
 * "cron:birthday:2026-11-20", parent the running job. Copied; NULL, NULL: none. */
void queue_set_cause(struct queue *q, const char *root, const uint8_t parent[16]);

/* Class D, inside a transaction of db: the row now, the entry after the commit (a
 * failure there costs seconds: the reconciler). db without a queue bound: row only. */
must_check enum status job_put(struct db *db, int64_t now, const struct job_spec *spec);

/* Class E, straight to Redis; a failure is ST_DOWN and nothing was put. ST_REFUSED: its
 * list is full. ST_TAKEN: its lock is held. */
must_check enum status job_put_now(struct queue *q, int64_t now,
                                   const struct job_spec *spec);

/* ---- running -------------------------------------------------------------------- */

struct job {
    uint8_t id[16];
    enum kind kind;
    int shard;
    int list;     /* 0..33 */
    int attempts; /* runs that failed so far */
    int crashes;
    int64_t put_at; /* microseconds */
    char root[41];
    int64_t not_after; /* microseconds; 0: whenever */
    bool locked;       /* unique: queue_unlock when it is over */
    struct json *args; /* lent by the job: never NULL */
    struct json *body; /* owns args */
    char *raw;         /* the entry */
    size_t raw_n;
    char reason; /* of a dead one: 't' tries used up, 'p' poison, 'l' took too long */
};
void job_free(struct job *j); /* what a lease filled; safe on zeroed */

enum job_outcome {
    JOB_DONE = 1, /* A: acknowledge */
    JOB_RETRY,    /* R: one attempt used; again after wait_ms */
    JOB_BACK,     /* N: not started, or not its fault; again after wait_ms, none used */
    JOB_BURY      /* D: dead; the reason goes to job_dead */
};

struct job_result {
    uint8_t id[16];
    uint32_t outcome; /* enum job_outcome */
    uint32_t wait_ms;
};

/* wid = <boot>.<host>.<slot>.<pid>.<starttime>: never used twice. One process may go by
 * several, with ".<n>" behind it (worker/logic.c). */
void queue_wid(char out[QUEUE_WID_MAX], int slot);

/* One round trip: sleep until the doorbell rings, at most wait_ms (redis_eval_bell),
 * settle results (in the order they were leased), promote what is due,
 * lease up to want jobs of the pool into out, renew the lease. *n: jobs leased;
 * *nap_ms: until the next delayed or blocked one is due (at most 1000); *fenced:
 * results that were no longer ours. *anew: Redis was reached by a new connection since
 * the last turn there, so it may be an older one: it may hold as ours what we have given
 * back long ago, and what nobody finishes is lost to all. Who holds nothing else reaps
 * itself, others look what they hold.
 *
 * may_be_short: hot and bulk lists that a turn of this worker saw empty no longer than
 * QUEUE_CALM_MS ago need no other look, and what became due since may wait for one: the
 * turn asks the normal and the low list only, and takes half the bytes. Where those are
 * empty a whole one follows at once, so no job leased means what it always does.
 * *was_short: this was one. */
struct queue_turn {
    const char *wid;
    struct queue_at at;
    const struct job_result *results;
    int n_results, want;
    unsigned lanes_off; /* 1 << enum kind_lane: do not lease from these */
    bool may_be_short;
    int wait_ms;        /* 0: no sleep */
    bool (*stop)(void); /* ends the sleep; may be NULL */
    /* out */
    struct job *jobs; /* room for want */
    int n_jobs, nap_ms, fenced;
    bool anew, was_short;
};
must_check enum status queue_turn(struct queue *q, struct queue_turn *t);

/* The unique job is done or dead: another one may be put. Best effort: the lock lapses
 * by itself. */
void queue_unlock(struct queue *q, const struct job *j);

/* Wakes one that sleeps: for jobs whose ring was heard by one that is no more. */
must_check enum status queue_ring(struct queue *q, struct queue_at at);

/* Leases of these workers live QUEUE_LEASE_MS from now. gone[i] is set where the lease
 * had lapsed already. */
must_check enum status queue_renew(struct queue *q, struct queue_at at,
                                   const char *const *wids, int n, bool *gone);

/* An entry is a head of 32 raw bytes and the JSON body, so that no script parses JSON:
 *
 *   byte   0 form      '2'; what an older Dvorik wrote begins with '0'
 *      1..16 id        so that those due at the same moment become so in the order they
 *                      were put: `z` sorts them by their bytes
 *         17 list      0..33
 *         18 attempts  runs that failed, at most 255
 *         19 crashes   workers that died with it, at most 15
 *     20..25 stamp     ms of Redis' clock when it came onto its list
 *     26..31 number    counts all entries of a place
 *     32..   {"v":1,…}
 *
 * Stamp and number are big-endian: struct.pack('>I6I6', …) in Lua. Any byte may be 0: an
 * entry has a length, it is no C string; and in Lua it is compared for order by its
 * numbers, never by `<`, which goes by the server's locale.
 *
 * Keys of shard 0: dv:{s0}:a: for logic, dv:{s0}:s: for send; then the list's number,
 * i:<wid>, w, z, own, bell, c (counters), d (a letter of why, and the entry). */
#define QUEUE_FORM '2'
#define QUEUE_START 20 /* of the head, all but what only the script knows */
#define QUEUE_HEAD 32
struct queue_head {
    uint8_t id[16];
    int list, attempts, crashes;
    int64_t stamp_ms, number;
};
void queue_head_print(const struct queue_head *h, char out[QUEUE_HEAD]);
/* ST_BAD: no entry, or of another form. */
must_check enum status queue_head_read(const char *s, size_t n, struct queue_head *out);

#define QUEUE_KEY_MAX 160
void queue_key(char out[QUEUE_KEY_MAX], struct queue_at at, const char *what);

/* job_open.lane and job_dead.lane: shard * 1000 + pool * 100 + list. */
int queue_lane(struct queue_at at, int list);
struct queue_at queue_lane_at(int lane);

/* The worker is gone: its jobs go back to the heads of their lists; blame (may be NULL)
 * gets a crash, and is dead as poison at three. force: do not wait for the lease to
 * lapse. ST_NONE: lease still live, or nothing there. */
#define QUEUE_CRASHES_MAX 3
must_check enum status queue_reap(struct queue *q, struct queue_at at, const char *wid,
                                  bool force, const uint8_t *blame, int *moved);

/* … and the blamed one was killed because it took too long: dead as that at three. */
must_check enum status queue_reap_late(struct queue *q, struct queue_at at,
                                       const char *wid, const uint8_t *blame,
                                       int *moved);

/* ---- looking ------------------------------------------------------------------------
 */

struct census_worker {
    char wid[QUEUE_WID_MAX];
    int64_t ms_left; /* of its lease; negative: lapsed, to be reaped */
    int64_t held;
};

struct census {
    int64_t now_ms; /* Redis' clock */
    struct {
        int64_t length, head_ms; /* head_ms 0: empty */
    } list[QUEUE_LISTS];
    int64_t delayed, dead;
    struct {
        char name[16];
        int64_t n;
    } counter[24]; /* enq lease A R N D reaped poison fenced collapsed spilled … */
    int n_counters;
    struct {
        int list;
        int64_t n;
    } shut[QUEUE_LISTS]; /* lists that keep new ones out, and how many they have */
    int n_shut;
    int64_t used_bytes, max_bytes; /* of Redis; max 0: no bound */
    struct census_worker *worker;
    size_t n_workers;
    uint8_t (*busy)[16]; /* ids in flight, delayed or dead; sorted */
    size_t n_busy;
    bool complete; /* false: busy may lack some; look again before acting on it */
};
/* One atomic picture of the pool. census_free what it answers with ST_OK. */
must_check enum status queue_census(struct queue *q, struct queue_at at,
                                    struct census *out);
void census_free(struct census *c);
int64_t census_waiting(const struct census *c);
int64_t census_held(const struct census *c); /* in flight */
int64_t census_count(const struct census *c, const char *counter);

/* Adds to a counter of the place, for metrics. Best effort. */
void queue_count(struct queue *q, struct queue_at at, const char *counter, int64_t n);

/* Every entry that was ever put is somewhere: enq - (A + D + poison + collapsed +
 * waiting + delayed + in flight). 0, or an entry was lost or came from nowhere since the
 * counters began. */
int64_t census_drift(const struct census *c);
bool census_busy(const struct census *c, const uint8_t id[16]);

/* Poisoned and buried entries wait in `d` until their row of job_dead is written: reads
 * up to n of them without removing; queue_dead_drop removes one. */
must_check enum status queue_dead_peek(struct queue *q, struct queue_at at,
                                       struct job *jobs, int n, int *found);
must_check enum status queue_dead_drop(struct queue *q, struct queue_at at,
                                       const struct job *j);

/* How full Redis is (lane.h), said to all who put, for the next seconds; and the lists
 * among census' shut ones that have nothing left waiting in MySQL. */
#define QUEUE_GATE_MS 10000
must_check enum status queue_gate(struct queue *q, struct queue_at at,
                                  const struct census *seen, const bool *drained);

/* Rows that were lost or kept out, handed over again. */
struct job_row {
    uint8_t id[16];
    struct queue_at at;
    bool parked;
    int list, attempts;
    int64_t due;      /* microseconds; 0: at once */
    const char *body; /* borrowed */
    size_t body_n;
    const char *lock; /* its key, or NULL */
    int64_t lock_ms;
};
must_check enum status queue_hand_over(struct queue *q, struct queue_at at,
                                       const struct job_row *rows, int n);

#endif
