/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/call.h - one request of the admin API, as a runner sees it.
 *
 *   loop                                   a hand (thread, link and queue of its own)
 *   routes_run -> hands_take -- waiting --> who, permission, rate, body
 *                                           [ one transaction, when it writes:
 *                                             Idempotency-Key, runner, stored answer ]
 *   access log <- answered <-----------------
 *
 * A runner is `enum status name(struct call *c)` in a row of routes.c. It reads what was
 * asked (field.h), calls core/, and answers; three steps in that order. What it answers:
 *
 *   ST_OK       commit; the answer is what answer_*() made it (204 when nothing was)
 *   ST_REFUSED  as problem() answers: nothing of this call is kept
 *   other       nothing is kept; problem_of() says what the caller is told
 *
 * A runner that writes may be called again (a deadlock): the answer begins afresh each
 * time. Everything here is of this one call, and the hand frees it. */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/field.h"
#include "api/problem.h"
#include "api/rate.h"
#include "api/route.h"
#include "api/tongue.h"
#include "api/who.h"
#include "core/base/config.h"
#include "core/io/db.h"
#include "core/io/queue.h"

#define CALL_IDS 2
#define CALL_KEY_BYTES 65
#define CALL_ID_BYTES 65 /* of a request */
#define CALL_ADDRESS_BYTES 46
#define CALL_HEADERS 8

/* What the caller said, as it came. NULL: not said. The body is lent by the request. */
struct call_said {
    const char *method;
    char *path, *query;
    char *authorization, *if_match, *idempotency_key, *content_type, *prefer, *agent;
    const char *body;
    size_t body_n;
    bool head; /* it was a HEAD: method is GET */
};

struct call {
    struct db *db;
    struct queue *queue; /* bound to db */
    const struct config *cfg;
    const struct route *route;
    int64_t now;
    enum tongue tongue;
    char request_id[CALL_ID_BYTES];
    char address[CALL_ADDRESS_BYTES]; /* the caller's, behind trusted proxies */
    struct call_said said;

    int64_t id[CALL_IDS];     /* {id} of the path, in order */
    int64_t about;            /* the customer its answer speaks of; 0: of none */
    char key[CALL_KEY_BYTES]; /* {key} of the path */
    struct given query, body; /* as the row's tables declare them */
    struct admin who;         /* of a row that asks */
    bool who_asked;           /* already, with others: who() answers who_said */
    enum status who_said;

    struct call_answer {
        int status; /* 0: none given yet */
        const char *type;
        struct buf text;
        struct {
            const char *name;
            char *value;
        } headers[CALL_HEADERS];
        int headers_n;
        enum problem problem;
        char *detail;
        struct json *errors, *extras;
        bool stream; /* it becomes a listener (events.h) */
    } answer;
    struct rate *rate;
    struct rate_verdict allowance; /* what the RateLimit headers say */
    bool key_busy; /* another one with the same Idempotency-Key is under way */
};

/* Takes o over, which may be NULL (no memory: 500). */
void answer_json(struct call *c, int status, struct json *o);
/* Takes the text over. type: lent for ever. */
void answer_text(struct call *c, int status, const char *type, struct buf *text);
/* name: lent for ever; value is copied. */
void answer_header(struct call *c, const char *name, const char *value);
void answer_clear(struct call *c); /* none given yet */

#endif
