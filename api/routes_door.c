/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The door in front of the table: finds the row, refuses who may not, hands the rest
 * over, writes the access log. */
#include "api/routes.h"

#include "api/hands.h"
#include "api/proxy.h"
#include "api/scan.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/io/jwt.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- problems on the loop -------------------------------------------------------- */

static bool is_api(const struct http_req *req)
{
    return strncmp(http_path(req), "/api/", 5) == 0;
}

void routes_problem(struct http_req *req, enum problem p,
                    const char *const headers[][2])
{
    struct problem_said said = {.problem = p,
                                .tongue =
                                    tongue_of(http_header(req, "Accept-Language")),
                                .request_id = http_name(req)};
    struct http_answer a = {.status = problem_status(p),
                            .type = "application/problem+json",
                            .headers = {{"Cache-Control", "no-store"}}};
    struct buf text = {0};

    problem_print(&text, &said);
    a.body = text.s;
    a.n = text.failed ? 0 : text.len;
    for (int i = 0; headers != NULL && headers[i][0] != NULL && i < 8; i++) {
        a.headers[i + 1][0] = headers[i][0];
        a.headers[i + 1][1] = headers[i][1];
    }
    http_answer(req, &a);
    buf_free(&text);
}

static void no_such_address(struct http_req *req)
{
    if (is_api(req))
        routes_problem(req, PROBLEM_NOT_FOUND, NULL);
    else
        http_answer_problem(req, 404, "No such address", NULL);
}

/* OPTIONS is answered, any other method refused; both say what there is. */
static void answer_methods(struct http_req *req, const char *pattern)
{
    struct buf allow = {0};

    route_allow(routes, routes_n, pattern, &allow);
    if (allow.failed)
        http_answer_empty(req, 500);
    else if (strcmp(http_method(req), "OPTIONS") == 0)
        http_answer(
            req, &(struct http_answer){.status = 204, .headers = {{"Allow", allow.s}}});
    else if (is_api(req))
        routes_problem(req, PROBLEM_METHOD_NOT_ALLOWED,
                       (const char *const[][2]){{"Allow", allow.s}, {NULL, NULL}});
    else
        http_answer(
            req, &(struct http_answer){.status = 405, .headers = {{"Allow", allow.s}}});
    buf_free(&allow);
}

/* ---- may they? ------------------------------------------------------------------- */

/* The token of "Authorization: Bearer …"; NULL: there is none. */
static const char *bearer(const struct http_req *req)
{
    const char *value = http_header(req, "Authorization");

    return value != NULL && strncasecmp(value, "Bearer ", 7) == 0 ? value + 7 : NULL;
}

static bool scanner(struct api *api, struct http_req *req)
{
    struct init_data who;
    enum init_fault fault = scan_who(api, req, &who);

    if (fault == INIT_FINE)
        return true;
    http_answer_problem(req, 401, "Open the scanner from the cashier bot",
                        fault == INIT_OLD ? "It was opened too long ago." : NULL);
    return false;
}

/* The one of now, or the one before while it is replaced. */
static bool key_is(const struct api *api, const char *given)
{
    bool now = secret_equal(given, api->cfg.internal_api_key);
    bool before = secret_equal(given, api->cfg.internal_api_key_old);

    return now || before;
}

static bool has_key(struct api *api, struct http_req *req, const struct route *r)
{
    const char *key = api->cfg.internal_api_key;

    if (!key) {
        http_answer_problem(
            req, 403, "Closed",
            "Internal endpoints are closed: INTERNAL_API_KEY is not set.");
        return false;
    }
    if (key_is(api, http_header(req, "X-API-Key")) ||
        (r->permission == PERMISSION_METRICS && key_is(api, bearer(req))))
        return true;
    http_answer_problem(req, 401, "Wrong or missing X-API-Key", NULL);
    return false;
}

