/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/discounts.h"

#include "api/etag.h"
#include "api/list.h"
#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/loyalty/track.h"
#include "core/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define OVERVIEW_DAYS 366

const char *const discount_status_words[] = {"active", "used", "expired", "revoked",
                                             NULL};
_Static_assert(N(discount_status_words) == DISCOUNT_REVOKED + 1, "a word for each");

/* ---- printing -------------------------------------------------------------------- */

int64_t call_scope(const struct call *c)
{
    return role_scope(c->who.staff.role, c->route->perm) < SCOPE_ALL ? c->who.staff.id
                                                                     : 0;
}

void json_time(struct json *o, const char *key, int64_t at)
{
    char text[STAMP_BYTES];

    if (at != 0)
        stamp_print(at, text);
    json_set_text(o, key, at != 0 ? text : NULL);
}

void json_id(struct json *o, const char *key, int64_t id)
{
    if (id != 0)
        json_set_int(o, key, id);
    else
        json_set_text(o, key, NULL);
}

void json_words(struct json *o, const char *key, const char *s)
{
    json_set_text(o, key, *s != '\0' ? s : NULL);
}

/* Whoever has it can spend it. */
static void code_set(const struct call *c, struct json *o, const char *code)
{
    char shown[CODE_SHOWN + 1];
    bool whole = staff_may(&c->who.staff, PERM_DISCOUNT_REVOKE);

    code_show(code, shown);
    for (size_t i = 0; !whole && i + 2 < CODE_SHOWN; i++)
        if (shown[i] != '-')
            shown[i] = '*';
    json_set_text(o, "code", shown);
}

struct json *discount_json(const struct call *c, const struct discount_found *f)
{
    const struct discount *d = &f->discount;
    struct json *o = json_new_object();

    json_set_int(o, "id", d->id);
    json_set_int(o, "customer_id", d->customer_id);
    json_words(o, "customer", f->customer);
    json_set_text(o, "source", discount_source_words[d->source - 1]);
    json_set_text(o, "status", discount_status_words[discount_state(d, c->now) - 1]);
    json_set_text(o, "benefit", "percent");
    json_set_int(o, "value", d->percent_bp);
    json_id(o, "min_purchase", d->min_purchase);
    json_id(o, "max_amount", d->max_amount);
    json_set_int(o, "uses_allowed", d->uses_allowed);
    json_set_int(o, "uses_count", d->uses_count);
    json_time(o, "valid_from", d->valid_from);
    json_time(o, "valid_until", d->valid_until);
    json_id(o, "store_id", d->store_id);
    json_words(o, "store", f->store);
    code_set(c, o, d->code);
    json_id(o, "issuer_id", f->issued_by);
    json_words(o, "issuer", f->issuer);
    json_words(o, "reason", f->reason);
    json_time(o, "created_at", d->created_at);
    if (f->redeemed_at != 0)
        json_time(o, "redeemed_at", f->redeemed_at);
    json_set_int(o, "version", d->version);
    return o;
}

/* ---- the list -------------------------------------------------------------------- */

static const struct field params[] = {
    {"status", FIELD_WORDS, .words = discount_status_words},
    {"source", FIELD_WORDS, .words = discount_source_words},
    {"customer_id", FIELD_ID},
    {"issuer_id", FIELD_ID},
    {"store_id", FIELD_ID},
    {"redeemed_store_id", FIELD_ID},
    {"code", FIELD_TEXT, .min = 1, .max = 40},
    {"valid_on", FIELD_TIME},
    {"expires_before", FIELD_TIME},
    {"issued_after", FIELD_TIME},
    {"issued_before", FIELD_TIME},
    LIST_FIELDS,
};

/* Positions of words to numbers of an enum that begins at 1. */
static size_t choices(const struct call *c, const char *name,
                      int64_t out[DISCOUNT_CHOICES])
{
    const struct value *v = given_value(&c->query, name);

    for (size_t i = 0; i < v->n && v->ids != NULL && i < DISCOUNT_CHOICES; i++)
        out[i] = v->ids[i] + 1;
    return v->ids != NULL ? v->n : 0;
}

