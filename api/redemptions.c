/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/redemptions.h"

#include "api/discounts.h"
#include "api/list.h"
#include "core/base/clock.h"
#include "core/loyalty/redemption_search.h"

#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define SUMS_DAYS 366

const char *const void_reason_words[] = {"amount", "customer", "return", "other", NULL};
_Static_assert(N(void_reason_words) == VOID_OTHER + 1, "a word for each");

/* ---- printing -------------------------------------------------------------------- */

static void sum_set(struct json *o, const char *key, int64_t sum)
{
    if (sum >= 0)
        json_set_int(o, key, sum);
    else
        json_set_text(o, key, NULL);
}

struct json *redemption_json(const struct redemption *r)
{
    bool undone = r->voided_at != 0;
    struct json *o = json_new_object();

    json_id(o, "id", r->training ? 0 : r->id);
    json_set_int(o, "discount_id", r->discount_id);
    json_set_int(o, "customer_id", r->customer_id);
    json_words(o, "customer", r->customer);
    json_set_int(o, "staff_id", r->staff_id);
    json_words(o, "staff", r->staff);
    json_set_int(o, "store_id", r->store_id);
    json_words(o, "store", r->store);
    json_set_int(o, "shift_id", r->shift_id);
    json_set_int(o, "receipt_no", r->receipt_no);
    json_set_text(o, "source", discount_source_words[r->source - 1]);
    json_set_int(o, "value", r->percent_bp);
    sum_set(o, "amount", r->amount);
    sum_set(o, "discount_amount", r->discount);
    json_time(o, "redeemed_at", r->redeemed_at);
    json_set_bool(o, "training", r->training);
    json_set_bool(o, "unverified", r->unverified != 0);
    json_time(o, "voided_at", r->voided_at);
    json_id(o, "voided_by", undone ? r->voided_by : 0);
    json_set_text(o, "void_reason",
                  undone && r->void_reason >= VOID_AMOUNT
                      ? void_reason_words[r->void_reason - VOID_AMOUNT]
                      : NULL);
    json_words(o, "void_note", r->void_note);
    return o;
}

/* ---- the list -------------------------------------------------------------------- */

/* clang-format off */
#define FILTERS                                                                        \
    {"store_id", FIELD_ID}, {"staff_id", FIELD_ID}, {"customer_id", FIELD_ID},         \
    {"discount_id", FIELD_ID}, {"from", FIELD_TIME}, {"to", FIELD_TIME},               \
    {"voided", FIELD_BOOL}
/* clang-format on */

static struct redemption_filter filter_of(const struct call *c)
{
    const struct given *q = &c->query;

    return (struct redemption_filter){.store_id = given_int(q, "store_id", 0),
                                      .by_id = given_int(q, "staff_id", 0),
                                      .customer_id = given_int(q, "customer_id", 0),
                                      .discount_id = given_int(q, "discount_id", 0),
                                      .from = given_int(q, "from", 0),
                                      .until = given_int(q, "to", 0),
                                      .by_voided = given_has(q, "voided"),
                                      .voided = given_bool(q, "voided", false),
                                      .staff_id = call_scope(c)};
}

static enum status list_read(struct call *c, const struct redemption_filter *f,
                             struct page *page, struct list *list)
{
    struct redemption r;
    enum status st = ST_OK;

    if (list_wants_total(c))
        st = redemption_total(c->db, f, &list->total);
    if (st == ST_OK)
        st = redemption_search(c->db, f, page);
    while (st == ST_OK && (st = redemption_search_next(c->db, page, &r)) == ST_OK)
        json_push(list->items, redemption_json(&r));
    return st == ST_NONE ? ST_OK : st;
}

static enum status redemptions_answer(struct call *c, const struct redemption_filter *f,
                                      struct page *page)
{
    struct list list = {.items = json_new_array()};
    enum status st;

    if (!given_has(&c->query, "sort")) {
        page->descending = true;
        if (f->by_voided && f->voided)
            page->sort = &redemption_sorts[REDEMPTION_BY_UNDO];
    }
    st = list_read(c, f, page, &list);
    if (st == ST_OK)
        return list_answer(c, page, &list);
    json_free(list.items);
    return st;
}

/* GET /api/v1/redemptions */
enum status redemptions_get(struct call *c)
{
    static const struct field fields[] = {FILTERS, LIST_FIELDS};
    struct redemption_filter filter;
    struct page page;
    enum status st = query_read(c, fields, N(fields));

