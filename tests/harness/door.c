/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/door.h"

#include "tests/harness/until.h"
#include "tests/harness/wire.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct door door;

/* ---- Redis ---------------------------------------------------------------------- */

struct question {
    const char *verb, *key, *arg;
    struct redis_reply *reply;
};

static bool answered(void *arg)
{
    struct question *q = arg;

    return redis_do(door.redis, &q->reply, q->verb, q->key, q->arg, NULL) == ST_OK;
}

/* Right after a kill the first answer is lost, and then Redis is loading. */
int64_t door_ask(const char *verb, const char *key, const char *arg)
{
    struct question q = {verb, key, arg, NULL};
    int64_t v;

    assert_true(until(answered, &q, SOON_MS));
    v = redis_int(q.reply);
    redis_free(q.reply);
    return v;
}

int door_stored(void)
{
    int64_t n = 0;
    char key[32];

    for (int i = 0; i < 16; i++) {
        snprintf(key, sizeof(key), "dv:{s0}:a:%d", i);
        n += door_ask("LLEN", key, NULL);
    }
    return (int)n;
}

void door_config(const char *name, const char *value)
{
    struct redis_reply *r = NULL;

    assert_int_equal(redis_do(door.redis, &r, "CONFIG", "SET", name, value, NULL),
                     ST_OK);
    redis_free(r);
}

/* ---- the program ---------------------------------------------------------------- */

void door_start(void)
{
    const char *at;

    door.bots = program_start("dvorik", "bots", NULL);
    if (!program_says(door.bots, "bots ready", SOON_MS))
        fail_msg("bots does not get ready: %s", program_output(door.bots));
    at = strstr(strstr(program_output(door.bots), "bots listening"), "\"port\":");
    assert_non_null(at);
    door.port = (int)strtol(at + 7, NULL, 10);
}

void door_export(void)
{
    world_export(door.cfg);
    setenv("LOG_FORMAT", "json", 1);
    setenv("LOG_LEVEL", "info", 1);
}

int door_open(void **state)
{
    static char url[200];

    (void)state;
    door.cfg = world_config();
    door.server = server_new(SERVER_REDIS);
    snprintf(url, sizeof(url), "unix://%s?db=0", server_socket(door.server));
    door.cfg->redis_url = url;
    door_export();
    door.redis = redis_open(url);
    door_config("appendonly", "yes");
    door_config("appendfsync", "always");
    door_config("maxmemory-policy", "noeviction");
    door_start();
    return 0;
}

int door_close(void **state)
{
    (void)state;
    program_end(door.bots);
    redis_close(door.redis);
    server_free(door.server);
    return 0;
}

int door_empty(void **state)
{
    (void)state;
    door_ask("FLUSHALL", NULL, NULL);
    return 0;
}

/* ---- posting -------------------------------------------------------------------- */

size_t post_print(char *out, size_t room, const struct post *p)
{
    char secret[200] = "", type[100] = "";

    if (p->secret)
        snprintf(secret, sizeof(secret), "X-Telegram-Bot-Api-Secret-Token: %s\r\n",
                 p->secret);
    if (p->type)
        snprintf(type, sizeof(type), "Content-Type: %s\r\n", p->type);
    return (size_t)snprintf(out, room,
                            "POST %s HTTP/1.1\r\nHost: x\r\n%s%sContent-Length: %zu\r\n"
                            "\r\n%s",
                            p->path, secret, type, strlen(p->body), p->body);
}

int post_raw(const char *request)
{
    int fd = wire_dial(door.port);

    wire_say(fd, request);
    wire_hear(fd, door.answer, sizeof(door.answer));
    close(fd);
    return wire_status(door.answer);
}

int post(const struct post *p)
{
    char text[8192];

    post_print(text, sizeof(text), p);
    return post_raw(text);
}

int post_update(const char *body)
{
    return post(&(struct post){"/telegram/client", door.cfg->telegram_webhook_secret,
                               "application/json", body});
}
