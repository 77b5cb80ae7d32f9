/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Segments listed, shown, made, changed, removed; who is on a fixed list. */
#include "api/segments.h"

#include "api/etag.h"
#include "api/list.h"
#include "api/segments_said.h"
#include "api/users.h"

#include <stdio.h>

#define N(table) (sizeof(table) / sizeof *(table))

#define NAME_MAX_SAID 64 /* characters */
#define DESCRIPTION_MAX_SAID 500
#define MEMBERS_MAX_SAID 1000

struct segments_ask segments_asked(struct call *c)
{
    return (struct segments_ask){.db = c->db,
                                 .now = c->now,
                                 .timezone = c->cfg->timezone,
                                 .lang = tell(c, "ru", "en"),
                                 .staff_id = c->who.staff.id,
                                 .personal = users_unmasked(c)};
}

/* ---- refusals --------------------------------------------------------------------- */

/* A pointer into the rule becomes one into the body that has it. */
static enum status rule_wrong(struct call *c, const struct segments_ask *a)
{
    char at[200];

    for (size_t i = 0; i < json_count(a->faults); i++) {
        const struct json *f = json_at(a->faults, i);

        snprintf(at, sizeof at, "/rule%s", json_text(f, "pointer", NULL));
        call_fault(c, at, json_text(f, "code", NULL), "%s",
                   json_text(f, "detail", NULL));
    }
    return problem(c, PROBLEM_SEGMENT_INVALID, NULL);
}

static enum status too_heavy(struct call *c, const struct segments_ask *a)
{
    struct json *extras = problem_extras(c);

    json_set_int(extras, "cost", a->cost);
    json_set_int(extras, "cost_max", a->cost_max);
    json_set_text(extras, "sentence", a->sentence.s);
    if (a->cost > a->cost_max)
        return problem(
            c, PROBLEM_SEGMENT_TOO_EXPENSIVE,
            tell(c,
                 "Правило весит %d, можно до %d. Уберите часть условий о "
                 "покупках, скидках и сообщениях или соберите список.",
                 "The rule weighs %d, at most %d is possible. Leave out some "
                 "conditions on purchases, discounts and messages, or make a "
                 "fixed list."),
            a->cost, a->cost_max);
    return problem(c, PROBLEM_SEGMENT_TOO_EXPENSIVE, "%s",
                   tell(c,
                        "База не успела ответить. Сузьте правило простым условием или "
                        "соберите список.",
                        "The database took too long. Narrow the rule by a plain "
                        "condition, or make a fixed list."));
}

