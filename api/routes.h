/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/routes.h - every address of the API, who may call it, and what answers.
 *
 * The permission stands in the row, not in the handler, so that it can be neither
 * forgotten nor repeated: a row without one stops the program from starting. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/problem.h"
#include "api/route.h"
#include "core/base/config.h"
#include "core/io/health.h"
#include "core/io/httpd.h"
#include "core/io/telegram.h"

/* What handlers work with. */
struct api {
    struct config cfg;
    struct loop *loop;
    struct health *health;
    struct tg *tg;
    struct api_metrics *metrics;
    struct api_scan *scan;
    struct api_till *till;
    struct api_hands *hands;
    struct api_events *events;
    struct rate *rate;
    bool ready;        /* the schema fits; before, only what is open to all answers */
    int64_t answering; /* staff whose request is being answered, for the access log */
};

extern const struct route routes[];
extern const int routes_n;

/* Handlers of the server; arg is struct api. 404, 405 with Allow, 401, 403, 429 as
 * problems; one line in the log for each request. */
void routes_early(void *arg, struct http_req *req);
void routes_run(void *arg, struct http_req *req);
/* In the place of routes_early at API_JOBS_LISTEN: only what a look at the queue needs. */
void routes_early_jobs(void *arg, struct http_req *req);
void routes_refused(void *arg, struct http_req *req, int status);
void routes_answered(void *arg, struct http_req *req, int status);

/* Under /api/: problem+json of the closed list, in the caller's language. headers up to
 * a NULL name. */
void routes_problem(struct http_req *req, enum problem p,
                    const char *const headers[][2]);

/* The caller's address, behind trusted proxies. */
void routes_address(const struct api *api, const struct http_req *req, char *out,
                    size_t room);

#endif
