/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/health.h"

#include <string.h>

void health_get(struct api *api, struct http_req *req)
{
    health_answer(api->health, req);
}

void ready_get(struct api *api, struct http_req *req)
{
    const char *body = api->ready ? "{\"ready\":true}\n" : "{\"ready\":false}\n";

    http_answer(req, &(struct http_answer){.status = api->ready ? 200 : 503,
                                           .type = "application/json",
                                           .body = body,
                                           .n = strlen(body)});
}
