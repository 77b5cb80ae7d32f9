/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What became of a broadcast: in figures, and of each recipient. */
#include "api/broadcasts_private.h"
#include "api/list.h"
#include "api/moment.h"
#include "api/users.h"
#include "core/broadcast/compare.h"
#include "core/broadcast/edit.h"
#include "core/broadcast/link.h"

#define N BROADCASTS_N
#define EDITS_SHOWN 20

/* ---- figures ---------------------------------------------------------------------- */

static void states_set(struct json *o, const struct broadcast_sums *s)
{
    struct json *by = json_new_object(), *why = json_new_array();
    int64_t all = 0;

    for (int i = RECIPIENT_QUEUED; i < RECIPIENT_STATES; i++) {
        json_set_int(by, recipient_state_name((enum recipient_state)i), s->n[i]);
        all += s->n[i];
    }
    for (int w = WHY_NONE + 1; w < WHYS; w++) {
        struct json *one;

        if (s->why[w] == 0)
            continue;
        one = json_new_object();
        json_set_text(one, "why", recipient_why_name((enum recipient_why)w));
        json_set_int(one, "count", s->why[w]);
        json_push(why, one);
    }
    json_set_int(o, "recipients", all);
    json_set(o, "by_state", by);
    json_set(o, "by_why", why);
}

static struct json *sums_json(const struct broadcast_sums *s)
{
    struct json *o = json_new_object();

    states_set(o, s);
    json_set_int(o, "clicked", s->clicked);
    json_set_int(o, "left", s->left);
    json_set_int(o, "issued", s->issued);
    json_set_int(o, "redeemed", s->redeemed);
    json_set_int(o, "revenue", s->revenue);
    json_set_int(o, "discount_amount", s->off);
    return o;
}

static enum status variants_set(struct call *c, const struct broadcast *b,
                                struct json *o)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    struct broadcast_sums sums;
    struct json *all, *one;
    int n = 0;
    enum status st = broadcast_variants(c->db, b->id, v, &n);

    if (st != ST_OK)
        return st;
    all = json_new_array();
    for (int i = 0; st == ST_OK && i < n; i++) {
        st = broadcast_sums(c->db, b->id, v[i].no, &sums);
        if (st != ST_OK)
            break;
        one = sums_json(&sums);
        json_set_int(one, "no", v[i].no);
        json_set_int(one, "weight", v[i].weight);
        json_push(all, one);
    }
    json_set(o, "variants", all);
    broadcast_variants_free(v, n);
    return st;
}

/* ---- did it make a difference? ---------------------------------------------------- */

static struct json *group_json(const struct compare_group *g)
{
    struct json *o = json_new_object();

    json_set_int(o, "people", g->people);
    json_set_int(o, "buyers", g->buyers);
    json_set_int(o, "buyers_bp", g->people > 0 ? g->buyers * 10000 / g->people : 0);
    json_set_int(o, "purchases", g->purchases);
    json_set_int(o, "paid", g->paid);
    return o;
}

static enum status compare_set(struct call *c, const struct broadcast *b,
                               const struct broadcast_sums *sums, struct json *o)
{
    struct compare found;
    struct json *is;
    enum status st;

    json_set_text(o, "compare", NULL);
    if (b->started_at == 0 || sums->n[RECIPIENT_HOLDOUT] == 0)
        return ST_OK;
    st = broadcast_compare(c->db, c->now, b, sums, &found);
    if (st != ST_OK)
        return st;
    is = json_new_object();
    moment_set(is, "from", found.from);
    moment_set(is, "to", found.until);
    json_set(is, "sent", group_json(&found.sent));
    json_set(is, "holdout", group_json(&found.holdout));
    json_set(o, "compare", is);
    return ST_OK;
}

static void link_push(void *arg, const struct link_clicks *l)
{
    struct json *o = json_new_object();

    json_set_int(o, "variant", l->no / LINKS_OF_VARIANT);
    json_set_text(o, "target", l->target);
    json_set_int(o, "people", l->people);
    json_set_int(o, "clicks", l->clicks);
    json_push(arg, o);
}

static enum status links_set(struct call *c, const struct broadcast *b, struct json *o)
{
    struct json *all = json_new_array();
    enum status st = link_clicks_each(c->db, b->id, link_push, all);

    json_set_bool(o, "links_counted", links_counted(c->cfg));
    json_set(o, "links", all);
    return st;
}

/* What was reworded or taken back, and how far that is. */
static enum status edits_set(struct call *c, const struct broadcast *b, struct json *o)
{
    struct edit edit[EDITS_SHOWN];
    struct json *all = json_new_array();
    int n = 0;
    enum status st = edit_list(c->db, b->id, edit, EDITS_SHOWN, &n);

