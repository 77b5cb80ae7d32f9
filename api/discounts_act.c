/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is done to discounts by hand: core/loyalty/discount_act.h, over HTTP. */
#include "api/discounts.h"

#include "api/etag.h"
#include "core/base/clock.h"
#include "core/base/tz.h"
#include "core/loyalty/discount_act.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define DAYS_MAX 3650
#define USES_MAX 100

/* ---- answering ------------------------------------------------------------------- */

/* queued or not_sent, and then why. */
static struct json *message_json(const char *unsaid)
{
    struct json *o = json_new_object();

    json_set_text(o, "state", unsaid == NULL ? "queued" : "not_sent");
    json_set_text(o, "why", unsaid);
    return o;
}

/* The row as it is now, as the card shows it. message: taken over; NULL: none. */
static enum status row_answer(struct call *c, int http, int64_t id,
                              struct json *message)
{
    struct discount_found found;
    struct json *o;
    enum status st = discount_search_one(c->db, id, 0, &found);

    if (st != ST_OK) {
        json_free(message);
        return st;
    }
    o = discount_json(c, &found);
    if (message != NULL)
        json_set(o, "message", message);
    c->about = found.discount.customer_id;
    etag_answer(c, found.discount.version);
    answer_json(c, http, o);
    return ST_OK;
}

/* Why a word of marketing does not go to this person. */
static enum status unsaid_problem(struct call *c, const char *unsaid)
{
    json_set_text(problem_extras(c), "why", unsaid);
    if (strcmp(unsaid, "cap") == 0)
        return problem(c, PROBLEM_LIMIT_REACHED, "%s",
                       tell(c, "Больше сообщений этому человеку пока не обещано.",
                            "This person was promised no more messages for now."));
    return problem(c, PROBLEM_CONSENT_MISSING, "%s",
                   tell(c,
                        "Этот человек не ждёт от нас таких сообщений, поэтому ничего "
                        "не отправлено.",
                        "This person takes no such messages, so nothing was sent."));
}

/* It has ended, one way or another. */
static enum status ended_problem(struct call *c, const struct discount *d)
{
    static const enum problem of[] = {
        [DISCOUNT_ACTIVE] = PROBLEM_CONFLICT,
        [DISCOUNT_USED] = PROBLEM_ALREADY_REDEEMED,
        [DISCOUNT_EXPIRED] = PROBLEM_DISCOUNT_EXPIRED,
        [DISCOUNT_REVOKED] = PROBLEM_DISCOUNT_REVOKED,
    };

    return problem(c, of[discount_state(d, c->now)], NULL);
}

/* ---- issuing --------------------------------------------------------------------- */

static const char *const benefits[] = {"percent", NULL};

static const struct field order_fields[] = {
    {"customer_id", FIELD_ID, .required = true},
    {"benefit", FIELD_WORD, .words = benefits},
    {"value", FIELD_INT, .required = true, .min = 1, .max = 10000},
    {"min_purchase", FIELD_INT, .nullable = true, .min = 1, .max = INT64_MAX},
    {"max_amount", FIELD_INT, .nullable = true, .min = 1, .max = INT64_MAX},
    {"valid_from", FIELD_TIME, .nullable = true},
    {"valid_until", FIELD_TIME, .nullable = true},
    {"ttl_days", FIELD_INT, .nullable = true, .min = 1, .max = DAYS_MAX},
    {"uses_allowed", FIELD_INT, .min = 1, .max = USES_MAX},
    {"store_id", FIELD_ID, .nullable = true},
    {"reason", FIELD_TEXT, .nullable = true, .min = 1, .max = DISCOUNT_REASON_MAX},
    {"notify", FIELD_BOOL},
};

static void term_fault(struct call *c, const char *pointer, const char *code,
                       const char *ru, const char *en)
{
    call_fault(c, pointer, code, "%s", tell(c, ru, en));
}

