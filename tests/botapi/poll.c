/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/poll.c - getUpdates and the settings of the webhook. */
#include "tests/botapi/poll.h"

#include "core/base/clock.h"
#include "tests/botapi/hook.h"
#include "tests/botapi/journal.h"
#include "tests/botapi/updates.h"

#include <stdlib.h>
#include <string.h>

/* The getUpdates that waits, one a bot. */
static struct waiting {
    struct req *req;
    struct bot *bot;
    int limit;
} waiting[BOTS];

static struct waiting *slot(struct bot *b)
{
    return &waiting[strcmp(b->key, "client") == 0 ? 0 : 1];
}

static bool updates_json(struct bot *b, int limit, struct buf *out)
{
    int n = 0;

    updates_expire(b->updates);
    buf_addc(out, '[');
    for (struct update *u = b->updates->first; u != NULL && n < limit; u = u->next) {
        buf_adds(out, n++ > 0 ? "," : "");
        buf_add(out, u->json, u->n);
        u->tries++;
    }
    buf_addc(out, ']');
    return n > 0;
}

static void answer_waiting(struct waiting *s, struct world *w)
{
    struct call c = {.w = w, .bot = s->bot, .req = s->req, .code = 200};
    struct buf text = {0};

    s->req = NULL;
    updates_json(s->bot, s->limit, &c.result);
    call_answer_text(&c, &text);
    req_json(c.req, 200, &text);
    buf_free(&text);
    buf_free(&c.result);
}

void poll_wake(struct world *w, struct bot *b)
{
    if (slot(b)->req != NULL && b->updates->first != NULL)
        answer_waiting(slot(b), w);
}

static void poll_time_up(void *arg)
{
    struct waiting *s = arg;

    if (s->req != NULL)
        answer_waiting(s, s->bot->updates->world);
}

static void poll_gone(struct req *r, void *arg)
{
    struct waiting *s = arg;

    if (s->req == r)
        s->req = NULL;
}

void poll_conflict(struct bot *b, const char *description)
{
    struct waiting *s = slot(b);
    struct req *r = s->req;
    struct buf text = {0};

    if (r == NULL)
        return;
    s->req = NULL;
    buf_addf(&text, "{\"ok\":false,\"error_code\":409,\"description\":\"%s\"}",
             description);
    req_json(r, 409, &text);
    buf_free(&text);
}

void get_updates(struct call *c)
{
    int64_t offset = form_int(&c->form, "offset", 0);
    int64_t timeout = form_int(&c->form, "timeout", 0);
    int limit = (int)form_int(&c->form, "limit", 100);
    struct waiting *s = slot(c->bot);

    if (hook_is_set(c->bot->hook)) {
        call_refuse(c, 409,
                    "Conflict: can't use getUpdates method while webhook is "
                    "active; use deleteWebhook to delete the webhook first");
        return;
    }
    poll_conflict(c->bot, "Conflict: terminated by other getUpdates request; make sure "
                          "that only one bot instance is running");
    updates_allow(c->bot->updates, form_json(&c->form, "allowed_updates"));
    if (offset > 0)
        updates_confirm(c->bot->updates, offset);
    if (updates_json(c->bot, limit, &c->result) || timeout == 0)
        return;
    buf_clear(&c->result);
    *s = (struct waiting){c->req, c->bot, limit};
    c->held = true;
    journal_call(c->w->journal, &(struct call_note){.bot = c->bot,
                                                    .method = c->method,
                                                    .form = &c->form,
                                                    .code = 200,
                                                    .accepted = true});
    req_hold(c->req, poll_gone, s);
    loop_after(c->w->loop, &c->req->timer, timeout * 1000, poll_time_up, s);
}

/* ---- webhook -------------------------------------------------------------------- */

static void secret_check(struct call *c, const char *s)
{
    if (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") !=
        strlen(s))
        call_violate(c, "Bad Request: secret token contains unallowed characters");
}

static void describe(struct call *c, const char *text)
{
    call_true(c);
    if (call_ok(c))
        buf_adds(&c->description, text);
}

static void unset(struct call *c)
{
    bool was = hook_is_set(c->bot->hook);

    hook_unset(c->bot->hook);
    if (form_true(&c->form, "drop_pending_updates"))
        updates_drop(c->bot->updates);
    world_changed(c->w);
    describe(c, was ? "Webhook was deleted" : "Webhook is already deleted");
}

void set_webhook(struct call *c)
{
    const struct arg *url = form_get(&c->form, "url");
    const struct arg *secret = form_get(&c->form, "secret_token");
    int max = (int)form_int(&c->form, "max_connections", 40);
    struct hook *h = c->bot->hook;
    const char *why = "", *token = secret != NULL ? secret->s : "";
    bool same = hook_is_set(h) && strcmp(hook_url(h), url->s) == 0 &&
                strcmp(hook_secret(h), token) == 0 && hook_max(h) == max;

    if (url->n == 0) {
        unset(c);
        return;
    }
    secret_check(c, token);
    if (!call_ok(c))
        return;
    if (!same && hook_set(h, url->s, token, max, &why) != ST_OK) {
        call_refuse(c, 400, "Bad Request: %s", why);
        return;
    }
    poll_conflict(c->bot, "Conflict: terminated by setWebhook request");
    updates_allow(c->bot->updates, form_json(&c->form, "allowed_updates"));
    if (form_true(&c->form, "drop_pending_updates"))
        updates_drop(c->bot->updates);
    world_changed(c->w);
    describe(c, same ? "Webhook is already set" : "Webhook was set");
}

void delete_webhook(struct call *c)
{
    unset(c);
}

void get_webhook_info(struct call *c)
{
    hook_info_json(c->bot->hook, &c->result);
}
