/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Putting jobs: the row inside the transaction, the entry after its commit. What does
 * not fit into Redis (lane.h) is parked: its row waits for the reconciler. */
#include "core/io/queue_private.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_MS 5000
#define SHUT_MS 1000 /* a full list is believed to be full for so long */

static int list_of(const struct kind_policy *p, const struct job_spec *spec)
{
    if (spec->batch != 0)
        return queue_bulk_list(spec->batch);
    if (p->lane == LANE_HOT)
        return queue_hot_list(spec->key);
    if (p->lane == LANE_BULK)
        return queue_bulk_list(spec->key);
    return p->lane == LANE_NORMAL ? 16 : 17;
}

/* ---- the body ------------------------------------------------------------------- */

static struct json *body_new(struct queue *q, const struct job_spec *spec)
{
    struct json *body = json_new_object();
    char parent[ULID_TEXT + 1];

    json_set_int(body, "v", 1);
    json_set_text(body, "k", kind_policy(spec->kind)->name);
    if (q != NULL && q->root[0] != '\0')
        json_set_text(body, "root", q->root);
    if (q != NULL && q->has_parent) {
        ulid_print(q->parent, parent);
        json_set_text(body, "par", parent);
    }
    if (spec->not_after > 0)
        json_set_int(body, "exp", spec->not_after / MS);
    if (spec->lock_ms > 0)
        json_set_text(body, "once", spec->idk);
    json_set(body, "a", spec->args ? spec->args : json_new_object());
    return body;
}

/* A row's text; ST_BROKEN when it is too big or memory ran out: a bug of the caller. */
static enum status body_text(struct json *body, const struct job_spec *spec,
                             const char **text, size_t *n)
{
    *text = json_print(body);
    *n = *text ? strlen(*text) : 0;
    if (*text != NULL && *n <= QUEUE_BODY_MAX)
        return ST_OK;
    log_error("a job does not fit", LOG_TEXT("kind", kind_policy(spec->kind)->name),
              LOG_INT("bytes", (int64_t)*n));
    return ST_BROKEN;
}

/* Who has no person and no batch goes anywhere. */
static struct queue_at place_of(const struct queue *q, const struct job_spec *spec,
                                const uint8_t id[16])
{
    int64_t key = spec->key ? spec->key : id[15] * 256 + id[14];
    int shards = q != NULL ? q->shards : 1;

    return (struct queue_at){kind_policy(spec->kind)->pool,
                             queue_shard_of(key, shards)};
}

/* ---- class D: row, then entry --------------------------------------------------- */

static void staged_free(struct queue *q, struct staged **since)
{
    while (*since != NULL) {
        struct staged *next = (*since)->next;

        free((*since)->body);
        free(*since);
        *since = next;
    }
    q->staged_end = since;
}

struct queue_mark queue_mark(const struct queue *q)
{
    return (struct queue_mark){q->staged_end};
}

void queue_forget(struct queue *q, struct queue_mark since)
{
    staged_free(q, since.end);
}

static enum status stage(struct queue *q, const struct job_row *r)
{
    struct staged *s = calloc(1, sizeof *s);

    if (s == NULL || (s->body = malloc(r->body_n + 1)) == NULL) {
        free(s);
        return ST_BROKEN;
    }
    memcpy(s->body, r->body, r->body_n);
    memcpy(s->id, r->id, sizeof s->id);
    s->body_n = r->body_n;
    s->at = r->at;
    s->list = r->list;
    s->due = r->due;
    *q->staged_end = s;
    q->staged_end = &s->next;
    return ST_OK;
}

/* ---- lists that are full -------------------------------------------------------- */

static int64_t *shut_until(struct queue *q, const struct job_row *r)
{
    return &q->shut_ms[r->at.pool][r->at.shard][r->list];
}

static bool is_shut(struct queue *q, const struct job_row *r)
{
    return *shut_until(q, r) > clock_mono_ms();
}

