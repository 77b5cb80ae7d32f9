/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/shifts.h"

#include "api/list.h"
#include "api/moment.h"
#include "core/loyalty/discount.h"
#include "core/loyalty/receipt_csv.h"
#include "core/staff/report_search.h"
#include "core/staff/store.h"

#include <stdio.h>

#define N(table) (sizeof(table) / sizeof *(table))

/* ---- showing ---------------------------------------------------------------------- */

static struct json *shift_json(const struct report_shift *r)
{
    const struct shift *s = &r->shift;
    struct json *o = json_new_object(), *who = json_new_object();
    struct json *store = json_new_object();

    json_set_int(who, "id", s->staff_id);
    json_set_text(who, "name", r->name);
    json_set_int(store, "id", s->store_id);
    json_set_text(store, "name", s->store);
    json_set_int(o, "id", s->id);
    json_set(o, "staff", who);
    json_set(o, "store", store);
    json_set_bool(o, "open", s->closed_at == 0);
    moment_set(o, "opened_at", s->opened_at);
    moment_set(o, "closed_at", s->closed_at);
    json_set_bool(o, "auto_closed", s->auto_closed);
    json_set_bool(o, "training", s->training);
    if (s->till_discount >= 0)
        json_set_int(o, "till_discount", s->till_discount);
    else
        json_set_text(o, "till_discount", NULL);
    return o;
}

static struct json *report_json(const struct shift_report *r)
{
    struct json *o = json_new_object(), *by = json_new_object();

    json_set_int(o, "redeemed", r->redeemed);
    json_set_int(o, "voided", r->voided);
    json_set_int(o, "with_amount", r->with_amount);
    json_set_int(o, "amount", r->amount);
    json_set_int(o, "discount", r->discount);
    if (r->with_amount > 0)
        json_set_int(o, "average", r->average);
    else
        json_set_text(o, "average", NULL);
    json_set_int(by, "subscription", r->by_source[SOURCE_SUBSCRIPTION]);
    json_set_int(by, "birthday", r->by_source[SOURCE_BIRTHDAY]);
    json_set_int(by, "manual",
                 r->redeemed - r->by_source[SOURCE_SUBSCRIPTION] -
                     r->by_source[SOURCE_BIRTHDAY]);
    json_set(o, "by_source", by);
    return o;
}

/* ---- lists ------------------------------------------------------------------------ */

static enum status list_of(struct call *c, const struct shift_filter *f)
{
    struct page page;
    struct list list = {0};
    struct report_shift row;
    enum status st = list_begin(c, shift_sorts, SHIFT_SORTS, &page);

