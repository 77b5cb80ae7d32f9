/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What each verb of the queue does to the lists, see model.h. */
#include "tests/harness/model.h"

#include "core/io/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOT_AT_ONCE 4
#define DUE_AT_ONCE 128
#define RINGS_MAX 64
#define NAP_MAX 1000
#define POISON 3

const char *const model_counter_name[MODEL_COUNTERS] = {[MODEL_ENQ] = "enq",
                                                        [MODEL_LEASE] = "lease",
                                                        [MODEL_A] = "A",
                                                        [MODEL_R] = "R",
                                                        [MODEL_N] = "N",
                                                        [MODEL_D] = "D",
                                                        [MODEL_REAPED] = "reaped",
                                                        [MODEL_POISON] = "poison",
                                                        [MODEL_FENCED] = "fenced",
                                                        [MODEL_COLLAPSED] = "collapsed",
                                                        [MODEL_SPILLED] = "spilled"};

/* ---- rows ------------------------------------------------------------------------ */

int model_find(const struct model_row *r, const uint8_t id[16])
{
    for (int i = 0; i < r->n; i++)
        if (memcmp(r->job[i].id, id, 16) == 0)
            return i;
    return -1;
}

struct model_job model_take(struct model_row *r, int i)
{
    struct model_job j = r->job[i];

    r->n--;
    memmove(r->job + i, r->job + i + 1, (size_t)(r->n - i) * sizeof *r->job);
    return j;
}

void model_add(struct model_row *r, int i, const struct model_job *j)
{
    if (r->n == MODEL_MOST)
        abort(); /* the test puts too many */
    memmove(r->job + i + 1, r->job + i, (size_t)(r->n - i) * sizeof *r->job);
    r->job[i] = *j;
    r->n++;
}

static void append(struct model_row *r, const struct model_job *j)
{
    model_add(r, r->n, j);
}

static void number_anew(struct model *m, struct model_job *j)
{
    j->seq = MODEL_NEW + m->fresh++;
    j->stamp = 0;
    j->due = 0;
}

static void ring(struct model *m, int n)
{
    m->bell += n < RINGS_MAX - m->bell ? n : RINGS_MAX - m->bell;
}

/* ---- putting --------------------------------------------------------------------- */

/* Bulk waits from the first level on, normal and low from the second, hot never. */
static bool level_forbids(const struct model *m, int64_t now, int list)
{
    enum kind_lane lane = lane_of_list(list);
    int64_t level = m->level_until > now ? m->level : 0;

    return lane != LANE_HOT && level >= (lane == LANE_BULK ? 1 : 2);
}

static int room_in(const struct model *m, int64_t now, int list, int most)
{
    if (m->shut[list] > 0 || level_forbids(m, now, list))
        return 0;
    return most > m->list[list].n ? most - m->list[list].n : 0;
}

static char put_one(struct model *m, int64_t now, const struct model_put *p, int *room)
{
    struct model_job j = p->job;

    if (p->due <= now && *room < 1)
        return '0';
    if (p->lock >= 0 && m->locked[p->lock])
        return 'u';
    if (p->lock >= 0) {
        m->locked[p->lock] = true;
        memcpy(m->lock[p->lock], j.id, 16);
    }
    number_anew(m, &j);
    j.due = p->due > now ? p->due : 0;
    append(p->due > now ? &m->delayed : &m->list[j.list], &j);
    *room -= p->due <= now;
    return '1';
}

/* Due before all others that are delayed: who sleeps must hear of it. */
static bool comes_first(const struct model *m, int64_t due)
{
    for (int i = 0; i < m->delayed.n; i++)
        if (m->delayed.job[i].due < due)
            return false;
    return true;
}

void model_put(struct model *m, struct model_at at, enum queue_fit fit, int most,
               const struct model_put *puts, int n, char *answers)
{
    int room[QUEUE_LISTS], out[QUEUE_LISTS] = {0}, ready = 0;
    int64_t soonest = INT64_MAX;

    for (int l = 0; l < QUEUE_LISTS; l++)
        room[l] = fit == QUEUE_FORCE ? n : room_in(m, at.now, l, most);
    for (int i = 0; i < n; i++) {
        int list = puts[i].job.list;

        answers[i] = put_one(m, at.now, &puts[i], &room[list]);
        m->count[MODEL_ENQ] += answers[i] == '1';
        ready += answers[i] == '1' && puts[i].due <= at.now;
        if (answers[i] == '1' && puts[i].due > at.now && puts[i].due < soonest)
            soonest = puts[i].due;
        m->count[MODEL_SPILLED] += answers[i] == '0';
        out[list] += answers[i] == '0';
    }
    for (int l = 0; l < QUEUE_LISTS && fit == QUEUE_SPILL; l++)
        m->shut[l] += out[l];
    ring(m, ready + (soonest < INT64_MAX && comes_first(m, soonest)));
}

