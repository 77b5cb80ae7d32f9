/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/health.h - are MySQL, Redis and bots there? For GET /health, and for the log:
 * looks every few seconds, says so as long as one is away and when it is back.
 *
 * A question is answered by a fresh look that all who ask meanwhile share; what has not
 * answered within HEALTH_WAIT_MS is down. bots is alive while its key in Redis is
 * fresh: it writes that key itself (beats). */
#ifndef CORE_IO_HEALTH_H
#define CORE_IO_HEALTH_H

#include "core/base/config.h"
#include "core/io/httpd.h"
#include "core/io/loop.h"
#include "core/io/redis.h"

#define HEALTH_WAIT_MS 2000
#define HEALTH_EVERY_MS 5000
#define HEALTH_BEAT_TTL_S "15"
#define HEALTH_LIVE_KEY "dv:{s0}:live:bots"

struct health;

struct health_options {
    const struct config *cfg;
    struct loop *loop;
    struct redis_pipe *pipe;
    bool beats; /* this program is bots */
};

struct health *health_open(const struct health_options *o); /* yours; NULL: no memory */
/* After the pipe, whose last answers come here; before the server whose requests it
 * holds. */
void health_close(struct health *h);

/* 200 or 503 with {"status":"ok"|"down","database":…,"redis":…,"bots":…}. */
void health_answer(struct health *h, struct http_req *req);

#endif
