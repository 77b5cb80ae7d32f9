/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/problem.h - what went wrong, in application/problem+json (RFC 9457).
 *
 *   {"type":"/problems/already-redeemed","title":"…","status":409,"detail":"…",
 *    "instance":"<request id>","code":"already_redeemed","errors":[{"pointer":"/value",
 *    "code":"range","detail":"…"}]}
 *
 * The codes are a closed list: the panel and other programs choose by them. */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "api/tongue.h"
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/status.h"

struct call;

enum problem {
    PROBLEM_NONE,
    PROBLEM_VALIDATION_FAILED,
    PROBLEM_MALFORMED_JSON,
    PROBLEM_TOO_LARGE,
    PROBLEM_UNAUTHENTICATED,
    PROBLEM_TOKEN_EXPIRED,
    PROBLEM_TOKEN_USED,
    PROBLEM_FORBIDDEN,
    PROBLEM_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_CONFLICT,
    PROBLEM_VERSION_MISMATCH,
    PROBLEM_VERSION_REQUIRED,
    PROBLEM_IDEMPOTENCY_KEY_REUSED,
    PROBLEM_IN_PROGRESS,
    PROBLEM_RATE_LIMITED,
    PROBLEM_ALREADY_REDEEMED,
    PROBLEM_DISCOUNT_EXPIRED,
    PROBLEM_NOT_YET_VALID,
    PROBLEM_DISCOUNT_REVOKED,
    PROBLEM_WRONG_HOLDER,
    PROBLEM_WRONG_STORE,
    PROBLEM_HOLD_LOST,
    PROBLEM_LIMIT_REACHED,
    PROBLEM_BUDGET_EXHAUSTED,
    PROBLEM_MIN_PURCHASE_NOT_MET,
    PROBLEM_NOT_COMBINABLE,
    PROBLEM_INSUFFICIENT_BALANCE,
    PROBLEM_CERTIFICATE_FROZEN,
    PROBLEM_SEGMENT_INVALID,
    PROBLEM_SEGMENT_TOO_EXPENSIVE,
    PROBLEM_BROADCAST_STATE,
    PROBLEM_TOO_LATE_TO_SEND,
    PROBLEM_CONSENT_MISSING,
    PROBLEM_TELEGRAM_UNAVAILABLE,
    PROBLEM_FEATURE_DISABLED,
    PROBLEM_UNAVAILABLE, /* the database is away, or too many wait */
    PROBLEM_INTERNAL,
    PROBLEM_COUNT
};

const char *problem_code(enum problem p); /* "already_redeemed". Lent, for ever */
int problem_status(enum problem p);
const char *problem_title(enum problem p, enum tongue t);

/* Adds the JSON text. detail and errors (an array) may be NULL; extras' members (an
 * object) stand beside the others. Borrowed. */
struct problem_said {
    enum problem problem;
    enum tongue tongue;
    const char *detail, *request_id;
    struct json *errors, *extras;
};
void problem_print(struct buf *out, const struct problem_said *said);

/* ---- in a hand (call.h) ---------------------------------------------------------- */

/* The call's answer becomes this problem, whatever it was. detail: for a person, in the
 * call's language (see tell); NULL: the title says it all. Always ST_REFUSED, so that a
 * runner ends with `return problem(c, PROBLEM_CONFLICT, NULL);`. */
enum status problem(struct call *c, enum problem p, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));

/* Which of the two the caller reads. */
const char *tell(const struct call *c, const char *ru, const char *en);

/* An entry of errors[], gathered until problem() is called: pointer is a JSON pointer
 * into the body ("/items/0/id"), or "?name" for a parameter of the address. */
void call_fault(struct call *c, const char *pointer, const char *code,
                const char *detail, ...) __attribute__((format(printf, 4, 5)));
int call_faults(const struct call *c);

/* The object whose members stand beside the others of the answer's. Lent. */
struct json *problem_extras(struct call *c);

/* What a status means when a runner gives no reason of its own. */
enum problem problem_of(enum status st);

#endif
