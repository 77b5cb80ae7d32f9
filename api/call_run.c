/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/call_run.h"

#include "api/route.h"
#include "core/base/log.h"
#include "core/idempotency.h"

#include <stdio.h>
#include <string.h>

/* ---- who, may they, how often ---------------------------------------------------- */

static enum status rate_check(struct call *c)
{
    struct rate_ask ask = {.class = c->route->rate, .now = c->now};
    char wait[24];

    if (c->who.staff.id != 0)
        ask.account = c->who.staff.id;
    else /* the address has paid already, when its headers came */
        ask.address = c->address, ask.look = true;
    c->allowance = rate_take(c->rate, &ask);
    if (c->allowance.allowed || ask.look)
        return ST_OK;
    snprintf(wait, sizeof wait, "%lld", (long long)c->allowance.wait_s);
    problem(c, PROBLEM_RATE_LIMITED, NULL);
    answer_header(c, "Retry-After", wait);
    return ST_REFUSED;
}

static enum status admit(struct call *c)
{
    enum permission p = c->route->permission;
    enum status st = ST_OK;

    if (p == PERMISSION_ADMIN || p == PERMISSION_LOGGED_IN)
        st = who(c);
    if (st == ST_REFUSED && c->answer.status == 401)
        answer_header(c, "WWW-Authenticate", "Bearer");
    if (st == ST_OK)
        st = rate_check(c);
    if (st == ST_OK && p == PERMISSION_ADMIN &&
        !staff_may(&c->who.staff, c->route->perm))
        st = problem(c, PROBLEM_FORBIDDEN, NULL);
    return st;
}

/* ---- the Idempotency-Key --------------------------------------------------------- */

/* Of all that makes it this request and no other. */
static enum status key_make(const struct call *c, struct idempotency_key *key)
{
    struct buf all = {0};
    enum status st = ST_BROKEN;

    buf_addf(&all, "%s %s?%s", c->said.method, c->said.path, c->said.query);
    buf_addc(&all, '\0');
    buf_add(&all, c->said.body, c->said.body_n);
    if (!all.failed) {
        secret_sha256(all.s, all.len, key->body_hash);
        st = ST_OK;
    }
    key->staff_id = c->who.staff.id;
    key->name = c->said.idempotency_key;
    buf_free(&all);
    return st;
}

/* A type is lent for ever: it comes from here, not from the row. */
static const char *type_of(const char *stored)
{
    static const char *const types[] = {"application/json", "application/problem+json",
                                        "text/csv; charset=utf-8", NULL};
    int i = 0;

    while (types[i] != NULL && strcmp(types[i], stored) != 0)
        i++;
    return types[i];
}

static enum status replay(struct call *c, const struct idempotency_answer *was)
{
    struct buf text = {0};

    buf_add(&text, was->text, was->n);
    answer_text(c, was->status, type_of(was->type), &text);
    if (*was->etag != '\0')
        answer_header(c, "ETag", was->etag);
    if (*was->location != '\0')
        answer_header(c, "Location", was->location);
    answer_header(c, "Idempotency-Replayed", "true");
    return ST_OK;
}

static const char *header_of(const struct call_answer *a, const char *name)
{
    for (int i = 0; i < a->headers_n; i++)
        if (strcmp(a->headers[i].name, name) == 0 && a->headers[i].value != NULL)
            return a->headers[i].value;
    return "";
}

/* Of every address below one customer's it is they; others say so themselves. */
static int64_t about(const struct call *c)
{
    static const char one[] = "/api/v1/users/{id}";

    return strncmp(c->route->path, one, sizeof one - 1) == 0 ? c->id[0] : c->about;
}

static enum status keep(struct call *c, const struct idempotency_key *key)
{
    const struct call_answer *a = &c->answer;