static enum status wrong_body(struct call *c, const char *pointer, const char *code,
                              const char *detail)
{
    call_fault(c, pointer, code, "%s", detail);
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* Those that are told in a sentence. */
static const struct {
    enum problem problem;
    const char *ru, *en;
} told[] = {
    [SEGMENTS_NO_KIND] = {PROBLEM_CONFLICT,
                          "У списка нет правила, а у правила — списка.",
                          "A fixed list has no rule, and a rule has no list."},
    [SEGMENTS_NO_PERSONAL] = {PROBLEM_FORBIDDEN,
                              "Сегмент спрашивает о личных данных, а вам они закрыты.",
                              "The segment asks for personal data, which you may not "
                              "see."},
    [SEGMENTS_STALE] = {PROBLEM_VERSION_MISMATCH, NULL, NULL},
    [SEGMENTS_NAMED] = {PROBLEM_CONFLICT, "На этот сегмент ссылается правило другого.",
                        "The rule of another segment names this one."},
};

static enum status refused(struct call *c, const struct segments_ask *a)
{
    if (a->no == SEGMENTS_NO_RULE)
        return rule_wrong(c, a);
    if (a->no == SEGMENTS_TOO_HEAVY)
        return too_heavy(c, a);
    if (a->no == SEGMENTS_NO_NAME)
        return wrong_body(c, "/name", "format",
                          tell(c, "такого названия не бывает", "that is no name"));
    if (told[a->no].ru == NULL)
        return problem(c, told[a->no].problem, NULL);
    return problem(c, told[a->no].problem, "%s",
                   tell(c, told[a->no].ru, told[a->no].en));
}

enum status segments_end(struct call *c, struct segments_ask *a, enum status st)
{
    if (st == ST_REFUSED && a->no != SEGMENTS_NO_REASON)
        st = refused(c, a);
    else if (st == ST_TAKEN)
        st = problem(c, PROBLEM_CONFLICT, "%s",
                     tell(c, "Сегмент с таким названием уже есть.",
                          "There is a segment of that name already."));
    segments_done(a);
    return st;
}

/* ---- the list --------------------------------------------------------------------- */

static const char *const kinds[] = {"rule", "list", NULL};

/* GET /api/v1/segments */
enum status segments_get(struct call *c)
{
    static const struct field params[] = {
        {"q", FIELD_TEXT, .min = 1, .max = NAME_MAX_SAID},
        {"kind", FIELD_WORD, .words = kinds},
        LIST_FIELDS,
    };
    struct segments_ask ask = segments_asked(c);
    struct segments_filter filter;
    struct list list = {0};
    struct page page;
    size_t n;
    const struct page_sort *sorts = segments_sorts(&n);
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, sorts, n, &page);
    if (st != ST_OK)
        return st;
    filter = (struct segments_filter){.q = given_text(&c->query, "q"),
                                      .rule = given_int(&c->query, "kind", -1) == 0,
                                      .list = given_int(&c->query, "kind", -1) == 1};
    if (list_wants_total(c))
        st = segments_total(&ask, &filter, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = segments_page(&ask, &filter, &page, list.items);
    if (st == ST_OK)
        st = list_answer(c, &page, &list);
    else
        json_free(list.items);
    return segments_end(c, &ask, st);
}

/* ---- one -------------------------------------------------------------------------- */

static enum status answer_one(struct call *c, struct segments_ask *ask, int status,
                              int64_t id)
{
    struct json *o;
    int64_t version;
    enum status st = segments_one(ask, id, &version, &o);

    if (st != ST_OK)
        return st;
    etag_answer(c, version);
    answer_json(c, status, o);
    return ST_OK;
}

/* GET /api/v1/segments/{id} */
enum status segment_get(struct call *c)
{
    struct segments_ask ask = segments_asked(c);
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = answer_one(c, &ask, 200, c->id[0]);
    return segments_end(c, &ask, st);
}

static struct segments_draft drafted(struct call *c)
{
    return (struct segments_draft){.name = given_text(&c->body, "name"),
                                   .description = given_text(&c->body, "description"),
                                   .rule = given_value(&c->body, "rule")->json};
}

/* clang-format off */
#define TEXT_FIELDS                                                                    \
    {"description", FIELD_TEXT, .max = DESCRIPTION_MAX_SAID},                          \
    {"rule", FIELD_JSON}
/* clang-format on */

static enum status kind_checked(struct call *c, const struct segments_draft *d)
{
    if (!d->list && d->rule == NULL)
        return wrong_body(c, "/rule", "required",
                          tell(c, "сегменту по правилу нужно правило",
                               "a segment by rule needs one"));
    if (d->list && d->rule != NULL)
        return wrong_body(c, "/rule", "unknown",
                          tell(c, "у списка нет правила", "a fixed list has no rule"));
    return ST_OK;
}

/* POST /api/v1/segments */
enum status segment_post(struct call *c)
{
    static const struct field body[] = {
        {"name", FIELD_TEXT, .required = true, .min = 1, .max = NAME_MAX_SAID},
        {"kind", FIELD_WORD, .words = kinds},
        TEXT_FIELDS,
    };
    struct segments_ask ask = segments_asked(c);
    struct segments_draft draft;
    char location[60];
    int64_t id = 0;
    enum status st = body_read(c, body, N(body));

    if (st != ST_OK)
        return st;
    draft = drafted(c);
    draft.list = given_int(&c->body, "kind", 0) == 1;
    st = kind_checked(c, &draft);
    if (st == ST_OK)
        st = segments_make(&ask, &draft, &id);
    if (st == ST_OK) {
        snprintf(location, sizeof location, "/api/v1/segments/%lld", (long long)id);
        answer_header(c, "Location", location);
        st = answer_one(c, &ask, 201, id);
    }
    return segments_end(c, &ask, st);
}

static enum status version_checked(struct call *c, struct segments_ask *ask,
                                   bool needed, int64_t *version)
{
    enum status st = segments_version(ask, c->id[0], version);

    return st == ST_OK ? etag_check(c, *version, needed) : st;
}

/* PATCH /api/v1/segments/{id} */
enum status segment_patch(struct call *c)
{
    static const struct field body[] = {
        {"name", FIELD_TEXT, .min = 1, .max = NAME_MAX_SAID},
        TEXT_FIELDS,
    };
    struct segments_ask ask = segments_asked(c);
    struct segments_draft draft;
    int64_t version;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = version_checked(c, &ask, true, &version);
    if (st != ST_OK)
        return st;
    draft = drafted(c);
    if (draft.name != NULL || draft.description != NULL || draft.rule != NULL)
        st = segments_change(&ask, c->id[0], version, &draft);
    if (st == ST_OK)
        st = answer_one(c, &ask, 200, c->id[0]);
    return segments_end(c, &ask, st);
}

/* DELETE /api/v1/segments/{id} */
enum status segment_delete(struct call *c)
{
    struct segments_ask ask = segments_asked(c);
    int64_t version;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = version_checked(c, &ask, false, &version);
    if (st == ST_OK)
        st = segments_drop(&ask, c->id[0], version);
    return segments_end(c, &ask, st);
}

/* ---- a fixed list ----------------------------------------------------------------- */

static enum status members(struct call *c, bool take)
{
    static const struct field body[] = {
        {"customer_ids", FIELD_IDS, .required = true, .most = MEMBERS_MAX_SAID},
    };
    struct segments_ask ask = segments_asked(c);
    struct segments_act act = {.id = c->id[0], .take = take};
    struct json *o;
    int64_t done = 0;
    enum status st = body_read(c, body, N(body));

    if (st != ST_OK)
        return st;
    act.customers = given_value(&c->body, "customer_ids")->ids;
    act.n = given_value(&c->body, "customer_ids")->n;
    st = segments_members(&ask, &act, &done);
    if (st == ST_OK) {
        o = json_new_object();
        json_set_int(o, "segment_id", c->id[0]);
        json_set_int(o, "asked", (int64_t)act.n);
        json_set_int(o, "changed", done);
        answer_json(c, 200, o);
    }
    return segments_end(c, &ask, st);
}

/* POST /api/v1/segments/{id}/members */
enum status segment_members_post(struct call *c)
{
    return members(c, false);
}

/* DELETE /api/v1/segments/{id}/members */
enum status segment_members_delete(struct call *c)
{
    return members(c, true);
}
