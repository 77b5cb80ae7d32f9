/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/setup.h"

#include "api/moment.h"
#include "api/settings.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

static const char *const state_names[] = {[SETUP_DONE] = "done",
                                          [SETUP_MISSING] = "missing",
                                          [SETUP_WRONG] = "wrong",
                                          [SETUP_UNKNOWN] = "unknown"};

/* ---- what there is ---------------------------------------------------------------- */

enum status setup_view_read(struct call *c, struct setup_view *out)
{
    enum status st = setting_load(c->db, &out->set);

    if (st == ST_OK)
        st = setup_facts(c->db, &out->facts);
    if (st == ST_OK)
        st = setup_check_last(c->db, &out->check);
    if (st == ST_NONE)
        return ST_OK;
    if (st == ST_OK && out->check.found.s != NULL)
        out->found = json_parse(out->check.found.s, out->check.found.len);
    return st;
}

void setup_view_free(struct setup_view *v)
{
    setup_check_free(&v->check);
    json_free(v->found);
    v->found = NULL;
}

/* ---- showing ---------------------------------------------------------------------- */

static enum status settings_show(struct call *c, const struct setup_step *s,
                                 struct json *o)
{
    struct buf stored = {0};
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < SETUP_SETTINGS && s->settings[i] != NULL; i++) {
        buf_clear(&stored);
        st = setting_text(c->db, s->settings[i], &stored);
        if (st == ST_OK)
            setting_value_set(o, s->settings[i], setting_find(s->settings[i]),
                              stored.s != NULL ? stored.s : "");
    }
    buf_free(&stored);
    return st;
}

/* *out: the step, also on failure. */
static enum status step_show(struct call *c, const struct setup_step *s,
                             const struct setup_view *v, struct json **out)
{
    struct json *o = json_new_object(), *problems = json_new_array();
    struct json *settings = json_new_object();
    enum setup_state state = s->judge(c, v, problems);
    enum status st = settings_show(c, s, settings);

    json_set_text(o, "step", s->name);
    json_set_text(o, "title", tell(c, s->title_ru, s->title_en));
    json_set_text(o, "state", state_names[state]);
    json_set(o, "problems", problems);
    json_set(o, "settings", settings);
    *out = o;
    return st;
}

static struct json *check_json(const struct call *c, const struct setup_check *check)
{
    struct json *o = json_new_object();
    bool lost =
        check->ended_at == 0 && check->asked_at + SETUP_CHECK_LIFE_S * SECOND <= c->now;

    json_set_int(o, "id", check->id);
    json_set_text(o, "state", check->ended_at != 0 ? "done" : lost ? "lost" : "open");
    moment_set(o, "asked_at", check->asked_at);
    moment_set(o, "ended_at", check->ended_at);
    return o;
}

static enum status steps_show(struct call *c, const struct setup_view *v,
                              struct json *steps, bool *complete)
{
    enum status st = ST_OK;

    *complete = true;
    for (size_t i = 0; st == ST_OK && i < setup_steps_n; i++) {
        struct json *one;
        const char *state;

        st = step_show(c, &setup_steps[i], v, &one);
        state = json_text(one, "state", NULL);
        *complete &= state != NULL && strcmp(state, "done") == 0;
        json_push(steps, one);
    }
    return st;
}

/* GET /api/v1/setup */
enum status setup_get(struct call *c)
{
    struct setup_view v = {0};
    struct json *o = json_new_object(), *steps = json_new_array();
    bool complete = false;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = setup_view_read(c, &v);
    if (st == ST_OK)
        st = steps_show(c, &v, steps, &complete);
    json_set_bool(o, "complete", complete);
    json_set(o, "steps", steps);
    if (v.check.id != 0)
        json_set(o, "check", check_json(c, &v.check));
    else
        json_set_text(o, "check", NULL);
    setup_view_free(&v);
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}

/* ---- a step is taken -------------------------------------------------------------- */

static const struct setup_step *step_find(const char *name)
{
    for (size_t i = 0; i < setup_steps_n; i++)
        if (strcmp(setup_steps[i].name, name) == 0 &&
            setup_steps[i].settings[0] != NULL)
            return &setup_steps[i];
    return NULL;
}

