/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/health.h - for load balancers and people: is it up, is it ready? */
#ifndef API_HEALTH_H
#define API_HEALTH_H

#include "api/routes.h"

route_run health_get; /* 200 or 503: database, redis, bots */
route_run ready_get;  /* 200 once this program may be given work, else 503 */

#endif
