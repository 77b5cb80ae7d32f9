/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The rarer steps, the table of all, and how one is judged. */
#include "tests/harness/model_step_private.h"

#include "tests/harness/dose.h"
#include "tests/harness/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the gate --------------------------------------------------------------------- */

static void gate_plan(struct play *p, struct step *s)
{
    (void)p;
    s->level = dose_random(3);
    step_say(s, "gate: level %d", s->level);
}

/* Opens some of those that are shut; where more were kept out since the census, it is
 * to stay shut. */
static void gate_act(struct play *p, struct step *s)
{
    static const int64_t used[] = {50, 80, 95};
    bool drained[QUEUE_LISTS];
    struct census c;

    assert_int_equal(queue_census(p->queue, STEP_AT, &c), ST_OK);
    c.used_bytes = used[s->level];
    c.max_bytes = 100;
    for (int i = 0; i < c.n_shut; i++) {
        bool stale = step_chance(25);

        drained[i] = step_chance(60);
        s->open[c.shut[i].list] = drained[i] && !stale;
        c.shut[i].n -= stale;
        step_say(s, " %s%d%s", drained[i] ? "open " : "leave ", c.shut[i].list,
                 stale ? "?" : "");
    }
    s->st = queue_gate(p->queue, STEP_AT, &c, drained);
    census_free(&c);
}

static const char *gate_judge(struct play *p, struct step *s, struct model *m,
                              struct model_at at)
{
    (void)p;
    model_gate(m, at, s->level, s->open);
    return s->st == ST_OK ? NULL : "the gate did not answer";
}

/* ---- the dead --------------------------------------------------------------------- */

static void drop_plan(struct play *p, struct step *s)
{
    s->index = dose_random(p->m.dead.n < 8 ? p->m.dead.n : 8);
    step_say(s, "drop the dead one %d", s->index);
}

static void drop_act(struct play *p, struct step *s)
{
    s->st = queue_dead_peek(p->queue, STEP_AT, s->jobs, 8, &s->n);
    for (int i = 0; i < s->n; i++)
        if (memcmp(s->jobs[i].id, p->m.dead.job[i].id, 16) != 0 ||
            s->jobs[i].reason != p->m.dead.job[i].reason)
            s->wrong = "another one is dead, or of something else";
    if (s->st == ST_OK && s->index < s->n)
        s->st = queue_dead_drop(p->queue, STEP_AT, &s->jobs[s->index]);
}

static const char *drop_judge(struct play *p, struct step *s, struct model *m,
                              struct model_at at)
{
    (void)p;
    (void)at;
    if (s->n != (m->dead.n < 8 ? m->dead.n : 8))
        return "not all of the dead are seen";
    if (s->index < m->dead.n)
        model_take(&m->dead, s->index);
    return s->st == ST_OK ? s->wrong : "the dead could not be read";
}

/* ---- locks ------------------------------------------------------------------------ */

static void unlock_plan(struct play *p, struct step *s)
{
    s->index = dose_random(MODEL_LOCKS);
    if (step_chance(60))
        memcpy(s->id, p->m.lock[s->index], 16);
    else
        memcpy(s->id, p->known[dose_random(64)], 16);
    step_say(s, "unlock %d", s->index);
}

static void unlock_act(struct play *p, struct step *s)
{
    struct job j = {.kind = KIND_TEST_NOTE, .body = json_new_object()};
    char once[16];

    snprintf(once, sizeof once, "k%d", s->index);
    json_set_text(j.body, "once", once);
    memcpy(j.id, s->id, 16);
    queue_unlock(p->queue, &j);
    job_free(&j);
}

static const char *unlock_judge(struct play *p, struct step *s, struct model *m,
                                struct model_at at)
{
    (void)p;
    (void)at;
    if (memcmp(m->lock[s->index], s->id, 16) == 0)
        m->locked[s->index] = false;
    return NULL;
}

