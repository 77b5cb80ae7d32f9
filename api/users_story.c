/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What happened to a customer, and what they agreed to. */
#include "api/list.h"
#include "api/users.h"
#include "api/users_life.h"
#include "core/loyalty/discount.h"
#include "core/loyalty/consent_search.h"
#include "core/loyalty/customer_edit.h"
#include "core/loyalty/timeline.h"
#include "core/message.h"

#define N(table) (sizeof(table) / sizeof *(table))

/* ---- the timeline ----------------------------------------------------------------- */

/* In the order of enum timeline_kind, from 1 on. */
static const char *const kinds[TIMELINE_KINDS] = {
    "discount_issued", "redeemed", "redemption_voided", "consent", "message",
    "change",          NULL};

static const char *const purposes[] = {"", "pd", "marketing", NULL}; /* by number */
static const char *const message_purposes[] = {"", "service", "marketing", "receipt"};
static const char *const actors[] = {"",      "system",  "customer",
                                     "staff", "command", "api"};

static const char *one_of(const char *const *words, size_t n, int64_t i)
{
    return i > 0 && (size_t)i < n ? words[i] : NULL;
}

static void sums_set(struct json *o, const struct timeline_event *e)
{
    json_set_int(o, "redemption_id", e->id);
    user_set_id(o, "store_id", e->c);
    if (e->a >= 0) {
        json_set_int(o, "amount", e->a);
        json_set_int(o, "discount", e->b);
    }
}

static void about(struct json *o, const struct timeline_event *e)
{
    switch (e->kind) {
    case TIMELINE_ISSUED:
        json_set_int(o, "discount_id", e->id);
        json_set_int(o, "percent_bp", e->a);
        json_set_text(o, "source", discount_source_name((enum discount_source)e->b));
        json_set_text(o, "code", e->text);
        break;
    case TIMELINE_REDEEMED:
    case TIMELINE_VOIDED:
        sums_set(o, e);
        break;
    case TIMELINE_CONSENT:
        json_set_text(o, "purpose", one_of(purposes, N(purposes), e->a));
        json_set_bool(o, "granted", e->b != 0);
        user_set_id(o, "staff_id", e->c);
        break;
    case TIMELINE_MESSAGE:
        json_set_int(o, "message_id", e->id);
        json_set_text(o, "purpose",
                      one_of(message_purposes, N(message_purposes), e->a));
        json_set_text(o, "state", message_state_name((enum message_state)e->b));
        break;
    default:
        json_set_text(o, "action", e->text);
        json_set_text(o, "actor", one_of(actors, N(actors), e->a));
        user_set_id(o, "actor_id", e->b);
    }
}

static struct json *event_json(const struct timeline_event *e)
{
    struct json *o = json_new_object(), *more = json_new_object();

    json_set_text(o, "kind", timeline_name(e->kind));
    user_set_time(o, "at", e->at);
    about(more, e);
    json_set(o, "about", more);
    return o;
}

static unsigned kinds_said(const struct given *g)
{
    const struct value *v = given_value(g, "kind");
    unsigned all = 0;

    for (size_t i = 0; v->given && i < v->n; i++)
        all |= 1U << (v->ids[i] + TIMELINE_ISSUED);
    return all;
}

static enum status story_begin(struct call *c, const struct page_sort *sorts,
                               struct page *page)
{
    struct customer_row row;
    enum status st = user_seen(c, &row);

    if (st == ST_OK)
        st = list_begin(c, sorts, 1, page);
    page->descending = true;
    return st;
}

