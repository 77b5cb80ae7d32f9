/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/queue_walk.h"

#include "core/io/queue_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

REDIS_SCRIPT(keys, "core/io/queue/keys.lua");

struct walk {
    struct queue *q;
    struct queue_at at;
    queue_look *fn;
    void *arg;
    bool enough;
};

const char *queue_place_name(enum queue_place p)
{
    static const char *const name[] = {[PLACE_WAITING] = "waiting",
                                       [PLACE_IN_FLIGHT] = "in flight",
                                       [PLACE_DELAYED] = "delayed",
                                       [PLACE_DYING] = "dying"};

    return name[p];
}

/* ---- one entry ------------------------------------------------------------------ */

/* The head alone: most who walk want no more, and parsing bodies is what costs. */
static void head_read(struct queue_seen *s)
{
    struct queue_head h;

    s->list = queue_head_read(s->raw, s->n, &h) == ST_OK ? h.list : -1;
    memcpy(s->id, h.id, sizeof s->id);
}

static void show(struct walk *w, struct queue_seen *s, const struct redis_reply *r)
{
    s->at = w->at;
    s->raw = redis_text(r, &s->n);
    if (s->place == PLACE_DYING && s->raw != NULL && s->n > 0)
        s->raw++, s->n--; /* the reason stands in front */
    head_read(s);
    w->enough = !w->fn(w->arg, s);
}

enum status queue_seen_job(const struct queue_seen *seen, struct job *out)
{
    enum status st = seen->list < 0 ? ST_BAD : entry_read(seen->raw, seen->n, out);

    if (st == ST_OK)
        out->shard = seen->at.shard;
    return st;
}

/* ---- lists ---------------------------------------------------------------------- */

static enum status walk_list(struct walk *w, const char *what, struct queue_seen seen)
{
    char key[KEY_MAX], from[24], to[24];
    size_t n = QUEUE_WALK_SLICE;
    enum status st = ST_OK;

    queue_key(key, w->at, what);
    for (long at = 0; st == ST_OK && n == QUEUE_WALK_SLICE && !w->enough;
         at += QUEUE_WALK_SLICE) {
        struct redis_reply *r = NULL;

        snprintf(from, sizeof from, "%ld", at);
        snprintf(to, sizeof to, "%ld", at + QUEUE_WALK_SLICE - 1);
        st = redis_do(w->q->redis, &r, "LRANGE", key, from, to, NULL);
        n = redis_count(r);
        for (size_t i = 0; st == ST_OK && i < n && !w->enough; i++) {
            struct queue_seen s = seen;

            show(w, &s, redis_item(r, i));
        }
        redis_free(r);
    }
    return st;
}

static enum status walk_delayed(struct walk *w)
{
    char key[KEY_MAX], from[24], to[24];
    size_t n = QUEUE_WALK_SLICE * 2;
    enum status st = ST_OK;

    queue_key(key, w->at, "z");
    for (long at = 0; st == ST_OK && n == QUEUE_WALK_SLICE * 2 && !w->enough;
         at += QUEUE_WALK_SLICE) {
        struct redis_reply *r = NULL;

        snprintf(from, sizeof from, "%ld", at);
        snprintf(to, sizeof to, "%ld", at + QUEUE_WALK_SLICE - 1);
        st = redis_do(w->q->redis, &r, "ZRANGE", key, from, to, "WITHSCORES", NULL);
        n = redis_count(r);
        for (size_t i = 0; st == ST_OK && i + 1 < n && !w->enough; i += 2) {
            struct queue_seen s = {.place = PLACE_DELAYED,
                                   .due_ms = redis_int(redis_item(r, i + 1))};

            show(w, &s, redis_item(r, i));
        }
        redis_free(r);
    }
    return st;
}

/* ---- in flight ------------------------------------------------------------------ */

static enum status walk_holder(struct walk *w, const char *wid, bool leased)
{
    char key[KEY_MAX], what[QUEUE_WID_MAX + 2];
    struct redis_reply *r = NULL;
    enum status st;

    snprintf(what, sizeof what, "i:%s", wid);
    queue_key(key, w->at, what);
    st = redis_do(w->q->redis, &r, "HVALS", key, NULL);
    for (size_t i = 0; st == ST_OK && i < redis_count(r) && !w->enough; i++) {
        struct queue_seen s = {.place = PLACE_IN_FLIGHT, .wid = wid, .leased = leased};

        show(w, &s, redis_item(r, i));
    }
    redis_free(r);
    return st;
}

static bool has_lease(const struct redis_reply *leases, const char *wid)
{
    for (size_t i = 0; i < redis_count(leases); i++)
        if (strcmp(redis_text(redis_item(leases, i), NULL), wid) == 0)
            return true;
    return false;
}

/* A hash that no lease speaks of: nobody would ever reap it. */
static enum status walk_orphans(struct walk *w, const struct redis_reply *leases)
{
    char w_key[KEY_MAX], pattern[KEY_MAX], cursor[32] = "0";
    size_t prefix;
    enum status st = ST_OK;

