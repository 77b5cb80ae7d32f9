/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a template would say to somebody, whether a content may be said at all, and what
 * may stand in one. */
#include "api/templates.h"

#include "api/content.h"
#include "api/templates_size.h"
#include "core/base/clock.h"
#include "core/template/own_text.h"
#include "core/template/template.h"

#include <stdlib.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define SAMPLE_BP 1000 /* of a discount that was not named */
#define SAMPLE_DAYS 7

static const char *const langs[] = {"ru", "en", NULL};

/* ---- what may stand in one -------------------------------------------------------- */

/* GET /api/v1/templates/variables */
enum status templates_variables_get(struct call *c)
{
    struct json *o = json_new_object(), *items = json_new_array();
    enum status st = query_read(c, NULL, 0);

    for (int i = 0; i < content_variables_n; i++) {
        const struct content_variable *v = &content_variables[i];
        struct json *one = json_new_object();

        json_set_text(one, "name", v->name);
        json_set(one, "help", words_json(v->help.ru, v->help.en));
        json_set(one, "sample", words_json(v->sample.ru, v->sample.en));
        json_set(one, "fallback", words_json(v->fallback.ru, v->fallback.en));
        json_set_int(one, "longest", v->max);
        json_set_bool(one, "of_discount", v->of_discount);
        json_push(items, one);
    }
    json_set(o, "items", items);
    if (st != ST_OK)
        json_free(o);
    else
        answer_json(c, 200, o);
    return st;
}

static bool wanted(const struct own_text *t, const char *q, int shown_as)
{
    return (q == NULL || strstr(t->key, q) != NULL || strstr(t->words.ru, q) != NULL ||
            strstr(t->words.en, q) != NULL) &&
           (shown_as < 0 || (int)t->kind == shown_as);
}

/* GET /api/v1/templates/texts */
enum status templates_texts_get(struct call *c)
{
    static const char *const shown[] = {"sentence", "caption", "alert", "button", NULL};
    static const struct field params[] = {
        {"q", FIELD_TEXT, .min = 1, .max = 64},
        {"shown_as", FIELD_WORD, .words = shown},
    };
    struct json *o, *items;
    const struct own_text *t;
    int n;
    enum status st = query_read(c, params, N(params));

    if (st != ST_OK)
        return st;
    o = json_new_object();
    items = json_new_array();
    t = own_texts(&n);
    for (int i = 0; i < n; i++)
        if (wanted(&t[i], given_text(&c->query, "q"),
                   (int)given_int(&c->query, "shown_as", -1)))
            json_push(items, own_text_json(&t[i]));
    json_set(o, "items", items);
    answer_json(c, 200, o);
    return ST_OK;
}

/* ---- may it be said? -------------------------------------------------------------- */

static void detail_set(struct call *c, struct json *o, const struct content_fault *f)
{
    struct buf text = {0};

    buf_adds(&text, tell(c, f->words.ru, f->words.en));
    if (f->at >= 0)
        buf_addf(&text, tell(c, " (символ %d)", " (character %d)"), f->at + 1);
    json_set_text(o, "detail", text.s);
    buf_free(&text);
}

static struct json *faults_json(struct call *c, const struct content_faults *faults)
{
    struct json *all = json_new_array();

    for (int i = 0; i < faults->n; i++) {
        const struct content_fault *f = &faults->fault[i];
        struct json *o = json_new_object();

        json_set_text(o, "pointer", f->pointer);
        json_set_text(o, "code", f->code);
        detail_set(c, o, f);
        json_push(all, o);
    }
    return all;
}

/* Takes canonical over, which is NULL where faults are told. */
static enum status checked(struct call *c, const struct template_check *check,
                           struct json *canonical, const struct content_faults *faults)
{
    struct json *o = json_new_object(), *sizes = json_new_array();
    enum status st = ST_OK;

    if (canonical != NULL)
        st = sizes_add(check, canonical, sizes);
    json_set_bool(o, "valid", canonical != NULL);
    json_set(o, "faults", faults_json(c, faults));
    json_set(o, "sizes", sizes);
    if (canonical != NULL)
        json_set(o, "content", canonical);
    else
        json_set_text(o, "content", NULL);
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}

