/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/route.h - which row of a table of addresses is meant.
 *
 * A pattern's segment is a word, {id} (1 to 2^63-1, without leading zeros) or {key} (1 to
 * 64 of A-Z a-z 0-9 _ . -). Where several patterns fit, the one with a word further left
 * wins, whatever the order of the rows: discounts/stats/overview is never an {id}. Pure.
 */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "api/rate.h"
#include "core/base/buf.h"
#include "core/base/status.h"
#include "core/staff/role.h"

#include <stdbool.h>
#include <stdint.h>

struct api;
struct call;
struct http_req;

enum permission {
    PERMISSION_UNSET, /* no permission at all: a row left unfinished */
    PERMISSION_ANYONE,
    PERMISSION_INTERNAL, /* X-API-Key is INTERNAL_API_KEY */
    PERMISSION_METRICS, /* … or "Authorization: Bearer" is, all that Prometheus can say
                         */
    PERMISSION_SCANNER,  /* "Authorization: tma": opened in the cashier bot, signed by
                           Telegram; what the person may is asked by the handler */
    PERMISSION_ADMIN,    /* logged in (who.h), and their role has `perm` */
    PERMISSION_LOGGED_IN /* logged in, whatever the role: what is one's own */
};

enum route_key {
    KEY_MAY, /* an Idempotency-Key is honoured when it comes */
    KEY_MUST
};

typedef void route_run(struct api *api, struct http_req *req);
typedef enum status call_runner(struct call *c);

struct route {
    const char *method, *path;
    enum permission permission;
    route_run *run;    /* on the loop; or */
    call_runner *call; /* … in a hand (call.h), in a transaction unless GET or alone */
    enum perm perm;    /* of PERMISSION_ADMIN */
    enum rate_class rate;
    enum route_key key;
    bool
        brief; /* answered from who asks alone: those that wait are worked on together */
    bool alone; /* begins its own transactions: what waits long in between; takes no
                   Idempotency-Key */
    int64_t body_max; /* bytes, known by Content-Length; 0: ROUTE_BODY */
};

#define ROUTE_BODY (1024 * 1024)

#define ROUTE_IDS 2
#define ROUTE_KEY_BYTES 65
#define ROUTE_SEGMENTS_MAX 12

struct route_match {
    const struct route *route; /* NULL: no row with that method */
    const char *pattern;       /* NULL: no row with that path */
    int64_t id[ROUTE_IDS];
    char key[ROUTE_KEY_BYTES];
};

/* HEAD finds GET's row. */
void route_find(const struct route *list, int n, const char *method, const char *path,
                struct route_match *out);

/* "GET, HEAD, OPTIONS, PATCH": what the rows of that pattern know. */
void route_allow(const struct route *list, int n, const char *pattern, struct buf *out);

/* The first row that cannot be served, or NULL when all can. */
const struct route *routes_unfinished(const struct route *list, int n);

#endif