    if (st == ST_OK)
        st = list_begin(c, redemption_sorts, REDEMPTION_SORTS, &page);
    if (st != ST_OK)
        return st;
    filter = filter_of(c);
    if (page.sort == &redemption_sorts[REDEMPTION_BY_UNDO] &&
        !(filter.by_voided && filter.voided)) {
        call_fault(c, "?sort", "not_one_of", "%s",
                   tell(c, "voided_at бывает только вместе с voided=true",
                        "voided_at comes together with voided=true only"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    return redemptions_answer(c, &filter, &page);
}

static void sums_answer(struct call *c, const struct redemption_sums *sums)
{
    struct json *o = json_new_object();

    json_set_int(o, "redemptions", sums->live);
    json_set_int(o, "voided", sums->voided);
    json_set_int(o, "purchase_amount", sums->amount);
    json_set_int(o, "discount_amount", sums->off);
    answer_json(c, 200, o);
}

/* GET /api/v1/redemptions/sums: all rows of the filter are added up, so a time must
 * bound them. */
enum status redemptions_sums(struct call *c)
{
    static const struct field fields[] = {FILTERS};
    struct redemption_filter f;
    struct redemption_sums sums;
    enum status st = query_read(c, fields, N(fields));

    if (st != ST_OK)
        return st;
    f = filter_of(c);
    if (f.from == 0 || f.until <= f.from || f.until - f.from > SUMS_DAYS * DAY) {
        call_fault(c, "?from", "range",
                   tell(c, "нужны from и to, между ними не больше %d дней",
                        "from and to are needed, with at most %d days between them"),
                   SUMS_DAYS);
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    st = redemption_sum(c->db, &f, &sums);
    if (st == ST_OK)
        sums_answer(c, &sums);
    return st;
}

/* GET /api/v1/redemptions/{id} */
enum status redemption_get(struct call *c)
{
    struct redemption r;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = redemption_load(c->db, c->id[0], &r);
    if (st == ST_OK)
        st = staff_may_at(c->db, &c->who.staff, c->route->perm, r.store_id);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return problem(c, PROBLEM_NOT_FOUND, NULL);
    if (st == ST_OK)
        answer_json(c, 200, redemption_json(&r));
    return st;
}

/* ---- what was checked ------------------------------------------------------------ */

/* As verdict_name has them, by enum verdict less one. */
static const char *const verdict_words[] = {"valid",
                                            "already_redeemed",
                                            "discount_expired",
                                            "not_yet_valid",
                                            "discount_revoked",
                                            "not_found",
                                            "held",
                                            "own_code",
                                            "wrong_store",
                                            "rate_limited",
                                            "forbidden",
                                            "no_shift",
                                            "consent_withdrawn",
                                            "not_subscribed",
                                            NULL};
_Static_assert(N(verdict_words) == VERDICT_COUNT, "a word for each");

static struct json *attempt_json(const struct attempt *a)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", a->id);
    json_time(o, "at", a->at);
    json_set_text(o, "verdict", verdict_name(a->verdict));
    json_words(o, "code", a->code);
    json_id(o, "discount_id", a->discount_id);
    json_set_int(o, "staff_id", a->by_id);
    json_words(o, "staff", a->by);
    json_id(o, "store_id", a->store_id);
    json_words(o, "store", a->store);
    return o;
}

static enum status attempts_read(struct call *c, const struct attempt_filter *f,
                                 struct page *page, struct list *list)
{
    struct attempt a;
    enum status st = ST_OK;

    if (list_wants_total(c))
        st = attempt_total(c->db, f, &list->total);
    if (st == ST_OK)
        st = attempt_search(c->db, f, page);
    while (st == ST_OK && (st = attempt_search_next(c->db, page, &a)) == ST_OK)
        json_push(list->items, attempt_json(&a));
    return st == ST_NONE ? ST_OK : st;
}

static enum status attempts_answer(struct call *c, const struct attempt_filter *f,
                                   struct page *page)
{
    struct list list = {.items = json_new_array()};
    enum status st;

    if (!given_has(&c->query, "sort"))
        page->descending = true;
    st = attempts_read(c, f, page, &list);
    if (st == ST_OK)
        return list_answer(c, page, &list);
    json_free(list.items);
    return st;
}

/* GET /api/v1/redemption-attempts */
enum status attempts_get(struct call *c)
{
    static const struct field fields[] = {
        {"store_id", FIELD_ID},
        {"staff_id", FIELD_ID},
        {"discount_id", FIELD_ID},
        {"verdict", FIELD_WORDS, .words = verdict_words},
        {"from", FIELD_TIME},
        {"to", FIELD_TIME},
        LIST_FIELDS,
    };
    const struct given *q = &c->query;
    const struct value *words;
    struct attempt_filter filter;
    struct page page;
    enum status st = query_read(c, fields, N(fields));

    if (st == ST_OK)
        st = list_begin(c, attempt_sorts, ATTEMPT_SORTS, &page);
    if (st != ST_OK)
        return st;
    filter = (struct attempt_filter){.store_id = given_int(q, "store_id", 0),
                                     .by_id = given_int(q, "staff_id", 0),
                                     .discount_id = given_int(q, "discount_id", 0),
                                     .from = given_int(q, "from", 0),
                                     .until = given_int(q, "to", 0),
                                     .staff_id = call_scope(c)};
    words = given_value(q, "verdict");
    for (size_t i = 0; words->ids != NULL && i < words->n && i < ATTEMPT_VERDICTS; i++)
        filter.verdict[filter.verdict_n++] = words->ids[i] + 1;
    return attempts_answer(c, &filter, &page);
}
