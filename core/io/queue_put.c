/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Putting jobs: the row inside the transaction, the entry after its commit. */
#include "core/io/queue_private.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

REDIS_SCRIPT(enqueue, "core/io/queue/enqueue.lua");

#define BATCH 200 /* entries a script call: under a millisecond of Redis' time */

const char *queue_prefix(enum kind_pool pool)
{
    return pool == POOL_SEND ? "dv:{s0}:s:" : "dv:{s0}:a:";
}

void queue_key(char out[KEY_MAX], enum kind_pool pool, const char *what)
{
    snprintf(out, KEY_MAX, "%s%s", queue_prefix(pool), what);
}

/* Finaliser of splitmix64: neighbours in id are strangers in list. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

int queue_hot_list(int64_t key)
{
    return (int)(mix((uint64_t)key) % 16);
}

int queue_bulk_list(int64_t key)
{
    return 18 + (int)(mix((uint64_t)key) % 16);
}

static int list_of(const struct kind_policy *p, int64_t key)
{
    if (p->lane == LANE_HOT)
        return queue_hot_list(key);
    if (p->lane == LANE_BULK)
        return queue_bulk_list(key);
    return p->lane == LANE_NORMAL ? 16 : 17;
}

/* ---- handing over -------------------------------------------------------------------
 */

struct hand {
    char key[3][KEY_MAX];
    char list[QUEUE_LISTS][KEY_MAX];
    char text[BATCH][ULID_TEXT + 1];
    char small[BATCH][2][4];
};

static void hand_one(struct redis_cmd *c, struct hand *h, int i,
                     const struct job_row *r)
{
    snprintf(h->small[i][0], 4, "%02d", r->list);
    snprintf(h->small[i][1], 4, "%02x", r->attempts & 255);
    ulid_print(r->id, h->text[i]);
    redis_arg_int(c, 4 + r->list);
    redis_arg_text(c, h->small[i][0]);
    redis_arg_int(c, r->due / MS);
    redis_arg_text(c, h->text[i]);
    redis_arg_text(c, h->small[i][1]);
    redis_arg(c, r->body, r->body_n);
}

static enum status hand_batch(struct queue *q, enum kind_pool pool,
                              const struct job_row *rows, int n)
{
    struct hand *h = calloc(1, sizeof *h);
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    if (h == NULL)
        return ST_BROKEN;
    queue_key(h->key[0], pool, "c");
    queue_key(h->key[1], pool, "z");
    queue_key(h->key[2], pool, "bell");
    for (int i = 0; i < 3; i++)
        redis_arg_text(&c, h->key[i]);
    for (int i = 0; i < QUEUE_LISTS; i++) {
        snprintf(h->list[i], KEY_MAX, "%s%d", queue_prefix(pool), i);
        redis_arg_text(&c, h->list[i]);
    }
    redis_arg_int(&c, n);
    for (int i = 0; i < n; i++)
        hand_one(&c, h, i, &rows[i]);
    st = redis_eval(q->redis, &enqueue, 3 + QUEUE_LISTS, &c, &reply);
    redis_free(reply);
    redis_cmd_free(&c);
    free(h);
    return st;
}

enum status queue_hand_over(struct queue *q, enum kind_pool pool,
                            const struct job_row *rows, int n)
{
    enum status st = ST_OK;

    for (int i = 0; i < n && st == ST_OK; i += BATCH)
        st = hand_batch(q, pool, rows + i, n - i < BATCH ? n - i : BATCH);
    return st;
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

/* ---- class D: row, then entry --------------------------------------------------- */

static void staged_free(struct queue *q)
{
    while (q->staged != NULL) {
        struct staged *next = q->staged->next;

        free(q->staged->body);
        free(q->staged);
        q->staged = next;
    }
    q->staged_end = &q->staged;
}

static enum status stage(struct queue *q, const struct job_row *r, enum kind_pool pool)
{
    struct staged *s = calloc(1, sizeof *s);

    if (s == NULL || (s->body = malloc(r->body_n + 1)) == NULL) {
        free(s);
        return ST_BROKEN;
    }
    memcpy(s->body, r->body, r->body_n);
    memcpy(s->id, r->id, sizeof s->id);
    s->body_n = r->body_n;
    s->pool = pool;
    s->list = r->list;
    s->due = r->due;
    *q->staged_end = s;
    q->staged_end = &s->next;
    return ST_OK;
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
        DB_BYTES(r->id, 16), DB_INT(p->pool * 100 + r->list), DB_TEXT(p->name),
        DB_TIME(spec->due > now ? spec->due : now), DB_INT(far_off(spec, now)),
        DB_TEXT(spec->idk), q && q->root[0] ? DB_TEXT(q->root) : DB_NULL,
        q && q->has_parent ? DB_BYTES(q->parent, 16) : DB_NULL, DB_TIME(now),
        DB_BYTES(r->body, r->body_n));
}

