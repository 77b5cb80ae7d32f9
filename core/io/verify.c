/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/verify_private.h"

#include "core/base/clock.h"
#include "core/base/code.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOCKS_MS 500

static const struct {
    const char *name, *advice;
} rules[VERIFY_RULES] = {
    [VERIFY_DRIFT] = {"drift", "somebody wrote to these keys by hand, or Redis lost a "
                               "part of them. Rows come back by themselves; when the "
                               "cause is known: dvorik jobs reconcile --settle"},
    [VERIFY_ORPHAN] = {"orphan", "a bug: tell the developers; the rows come back by "
                                 "themselves when the key is deleted"},
    [VERIFY_EMPTY] = {"empty", "harmless: it lapses within seconds"},
    [VERIFY_LAPSED] = {"lapsed", "no worker reaps: start one (dvorik worker)"},
    [VERIFY_TWICE] = {"twice",
                      "harmless: its effect happens once, the second run finds "
                      "it made"},
    [VERIFY_MISFILED] = {"misfiled", "somebody wrote to this list by hand: a worker "
                                     "that takes it buries it"},
    [VERIFY_OWNER] = {"owner", "mends itself with the next turn of any worker: is one "
                               "running?"},
    [VERIFY_LOST] = {"lost", "the scheduler brings it back within seconds: is one "
                             "running? By hand: dvorik jobs reconcile"},
    [VERIFY_LATE] = {"late", "no scheduler runs, or Redis is full: dvorik jobs stats"},
    [VERIFY_BOTH] = {"both", "a bug: tell the developers; the open one will run"},
    [VERIFY_SHARD] = {"shard",
                      "QUEUE_SHARDS was made smaller: set it back, it is fixed "
                      "for good at the first start"},
    [VERIFY_UNWRITTEN] = {"unwritten", "a worker writes them down: is one running?"},
    [VERIFY_CLOCK] = {"clock", "set the clocks (chrony, systemd-timesyncd)"},
};

const char *verify_name(enum verify_rule r)
{
    return rules[r].name;
}

const char *verify_advice(enum verify_rule r)
{
    return rules[r].advice;
}

/* ---- findings ------------------------------------------------------------------- */

void verify_found(struct pass *p, enum verify_rule rule, struct queue_at at,
                  const char *what, const char *fmt, ...)
{
    struct findings *f = p->out;
    struct finding *one;
    va_list ap;

    if (f->n == VERIFY_FOUND_MAX) {
        f->more = true;
        return;
    }
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 16;
        struct finding *grown = realloc(f->found, cap * sizeof *grown);

        if (grown == NULL) {
            p->failed = true;
            return;
        }
        f->found = grown;
        f->cap = cap;
    }
    one = &f->found[f->n++];
    *one = (struct finding){.rule = rule, .at = at};
    snprintf(one->what, sizeof one->what, "%s", what);
    va_start(ap, fmt);
    vsnprintf(one->words, sizeof one->words, fmt, ap);
    va_end(ap);
}

/* Whether two passes speak of the same thing; their words may differ. */
static int same_thing(const void *va, const void *vb)
{
    const struct finding *a = va, *b = vb;

    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    if (a->at.pool != b->at.pool)
        return a->at.pool < b->at.pool ? -1 : 1;
    if (a->at.shard != b->at.shard)
        return a->at.shard < b->at.shard ? -1 : 1;
    return strcmp(a->what, b->what);
}

void verify_keep(struct findings *kept, const struct findings *again)
{
    size_t n = 0;

    for (size_t i = 0; i < kept->n; i++) {
        const struct finding *newer =
            again->n > 0 ? bsearch(&kept->found[i], again->found, again->n,
                                   sizeof *again->found, same_thing)
                         : NULL;

        if (newer != NULL)
            kept->found[n++] = *newer;
    }
    kept->n = n;
    kept->more = kept->more && again->more;
    kept->looked_at = again->looked_at;
}

void findings_free(struct findings *f)
{
    free(f->found);
    *f = (struct findings){0};
}

/* ---- rows ----------------------------------------------------------------------- */

static enum status verify_both(struct pass *p)
{
    enum status st = db_select(p->db, "SELECT o.id, o.lane FROM job_open o"
                                      " JOIN job_dead d ON d.id = o.id LIMIT 1001");

    while (st == ST_OK && (st = db_next(p->db)) == ST_OK) {
        char id[ULID_TEXT + 1];

        ulid_print((const uint8_t *)db_text(p->db, 0, NULL), id);
        verify_found(p, VERIFY_BOTH, queue_lane_at((int)db_int(p->db, 1)), id,
                     "is open, and dead as well");
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status verify_shards(struct pass *p)
{
    enum status st = db_select(p->db,
                               "SELECT lane DIV 1000, COUNT(*) FROM job_open"
                               " WHERE lane DIV 1000 >= ? GROUP BY lane DIV 1000",
                               DB_INT(queue_shards(p->q)));

    while (st == ST_OK && (st = db_next(p->db)) == ST_OK) {
        char shard[16];

        snprintf(shard, sizeof shard, "%lld", (long long)db_int(p->db, 0));
        verify_found(p, VERIFY_SHARD, (struct queue_at){0}, shard,
                     "%lld open rows belong to it, and QUEUE_SHARDS is %d",
                     (long long)db_int(p->db, 1), queue_shards(p->q));
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status verify_clock(struct pass *p)
{
    enum status st = db_one(p->db, "SELECT UTC_TIMESTAMP(6)");
    int64_t off = (db_time(p->db, 0) - p->now) / MS;

    /* Ours was read before the pass began: only being behind it is sure. */
    if (st == ST_OK && (off < -CLOCKS_MS || off > MINUTE / MS))
        verify_found(p, VERIFY_CLOCK, (struct queue_at){0}, "mysql",
                     "its clock is %lld ms from this machine's", (long long)off);
    return st;
}

/* ---- one pass ------------------------------------------------------------------- */

enum status verify_pass(struct db *db, struct queue *q, int64_t now,
                        struct findings *out)
{
    struct pass p = {.db = db, .q = q, .now = now, .out = out};
    enum status st;

    *out = (struct findings){0};
    st = verify_clock(&p);
    if (st == ST_OK)
        st = verify_shards(&p);
    if (st == ST_OK)
        st = verify_both(&p);
    QUEUE_EACH(at, q)
        if (st == ST_OK)
            st = verify_place(&p, at);
    if (out->n > 0)
        qsort(out->found, out->n, sizeof *out->found, same_thing);
    return st == ST_OK && p.failed ? ST_BROKEN : st;
}