    queue_key(w_key, w->at, "w");
    queue_key(pattern, w->at, "i:*");
    prefix = strlen(pattern) - 1;
    do {
        struct redis_reply *r = NULL;
        struct redis_cmd c = {0};

        redis_arg_text(&c, w_key);
        redis_arg_text(&c, cursor);
        redis_arg_text(&c, pattern);
        st = redis_eval(w->q->redis, &keys, 1, &c, &r);
        snprintf(cursor, sizeof cursor, "%s",
                 st == ST_OK ? redis_text(redis_item(r, 0), NULL) : "0");
        for (size_t i = 0; st == ST_OK && i < redis_count(redis_item(r, 1)); i++) {
            const char *name = redis_text(redis_item(redis_item(r, 1), i), NULL);

            if (name != NULL && strlen(name) > prefix &&
                !has_lease(leases, name + prefix))
                st = walk_holder(w, name + prefix, false);
        }
        redis_free(r);
        redis_cmd_free(&c);
    } while (st == ST_OK && strcmp(cursor, "0") != 0 && !w->enough);
    return st;
}

static enum status leases_read(struct queue *q, struct queue_at at,
                               struct redis_reply **out)
{
    char key[KEY_MAX];

    queue_key(key, at, "w");
    return redis_do(q->redis, out, "ZRANGE", key, "0", "-1", NULL);
}

static enum status walk_in_flight(struct walk *w)
{
    struct redis_reply *leases = NULL;
    enum status st = leases_read(w->q, w->at, &leases);

    for (size_t i = 0; st == ST_OK && i < redis_count(leases) && !w->enough; i++)
        st = walk_holder(w, redis_text(redis_item(leases, i), NULL), true);
    if (st == ST_OK && !w->enough)
        st = walk_orphans(w, leases);
    redis_free(leases);
    return st;
}

enum status queue_walk(struct queue *q, struct queue_at at, queue_look *fn, void *arg)
{
    struct walk w = {.q = q, .at = at, .fn = fn, .arg = arg};
    enum status st = walk_in_flight(&w);
    char what[16];

    if (st == ST_OK && !w.enough)
        st = walk_delayed(&w);
    if (st == ST_OK && !w.enough)
        st = walk_list(&w, "d", (struct queue_seen){.place = PLACE_DYING});
    for (int i = 0; st == ST_OK && i < QUEUE_LISTS && !w.enough; i++) {
        snprintf(what, sizeof what, "%d", i);
        st = walk_list(&w, what,
                       (struct queue_seen){.place = PLACE_WAITING, .found_in = i});
    }
    return st;
}

/* ---- one job -------------------------------------------------------------------- */

struct search {
    const uint8_t *id;
    struct queue_found *out;
    bool found;
};

static bool search_look(void *arg, const struct queue_seen *seen)
{
    struct search *s = arg;
    struct job j = {0};

    if (seen->list < 0 || memcmp(seen->id, s->id, 16) != 0)
        return true;
    s->found = true;
    *s->out = (struct queue_found){.place = seen->place,
                                   .at = seen->at,
                                   .list = seen->list,
                                   .due_ms = seen->due_ms};
    snprintf(s->out->wid, sizeof s->out->wid, "%s", seen->wid != NULL ? seen->wid : "");
    if (queue_seen_job(seen, &j) == ST_OK) {
        snprintf(s->out->kind, sizeof s->out->kind, "%s", kind_policy(j.kind)->name);
        snprintf(s->out->root, sizeof s->out->root, "%s", j.root);
        job_free(&j);
    }
    return false;
}

enum status queue_find(struct queue *q, const uint8_t id[16], struct queue_found *out)
{
    struct search s = {.id = id, .out = out};
    enum status st = ST_OK;

    QUEUE_EACH(at, q) {
        if (st == ST_OK && !s.found)
            st = queue_walk(q, at, search_look, &s);
    }
    return st == ST_OK && !s.found ? ST_NONE : st;
}

/* ---- whose list ----------------------------------------------------------------- */

/* "count:blocked until:wid", as turn.lua writes it. */
static bool owner_read(const char *list, const char *value, struct queue_owner *o)
{
    char *end;

    if (list == NULL || value == NULL)
        return false;
    o->list = (int)strtol(list, NULL, 10);
    o->held = (int)strtol(value, &end, 10);
    if (*end != ':')
        return false;
    o->blocked_ms = strtoll(end + 1, &end, 10);
    if (*end != ':')
        return false;
    o->wid = end + 1;
    return true;
}

enum status queue_owners(struct queue *q, struct queue_at at, queue_owned *fn,
                         void *arg)
{
    struct redis_reply *leases = NULL, *own = NULL;
    char key[KEY_MAX];
    enum status st;

    queue_key(key, at, "own");
    st = redis_do(q->redis, &own, "HGETALL", key, NULL);
    if (st == ST_OK)
        st = leases_read(q, at, &leases);
    for (size_t i = 0; st == ST_OK && i + 1 < redis_count(own); i += 2) {
        struct queue_owner o = {0};

        if (!owner_read(redis_text(redis_item(own, i), NULL),
                        redis_text(redis_item(own, i + 1), NULL), &o))
            continue;
        o.leased = has_lease(leases, o.wid);
        fn(arg, &o);
    }
    redis_free(own);
    redis_free(leases);
    return st;
}
