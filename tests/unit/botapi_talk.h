/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/unit/botapi_talk.h - the stand-in as a program, talked to over HTTP: what its
 * two test files share. Blocking sockets with a limit; a failure ends the test. */
#ifndef TESTS_UNIT_BOTAPI_TALK_H
#define TESTS_UNIT_BOTAPI_TALK_H

#include "tests/botapi/jv.h"
#include "tests/harness/program.h"
#include "tests/harness/web.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIENT "7100000001:AAclient-token-of-a-test-bot-000000"
#define AUTH "7100000002:AAauth-token-of-a-test-bot-00000000"
#define MARIA "7012345678"
#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

static struct program *server;
static int port, code;
static char state_path[48];
static struct buf answer; /* the last one */

/* ---- talking -------------------------------------------------------------------- */

static inline int ask(const char *path, const char *type, const void *body, size_t n)
{
    char header[80];

    snprintf(header, sizeof header, "Content-Type: %s\r\n", type);
    return web_say(&(struct web_ask){.port = port,
                                     .method = body != NULL ? "POST" : "GET",
                                     .path = path,
                                     .headers = header,
                                     .body = body,
                                     .n = n});
}

/* Reads to the end; code -1: the connection broke before an answer. */
static inline const char *hear(int fd)
{
    code = web_hear(fd, &answer);
    return web_body(&answer);
}

static inline const char *post(const char *path, const char *type, const char *body)
{
    return hear(ask(path, type, body, strlen(body)));
}

static inline const char *call(const char *method, const char *json)
{
    char path[256];

    snprintf(path, sizeof path, "/bot" CLIENT "/%s", method);
    return post(path, JSON, json);
}

static inline const char *tell(const char *path, const char *form)
{
    char whole[256];

    snprintf(whole, sizeof whole, "/control/%s", path);
    return form != NULL ? post(whole, FORM, form) : hear(ask(whole, FORM, NULL, 0));
}

static inline void says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in: %s", part, text);
}

static inline int64_t number(const char *text, const char *name)
{
    char mark[64];
    const char *p;

    snprintf(mark, sizeof mark, "\"%s\":", name);
    p = strstr(text, mark);
    if (p == NULL)
        fail_msg("no %s in: %s", name, text);
    return strtoll(p + strlen(mark), NULL, 10);
}

static inline void start_server(const char *extra)
{
    server =
        program_start("botapi", "--listen", "127.0.0.1:0", "--client-token", CLIENT,
                      "--auth-token", AUTH, "--state", state_path, extra, NULL);
    assert_true(program_says(server, "botapi http://127.0.0.1:", 10000));
    port = (int)strtol(strstr(program_output(server), "127.0.0.1:") + 10, NULL, 10);
}

static inline int setup(void **state)
{
    (void)state;
    snprintf(state_path, sizeof state_path, "/tmp/botapi-test.%d.json", (int)getpid());
    start_server(NULL);
    tell("start", "person=" MARIA "&bot=client&payload=s_1");
    return 0;
}

static inline int teardown(void **state)
{
    char path[160];
    int status = program_end(server);

    (void)state;
    snprintf(path, sizeof path, "rm -rf %s %s.files", state_path, state_path);
    assert_int_equal(system(path), 0);
    return status;
}

#endif
