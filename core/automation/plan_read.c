/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A plan from JSON: each member held against what its step takes. */
#include "core/automation/plan.h"

#include "core/base/utf.h"
#include "core/loyalty/tag.h"
#include "core/segment/audience.h"
#include "core/segment/compile.h"
#include "core/segment/segment.h"
#include "core/staff/store.h"
#include "core/template/media.h"
#include "core/template/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct db *db;
    const struct plan_source *from;
    struct automation_plan *plan;
    struct content_faults *faults;
    char at[40];    /* the step: "/steps/3" */
    int wrongs;     /* more of them than there is room to tell of, perhaps */
    enum status st; /* what the database answered, when that was not ST_OK */
};

/* ---- what is wrong ---------------------------------------------------------------- */

static const struct fault_words {
    const char *code;
    struct words words;
} told[] = {
    {"required", {"это нужно указать", "this is needed"}},
    {"unknown", {"такого поля здесь нет", "there is no such member here"}},
    {"type", {"здесь ожидается другое", "something else is expected here"}},
    {"range", {"число вне границ", "the number is out of bounds"}},
    {"not_one_of", {"такого варианта нет", "that is none of the choices"}},
    {"too_many", {"не больше десяти шагов", "ten steps at most"}},
    {"format", {"так не записывают", "it is not written like that"}},
    {"unknown_store", {"такого магазина нет", "there is no such store"}},
    {"unknown_media", {"такой картинки или видео нет", "there is no such medium"}},
    {"too_large", {"правило слишком тяжёлое", "the rule is too expensive to be asked"}},
    {"too_few", {"нужен шаг, который что-то делает", "no step does anything"}},
};

static struct words words_of(const char *code)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (strcmp(told[i].code, code) == 0)
            return told[i].words;
    return (struct words){"", ""};
}

static void fault_put(struct reading *r, const char *pointer, const char *code,
                      struct words words)
{
    struct content_fault *f;

    r->wrongs++;
    if (r->faults->n >= CONTENT_FAULTS_MAX)
        return;
    f = &r->faults->fault[r->faults->n++];
    *f = (struct content_fault){.code = code, .words = words};
    snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
}

static void wrong(struct reading *r, const char *member, const char *code)
{
    char pointer[96];

    snprintf(pointer, sizeof pointer, "%s%s%.40s", r->at, member[0] != '\0' ? "/" : "",
             member);
    fault_put(r, pointer, code, words_of(code));
}

struct known {
    struct reading *r;
    const char *const *names;
};

static void member_known(void *arg, const char *key, struct json *v)
{
    struct known *k = arg;

    (void)v;
    for (const char *const *name = k->names; *name != NULL; name++)
        if (strcmp(*name, key) == 0)
            return;
    wrong(k->r, key, "unknown");
}

static void only(struct reading *r, const struct json *o, const char *const *names)
{
    struct known k = {r, names};

    json_each(o, member_known, &k);
}

/* ---- rules ------------------------------------------------------------------------ */

static void rule_wrong(struct reading *r, const char *member,
                       const struct rule_faults *faults)
{
    char pointer[POINTER_BYTES + 60];

    for (int i = 0; i < faults->n; i++) {
        snprintf(pointer, sizeof pointer, "%s/%s%s", r->at, member,
                 faults->fault[i].pointer);
        fault_put(r, pointer, fault_code(faults->fault[i].code),
                  fault_words(faults->fault[i].code));
    }
}

static void personal_wrong(struct reading *r, const char *member)
{
    const struct rule_faults faults = {.fault = {{.code = FAULT_FORBIDDEN}}, .n = 1};

    rule_wrong(r, member, &faults);
}

/* NULL: there is none that could be asked; of one from outside a fault says why. */
static struct rule *rule_of(struct reading *r, const struct json *o, const char *member)
{
    struct rule_faults faults = {0};
    struct json *from = json_copy(json_get(o, member));
    const char *text = from != NULL ? json_print(from) : NULL;
    struct rule *rule = NULL;
    enum status st = ST_REFUSED;

