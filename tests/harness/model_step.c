/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The steps that workers and those who put jobs make. */
#include "tests/harness/model_step_private.h"

#include "core/base/clock.h"
#include "tests/harness/dose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAR_MS 600000

bool step_chance(int percent)
{
    return dose_random(100) < percent;
}

void step_say(struct step *s, const char *form, ...)
{
    size_t n = strlen(s->say);
    va_list ap;

    va_start(ap, form);
    vsnprintf(s->say + n, sizeof s->say - n, form, ap);
    va_end(ap);
}

/* ---- words of Redis, for what time or an operator does ---------------------------- */

struct redis_reply *step_ask(struct play *p, const char *verb, const char *what,
                             const char *a, const char *b)
{
    struct redis_reply *r = NULL;
    char key[KEY_MAX];

    queue_key(key, STEP_AT, what);
    assert_int_equal(redis_do(queue_redis(p->queue), &r, verb, key, a, b, NULL), ST_OK);
    return r;
}

void step_tell(struct play *p, const char *verb, const char *what, const char *a,
               const char *b)
{
    redis_free(step_ask(p, verb, what, a, b));
}

void step_wid_new(struct play *p, int who)
{
    snprintf(p->m.worker[who].wid, QUEUE_WID_MAX, "boot.host.%d.%d.1", who,
             ++p->generation);
}

void play_open(struct play *p, struct queue *q)
{
    struct redis_reply *r = NULL;

    *p = (struct play){.queue = q, .m.last_seq = -1};
    assert_int_equal(redis_do(queue_redis(q), &r, "FLUSHDB", NULL), ST_OK);
    redis_free(r);
    for (int w = 0; w < MODEL_WORKERS; w++)
        step_wid_new(p, w);
    queue_set_most(q, STEP_MOST);
    queue_set_calm(q, 3600 * 1000); /* whenever it may be */
    model_look(q, STEP_AT, &p->m);
}

/* ---- put -------------------------------------------------------------------------- */

static int total(const struct model *m)
{
    int n = m->delayed.n + m->dead.n;

    for (int l = 0; l < QUEUE_LISTS; l++)
        n += m->list[l].n;
    for (int w = 0; w < MODEL_WORKERS; w++)
        n += m->worker[w].held.n;
    return n;
}

static int any_list(void)
{
    static const int lists[] = {0, 0, 0, 1, 1, 2, 15, 16, 16, 17, 18, 18, 19, 33};

    return lists[dose_random(sizeof lists / sizeof *lists)];
}

static int64_t any_due(int64_t now)
{
    int d = dose_random(100);

    return d < 70   ? 0
           : d < 75 ? now - 5
           : d < 90 ? now + 1 + dose_random(8)
                    : now + FAR_MS + dose_random(1000);
}

static void any_job(struct play *p, struct step *s, struct model_put *put)
{
    int slot = p->n_known++ % 64;

    *put = (struct model_put){.due = any_due(p->m.now), .lock = -1};
    put->job.list = any_list();
    put->job.attempts = step_chance(10) ? 250 + dose_random(6) : 0;
    put->job.number = ++p->number;
    ulid_new(clock_now(), put->job.id);
    if (step_chance(12))
        put->lock = dose_random(MODEL_LOCKS);
    if (s->fit == QUEUE_FORCE && p->n_known > 64 &&
        step_chance(25)) { /* it was not lost */
        int known = dose_random(64);

        memcpy(put->job.id, p->known[known], 16);
        put->job.number = p->known_number[known];
        put->job.list = p->known_list[known];
    }
    memcpy(p->known[slot], put->job.id, 16);
    p->known_number[slot] = put->job.number;
    p->known_list[slot] = put->job.list;
}

void step_put_plan(struct play *p, struct step *s)
{
    int room = 90 - total(&p->m);

    s->fit = (enum queue_fit)dose_random(3);
    s->n = 1 + dose_random(step_chance(70) ? 3 : STEP_PUTS);
    s->n = s->n < room ? s->n : room > 0 ? room : 0;
    step_say(s, "put, %s:",
             s->fit == QUEUE_SPILL    ? "spill"
             : s->fit == QUEUE_REFUSE ? "refuse"
                                      : "force");
    for (int i = 0; i < s->n; i++) {
        const struct model_put *u = &s->put[i];

        any_job(p, s, &s->put[i]);
        step_say(s, " %" PRId64 "/list%d", u->job.number, u->job.list);
        if (u->due != 0)
            step_say(s, "@%+" PRId64, u->due - p->m.now);
        if (u->lock >= 0)
            step_say(s, "/lock%d", u->lock);
    }
}

