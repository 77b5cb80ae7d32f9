/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik bots`: webhooks or long polling, into the queue. */
#include "bots/bots.h"

#include "start.h"
#include "bots/intake.h"
#include "bots/poll.h"
#include "bots/webhook.h"
#include "core/base/log.h"
#include "core/io/health.h"
#include "core/io/queue.h"
#include "core/io/telegram.h"

#include <signal.h>
#include <unistd.h>

#define CHECK_MS 50

struct bots {
    struct config cfg;
    struct loop *loop;
    struct webhook webhook;
    struct httpd *httpd;
    struct intake *intake;
    struct redis_pipe *pipes[QUEUE_SHARDS_MAX];
    struct health *health;
    struct tg *tg;
    struct poll *polls[TG_BOTS];
    struct loop_timer check;
    bool stopping;
    int status;
};

/* ---- is Redis fit? -------------------------------------------------------------- */

static bool polls_start(struct bots *b)
{
    bool fine = true;

    if (b->cfg.telegram_updates != UPDATES_POLLING)
        return true;
    for (int i = 0; i < TG_BOTS; i++) {
        b->polls[i] = poll_open(b->loop, b->tg, b->intake, (enum tg_bot)i);
        fine = fine && b->polls[i] != NULL;
    }
    return fine;
}

static void refuse(struct bots *b, const char *why)
{
    b->status = start_refuse("bots", why);
    loop_stop(b->loop);
}

/* Nothing is taken in before Redis was found fit to keep it; until it can be asked we
 * stand, answer 503 and wait. */
static void check(void *arg)
{
    struct bots *b = arg;
    const char *why = "Redis could not be looked at";
    enum status st = redis_pipe_up(b->pipes[0]) ? start_redis(&b->cfg, &why) : ST_DOWN;

    if (st == ST_DOWN || st == ST_UNSURE) {
        loop_after(b->loop, &b->check, CHECK_MS, check, b);
    } else if (st != ST_OK) {
        refuse(b, why);
    } else if (!polls_start(b)) {
        refuse(b, "no memory");
    } else {
        b->webhook.ready = true;
        log_info("bots ready",
                 LOG_TEXT("updates", b->cfg.telegram_updates == UPDATES_POLLING
                                         ? "polling"
                                         : "webhook"));
    }
}

/* ---- stopping ------------------------------------------------------------------- */

static void drained(void *arg)
{
    struct bots *b = arg;

    loop_stop(b->loop);
}

/* The first signal finishes what is under way, the second leaves. */
static void on_stop(void *arg)
{
    struct bots *b = arg;

    if (b->stopping)
        _exit(1);
    b->stopping = true;
    log_info("bots stopping");
    loop_cancel(&b->check);
    for (int i = 0; i < TG_BOTS; i++)
        if (b->polls[i])
            poll_stop(b->polls[i]);
    httpd_stop(b->httpd, drained, b);
}

/* ---- parts ---------------------------------------------------------------------- */

static bool pipes_open(struct bots *b)
{
    char key[QUEUE_KEY_MAX];

    for (int i = 0; i < b->cfg.queue_shards; i++) {
        queue_key(key, (struct queue_at){POOL_LOGIC, i}, "bell");
        b->pipes[i] = redis_pipe_open_at(b->loop, b->cfg.redis_url, key);
        if (b->pipes[i] == NULL)
            return false;
        intake_use(b->intake, i, b->pipes[i]);
    }
    return true;
}

/* In the order of their hooks: what was gathered is put together and written first, so
 * that Redis works while the server answers what Redis has just acknowledged. */
static bool parts_open(struct bots *b, const char **why)
{
    struct health_options look = {.cfg = &b->cfg, .beats = true};

    *why = "no memory";
    if (!(b->loop = loop_new()) ||
        !(b->intake = intake_open(b->loop, (int)b->cfg.queue_shards)) || !pipes_open(b))
        return false;
    b->webhook = (struct webhook){.cfg = &b->cfg, .loop = b->loop, .intake = b->intake};
    if (!(b->httpd = webhook_open(&b->webhook, why)))
        return false;
    *why = "no memory";
    look.loop = b->loop;
    look.pipe = b->pipes[0];
    b->webhook.health = b->health = health_open(&look);
    b->tg = tg_open(b->loop, &b->cfg);
    return b->health && b->tg &&
           loop_on_signal(b->loop, SIGTERM, on_stop, b) == ST_OK &&
           loop_on_signal(b->loop, SIGINT, on_stop, b) == ST_OK;
}

/* Each before what its last callbacks need. */
static void parts_close(struct bots *b)
{
    for (int i = 0; i < QUEUE_SHARDS_MAX; i++)
        redis_pipe_close(b->pipes[i]);
    health_close(b->health);
    intake_close(b->intake);
    tg_close(b->tg);
    for (int i = 0; i < TG_BOTS; i++)
        poll_close(b->polls[i]);
    httpd_close(b->httpd);
    loop_free(b->loop);
    config_free(&b->cfg);
}

int bots_main(int argc, char **argv)
{
    struct bots b = {0};
    const char *why;

    (void)argv;
    if (argc > 1)
        return start_refuse("bots", "takes no arguments");
    b.status = start_settings(&b.cfg, "bots", NEED_TELEGRAM | NEED_WEBHOOK);
    if (b.status != 0) {
        config_free(&b.cfg);
        return b.status;
    }
    signal(SIGPIPE, SIG_IGN);
    if (parts_open(&b, &why)) {
        log_info("bots listening", LOG_TEXT("on", b.cfg.bots_listen),
                 LOG_INT("port", httpd_port(b.httpd)));
        check(&b);
        loop_run(b.loop);
        log_info("bots stopped");
    } else {
        b.status = start_refuse("bots", why);
    }
    parts_close(&b);
    return b.status;
}