/* The rows that Redis had no room for. A failure here costs their place in the order:
 * the watermark brings them once the list has come past them. */
static void spill(struct queue *q, struct job_row *rows, int n, const char *answers)
{
    enum status st = ST_OK;
    int spilled = 0;

    for (int i = 0; i < n; i++) {
        if (answers[i] != '0')
            continue;
        *shut_until(q, &rows[i]) = clock_mono_ms() + SHUT_MS;
        if (st == ST_OK)
            st = db_exec(q->db, NULL, "UPDATE job_open SET parked = 1 WHERE id = ?",
                         DB_BYTES(rows[i].id, 16));
        spilled++;
    }
    if (spilled > 0)
        log_debug("jobs wait in mysql: their list is full", LOG_INT("jobs", spilled));
}

/* What is due later than this waits parked in MySQL until the reconciler's hour. */
static bool far_off(const struct job_spec *spec, int64_t now)
{
    return spec->due > now + MINUTE;
}

static enum status row_insert(struct db *db, struct queue *q, int64_t now,
                              const struct job_spec *spec, const struct job_row *r)
{
    const struct kind_policy *p = kind_policy(spec->kind);

    return db_exec(
        db, NULL,
        "INSERT INTO job_open (id, lane, kind, run_at, parked, idk, root, parent,"
        " put_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_BYTES(r->id, 16), DB_INT(queue_lane(r->at, r->list)), DB_TEXT(p->name),
        DB_TIME(spec->due > now ? spec->due : now), DB_INT(r->parked),
        DB_TEXT(spec->idk), q && q->root[0] ? DB_TEXT(q->root) : DB_NULL,
        q && q->has_parent ? DB_BYTES(q->parent, 16) : DB_NULL, DB_TIME(now),
        DB_BYTES(r->body, r->body_n));
}

enum status job_put(struct db *db, int64_t now, const struct job_spec *spec)
{
    const struct kind_policy *p = kind_policy(spec->kind);
    struct queue *q = db_listener(db);
    struct json *body = body_new(q, spec);
    struct job_row r = {.list = list_of(p, spec), .due = spec->due};
    enum status st;

    ulid_new(now, r.id);
    r.at = place_of(q, spec, r.id);
    r.parked = far_off(spec, now) || (q != NULL && is_shut(q, &r));
    st = body_text(body, spec, &r.body, &r.body_n);
    if (st == ST_OK)
        st = row_insert(db, q, now, spec, &r);
    crash_point("job.row_inserted");
    if (st == ST_OK && q != NULL && !r.parked)
        st = stage(q, &r);
    json_free(body);
    return st;
}

static enum status hand_some(struct queue *q, struct job_row *rows, int n)
{
    char answers[HAND_MAX];
    enum status st;

    st = queue_hand(q, rows[0].at, QUEUE_SPILL, &(struct job_rows){rows, n}, answers);
    if (st == ST_OK)
        spill(q, rows, n, answers);
    return st;
}

/* Once in a while: while Redis is away each transaction ends here. */
static void tell_not_handed(struct queue_at at, enum status st)
{
    static int64_t told_ms, times;
    int64_t now = clock_mono_ms();

    times++;
    if (told_ms != 0 && now - told_ms < TELL_MS)
        return;
    log_warn("jobs committed, not handed over; the reconciler will",
             LOG_INT("pool", at.pool), LOG_INT("shard", at.shard),
             LOG_INT("times", times), LOG_TEXT("status", status_name(st)));
    told_ms = now;
    times = 0;
}

/* Best effort: what does not get through is brought by the reconciler, seconds later.
 */
