/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/webhook.h"

#include "core/base/log.h"
#include "core/base/secret.h"

#include <string.h>
#include <strings.h>

#define TELL_MS 5000

/* ---- before the body is read ---------------------------------------------------- */

static bool bot_of_path(const char *path, enum tg_bot *out)
{
    static const char prefix[] = "/telegram/";

    return strncmp(path, prefix, sizeof(prefix) - 1) == 0 &&
           tg_bot_find(path + sizeof(prefix) - 1, out);
}

/* Without a configured secret nobody is let in: secret_equal of NULL is never true. Both
 * are compared, whichever it is: what Telegram sends between our restart with a new one
 * and its being told of it still has the old one. */
static bool secret_is(const struct config *cfg, enum tg_bot bot, const char *given)
{
    bool client = bot == TG_CLIENT;
    bool now = secret_equal(given, client ? cfg->telegram_webhook_secret
                                          : cfg->telegram_auth_webhook_secret);
    bool before = secret_equal(given, client ? cfg->telegram_webhook_secret_old
                                             : cfg->telegram_auth_webhook_secret_old);

    return now || before;
}

static bool is_json(const char *type)
{
    static const char json[] = "application/json";

    return !type || strncasecmp(type, json, sizeof(json) - 1) == 0;
}

/* Whoever guesses secrets fills no disk with our log. */
static void refused_tell(struct webhook *w, enum tg_bot bot)
{
    int64_t now = loop_mono_ms(w->loop);

    w->refused++;
    if (w->refused_told_ms && now - w->refused_told_ms < TELL_MS)
        return;
    log_warn("webhook refused: wrong secret", LOG_TEXT("bot", tg_bot_name(bot)),
             LOG_INT("times", w->refused));
    w->refused_told_ms = now;
    w->refused = 0;
}

static void answer_allow(struct http_req *req, const char *methods)
{
    http_answer(req,
                &(struct http_answer){.status = 405, .headers = {{"Allow", methods}}});
}

static int update_check(struct webhook *w, struct http_req *req, enum tg_bot bot)
{
    const char *given = http_header(req, "X-Telegram-Bot-Api-Secret-Token");

    if (!given || !secret_is(w->cfg, bot, given)) {
        refused_tell(w, bot);
        return 401;
    }
    if (http_length(req) == -2)
        return 411;
    return is_json(http_header(req, "Content-Type")) ? 0 : 415;
}

static void on_headers(void *arg, struct http_req *req)
{
    struct webhook *w = arg;
    const char *method = http_method(req);
    enum tg_bot bot;
    int refusal;

    if (bot_of_path(http_path(req), &bot)) {
        if (strcmp(method, "POST") != 0) {
            answer_allow(req, "POST");
            return;
        }
        refusal = update_check(w, req, bot);
        if (refusal)
            http_answer_empty(req, refusal);
    } else if (!w->health || strcmp(http_path(req), "/health") != 0) {
        http_answer_empty(req, 404);
    } else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        answer_allow(req, "GET, HEAD");
    }
}

/* ---- with the body -------------------------------------------------------------- */

static void answer_later(struct http_req *req)
{
    http_answer(req, &(struct http_answer){
                         .status = 503, .headers = {{"Retry-After", WEBHOOK_RETRY_S}}});
}

static void on_stored(void *arg, enum status st)
{
    struct http_req *req = arg;

    if (st == ST_OK || st == ST_TAKEN)
        http_answer_empty(req, 200);
    else
        answer_later(req);
}

static void on_request(void *arg, struct http_req *req)
{
    struct webhook *w = arg;
    enum tg_bot bot;
    enum status st;
    const char *raw;
    size_t n;

    if (!bot_of_path(http_path(req), &bot)) {
        health_answer(w->health, req);
        return;
    }
    if (!w->ready) {
        answer_later(req);
        return;
    }
    raw = http_body(req, &n);
    st = intake_put(w->intake, bot, raw, n, on_stored, req);
    if (st == ST_BROKEN)
        answer_later(req);
    else if (st != ST_OK)
        http_answer_empty(req, 200);
}

struct httpd *webhook_open(struct webhook *w, const char **why)
{
    struct httpd_options o = {.listen = w->cfg->bots_listen,
                              .body_max = WEBHOOK_BODY_MAX,
                              .early = on_headers,
                              .handler = on_request,
                              .arg = w};

    return httpd_open(w->loop, &o, why);
}
