/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/flow/api_login.h - logging in to the admin API, as a page would. */
#ifndef TESTS_FLOW_API_LOGIN_H
#define TESTS_FLOW_API_LOGIN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/base/stamp.h"
#include "core/io/jwt.h"
#include "core/staff/login.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD "сорок тысяч обезьян"
#define ME "/api/v1/auth/me"

static inline int64_t counts(const char *sql)
{
    assert_int_equal(db_one(api_place.db, sql), ST_OK);
    return db_int(api_place.db, 0);
}

/* GET me with that word; its status. */
static inline int me(const char *token)
{
    struct heard h = {0};
    struct buf header = {0};
    int status;

    buf_addf(&header, "Authorization: Bearer %s\r\n", token);
    asks(&h, 0, &(struct ask){"GET", ME, .headers = header.s});
    status = h.status;
    if (status == 401)
        assert_string_equal(heard_header(&h, "WWW-Authenticate"), "Bearer");
    heard_free(&h);
    buf_free(&header);
    return status;
}

static char said[JWT_MAX + 1]; /* the last word that was given out */

static inline int posts_as(int64_t as, const char *path, const char *body,
                           struct heard *h)
{
    const char *token;

    asks(h, 0, &(struct ask){"POST", path, .body = body, .as = as});
    token = json_text(h->json, "token", NULL);
    if (token != NULL)
        snprintf(said, sizeof said, "%s", token);
    return h->status;
}

static inline int posts(const char *path, const char *body)
{
    struct heard h = {0};
    int status = posts_as(0, path, body, &h);

    heard_free(&h);
    return status;
}

static inline int logs_in(const char *email, const char *word, const char *code)
{
    char body[400];

    snprintf(body, sizeof body, "{\"email\":\"%s\",\"password\":\"%s\"%s%s%s}", email,
             word, code != NULL ? ",\"code\":\"" : "", code != NULL ? code : "",
             code != NULL ? "\"" : "");
    return posts("/api/v1/auth/login", body);
}

static inline void sets_word(int64_t who, const char *email)
{
    char body[300];
    struct heard h = {0};

    snprintf(body, sizeof body, "{\"email\":\"%s\",\"password\":\"" WORD "\"}", email);
    assert_int_equal(posts_as(who, "/api/v1/auth/password", body, &h), 204);
    heard_free(&h);
}

static inline int by_token(const char *token)
{
    char body[100];

    snprintf(body, sizeof body, "{\"token\":\"%s\"}", token);
    return posts("/api/v1/auth/login-token", body);
}

static inline const char *session_word(int64_t who)
{
    char token[LOGIN_TOKEN + 1];

    assert_int_equal(login_link(api_place.db, clock_now(), who, 0, token), ST_OK);
    assert_int_equal(by_token(token), 200);
    return said;
}

#endif