    if (st != ST_OK)
        return st;
    if (list_wants_total(c))
        st = shift_total(c->db, f, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = shift_search(c->db, f, &page);
    while (st == ST_OK && (st = shift_search_next(c->db, &page, &row)) == ST_OK)
        json_push(list.items, shift_json(&row));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

static struct shift_filter filter_of(struct call *c)
{
    return (struct shift_filter){.by = &c->who.staff,
                                 .staff_id = given_int(&c->query, "staff_id", 0),
                                 .from = given_int(&c->query, "from", 0),
                                 .to = given_int(&c->query, "to", 0),
                                 .by_open = given_has(&c->query, "open"),
                                 .open = given_bool(&c->query, "open", false)};
}

/* GET /api/v1/shifts */
enum status shifts_get(struct call *c)
{
    static const struct field params[] = {
        {"store_id", FIELD_ID}, {"staff_id", FIELD_ID}, {"from", FIELD_TIME},
        {"to", FIELD_TIME},     {"open", FIELD_BOOL},   LIST_FIELDS,
    };
    struct shift_filter f;
    enum status st = query_read(c, params, N(params));

    if (st != ST_OK)
        return st;
    f = filter_of(c);
    f.store_id = given_int(&c->query, "store_id", 0);
    return list_of(c, &f);
}

/* GET /api/v1/stores/{id}/shifts */
enum status store_shifts_get(struct call *c)
{
    static const struct field params[] = {
        {"staff_id", FIELD_ID}, {"from", FIELD_TIME}, {"to", FIELD_TIME},
        {"open", FIELD_BOOL},   LIST_FIELDS,
    };
    struct shift_filter f;
    struct store store;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = staff_may_at(c->db, &c->who.staff, c->route->perm, c->id[0]);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return problem(c, PROBLEM_NOT_FOUND, NULL);
    if (st == ST_OK)
        st = store_load(c->db, c->id[0], &store);
    if (st != ST_OK)
        return st;
    f = filter_of(c);
    f.store_id = c->id[0];
    return list_of(c, &f);
}

/* ---- one -------------------------------------------------------------------------- */

/* ST_NONE also for one the caller may not see. */
static enum status shift_see(struct call *c, struct report_shift *out)
{
    struct staff who;
    enum status st = report_may(c->db, &c->who.staff, c->id[0], &out->shift);

    if (st == ST_OK)
        st = staff_load(c->db, out->shift.staff_id, &who);
    if (st == ST_OK)
        snprintf(out->name, sizeof out->name, "%s", who.name);
    return st == ST_REFUSED ? ST_NONE : st;
}

static enum status one_answer(struct call *c, const struct report_shift *row)
{
    struct shift_report report;
    struct json *o;
    enum status st = shift_report(c->db, c->id[0], &report);

    if (st != ST_OK)
        return st;
    o = shift_json(row);
    json_set(o, "report", report_json(&report));
    answer_json(c, 200, o);
    return ST_OK;
}

/* GET /api/v1/shifts/{id} */
enum status shift_get(struct call *c)
{
    struct report_shift row;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = shift_see(c, &row);
    return st == ST_OK ? one_answer(c, &row) : st;
}

/* The store's zone, else the installation's. Yours. */
static struct tz *zone_of(struct call *c, const struct shift *s, enum status *st)
{
    struct store store;
    struct tz *tz;

    *st = store_load(c->db, s->store_id, &store);
    if (*st != ST_OK)
        return NULL;
    tz = store.tz[0] != '\0' ? tz_open(store.tz) : NULL;
    if (tz == NULL)
        tz = tz_open(c->cfg->timezone);
    if (tz == NULL)
        *st = ST_BROKEN;
    return tz;
}

/* GET /api/v1/shifts/{id}/csv */
enum status shift_csv_get(struct call *c)
{
    struct report_shift row;
    struct csv csv = {0};
    struct tz *tz = NULL;
    char name[RECEIPT_CSV_NAME], as[80];
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = shift_see(c, &row);
    if (st == ST_OK)
        tz = zone_of(c, &row.shift, &st);
    if (st == ST_OK)
        st =
            receipt_csv(c->db,
                        &(struct receipt_csv){
                            .shift = &row.shift, .tz = tz, .lang = tell(c, "ru", "en")},
                        &csv, name);
    if (st == ST_OK) {
        snprintf(as, sizeof as, "attachment; filename=\"%s\"", name);
        answer_text(c, 200, "text/csv; charset=utf-8", &csv.out);
        answer_header(c, "Content-Disposition", as);
    }
    buf_free(&csv.out);
    tz_close(tz);
    return st;
}

/* POST /api/v1/shifts/{id}/close */
enum status shift_close_post(struct call *c)
{
    struct report_shift row;
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = shift_see(c, &row);
    if (st == ST_OK)
        st = shift_close(c->db, c->now, &c->who.staff, c->id[0]);
    if (st == ST_TAKEN)
        return problem(
            c, PROBLEM_CONFLICT, "%s",
            tell(c, "Эта смена уже закрыта.", "This shift is closed already."));
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    if (st == ST_OK)
        st = shift_see(c, &row);
    return st == ST_OK ? one_answer(c, &row) : st;
}