/* GET /api/v1/users/{id}/timeline */
enum status user_timeline(struct call *c)
{
    static const struct field params[] = {
        {"kind", FIELD_WORDS, .words = kinds, .most = TIMELINE_KINDS - 1},
        {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},
        {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX},
    };
    struct page page;
    struct list list = {0};
    struct timeline_event event;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = story_begin(c, timeline_sorts, &page);
    if (st != ST_OK)
        return st;
    list.items = json_new_array();
    st = timeline_search(c->db, c->id[0], kinds_said(&c->query), &page);
    while (st == ST_OK && (st = timeline_next(c->db, &page, &event)) == ST_OK)
        json_push(list.items, event_json(&event));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- consents --------------------------------------------------------------------- */

static const char *const channels[] = {"",    "messenger", "panel",
                                       "api", "import",    "till"};

static struct json *consent_json(const struct consent_row *r)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", r->id);
    user_set_time(o, "at", r->at);
    json_set_text(o, "purpose", one_of(purposes, N(purposes), r->purpose));
    json_set_bool(o, "granted", r->granted);
    json_set_text(o, "via", one_of(channels, N(channels), r->via));
    user_set_id(o, "text_version", r->version);
    json_set_text(o, "text_locale", r->language[0] != '\0' ? r->language : NULL);
    user_set_id(o, "staff_id", r->staff_id);
    json_set_text(o, "evidence", r->evidence[0] != '\0' ? r->evidence : NULL);
    return o;
}

/* GET /api/v1/users/{id}/consents */
enum status user_consents(struct call *c)
{
    static const struct field params[] = {
        {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},
        {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX},
    };
    struct page page;
    struct list list = {0};
    struct consent_row row;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = story_begin(c, consent_sorts, &page);
    if (st != ST_OK)
        return st;
    list.items = json_new_array();
    st = consent_search(c->db, c->id[0], &page);
    while (st == ST_OK && (st = consent_search_next(c->db, &page, &row)) == ST_OK)
        json_push(list.items, consent_json(&row));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* A yes is to the words there are now, in the customer's language. */
static enum status act_make(struct call *c, const char *language,
                            struct consent_act *out)
{
    struct consent_text text = {0};
    bool granted = given_bool(&c->body, "granted", false);
    enum status st = ST_OK;

    *out = (struct consent_act){
        .customer_id = c->id[0],
        .purpose = (enum purpose)(given_int(&c->body, "purpose", 0) + PURPOSE_PD),
        .via = CHANNEL_PANEL,
        .staff_id = c->who.staff.id,
        .evidence = given_text(&c->body, "evidence")};
    if (granted)
        st = consent_text_current(c->db, out->purpose, language, &text, NULL);
    out->text_id = text.id;
    return st == ST_NONE ? problem(c, PROBLEM_CONFLICT, "%s",
                                   tell(c, "Текст согласия ещё не опубликован.",
                                        "No text of the consent is published."))
                         : st;
}

static enum status consent_refused(struct call *c)
{
    return problem(c, PROBLEM_CONSENT_MISSING, "%s",
                   tell(c, "Без согласия на обработку данных рекламного не бывает.",
                        "There is none to marketing without the one to processing."));
}

/* POST /api/v1/users/{id}/consents: said to somebody of the shop, who holds the proof. */
enum status user_consent_post(struct call *c)
{
    static const struct field fields[] = {
        {"purpose", FIELD_WORD, .required = true, .words = purposes + 1},
        {"granted", FIELD_BOOL, .required = true},
        {"evidence", FIELD_TEXT, .required = true, .min = 3, .max = 200},
    };
    struct customer who;
    struct consent_act act;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = customer_lock(c->db, c->id[0]);
    if (st == ST_OK)
        st = customer_load(c->db, c->id[0], &who);
    if (st == ST_OK)
        st = act_make(c, who.language, &act);
    if (st != ST_OK)
        return st;
    st = given_bool(&c->body, "granted", false) ? consent_grant(c->db, c->now, &act)
                                                : consent_revoke(c->db, c->now, &act);
    if (st == ST_REFUSED)
        return consent_refused(c);
    return st == ST_OK || st == ST_NONE ? user_answer(c, 201, c->id[0]) : st;
}
