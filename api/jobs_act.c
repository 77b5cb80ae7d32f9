/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/jobs.h"

#include "core/audit.h"
#include "core/base/code.h"
#include "core/io/ledger.h"
#include "core/io/pause.h"
#include "core/io/queue_json.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define REVIVE_MOST 500 /* of one request: one transaction */

/* "admin:7": for the history of jobs. */
static void by(const struct call *c, char out[32])
{
    snprintf(out, 32, "admin:%lld", (long long)c->who.staff.id);
}

/* A job's id is no number, and a lane has none: the audit has it for a field's name. */
static enum status note(struct call *c, const char *action, const char *what)
{
    struct audit_field field = {.name = what};

    return audit_add(c->db, c->now,
                     &(struct audit_entry){.actor = ACTOR_API,
                                           .actor_id = c->who.staff.id,
                                           .action = action,
                                           .fields = &field,
                                           .n_fields = what != NULL});
}

/* These take no body, or an empty one. */
static enum status nothing_more(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    return st == ST_OK && c->said.body_n > 0 ? body_read(c, NULL, 0) : st;
}

/* ---- one job --------------------------------------------------------------------- */

static void last_line(void *arg, const struct ledger_line *l)
{
    *(struct ledger_line *)arg = *l;
}

/* Why nothing could be done to it: there is none, or it is in another state. */
static enum status not_so(struct call *c, const uint8_t id[16])
{
    static const char *const ru[] = {[LEDGER_OPEN] =
                                         "Задание ещё не умерло: оно ждёт или идёт.",
                                     [LEDGER_DONE] = "Задание уже завершено.",
                                     [LEDGER_DEAD] = "Задание уже мертво."};
    static const char *const en[] = {[LEDGER_OPEN] =
                                         "The job is not dead: it waits or runs.",
                                     [LEDGER_DONE] = "The job has ended.",
                                     [LEDGER_DEAD] = "The job is dead already."};
    struct ledger_line l = {0};
    enum status st = ledger_story(c->db, id, last_line, &l);

    if (st != ST_OK)
        return st;
    return problem(c, PROBLEM_CONFLICT, "%s", tell(c, ru[l.where], en[l.where]));
}

static struct json *job_json(const uint8_t id[16])
{
    struct json *o = json_new_object();

    json_set_id(o, "id", id);
    return o;
}

static enum status id_text(const uint8_t id[16], struct call *c, const char *action)
{
    char text[ULID_TEXT + 1];

    ulid_print(id, text);
    return note(c, action, text);
}

/* POST /api/v1/jobs/{key}/retry */
enum status job_retry(struct call *c)
{
    uint8_t id[16];
    struct json *o;
    enum status st = nothing_more(c);

    if (st == ST_OK)
        st = job_id(c, id);
    if (st != ST_OK)
        return st;
    st = ledger_revive(c->db, c->queue, c->now, id);
    if (st == ST_NONE)
        return not_so(c, id);
    if (st == ST_OK)
        st = id_text(id, c, "job.retry");
    if (st != ST_OK)
        return st;
    o = job_json(id);
    json_set_text(o, "state", "open");
    answer_json(c, 200, o);
    return ST_OK;
}

/* POST /api/v1/jobs/{key}/cancel: 200, it will not run; 202, it runs and was asked. */
enum status job_cancel(struct call *c)
{
    uint8_t id[16];
    struct json *o;
    char who[32];
    bool asked;
    enum status st = nothing_more(c);

    if (st == ST_OK)
        st = job_id(c, id);
    if (st != ST_OK)
        return st;
    by(c, who);
    st = ledger_cancel(c->db, c->now, id, who);
    if (st == ST_NONE)
        return not_so(c, id);
    asked = st == ST_TAKEN;
    if (st == ST_OK || asked)
        st = id_text(id, c, "job.cancel");
    if (st != ST_OK)
        return st;
    o = job_json(id);
    json_set_bool(o, "cancelled", !asked);
    answer_json(c, asked ? 202 : 200, o);
    return ST_OK;
}

/* POST /api/v1/jobs/dead/retry */
enum status jobs_dead_retry(struct call *c)
{
    static const struct field fields[] = {
        {"kind", FIELD_TEXT, .nullable = true, .min = 1, .max = 40},
        {"limit", FIELD_INT, .min = 1, .max = REVIVE_MOST}};
    struct ledger_revival r = {.now = c->now};
    struct json *o;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = body_read(c, fields, N(fields));
    if (st == ST_OK)
        r.kind = job_kind(c, &c->body, "/kind");
    if (st == ST_OK && call_faults(c) > 0)
        st = problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    if (st != ST_OK)
        return st;
    r.most = given_int(&c->body, "limit", REVIVE_MOST);
    st = ledger_revive_many(c->db, c->queue, &r);
    if (st == ST_OK)
        st = note(c, "job.retry_dead", r.kind != NULL ? r.kind : "all");
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_int(o, "revived", r.revived);
    json_set_bool(o, "more", !r.over);
    answer_json(c, 200, o);
    return ST_OK;
}