/* Either an end or a term, and within ten years. */
static void term_read(struct call *c, struct discount_order *o)
{
    bool until = given_has(&c->body, "valid_until");
    bool days = given_has(&c->body, "ttl_days");

    o->valid_from = given_int(&c->body, "valid_from", c->now);
    if (!until && !days)
        term_fault(c, "/valid_until", "required", "нужен valid_until или ttl_days",
                   "valid_until or ttl_days is needed");
    if (until && days)
        term_fault(c, "/ttl_days", "too_many", "либо valid_until, либо ttl_days",
                   "either valid_until or ttl_days");
    if (o->valid_from > c->now + DAYS_MAX * DAY || o->valid_from < c->now - DAY)
        term_fault(c, "/valid_from", "range", "от сегодня и не дальше десяти лет",
                   "from today on, and within ten years");
    o->valid_until = until ? given_int(&c->body, "valid_until", 0)
                           : o->valid_from + given_int(&c->body, "ttl_days", 1) * DAY;
    if (until && (o->valid_until <= o->valid_from || o->valid_until <= c->now ||
                  o->valid_until > c->now + 2 * DAYS_MAX * DAY))
        term_fault(c, "/valid_until", "range", "позже начала и позже, чем сейчас",
                   "later than the beginning, and than now");
}

/* The day of the shop's calendar, for limits. */
static enum status today(const struct call *c, int32_t *day)
{
    struct tz *tz = tz_open(c->cfg->timezone);

    if (tz == NULL)
        return ST_BROKEN;
    *day = tz_local(tz, c->now).day;
    tz_close(tz);
    return ST_OK;
}

static enum status order_read(struct call *c, struct discount_order *o)
{
    const struct given *b = &c->body;
    enum status st = body_read(c, order_fields, N(order_fields));

    if (st != ST_OK)
        return st;
    *o = (struct discount_order){.by = &c->who.staff,
                                 .customer_id = given_int(b, "customer_id", 0),
                                 .percent_bp = (int)given_int(b, "value", 0),
                                 .uses = (int)given_int(b, "uses_allowed", 1),
                                 .min_purchase = given_int(b, "min_purchase", 0),
                                 .max_amount = given_int(b, "max_amount", 0),
                                 .store_id = given_int(b, "store_id", 0),
                                 .reason = given_text(b, "reason"),
                                 .tell = given_bool(b, "notify", true)};
    term_read(c, o);
    if (call_faults(c) > 0)
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    return today(c, &o->day);
}

static enum status not_granted(struct call *c, const struct granted *g)
{
    switch (g->result) {
    case GRANT_NO_CUSTOMER:
        return problem(c, PROBLEM_NOT_FOUND, "%s",
                       tell(c, "Такого покупателя нет.", "There is no such customer."));
    case GRANT_WITHDRAWN:
        return problem(c, PROBLEM_CONSENT_MISSING, NULL);
    case GRANT_BARRED:
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Этому покупателю магазин скидок не выдаёт.",
                            "The shop gives this customer no discounts."));
    case GRANT_STORE:
        return problem(c, PROBLEM_WRONG_STORE, "%s",
                       tell(c, "Назовите магазин, в котором вы работаете.",
                            "Name a store, one that is yours."));
    case GRANT_LIMIT:
        json_set_int(problem_extras(c), "limit", g->limit);
        return problem(c, PROBLEM_LIMIT_REACHED,
                       tell(c, "На сегодня всё: скидок в день — %lld.",
                            "No more today: %lld discounts a day."),
                       (long long)g->limit);
    case GRANTED:
        break;
    }
    return ST_BROKEN;
}

/* POST /api/v1/discounts */
enum status discount_post(struct call *c)
{
    struct discount_order order;
    struct granted g;
    char where[60];
    enum status st = order_read(c, &order);

    if (st == ST_OK)
        st = discount_grant(c->db, c->now, &order, &g);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    if (st != ST_OK)
        return st;
    if (g.result != GRANTED)
        return not_granted(c, &g);
    snprintf(where, sizeof where, "/api/v1/discounts/%lld", (long long)g.discount.id);
    answer_header(c, "Location", where);
    return row_answer(c, 201, g.discount.id, message_json(g.unsaid));
}