/* ---- a turn ---------------------------------------------------------------------- */

static void give_back(struct model *m, struct model_row *back)
{
    while (back->n > 0) {
        struct model_job j = model_take(back, back->n - 1);

        model_add(&m->list[j.list], 0, &j);
    }
}

/* A failed or unstarted job: among the delayed ones, or back to the head of its list,
 * which a hot one then blocks until it is due. */
static void put_off(struct model *m, int64_t now, struct model_job j, int64_t wait,
                    struct model_row *back)
{
    if (j.list >= MODEL_HOT && wait > 0) {
        j.due = now + wait;
        j.fuzzy = true;
        append(&m->delayed, &j);
        return;
    }
    append(back, &j);
    if (wait > 0 && m->blocked[j.list] < now + wait)
        m->blocked[j.list] = now + wait;
}

static int settle(struct model *m, int64_t now, const struct model_turn *t,
                  struct model_row *back)
{
    struct model_row *held = &m->worker[t->who].held;
    int fenced = 0;

    for (int i = 0; i < t->n_results; i++) {
        const struct job_result *r = &t->results[i];
        int at = model_find(held, r->id);
        struct model_job j;

        if (at < 0) {
            fenced++;
            continue;
        }
        j = model_take(held, at);
        m->count[MODEL_A] += r->outcome == JOB_DONE;
        m->count[MODEL_R] += r->outcome == JOB_RETRY;
        m->count[MODEL_N] += r->outcome == JOB_BACK;
        m->count[MODEL_D] += r->outcome == JOB_BURY;
        j.attempts += r->outcome == JOB_RETRY && j.attempts < 255;
        j.reason = r->outcome == JOB_BURY ? 't' : 0;
        if (r->outcome == JOB_BURY)
            append(&m->dead, &j);
        else if (r->outcome != JOB_DONE)
            put_off(m, now, j, r->wait_ms, back);
    }
    m->count[MODEL_FENCED] += fenced;
    return fenced;
}

/* Earlier first; at the same ms as Redis sorts: by the entry's text. */
static int by_due(const void *a, const void *b)
{
    const struct model_job *x = a, *y = b;
    int c = (x->due > y->due) - (x->due < y->due);

    if (c == 0)
        c = memcmp(x->id, y->id, 16);
    if (c == 0)
        c = x->attempts - y->attempts;
    if (c == 0)
        c = x->crashes - y->crashes;
    return c != 0 ? c : (x->seq > y->seq) - (x->seq < y->seq);
}

static void promote(struct model *m, int64_t now)
{
    struct model_row *z = &m->delayed;

    qsort(z->job, (size_t)z->n, sizeof *z->job, by_due);
    for (int i = 0; i < DUE_AT_ONCE && z->n > 0 && z->job[0].due <= now; i++) {
        struct model_job j = model_take(z, 0);

        number_anew(m, &j);
        append(&m->list[j.list], &j);
    }
}

int model_owner(const struct model *m, int list)
{
    for (int w = 0; w < MODEL_WORKERS; w++)
        for (int i = 0; i < m->worker[w].held.n; i++)
            if (m->worker[w].held.job[i].list == list)
                return w;
    return -1;
}

static bool may_take(const struct model *m, int64_t now, int who, int list)
{
    int owner;

    if (list >= MODEL_HOT)
        return true;
    owner = model_owner(m, list);
    return m->blocked[list] <= now && (owner < 0 || owner == who);
}

bool model_ready(const struct model *m, int64_t now, int who, enum kind_lane lane)
{
    const struct lane_policy *p = lane_policy(lane);

    for (int l = p->first; l <= p->last; l++)
        if (m->list[l].n > 0 && may_take(m, now, who, l))
            return true;
    return false;
}

