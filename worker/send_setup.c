/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 *   send.setup_check {"c","user","hooks"}: a look at what our bots are and may do, for
 *       whoever sets the shop up (core/setup.h): who they are, whether the channel lets
 *       the guests' bot see its members, where updates go. With hooks, Telegram is first
 *       told where our webhooks are.
 *
 * One question after the other, each a row of the table below; what is wrong is gathered
 * as {"problems":[{"step","code","bot","detail"}]}, whose codes api/setup_words.c puts
 * into words. A question that gets no answer is a finding, too: nothing is asked twice. */
#include "worker/send.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/telegram_setup.h"
#include "core/setting.h"
#include "core/setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct setup {
    size_t at; /* the question */
    int64_t bot_id;
    bool member; /* the bot is in the channel, and its admin */
    struct settings set;
    struct json *found, *problems; /* problems is lent by found */
};

/* ---- findings --------------------------------------------------------------------- */

struct finding {
    const char *step, *code;
    enum tg_bot bot;
    const char *detail; /* NULL: none */
};

static void finding_add(struct setup *s, struct finding f)
{
    struct json *o = json_new_object();

    json_set_text(o, "step", f.step);
    json_set_text(o, "code", f.code);
    json_set_text(o, "bot", tg_bot_name(f.bot));
    json_set_text(o, "detail", f.detail);
    json_push(s->problems, o);
}

/* ---- questions -------------------------------------------------------------------- */

struct question {
    const char *step, *method;
    enum tg_bot bot;
    /* NULL: without parameters. Answers NULL: this one is not asked. */
    struct json *(*params)(struct unit *u, enum tg_bot bot);
    void (*heard)(struct unit *u, const struct question *q, const struct tg_answer *a);
};

static bool wants_hooks(const struct unit *u)
{
    return json_bool_or(u->job.args, "hooks", false);
}

static struct json *hook_params(struct unit *u, enum tg_bot bot)
{
    const struct config *cfg = u->send->child->cfg;

    return wants_hooks(u) && cfg->telegram_updates == UPDATES_WEBHOOK
               ? setup_webhook(cfg, bot)
               : NULL;
}

static struct json *channel_params(struct unit *u, enum tg_bot bot)
{
    struct setup *s = u->own;
    struct json *o;

    (void)bot;
    if (s->set.channel_id[0] == '\0')
        return NULL;
    o = json_new_object();
    json_set_text(o, "chat_id", s->set.channel_id);
    return o;
}

static struct json *self_params(struct unit *u, enum tg_bot bot)
{
    struct setup *s = u->own;
    struct json *o = s->bot_id != 0 ? channel_params(u, bot) : NULL;

    if (o != NULL)
        json_set_int(o, "user_id", s->bot_id);
    return o;
}

/* Whoever asked: may we see whether they are in the channel? */
static struct json *other_params(struct unit *u, enum tg_bot bot)
{
    struct setup *s = u->own;
    int64_t user = json_int_or(u->job.args, "user", 0);
    struct json *o = s->member && user > 0 ? channel_params(u, bot) : NULL;

    if (o != NULL)
        json_set_int(o, "user_id", user);
    return o;
}

/* ---- answers ---------------------------------------------------------------------- */

static void not_answered(struct setup *s, const struct question *q,
                         const struct tg_answer *a, const char *code)
{
    const struct tg_verdict *v = &a->verdict;

    if (v->class == TG_CLASS_TOKEN)
        code = "token_refused";
    else if (v->fate == TG_LATER || v->fate == TG_UNSURE)
        code = "messenger_away";
    finding_add(s, (struct finding){q->step, code, q->bot, v->description});
}

static void heard_me(struct unit *u, const struct question *q,
                     const struct tg_answer *a)
{
    struct setup *s = u->own;

    if (a->verdict.fate != TG_SENT)
        not_answered(s, q, a, "token_refused");
    else if (q->bot == TG_CLIENT)
        s->bot_id = json_int_or(a->result, "id", 0);
}

static void heard_set(struct unit *u, const struct question *q,
                      const struct tg_answer *a)
{
    if (a->verdict.fate != TG_SENT)
        not_answered(u->own, q, a, "webhook_refused");
}

/* Does Telegram send this bot what it needs? It remembers an old choice. */
static bool hears_all(enum tg_bot bot, const struct json *info)
{
    const struct json *has = json_get(info, "allowed_updates");
    struct json *needed = setup_allowed_updates(bot);
    bool all = true;

    for (size_t i = 0; has != NULL && i < json_count(needed); i++) {
        const char *name = json_text(json_at(needed, i), "", NULL);
        bool is = false;

        for (size_t k = 0; name != NULL && k < json_count(has); k++) {
            const char *other = json_text(json_at(has, k), "", NULL);

            is |= other != NULL && strcmp(name, other) == 0;
        }
        all &= is;
    }
    json_free(needed);
    return all;
}

