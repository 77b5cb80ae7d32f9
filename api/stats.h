/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/stats.h - figures (core/stat.h): runners of routes.c, each a GET but the last two. */
#ifndef API_STATS_H
#define API_STATS_H

#include "api/call.h"

enum status stats_kpi(struct call *c);      /* today, a period, and the one before */
enum status stats_detailed(struct call *c); /* stats_detailed.c: a table, JSON or CSV */
enum status stats_funnel(struct call *c);
enum status stats_test_put(struct call *c);    /* a customer is a test account */
enum status stats_test_delete(struct call *c); /* … and is none any more */

#endif