/* ---- afterwards ------------------------------------------------------------------ */

/* Is it the version they saw, if they say? Locked until the end. What they may not see is
 * not there for them. */
static enum status seen(struct call *c, struct discount *d)
{
    struct discount_found found;
    enum status st = discount_lock(c->db, c->id[0], d);

    if (st == ST_OK)
        st = discount_search_one(c->db, c->id[0], call_scope(c), &found);
    return st == ST_OK ? etag_check(c, d->version, false) : st;
}

static struct discount_act act_of(struct call *c)
{
    return (struct discount_act){
        .by = &c->who.staff, .id = c->id[0], .reason = given_text(&c->body, "reason")};
}

static enum status done(struct call *c, enum status st, const struct discount *d)
{
    if (st == ST_TAKEN)
        return ended_problem(c, d);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    return st == ST_OK ? row_answer(c, 200, d->id, NULL) : st;
}

static const struct field reason_fields[] = {
    {"reason", FIELD_TEXT, .nullable = true, .min = 1, .max = DISCOUNT_REASON_MAX},
};

/* POST /api/v1/discounts/{id}/revoke */
enum status discount_revoke_post(struct call *c)
{
    struct discount d;
    struct discount_act act;
    enum status st = body_read(c, reason_fields, N(reason_fields));

    if (st == ST_OK)
        st = seen(c, &d);
    if (st != ST_OK)
        return st;
    act = act_of(c);
    return done(c, discount_withdraw(c->db, c->now, &act, &d), &d);
}

static int64_t until_of(const struct call *c, const struct discount *d)
{
    int64_t from = d->valid_until > c->now ? d->valid_until : c->now;

    return given_has(&c->body, "valid_until")
               ? given_int(&c->body, "valid_until", 0)
               : from + given_int(&c->body, "days", 1) * DAY;
}

/* POST /api/v1/discounts/{id}/extend */
enum status discount_extend_post(struct call *c)
{
    static const struct field fields[] = {
        {"valid_until", FIELD_TIME},
        {"days", FIELD_INT, .min = 1, .max = DAYS_MAX},
        {"reason", FIELD_TEXT, .nullable = true, .min = 1, .max = DISCOUNT_REASON_MAX},
    };
    struct discount d;
    struct discount_act act;
    int64_t until = 0;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK &&
        given_has(&c->body, "valid_until") == given_has(&c->body, "days")) {
        call_fault(c, "/valid_until", "required", "%s",
                   tell(c, "нужен valid_until или days, что-то одно",
                        "valid_until or days is needed, one of them"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    if (st == ST_OK)
        st = seen(c, &d);
    if (st != ST_OK)
        return st;
    act = act_of(c);
    until = until_of(c, &d);
    st = until <= c->now + 2 * DAYS_MAX * DAY
             ? discount_extend(c->db, c->now, &act, until, &d)
             : ST_BAD;
    if (st == ST_BAD) {
        call_fault(c, "/valid_until", "range", "%s",
                   tell(c, "позже прежнего срока и позже, чем сейчас",
                        "later than its term was, and than now"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    return done(c, st, &d);
}

/* POST /api/v1/discounts/{id}/resend */
enum status discount_resend_post(struct call *c)
{
    struct discount d;
    struct discount_act act;
    const char *unsaid = NULL;
    enum status st = body_read(c, reason_fields, N(reason_fields));

    if (st == ST_OK)
        st = seen(c, &d);
    if (st != ST_OK)
        return st;
    act = act_of(c);
    st = discount_resend(c->db, c->now, &act, &d, &unsaid);
    if (st == ST_OK && unsaid != NULL)
        return unsaid_problem(c, unsaid);
    if (st == ST_OK)
        return row_answer(c, 200, d.id, message_json(NULL));
    return done(c, st, &d);
}
