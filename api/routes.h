/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/routes.h - every address of the API, who may call it, and what answers.
 *
 * The permission stands in the row, not in the handler, so that it can be neither
 * forgotten nor repeated: a row without one stops the program from starting. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

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
    bool ready; /* the schema fits; before, only what is open to all answers */
};

enum permission {
    PERMISSION_UNSET, /* no permission at all: a row left unfinished */
    PERMISSION_ANYONE,
    PERMISSION_INTERNAL, /* X-API-Key is INTERNAL_API_KEY */
    PERMISSION_METRICS /* … or "Authorization: Bearer" is, all that Prometheus can say */
};

typedef void route_run(struct api *api, struct http_req *req);

struct route {
    const char *method, *path;
    enum permission permission;
    route_run *run;
};

extern const struct route routes[];
extern const int routes_n;

/* The first row that cannot be served, or NULL when all can. */
const struct route *routes_unfinished(const struct route *list, int n);

/* Handlers of the server; arg is struct api. 404, 405 with Allow, 401, 403 as problems.
 */
void routes_early(void *arg, struct http_req *req);
void routes_run(void *arg, struct http_req *req);

#endif