static void hand_staged(struct queue *q, struct queue_at at)
{
    struct job_row rows[HAND_MAX];
    enum status st = ST_OK;
    int n = 0;

    for (struct staged *s = q->staged; s != NULL && st == ST_OK; s = s->next) {
        if (s->at.pool != at.pool || s->at.shard != at.shard)
            continue;
        rows[n] = (struct job_row){.at = at,
                                   .list = s->list,
                                   .due = s->due,
                                   .body = s->body,
                                   .body_n = s->body_n};
        memcpy(rows[n++].id, s->id, 16);
        if (n == HAND_MAX) {
            st = hand_some(q, rows, n);
            n = 0;
        }
    }
    if (n > 0 && st == ST_OK)
        st = hand_some(q, rows, n);
    if (st != ST_OK)
        tell_not_handed(at, st);
}

static bool staged_for(const struct queue *q, struct queue_at at)
{
    for (const struct staged *s = q->staged; s != NULL; s = s->next)
        if (s->at.pool == at.pool && s->at.shard == at.shard)
            return true;
    return false;
}

static void tx_ended(void *arg, bool committed)
{
    struct queue *q = arg;

    if (committed && q->staged != NULL) {
        crash_point("job.committed");
        QUEUE_EACH(at, q)
            if (staged_for(q, at))
                hand_staged(q, at);
        crash_point("job.handed_over");
    }
    staged_free(q, &q->staged);
}

/* ---- class E: straight to Redis ------------------------------------------------- */

enum status job_put_now(struct queue *q, int64_t now, const struct job_spec *spec)
{
    const struct kind_policy *p = kind_policy(spec->kind);
    struct json *body = body_new(q, spec);
    struct job_row r = {.list = list_of(p, spec), .due = spec->due};
    char lock[KEY_MAX], answer = '1';
    enum status st;

    ulid_new(now, r.id);
    r.at = place_of(q, spec, r.id);
    if (spec->lock_ms > 0) {
        queue_lock_key(lock, r.at, p->name, spec->idk);
        r.lock = lock;
        r.lock_ms = spec->lock_ms;
    }
    st = body_text(body, spec, &r.body, &r.body_n);
    if (st == ST_OK)
        st = queue_hand(q, r.at, QUEUE_REFUSE, &(struct job_rows){&r, 1}, &answer);
    json_free(body);
    if (st != ST_OK || answer == '1')
        return st;
    return answer == 'u' ? ST_TAKEN : ST_REFUSED;
}

/* ---- the handle ----------------------------------------------------------------- */

struct queue *queue_open(const struct config *cfg)
{
    struct queue *q = calloc(1, sizeof *q);

    if (q == NULL)
        return NULL;
    q->staged_end = &q->staged;
    q->shards = (int)cfg->queue_shards;
    q->calm_ms = QUEUE_CALM_MS;
    q->redis = redis_open(cfg->redis_url);
    if (q->redis == NULL) {
        free(q);
        return NULL;
    }
    return q;
}

void queue_close(struct queue *q)
{
    if (q == NULL)
        return;
    if (q->db != NULL)
        db_on_end(q->db, NULL, NULL);
    staged_free(q, &q->staged);
    redis_close(q->redis);
    free(q);
}

struct redis *queue_redis(struct queue *q)
{
    return q->redis;
}

int queue_shards(const struct queue *q)
{
    return q->shards;
}

struct queue_at queue_next(const struct queue *q, struct queue_at at)
{
    if (++at.shard < q->shards)
        return at;
    return (struct queue_at){(enum kind_pool)(at.pool + 1), 0};
}

int queue_list_most(const struct queue *q, int list)
{
    return q->most ? q->most : lane_policy(lane_of_list(list))->most;
}

void queue_set_calm(struct queue *q, int ms)
{
    q->calm_ms = ms;
}

void queue_set_most(struct queue *q, int entries)
{
    q->most = entries;
}

void queue_bind(struct queue *q, struct db *db)
{
    q->db = db;
    db_on_end(db, tx_ended, q);
}

void queue_set_cause(struct queue *q, const char *root, const uint8_t parent[16])
{
    snprintf(q->root, sizeof q->root, "%s", root ? root : "");
    q->has_parent = parent != NULL;
    if (parent != NULL)
        memcpy(q->parent, parent, sizeof q->parent);
}
