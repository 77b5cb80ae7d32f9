/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/openapi.h"
#include "core/base/clock.h"
#include "core/io/jwt.h"
#include "core/staff/session.h"
#include "core/staff/staff.h"
#include "core/staff/store.h"
#include "tests/harness/schema.h"
#include "tests/harness/until.h"
#include "tests/harness/web.h"
#include "tests/harness/wire.h"
#include "tests/harness/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define READY_MS 20000
#define API_SESSIONS 256

struct api_place api_place;
static struct json *description;

/* ---- logged in ------------------------------------------------------------------- */

static struct {
    int64_t staff_id;
    struct buf token;
} sessions[API_SESSIONS];
static int sessions_n, logging_in;

static enum status log_in(struct db *db, void *arg)
{
    struct session_spec spec = {.staff_id = *(int64_t *)arg, .how = "login.link"};
    const struct jwt_keys keys = {.key = api_place.cfg->jwt_secret_key};
    struct session s;
    enum status st = session_begin(db, clock_now(), &spec, &s);
    struct jwt_claims word = {
        .sub = s.staff_id, .issued = s.issued, .expires = s.expires};

    memcpy(word.jti, s.jti, sizeof word.jti);
    buf_clear(&sessions[logging_in].token);
    buf_adds(&sessions[logging_in].token, "Bearer ");
    return st == ST_OK ? jwt_make(&keys, &word, &sessions[logging_in].token) : st;
}

/* Of a role that may not log in: a session all the same, so that it is seen refused. */
static enum status slip_in(struct db *db, void *arg)
{
    const int64_t id = *(int64_t *)arg;
    struct staff who;
    enum status st = staff_load(db, id, &who);

    if (st != ST_OK || staff_may(&who, PERM_PANEL))
        return st == ST_OK ? log_in(db, arg) : st;
    st = db_exec(db, NULL, "UPDATE staff SET role = ? WHERE id = ?",
                 DB_INT(ROLE_READONLY), DB_INT(id));
    if (st == ST_OK)
        st = log_in(db, arg);
    return st == ST_OK ? db_exec(db, NULL, "UPDATE staff SET role = ? WHERE id = ?",
                                 DB_INT(who.role), DB_INT(id))
                       : st;
}

void api_log_out(int64_t staff_id)
{
    for (int i = 0; i < sessions_n; i++)
        if (sessions[i].staff_id == staff_id)
            sessions[i].staff_id = 0;
}

static int session_of(int64_t staff_id)
{
    for (int i = 0; i < sessions_n; i++)
        if (sessions[i].staff_id == staff_id)
            return i;
    return -1;
}

const char *api_token(int64_t staff_id)
{
    int at = session_of(staff_id);

    if (at >= 0)
        return sessions[at].token.s;
    at = session_of(0); /* of somebody who has logged out */
    if (at < 0) {
        assert_true(sessions_n < API_SESSIONS);
        at = sessions_n++;
    }
    logging_in = at;
    assert_int_equal(db_tx(api_place.db, slip_in, &staff_id), ST_OK);
    sessions[at].staff_id = staff_id;
    return sessions[at].token.s;
}

static void sessions_forget(void)
{
    while (sessions_n > 0)
        buf_free(&sessions[--sessions_n].token);
}

/* ---- the program ----------------------------------------------------------------- */

static bool is_ready(void *arg)
{
    const struct web_ask ask = {
        .port = api_place.port, .method = "GET", .path = "/ready"};

    (void)arg;
    return web_ask(&ask, NULL) == 200;
}

static void begin(void)
{
    api_place.program = program_start("dvorik", "api", NULL);
    api_place.port = program_port(api_place.program, READY_MS);
    assert_true(api_place.port > 0);
    assert_true(until(is_ready, NULL, READY_MS));
}

static void describe(void)
{
    const char *why = "";

    description = openapi_make(&why);
    if (description == NULL)
        fail_msg("the description is broken: %s", why);
}

int api_open(void **state)
{
    (void)state;
    setenv("API_RATE", "0", 0);
    api_place.cfg = world_config();
    api_place.cfg->log_level = "info";
    world_export(api_place.cfg);
    api_place.db = db_open(api_place.cfg);
    describe();
    begin();
    return 0;
}

