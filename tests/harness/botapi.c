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
                               cfg->telegram_auth_bot_token, "--client-name",
                               "exmpl_bonus_bot", "--auth-name", "exmpl_till_bot",
                               "--channel", "exmpl_shop", "--empty", NULL);
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

/* ---- asking, telling ------------------------------------------------------------ */

static struct json *call(struct botapi *b, struct web_ask *request, const char *path)
{
    struct buf where = {0}, answer = {0};
    struct json *v = NULL;
    const char *body;
    int status;

    buf_addf(&where, "/control/%s", path);
    request->port = b->port;
    request->path = where.s;
    status = web_ask(request, &answer);
    body = web_body(&answer);
    if (status == 200)
        v = json_parse(body, strlen(body));
    if (v == NULL)
        fprintf(stderr, "%s: %d %s\n", where.s, status, body);
    need(v != NULL, "refuses");
    buf_free(&where);
    buf_free(&answer);
    return v;
}

struct json *botapi_ask(struct botapi *b, const char *path, const char *form)
{
    struct web_ask request = {.method = "GET"};
    struct buf whole = {0};
    struct json *v;

    buf_addf(&whole, "%s?%s", path, form != NULL ? form : "");
    v = call(b, &request, whole.s);
    buf_free(&whole);
    return v;
}

struct json *botapi_act(struct botapi *b, const char *path, const char *form)
{
    struct web_ask request = {.method = "POST",
                              .headers =
                                  "Content-Type: application/x-www-form-urlencoded\r\n",
                              .body = form,
                              .n = form != NULL ? strlen(form) : 0};

    return call(b, &request, path);
}

void botapi_tell(struct botapi *b, const char *path, const char *form)
{
    json_free(botapi_act(b, path, form));
}

struct json *botapi_upload(struct botapi *b, const char *path, const void *p, size_t n)
{
    struct web_ask request = {.method = "POST",
                              .headers = "Content-Type: application/octet-stream\r\n",
                              .body = p,
                              .n = n};

    return call(b, &request, path);
}

/* ---- what is often asked and told ----------------------------------------------- */

void botapi_person(struct botapi *b, int64_t id, const char *name, const char *lang)
{
    struct buf form = {0};

    buf_addf(&form, "id=%" PRId64 "&first_name=", id);
    buf_add_url(&form, name);
    if (lang != NULL)
        buf_addf(&form, "&language_code=%s", lang);
    botapi_tell(b, "people", form.s);
    buf_free(&form);
}

void botapi_decode(struct botapi *b, int64_t n, char *out, size_t room)
{
    char form[40];
    struct json *v;
    const char *text;

    snprintf(form, sizeof(form), "n=%" PRId64, n);
    v = botapi_act(b, "decode", form);
    text = json_text(v, "text", NULL);
    snprintf(out, room, "%s", text != NULL ? text : "");
    json_free(v);
}

/* What path answers: a list of that name, its members with a flag of that one. */
static void count(struct botapi *b, const char *path, const char *form,
                  struct botapi_count *out, const char *flag)
{
    struct json *v = botapi_ask(b, path, form);
    const struct json *list = json_get(v, path);

    for (size_t i = 0; i < json_count(list); i++) {
        out->calls++;
        out->accepted += json_bool_or(json_at(list, i), flag, false);
    }
    json_free(v);
}

struct botapi_count botapi_count(struct botapi *b, const char *method, int64_t chat)
{
    struct botapi_count out = {0};
    char form[128];
    int n = snprintf(form, sizeof(form), "method=%s", method);

    if (chat != 0)
        snprintf(form + n, sizeof(form) - (size_t)n, "&chat=%" PRId64, chat);
    count(b, "calls", form, &out, "accepted");
    return out;
}

struct botapi_count botapi_taps(struct botapi *b, int64_t person)
{
    static const char *const bots[] = {"client", "auth"};
    struct botapi_count out = {0};
    char form[80];

    for (int i = 0; i < 2; i++) {
        snprintf(form, sizeof(form), "person=%" PRId64 "&bot=%s", person, bots[i]);
        count(b, "callbacks", form, &out, "answered");
    }
    return out;
}

size_t botapi_violations(struct botapi *b)
{
    struct json *v = botapi_ask(b, "violations", NULL);
    size_t n = json_count(json_get(v, "violations"));

    if (n > 0)
        fprintf(stderr, "violations: %s\n", json_print(v));
    json_free(v);
    return n;
}