    if (text == NULL) {
        wrong(r, member, "required");
        json_free(from);
        return NULL;
    }
    rule = rule_parse(text, strlen(text), r->from->personal, &faults);
    json_free(from);
    if (rule != NULL)
        st = segment_resolve(r->db, rule, 0, &faults);
    if (st == ST_OK && !r->from->personal && rule_personal(rule))
        personal_wrong(r, member); /* a segment that it names asks for it */
    else if (st == ST_OK && compile_cost(rule) > COMPILE_COST_MAX)
        wrong(r, member, "too_large");
    else if (st == ST_OK)
        return rule;
    else if (st == ST_REFUSED && faults.n > 0)
        rule_wrong(r, member, &faults);
    else
        r->st = st == ST_REFUSED ? ST_BROKEN : st;
    rule_free(rule);
    return NULL;
}

/* ---- the steps -------------------------------------------------------------------- */

static int64_t number(struct reading *r, const struct json *o, const char *name,
                      int64_t max)
{
    char path[60];
    int64_t v = 0;

    snprintf(path, sizeof path, "offer/%s", name);
    if (json_get(o, name) == NULL)
        return 0;
    if (!json_int(o, name, &v) || v < 1 || v > max)
        wrong(r, path, "range");
    return v;
}

static void offer_read(struct reading *r, const struct json *o, struct plan_step *s)
{
    static const char *const names[] = {
        "percent_bp", "days", "uses", "min_purchase", "max_amount", "store_id", NULL};
    struct broadcast_offer *f = &s->offer;
    struct store store;

    if (!json_is_object(o)) {
        wrong(r, "offer", "type");
        return;
    }
    only(r, o, names);
    f->percent_bp = (int)number(r, o, "percent_bp", 10000);
    f->days = (int)number(r, o, "days", 365);
    f->uses = (int)number(r, o, "uses", 100);
    f->min_purchase = number(r, o, "min_purchase", 100000000000LL);
    f->max_amount = number(r, o, "max_amount", 100000000000LL);
    f->store_id = number(r, o, "store_id", INT64_MAX);
    if (f->percent_bp == 0)
        wrong(r, "offer/percent_bp", "required");
    if (f->days == 0)
        wrong(r, "offer/days", "required");
    if (f->store_id != 0 && !r->from->kept) {
        enum status st = store_load(r->db, f->store_id, &store);

        if (st == ST_NONE)
            wrong(r, "offer/store_id", "unknown_store");
        else if (st != ST_OK)
            r->st = st;
    }
}

/* Nobody takes them away while a plan that names them is being written. */
static void pictures_hold(struct reading *r, const struct content *c)
{
    int64_t ids[CONTENT_LANGS * CONTENT_MEDIA_MAX];
    int n = 0;
    enum status st;

    content_media(c, ids, CONTENT_LANGS * CONTENT_MEDIA_MAX, &n);
    st = r->from->kept ? ST_OK : media_hold(r->db, ids, n, NULL);
    if (st == ST_NONE)
        wrong(r, "content", "unknown_media");
    else if (st != ST_OK)
        r->st = st;
}

static void send_read(struct reading *r, const struct json *o, struct plan_step *s)
{
    struct content_faults faults = {0};
    const struct json *offer = json_get(o, "offer");
    bool of_discount = offer != NULL || trigger_policy(r->from->trigger)->discount;
    char pointer[200];
    enum status st;

    if (offer != NULL)
        offer_read(r, offer, s);
    if (!json_is_object(json_get(o, "content"))) {
        wrong(r, "content", "required");
        return;
    }
    st = content_read(json_get(o, "content"), of_discount, &s->content, &faults);
    if (st == ST_OK)
        pictures_hold(r, s->content);
    if (st == ST_OK && !r->from->kept)
        st = posts_check(r->db, s->content, &faults);
    if (st != ST_OK && st != ST_REFUSED)
        r->st = st;
    for (int i = 0; i < faults.n; i++) {
        snprintf(pointer, sizeof pointer, "%s/content%s", r->at,
                 faults.fault[i].pointer);
        fault_put(r, pointer, faults.fault[i].code, faults.fault[i].words);
    }
}

static void wait_read(struct reading *r, const struct json *o, struct plan_step *s)
{
    size_t n = 0;
    const char *text = json_text(o, "span", &n);

    if (text == NULL)
        wrong(r, "span", "required");
    else if (span_read(text, n, &s->span) != ST_OK)
        wrong(r, "span", "format");
    else if (s->span.months * 31LL + s->span.days + s->span.seconds / 86400 >
             PLAN_WAIT_MAX_DAYS)
        wrong(r, "span", "range");
}

static void exit_if_read(struct reading *r, const struct json *o, struct plan_step *s)
{
    s->rule = rule_of(r, o, "rule");
}