int api_close(void **state)
{
    (void)state;
    json_free(description);
    sessions_forget();
    db_close(api_place.db);
    return program_end(api_place.program) == 0 ? 0 : -1;
}

void api_beside(struct config *cfg, struct db *db, int port)
{
    api_place = (struct api_place){.cfg = cfg, .db = db, .port = port};
    describe();
}

void api_leave(void)
{
    json_free(description);
    description = NULL;
    sessions_forget();
    api_place = (struct api_place){0};
}

void api_restart(void)
{
    assert_int_equal(program_end(api_place.program), 0);
    begin();
}

/* ---- people and stores ----------------------------------------------------------- */

int64_t api_staff(enum role role)
{
    static int64_t last = 7000000000;
    struct staff_spec spec = {.channel = 1,
                              .external_id = ++last,
                              .name = "Ольга",
                              .language = "ru",
                              .role = role};
    struct staff out;

    assert_int_equal(staff_add(api_place.db, clock_now(), &spec, &out), ST_OK);
    return out.id;
}

void api_bind(int64_t staff_id, int64_t store_id)
{
    assert_int_equal(db_exec(api_place.db, NULL,
                             "INSERT INTO staff_store (staff_id, store_id)"
                             " VALUES (?, ?)",
                             DB_INT(staff_id), DB_INT(store_id)),
                     ST_OK);
}

int64_t api_store(const char *name, const char *city)
{
    struct store_spec spec = {.name = name, .city = city};
    int64_t id = 0;

    assert_int_equal(store_add(api_place.db, clock_now(), &spec, &id), ST_OK);
    return id;
}

/* ---- the description ------------------------------------------------------------- */

struct finding {
    const char *path; /* asked */
    size_t n;
    const struct json *found;
    int words;
};

/* Does the described path fit, and in how many words? -1: it does not. */
static int words_in(const char *described, const char *path, size_t n)
{
    const char *end = path + n;
    int words = 0;

    while (*described == '/' && path < end && *path == '/') {
        size_t d = strcspn(++described, "/"), p = 0;

        for (path++; path + p < end && path[p] != '/'; p++)
            continue;
        if (*described != '{') {
            if (d != p || memcmp(described, path, d) != 0)
                return -1;
            words++;
        }
        described += d;
        path += p;
    }
    return *described == '\0' && path == end ? words : -1;
}

static void path_look(void *arg, const char *key, struct json *v)
{
    struct finding *f = arg;
    int words = words_in(key, f->path, f->n);

    if (words > f->words) {
        f->words = words;
        f->found = v;
    }
}

static const struct json *operation_of(const struct ask *ask)
{
    struct finding f = {.path = ask->path, .n = strcspn(ask->path, "?"), .words = -1};
    char method[16];
    size_t i;

    json_each(json_get(description, "paths"), path_look, &f);
    for (i = 0; ask->method[i] != '\0' && i < sizeof method - 1; i++)
        method[i] = (char)(ask->method[i] | 0x20);
    method[i] = '\0';
    return json_get(f.found, strcmp(method, "head") == 0 ? "get" : method);
}

/* What no route has answered: addresses and methods that are not there. */
static const struct json *response_of(const struct ask *ask, const struct heard *h)
{
    const struct json *op = operation_of(ask), *found;
    char status[24];

    snprintf(status, sizeof status, "responses.%d", h->status);
    if (op == NULL && (h->status == 404 || h->status == 405))
        return json_get(description, "components.responses.problem");
    found = json_get(op, status);
    if (found == NULL && h->status >= 400)
        found = json_get(op, "responses.default");
    return schema_resolve(description, found);
}