static void filter_read(struct call *c, struct discount_filter *f,
                        char code[CODE_SYMBOLS + 1])
{
    const struct given *q = &c->query;
    const char *typed = given_text(q, "code");

    *f = (struct discount_filter){
        .now = c->now,
        .customer_id = given_int(q, "customer_id", 0),
        .issuer_id = given_int(q, "issuer_id", 0),
        .store_id = given_int(q, "store_id", 0),
        .redeemed_store_id = given_int(q, "redeemed_store_id", 0),
        .valid_on = given_int(q, "valid_on", 0),
        .expires_before = given_int(q, "expires_before", 0),
        .issued_after = given_int(q, "issued_after", 0),
        .issued_before = given_int(q, "issued_before", 0),
        .staff_id = call_scope(c),
    };
    f->status_n = choices(c, "status", f->status);
    f->source_n = choices(c, "source", f->source);
    if (typed == NULL)
        return;
    f->code = code;
    if (code_read(typed, strlen(typed), code, NULL) != CODE_FINE)
        call_fault(c, "?code", "format", "%s",
                   tell(c, "это не код скидки", "this is no discount's code"));
}

/* Unless another order is asked for: by what the index of the filter is sorted by. */
static void sort_choose(struct call *c, const struct discount_filter *f, struct page *p)
{
    bool redeemed = f->redeemed_store_id != 0;
    bool by_end = f->valid_on != 0 || f->expires_before != 0;

    if (!given_has(&c->query, "sort")) {
        p->sort = &discount_sorts[redeemed ? DISCOUNT_BY_REDEEMED
                                  : by_end ? DISCOUNT_BY_END
                                           : DISCOUNT_BY_CREATED];
        p->descending = redeemed || !by_end;
    } else if (redeemed != (p->sort == &discount_sorts[DISCOUNT_BY_REDEEMED])) {
        call_fault(c, "?sort", "not_one_of", "%s",
                   tell(c, "redeemed_at и redeemed_store_id бывают только вместе",
                        "redeemed_at and redeemed_store_id come together only"));
    }
}

static enum status list_read(struct call *c, const struct discount_filter *f,
                             struct page *page, struct list *list)
{
    struct discount_found found;
    enum status st = ST_OK;

    if (list_wants_total(c))
        st = discount_total(c->db, f, &list->total);
    if (st == ST_OK)
        st = discount_search(c->db, f, page);
    while (st == ST_OK && (st = discount_search_next(c->db, page, &found)) == ST_OK)
        json_push(list->items, discount_json(c, &found));
    return st == ST_NONE ? ST_OK : st;
}

/* GET /api/v1/discounts */
enum status discounts_get(struct call *c)
{
    char code[CODE_SYMBOLS + 1] = "";
    struct discount_filter filter;
    struct list list = {0};
    struct page page;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, discount_sorts, DISCOUNT_SORTS, &page);
    if (st != ST_OK)
        return st;
    filter_read(c, &filter, code);
    sort_choose(c, &filter, &page);
    if (call_faults(c) > 0)
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    list.items = json_new_array();
    st = list_read(c, &filter, &page, &list);
    if (st == ST_OK)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- one, with all that happened to it ------------------------------------------- */

static const char *const reason_words[] = {"amount", "customer", "return", "other"};

static void event_more(struct json *o, const struct track_event *e)
{
    if (e->kind == TRACK_SHOWN)
        json_set_text(o, "message", message_state_name((enum message_state)e->number));
    if (e->kind == TRACK_CHECKED)
        json_set_text(o, "verdict", verdict_name((enum verdict)e->number));
    if (e->kind == TRACK_REDEEMED || e->kind == TRACK_VOIDED)
        json_set_int(o, "redemption_id", e->number);
    if (e->kind == TRACK_VOIDED && e->detail >= VOID_AMOUNT && e->detail <= VOID_OTHER)
        json_set_text(o, "void_reason", reason_words[e->detail - VOID_AMOUNT]);
    if (e->kind == TRACK_EXTENDED)
        json_time(o, "valid_until", e->number);
    if (e->kind == TRACK_REISSUED)
        json_set_int(o, "discount_id", e->number);
}

static struct json *event_json(const struct track_event *e)
{
    struct json *o = json_new_object();

