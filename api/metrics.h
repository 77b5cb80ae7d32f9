/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/metrics.h - GET /metrics: the queue as a whole (core/io/queue_metrics.h), for who
 * has INTERNAL_API_KEY.
 *
 * The stores are asked in a thread; all who ask meanwhile share its answer. */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/routes.h"

struct api_metrics;

struct api_metrics *api_metrics_open(struct api *api); /* yours; NULL: no memory */
/* Before the server whose requests it holds. NULL is fine. */
void api_metrics_close(struct api_metrics *m);

route_run metrics_get;

#endif
