/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik api`: serves the table in routes.c. */
#include "api/api.h"

#include "start.h"
#include "api/events.h"
#include "api/hands.h"
#include "api/metrics.h"
#include "api/openapi.h"
#include "api/routes.h"
#include "api/scan.h"
#include "api/till.h"
#include "core/base/log.h"
#include "core/io/crew.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BODY_MAX (20 * 1024 * 1024) /* of a row that says so: route.h */
#define CHECK_MS 1000

struct program {
    struct api api;
    struct httpd *httpd;
    struct httpd *door; /* the queue's own address; NULL: it has none */
    int serving;        /* of both, those that have not stopped */
    struct redis_pipe *pipe;
    struct crew *crew;
    struct loop_timer again;
    const char *why;  /* set by the hand that looks at the stores … */
    bool schema_fits; /* … as well */
    bool stopping;
    int status;
};

/* ---- do the stores fit? ---------------------------------------------------------- */

static enum status stores_look(void *arg, int hand)
{
    struct program *p = arg;
    enum status st;

    (void)hand;
    p->why = NULL;
    st = p->schema_fits ? ST_OK : start_schema(&p->api.cfg, &p->why);
    if (st != ST_OK)
        return st;
    p->schema_fits = true;
    return start_redis(&p->api.cfg, &p->why);
}

static void check(void *arg);

/* A Redis that is away holds nobody up, as jobs wait in the database; when it comes it
 * must be one that fits: jobs put for other shards would never be done. */
static void stores_seen(void *arg, enum status st)
{
    struct program *p = arg;

    if (st == ST_REFUSED) {
        p->status = start_refuse("api", p->why ? p->why : "the schema does not fit");
        loop_stop(p->api.loop);
        return;
    }
    if (p->schema_fits && !p->api.ready) {
        p->api.ready = true;
        log_info("api ready");
    }
    if (st != ST_OK)
        loop_after(p->api.loop, &p->again, CHECK_MS, check, p);
}

/* Off the loop: a database that is away may take seconds to say so, and /health answers
 * meanwhile. */
static void check(void *arg)
{
    struct program *p = arg;

    if (crew_do(p->crew, stores_look, stores_seen, p) != ST_OK)
        loop_after(p->api.loop, &p->again, CHECK_MS, check, p);
}

/* ---- stopping ------------------------------------------------------------------- */

static void drained(void *arg)
{
    struct program *p = arg;

    if (--p->serving == 0)
        loop_stop(p->api.loop);
}

/* The first signal finishes what is under way, the second leaves. */
static void on_stop(void *arg)
{
    struct program *p = arg;

    if (p->stopping)
        _exit(1);
    p->stopping = true;
    log_info("api stopping");
    api_events_stop(p->api.events);
    p->serving = 1 + (p->door != NULL);
    httpd_stop(p->httpd, drained, p);
    if (p->door != NULL)
        httpd_stop(p->door, drained, p);
}

/* ---- parts ---------------------------------------------------------------------- */

/* Only if it is wanted. */
static bool door_open(struct program *p, const struct httpd_options *serve,
                      const char **why)
{
    struct httpd_options o = *serve;

    o.listen = p->api.cfg.api_jobs_listen;
    o.early = routes_early_jobs;
    if (o.listen == NULL)
        return true;
    return (p->door = httpd_open(p->api.loop, &o, why)) != NULL;
}

static bool parts_open(struct program *p, const char **why)
{
    struct api *api = &p->api;
    struct httpd_options serve = {.listen = api->cfg.api_listen,
                                  .body_max = BODY_MAX,
                                  .early = routes_early,
                                  .handler = routes_run,
                                  .refused = routes_refused,
                                  .answered = routes_answered,
                                  .arg = api};
    struct health_options look = {.cfg = &api->cfg};

    *why = "no memory";
    if (!(api->loop = loop_new()) || !(p->httpd = httpd_open(api->loop, &serve, why)) ||
        !door_open(p, &serve, why))
        return false;
    *why = "no memory";
    look.loop = api->loop;
    look.pipe = p->pipe =
        redis_pipe_open_at(api->loop, api->cfg.redis_url, HEALTH_LIVE_KEY);
    p->crew = crew_open(api->loop, 1);
    api->tg = tg_open(api->loop, &api->cfg);
    api->metrics = api_metrics_open(api);
    api->scan = api_scan_open(api);
    api->till = api_till_open(api);
    api->rate = rate_open(api->cfg.api_rate);
    api->hands = api->rate ? api_hands_open(api, (int)api->cfg.api_hands) : NULL;
    api->events = api_events_open(api);
    if (!api->hands || !api->events || !openapi_text(NULL))
        return false;
    if (!p->pipe || !p->crew || !api->tg || !api->metrics || !api->scan || !api->till ||
        !(api->health = health_open(&look)))
        return false;
    return loop_on_signal(api->loop, SIGTERM, on_stop, p) == ST_OK &&
           loop_on_signal(api->loop, SIGINT, on_stop, p) == ST_OK;
}

/* Each before what its last callbacks need. */
static void parts_close(struct program *p)
{
    redis_pipe_close(p->pipe);
    health_close(p->api.health);
    crew_close(p->crew);
    tg_close(p->api.tg);
    api_metrics_close(p->api.metrics);
    api_till_close(p->api.till);
    api_scan_close(p->api.scan);
    api_hands_close(p->api.hands);
    api_events_close(p->api.events);
    rate_close(p->api.rate);
    httpd_close(p->httpd);
    httpd_close(p->door);
    loop_free(p->api.loop);
    config_free(&p->api.cfg);
}

static int serve(struct program *p)
{
    const char *why;

    signal(SIGPIPE, SIG_IGN);
    if (parts_open(p, &why)) {
        log_info("api listening", LOG_TEXT("on", p->api.cfg.api_listen),
                 LOG_INT("port", httpd_port(p->httpd)));
        if (p->door != NULL)
            log_info("jobs listening", LOG_TEXT("on", p->api.cfg.api_jobs_listen),
                     LOG_INT("port", httpd_port(p->door)));
        check(p);
        loop_run(p->api.loop);
        log_info("api stopped");
    } else {
        p->status = start_refuse("api", why);
    }
    parts_close(p);
    return p->status;
}

/* ---- arguments ------------------------------------------------------------------ */

/* Arguments win over the environment, so they are put into it: one reader checks both.
 */
static bool port_set(const char *port)
{
    const char *listen = getenv("API_LISTEN");
    const char *colon = listen ? strrchr(listen, ':') : NULL;
    char text[300];

    snprintf(text, sizeof(text), "%.*s:%s", colon ? (int)(colon - listen) : 9,
             colon ? listen : "127.0.0.1", port);
    return setenv("API_LISTEN", text, 1) == 0;
}

static bool arguments_read(int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return false;
        if (strcmp(argv[i], "--port") == 0) {
            if (!port_set(argv[i + 1]))
                return false;
        } else if (strcmp(argv[i], "--log-level") == 0) {
            if (setenv("LOG_LEVEL", argv[i + 1], 1) != 0)
                return false;
        } else {
            return false;
        }
    }
    return true;
}

/* For tools that make clients from the description. */
static int description_print(void)
{
    const char *text = openapi_text(NULL);

    return text != NULL && puts(text) >= 0 ? 0 : 1;
}

int api_main(int argc, char **argv)
{
    const struct route *bad = routes_unfinished(routes, routes_n);
    struct program p = {0};

    if (bad) {
        fprintf(stderr, "dvorik api: route %s %s has no permission\n", bad->method,
                bad->path);
        return 2;
    }
    if (argc == 2 && strcmp(argv[1], "--openapi") == 0)
        return description_print();
    if (!arguments_read(argc, argv))
        return start_refuse("api",
                            "takes --port N and --log-level L, or --openapi alone");
    p.status = start_settings(&p.api.cfg, "api", 0);
    if (p.status != 0) {
        config_free(&p.api.cfg);
        return p.status;
    }
    return serve(&p);
}