/* ---- the bell --------------------------------------------------------------------- */

static void bell_plan(struct play *p, struct step *s)
{
    s->n = p->m.bell;
    step_say(s, "listen");
}

static bool bell_heard(struct play *p)
{
    struct redis_reply *r = step_ask(p, "LPOP", "bell", NULL, NULL);
    bool heard = !redis_is_nil(r);

    redis_free(r);
    return heard;
}

static void bell_act(struct play *p, struct step *s)
{
    s->st = bell_heard(p) ? ST_OK : ST_NONE;
    for (int i = 0; i < 20 && s->st == ST_OK && s->n > 30; i++, s->n--)
        s->st = bell_heard(p) ? ST_OK : ST_NONE;
}

static const char *bell_judge(struct play *p, struct step *s, struct model *m,
                              struct model_at at)
{
    (void)at;
    if (s->st != (m->bell > 0 ? ST_OK : ST_NONE))
        return "the bell rang for nothing, or not";
    m->bell -= m->bell > 0 ? 1 + (p->m.bell - s->n) : 0;
    return NULL;
}

/* ---- the census ------------------------------------------------------------------- */

static void census_plan(struct play *p, struct step *s)
{
    (void)p;
    step_say(s, "census");
}

static const char *busy_check(const struct model *m, const struct census *c)
{
    size_t n = (size_t)(m->delayed.n + m->dead.n);

    for (int i = 0; i < m->delayed.n; i++)
        if (!census_busy(c, m->delayed.job[i].id))
            return "a delayed job is not busy";
    for (int i = 0; i < m->dead.n; i++)
        if (!census_busy(c, m->dead.job[i].id))
            return "a dead job is not busy";
    for (int w = 0; w < MODEL_WORKERS; w++) {
        n += (size_t)m->worker[w].held.n;
        for (int i = 0; i < m->worker[w].held.n; i++)
            if (!census_busy(c, m->worker[w].held.job[i].id))
                return "a job in flight is not busy";
    }
    return n == c->n_busy ? NULL : "more is busy than there is";
}

static const char *census_check(const struct model *m, const struct census *c)
{
    int64_t held = 0;

    for (int l = 0; l < QUEUE_LISTS; l++) {
        const struct model_row *r = &m->list[l];

        if (c->list[l].length != r->n ||
            c->list[l].head_ms != (r->n > 0 ? r->job[0].stamp : 0))
            return "a list has another length or head";
    }
    for (int w = 0; w < MODEL_WORKERS; w++)
        held += m->worker[w].held.n;
    for (int i = 0; i < MODEL_COUNTERS; i++)
        if (census_count(c, model_counter_name[i]) != m->count[i])
            return "a counter is not the census'";
    if (c->delayed != m->delayed.n || c->dead != m->dead.n || census_held(c) != held)
        return "other jobs are delayed, dead or in flight";
    if (!c->complete)
        return "the census is not complete";
    return census_drift(c) == m->lost ? busy_check(m, c) : "the census drifts";
}

static void census_act(struct play *p, struct step *s)
{
    struct census c;

    s->st = queue_census(p->queue, STEP_AT, &c);
    if (s->st != ST_OK)
        return;
    s->wrong = census_check(&p->m, &c);
    census_free(&c);
}

static const char *census_judge(struct play *p, struct step *s, struct model *m,
                                struct model_at at)
{
    (void)p;
    (void)m;
    (void)at;
    return s->st == ST_OK ? s->wrong : "the census failed";
}

/* ---- what time does, so that nobody has to wait for it ----------------------------- */

static void lapse_plan(struct play *p, struct step *s)
{
    s->index = dose_random(MODEL_WORKERS);
    s->n = dose_random(MODEL_HOT);
    step_say(s, "time: the lease of w%d, list %d, the level, one delayed", s->index,
             s->n);
    (void)p;
}

