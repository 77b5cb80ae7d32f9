/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/jobs.h"

#include "api/list.h"
#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/lane.h"
#include "core/io/ledger_tree.h"
#include "core/io/queue_json.h"
#include "core/message.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

const char *const job_pools[] = {"logic", "send", NULL};
const char *const job_lanes[] = {"hot", "normal", "low", "bulk", NULL};
static const char *const states[] = {"open", "ran", "dead", NULL};
static const char *const ends[] = {"done",  "retry",  "dead",    "cancelled", "expired",
                                   "tries", "poison", "timeout", "unknown",   NULL};

/* ---- what was asked -------------------------------------------------------------- */

enum status job_id(struct call *c, uint8_t id[16])
{
    if (ulid_parse(c->key, strlen(c->key), id) == ST_OK)
        return ST_OK;
    return problem(c, PROBLEM_NOT_FOUND, NULL);
}

const char *job_kind(struct call *c, const struct given *g, const char *pointer)
{
    const char *name = given_text(g, "kind");
    enum kind k = name != NULL ? kind_find(name, strlen(name)) : KIND_UNKNOWN;

    if (name == NULL)
        return NULL;
    if (k != KIND_UNKNOWN || strcmp(name, "unknown") == 0)
        return kind_policy(k)->name;
    call_fault(c, pointer, "not_one_of", "%s",
               tell(c, "такого вида заданий нет", "there is no such kind of jobs"));
    return NULL;
}

void job_lists(const struct given *g, int *first, int *last)
{
    *first = *last = 0;
    if (given_has(g, "lane")) {
        const struct lane_policy *p =
            lane_policy(LANE_HOT + (enum kind_lane)given_int(g, "lane", 0));

        *first = p->first;
        *last = p->last;
    }
}

/* Jobs of a customer: those of the roots that their newest messages followed from. */
struct roots {
    char text[LEDGER_ROOTS_MAX][MESSAGE_ROOT_BYTES];
    const char *list[LEDGER_ROOTS_MAX];
    int n;
};

static enum status roots_read(struct call *c, struct roots *r)
{
    const char *root = given_text(&c->query, "root");
    int64_t customer = given_int(&c->query, "customer_id", 0);
    enum status st = ST_OK;

    r->n = 0;
    if (root != NULL)
        snprintf(r->text[r->n++], sizeof r->text[0], "%s", root);
    else if (customer != 0)
        st = message_roots(c->db, customer, r->text, LEDGER_ROOTS_MAX, &r->n);
    for (int i = 0; i < r->n; i++)
        r->list[i] = r->text[i];
    return st;
}

/* ---- lists ----------------------------------------------------------------------- */

