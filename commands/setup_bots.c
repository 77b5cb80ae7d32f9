/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik setup-bots`: descriptions and commands of both bots in every language, and
 * their webhooks when updates come that way. Safe to repeat. Words change by themselves
 * later (worker/introduce.h); a webhook does not. */
#include "commands/commands.h"

#include "start.h"
#include "core/io/db.h"
#include "core/io/telegram.h"
#include "core/io/telegram_profile.h"
#include "core/io/telegram_setup.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

struct setup {
    struct config cfg;
    struct settings set;
    struct loop *loop;
    struct tg *tg;
    struct loop_timer wait;
    enum tg_bot bot;
    int i; /* the next step of this bot; the last one is its webhook */
    bool webhook_asked, failed;
    const char *method;
};

static void step(void *arg);

static void told(void *arg, const struct tg_answer *a)
{
    struct setup *s = arg;
    const struct tg_verdict *v = &a->verdict;

    if (v->fate == TG_LATER && v->code == 429) {
        printf("%s %s: asked to wait %lld s\n", tg_bot_name(s->bot), s->method,
               (long long)v->wait_s);
        s->i--;
        s->webhook_asked = false;
        loop_after(s->loop, &s->wait, v->wait_s * 1000, step, s);
        return;
    }
    if (v->fate == TG_SENT) {
        printf("%s %s: done\n", tg_bot_name(s->bot), s->method);
    } else {
        printf("%s %s: failed: %s\n", tg_bot_name(s->bot), s->method,
               v->description[0] ? v->description : tg_fate_name(v->fate));
        s->failed = true;
    }
    step(s);
}

static struct json *webhook_params(struct setup *s)
{
    struct json *params;

    if (s->webhook_asked || s->cfg.telegram_updates == UPDATES_POLLING)
        return NULL;
    s->webhook_asked = true;
    s->method = "setWebhook";
    params = setup_webhook(&s->cfg, s->bot);
    if (!params) {
        printf("%s setWebhook: failed: PUBLIC_URL or this bot's secret is not set\n",
               tg_bot_name(s->bot));
        s->failed = true;
    }
    return params;
}

static struct json *params_next(struct setup *s)
{
    struct profile_words words = {s->set.brand_name, s->set.brand_operator};
    struct json *params = profile_call(s->bot, s->i, &words, &s->method);

    return params ? params : webhook_params(s);
}

static void step(void *arg)
{
    struct setup *s = arg;
    struct json *params = params_next(s);
    struct tg_ask ask = {.bot = s->bot, .done = told, .arg = s};
    enum status st;

    while (!params && s->bot + 1 < TG_BOTS) {
        s->bot++;
        s->i = 0;
        s->webhook_asked = false;
        params = params_next(s);
    }
    if (!params) {
        loop_stop(s->loop);
        return;
    }
    s->i++;
    ask.bot = s->bot;
    ask.method = s->method;
    ask.params = params;
    st = tg_call(s->tg, &ask);
    json_free(params);
    if (st != ST_OK) {
        printf("%s %s: cannot be asked\n", tg_bot_name(s->bot), s->method);
        s->failed = true;
        loop_stop(s->loop);
    }
}

static enum status shop_read(struct setup *s)
{
    struct db *db = db_open(&s->cfg);
    enum status st = db != NULL ? setting_load(db, &s->set) : ST_BROKEN;

    db_close(db);
    return st;
}

static int run(struct setup *s)
{
    int status = 1;

    s->loop = loop_new();
    s->tg = s->loop ? tg_open(s->loop, &s->cfg) : NULL;
    if (s->tg) {
        step(s);
        loop_run(s->loop);
        status = s->failed;
    }
    tg_close(s->tg);
    loop_free(s->loop);
    return status;
}

int setup_bots_main(int argc, char **argv)
{
    static struct setup s; /* the settings' texts are large */
    int status;

    (void)argv;
    if (argc > 1)
        return start_refuse("setup-bots", "takes no arguments");
    status = start_command(&s.cfg, "setup-bots",
                           NEED_TELEGRAM | NEED_WEBHOOK | NEED_DATABASE);
    if (status == 0 && shop_read(&s) != ST_OK)
        status = start_refuse("setup-bots", "the shop's settings cannot be read");
    else if (status == 0)
        status = run(&s);
    config_free(&s.cfg);
    return status;
}