/* ---- pauses ---------------------------------------------------------------------- */

static void pause_add(void *arg, const struct pause_line *l)
{
    json_push(arg, json_pause(l));
}

static enum status pauses_answer(struct call *c)
{
    struct json *o = json_new_object(), *list = json_new_array();
    enum status st = pause_list(c->db, pause_add, list);

    json_set(o, "paused", list);
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}

/* GET /api/v1/jobs/pauses */
enum status jobs_pauses_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    return st == ST_OK ? pauses_answer(c) : st;
}

struct pausing {
    enum pause_what what;
    const char *name;
};

static enum status pausing_read(struct call *c, struct pausing *out)
{
    static const char *const whats[] = {"lane", "kind", "bot", NULL};
    static const struct field fields[] = {
        {"what", FIELD_WORD, .required = true, .words = whats},
        {"name", FIELD_TEXT, .required = true, .min = 1, .max = 40}};
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = body_read(c, fields, N(fields));
    if (st != ST_OK)
        return st;
    out->what = PAUSE_LANE + (enum pause_what)given_int(&c->body, "what", 0);
    out->name = given_text(&c->body, "name");
    return ST_OK;
}

static enum status no_such(struct call *c)
{
    call_fault(c, "/name", "not_one_of", "%s",
               tell(c, "такого здесь нет", "there is no such thing"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

static enum status pausing_done(struct call *c, const struct pausing *p,
                                const char *action, enum status st)
{
    char what[60];

    snprintf(what, sizeof what, "%s.%s", pause_what_name(p->what), p->name);
    if (st == ST_BAD)
        return no_such(c);
    if (st == ST_OK)
        st = note(c, action, what);
    return st == ST_OK ? pauses_answer(c) : st;
}

/* POST /api/v1/jobs/pause: lasts until it is resumed, also over restarts. */
enum status jobs_pause_post(struct call *c)
{
    struct pausing p;
    char who[32];
    enum status st = pausing_read(c, &p);

    if (st != ST_OK)
        return st;
    by(c, who);
    return pausing_done(c, &p, "job.pause",
                        pause_set(c->db, c->now, p.what, p.name, who));
}

/* POST /api/v1/jobs/resume */
enum status jobs_resume_post(struct call *c)
{
    struct pausing p;
    enum status st = pausing_read(c, &p);

    if (st != ST_OK)
        return st;
    return pausing_done(c, &p, "job.resume",
                        pause_clear(c->db, c->now, p.what, p.name));
}

/* ---- what Redis lost ------------------------------------------------------------- */

struct lost {
    struct json *jobs;
    int64_t n;
};

static void lost_add(void *arg, const struct job_row *row)
{
    struct lost *l = arg;

    if (l->n++ < 100)
        json_push(l->jobs, job_json(row->id));
}

static enum status reconcile(struct call *c, bool dry, struct lost *l)
{
    enum status st = ST_OK;

    QUEUE_EACH(at, c->queue) {
        int n = 0;

        if (st == ST_OK && dry)
            st = ledger_lost(c->db, c->queue, at, lost_add, l);
        else if (st == ST_OK)
            st = ledger_reconcile(c->db, c->queue, at, c->now, &n);
        l->n += n;
    }
    if (st == ST_OK && !dry)
        st = note(c, "job.reconcile", NULL);
    return st;
}

/* POST /api/v1/jobs/reconcile: what the scheduler does each second, now. */
enum status jobs_reconcile_post(struct call *c)
{
    static const struct field fields[] = {{"dry", FIELD_BOOL}};
    struct lost lost = {0};
    struct json *o;
    bool dry;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = body_read(c, fields, N(fields));
    if (st != ST_OK)
        return st;
    dry = given_bool(&c->body, "dry", false);
    lost.jobs = json_new_array();
    st = reconcile(c, dry, &lost);
    if (st != ST_OK) {
        json_free(lost.jobs);
        return st;
    }
    o = json_new_object();
    json_set_bool(o, "dry", dry);
    json_set_int(o, "jobs", lost.n);
    json_set(o, "items", lost.jobs);
    answer_json(c, 200, o);
    return ST_OK;
}
