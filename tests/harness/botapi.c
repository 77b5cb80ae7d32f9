/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/botapi.h"

#include "core/base/buf.h"
#include "tests/harness/program.h"
#include "tests/harness/web.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct botapi {
    struct program *program;
    char url[64];
    int port;
};

static void need(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "botapi: %s\n", what);
    abort();
}

struct botapi *botapi_start(struct config *cfg)
{
    struct botapi *b = calloc(1, sizeof(*b));
    const char *at;

    need(b != NULL, "no memory");
    b->program = program_start("botapi", "--listen", "127.0.0.1:0", "--client-token",
                               cfg->telegram_bot_token, "--auth-token",
                               cfg->telegram_auth_bot_token, NULL);
    need(program_says(b->program, "botapi http://127.0.0.1:", 20000), "does not start");
    at = strstr(program_output(b->program), "http://");
    snprintf(b->url, sizeof(b->url), "%.*s", (int)strcspn(at, "\r\n"), at);
    b->port = (int)strtol(strrchr(b->url, ':') + 1, NULL, 10);
    cfg->telegram_api_base = b->url;
    return b;
}

void botapi_end(struct botapi *b)
{
    if (b == NULL)
        return;
    program_end(b->program);
    free(b);
}

/* ---- asking ------------------------------------------------------------------- */

/* The addresses that only look; the others act. */
static bool looks(const char *path)
{
    static const char *const look[] = {"messages", "calls", "callbacks", "violations",
                                       "counts",   "chats", "updates",   "bots"};

    for (size_t i = 0; i < sizeof(look) / sizeof(look[0]); i++)
        if (strcmp(path, look[i]) == 0)
            return true;
    return false;
}

struct body {
    const char *type;
    const void *p;
    size_t n;
};

static struct json *ask(struct botapi *b, const char *path, struct body body)
{
    struct buf where = {0}, head = {0}, answer = {0};
    bool look = looks(path);
    struct web_ask request = {.port = b->port, .method = look ? "GET" : "POST"};
    struct json *v;
    int status;

    buf_addf(&where, "/control/%s", path);
    if (look)
        buf_addf(&where, "?%s", (const char *)body.p);
    buf_addf(&head, "Content-Type: %s\r\n", body.type);
    request.path = where.s;
    request.headers = head.s;
    request.body = look ? NULL : body.p;
    request.n = look ? 0 : body.n;
    status = web_ask(&request, &answer);
    v = answer.s != NULL ? json_parse(answer.s, answer.len) : NULL;
    if (status != 200 || v == NULL)
        fprintf(stderr, "%s: %d %s\n", where.s, status,
                answer.s ? answer.s : "no answer");
    need(status == 200 && v != NULL, "refuses");
    buf_free(&where);
    buf_free(&head);
    buf_free(&answer);
    return v;
}

struct json *botapi_ask(struct botapi *b, const char *path, const char *form)
{
    const char *text = form ? form : "";

    return ask(b, path,
               (struct body){"application/x-www-form-urlencoded", text, strlen(text)});
}

void botapi_tell(struct botapi *b, const char *path, const char *form)
{
    json_free(botapi_ask(b, path, form));
}

struct json *botapi_upload(struct botapi *b, const char *path, const void *p, size_t n)
{
    return ask(b, path, (struct body){"image/png", p, n});
}

struct botapi_count botapi_count(struct botapi *b, const char *method, int64_t chat)
{
    struct botapi_count out = {0};
    const struct json *list;
    struct json *v;
    char form[128];
    int n;

    n = snprintf(form, sizeof(form), "method=%s", method);
    if (chat != 0)
        snprintf(form + n, sizeof(form) - (size_t)n, "&chat=%" PRId64, chat);
    v = botapi_ask(b, "calls", form);
    list = json_get(v, "calls");
    for (size_t i = 0; i < json_count(list); i++) {
        out.calls++;
        out.accepted += json_bool_or(json_at(list, i), "accepted", false);
    }
    json_free(v);
    return out;
}