/* A page's place: the time of the row and, in its text, the job's id. */
static enum status behind_read(struct call *c, const struct page *p,
                               struct ledger_line *out)
{
    *out = (struct ledger_line){.at = p->place.number};
    if (ulid_parse(p->place.text, strlen(p->place.text), out->id) == ST_OK)
        return ST_OK;
    call_fault(c, "?cursor", "format", "%s",
               tell(c, "этот курсор не от такого списка, начните сначала",
                    "this cursor is not of such a list, begin anew"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

struct listing {
    struct page *page;
    struct json *items;
};

static void listing_add(void *arg, const struct ledger_line *l)
{
    struct listing *t = arg;
    struct page *p = t->page;

    if (p->rows == p->limit) {
        p->more = true;
        return;
    }
    p->last = (struct page_place){.number = l->at};
    ulid_print(l->id, p->last.text);
    if (p->rows++ == 0)
        p->first = p->last;
    json_push(t->items, json_line(l));
}

/* Of what the query asked for, and `ask` says beside it. */
static enum status list_run(struct call *c, struct ledger_ask *ask)
{
    static const struct page_sort newest[] = {{"at", "at", PAGE_TIME}};
    struct ledger_line behind;
    struct page page;
    struct listing t = {.page = &page};
    struct roots roots;
    enum status st = list_begin(c, newest, 1, &page);

    page.descending = true;
    if (st == ST_OK && page.placed && (st = behind_read(c, &page, &behind)) == ST_OK)
        ask->behind = &behind;
    if (st == ST_OK)
        st = roots_read(c, &roots);
    if (st != ST_OK)
        return st;
    ask->newer = page.backwards;
    ask->limit = page.limit + 1;
    ask->roots = roots.list;
    ask->n_roots = (size_t)roots.n;
    t.items = json_new_array();
    if (roots.n > 0 || !given_has(&c->query, "customer_id"))
        st = ledger_list(c->db, ask, listing_add, &t);
    if (st == ST_OK)
        return list_answer(c, &page, &(struct list){.items = t.items});
    json_free(t.items);
    return st;
}

static struct ledger_ask ask_of(struct call *c, enum ledger_where where)
{
    const struct given *q = &c->query;
    int64_t older = given_int(q, "older_than", 0) * SECOND;
    struct ledger_ask a = {.where = where,
                           .kind = job_kind(c, q, "?kind"),
                           .from = given_int(q, "from", 0),
                           .to = given_int(q, "to", 0)};

    if (given_has(q, "pool"))
        a.pool = POOL_LOGIC + (enum kind_pool)given_int(q, "pool", 0);
    job_lists(q, &a.list_first, &a.list_last);
    if (older != 0 && (a.to == 0 || c->now - older < a.to))
        a.to = c->now - older;
    if (given_has(q, "end"))
        a.end = ends[given_int(q, "end", 0)];
    return a;
}

#define OLDEST_S (3650 * 86400LL)
/* clang-format off */
#define FILTERS                                                                        \
    {"kind", FIELD_TEXT, .min = 1, .max = 40},                                         \
    {"pool", FIELD_WORD, .words = job_pools},                                          \
    {"lane", FIELD_WORD, .words = job_lanes},                                          \
    {"customer_id", FIELD_ID},                                                         \
    {"root", FIELD_TEXT, .min = 1, .max = MESSAGE_ROOT_BYTES - 1},                     \
    {"end", FIELD_WORD, .words = ends},                                                \
    {"from", FIELD_TIME},                                                              \
    {"to", FIELD_TIME},                                                                \
    {"older_than", FIELD_INT, .min = 1, .max = OLDEST_S},                              \
    {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},                             \
    {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX}
/* clang-format on */

/* GET /api/v1/jobs */
enum status jobs_get(struct call *c)
{
    static const struct field params[] = {{"state", FIELD_WORD, .words = states},
                                          FILTERS};
    enum status st = query_read(c, params, N(params));
    struct ledger_ask ask;

    if (st != ST_OK)
        return st;
    ask = ask_of(c, LEDGER_OPEN + (enum ledger_where)given_int(&c->query, "state", 0));
    return list_run(c, &ask);
}

/* GET /api/v1/jobs/dead */
enum status jobs_dead_get(struct call *c)
{
    static const struct field params[] = {FILTERS};
    enum status st = query_read(c, params, N(params));
    struct ledger_ask ask;

    if (st != ST_OK)
        return st;
    ask = ask_of(c, LEDGER_DEAD);
    return list_run(c, &ask);
}

#define CRASHES_BACK (7 * DAY)

/* GET /api/v1/jobs/crashes: attempts that took their worker with them. */
enum status jobs_crashes_get(struct call *c)
{
    static const struct field params[] = {FILTERS};
    enum status st = query_read(c, params, N(params));
    struct ledger_ask ask;

    if (st != ST_OK)
        return st;
    ask = ask_of(c, LEDGER_DONE);
    ask.crashed = true;
    if (ask.from == 0)
        ask.from = c->now - CRASHES_BACK;
    return list_run(c, &ask);
}

/* ---- one job --------------------------------------------------------------------- */

struct story {
    struct json *tries;
    struct ledger_line last;
    struct queue_found now;
    bool here; /* in Redis, as `now` says */
    int n;
};

static void story_add(void *arg, const struct ledger_line *l)
{
    struct story *s = arg;

    s->last = *l;
    s->n++;
    if (s->tries != NULL)
        json_push(s->tries, json_line(l));
}

/* ST_NONE: nothing is known of it. What has no row, an update above all, may be in Redis
 * all the same. */
static enum status story_read(struct call *c, const uint8_t id[16], struct story *s)
{
    enum status st = ledger_story(c->db, id, story_add, s), found;

    if (st != ST_NONE && (st != ST_OK || s->last.where != LEDGER_OPEN))
        return st;
    found = queue_find(c->queue, id, &s->now);
    s->here = found == ST_OK;
    if (s->n > 0)
        return found == ST_NONE ? ST_OK : found;
    snprintf(s->last.kind, sizeof s->last.kind, "%s", s->here ? s->now.kind : "");
    snprintf(s->last.root, sizeof s->last.root, "%s", s->here ? s->now.root : "");
    return found;
}

static struct json *policy_json(const char *kind)
{
    static const char *const classes[] = {
        [CLASS_D] = "D", [CLASS_U] = "U", [CLASS_E] = "E"};
    const struct kind_policy *p = kind_policy(kind_find(kind, strlen(kind)));
    struct json *o = json_new_object();

    json_set_text(o, "class", p->class != 0 ? classes[p->class] : NULL);
    json_set_text(o, "alias", p->alias);
    json_set_int(o, "tries", p->tries);
    json_set_int(o, "timeout_s", p->timeout_s);
    return o;
}

static enum status args_set(struct call *c, const uint8_t id[16], struct json *o)
{
    struct buf body = {0};
    enum status st = ledger_body(c->db, id, &body);
    struct json *args = st == ST_OK ? json_masked(body.s, body.len) : NULL;

    json_set_text(o, "args", NULL);
    if (args != NULL)
        json_set(o, "args", args);
    buf_free(&body);
    return st == ST_NONE ? ST_OK : st; /* it is over: nothing is left of it */
}

static struct json *story_json(const uint8_t id[16], struct story *s)
{
    static const char *const state[] = {[0] = "open",
                                        [LEDGER_OPEN] = "open",
                                        [LEDGER_DONE] = "ran",
                                        [LEDGER_DEAD] = "dead"};
    struct json *o = json_new_object();

    json_set_id(o, "id", id);
    json_set_text(o, "kind", s->last.kind);
    json_set_text(o, "state", state[s->last.where]);
    json_set_text(o, "root", s->last.root[0] != '\0' ? s->last.root : NULL);
    if (s->last.has_parent)
        json_set_id(o, "parent", s->last.parent);
    else
        json_set_text(o, "parent", NULL);
    json_set(o, "policy", policy_json(s->last.kind));
    json_set(o, "tries", s->tries);
    json_set_text(o, "now", NULL);
    if (s->here)
        json_set(o, "now", json_found(&s->now));
    s->tries = NULL;
    return o;
}

/* GET /api/v1/jobs/{key} */
enum status job_get(struct call *c)
{
    struct story s = {.tries = json_new_array()};
    struct json *o = NULL;
    uint8_t id[16];
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = job_id(c, id);
    if (st == ST_OK)
        st = story_read(c, id, &s);
    if (st == ST_OK) {
        o = story_json(id, &s);
        st = args_set(c, id, o);
    }
    json_free(s.tries);
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}

/* ---- the tree -------------------------------------------------------------------- */

static struct json *node_json(const struct tree_node *n)
{
    struct json *o = json_line(&n->line);

    json_set_int(o, "depth", n->depth);
    json_set_int(o, "attempts", n->runs);
    return o;
}

static void message_add(void *arg, const struct message *m)
{
    static const char *const purpose[] = {[MESSAGE_SERVICE] = "service",
                                          [MESSAGE_MARKETING] = "marketing",
                                          [MESSAGE_RECEIPT] = "receipt"};
    struct json *o = json_new_object();

    json_set_int(o, "id", m->id);
    json_set_text(o, "state", message_state_name(m->state));
    json_set_text(o, "bot", m->sender == SENDER_AUTH ? "auth" : "client");
    json_set_text(o, "purpose",
                  m->purpose <= MESSAGE_RECEIPT ? purpose[m->purpose] : NULL);
    json_set_text(o, "customer_id", NULL);
    if (m->customer_id != 0)
        json_set_int(o, "customer_id", m->customer_id);
    json_set_int(o, "attempts", m->attempts);
    json_set_time(o, "created_at", m->created_at);
    json_set_time(o, "sent_at", m->sent_at);
    json_set_text(o, "why", m->why[0] != '\0' ? m->why : NULL);
    json_push(arg, o);
}

static enum status tree_answer(struct call *c, const char *root)
{
    struct json *o = json_new_object(), *jobs = json_new_array(),
                *messages = json_new_array();
    struct ledger_tree tree;
    enum status st = ledger_tree_grow(c->db, root, &tree), told;

    told = st == ST_OK || st == ST_NONE
               ? message_trace(c->db, root, message_add, messages)
               : st;
    for (int i = 0; i < tree.n; i++)
        json_push(jobs, node_json(&tree.node[i]));
    json_set_text(o, "root", root);
    json_set(o, "jobs", jobs);
    json_set_bool(o, "more", tree.more);
    json_set(o, "messages", messages);
    ledger_tree_free(&tree);
    if (told != ST_NONE)
        st = told;
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st;
}

/* GET /api/v1/jobs/{key}/trace */
enum status job_trace_get(struct call *c)
{
    struct story s = {.tries = NULL};
    uint8_t id[16];
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = job_id(c, id);
    if (st == ST_OK)
        st = story_read(c, id, &s);
    if (st == ST_OK && s.last.root[0] == '\0')
        return problem(c, PROBLEM_NOT_FOUND, "%s",
                       tell(c, "Это задание ни из чего не следует.",
                            "This job followed from nothing."));
    return st == ST_OK ? tree_answer(c, s.last.root) : st;
}

/* GET /api/v1/jobs/trace?root= */
enum status jobs_trace_get(struct call *c)
{
    static const struct field params[] = {{"root", FIELD_TEXT, .required = true,
                                           .min = 1, .max = MESSAGE_ROOT_BYTES - 1}};
    enum status st = query_read(c, params, N(params));
    const char *root = st == ST_OK ? given_text(&c->query, "root") : "";

    for (const char *p = root; *p != '\0'; p++)
        if ((unsigned char)*p >= 0x80)
            return problem(c, PROBLEM_NOT_FOUND, NULL); /* roots are ASCII */
    return st == ST_OK ? tree_answer(c, root) : st;
}