static void unblock(struct play *p, int list, const char *past)
{
    char name[16], value[QUEUE_WID_MAX + 64];
    struct redis_reply *r;
    const char *s;

    snprintf(name, sizeof name, "%02d", list);
    r = step_ask(p, "HGET", "own", name, NULL);
    if (!redis_is_nil(r)) {
        s = redis_text(r, NULL);
        snprintf(value, sizeof value, "%ld:%s%s", strtol(s, NULL, 10), past,
                 strchr(strchr(s, ':') + 1, ':'));
        step_tell(p, "HSET", "own", name, value);
    }
    redis_free(r);
}

/* The earliest that is not due yet: what is due already has its place. */
static void make_due(struct play *p, const char *past)
{
    struct redis_reply *r = step_ask(p, "ZRANGE", "z", "0", "0");
    char key[QUEUE_KEY_MAX];

    queue_key(key, STEP_AT, "z");
    if (redis_count(r) > 0)
        entry_tell(queue_redis(p->queue), "ZADD", key, past, redis_item(r, 0));
    redis_free(r);
}

static void lapse_act(struct play *p, struct step *s)
{
    const struct model_worker *w = &p->m.worker[s->index];
    char past[24];

    snprintf(past, sizeof past, "%" PRId64, p->m.now - 1);
    if (w->lease != 0)
        step_tell(p, "ZADD", "w", past, w->wid);
    for (int l = 0; l < MODEL_HOT; l++)
        if (l % 4 == s->n % 4 && p->m.blocked[l] > p->m.now)
            unblock(p, l, past);
    if (p->m.level > 0)
        step_tell(p, "HSET", "gate", "until", past);
    make_due(p, past);
}

/* A wrong hand deletes what a worker holds; it never comes back. */
static void vanish_plan(struct play *p, struct step *s)
{
    s->index = dose_random(MODEL_WORKERS);
    s->anew = true;
    s->reap.who = s->index;
    s->n = p->m.worker[s->index].held.n;
    step_say(s, "w%d and all it holds is deleted", s->index);
}

static void vanish_act(struct play *p, struct step *s)
{
    char what[QUEUE_WID_MAX + 2];

    snprintf(what, sizeof what, "i:%s", p->m.worker[s->index].wid);
    step_tell(p, "DEL", what, NULL, NULL);
    step_tell(p, "ZREM", "w", p->m.worker[s->index].wid, NULL);
    p->m.lost += s->n;
}

/* ---- the table -------------------------------------------------------------------- */

static const struct {
    int weight;
    void (*plan)(struct play *p, struct step *s);
    void (*act)(struct play *p, struct step *s);
    /* NULL: whatever is seen is right, for it was done behind the queue's back */
    const char *(*judge)(struct play *p, struct step *s, struct model *m,
                         struct model_at at);
} ops[] = {
    {28, step_put_plan, step_put_act, step_put_judge},
    {40, step_turn_plan, step_turn_act, step_turn_judge},
    {8, step_reap_plan, step_reap_act, step_reap_judge},
    {2, step_renew_plan, step_renew_act, step_renew_judge},
    {4, gate_plan, gate_act, gate_judge},
    {3, drop_plan, drop_act, drop_judge},
    {3, unlock_plan, unlock_act, unlock_judge},
    {1, bell_plan, bell_act, bell_judge},
    {4, census_plan, census_act, census_judge},
    {6, lapse_plan, lapse_act, NULL},
    {1, vanish_plan, vanish_act, NULL},
};

static int any_op(void)
{
    int d = dose_random(100), i = 0;

    while (d >= ops[i].weight)
        d -= ops[i++].weight;
    return i;
}

/* ---- judging ---------------------------------------------------------------------- */