    for (int i = 0; i < n; i++) {
        struct json *one = json_new_object();

        json_set_text(one, "does", edit[i].does == EDIT_DELETE ? "delete" : "edit");
        user_set_id(one, "variant", edit[i].variant);
        json_set_int(one, "done", edit[i].sums.done);
        json_set_int(one, "gone", edit[i].sums.gone);
        json_set_int(one, "late", edit[i].sums.late);
        json_set_int(one, "failed", edit[i].sums.failed);
        moment_set(one, "begun_at", edit[i].begun_at);
        moment_set(one, "ended_at", edit[i].ended_at);
        json_push(all, one);
    }
    json_set(o, "edits", all);
    return st;
}

/* GET /api/v1/broadcasts/{id}/stats */
enum status broadcast_stats_get(struct call *c)
{
    struct broadcast b;
    struct broadcast_sums sums;
    struct json *o;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = broadcast_load(c->db, c->id[0], &b);
    if (st == ST_OK)
        st = broadcast_sums(c->db, b.id, 0, &sums);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_int(o, "broadcast_id", b.id);
    json_set_text(o, "state", broadcast_state_name(b.state));
    moment_set(o, "at", c->now);
    json_set(o, "total", sums_json(&sums));
    user_set_id(o, "winner", b.winner);
    st = variants_set(c, &b, o);
    if (st == ST_OK)
        st = compare_set(c, &b, &sums, o);
    if (st == ST_OK)
        st = links_set(c, &b, o);
    if (st == ST_OK)
        st = edits_set(c, &b, o);
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}

/* ---- recipients ------------------------------------------------------------------- */

static const char *const state_words[RECIPIENT_STATES] = {
    "queued",  "sending", "sent",      "failed",
    "skipped", "unknown", "cancelled", "holdout"};
static const char *const why_words[WHYS] = {
    "blocked", "no_consent", "withdrawn", "barred", "cap",
    "late",    "erased",     "refused",   "tries",  "lost"};
_Static_assert(RECIPIENT_STATES == 9 && WHYS == 11, "a word for each, and a NULL");

static struct json *recipient_json(const struct recipient_row *r)
{
    struct json *o = json_new_object();

    json_set_int(o, "customer_id", r->customer_id);
    json_set_text(o, "name", *r->name != '\0' ? r->name : NULL);
    json_set_text(o, "state", recipient_state_name(r->state));
    json_set_text(o, "why", r->why != WHY_NONE ? recipient_why_name(r->why) : NULL);
    user_set_id(o, "variant", r->variant);
    json_set_int(o, "attempts", r->attempts);
    moment_set(o, "due_at", r->state == RECIPIENT_QUEUED ? r->due : 0);
    user_set_id(o, "message_id", r->message_id);
    user_set_id(o, "discount_id", r->discount_id);
    moment_set(o, "ended_at", r->ended_at);
    moment_set(o, "clicked_at", r->clicked_at);
    moment_set(o, "left_at", r->left_at);
    return o;
}

static enum status page_read(struct call *c, struct page *page, struct json *items)
{
    const struct value *states = given_value(&c->query, "state");
    struct recipient_row row;
    struct recipient_filter f = {
        .broadcast_id = c->id[0],
        .why = (int)given_int(&c->query, "why", -2) + 1,
        .variant = (int)given_int(&c->query, "variant", 0),
    };
    enum status st;

    for (size_t i = 0; states->ids != NULL && i < states->n; i++)
        f.states |= 1u << (states->ids[i] + RECIPIENT_QUEUED);
    st = recipient_search(c->db, &f, page);
    while (st == ST_OK && (st = recipient_search_next(c->db, page, &row)) == ST_OK)
        json_push(items, recipient_json(&row));
    return st == ST_NONE ? ST_OK : st;
}

/* GET /api/v1/broadcasts/{id}/recipients */
enum status broadcast_recipients_get(struct call *c)
{
    static const struct field params[] = {
        {"state", FIELD_WORDS, .words = state_words},
        {"why", FIELD_WORD, .words = why_words},
        {"variant", FIELD_INT, .min = 1, .max = BROADCAST_VARIANTS},
        {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},
        {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX},
    };
    struct list list = {0};
    struct broadcast b;
    struct page page;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = broadcast_load(c->db, c->id[0], &b);
    if (st == ST_OK)
        st = broadcast_audience_checked(c, &b);
    if (st == ST_OK)
        st = list_begin(c, recipient_sorts, RECIPIENT_SORTS, &page);
    if (st != ST_OK)
        return st;
    list.items = json_new_array();
    st = page_read(c, &page, list.items);
    if (st == ST_OK)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}
