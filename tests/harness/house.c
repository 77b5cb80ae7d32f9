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
#include <string.h>

#define UP_MS 30000

static const char *const names[RESIDENTS] = {"bots", "worker", "scheduler", "api"};

const char *house_name(enum resident who)
{
    return names[who];
}

static void resident_start(struct house *h, enum resident who)
{
    h->program[who] = program_start("dvorik", names[who], NULL);
}

void house_dump(struct house *h)
{
    for (int i = 0; i < RESIDENTS; i++)
        fprintf(stderr, "--- %s\n%s\n", names[i], program_output(h->program[i]));
}

/* ---- opening ----------------------------------------------------------------------
 */

static bool healthy(void *arg)
{
    struct house *h = arg;
    struct web_ask ask = {.port = h->api_port, .method = "GET", .path = "/health"};

    return web_ask(&ask, NULL) == 200;
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

/* Known before they listen: the api must find the bots, Telegram too. */
static void choose_ports(struct house *h)
{
    h->bots_port = web_free_port();
    h->api_port = web_free_port();
    snprintf(h->bots_listen, sizeof h->bots_listen, "127.0.0.1:%d", h->bots_port);
    snprintf(h->api_listen, sizeof h->api_listen, "127.0.0.1:%d", h->api_port);
    h->cfg->bots_listen = h->bots_listen;
    h->cfg->api_listen = h->api_listen;
    snprintf(h->scanner_url, sizeof h->scanner_url, "http://%s/scan", h->api_listen);
    if (h->botapi != NULL)
        h->cfg->scanner_url = h->scanner_url;
}

void house_open(struct house *h, struct config *cfg, struct botapi *botapi)
{
    bool hooks = botapi != NULL && cfg->telegram_updates == UPDATES_WEBHOOK;

    *h = (struct house){.cfg = cfg, .botapi = botapi};
    choose_ports(h);
    world_export(cfg);
    for (int i = 0; i < RESIDENTS; i++)
        resident_start(h, (enum resident)i);
    if (until(healthy, h, UP_MS) && (!hooks || until(webhooks_set, h, UP_MS)))
        return;
    house_dump(h);
    fail_msg("the house is not healthy");
}

void house_close(struct house *h)
{
    int failed = 0;

    for (int i = 0; i < RESIDENTS; i++)
        program_signal(h->program[i], SIGTERM);
    for (int i = 0; i < RESIDENTS; i++) {
        int status = program_wait(h->program[i], UP_MS);

        if (status != 0)
            fprintf(stderr, "--- %s ended with status %d\n%s\n", names[i], status,
                    program_output(h->program[i]));
        failed += status != 0;
        program_end(h->program[i]);
    }
    botapi_end(h->botapi);
    assert_int_equal(failed, 0);
}

/* ---- dying and being started again ------------------------------------------------
 */

void house_restart(struct house *h, enum resident who)
{
    program_signal(h->program[who], SIGKILL);
    program_end(h->program[who]);
    resident_start(h, who);
    if (who == BOTS || who == API)
        assert_true(until(healthy, h, UP_MS));
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