enum status job_put(struct db *db, int64_t now, const struct job_spec *spec)
{
    const struct kind_policy *p = kind_policy(spec->kind);
    struct queue *q = db_listener(db);
    struct json *body = body_new(q, spec);
    struct job_row r = {.list = list_of(p, spec->key), .due = spec->due};
    enum status st;

    ulid_new(now, r.id);
    st = body_text(body, spec, &r.body, &r.body_n);
    if (st == ST_OK)
        st = row_insert(db, q, now, spec, &r);
    crash_point("job.row_inserted");
    if (st == ST_OK && q != NULL && !far_off(spec, now))
        st = stage(q, &r, p->pool);
    json_free(body);
    return st;
}

/* Best effort: what does not get through is brought by the reconciler, seconds later.
 */
static void hand_staged(struct queue *q, enum kind_pool pool)
{
    struct job_row rows[BATCH];
    enum status st = ST_OK;
    int n = 0;

    for (struct staged *s = q->staged; s != NULL && st == ST_OK; s = s->next) {
        if (s->pool != pool)
            continue;
        rows[n] = (struct job_row){
            .list = s->list, .due = s->due, .body = s->body, .body_n = s->body_n};
        memcpy(rows[n++].id, s->id, 16);
        if (n == BATCH) {
            st = queue_hand_over(q, pool, rows, n);
            n = 0;
        }
    }
    if (n > 0 && st == ST_OK)
        st = queue_hand_over(q, pool, rows, n);
    if (st != ST_OK)
        log_warn("jobs committed, not handed over; the reconciler will",
                 LOG_TEXT("pool", queue_prefix(pool)),
                 LOG_TEXT("status", status_name(st)));
}

static bool staged_for(const struct queue *q, enum kind_pool pool)
{
    for (const struct staged *s = q->staged; s != NULL; s = s->next)
        if (s->pool == pool)
            return true;
    return false;
}

static void tx_ended(void *arg, bool committed)
{
    struct queue *q = arg;

    if (committed && q->staged != NULL) {
        crash_point("job.committed");
        for (enum kind_pool pool = POOL_LOGIC; pool <= POOL_COUNT; pool++)
            if (staged_for(q, pool))
                hand_staged(q, pool);
        crash_point("job.handed_over");
    }
    staged_free(q);
}

/* ---- class E: straight to Redis ------------------------------------------------- */

enum status job_put_now(struct queue *q, int64_t now, const struct job_spec *spec)
{
    const struct kind_policy *p = kind_policy(spec->kind);
    struct json *body = body_new(q, spec);
    struct job_row r = {.list = list_of(p, spec->key), .due = spec->due};
    enum status st;

    ulid_new(now, r.id);
    st = body_text(body, spec, &r.body, &r.body_n);
    if (st == ST_OK)
        st = queue_hand_over(q, p->pool, &r, 1);
    json_free(body);
    return st;
}

/* ---- the handle ----------------------------------------------------------------- */

struct queue *queue_open(const struct config *cfg)
{
    struct queue *q = calloc(1, sizeof *q);

    if (q == NULL)
        return NULL;
    q->staged_end = &q->staged;
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
    staged_free(q);
    redis_close(q->redis);
    free(q);
}

struct redis *queue_redis(struct queue *q)
{
    return q->redis;
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