    return idempotency_end(
        c->db, key,
        &(struct idempotency_answer){.status = a->status != 0 ? a->status : 204,
                                     .type = a->type != NULL ? a->type : "",
                                     .etag = header_of(a, "ETag"),
                                     .location = header_of(a, "Location"),
                                     .text = a->text.s != NULL ? a->text.s : "",
                                     .n = a->text.len,
                                     .customer_id = about(c)});
}

static enum status run_with_key(struct call *c)
{
    struct idempotency_key key;
    struct idempotency_answer was;
    enum status st = key_make(c, &key);

    /* It waited for the other one's row as long as one waits, or met it head on. */
    if (c->key_busy)
        return problem(c, PROBLEM_IN_PROGRESS, NULL);
    if (st == ST_OK)
        st = idempotency_begin(c->db, c->now, &key, &was);
    c->key_busy = st == ST_AGAIN;
    if (st == ST_TAKEN)
        return replay(c, &was);
    if (st == ST_REFUSED)
        return problem(c, PROBLEM_IDEMPOTENCY_KEY_REUSED, NULL);
    if (st == ST_OK)
        st = c->route->call(c);
    return st == ST_OK ? keep(c, &key) : st;
}

static enum status key_check(struct call *c)
{
    const char *key = c->said.idempotency_key;

    if (key == NULL && c->route->key == KEY_MUST)
        call_fault(c, "?Idempotency-Key", "required", "%s",
                   tell(c, "этому запросу нужен заголовок Idempotency-Key",
                        "this request needs the header Idempotency-Key"));
    else if (key != NULL && !idempotency_key_fits(key))
        call_fault(c, "?Idempotency-Key", "format", "%s",
                   tell(c, "от 1 до 255 печатных символов ASCII без пробелов",
                        "1 to 255 printable ASCII characters without blanks"));
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}

/* Where slow work lies between transactions nothing could be answered a second time. */
static enum status key_refuse(struct call *c)
{
    if (c->said.idempotency_key == NULL)
        return ST_OK;
    call_fault(c, "?Idempotency-Key", "unknown", "%s",
               tell(c, "этот запрос не принимает Idempotency-Key",
                    "this request takes no Idempotency-Key"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* ---- running --------------------------------------------------------------------- */

/* Maybe not for the first time: what a rolled back try answered is forgotten. */
static enum status attempt(struct db *db, void *arg)
{
    struct call *c = arg;
    enum status st;

    (void)db;
    answer_clear(c);
    st = who_hold(c);
    if (st != ST_OK)
        return st;
    if (c->said.idempotency_key != NULL && c->who.staff.id != 0)
        return run_with_key(c);
    return c->route->call(c);
}

static enum status run(struct call *c)
{
    enum status st;

    if (strcmp(c->route->method, "GET") == 0)
        return c->route->call(c);
    st = c->route->alone ? key_refuse(c) : key_check(c);
    if (c->route->alone)
        return st == ST_OK ? c->route->call(c) : st;
    return st == ST_OK ? db_tx(c->db, attempt, c) : st;
}

static void explain(struct call *c, enum status st)
{
    answer_clear(c);
    if (st == ST_UNSURE)
        problem(c, PROBLEM_UNAVAILABLE, "%s",
                tell(c,
                     "Связь с базой оборвалась, и неизвестно, случилось ли это. "
                     "Повторите с тем же Idempotency-Key.",
                     "The link to the database broke, and whether it happened is "
                     "unknown. Repeat it with the same Idempotency-Key."));
    else
        problem(c, problem_of(st), NULL);
    log_warn("request failed", LOG_TEXT("route", c->route->path),
             LOG_TEXT("status", status_name(st)));
}

void call_run(struct call *c)
{
    enum status st = admit(c);

    if (st == ST_OK)
        st = run(c);
    if (st != ST_OK && !(st == ST_REFUSED && c->answer.problem != PROBLEM_NONE))
        explain(c, st);
    else if (c->answer.text.failed)
        explain(c, ST_BROKEN);
    else if (c->answer.status == 0)
        c->answer.status = 204;
}
