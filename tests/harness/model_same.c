/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Is what was seen what the model says? */
#include "tests/harness/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct looking {
    const struct model *want, *seen;
    int64_t t0, t1, slack;         /* the two clocks, and the ms between them */
    int64_t given[MODEL_MOST * 2]; /* numbers given in this step, by their order */
    char why[200];
};

__attribute__((format(printf, 2, 3))) static bool differs(struct looking *l,
                                                          const char *form, ...)
{
    va_list ap;

    va_start(ap, form);
    vsnprintf(l->why, sizeof l->why, form, ap);
    va_end(ap);
    return false;
}

/* Counted from a moment between the clocks, as we counted from the first. */
static bool about(const struct looking *l, int64_t want, int64_t seen)
{
    return want == seen || (want != 0 && seen >= want && seen - want <= l->slack);
}

static bool stamp_same(struct looking *l, const struct model_job *w,
                       const struct model_job *s)
{
    if (w->seq == MODEL_ANY)
        return true;
    if (w->seq < MODEL_NEW)
        return s->seq == w->seq && s->stamp == w->stamp;
    l->given[w->seq - MODEL_NEW] = s->seq;
    return s->stamp >= l->t0 && s->stamp <= l->t1;
}

static bool job_same(struct looking *l, const struct model_job *w,
                     const struct model_job *s)
{
    if (memcmp(w->id, s->id, 16) != 0)
        return differs(l, "job %lld is where job %lld is to be", (long long)s->number,
                       (long long)w->number);
    if (w->number != s->number || w->list != s->list || w->reason != s->reason)
        return differs(l, "job %lld has another body, list or reason",
                       (long long)w->number);
    if (w->attempts != s->attempts || w->crashes != s->crashes)
        return differs(l, "job %lld has %d attempts and %d crashes, not %d and %d",
                       (long long)w->number, s->attempts, s->crashes, w->attempts,
                       w->crashes);
    if (!stamp_same(l, w, s))
        return differs(l, "job %lld has another number or stamp", (long long)w->number);
    if (w->fuzzy ? !about(l, w->due, s->due) : w->due != s->due)
        return differs(l, "job %lld is due in %lld ms, not %lld", (long long)w->number,
                       (long long)(s->due - l->seen->now),
                       (long long)(w->due - l->seen->now));
    return true;
}

static bool row_same(struct looking *l, const char *name, const struct model_row *w,
                     const struct model_row *s)
{
    char why[sizeof l->why - 40];

    if (w->n != s->n)
        return differs(l, "%s: %d entries, not %d", name, s->n, w->n);
    for (int i = 0; i < w->n; i++)
        if (!job_same(l, &w->job[i], &s->job[i])) {
            memcpy(why, l->why, sizeof why);
            why[sizeof why - 1] = '\0';
            return differs(l, "%s, place %d: %s", name, i, why);
        }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const struct model_job *x = a, *y = b;
    int c = memcmp(x->id, y->id, 16);

    return c != 0 ? c : (x->seq > y->seq) - (x->seq < y->seq);
}

/* Hashes have no order, and a zset's is that of its scores. */
static bool set_same(struct looking *l, const char *name, const struct model_row *w,
                     const struct model_row *s)
{
    struct model_row a = *w, b = *s;

    qsort(a.job, (size_t)a.n, sizeof *a.job, by_id);
    qsort(b.job, (size_t)b.n, sizeof *b.job, by_id);
    return row_same(l, name, &a, &b);
}

static bool rows_same(struct looking *l)
{
    char name[32];

    for (int i = 0; i < QUEUE_LISTS; i++) {
        snprintf(name, sizeof name, "list %d", i);
        if (!row_same(l, name, &l->want->list[i], &l->seen->list[i]))
            return false;
    }
    for (int i = 0; i < MODEL_WORKERS; i++) {
        const struct model_worker *w = &l->want->worker[i], *s = &l->seen->worker[i];

        snprintf(name, sizeof name, "in flight of w%d", i);
        if (!set_same(l, name, &w->held, &s->held))
            return false;
        if (!about(l, w->lease, s->lease))
            return differs(l, "the lease of w%d lasts %lld ms, not %lld", i,
                           (long long)(s->lease ? s->lease - l->seen->now : 0),
                           (long long)(w->lease ? w->lease - l->seen->now : 0));
    }
    return set_same(l, "delayed", &l->want->delayed, &l->seen->delayed) &&
           row_same(l, "dead", &l->want->dead, &l->seen->dead);
}

