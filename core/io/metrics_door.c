/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/metrics_door.h"

#include "core/base/log.h"
#include "core/io/httpd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 32
#define BODY_MAX 1024 /* nobody has anything to tell us */

struct metrics_door {
    struct metrics_door_options o;
    struct httpd *httpd;
};

static void answer(struct http_req *req, int status, const char *type, struct buf *body)
{
    if (body->failed || body->s == NULL)
        http_answer_problem(req, 500, "No memory", NULL);
    else
        http_answer(req,
                    &(struct http_answer){.status = status,
                                          .type = type,
                                          .body = body->s,
                                          .n = body->len,
                                          .headers = {{"Cache-Control", "no-store"}}});
    buf_free(body);
}

static void answer_metrics(struct metrics_door *d, struct http_req *req)
{
    struct metrics m = {0};

    d->o.fill(d->o.arg, &m);
    answer(req, 200, METRICS_TYPE, &m.text);
}

static void answer_live(struct metrics_door *d, struct http_req *req)
{
    char why[DOOR_WHY] = "ok";
    bool alive = d->o.alive(d->o.arg, why);
    struct buf body = {0};

    buf_adds(&body, why);
    buf_addc(&body, '\n');
    answer(req, alive ? 200 : 503, "text/plain; charset=utf-8", &body);
}

static void handle(void *arg, struct http_req *req)
{
    struct metrics_door *d = arg;
    bool get =
        strcmp(http_method(req), "GET") == 0 || strcmp(http_method(req), "HEAD") == 0;

    if (!get)
        http_answer(req, &(struct http_answer){.status = 405,
                                               .headers = {{"Allow", "GET, HEAD"}}});
    else if (strcmp(http_path(req), "/metrics") == 0)
        answer_metrics(d, req);
    else if (strcmp(http_path(req), "/live") == 0)
        answer_live(d, req);
    else
        http_answer_problem(req, 404, "No such address",
                            "/metrics and /live are here.");
}

struct metrics_door *metrics_door_open(const struct metrics_door_options *o,
                                       const char **why)
{
    struct metrics_door *d = calloc(1, sizeof *d);
    struct httpd_options serve = {.listen = o->listen,
                                  .body_max = BODY_MAX,
                                  .connections_max = CONNECTIONS_MAX,
                                  .handler = handle,
                                  .arg = d};

    *why = "no memory";
    if (d == NULL)
        return NULL;
    d->o = *o;
    d->httpd = httpd_open(o->loop, &serve, why);
    if (d->httpd == NULL) {
        free(d);
        return NULL;
    }
    log_info("metrics listening", LOG_TEXT("on", o->listen),
             LOG_INT("port", httpd_port(d->httpd)));
    return d;
}

void metrics_door_close(struct metrics_door *d)
{
    if (d == NULL)
        return;
    httpd_close(d->httpd);
    free(d);
}
