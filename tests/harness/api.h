/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/api.h - `dvorik api` over HTTP, asked as the panel asks it.
 *
 *   int64_t olga = api_staff(ROLE_OWNER);
 *   struct heard h = {0};
 *   asks(&h, 200, &(struct ask){"GET", "/api/v1/stores?limit=2", .as = olga});
 *   assert_int_equal(json_int_or(h.json, "items.…", 0), …);
 *   heard_free(&h);
 *
 * Every answer of /api/v1 is held against the description (schema.h): an address, status
 * or member that is not described fails the test, wherever it came up. */
#ifndef TESTS_HARNESS_API_H
#define TESTS_HARNESS_API_H

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/io/db.h"
#include "core/staff/role.h"
#include "tests/harness/program.h"

struct config;

struct api_place {
    struct config *cfg;
    struct program *program;
    struct db *db; /* of the test, on the same schema */
    int port;
};
extern struct api_place api_place;

/* cmocka's setup and teardown: a schema of its own, the program ready. Without limits of
 * rate unless the environment says API_RATE. */
int api_open(void **state);
int api_close(void **state); /* fails unless it ends with status 0 */
/* The API of a house that runs already (stage.h, house.h); db and cfg stay the caller's. */
void api_beside(struct config *cfg, struct db *db, int port);
void api_leave(void);
void api_restart(void); /* with what the environment says by now */

/* Somebody new who works here and may log in. */
int64_t api_staff(enum role role);
void api_bind(int64_t staff_id, int64_t store_id); /* … at that store */
int64_t api_store(const char *name, const char *city);

/* The value of Authorization for them: they are logged in at the first call, and fails
 * the test when their role may not be. Lent until api_close. */
const char *api_token(int64_t staff_id);
void api_log_out(int64_t staff_id); /* the next call logs them in anew */

struct ask {
    const char *method, *path;
    const char *body; /* JSON, or NULL */
    int64_t as;       /* staff; 0: nobody */
    const char *if_match, *key;
    const char *headers; /* more of them, each with \r\n; NULL: none */
    const char *lang;    /* NULL: en */
    size_t body_n;       /* of bytes, which are no JSON; 0: up to the NUL */
};
struct heard {
    int status;
    struct buf raw;    /* head and body */
    struct json *json; /* NULL: no JSON */
};

/* Asks, fails the test unless the status is that one. status 0: any. */
void asks(struct heard *out, int status, const struct ask *ask);
/* In two steps, with others in between. */
int asks_say(const struct ask *ask);
void asks_hear(struct heard *out, int fd, const struct ask *ask);
/* The problem's code; "" when it is none. Lent by h. */
const char *heard_code(const struct heard *h);
/* A header of the answer; "" when it has none. Lent until the next call. */
const char *heard_header(const struct heard *h, const char *name);
void heard_free(struct heard *h); /* as = {0} */

/* Asks, wants that status and code; for one line a refusal. */
void refuses(int status, const char *code, const struct ask *ask);

#endif
