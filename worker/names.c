/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/names.h"

#include "core/base/log.h"
#include "core/io/queue.h"
#include "core/setting.h"

#include <stdio.h>
#include <stdlib.h>

#define AGAIN_MS 10000
#define NEWS_MS 600000 /* the shop may have another name by then */

struct one {
    struct names *names;
    enum tg_bot bot;
    const char *setting;
    struct loop_timer again;
    char username[SETTING_NAME];
};

struct names {
    struct loop *loop;
    struct tg *tg;
    struct db *db;
    int64_t now;
    struct one one[2];
};

/* Telegram listens: whether there is something new to tell it of the bots is for the
 * step to see. */
static enum status tell(struct db *db, int64_t now)
{
    struct job_spec spec = {.kind = KIND_BOT_NAMES_KNOWN, .idk = "known"};
    enum status st = job_put(db, now, &spec);

    return st == ST_TAKEN ? ST_OK : st;
}

static enum status keep_work(struct db *db, void *arg)
{
    const struct one *o = arg;
    const struct setting_change change = {
        .name = o->setting, .value = o->username, .by = "getMe"};
    const char *why = "";
    enum status st = setting_set(db, o->names->now, &change, &why);

    if (st == ST_BAD)
        log_error("the bot's name cannot be kept", LOG_TEXT("why", why));
    return st == ST_OK ? tell(db, o->names->now) : st;
}

static void ask(void *arg);

static void ask_again(struct one *o)
{
    loop_after(o->names->loop, &o->again, AGAIN_MS, ask, o);
}

static void on_me(void *arg, const struct tg_answer *a)
{
    struct one *o = arg;
    const char *name = json_text(a->result, "username", NULL);
    enum status st;

    if (a->verdict.fate == TG_HALT)
        log_error("Telegram refuses a bot's token", LOG_TEXT("setting", o->setting));
    if (a->verdict.fate != TG_SENT || name == NULL) {
        ask_again(o);
        return;
    }
    snprintf(o->username, sizeof o->username, "%s", name);
    o->names->now = loop_now(o->names->loop);
    st = db_tx(o->names->db, keep_work, o);
    loop_after(o->names->loop, &o->again,
               st == ST_OK || st == ST_BAD ? NEWS_MS : AGAIN_MS, ask, o);
}

static void ask(void *arg)
{
    struct one *o = arg;
    const struct tg_ask me = {
        .bot = o->bot, .method = "getMe", .done = on_me, .arg = o};
    enum status st = tg_call(o->names->tg, &me);

    if (st == ST_BROKEN)
        ask_again(o);
}

struct names *names_learn(struct loop *loop, struct tg *tg, struct db *db)
{
    static const struct {
        enum tg_bot bot;
        const char *setting;
    } bots[2] = {{TG_CLIENT, "client_bot_username"}, {TG_AUTH, "auth_bot_username"}};
    struct names *n = calloc(1, sizeof *n);

    if (n == NULL)
        return NULL;
    n->loop = loop;
    n->tg = tg;
    n->db = db;
    for (int i = 0; i < 2; i++) {
        n->one[i].names = n;
        n->one[i].bot = bots[i].bot;
        n->one[i].setting = bots[i].setting;
        ask(&n->one[i]);
    }
    return n;
}

void names_close(struct names *n)
{
    if (n == NULL)
        return;
    for (int i = 0; i < 2; i++)
        loop_cancel(&n->one[i].again);
    free(n);
}