void step_put_act(struct play *p, struct step *s)
{
    struct job_row rows[STEP_PUTS] = {0};
    char body[STEP_PUTS][80], lock[STEP_PUTS][KEY_MAX], name[16];

    for (int i = 0; i < s->n; i++) {
        const struct model_put *u = &s->put[i];

        snprintf(body[i], sizeof body[i],
                 "{\"v\":1,\"k\":\"test.note\",\"a\":{\"n\":%" PRId64 "}}",
                 u->job.number);
        rows[i] = (struct job_row){.at = STEP_AT,
                                   .list = u->job.list,
                                   .attempts = u->job.attempts,
                                   .due = u->due * MS,
                                   .body = body[i],
                                   .body_n = strlen(body[i])};
        memcpy(rows[i].id, u->job.id, 16);
        if (u->lock < 0)
            continue;
        snprintf(name, sizeof name, "k%d", u->lock);
        queue_lock_key(lock[i], STEP_AT, "test.note", name);
        rows[i].lock = lock[i];
        rows[i].lock_ms = FAR_MS;
    }
    s->st = queue_hand(p->queue, STEP_AT, s->fit, &(struct job_rows){rows, s->n},
                       s->answers);
    step_say(s, " -> %.*s", s->n, s->answers);
}

const char *step_put_judge(struct play *p, struct step *s, struct model *m,
                           struct model_at at)
{
    char answers[STEP_PUTS];

    (void)p;
    model_put(m, at, s->fit, STEP_MOST, s->put, s->n, answers);
    if (s->st != ST_OK || memcmp(answers, s->answers, (size_t)s->n) != 0)
        return "other jobs fit in";
    return NULL;
}

/* ---- turn ------------------------------------------------------------------------- */

static uint32_t any_wait(void)
{
    int d = dose_random(100);

    return d < 45 ? 0 : d < 80 ? 1 + (uint32_t)dose_random(10) : FAR_MS;
}

static void result_plan(struct play *p, struct step *s, const uint8_t id[16],
                        int64_t number)
{
    static const enum job_outcome outcomes[] = {JOB_DONE, JOB_DONE,  JOB_DONE,
                                                JOB_DONE, JOB_RETRY, JOB_RETRY,
                                                JOB_BACK, JOB_BACK,  JOB_BURY};
    struct job_result *r = &s->results[s->turn.n_results++];

    (void)p;
    memcpy(r->id, id, 16);
    r->outcome = outcomes[dose_random(sizeof outcomes / sizeof *outcomes)];
    r->wait_ms = r->outcome == JOB_DONE || r->outcome == JOB_BURY ? 0 : any_wait();
    step_say(s, " %" PRId64 "%c", number, "?ARND"[r->outcome]);
    if (r->wait_ms > 0)
        step_say(s, "%u", r->wait_ms);
}

/* Mostly as a worker does: in the order of the lease, all of them or the first few. */
static void results_plan(struct play *p, struct step *s)
{
    const struct model_row *held = &p->m.worker[s->turn.who].held;
    bool in_order = step_chance(70);
    int n = held->n == 0 || step_chance(15) ? 0
            : step_chance(50)               ? held->n
                                            : 1 + dose_random(held->n);

    for (int i = 0; i < n; i++) {
        int at = in_order ? i : dose_random(held->n);

        result_plan(p, s, held->job[at].id, held->job[at].number);
    }
    if (p->n_known > 64 && step_chance(10)) {
        int stale = dose_random(64);

        result_plan(p, s, p->known[stale], p->known_number[stale]);
    }
}

void step_turn_plan(struct play *p, struct step *s)
{
    struct model_turn *t = &s->turn;
    int d = dose_random(100);

    t->who = dose_random(MODEL_WORKERS);
    step_say(s, "turn of w%d:", t->who);
    results_plan(p, s);
    t->want = d < 20 ? 0 : d < 70 ? 1 + dose_random(3) : d < 95 ? dose_random(12) : 64;
    t->want = p->m.worker[t->who].held.n > 40 ? 0 : t->want;
    t->lanes_off = step_chance(20) ? (unsigned)dose_random(32) & ~1u : 0;
    t->may_be_short = step_chance(50);
    step_say(s, " want %d", t->want);
    if (t->lanes_off != 0)
        step_say(s, " off %x", t->lanes_off);
}

