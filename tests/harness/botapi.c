/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/botapi.h"

#include "core/base/buf.h"
#include "tests/harness/program.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0,
         "does not listen");
    return fd;
}

static void exchange(int port, const struct buf *request, struct buf *answer)
{
    int fd = dial(port);
    char part[16384];
    ssize_t n;

    for (size_t at = 0; at < request->len; at += (size_t)n) {
        n = send(fd, request->s + at, request->len - at, MSG_NOSIGNAL);
        need(n > 0, "does not read");
    }
    while ((n = recv(fd, part, sizeof(part), 0)) > 0)
        buf_add(answer, part, (size_t)n);
    close(fd);
}

struct body {
    const char *type;
    const void *p;
    size_t n;
};

static struct json *ask(struct botapi *b, const char *path, struct body body)
{
    struct buf request = {0}, answer = {0};
    const char *end;
    struct json *v = NULL;

    buf_addf(&request,
             "POST /control/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
             "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
             path, body.type, body.n);
    buf_add(&request, body.p, body.n);
    exchange(b->port, &request, &answer);
    end = answer.s ? strstr(answer.s, "\r\n\r\n") : NULL;
    if (end != NULL)
        v = json_parse(end + 4, answer.len - (size_t)(end + 4 - answer.s));
    if (v == NULL || !json_bool_or(v, "ok", true))
        fprintf(stderr, "%s: %s\n", path, answer.s ? answer.s : "no answer");
    need(v != NULL && json_bool_or(v, "ok", true), "refuses");
    buf_free(&request);
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