static void hold_against_description(const struct ask *ask, const struct heard *h)
{
    const struct json *response = response_of(ask, h);
    char type[64], content[96];
    struct buf why = {0};

    if (response == NULL)
        fail_msg("%s %s: %d is not described: %s", ask->method, ask->path, h->status,
                 h->raw.s);
    snprintf(type, sizeof type, "%s", heard_header(h, "Content-Type"));
    type[strcspn(type, ";")] = '\0';
    snprintf(content, sizeof content, "content.%s.schema", type);
    if (*type == '\0' && json_get(response, "content") == NULL)
        return;
    if (strcmp(type, "text/csv") == 0 && json_get(response, "content.text/csv") != NULL)
        return;
    if (json_get(response, content) != NULL &&
        (strncmp(type, "image/", 6) == 0 || strncmp(type, "video/", 6) == 0))
        return;
    if (strcmp(type, "text/event-stream") == 0 &&
        json_get(response, "content.text/event-stream") != NULL)
        return;
    if (!schema_fits(description, json_get(response, content), h->json, &why))
        fail_msg("%s %s: %d is not as described: %s\n%s", ask->method, ask->path,
                 h->status, why.s, h->raw.s);
    buf_free(&why);
}

/* ---- asking ---------------------------------------------------------------------- */

int asks_say(const struct ask *ask)
{
    struct buf headers = {0};
    struct web_ask web = {.port = api_place.port,
                          .method = ask->method,
                          .path = ask->path,
                          .body = ask->body,
                          .n = ask->body_n};
    int fd;

    if (web.n == 0 && ask->body != NULL)
        web.n = strlen(ask->body);
    buf_addf(&headers, "Accept-Language: %s\r\n", ask->lang != NULL ? ask->lang : "en");
    if (ask->body != NULL &&
        (ask->headers == NULL || strstr(ask->headers, "Content-Type") == NULL))
        buf_adds(&headers, "Content-Type: application/json\r\n");
    if (ask->as != 0)
        buf_addf(&headers, "Authorization: %s\r\n", api_token(ask->as));
    if (ask->if_match != NULL)
        buf_addf(&headers, "If-Match: %s\r\n", ask->if_match);
    if (ask->key != NULL)
        buf_addf(&headers, "Idempotency-Key: %s\r\n", ask->key);
    buf_adds(&headers, ask->headers);
    web.headers = headers.s;
    fd = web_say(&web);
    buf_free(&headers);
    return fd;
}

void asks_hear(struct heard *out, int fd, const struct ask *ask)
{
    const char *body;

    json_free(out->json);
    out->json = NULL;
    out->status = web_hear(fd, &out->raw);
    if (out->status < 0)
        fail_msg("%s %s: no answer", ask->method, ask->path);
    body = web_body(&out->raw);
    out->json = json_parse(body, strlen(body));
    if (strncmp(ask->path, "/api/v1/", 8) != 0)
        return;
    if (*heard_header(out, "X-Request-Id") == '\0')
        fail_msg("%s %s: no X-Request-Id: %s", ask->method, ask->path, out->raw.s);
    if (strcmp(ask->method, "HEAD") != 0 && strcmp(ask->method, "OPTIONS") != 0)
        hold_against_description(ask, out);
}

void asks(struct heard *out, int status, const struct ask *ask)
{
    asks_hear(out, asks_say(ask), ask);
    if (status != 0 && out->status != status)
        fail_msg("%s %s: %d, wanted %d: %s", ask->method, ask->path, out->status,
                 status, out->raw.s);
}

const char *heard_code(const struct heard *h)
{
    const char *code = json_text(h->json, "code", NULL);

    return code != NULL ? code : "";
}

const char *heard_header(const struct heard *h, const char *name)
{
    static char value[1024];
    size_t n = strlen(name);
    const char *line = h->raw.s, *end = line != NULL ? strstr(line, "\r\n\r\n") : NULL;

    while (end != NULL && (line = strstr(line, "\r\n")) != NULL && line < end) {
        line += 2;
        if (strncasecmp(line, name, n) != 0 || line[n] != ':')
            continue;
        line += n + 1;
        line += strspn(line, " ");
        snprintf(value, sizeof value, "%.*s", (int)strcspn(line, "\r"), line);
        return value;
    }
    return "";
}

void heard_free(struct heard *h)
{
    buf_free(&h->raw);
    json_free(h->json);
    *h = (struct heard){0};
}

void refuses(int status, const char *code, const struct ask *ask)
{
    struct heard h = {0};

    asks(&h, status, ask);
    if (strcmp(heard_code(&h), code) != 0)
        fail_msg("%s %s: %s, wanted %s: %s", ask->method, ask->path, heard_code(&h),
                 code, h.raw.s);
    heard_free(&h);
}