void step_turn_act(struct play *p, struct step *s)
{
    struct model_turn *mine = &s->turn;
    struct queue_turn t = {.wid = p->m.worker[mine->who].wid,
                           .at = STEP_AT,
                           .results = s->results,
                           .n_results = mine->n_results,
                           .want = mine->want,
                           .lanes_off = mine->lanes_off,
                           .may_be_short = mine->may_be_short,
                           .jobs = s->jobs};

    s->st = queue_turn(p->queue, &t);
    mine->results = s->results;
    mine->jobs = s->jobs;
    mine->n_jobs = t.n_jobs;
    mine->nap_ms = t.nap_ms;
    mine->fenced = t.fenced;
    mine->was_short = t.was_short;
    step_say(s, " ->%s nap %d", t.was_short ? " short" : "", t.nap_ms);
    if (t.fenced > 0)
        step_say(s, " fenced %d", t.fenced);
    for (int i = 0; i < t.n_jobs; i++)
        step_say(s, "%s%" PRId64, i ? " " : " leased ",
                 json_int_or(t.jobs[i].args, "n", -1));
}

const char *step_turn_judge(struct play *p, struct step *s, struct model *m,
                            struct model_at at)
{
    return s->st != ST_OK ? "the turn failed" : model_turn(m, at, &s->turn, &p->seen);
}

/* ---- reap and renew --------------------------------------------------------------- */

/* Mostly who has crashes already, or nobody would ever be poison. */
static int any_to_blame(const struct model_row *held)
{
    int at = dose_random(held->n);

    for (int i = 0; i < held->n && step_chance(90); i++)
        if (held->job[i].crashes > held->job[at].crashes)
            at = i;
    return at;
}

void step_reap_plan(struct play *p, struct step *s)
{
    struct model_reap *r = &s->reap;
    const struct model_row *held;

    r->who = dose_random(MODEL_WORKERS);
    held = &p->m.worker[r->who].held;
    r->late = step_chance(25);
    r->force = r->late || step_chance(60);
    s->anew = step_chance(60); /* else it comes back as a zombie */
    step_say(s, "reap w%d%s%s", r->who, r->late ? " late" : "",
             r->force ? " by force" : "");
    if (held->n > 0 && step_chance(80)) {
        int at = any_to_blame(held);

        memcpy(s->id, held->job[at].id, 16);
        step_say(s, " blame %" PRId64, held->job[at].number);
        r->blame = s->id;
    } else if (p->n_known > 64 && step_chance(50)) {
        memcpy(s->id, p->known[dose_random(64)], 16);
        r->blame = s->id;
        step_say(s, " blame some other");
    }
}

void step_reap_act(struct play *p, struct step *s)
{
    const char *wid = p->m.worker[s->reap.who].wid;

    s->st = s->reap.late
                ? queue_reap_late(p->queue, STEP_AT, wid, s->reap.blame, &s->moved)
                : queue_reap(p->queue, STEP_AT, wid, s->reap.force, s->reap.blame,
                             &s->moved);
    step_say(s, " -> %s %d", status_name(s->st), s->moved);
}

const char *step_reap_judge(struct play *p, struct step *s, struct model *m,
                            struct model_at at)
{
    int moved;
    enum status st = model_reap(m, at, &s->reap, &moved);

    (void)p;
    return st == s->st && moved == s->moved ? NULL : "other jobs came back";
}

void step_renew_plan(struct play *p, struct step *s)
{
    (void)p;
    step_say(s, "renew all");
}

void step_renew_act(struct play *p, struct step *s)
{
    const char *wids[MODEL_WORKERS];

    for (int w = 0; w < MODEL_WORKERS; w++)
        wids[w] = p->m.worker[w].wid;
    s->st = queue_renew(p->queue, STEP_AT, wids, MODEL_WORKERS, s->gone);
}

const char *step_renew_judge(struct play *p, struct step *s, struct model *m,
                             struct model_at at)
{
    (void)p;
    for (int w = 0; w < MODEL_WORKERS; w++)
        if (model_renew(m, at, w) != s->gone[w])
            return "another lease has lapsed";
    return s->st == ST_OK ? NULL : "renewing failed";
}
