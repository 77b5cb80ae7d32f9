/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/routes.h"

#include "api/health.h"
#include "api/internal.h"
#include "api/metrics.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct route routes[] = {
    {"GET", "/health", PERMISSION_ANYONE, health_get},
    {"GET", "/ready", PERMISSION_ANYONE, ready_get},
    {"GET", "/metrics", PERMISSION_METRICS, metrics_get},
    {"POST", "/internal/set-webhooks", PERMISSION_INTERNAL, set_webhooks_post},
    {"GET", "/internal/webhook-info", PERMISSION_INTERNAL, webhook_info_get},
};
const int routes_n = sizeof(routes) / sizeof(routes[0]);

const struct route *routes_unfinished(const struct route *list, int n)
{
    for (int i = 0; i < n; i++)
        if (list[i].permission == PERMISSION_UNSET || !list[i].run || !list[i].method ||
            !list[i].path || list[i].path[0] != '/')
            return &list[i];
    return NULL;
}

/* HEAD is GET without a body; the server leaves the body out. */
static bool method_is(const struct route *r, const char *method)
{
    return strcmp(r->method, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(r->method, "GET") == 0);
}

static const struct route *route_find(const struct http_req *req, bool *path_known)
{
    *path_known = false;
    for (int i = 0; i < routes_n; i++) {
        if (strcmp(routes[i].path, http_path(req)) != 0)
            continue;
        *path_known = true;
        if (method_is(&routes[i], http_method(req)))
            return &routes[i];
    }
    return NULL;
}

static void answer_not_allowed(struct http_req *req)
{
    char allow[64] = "";
    size_t n = 0;

    for (int i = 0; i < routes_n && n < sizeof(allow); i++)
        if (strcmp(routes[i].path, http_path(req)) == 0)
            n += (size_t)snprintf(allow + n, sizeof(allow) - n, "%s%s", n ? ", " : "",
                                  routes[i].method);
    http_answer(req,
                &(struct http_answer){.status = 405, .headers = {{"Allow", allow}}});
}

/* The token of "Authorization: Bearer …"; NULL: there is none. */
static const char *bearer(const struct http_req *req)
{
    const char *value = http_header(req, "Authorization");

    return value != NULL && strncasecmp(value, "Bearer ", 7) == 0 ? value + 7 : NULL;
}

/* Answers and says false when the caller may not. */
static bool permitted(struct api *api, struct http_req *req, const struct route *r)
{
    const char *key = api->cfg.internal_api_key;

    if (r->permission == PERMISSION_ANYONE)
        return true;
    if (!key) {
        http_answer_problem(
            req, 403, "Closed",
            "Internal endpoints are closed: INTERNAL_API_KEY is not set.");
        return false;
    }
    if (secret_equal(http_header(req, "X-API-Key"), key) ||
        (r->permission == PERMISSION_METRICS && secret_equal(bearer(req), key)))
        return true;
    http_answer_problem(req, 401, "Wrong or missing X-API-Key", NULL);
    return false;
}

void routes_early(void *arg, struct http_req *req)
{
    bool path_known;
    const struct route *r = route_find(req, &path_known);

    if (r)
        permitted(arg, req, r);
    else if (path_known)
        answer_not_allowed(req);
    else
        http_answer_problem(req, 404, "No such address", NULL);
}

void routes_run(void *arg, struct http_req *req)
{
    struct api *api = arg;
    bool path_known;
    const struct route *r = route_find(req, &path_known);

    if (!r)
        http_answer_problem(req, 404, "No such address", NULL);
    else if (!api->ready && r->permission != PERMISSION_ANYONE)
        http_answer_problem(req, 503, "Not ready", "The database is not there yet.");
    else
        r->run(api, req);
}