static bool like(const struct model_job *a, const struct model_job *seen)
{
    return a->attempts == seen->attempts && a->crashes == seen->crashes &&
           (a->seq >= MODEL_NEW || a->seq == seen->seq);
}

/* A second entry of a job in hand falls together with the first: one of them stays. */
static const char *collapse(struct model *m, struct model_job *held,
                            const struct model_job *j, const struct model_row *seen)
{
    int at = model_find(seen, j->id);

    m->count[MODEL_COLLAPSED]++;
    if (at < 0)
        return "a job with two entries is not in flight";
    if (like(j, &seen->job[at]) &&
        !(held->seq < MODEL_NEW && like(held, &seen->job[at])))
        *held = *j;
    if (j->seq >= MODEL_NEW && held->seq >= MODEL_NEW)
        held->seq = MODEL_ANY;
    return NULL;
}

/* Takes what was seen to be taken from one list, and checks that it was leased in that
 * order. *leased: how many of the answer's jobs were found. */
static const char *lease_from(struct model *m, const struct model_turn *t, int list,
                              const struct model *seen, int *leased)
{
    struct model_row *held = &m->worker[t->who].held;
    int pops = m->list[list].n - seen->list[list].n;
    const char *wrong = NULL;
    int next = 0, taken = 0;

    for (; pops > 0 && wrong == NULL; pops--) {
        struct model_job j = model_take(&m->list[list], 0);
        int twin = model_find(held, j.id);

        if (twin >= 0) {
            wrong = collapse(m, &held->job[twin], &j, &seen->worker[t->who].held);
            continue;
        }
        append(held, &j);
        while (next < t->n_jobs && t->jobs[next].list != list)
            next++;
        if (next == t->n_jobs || memcmp(t->jobs[next].id, j.id, 16) != 0)
            return "an entry was taken and not leased, or out of order";
        if (t->jobs[next].attempts != j.attempts || t->jobs[next].crashes != j.crashes)
            return "a job has other attempts or crashes than its entry";
        next++;
        taken++;
    }
    *leased += taken;
    return list < MODEL_HOT && taken > HOT_AT_ONCE ? "more than four of a hot list"
                                                   : wrong;
}

/* Fewer than wanted: then nothing was left that might have been leased. */
static const char *lease_enough(const struct model *m, int64_t now,
                                const struct model_turn *t, const int *pops)
{
    for (int l = 0; l < QUEUE_LISTS; l++) {
        bool full = l < MODEL_HOT && pops[l] >= HOT_AT_ONCE;

        if (m->list[l].n > 0 && !full && !(t->lanes_off & (1u << lane_of_list(l))) &&
            may_take(m, now, t->who, l))
            return "fewer leased than wanted, and work is left";
    }
    return NULL;
}

static const char *lease(struct model *m, int64_t now, const struct model_turn *t,
                         const struct model *seen)
{
    bool may[QUEUE_LISTS];
    int64_t twins = -m->count[MODEL_COLLAPSED]; /* taken from their lists, too */
    int pops[QUEUE_LISTS], leased = 0;
    const char *wrong = NULL;

    for (int l = 0; l < QUEUE_LISTS; l++)
        may[l] =
            !(t->lanes_off & (1u << lane_of_list(l))) && may_take(m, now, t->who, l);
    for (int l = 0; l < QUEUE_LISTS && wrong == NULL; l++) {
        pops[l] = m->list[l].n - seen->list[l].n;
        if (pops[l] < 0)
            return "a list is longer than it may be";
        if (pops[l] > 0 && !may[l])
            return "leased from a list that is blocked, another's, or off";
        wrong = lease_from(m, t, l, seen, &leased);
    }
    if (wrong == NULL && (leased != t->n_jobs || leased > t->want))
        wrong = "jobs were leased that were in no list, or too many";
    twins += m->count[MODEL_COLLAPSED];
    if (wrong == NULL && leased + twins < t->want)
        wrong = lease_enough(m, now, t, pops);
    m->count[MODEL_LEASE] += leased;
    return wrong;
}

static int64_t nearest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A worker that naps must be awake when the next delayed or blocked one is due, and not
 * before: then it would spin. */