/* The bots' own names are learned, not said. */
static bool is_said(const struct setting *s)
{
    return s->kind != SETTING_IS_USERNAME;
}

struct step_fields {
    struct field fields[SETUP_SETTINGS];
    const char *words[SETUP_SETTINGS][5];
    size_t n;
};

static void fields_of(const struct setup_step *step, struct step_fields *f)
{
    f->n = 0;
    for (int i = 0; i < SETUP_SETTINGS && step->settings[i] != NULL; i++) {
        const struct setting *s = setting_find(step->settings[i]);

        if (!is_said(s))
            continue;
        f->fields[f->n] = setting_field(s, f->words[f->n]);
        f->fields[f->n].name = s->name;
        f->fields[f->n++].required = false;
    }
}

static enum status settings_write(struct call *c, const struct step_fields *f)
{
    char pointer[80];
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < f->n; i++) {
        const char *name = f->fields[i].name;

        if (!given_has(&c->body, name))
            continue;
        snprintf(pointer, sizeof pointer, "/%s", name);
        st = setting_write(c, setting_find(name), given_value(&c->body, name), pointer);
    }
    return st;
}

static enum status step_answer(struct call *c, const struct setup_step *step)
{
    struct setup_view v = {0};
    struct json *o = NULL;
    enum status st = setup_view_read(c, &v);

    if (st == ST_OK)
        st = step_show(c, step, &v, &o);
    setup_view_free(&v);
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}

/* POST /api/v1/setup/{key} */
enum status setup_step_post(struct call *c)
{
    const struct setup_step *step = step_find(c->key);
    struct step_fields f;
    enum status st = step != NULL ? query_read(c, NULL, 0) : ST_NONE;

    if (st != ST_OK)
        return st;
    fields_of(step, &f);
    st = body_read(c, f.fields, f.n);
    if (st == ST_OK)
        st = settings_write(c, &f);
    given_free(&c->body); /* its declaration ends here */
    return st == ST_OK ? step_answer(c, step) : st;
}

/* ---- the look --------------------------------------------------------------------- */

/* POST /api/v1/setup/checks: a worker looks; poll the address that is answered. */
enum status setup_check_post(struct call *c)
{
    static const struct field fields[] = {{"set_webhooks", FIELD_BOOL}};
    struct setup_check check = {0};
    char location[60];
    int64_t id;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = setup_check_ask(c->db, c->now, &c->who.staff,
                             given_bool(&c->body, "set_webhooks", false), &id);
    if (st == ST_OK)
        st = setup_check_load(c->db, id, &check);
    if (st == ST_OK) {
        snprintf(location, sizeof location, "/api/v1/setup/checks/%lld", (long long)id);
        answer_header(c, "Location", location);
        answer_json(c, 202, check_json(c, &check));
    }
    setup_check_free(&check);
    return st;
}

static void found_push(const struct call *c, const struct json *all,
                       struct json *problems)
{
    for (size_t i = 0; i < json_count(all); i++) {
        const struct json *one = json_at(all, i);

        if (json_text(one, "code", NULL) != NULL)
            setup_problem_push(
                c, problems,
                (struct setup_problem){.code = json_text(one, "code", NULL),
                                       .bot = json_text(one, "bot", NULL),
                                       .said = json_text(one, "detail", NULL)});
    }
}

/* GET /api/v1/setup/checks/{id} */
enum status setup_check_get(struct call *c)
{
    struct setup_check check = {0};
    struct json *o, *found, *problems;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = setup_check_load(c->db, c->id[0], &check);
    if (st == ST_OK) {
        found =
            check.found.s != NULL ? json_parse(check.found.s, check.found.len) : NULL;
        problems = json_new_array();
        found_push(c, json_get(found, "problems"), problems);
        o = check_json(c, &check);
        json_set(o, "problems", problems);
        json_free(found);
        answer_json(c, 200, o);
    }
    setup_check_free(&check);
    return st;
}