/* NULL: all is well. */
static const char *hook_wrong(const struct unit *u, enum tg_bot bot,
                              const struct json *info, const char **detail)
{
    const struct config *cfg = u->send->child->cfg;
    const char *url = json_text(info, "url", NULL);
    struct buf ours = {0};
    const char *code = NULL;

    *detail = NULL;
    if (cfg->telegram_updates == UPDATES_POLLING)
        return url != NULL && url[0] != '\0' ? "webhook_in_the_way" : NULL;
    if (!setup_webhook_url(cfg, bot, &ours) || ours.failed)
        code = "no_public_url";
    else if (url == NULL || url[0] == '\0')
        code = "webhook_not_set";
    else if (strcmp(url, ours.s) != 0)
        code = "webhook_elsewhere";
    else if (!hears_all(bot, info))
        code = "updates_missing";
    else if ((*detail = json_text(info, "last_error_message", NULL)) != NULL &&
             json_int_or(info, "pending_update_count", 0) > 0)
        code = "webhook_failing";
    buf_free(&ours);
    return code;
}

static void heard_hook(struct unit *u, const struct question *q,
                       const struct tg_answer *a)
{
    struct setup *s = u->own;
    const char *detail, *code;

    if (a->verdict.fate != TG_SENT) {
        not_answered(s, q, a, "messenger_away");
        return;
    }
    code = hook_wrong(u, q->bot, a->result, &detail);
    if (code != NULL)
        finding_add(s, (struct finding){q->step, code, q->bot, detail});
}

/* What the shop did not say of its channel it is told. */
static void channel_learn(struct unit *u, const struct json *chat)
{
    const struct setup *s = u->own;
    const char *title = json_text(chat, "title", NULL), *why;
    const char *name = json_text(chat, "username", NULL);
    struct setting_change change = {
        .name = "channel_title", .value = title, .by = "getChat"};
    char url[80];
    enum status st = ST_OK;

    if (title != NULL && s->set.channel_title[0] == '\0')
        st = setting_set(u->send->db, clock_now(), &change, &why);
    if (st == ST_OK && name != NULL && s->set.channel_url[0] == '\0') {
        snprintf(url, sizeof url, "https://t.me/%s", name);
        change.name = "channel_url";
        change.value = url;
        st = setting_set(u->send->db, clock_now(), &change, &why);
    }
    if (st != ST_OK)
        log_warn("channel_not_learned", LOG_TEXT("status", status_name(st)));
}

static void heard_chat(struct unit *u, const struct question *q,
                       const struct tg_answer *a)
{
    const char *type = json_text(a->result, "type", NULL);

    if (a->verdict.fate != TG_SENT)
        not_answered(u->own, q, a, "channel_not_found");
    else if (type == NULL || strcmp(type, "channel") != 0)
        finding_add(u->own, (struct finding){q->step, "not_a_channel", q->bot, type});
    else
        channel_learn(u, a->result);
}

/* The bot itself: an administrator hears who joins and leaves, and may look. */
static void heard_self(struct unit *u, const struct question *q,
                       const struct tg_answer *a)
{
    struct setup *s = u->own;
    const char *status = json_text(a->result, "status", NULL);

    if (a->verdict.fate == TG_LATER || a->verdict.fate == TG_UNSURE) {
        not_answered(s, q, a, "messenger_away");
        return;
    }
    s->member =
        a->verdict.fate == TG_SENT && status != NULL &&
        (strcmp(status, "administrator") == 0 || strcmp(status, "creator") == 0);
    if (!s->member)
        finding_add(s, (struct finding){q->step, "bot_not_admin", q->bot,
                                        a->verdict.fate == TG_SENT
                                            ? status
                                            : a->verdict.description});
}

/* Who is no member is no fault of the bot's. */
static void heard_other(struct unit *u, const struct question *q,
                        const struct tg_answer *a)
{
    const struct tg_verdict *v = &a->verdict;

    if (v->fate == TG_LATER || v->fate == TG_UNSURE)
        not_answered(u->own, q, a, "messenger_away");
    else if (v->fate != TG_SENT && v->class != TG_CLASS_NOT_MEMBER)
        not_answered(u->own, q, a, "members_hidden");
}