static const char *nap_check(const struct model *m, struct model_at at,
                             const struct model_turn *t)
{
    int64_t t1 = at.t1;
    int64_t least = NAP_MAX, most = NAP_MAX;

    for (int i = 0; i < m->delayed.n; i++) {
        least = nearest(least, m->delayed.job[i].due - t1);
        most = nearest(most, m->delayed.job[i].due - at.t0 + (t1 - at.t0));
    }
    for (int l = 0; l < MODEL_HOT; l++)
        if (m->blocked[l] > at.now && t->want > 0) {
            least = nearest(least, m->blocked[l] - t1);
            if (!(t->lanes_off & (1u << LANE_HOT)))
                most = nearest(most, m->blocked[l] - at.t0 + (t1 - at.t0));
        }
    if (t->n_jobs > 0)
        return NULL; /* it has work */
    if (t->nap_ms < (least > 1 ? least : 1) || t->nap_ms > (most > 1 ? most : 1))
        return "naps too long or too short";
    return NULL;
}

/* A short turn neither promotes nor looks at hot and bulk lists. */
static const char *look_and_lease(struct model *m, int64_t now,
                                  const struct model_turn *t, const struct model *seen)
{
    struct model_turn narrow = *t;

    if (!t->was_short) {
        promote(m, now);
        return lease(m, now, t, seen);
    }
    narrow.lanes_off |= 1u << LANE_HOT | 1u << LANE_BULK;
    return !t->may_be_short || t->n_jobs == 0 ? "the turn was short"
                                              : lease(m, now, &narrow, seen);
}

const char *model_turn(struct model *m, struct model_at at, const struct model_turn *t,
                       const struct model *seen)
{
    struct model_worker *w = &m->worker[t->who];
    struct model_row back = {0};
    const char *wrong;
    int given;

    if (settle(m, at.now, t, &back) != t->fenced)
        return "other results are fenced";
    given = back.n;
    give_back(m, &back);
    wrong = look_and_lease(m, at.now, t, seen);
    if (w->held.n == 0)
        w->lease = 0;
    else if (w->lease == 0 || seen->worker[t->who].lease != w->lease ||
             w->lease < at.t0 + QUEUE_LEASE_MS - QUEUE_LEASE_WEAR_MS)
        w->lease = at.t0 + QUEUE_LEASE_MS;
    if (given > t->n_jobs) /* for others, who may be idle */
        ring(m, 1);
    return wrong ? wrong : nap_check(m, at, t);
}

/* ---- the death of a worker ------------------------------------------------------- */

static int by_seq_downwards(const void *a, const void *b)
{
    const struct model_job *x = a, *y = b;

    return (x->seq < y->seq) - (x->seq > y->seq);
}

enum status model_reap(struct model *m, struct model_at at, const struct model_reap *r,
                       int *moved)
{
    struct model_worker *w = &m->worker[r->who];
    int poisoned = 0;

    *moved = 0;
    if (!r->force && !r->late && w->lease > at.now)
        return ST_NONE;
    qsort(w->held.job, (size_t)w->held.n, sizeof *w->held.job, by_seq_downwards);
    for (int i = 0; i < w->held.n; i++) {
        struct model_job j = w->held.job[i];

        j.crashes += r->blame != NULL && memcmp(r->blame, j.id, 16) == 0;
        j.reason = j.crashes < POISON ? 0 : r->late ? 'l' : 'p';
        if (j.reason != 0)
            append(&m->dead, &j);
        else
            model_add(&m->list[j.list], 0, &j);
        poisoned += j.reason != 0;
    }
    *moved = w->held.n;
    m->count[MODEL_REAPED] += *moved - poisoned;
    m->count[MODEL_POISON] += poisoned;
    ring(m, *moved - poisoned);
    w->held.n = 0;
    w->lease = 0;
    return *moved > 0 ? ST_OK : ST_NONE;
}

void model_vanish(struct model *m, int who)
{
    m->lost += m->worker[who].held.n;
    m->worker[who].held.n = 0;
    m->worker[who].lease = 0;
}

/* ---- leases and the gate --------------------------------------------------------- */

bool model_renew(struct model *m, struct model_at at, int who)
{
    struct model_worker *w = &m->worker[who];

    if (w->lease == 0)
        return true;
    w->lease = at.t0 + QUEUE_LEASE_MS;
    return false;
}

void model_gate(struct model *m, struct model_at at, int level, const bool *open)
{
    m->level = level;
    m->level_until = level > 0 ? at.t0 + QUEUE_GATE_MS : 0;
    for (int l = 0; l < QUEUE_LISTS; l++)
        if (open[l])
            m->shut[l] = 0;
}
