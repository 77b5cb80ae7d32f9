/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One place of the queue: its entries, its leases, its owners, and the open rows that
 * belong there. */
#include "core/io/verify_private.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/queue_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLDERS_MAX 600
#define ROWS 2000
#define LAPSED_MS 20000      /* past its end; parents look every five seconds */
#define UNSEEN (10 * SECOND) /* a row this young may be on its way */
#define LATE (30 * SECOND)   /* parked rows are brought every second */
#define CLOCKS_MS 500

struct sight {
    uint8_t id[16];
    uint8_t place;
    int8_t list;
};

struct holder {
    char wid[QUEUE_WID_MAX];
    int held[16]; /* of each hot list */
    int orphans;
};

struct site {
    struct pass *pass;
    struct queue_at at;
    struct census census;
    struct sight *sight;
    size_t n, cap;
    struct holder holder[HOLDERS_MAX];
    int n_holders;
    int dying;
};

/* ---- gathering ------------------------------------------------------------------ */

static struct holder *holder_of(struct site *s, const char *wid)
{
    struct holder *h;

    for (int i = 0; i < s->n_holders; i++)
        if (strcmp(s->holder[i].wid, wid) == 0)
            return &s->holder[i];
    if (s->n_holders == HOLDERS_MAX)
        return NULL;
    h = &s->holder[s->n_holders++];
    snprintf(h->wid, sizeof h->wid, "%s", wid);
    return h;
}

static bool sight_add(struct site *s, const struct queue_seen *seen)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 1024;
        struct sight *grown = realloc(s->sight, cap * sizeof *grown);

        if (grown == NULL)
            return !(s->pass->failed = true);
        s->sight = grown;
        s->cap = cap;
    }
    s->sight[s->n] =
        (struct sight){.place = (uint8_t)seen->place, .list = (int8_t)seen->list};
    memcpy(s->sight[s->n++].id, seen->id, sizeof seen->id);
    return true;
}

static void misfiled(struct site *s, const struct queue_seen *seen)
{
    char what[64], id[ULID_TEXT + 1] = "";

    if (seen->list < 0) {
        snprintf(what, sizeof what, "%s list %d", queue_place_name(seen->place),
                 seen->found_in);
        verify_found(s->pass, VERIFY_MISFILED, s->at, what,
                     "holds something that is no entry (%zu bytes)", seen->n);
        return;
    }
    ulid_print(seen->id, id);
    verify_found(s->pass, VERIFY_MISFILED, s->at, id,
                 "is in list %d and belongs to list %d", seen->found_in, seen->list);
}

static bool look(void *arg, const struct queue_seen *seen)
{
    struct site *s = arg;
    struct holder *h;

    s->dying += seen->place == PLACE_DYING;
    if (seen->list < 0 ||
        (seen->place == PLACE_WAITING && seen->list != seen->found_in))
        misfiled(s, seen);
    if (seen->list < 0)
        return true;
    h = seen->place == PLACE_IN_FLIGHT ? holder_of(s, seen->wid) : NULL;
    if (h != NULL && seen->list < 16)
        h->held[seen->list]++;
    if (h != NULL && !seen->leased)
        h->orphans++;
    return sight_add(s, seen);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct sight *)a)->id, ((const struct sight *)b)->id, 16);
}

/* ---- what the entries say ------------------------------------------------------- */

static void check_twice(struct site *s)
{
    for (size_t i = 1; i < s->n; i++) {
        const struct sight *a = &s->sight[i - 1], *b = &s->sight[i];
        char id[ULID_TEXT + 1];

        if (memcmp(a->id, b->id, 16) != 0)
            continue;
        ulid_print(b->id, id);
        verify_found(s->pass, VERIFY_TWICE, s->at, id,
                     "is %s (list %d) and %s (list %d)", queue_place_name(a->place),
                     a->list, queue_place_name(b->place), b->list);
    }
}

static void check_workers(struct site *s)
{
    for (size_t i = 0; i < s->census.n_workers; i++) {
        const struct census_worker *w = &s->census.worker[i];

        if (w->ms_left < -LAPSED_MS)
            verify_found(s->pass, VERIFY_LAPSED, s->at, w->wid,
                         "its lease ran out %lld s ago with %lld jobs",
                         (long long)(-w->ms_left / 1000), (long long)w->held);
        else if (w->held == 0 && s->census.complete)
            verify_found(s->pass, VERIFY_EMPTY, s->at, w->wid,
                         "has a lease and holds nothing");
    }
    for (int i = 0; i < s->n_holders; i++)
        if (s->holder[i].orphans > 0)
            verify_found(s->pass, VERIFY_ORPHAN, s->at, s->holder[i].wid,
                         "holds %d jobs without a lease", s->holder[i].orphans);
}

static void check_owner(void *arg, const struct queue_owner *o)
{
    struct site *s = arg;
    const struct holder *h = NULL;
    char what[16];
    int held;

    for (int i = 0; i < s->n_holders; i++)
        if (strcmp(s->holder[i].wid, o->wid) == 0)
            h = &s->holder[i];
    held = h != NULL && o->list >= 0 && o->list < 16 ? h->held[o->list] : 0;
    snprintf(what, sizeof what, "list %d", o->list);
    if (o->list < 0 || o->list > 15)
        verify_found(s->pass, VERIFY_OWNER, s->at, what,
                     "is no hot list, and has an owner");
    else if (o->held > 0 && !o->leased)
        verify_found(s->pass, VERIFY_OWNER, s->at, what,
                     "%d jobs are held by %.80s, gone", o->held, o->wid);
    else if (o->held != held)
        verify_found(s->pass, VERIFY_OWNER, s->at, what,
                     "%.80s is said to hold %d of its jobs and holds %d", o->wid,
                     o->held, held);
}

