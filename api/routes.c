/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/routes.h"

#include "api/admins.h"
#include "api/auth.h"
#include "api/hands.h"
#include "api/health.h"
#include "api/internal.h"
#include "api/metrics.h"
#include "api/openapi.h"
#include "api/proxy.h"
#include "api/scan.h"
#include "api/settings.h"
#include "api/stores.h"
#include "api/till.h"
#include "core/base/log.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What is asked before anybody knows who asks is short. */
#define FORM (16 * 1024)

/* clang-format off */
const struct route routes[] = {
    {"GET", "/health", PERMISSION_ANYONE, health_get},
    {"GET", "/ready", PERMISSION_ANYONE, ready_get},
    {"GET", "/metrics", PERMISSION_METRICS, metrics_get},
    {"GET", "/scan", PERMISSION_ANYONE, scan_page_get},
    {"GET", "/scan/scan.js", PERMISSION_ANYONE, scan_script_get},
    {"GET", "/scan/scan.css", PERMISSION_ANYONE, scan_style_get},
    {"POST", "/scan/code", PERMISSION_SCANNER, scan_code_post},
    /* The page itself asks who it is: a number and a PIN, then each right anew. */
    {"GET", "/till", PERMISSION_ANYONE, till_get},
    {"POST", "/till", PERMISSION_ANYONE, till_post, .body_max = FORM},
    {"GET", "/till/till.css", PERMISSION_ANYONE, till_style_get},
    {"POST", "/internal/set-webhooks", PERMISSION_INTERNAL, set_webhooks_post},
    {"GET", "/internal/webhook-info", PERMISSION_INTERNAL, webhook_info_get},
    {"GET", "/api/openapi.json", PERMISSION_ANYONE, openapi_get},

    {"POST", "/api/v1/auth/login-request", PERMISSION_ANYONE,
     .call = auth_login_request, .rate = RATE_LOGIN, .body_max = FORM},
    /* Asked every two seconds by a page that waits; its token cannot be guessed. */
    {"POST", "/api/v1/auth/login-token", PERMISSION_ANYONE, .call = auth_login_token,
     .rate = RATE_WRITE, .body_max = FORM},
    {"POST", "/api/v1/auth/login", PERMISSION_ANYONE, .call = auth_login,
     .rate = RATE_LOGIN, .alone = true, .body_max = FORM},
    {"GET", "/api/v1/auth/me", PERMISSION_LOGGED_IN, .call = auth_me,
     .rate = RATE_READ},
    {"POST", "/api/v1/auth/logout", PERMISSION_LOGGED_IN, .call = auth_logout,
     .rate = RATE_WRITE, .body_max = FORM},
    {"POST", "/api/v1/auth/logout-all", PERMISSION_LOGGED_IN,
     .call = auth_logout_all, .rate = RATE_WRITE, .body_max = FORM},
    {"GET", "/api/v1/auth/sessions", PERMISSION_LOGGED_IN, .call = auth_sessions,
     .rate = RATE_READ},
    {"DELETE", "/api/v1/auth/sessions/{key}", PERMISSION_LOGGED_IN,
     .call = auth_session_end, .rate = RATE_WRITE},
    {"POST", "/api/v1/auth/password", PERMISSION_LOGGED_IN, .call = auth_password,
     .rate = RATE_LOGIN, .alone = true, .body_max = FORM},
    {"POST", "/api/v1/auth/totp", PERMISSION_LOGGED_IN, .call = auth_totp,
     .rate = RATE_LOGIN, .alone = true, .body_max = FORM},

    {"GET", "/api/v1/admins", PERMISSION_ADMIN, .call = admins_get,
     .perm = PERM_ADMIN_EDIT, .rate = RATE_READ},
    {"POST", "/api/v1/admins", PERMISSION_ADMIN, .call = admin_invite,
     .perm = PERM_ADMIN_EDIT, .rate = RATE_WRITE, .alone = true},
    {"GET", "/api/v1/admins/{id}", PERMISSION_ADMIN, .call = admin_get,
     .perm = PERM_ADMIN_EDIT, .rate = RATE_READ},
    {"PATCH", "/api/v1/admins/{id}", PERMISSION_ADMIN, .call = admin_patch,
     .perm = PERM_ADMIN_EDIT, .rate = RATE_WRITE},
    {"DELETE", "/api/v1/admins/{id}", PERMISSION_ADMIN, .call = admin_delete,
     .perm = PERM_ADMIN_EDIT, .rate = RATE_WRITE},
    {"POST", "/api/v1/admins/{id}/ownership", PERMISSION_ADMIN,
     .call = admin_ownership, .perm = PERM_ADMIN_EDIT, .rate = RATE_LOGIN,
     .alone = true},

    {"GET", "/api/v1/settings", PERMISSION_ADMIN, .call = settings_get,
     .perm = PERM_SETTING_VIEW, .rate = RATE_READ},
    {"GET", "/api/v1/settings/{key}", PERMISSION_ADMIN, .call = setting_get,
     .perm = PERM_SETTING_VIEW, .rate = RATE_READ},
    {"PATCH", "/api/v1/settings/{key}", PERMISSION_ADMIN, .call = setting_patch,
     .perm = PERM_SETTING_EDIT, .rate = RATE_WRITE},

    {"GET", "/api/v1/stores", PERMISSION_ADMIN, .call = stores_get,
     .perm = PERM_STORE_VIEW, .rate = RATE_READ},
    {"GET", "/api/v1/stores/{id}", PERMISSION_ADMIN, .call = store_get,
     .perm = PERM_STORE_VIEW, .rate = RATE_READ},
};
/* clang-format on */
const int routes_n = sizeof(routes) / sizeof(routes[0]);

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

/* Whose session it is only the database knows; without a token it need not be asked. */
static bool has_token(struct http_req *req)
{
    if (bearer(req) != NULL)
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
        return has_token(req);
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

    if (r->body_max == 0 || (n != -1 && n <= r->body_max))
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

void routes_early(void *arg, struct http_req *req)
{
    struct api *api = arg;
    struct route_match m;

    name_request(req);
    route_find(routes, routes_n, http_method(req), http_path(req), &m);
    if (m.route != NULL)
        (void)(seldom_enough(api, req, m.route) && short_enough(req, m.route) &&
               permitted(api, req, m.route));
    else if (m.pattern != NULL)
        answer_methods(req, m.pattern);
    else
        no_such_address(req);
}

void routes_run(void *arg, struct http_req *req)
{
    struct api *api = arg;
    struct route_match m;

    route_find(routes, routes_n, http_method(req), http_path(req), &m);
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