/* Whose session it is only the database knows; without a token it need not be asked. A
 * large body is not even waited for unless the token is one of ours. */
static bool has_token(const struct api *api, struct http_req *req,
                      const struct route *r)
{
    const struct jwt_keys keys = {api->cfg.jwt_secret_key, api->cfg.jwt_secret_key_old};
    const char *token = bearer(req);
    struct jwt_claims word;

    if (token != NULL && (r->body_max <= ROUTE_BODY ||
                          jwt_read(&keys, loop_now(api->loop), token, &word) != ST_BAD))
        return true;
    routes_problem(
        req, PROBLEM_UNAUTHENTICATED,
        (const char *const[][2]){{"WWW-Authenticate", "Bearer"}, {NULL, NULL}});
    return false;
}

/* Answers and says false when the caller may not. */
static bool permitted(struct api *api, struct http_req *req, const struct route *r)
{
    if (r->permission == PERMISSION_ANYONE)
        return true;
    if (r->permission == PERMISSION_SCANNER)
        return scanner(api, req);
    if (r->permission == PERMISSION_ADMIN || r->permission == PERMISSION_LOGGED_IN)
        return has_token(api, req, r);
    return has_key(api, req, r);
}

void routes_address(const struct api *api, const struct http_req *req, char *out,
                    size_t room)
{
    char peer[HTTP_PEER_BYTES];

    http_peer(req, peer);
    proxy_caller(api->cfg.trusted_proxies, peer, http_header(req, "X-Forwarded-For"),
                 out, room);
}

/* Answers and says false when this address asks too often. */
static bool seldom_enough(struct api *api, struct http_req *req, const struct route *r)
{
    char address[HTTP_PEER_BYTES], wait[24];
    struct rate_verdict v;

    if (r->rate <= RATE_NONE)
        return true;
    routes_address(api, req, address, sizeof address);
    v = rate_take(api->rate, &(struct rate_ask){.class = r->rate,
                                                .address = address,
                                                .now = loop_now(api->loop)});
    if (v.allowed)
        return true;
    snprintf(wait, sizeof wait, "%lld", (long long)v.wait_s);
    routes_problem(req, PROBLEM_RATE_LIMITED,
                   (const char *const[][2]){{"Retry-After", wait}, {NULL, NULL}});
    return false;
}

/* Answers and says false when the body is announced as too large for this address. */
static bool short_enough(struct http_req *req, const struct route *r)
{
    int64_t n = http_length(req); /* -1: chunked, so nobody knows */
    int64_t most = r->body_max != 0 ? r->body_max : ROUTE_BODY;

    http_body_limit(req, (size_t)most);
    if ((n != -1 || r->body_max == 0) && n <= most)
        return true;
    if (is_api(req))
        routes_problem(req, PROBLEM_TOO_LARGE, NULL);
    else
        http_answer_empty(req, n == -1 ? 411 : 413);
    return false;
}

/* ---- requests -------------------------------------------------------------------- */

/* The caller's own, when it is one for logs; else one of ours. */
static void name_request(struct http_req *req)
{
    const char *given = http_header(req, "X-Request-Id");
    size_t n = given != NULL ? strlen(given) : 0;
    char made[23];

    if (n >= 8 && n < HTTP_NAME_BYTES &&
        strspn(given, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                      "0123456789_.-") == n) {
        http_set_name(req, given);
        return;
    }
    secret_token22(made);
    http_set_name(req, made);
}

/* By the server, before there was a request: too large, or of two readings. */
void routes_refused(void *arg, struct http_req *req, int status)
{
    (void)arg;
    name_request(req);
    if (!is_api(req))
        http_answer_empty(req, status);
    else
        routes_problem(req,
                       status == 413   ? PROBLEM_TOO_LARGE
                       : status == 503 ? PROBLEM_UNAVAILABLE
                                       : PROBLEM_VALIDATION_FAILED,
                       NULL);
}

#define KNOWN 256