static enum status no_such_text(struct call *c)
{
    call_fault(c, "/key", "not_one_of", "%s",
               tell(c, "такого текста у ботов нет, или он не меняется",
                    "the bots have no such text, or it is not to be changed"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* POST /api/v1/templates/check */
enum status templates_check_post(struct call *c)
{
    static const struct field body[] = {
        {"key", FIELD_TEXT, .min = 1, .max = TEMPLATE_KEY_MAX},
        {"of_discount", FIELD_BOOL},
        {"content", FIELD_JSON, .required = true},
    };
    struct template_check check = {.kind = TEMPLATE_MESSAGE};
    struct content_faults faults;
    struct json *canonical = NULL;
    enum status st = body_read(c, body, N(body));

    if (st != ST_OK)
        return st;
    check.key = given_text(&c->body, "key");
    check.of_discount = given_bool(&c->body, "of_discount", false);
    check.content = given_value(&c->body, "content")->json;
    if (check.key != NULL && strncmp(check.key, "bot.", 4) == 0)
        check.kind = TEMPLATE_TEXT;
    st = template_check(c->db, &check, &canonical, &faults);
    if (st == ST_NONE)
        return no_such_text(c);
    if (st != ST_OK && st != ST_REFUSED)
        return st;
    return checked(c, &check, canonical, &faults);
}

/* ---- what it would say ------------------------------------------------------------ */

static const struct field discount_fields[] = {
    {"percent_bp", FIELD_INT, .required = true, .min = 1, .max = 10000},
    {"valid_until", FIELD_TIME},
};

/* Nobody's values, where no customer is named. */
static void sample(int lang, const struct content_whose *whose,
                   struct content_person *out)
{
    const struct content_variable *v = content_variables;

    *out = (struct content_person){.lang = lang,
                                   .purchases = 7,
                                   .spent = 1250000,
                                   .percent_bp = whose->percent_bp};
    for (int i = 0; i < content_variables_n; i++) {
        const char *s = lang == 0 ? v[i].sample.ru : v[i].sample.en;

        if (strcmp(v[i].name, "first_name") == 0)
            out->first_name = s;
        else if (strcmp(v[i].name, "last_name") == 0)
            out->last_name = s;
        else if (strcmp(v[i].name, "store") == 0)
            out->store = s;
        else if (strcmp(v[i].name, "brand") == 0)
            out->brand = s;
        else if (strcmp(v[i].name, "discount.code") == 0 && whose->percent_bp > 0)
            out->code = s;
        else if (strcmp(v[i].name, "discount.until") == 0 && whose->percent_bp > 0)
            out->until = s;
    }
}

static enum status one_language(struct call *c, const struct content *content,
                                struct content_whose *whose, struct json *items)
{
    struct content_viewer *viewer = calloc(1, sizeof *viewer);
    struct rendered r = {0};
    struct json *o;
    enum status st = viewer != NULL ? ST_OK : ST_BROKEN;

    if (st == ST_OK && whose->customer_id != 0)
        st = content_viewer_load(c, whose, viewer);
    else if (st == ST_OK)
        sample(whose->lang, whose, &viewer->person);
    if (st == ST_OK)
        st = content_render(content, &viewer->person, NULL, &r);
    if (st == ST_OK) {
        o = rendered_json(&r);
        json_set_text(o, "lang", langs[whose->lang]);
        json_set_int(o, "length", text_length(r.text.s));
        st = longest_set(content, whose->lang, o);
        json_push(items, o);
    }
    rendered_free(&r);
    free(viewer);
    return st;
}

static enum status messages(struct call *c, const struct template *t,
                            const struct json *from, struct json *items)
{
    const struct given *d = given_value(&c->body, "discount")->object;
    struct content_whose whose = {.customer_id = given_int(&c->body, "customer_id", 0),
                                  .percent_bp = (int)given_int(d, "percent_bp", 0),
                                  .until = given_int(d, "valid_until", 0)};
    int only = (int)given_int(&c->body, "language", -1);
    struct content_faults faults = {0};
    struct content *content = NULL;
    enum status st = content_read(from, t->of_discount, &content, &faults);

    if (t->of_discount && d == NULL)
        whose.percent_bp = SAMPLE_BP;
    if (whose.percent_bp > 0 && whose.until == 0)
        whose.until = c->now + SAMPLE_DAYS * DAY;
    for (int lang = 0; st == ST_OK && lang < CONTENT_LANGS; lang++)
        if (content_has(content, lang) && (only < 0 || only == lang)) {
            whose.lang = lang;
            st = one_language(c, content, &whose, items);
        }
    content_free(content);
    if (st != ST_REFUSED)
        return st;
    content_faults_say(c, "/content", &faults); /* of a program before this one */
    return problem(c, PROBLEM_CONFLICT, NULL);
}

/* A text of the bots: as it is, its places open. */
static void texts(struct call *c, const struct template *t, const struct json *from,
                  struct json *items)
{
    int only = (int)given_int(&c->body, "language", -1);

    for (int lang = 0; lang < CONTENT_LANGS; lang++)
        if (json_get(from, langs[lang]) != NULL && (only < 0 || only == lang))
            json_push(items, own_text_shown(t->key, from, lang));
}

/* POST /api/v1/templates/{id}/preview */
enum status template_preview_post(struct call *c)
{
    static const struct field body[] = {
        {"no", FIELD_INT, .min = 1, .max = INT32_MAX},
        {"customer_id", FIELD_ID},
        {"language", FIELD_WORD, .words = langs},
        {"discount", FIELD_OBJECT, .fields = discount_fields, .n = N(discount_fields)},
    };
    struct template_version v = {0};
    struct template t;
    struct json *o = json_new_object(), *items = json_new_array();
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = template_load(c->db, c->id[0], &t);
    if (st == ST_OK)
        st = template_version_load(c->db, t.id, (int)given_int(&c->body, "no", 0), &v);
    if (st == ST_OK)
        json_set_int(o, "no", v.no);
    if (st == ST_OK && t.kind == TEMPLATE_MESSAGE)
        st = messages(c, &t, v.content, items);
    else if (st == ST_OK)
        texts(c, &t, v.content, items);
    json_set(o, "items", items);
    json_free(v.content);
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}