    json_set_text(o, "kind", track_name(e->kind));
    json_time(o, "at", e->at);
    json_id(o, "staff_id", e->staff_id);
    json_words(o, "staff", e->staff);
    json_id(o, "store_id", e->store_id);
    json_words(o, "store", e->store);
    json_words(o, "reason", e->words);
    event_more(o, e);
    return o;
}

static enum status history_set(struct call *c, struct json *o)
{
    struct track_event *list = calloc(TRACK_MAX, sizeof *list);
    struct json *events = json_new_array();
    int n = 0;
    enum status st = list != NULL ? track_load(c->db, c->id[0], list, &n) : ST_BROKEN;

    for (int i = 0; i < n; i++)
        json_push(events, event_json(&list[i]));
    json_set(o, "history", events);
    free(list);
    return st;
}

/* GET /api/v1/discounts/{id} */
enum status discount_get(struct call *c)
{
    struct discount_found found;
    struct json *o;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = discount_search_one(c->db, c->id[0], call_scope(c), &found);
    if (st != ST_OK)
        return st;
    o = discount_json(c, &found);
    st = history_set(c, o);
    if (st != ST_OK) {
        json_free(o);
        return st;
    }
    etag_answer(c, found.discount.version);
    answer_json(c, 200, o);
    return ST_OK;
}

/* ---- statistics ------------------------------------------------------------------ */

static void tally_add(struct discount_tally *to, const struct discount_tally *t)
{
    to->issued += t->issued;
    for (int i = DISCOUNT_ACTIVE; i <= DISCOUNT_REVOKED; i++)
        to->by_status[i] += t->by_status[i];
    to->redeemed += t->redeemed;
    to->voided += t->voided;
    to->amount += t->amount;
    to->off += t->off;
}

static struct json *tally_json(const struct discount_tally *t, const char *source)
{
    struct json *o = json_new_object();

    if (source != NULL)
        json_set_text(o, "source", source);
    json_set_int(o, "issued", t->issued);
    for (int i = DISCOUNT_ACTIVE; i <= DISCOUNT_REVOKED; i++)
        json_set_int(o, discount_status_words[i - 1], t->by_status[i]);
    json_set_int(o, "redemptions", t->redeemed);
    json_set_int(o, "voided", t->voided);
    json_set_int(o, "purchase_amount", t->amount);
    json_set_int(o, "discount_amount", t->off);
    return o;
}

static void overview_answer(struct call *c, const struct discount_span *span,
                            const struct discount_tally by[SOURCE_COUNT])
{
    struct json *o = json_new_object(), *list = json_new_array();
    struct discount_tally all = {0};

    for (int i = 1; i < SOURCE_COUNT; i++) {
        tally_add(&all, &by[i]);
        json_push(list, tally_json(&by[i], discount_source_words[i - 1]));
    }
    json_time(o, "from", span->from);
    json_time(o, "to", span->until);
    json_set(o, "total", tally_json(&all, NULL));
    json_set(o, "by_source", list);
    answer_json(c, 200, o);
}

/* GET /api/v1/discounts/stats/overview */
enum status discounts_overview(struct call *c)
{
    static const struct field times[] = {{"from", FIELD_TIME}, {"to", FIELD_TIME}};
    struct discount_tally by[SOURCE_COUNT];
    struct discount_span span;
    struct tz *tz;
    enum status st = query_read(c, times, N(times));

    if (st != ST_OK)
        return st;
    span = (struct discount_span){.now = c->now, .staff_id = call_scope(c)};
    span.until = given_int(&c->query, "to", c->now);
    span.from = given_int(&c->query, "from", span.until - 30 * DAY);
    if (span.from >= span.until || span.until - span.from > OVERVIEW_DAYS * DAY) {
        call_fault(c, "?from", "range",
                   tell(c, "раньше to и не больше %d дней до него",
                        "before to, and at most %d days before it"),
                   OVERVIEW_DAYS);
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    tz = tz_open(c->cfg->timezone);
    span.tz = tz;
    st = tz != NULL ? discount_stats(c->db, &span, by) : ST_BROKEN;
    tz_close(tz);
    if (st == ST_OK)
        overview_answer(c, &span, by);
    return st;
}