static void tag_read(struct reading *r, const struct json *o, struct plan_step *s)
{
    struct buf clean = {0};
    size_t n = 0;
    const char *text = json_text(o, "tag", &n);

    if (text == NULL || n == 0) {
        wrong(r, "tag", "required");
        return;
    }
    if (n < sizeof s->tag && utf_valid(text, n))
        utf_add_name(&clean, text, n, TAG_NAME_MAX + 1);
    if (clean.len != n || clean.s == NULL || memcmp(clean.s, text, n) != 0)
        wrong(r, "tag", "format");
    else
        snprintf(s->tag, sizeof s->tag, "%s", text);
    buf_free(&clean);
}

static const struct step_form {
    void (*read)(struct reading *r, const struct json *o, struct plan_step *s);
    const char *const names[4];
} forms[STEP_KINDS] = {
    [STEP_SEND] = {send_read, {"do", "content", "offer", NULL}},
    [STEP_WAIT] = {wait_read, {"do", "span", NULL}},
    [STEP_EXIT_IF] = {exit_if_read, {"do", "rule", NULL}},
    [STEP_ADD_TAG] = {tag_read, {"do", "tag", NULL}},
    [STEP_REMOVE_TAG] = {tag_read, {"do", "tag", NULL}},
};

static void step_read(struct reading *r, const struct json *o)
{
    struct plan_step *s = &r->plan->step[r->plan->n++];
    const char *what = json_text(o, "do", NULL);
    int before = r->wrongs;
    int k = 0;

    if (!json_is_object(o)) {
        wrong(r, "", "type");
        return;
    }
    while (what != NULL && k < STEP_KINDS &&
           strcmp(step_kind_name((enum step_kind)k), what) != 0)
        k++;
    if (what == NULL || k == STEP_KINDS) {
        wrong(r, "do", what == NULL ? "required" : "not_one_of");
        return;
    }
    s->kind = (enum step_kind)k;
    only(r, o, forms[k].names);
    forms[k].read(r, o, s);
    s->broken = r->wrongs > before;
}

/* ---- the whole -------------------------------------------------------------------- */

static void steps_read(struct reading *r, const struct json *all)
{
    size_t n = json_count(all);
    bool does = false;

    if (!json_is_array(all) || n > PLAN_STEPS_MAX) {
        wrong(r, "steps", json_is_array(all) ? "too_many" : "required");
        return;
    }
    for (size_t i = 0; i < n && r->st == ST_OK; i++) {
        snprintf(r->at, sizeof r->at, "/steps/%zu", i);
        step_read(r, json_at(all, i));
        does |=
            r->plan->step[i].kind != STEP_WAIT && r->plan->step[i].kind != STEP_EXIT_IF;
    }
    r->at[0] = '\0';
    if (!does)
        wrong(r, "steps", "too_few");
}

static void ends_read(struct reading *r, const struct json *o)
{
    const struct json *goals = json_get(o, "goals");
    int before = r->wrongs;

    if (json_get(o, "exit") != NULL)
        r->plan->exit = rule_of(r, o, "exit");
    r->plan->exit_broken = r->wrongs > before;
    if (goals != NULL && !json_is_array(goals))
        wrong(r, "goals", "type");
    for (size_t i = 0; i < json_count(goals); i++) {
        const char *goal = json_text(json_at(goals, i), "", NULL);

        if (goal == NULL || strcmp(goal, "bought") != 0)
            wrong(r, "goals", "not_one_of");
        else
            r->plan->goals |= GOAL_BOUGHT;
    }
}

enum status automation_plan_read(struct db *db, const struct plan_source *from,
                                 struct automation_plan **out,
                                 struct content_faults *faults)
{
    static const char *const names[] = {"steps", "exit", "goals", NULL};
    struct reading r = {.db = db, .from = from, .faults = faults};

    *out = NULL;
    *faults = (struct content_faults){0};
    r.plan = calloc(1, sizeof *r.plan);
    if (r.plan == NULL)
        return ST_BROKEN;
    if (!json_is_object(from->json))
        wrong(&r, "", "type");
    else
        only(&r, from->json, names);
    steps_read(&r, json_get(from->json, "steps"));
    if (r.st == ST_OK)
        ends_read(&r, from->json);
    if (r.st == ST_OK && faults->n > 0 && !from->kept)
        r.st = ST_REFUSED;
    if (r.st == ST_OK)
        *out = r.plan;
    else
        automation_plan_free(r.plan);
    return r.st;
}
