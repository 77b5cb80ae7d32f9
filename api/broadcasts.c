/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Broadcasts listed, shown, made, changed, removed. */
#include "api/broadcasts_private.h"
#include "api/etag.h"
#include "api/list.h"

#include <stdio.h>

#define N BROADCASTS_N

/* ---- the list --------------------------------------------------------------------- */

static const struct field params[] = {
    {"status", FIELD_WORDS, .words = broadcast_state_words},
    {"from", FIELD_TIME},
    {"to", FIELD_TIME},
    {"q", FIELD_TEXT, .min = 1, .max = BROADCAST_NAME_MAX},
    {"segment_id", FIELD_ID},
    LIST_FIELDS,
};

static void filter_read(struct call *c, struct broadcast_filter *f)
{
    const struct value *states = given_value(&c->query, "status");

    *f = (struct broadcast_filter){.q = given_text(&c->query, "q"),
                                   .from = given_int(&c->query, "from", 0),
                                   .until = given_int(&c->query, "to", 0),
                                   .segment_id = given_int(&c->query, "segment_id", 0)};
    for (size_t i = 0; states->ids != NULL && i < states->n; i++)
        f->states |= 1u << (states->ids[i] + BROADCAST_DRAFT);
    if (f->from != 0 && f->until != 0 && f->from >= f->until)
        call_fault(c, "?to", "range", "%s",
                   tell(c, "позже, чем from", "later than from"));
}

static enum status list_read(struct call *c, const struct broadcast_filter *f,
                             struct page *page, struct list *list)
{
    struct broadcast b;
    enum status st = ST_OK;

    if (list_wants_total(c))
        st = broadcast_total(c->db, f, &list->total);
    if (st == ST_OK)
        st = broadcast_search(c->db, f, page);
    while (st == ST_OK && (st = broadcast_search_next(c->db, page, &b)) == ST_OK)
        json_push(list->items, broadcast_json(&b));
    return st == ST_NONE ? ST_OK : st;
}

/* GET /api/v1/broadcasts */
enum status broadcasts_get(struct call *c)
{
    struct broadcast_filter filter;
    struct list list = {0};
    struct page page;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, broadcast_sorts, BROADCAST_SORTS, &page);
    if (st != ST_OK)
        return st;
    if (!given_has(&c->query, "sort"))
        page.descending = true;
    filter_read(c, &filter);
    if (call_faults(c) > 0)
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    list.items = json_new_array();
    st = list_read(c, &filter, &page, &list);
    if (st == ST_OK)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- one -------------------------------------------------------------------------- */

/* GET /api/v1/broadcasts/{id} */
enum status broadcast_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    return st == ST_OK ? broadcast_answer(c, 200, c->id[0]) : st;
}

static enum status no_segment(struct call *c)
{
    call_fault(c, "/segment_id", "unknown_segment", "%s",
               tell(c, "такого сегмента нет", "there is no such segment"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* POST /api/v1/broadcasts */
enum status broadcast_post(struct call *c)
{
    struct broadcast_body body;
    const char *why = NULL;
    char where[60];
    int64_t id = 0;
    enum status st = broadcast_body_read(c, NULL, &body);

    if (st == ST_OK)
        st = broadcast_add(c->db, c->now, c->who.staff.id, &body.draft, &why, &id);
    broadcast_body_free(&body);
    if (st == ST_NONE)
        return no_segment(c);
    st = broadcast_refused(c, st, why);
    if (st != ST_OK)
        return st;
    snprintf(where, sizeof where, "/api/v1/broadcasts/%lld", (long long)id);
    answer_header(c, "Location", where);
    return broadcast_answer(c, 201, id);
}

enum status broadcast_seen(struct call *c, bool needed, struct broadcast *out)
{
    enum status st = broadcast_lock(c->db, c->id[0], out);

    return st == ST_OK ? etag_check(c, out->version, needed) : st;
}

enum status broadcast_service_may(struct call *c, const struct broadcast *b)
{
    if (b->purpose != MESSAGE_SERVICE ||
        staff_may(&c->who.staff, PERM_BROADCAST_SERVICE))
        return ST_OK;
    return problem(
        c, PROBLEM_FORBIDDEN, "%s",
        tell(c,
             "Служебную рассылку получают и те, кто отказался от рекламы. Её "
             "делает и отправляет владелец или администратор.",
             "A service broadcast reaches also those who want no "
             "advertising. An owner or administrator makes and sends it."));
}

/* PATCH /api/v1/broadcasts/{id} */
enum status broadcast_patch(struct call *c)
{
    struct broadcast_body body = {0};
    struct broadcast was;
    const char *why = NULL;
    enum status st = broadcast_seen(c, true, &was);

    if (st == ST_OK)
        st = broadcast_service_may(c, &was);
    if (st != ST_OK)
        return st;
    st = broadcast_body_read(c, &was, &body);
    if (st == ST_OK)
        st = broadcast_change(c->db, c->now, c->who.staff.id, was.id, was.version,
                              &body.draft, &why);
    broadcast_body_free(&body);
    if (st == ST_NONE)
        return no_segment(c);
    st = broadcast_refused(c, st, why);
    return st == ST_OK ? broadcast_answer(c, 200, c->id[0]) : st;
}

/* DELETE /api/v1/broadcasts/{id} */
enum status broadcast_delete(struct call *c)
{
    struct broadcast was;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = broadcast_seen(c, false, &was);
    if (st == ST_OK)
        st = broadcast_refused(
            c, broadcast_remove(c->db, c->now, c->who.staff.id, was.id, was.version),
            NULL);
    return st;
}
