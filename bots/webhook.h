/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/webhook.h - what Telegram posts, and GET /health beside it.
 *
 *   404  no such path               411  no length          413  more than 1 MiB
 *   405  another method             415  a body that is not JSON
 *   401  the secret header is not this bot's: nothing is read or stored
 *   200  stored, stored before, or never to be run (empty body)
 *   503  with Retry-After: not stored, send it again
 *
 * Telegram keeps the order within a chat and waits for the 2xx, so what cannot be cured
 * by sending it again is never refused. */
#ifndef BOTS_WEBHOOK_H
#define BOTS_WEBHOOK_H

#include "bots/intake.h"
#include "core/base/config.h"
#include "core/io/health.h"
#include "core/io/httpd.h"

#define WEBHOOK_BODY_MAX (1024 * 1024)
#define WEBHOOK_RETRY_S "5"

struct webhook {
    const struct config *cfg;
    struct intake *intake;
    struct health *health; /* NULL: GET /health is 404 */
    struct loop *loop;
    bool ready; /* false: 503 */
    int64_t refused,
        refused_told_ms; /* wrong secrets: told at most every few seconds */
};

/* w must outlive the server. */
struct httpd *webhook_open(struct webhook *w, const char **why);

#endif