/* Numbers grow in the order of what was done. */
static bool numbers_grow(struct looking *l)
{
    int64_t last = l->want->last_seq;

    for (int i = 0; i < l->want->fresh; i++) {
        if (l->given[i] < 0) /* it went into another entry of the same job */
            continue;
        if (l->given[i] <= last)
            return differs(l, "the number %lld was given after %lld",
                           (long long)l->given[i], (long long)last);
        last = l->given[i];
    }
    return true;
}

static bool gate_same(struct looking *l)
{
    const struct model *w = l->want, *s = l->seen;

    for (int i = 0; i < QUEUE_LISTS; i++)
        if (w->shut[i] != s->shut[i])
            return differs(l, "the gate has %lld kept out of list %d, not %lld",
                           (long long)s->shut[i], i, (long long)w->shut[i]);
    for (int i = 0; i < MODEL_HOT; i++)
        if ((w->blocked[i] > s->now || s->blocked[i] > s->now) &&
            !about(l, w->blocked[i], s->blocked[i]))
            return differs(l, "list %d is blocked for %lld ms, not %lld", i,
                           (long long)(s->blocked[i] - s->now),
                           (long long)(w->blocked[i] - s->now));
    if (w->level != s->level || !about(l, w->level_until, s->level_until))
        return differs(l, "the gate's level is %lld, not %lld", (long long)s->level,
                       (long long)w->level);
    return true;
}

static bool rest_same(struct looking *l)
{
    const struct model *w = l->want, *s = l->seen;

    for (int i = 0; i < MODEL_COUNTERS; i++)
        if (w->count[i] != s->count[i])
            return differs(l, "%s counts %lld, not %lld", model_counter_name[i],
                           (long long)s->count[i], (long long)w->count[i]);
    if (w->bell != s->bell)
        return differs(l, "the bell has %d rings, not %d", s->bell, w->bell);
    for (int i = 0; i < MODEL_LOCKS; i++)
        if (w->locked[i] != s->locked[i] ||
            (w->locked[i] && memcmp(w->lock[i], s->lock[i], 16) != 0))
            return differs(l, "lock %d is held otherwise", i);
    return true;
}

const char *model_same(const struct model *want, const struct model *seen, int64_t t0,
                       int64_t t1)
{
    static struct looking l;

    l = (struct looking){
        .want = want, .seen = seen, .t0 = t0, .t1 = t1, .slack = t1 - t0};
    memset(l.given, -1, sizeof l.given);
    if (rows_same(&l) && numbers_grow(&l) && gate_same(&l) && rest_same(&l))
        return NULL;
    return l.why;
}

/* ---- moments --------------------------------------------------------------------- */

struct moments {
    int64_t t0, t1, *out;
    int n, most;
};

static void moment(struct moments *m, int64_t t)
{
    if (t > m->t0 && t <= m->t1 && m->n < m->most)
        m->out[m->n++] = t;
}

int model_moments(const struct model *before, int64_t t0, int64_t t1, int64_t *out,
                  int most)
{
    struct moments m = {t0, t1, out, 0, most};

    out[m.n++] = t0;
    moment(&m, before->level_until);
    for (int i = 0; i < before->delayed.n; i++)
        moment(&m, before->delayed.job[i].due);
    for (int i = 0; i < MODEL_HOT; i++)
        moment(&m, before->blocked[i]);
    for (int i = 0; i < MODEL_WORKERS; i++)
        moment(&m, before->worker[i].lease);
    return m.n;
}

/* ---- printing -------------------------------------------------------------------- */

static void row_print(const char *name, int i, const struct model_row *r, int64_t now)
{
    if (r->n == 0)
        return;
    printf("  %s%d:", name, i);
    for (int k = 0; k < r->n; k++) {
        const struct model_job *j = &r->job[k];

        printf(" %lld", (long long)j->number);
        if (j->attempts + j->crashes > 0)
            printf("(%dR%dC)", j->attempts, j->crashes);
        if (j->reason != 0)
            printf("%c", j->reason);
        if (j->due != 0)
            printf("@%+lld", (long long)(j->due - now));
    }
    printf("\n");
}

void model_print(const char *title, const struct model *m)
{
    printf("%s\n", title);
    for (int i = 0; i < QUEUE_LISTS; i++)
        row_print("list ", i, &m->list[i], m->now);
    for (int i = 0; i < MODEL_HOT; i++)
        if (m->blocked[i] > m->now)
            printf("  list %d is blocked for %lld ms\n", i,
                   (long long)(m->blocked[i] - m->now));
    for (int i = 0; i < MODEL_WORKERS; i++)
        row_print("w", i, &m->worker[i].held, m->now);
    row_print("delayed ", 0, &m->delayed, m->now);
    row_print("dead ", 0, &m->dead, m->now);
}
