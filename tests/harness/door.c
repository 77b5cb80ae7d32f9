/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/door.h"

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

/* ---- the program ---------------------------------------------------------------- */

void door_start(void)
{
    door.bots = program_start("dvorik", "bots", NULL);
    if (!program_says(door.bots, "bots ready", SOON_MS))
        fail_msg("bots does not get ready: %s", program_output(door.bots));
    door.port = program_port(door.bots, SOON_MS);
}

void door_export(void)
{
    world_export(door.cfg);
    setenv("LOG_FORMAT", "json", 1);
    setenv("LOG_LEVEL", "info", 1);
}

int door_open(void **state)
{
    (void)state;
    door.cfg = world_config();
    cellar_open();
    door.cfg->redis_url = cellar.url;
    door_export();
    door_start();
    return 0;
}

int door_close(void **state)
{
    (void)state;
    program_end(door.bots);
    cellar_close();
    return 0;
}

int door_empty(void **state)
{
    (void)state;
    cellar_ask("FLUSHALL", NULL, NULL, NULL);
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