static const struct question questions[] = {
    {"bots", "getMe", TG_CLIENT, NULL, heard_me},
    {"bots", "getMe", TG_AUTH, NULL, heard_me},
    {"webhooks", "setWebhook", TG_CLIENT, hook_params, heard_set},
    {"webhooks", "setWebhook", TG_AUTH, hook_params, heard_set},
    {"webhooks", "getWebhookInfo", TG_CLIENT, NULL, heard_hook},
    {"webhooks", "getWebhookInfo", TG_AUTH, NULL, heard_hook},
    {"channel", "getChat", TG_CLIENT, channel_params, heard_chat},
    {"channel", "getChatMember", TG_CLIENT, self_params, heard_self},
    {"channel", "getChatMember", TG_CLIENT, other_params, heard_other},
};

/* ---- its end ---------------------------------------------------------------------- */

static enum status end_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    const struct setup *s = u->own;
    struct ledger_run run = unit_run(u, NULL);
    int64_t now = clock_now();
    const char *found = json_print(s->found);
    enum status st = found != NULL ? ledger_claim(db, now, &u->job) : ST_BROKEN;

    if (st == ST_OK)
        st = setup_check_end(db, now, json_int_or(u->job.args, "c", 0), found);
    if (st == ST_BAD)
        log_error("what was found cannot be kept", LOG_TEXT("found", found));
    if (st == ST_NONE || st == ST_BAD) /* ended before, or never will */
        st = ST_OK;
    return st == ST_OK ? ledger_done(db, now, &u->job, &run) : st;
}

static void setup_end(struct unit *u)
{
    enum status st = db_tx(u->send->db, end_work, u);

    if (st == ST_OK || st == ST_TAKEN)
        unit_done(u);
    else
        unit_away(u, setup_end);
}

/* ---- one after the other ---------------------------------------------------------- */

static void setup_ask(struct unit *u);

static void on_answer(void *arg, const struct tg_answer *a)
{
    struct unit *u = arg;
    struct setup *s = u->own;
    const struct question *q = &questions[s->at];
    struct pace p = {tg_bot_name(q->bot), PACE_INTERACTIVE, 0};

    unit_answered(u);
    (void)unit_heed(u, &p, a);
    q->heard(u, q, a);
    s->at++;
    unit_next(u, setup_ask);
}

/* false: it is not asked, the next one is. */
static bool question_call(struct unit *u, const struct question *q)
{
    struct tg_ask ask = {
        .bot = q->bot, .method = q->method, .done = on_answer, .arg = u};
    enum status st = ST_BAD;

    ask.params = q->params != NULL ? q->params(u, q->bot) : NULL;
    if (q->params != NULL && ask.params == NULL)
        return false;
    if (u->send->tg != NULL)
        st = tg_call(u->send->tg, &ask);
    json_free(ask.params);
    if (st != ST_OK)
        finding_add(u->own, (struct finding){q->step, "cannot_ask", q->bot, NULL});
    return st == ST_OK;
}

static void setup_ask(struct unit *u)
{
    struct setup *s = u->own;

    while (s->at < sizeof questions / sizeof *questions) {
        const struct question *q = &questions[s->at];
        struct pace p = {tg_bot_name(q->bot), PACE_INTERACTIVE, 0};
        int64_t wait = unit_pace(u, &p);

        if (wait > 0 && wait <= UNIT_HOLD_MS) {
            unit_hold(u, wait, setup_ask);
            return;
        }
        if (wait > 0)
            finding_add(s, (struct finding){q->step, "messenger_away", q->bot, NULL});
        else if (question_call(u, q)) {
            unit_busy(u);
            return;
        }
        s->at++;
    }
    unit_next(u, setup_end);
}

static bool setup_begin(struct unit *u)
{
    struct setup *s = calloc(1, sizeof *s);

    u->own = s;
    if (s == NULL || setting_load(u->send->db, &s->set) != ST_OK)
        return false;
    s->found = json_new_object();
    s->problems = json_new_array();
    if (s->found == NULL || s->problems == NULL)
        return false;
    json_set(s->found, "problems", s->problems);
    return true;
}

static void setup_free(void *own)
{
    struct setup *s = own;

    if (s != NULL)
        json_free(s->found);
    free(s);
}

static void setup_start(struct unit *u)
{
    if (!unit_fresh(u, setup_start))
        return;
    if (u->own == NULL && !setup_begin(u)) {
        setup_free(u->own);
        u->own = NULL;
        unit_away(u, setup_start);
        return;
    }
    setup_ask(u);
}

const struct send_kind send_setup_kind = {
    .kind = KIND_SEND_SETUP_CHECK, .start = setup_start, .own_free = setup_free};