/* ---- what the rows say ---------------------------------------------------------- */

static bool seen_in_redis(const struct site *s, const uint8_t id[16])
{
    struct sight key = {0};

    memcpy(key.id, id, sizeof key.id);
    return s->n > 0 && bsearch(&key, s->sight, s->n, sizeof key, by_id) != NULL;
}

static enum status check_rows(struct site *s)
{
    struct pass *p = s->pass;
    uint8_t last[16] = {0};
    int base = queue_lane(s->at, 0), n = ROWS;
    enum status st = ST_OK;

    while (st == ST_OK && n == ROWS) {
        n = 0;
        st = db_select(p->db,
                       "SELECT id, lane, TIMESTAMPDIFF(SECOND, run_at, ?) FROM job_open"
                       " WHERE lane BETWEEN ? AND ? AND parked = 0 AND run_at < ?"
                       " AND id > ? ORDER BY id LIMIT 2000",
                       DB_TIME(p->now), DB_INT(base), DB_INT(base + QUEUE_LISTS - 1),
                       DB_TIME(p->now - UNSEEN), DB_BYTES(last, 16));
        while (st == ST_OK && (st = db_next(p->db)) == ST_OK) {
            char id[ULID_TEXT + 1];

            n++;
            memcpy(last, db_text(p->db, 0, NULL), sizeof last);
            ulid_print(last, id);
            if (!seen_in_redis(s, last))
                verify_found(p, VERIFY_LOST, s->at, id,
                             "is open since %lld s in list %lld and nowhere in Redis",
                             (long long)db_int(p->db, 2),
                             (long long)db_int(p->db, 1) - base);
        }
        st = st == ST_NONE ? ST_OK : st;
        p->out->looked_at += n;
    }
    return st;
}

static bool is_shut(const struct census *c, int list)
{
    for (int i = 0; i < c->n_shut; i++)
        if (c->shut[i].list == list)
            return true;
    return false;
}

/* What waits for room is not late: its list is shut, or Redis too full to take it. */
static enum status check_parked(struct site *s)
{
    struct pass *p = s->pass;
    const struct census *c = &s->census;
    int base = queue_lane(s->at, 0);
    enum status st;

    if (c->max_bytes > 0 && c->used_bytes > c->max_bytes / 4 * 3)
        return ST_OK;
    st = db_select(p->db,
                   "SELECT lane, COUNT(*), TIMESTAMPDIFF(SECOND, MIN(run_at), ?)"
                   " FROM job_open WHERE lane BETWEEN ? AND ? AND parked > 0"
                   " AND run_at < ? GROUP BY lane",
                   DB_TIME(p->now), DB_INT(base), DB_INT(base + QUEUE_LISTS - 1),
                   DB_TIME(p->now - LATE));
    while (st == ST_OK && (st = db_next(p->db)) == ST_OK) {
        int list = (int)db_int(p->db, 0) - base;
        char what[16];

        snprintf(what, sizeof what, "list %d", list);
        if (!is_shut(c, list))
            verify_found(
                p, VERIFY_LATE, s->at, what,
                "%lld rows wait in MySQL past their time, the oldest for %lld s",
                (long long)db_int(p->db, 1), (long long)db_int(p->db, 2));
    }
    return st == ST_NONE ? ST_OK : st;
}

/* ---- the place ------------------------------------------------------------------ */

static void check_census(struct site *s)
{
    int64_t drift = census_drift(&s->census);
    int64_t off = s->census.now_ms - s->pass->now / MS;

    if (drift != 0)
        verify_found(s->pass, VERIFY_DRIFT, s->at, "counters",
                     drift > 0 ? "%lld entries that were put are nowhere"
                               : "%lld entries too many came out",
                     (long long)llabs(drift));
    if (off < -CLOCKS_MS || off > MINUTE / MS)
        verify_found(s->pass, VERIFY_CLOCK, s->at, "redis",
                     "its clock is %lld ms from this machine's", (long long)off);
}

enum status verify_place(struct pass *p, struct queue_at at)
{
    struct site *s = calloc(1, sizeof *s);
    enum status st = ST_BROKEN;

    if (s == NULL)
        return st;
    s->pass = p;
    s->at = at;
    if ((st = queue_census(p->q, at, &s->census)) != ST_OK)
        goto out;
    check_census(s);
    if ((st = queue_walk(p->q, at, look, s)) != ST_OK)
        goto out;
    if (s->n > 0)
        qsort(s->sight, s->n, sizeof *s->sight, by_id);
    p->out->looked_at += (int64_t)s->n;
    if (s->dying > 0)
        verify_found(p, VERIFY_UNWRITTEN, at, "dead",
                     "%d dead entries wait to be written", s->dying);
    check_twice(s);
    check_workers(s);
    st = queue_owners(p->q, at, check_owner, s);
    if (st == ST_OK)
        st = check_rows(s);
    if (st == ST_OK)
        st = check_parked(s);
out:
    census_free(&s->census);
    free(s->sight);
    free(s);
    return st;
}