/* What holds in every state. */
static const char *always(const struct model *m)
{
    int64_t n = m->lost + m->delayed.n;

    for (int l = 0; l < QUEUE_LISTS; l++)
        n += m->list[l].n;
    for (int w = 0; w < MODEL_WORKERS; w++) {
        const struct model_row *held = &m->worker[w].held;

        n += held->n;
        if ((held->n > 0) != (m->worker[w].lease != 0))
            return "a lease without a job, or a job without a lease";
        for (int i = 0; i < held->n; i++)
            if (held->job[i].list < MODEL_HOT && model_owner(m, held->job[i].list) != w)
                return "a hot list has two owners";
    }
    n += m->count[MODEL_A] + m->count[MODEL_D] + m->count[MODEL_POISON] +
         m->count[MODEL_COLLAPSED];
    return n == m->count[MODEL_ENQ] ? NULL : "jobs were lost, or came from nowhere";
}

#define MOMENTS 32

/* For each moment at which the script may have run. */
static const char *judge(struct play *p, struct step *s)
{
    static struct model want;
    int64_t moment[MOMENTS], t0 = p->m.now - 1, t1 = p->seen.now + 1;
    static char all[400]; /* of each moment tried */
    const char *wrong;
    int n = model_moments(&p->m, t0, t1, moment, MOMENTS);

    for (int i = 0; i < STEP_PUTS && n < MOMENTS; i++) /* those put are due, too */
        if (s->put[i].due > t0 && s->put[i].due <= t1)
            moment[n++] = s->put[i].due;
    for (int i = 0, used = 0; i < n; i++) {
        struct model_at at = {t0, moment[i], t1};

        want = p->m;
        want.fresh = 0;
        wrong = ops[s->op].judge(p, s, &want, at);
        if (wrong == NULL)
            wrong = model_same(&want, &p->seen, t0, t1);
        if (wrong == NULL)
            return NULL;
        used += snprintf(all + used, sizeof all - (size_t)used, "%s%s",
                         i ? "; or: " : "", wrong);
        used = used < (int)sizeof all ? used : (int)sizeof all - 1;
    }
    if (p->tell)
        model_print("expected:", &want);
    return all;
}

static void row_last(struct model *m, const struct model_row *r)
{
    for (int i = 0; i < r->n; i++)
        if (r->job[i].seq > m->last_seq)
            m->last_seq = r->job[i].seq;
}

static void remember(struct play *p)
{
    p->seen.lost = p->m.lost;
    p->seen.last_seq = p->m.last_seq;
    p->m = p->seen;
    for (int l = 0; l < QUEUE_LISTS; l++)
        row_last(&p->m, &p->m.list[l]);
    for (int w = 0; w < MODEL_WORKERS; w++)
        row_last(&p->m, &p->m.worker[w].held);
    row_last(&p->m, &p->m.delayed);
}

const char *play_step(struct play *p, char said[STEP_SAY])
{
    static struct step s;
    const char *wrong = NULL;

    s = (struct step){.op = any_op()};
    ops[s.op].plan(p, &s);
    ops[s.op].act(p, &s);
    memcpy(said, s.say, STEP_SAY);
    p->seen = p->m; /* for the names */
    model_look(p->queue, STEP_AT, &p->seen);
    if (ops[s.op].judge != NULL)
        wrong = judge(p, &s);
    if (wrong != NULL && p->tell)
        model_print("seen:", &p->seen);
    for (int i = 0; i < QUEUE_BATCH_MAX; i++)
        job_free(&s.jobs[i]);
    remember(p);
    if (wrong == NULL)
        wrong = always(&p->m);
    if (s.anew && p->m.worker[s.reap.who].held.n == 0)
        step_wid_new(p, s.reap.who);
    return wrong;
}

const char *play_episode(struct play *p, struct queue *q, const struct episode *e,
                         int *at)
{
    const char *wrong = NULL;

    srandom(e->seed);
    play_open(p, q);
    p->tell = e->tell;
    for (*at = 0; *at < e->steps && wrong == NULL; ++*at)
        wrong = play_step(p, e->trail[*at]);
    return wrong;
}
