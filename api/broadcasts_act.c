/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is done with a broadcast: core/broadcast/broadcast.h moves it, over HTTP. Each
 * honours If-Match, and asked twice is done once. */
#include "api/broadcasts_private.h"
#include "api/etag.h"
#include "core/broadcast/fill.h"
#include "core/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N BROADCASTS_N

static struct broadcast_act act_of(const struct call *c)
{
    return (struct broadcast_act){.id = c->id[0], .staff_id = c->who.staff.id};
}

static enum status done(struct call *c, int http, enum status st, const char *why)
{
    st = broadcast_refused(c, st, why);
    return st == ST_OK ? broadcast_answer(c, http, c->id[0]) : st;
}

/* The time is over, or lies behind the one after which it is too late. */
static enum status too_late(struct call *c, enum status st, const char *why,
                            const char *pointer)
{
    bool past = why != NULL && strcmp(why, "past") == 0;

    if (st != ST_BAD || why == NULL || (!past && strcmp(why, "not_after") != 0))
        return st;
    if (pointer != NULL)
        call_fault(c, pointer, "range", "%s",
                   past ? tell(c, "это время уже прошло", "that time is past")
                        : tell(c, "раньше, чем not_after", "before not_after"));
    return problem(c, PROBLEM_TOO_LATE_TO_SEND, NULL);
}

/* ---- when ------------------------------------------------------------------------- */

/* POST /api/v1/broadcasts/{id}/schedule */
enum status broadcast_schedule_post(struct call *c)
{
    static const struct field body[] = {
        {"scheduled_at", FIELD_TIME, .required = true},
    };
    struct broadcast_act act = act_of(c);
    struct broadcast b;
    const char *why = NULL;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = broadcast_seen(c, false, &b);
    if (st == ST_OK)
        st = broadcast_service_may(c, &b);
    if (st != ST_OK)
        return st;
    st = broadcast_schedule(c->db, c->now, &act, given_int(&c->body, "scheduled_at", 0),
                            &why);
    return done(c, 200, too_late(c, st, why, "/scheduled_at"), why);
}

/* What was typed as a confirmation has to be about what it will be. */
static enum status expected(struct call *c, int64_t would)
{
    int64_t expect = given_int(&c->body, "expect", would);

    if (fill_as_expected(would, expect))
        return ST_OK;
    json_set_int(problem_extras(c), "expected", expect);
    json_set_int(problem_extras(c), "would", would);
    return problem(c, PROBLEM_CONFLICT,
                   tell(c,
                        "Получат не %lld, а %lld. Проверьте получателей и подтвердите "
                        "ещё раз.",
                        "Not %lld would get it, but %lld. Look at the recipients and "
                        "confirm once more."),
                   (long long)expect, (long long)would);
}

/* Counted before the row is held: it may take a while. */
static enum status expect_checked(struct call *c)
{
    struct fill_estimate *e;
    struct broadcast b;
    enum status st;

    if (!given_has(&c->body, "expect"))
        return ST_OK;
    st = broadcast_load(c->db, c->id[0], &b);
    if (st != ST_OK || (b.state != BROADCAST_DRAFT && b.state != BROADCAST_SCHEDULED))
        return st; /* begun already: asked twice */
    e = calloc(1, sizeof *e);
    st = e != NULL ? broadcast_estimated(c, &b, e) : ST_BROKEN;
    if (st == ST_OK)
        st = expected(c, e->would);
    free(e);
    return st;
}

/* POST /api/v1/broadcasts/{id}/send-now */
enum status broadcast_send_now_post(struct call *c)
{
    static const struct field body[] = {
        {"expect", FIELD_INT, .min = 0, .max = 1000000000},
    };
    struct broadcast_act act = act_of(c);
    struct broadcast b;
    const char *why = NULL;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = expect_checked(c);
    if (st == ST_OK)
        st = broadcast_seen(c, false, &b);
    if (st == ST_OK)
        st = broadcast_service_may(c, &b);
    if (st != ST_OK)
        return st;
    st = broadcast_start(c->db, c->now, &act, &why);
    st = too_late(c, st, why, NULL);
    return done(c, 202, st, why);
}

/* ---- moves that need no more than their name -------------------------------------- */

typedef enum status move_fn(struct db *db, int64_t now,
                            const struct broadcast_act *act);

static enum status move(struct call *c, move_fn *fn)
{
    struct broadcast_act act = act_of(c);
    struct broadcast b;
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = broadcast_seen(c, false, &b);
    return st == ST_OK ? done(c, 200, fn(c->db, c->now, &act), NULL) : st;
}

static enum status pause_by_person(struct db *db, int64_t now,
                                   const struct broadcast_act *act)
{
    return broadcast_pause(db, now, act, PAUSE_PERSON);
}

/* POST /api/v1/broadcasts/{id}/withdraw */
enum status broadcast_withdraw_post(struct call *c)
{
    return move(c, broadcast_withdraw);
}

/* POST /api/v1/broadcasts/{id}/pause */
enum status broadcast_pause_post(struct call *c)
{
    return move(c, pause_by_person);
}

/* POST /api/v1/broadcasts/{id}/resume */
enum status broadcast_resume_post(struct call *c)
{
    return move(c, broadcast_resume);
}

/* POST /api/v1/broadcasts/{id}/cancel */
enum status broadcast_cancel_post(struct call *c)
{
    return move(c, broadcast_cancel);
}

/* POST /api/v1/broadcasts/{id}/approve */
enum status broadcast_approve_post(struct call *c)
{
    struct broadcast_act act = act_of(c);
    struct broadcast b;
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = broadcast_seen(c, false, &b);
    if (st == ST_OK)
        st = broadcast_approve(c->db, c->now, &act);
    if (st == ST_BAD)
        return problem(c, PROBLEM_FORBIDDEN, "%s",
                       tell(c, "Одобрить должен кто-то другой, не автор.",
                            "Somebody else than its author has to approve it."));
    return done(c, 200, st, NULL);
}

/* ---- others ----------------------------------------------------------------------- */

/* POST /api/v1/broadcasts/{id}/duplicate */
enum status broadcast_duplicate_post(struct call *c)
{
    struct broadcast b;
    char where[60];
    int64_t copy = 0;
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = broadcast_load(c->db, c->id[0], &b);
    if (st == ST_OK)
        st = broadcast_service_may(c, &b);
    if (st == ST_OK)
        st = broadcast_copy(c->db, c->now, c->who.staff.id, c->id[0], &copy);
    if (st != ST_OK)
        return st;
    snprintf(where, sizeof where, "/api/v1/broadcasts/%lld", (long long)copy);
    answer_header(c, "Location", where);
    return broadcast_answer(c, 201, copy);
}

/* POST /api/v1/broadcasts/{id}/retry-unknown */
enum status broadcast_retry_post(struct call *c)
{
    struct broadcast_act act = act_of(c);
    struct broadcast b;
    struct json *o;
    int64_t n = 0;
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = broadcast_load(c->db, c->id[0], &b);
    if (st == ST_OK) /* not locked yet: broadcast_watch comes first */
        st = etag_check(c, b.version, false);
    if (st == ST_OK)
        st = broadcast_service_may(c, &b);
    if (st == ST_OK)
        st = broadcast_refused(c, broadcast_retry_unknown(c->db, c->now, &act, &n),
                               NULL);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_int(o, "broadcast_id", c->id[0]);
    json_set_int(o, "queued", n);
    answer_json(c, 200, o);
    return ST_OK;
}
