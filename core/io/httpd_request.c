/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/buf.h"
#include "core/io/httpd_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the body ------------------------------------------------------------------- */

static bool is_large(const struct http_req *r)
{
    return r->body_cap > BODY_LARGE + 1;
}

static bool body_room(struct http_req *r, size_t n)
{
    size_t cap = r->body_cap ? r->body_cap : BODY_KEPT / 4;
    char *grown;

    if (n < r->body_cap)
        return true;
    if (r->length > 0 && n <= (size_t)r->length)
        cap = (size_t)r->length + 1;
    while (cap <= n)
        cap *= 2;
    if (cap > BODY_LARGE + 1 && r->h->large >= HTTP_LARGE && !is_large(r))
        return false;
    grown = realloc(r->body, cap);
    if (!grown)
        return false;
    r->h->large += cap > BODY_LARGE + 1 && !is_large(r);
    r->body = grown;
    r->body_cap = cap;
    return true;
}

/* A chunked body shows its size too late to be refused unread: the rest is dropped, and
 * whoever goes on for long is cut off. */
bool body_take(struct http_req *r, const char *p, size_t n)
{
    size_t max = r->body_most;

    if (r->refuse || r->body_n + n > max) {
        r->refuse = r->refuse ? r->refuse : 413;
        r->body_n += n;
        return r->body_n <= 4 * max + 65536;
    }
    if (!body_room(r, r->body_n + n)) {
        r->refuse = 503;
        return true;
    }
    memcpy(r->body + r->body_n, p, n);
    r->body_n += n;
    r->h->more |= r->length < 0 || r->body_n < (size_t)r->length;
    r->body[r->body_n] = '\0';
    return true;
}

void request_clear(struct http_req *r)
{
    if (r->body_cap > BODY_KEPT) {
        r->h->large -= is_large(r);
        free(r->body);
        r->body = NULL;
        r->body_cap = 0;
    }
    r->method = r->path = NULL;
    free(r->query);
    r->query = NULL;
    r->name[0] = '\0';
    r->body_n = 0;
    r->length = 0;
    r->spare_ms = 0;
    r->refuse = r->status = 0;
    r->begun = r->seen = r->whole = r->waits = r->close = false;
}

void request_end(struct http_req *r)
{
    r->h->large -= is_large(r);
    free(r->body);
    free(r->query);
    free(r);
}

#define LARGE_A_MS 64 /* bytes of a large body that must come in a millisecond */

void http_body_limit(struct http_req *req, size_t most)
{
    size_t max = req->h->o.body_max;

    req->body_most = most < max ? most : max;
    if (most > BODY_LARGE && req->length > BODY_LARGE &&
        (size_t)req->length <= req->body_most)
        req->spare_ms = req->length / LARGE_A_MS;
}

void request_ask(struct http_req *r, http_handler *fn)
{
    if (r->refuse && r->h->o.refused)
        r->h->o.refused(r->h->o.arg, r, r->refuse);
    else if (r->refuse)
        http_answer_empty(r, r->refuse);
    else if (fn)
        fn(r->h->o.arg, r);
}

/* ---- what a handler asks, and the answer in words ------------------------------- */

const char *http_method(const struct http_req *req)
{
    return req->method;
}

const char *http_path(const struct http_req *req)
{
    return req->path;
}

const char *http_query(const struct http_req *req)
{
    return req->query != NULL ? req->query : "";
}

bool http_gone(const struct http_req *req)
{
    return req->gone;
}

int64_t http_took_ms(const struct http_req *req)
{
    return loop_mono_ms(req->h->loop) - req->begun_ms;
}

void http_set_name(struct http_req *req, const char *name)
{
    snprintf(req->name, sizeof req->name, "%s", name);
}

const char *http_name(const struct http_req *req)
{
    return req->name;
}

const char *http_body(const struct http_req *req, size_t *n)
{
    *n = req->body_n;
    return req->body_n ? req->body : "";
}

int64_t http_length(const struct http_req *req)
{
    return req->length;
}

void http_answer_problem(struct http_req *req, int status, const char *title,
                         const char *detail)
{
    struct buf b = {0};

    buf_addf(&b, "{\"type\":\"about:blank\",\"status\":%d,\"title\":", status);
    buf_add_json(&b, title, strlen(title));
    if (detail) {
        buf_adds(&b, ",\"detail\":");
        buf_add_json(&b, detail, strlen(detail));
    }
    buf_adds(&b, "}\n");
    http_answer(req, &(struct http_answer){.status = b.failed ? 500 : status,
                                           .type = "application/problem+json",
                                           .body = b.s,
                                           .n = b.failed ? 0 : b.len});
    buf_free(&b);
}

int httpd_port(const struct httpd *h)
{
    return h->port;
}

int httpd_connections(const struct httpd *h)
{
    return h->connections;
}