/* Twice a request, and the same few addresses again and again: those without an id are
 * remembered. On the loop only. */
static void row_find(const struct http_req *req, struct route_match *m)
{
    static const struct route *known[KNOWN];
    const char *method = http_method(req), *path = http_path(req);
    unsigned at = (unsigned char)*method;

    for (const char *s = path; *s != '\0'; s++)
        at = at * 31 + (unsigned char)*s;
    at %= KNOWN;
    if (known[at] != NULL && strcmp(known[at]->path, path) == 0 &&
        strcmp(known[at]->method, method) == 0) {
        *m = (struct route_match){.route = known[at], .pattern = known[at]->path};
        return;
    }
    route_find(routes, routes_n, method, path, m);
    if (m->route != NULL && strcmp(m->route->path, path) == 0 &&
        strchr(path, '{') == NULL && strcmp(m->route->method, method) == 0)
        known[at] = m->route;
}

void routes_early(void *arg, struct http_req *req)
{
    struct api *api = arg;
    struct route_match m;

    name_request(req);
    row_find(req, &m);
    if (m.route != NULL)
        (void)(seldom_enough(api, req, m.route) && short_enough(req, m.route) &&
               permitted(api, req, m.route));
    else if (m.pattern != NULL)
        answer_methods(req, m.pattern);
    else
        no_such_address(req);
}

/* "/api/v1/auth/" is all below it, the others themselves and what is below them. */
static bool is_of_jobs(const char *path)
{
    static const char *const open[] = {"/api/v1/jobs",
                                       "/api/v1/events",
                                       "/api/v1/auth",
                                       "/health",
                                       "/api/openapi.json",
                                       "/ready",
                                       NULL};

    for (int i = 0; open[i] != NULL; i++) {
        size_t n = strlen(open[i]);

        if (strncmp(path, open[i], n) == 0 && (path[n] == '\0' || path[n] == '/'))
            return true;
    }
    return false;
}

void routes_early_jobs(void *arg, struct http_req *req)
{
    name_request(req);
    if (is_of_jobs(http_path(req)))
        routes_early(arg, req);
    else
        no_such_address(req);
}

void routes_run(void *arg, struct http_req *req)
{
    struct api *api = arg;
    struct route_match m;

    row_find(req, &m);
    if (m.route == NULL)
        no_such_address(req);
    else if (!api->ready && is_api(req) && m.route->call != NULL)
        routes_problem(req, PROBLEM_UNAVAILABLE,
                       (const char *const[][2]){{"Retry-After", "1"}, {NULL, NULL}});
    else if (!api->ready && m.route->permission != PERMISSION_ANYONE)
        http_answer_problem(req, 503, "Not ready", "The database is not there yet.");
    else if (m.route->call != NULL)
        hands_take(api->hands, req, &m);
    else
        m.route->run(api, req);
}

/* ---- the access log -------------------------------------------------------------- */

/* Asked every few seconds by machines. */
static bool is_watched(const char *path)
{
    return strcmp(path, "/health") == 0 || strcmp(path, "/ready") == 0 ||
           strcmp(path, "/metrics") == 0;
}

/* Not what stands behind the "?": people's names and phones are looked for there. */
void routes_answered(void *arg, struct http_req *req, int status)
{
    struct api *api = arg;
    const char *path = http_path(req) != NULL ? http_path(req) : "";
    char address[HTTP_PEER_BYTES] = "";

    if (is_watched(path))
        return;
    if (!http_gone(req))
        routes_address(api, req, address, sizeof address);
    log_request(http_name(req));
    log_info(http_gone(req) ? "request.gone" : "request",
             LOG_TEXT("method", http_method(req)), LOG_TEXT("path", path),
             LOG_INT("status", status), LOG_INT("ms", http_took_ms(req)),
             LOG_TEXT("from", address), LOG_INT("staff", api->answering));
    log_request(NULL);
}
