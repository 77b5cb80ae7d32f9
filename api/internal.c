/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/internal.h"

#include "core/io/telegram_setup.h"

#include <stdlib.h>
#include <string.h>

/* One request: a call for each bot, answered when the last one has ended. */
struct both {
    struct http_req *req;
    struct json *out;
    int pending;
    bool failed;
    struct one {
        struct both *both;
        enum tg_bot bot;
        char *url; /* of setWebhook, whose result is only "true" */
    } one[TG_BOTS];
};

static void both_answer(struct both *b)
{
    const char *body = json_print(b->out);

    if (body)
        http_answer(b->req, &(struct http_answer){.status = b->failed ? 502 : 200,
                                                  .type = "application/json",
                                                  .body = body,
                                                  .n = strlen(body)});
    else
        http_answer_problem(b->req, 500, "No memory", NULL);
    json_free(b->out);
    for (int i = 0; i < TG_BOTS; i++)
        free(b->one[i].url);
    free(b);
}

static struct json *said(const struct tg_answer *a, const struct one *one)
{
    struct json *o;

    if (a->verdict.fate == TG_SENT && json_is_object(a->result)) {
        o = json_copy(a->result);
        json_set_bool(o, "ok", true);
        return o;
    }
    o = json_new_object();
    json_set_bool(o, "ok", a->verdict.fate == TG_SENT);
    if (a->verdict.fate == TG_SENT) {
        json_set_text(o, "url", one->url);
    } else {
        json_set_int(o, "code", a->verdict.code);
        json_set_text(o, "fate", tg_fate_name(a->verdict.fate));
        json_set_text(o, "description", a->verdict.description);
    }
    return o;
}

static void one_answered(void *arg, const struct tg_answer *a)
{
    struct one *one = arg;
    struct both *b = one->both;

    if (a->verdict.fate != TG_SENT)
        b->failed = true;
    json_set(b->out, tg_bot_name(one->bot), said(a, one));
    if (--b->pending == 0)
        both_answer(b);
}

static void one_failed(struct one *one, const char *why)
{
    struct json *o = json_new_object();

    json_set_bool(o, "ok", false);
    json_set_text(o, "description", why);
    json_set(one->both->out, tg_bot_name(one->bot), o);
    one->both->failed = true;
}

static void one_ask(struct api *api, struct one *one, const char *method,
                    struct json *params)
{
    struct tg_ask ask = {.bot = one->bot,
                         .method = method,
                         .params = params,
                         .done = one_answered,
                         .arg = one};

    one->both->pending++;
    if (tg_call(api->tg, &ask) == ST_OK)
        return;
    one->both->pending--;
    one_failed(one, "this bot cannot be asked: has it a token?");
}

static struct both *both_new(struct http_req *req)
{
    struct both *b = calloc(1, sizeof(*b));

    if (!b)
        return NULL;
    b->req = req;
    b->out = json_new_object();
    for (int i = 0; i < TG_BOTS; i++)
        b->one[i] = (struct one){.both = b, .bot = (enum tg_bot)i};
    return b;
}

void set_webhooks_post(struct api *api, struct http_req *req)
{
    struct both *b = both_new(req);

    if (!b) {
        http_answer_problem(req, 500, "No memory", NULL);
        return;
    }
    for (int i = 0; i < TG_BOTS; i++) {
        struct json *params = setup_webhook(&api->cfg, b->one[i].bot);
        const char *url = params ? json_text(params, "url", NULL) : NULL;
        if (url) {
            b->one[i].url = strdup(url);
            one_ask(api, &b->one[i], "setWebhook", params);
        } else {
            one_failed(&b->one[i],
                       "PUBLIC_URL or this bot's webhook secret is not set");
        }
        json_free(params);
    }
    if (b->pending == 0)
        both_answer(b);
}

void webhook_info_get(struct api *api, struct http_req *req)
{
    struct both *b = both_new(req);

    if (!b) {
        http_answer_problem(req, 500, "No memory", NULL);
        return;
    }
    for (int i = 0; i < TG_BOTS; i++)
        one_ask(api, &b->one[i], "getWebhookInfo", NULL);
    if (b->pending == 0)
        both_answer(b);
}
