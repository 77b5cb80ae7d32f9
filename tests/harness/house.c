/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/house.h"

#include "tests/harness/until.h"
#include "tests/harness/web.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[RESIDENTS] = {"bots", "worker", "scheduler", "api"};

static void resident_start(struct house *h, enum resident who)
{
    h->program[who] = program_start("dvorik", names[who], NULL);
}

static bool healthy(void *arg)
{
    struct house *h = arg;
    struct web_ask ask = {.port = h->api_port, .method = "GET", .path = "/health"};

    return web_ask(&ask, NULL) == 200;
}

static void listen_on(const char **setting, int *port)
{
    static char text[2][32];
    static int used;
    char *s = text[used++ % 2];

    *port = web_free_port();
    snprintf(s, sizeof text[0], "127.0.0.1:%d", *port);
    *setting = s;
}

static bool webhooks_set(void *arg)
{
    struct house *h = arg;
    char key[160];
    struct web_ask ask = {.port = h->api_port,
                          .method = "POST",
                          .path = "/internal/set-webhooks",
                          .headers = key};

    snprintf(key, sizeof key, "X-API-Key: %s\r\n", h->cfg->internal_api_key);
    return web_ask(&ask, NULL) == 200;
}

void house_open(struct house *h, struct config *cfg)
{
    *h = (struct house){.cfg = cfg, .db = db_open(cfg)};
    h->botapi = botapi_start(cfg);
    listen_on(&cfg->bots_listen, &h->bots_port);
    listen_on(&cfg->api_listen, &h->api_port);
    world_export(cfg);
    for (int i = 0; i < RESIDENTS; i++)
        resident_start(h, (enum resident)i);
    if (!until(healthy, h, 20000) || !until(webhooks_set, h, 20000))
        fail_msg("not healthy:\n%s\n%s", program_output(h->program[API]),
                 program_output(h->program[BOTS]));
}

void house_close(struct house *h)
{
    for (int i = 0; i < RESIDENTS; i++)
        program_end(h->program[i]);
    botapi_end(h->botapi);
    db_close(h->db);
}

void house_restart(struct house *h, enum resident who, const char *crash,
                   const char *once)
{
    program_signal(h->program[who], SIGKILL);
    program_end(h->program[who]);
    setenv("DVORIK_CRASH", crash, 1);
    setenv("DVORIK_CRASH_ONCE", once, 1);
    resident_start(h, who);
    unsetenv("DVORIK_CRASH");
    unsetenv("DVORIK_CRASH_ONCE");
    if (who == BOTS || who == API)
        assert_true(until(healthy, h, 20000));
}

void house_tend(struct house *h)
{
    for (int i = 0; i < RESIDENTS; i++) {
        if (program_lives(h->program[i]))
            continue;
        program_end(h->program[i]);
        resident_start(h, (enum resident)i);
        h->restarts++;
    }
}

struct tended {
    struct house *h;
    bool (*asked)(void *arg);
    void *arg;
};

static bool tended(void *arg)
{
    struct tended *t = arg;

    house_tend(t->h);
    return t->asked(t->arg);
}

bool house_until(struct house *h, bool (*asked)(void *arg), void *arg, int ms)
{
    struct tended t = {h, asked, arg};

    return until(tended, &t, ms);
}

int64_t house_count(struct house *h, const char *sql)
{
    assert_int_equal(db_one(h->db, sql), ST_OK);
    return db_int(h->db, 0);
}
