/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Templates made, changed, put into force, removed. */
#include "api/templates.h"

#include "api/content.h"
#include "api/etag.h"
#include "core/template/template.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

static const char *const purposes[] = {"service", "marketing", NULL};

/* ---- refusals --------------------------------------------------------------------- */

static enum status wrong(struct call *c, const char *pointer, const char *code,
                         const char *detail)
{
    call_fault(c, pointer, code, "%s", detail);
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* What core/template says of a draft. */
static enum status refused(struct call *c, const struct content_faults *faults,
                           const char *why)
{
    if (why == NULL) {
        content_faults_say(c, "/content", faults);
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    if (strcmp(why, "key") == 0)
        return wrong(
            c, "/key", "format",
            tell(c,
                 "маленькие латинские буквы, цифры, точка, дефис, подчёркивание; "
                 "первой буква",
                 "small Latin letters, digits, dot, dash, underscore; a letter "
                 "first"));
    return wrong(c, "/name", "format",
                 tell(c, "такого названия не бывает", "that is no name"));
}

static enum status taken(struct call *c, const char *key)
{
    struct template t;
    enum status st = template_find(c->db, key, &t);

    if (st != ST_OK)
        return st == ST_NONE ? ST_AGAIN : st;
    json_set_int(problem_extras(c), "template_id", t.id);
    return problem(c, PROBLEM_CONFLICT, "%s",
                   tell(c, "Шаблон с таким ключом уже есть.",
                        "There is a template of that key already."));
}

static enum status archived(struct call *c)
{
    return problem(c, PROBLEM_CONFLICT, "%s",
                   tell(c, "Шаблон в архиве: сначала верните его.",
                        "The template is archived: bring it back first."));
}

/* What is said of a change that did not happen. */
static enum status act_end(struct call *c, const struct template_act *act,
                           enum status st)
{
    if (st == ST_BAD)
        return refused(c, &act->faults, act->why);
    if (st == ST_REFUSED)
        return problem(c, PROBLEM_VERSION_MISMATCH, NULL);
    return st == ST_TAKEN ? archived(c) : st;
}

/* ---- made ------------------------------------------------------------------------- */

static struct template_draft drafted(struct call *c)
{
    return (struct template_draft){
        .name = given_text(&c->body, "name"),
        .purpose = (enum message_purpose)(1 + given_int(&c->body, "purpose", -1)),
        .of_discount = (int)given_int(&c->body, "of_discount", -1),
        .archived = -1,
        .content = given_value(&c->body, "content")->json,
        .staff_id = c->who.staff.id,
    };
}

static enum status text_only(struct call *c)
{
    static const char *const of_messages[] = {"purpose", "of_discount"};

    for (size_t i = 0; i < N(of_messages); i++)
        if (given_has(&c->body, of_messages[i])) {
            char at[20];

            snprintf(at, sizeof at, "/%s", of_messages[i]);
            return wrong(c, at, "unknown",
                         tell(c, "у текста бота этого нет", "a bot's text has none"));
        }
    return ST_OK;
}

static enum status make(struct call *c, struct template_draft *d, int64_t *id)
{
    struct content_faults faults = {0};
    const char *why = NULL;
    enum status st = template_add(c->db, c->now, d, &faults, &why, id);

    if (st == ST_BAD || st == ST_REFUSED)
        return refused(c, &faults, why);
    if (st == ST_NONE)
        return wrong(c, "/key", "not_one_of",
                     tell(c, "такого текста у ботов нет, или он не меняется",
                          "the bots have no such text, or it is not to be changed"));
    return st == ST_TAKEN ? taken(c, d->key) : st;
}

/* POST /api/v1/templates */
enum status template_post(struct call *c)
{
    static const struct field body[] = {
        {"key", FIELD_TEXT, .required = true, .min = 1, .max = TEMPLATE_KEY_MAX},
        {"name", FIELD_TEXT, .min = 1, .max = TEMPLATE_NAME_MAX},
        {"purpose", FIELD_WORD, .words = purposes},
        {"of_discount", FIELD_BOOL},
        {"content", FIELD_JSON, .required = true},
        {"activate", FIELD_BOOL},
    };
    struct template_act act = {.version = 1, .staff_id = c->who.staff.id};
    struct template_draft d;
    char location[60];
    enum status st = body_read(c, body, N(body));

    if (st != ST_OK)
        return st;
    d = drafted(c);
    d.key = given_text(&c->body, "key");
    d.kind = strncmp(d.key, "bot.", 4) == 0 ? TEMPLATE_TEXT : TEMPLATE_MESSAGE;
    if (d.kind == TEMPLATE_TEXT)
        st = text_only(c);
    if (st == ST_OK)
        st = make(c, &d, &act.id);
    if (st == ST_OK && given_bool(&c->body, "activate", false))
        st = act_end(c, &act, template_activate(c->db, c->now, &act, 1));
    if (st != ST_OK)
        return st;
    snprintf(location, sizeof location, "/api/v1/templates/%lld", (long long)act.id);
    answer_header(c, "Location", location);
    return template_answer(c, 201, act.id);
}

/* ---- changed ---------------------------------------------------------------------- */

static enum status version_checked(struct call *c, bool needed,
                                   struct template_act *act)
{
    struct template t = {0};
    enum status st = template_load(c->db, c->id[0], &t);

    *act = (struct template_act){c->id[0], t.version, c->who.staff.id};
    return st == ST_OK ? etag_check(c, t.version, needed) : st;
}

/* PATCH /api/v1/templates/{id} */
enum status template_patch(struct call *c)
{
    static const struct field body[] = {
        {"name", FIELD_TEXT, .min = 1, .max = TEMPLATE_NAME_MAX},
        {"purpose", FIELD_WORD, .words = purposes},
        {"of_discount", FIELD_BOOL},
        {"archived", FIELD_BOOL},
        {"content", FIELD_JSON},
    };
    struct template_act act;
    struct template_draft d;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = version_checked(c, true, &act);
    if (st != ST_OK)
        return st;
    d = drafted(c);
    d.archived = (int)given_int(&c->body, "archived", -1);
    if (d.name != NULL || d.purpose != 0 || d.of_discount >= 0 || d.archived >= 0 ||
        d.content != NULL)
        st = act_end(c, &act, template_change(c->db, c->now, &act, &d));
    return st == ST_OK ? template_answer(c, 200, c->id[0]) : st;
}

/* POST /api/v1/templates/{id}/activate */
enum status template_activate_post(struct call *c)
{
    static const struct field body[] = {
        {"no", FIELD_INT, .min = 1, .max = INT32_MAX},
    };
    struct template_act act;
    int no;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = version_checked(c, false, &act);
    if (st != ST_OK)
        return st;
    no = (int)given_int(&c->body, "no", 0);
    st = template_activate(c->db, c->now, &act, no);
    if (st == ST_NONE && no != 0)
        return wrong(c, "/no", "range",
                     tell(c, "такой версии нет", "there is no such version"));
    st = act_end(c, &act, st);
    return st == ST_OK ? template_answer(c, 200, c->id[0]) : st;
}

/* DELETE /api/v1/templates/{id} */
enum status template_delete(struct call *c)
{
    struct template_act act;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = version_checked(c, false, &act);
    if (st != ST_OK)
        return st;
    st = template_remove(c->db, c->now, &act);
    if (st == ST_TAKEN)
        return problem(
            c, PROBLEM_CONFLICT, "%s",
            tell(c, "Сначала уберите шаблон в архив.", "Archive the template first."));
    return act_end(c, &act, st);
}
