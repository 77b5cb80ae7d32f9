/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/poll.h"

#include "core/base/json.h"
#include "core/base/log.h"
#include "core/io/telegram_setup.h"

#include <stdlib.h>
#include <string.h>

#define WAIT_S 50 /* the longest Telegram holds a question */
#define ANSWER_MS ((WAIT_S + 10) * 1000)
#define BATCH 100
#define REST_MAX_MS 30000
#define CONFLICT_REST_MS 5000
#define HALT_REST_MS 30000

struct poll {
    struct loop *loop;
    struct tg *tg;
    struct intake *intake;
    enum tg_bot bot;
    struct loop_timer rest;
    int64_t rest_ms, offset, last; /* last: the highest update_id of the batch */
    bool cleared, stopped, failed;
    struct json *batch; /* while it is being stored */
    int storing;
};

static void step(void *arg);

static void rest(struct poll *p, int64_t ms)
{
    if (!p->stopped)
        loop_after(p->loop, &p->rest, ms, step, p);
}

static void back_off(struct poll *p)
{
    p->rest_ms = p->rest_ms == 0 ? 1000 : p->rest_ms * 2;
    if (p->rest_ms > REST_MAX_MS)
        p->rest_ms = REST_MAX_MS;
    rest(p, p->rest_ms);
}

/* ---- a batch -------------------------------------------------------------------- */

static void batch_over(struct poll *p)
{
    json_free(p->batch);
    p->batch = NULL;
    if (p->failed) {
        log_warn("updates not stored, will be asked for again",
                 LOG_TEXT("bot", tg_bot_name(p->bot)));
        back_off(p);
        return;
    }
    p->rest_ms = 0;
    p->offset = p->last + 1;
    rest(p, 0);
}

static void update_stored(void *arg, enum status st)
{
    struct poll *p = arg;

    if (st != ST_OK && st != ST_TAKEN)
        p->failed = true;
    if (--p->storing == 0)
        batch_over(p);
}

static void update_put(struct poll *p, struct json *update)
{
    const char *raw = json_print(update);
    int64_t id = json_int_or(update, "update_id", -1);
    enum status st = ST_BROKEN;

    if (id > p->last)
        p->last = id;
    p->storing++;
    if (raw)
        st = intake_put(p->intake, p->bot, raw, strlen(raw), update_stored, p);
    if (st == ST_OK)
        return;
    p->storing--; /* never to be run, and told so; or no memory */
    if (st == ST_BROKEN)
        p->failed = true;
}

static void batch_store(struct poll *p, const struct json *result)
{
    size_t n = json_count(result);

    p->failed = false;
    p->last = -1;
    if (n == 0) {
        /* All is confirmed. After a week of silence the numbers start anew, maybe
         * lower: from here on whatever is there will do. */
        p->offset = 0;
        p->rest_ms = 0;
        rest(p, 0);
        return;
    }
    p->batch = json_copy(result);
    for (size_t i = 0; i < json_count(p->batch); i++)
        update_put(p, json_at(p->batch, i));
    if (p->last < 0) /* no memory, or no numbers: nothing that could be confirmed */
        p->failed = true;
    if (p->storing == 0)
        batch_over(p);
}

/* ---- asking --------------------------------------------------------------------- */

/* 409: a webhook was set meanwhile, or another program asks for the same bot's updates.
 * Which of the two is meant to have them a person must say: nothing is taken away here.
 */
static void conflict(struct poll *p, const struct tg_verdict *v)
{
    log_error("another program takes this bot's updates (two polls, or a webhook)",
              LOG_TEXT("bot", tg_bot_name(p->bot)), LOG_TEXT("said", v->description));
    rest(p, CONFLICT_REST_MS);
}

static void refused(struct poll *p, const struct tg_verdict *v)
{
    if (v->code == 409) {
        conflict(p, v);
        return;
    }
    log_warn("telegram gives no updates, trying again",
             LOG_TEXT("bot", tg_bot_name(p->bot)),
             LOG_TEXT("fate", tg_fate_name(v->fate)), LOG_INT("code", v->code),
             LOG_TEXT("said", v->description));
    if (v->fate == TG_HALT)
        rest(p, HALT_REST_MS);
    else if (v->wait_s > 0)
        rest(p, v->wait_s * 1000);
    else
        back_off(p);
}

static void on_updates(void *arg, const struct tg_answer *a)
{
    struct poll *p = arg;

    if (p->stopped)
        return;
    if (a->verdict.fate == TG_SENT && json_is_array(a->result))
        batch_store(p, a->result);
    else if (a->verdict.fate == TG_UNSURE)
        back_off(p); /* nothing was confirmed: the same offset is asked for again */
    else
        refused(p, &a->verdict);
}

static void on_cleared(void *arg, const struct tg_answer *a)
{
    struct poll *p = arg;

    if (p->stopped)
        return;
    if (a->verdict.fate != TG_SENT) {
        refused(p, &a->verdict);
        return;
    }
    if (!p->rest_ms)
        log_info("polling for updates", LOG_TEXT("bot", tg_bot_name(p->bot)));
    p->cleared = true;
    step(p);
}

static enum status ask(struct poll *p, const char *method, struct json *params,
                       tg_done *done)
{
    struct tg_ask a = {.bot = p->bot,
                       .method = method,
                       .params = params,
                       .timeout_ms = p->cleared ? ANSWER_MS : 0,
                       .done = done,
                       .arg = p};
    enum status st = tg_call(p->tg, &a);

    json_free(params);
    return st;
}

static void step(void *arg)
{
    struct poll *p = arg;
    struct json *params = json_new_object();
    enum status st;

    if (!p->cleared) {
        st = ask(p, "deleteWebhook", params, on_cleared);
    } else {
        json_set_int(params, "offset", p->offset);
        json_set_int(params, "timeout", WAIT_S);
        json_set_int(params, "limit", BATCH);
        json_set(params, "allowed_updates", setup_allowed_updates(p->bot));
        st = ask(p, "getUpdates", params, on_updates);
    }
    if (st != ST_OK)
        back_off(p);
}

struct poll *poll_open(struct loop *loop, struct tg *tg, struct intake *intake,
                       enum tg_bot bot)
{
    struct poll *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    p->loop = loop;
    p->tg = tg;
    p->intake = intake;
    p->bot = bot;
    rest(p, 0);
    return p;
}

void poll_stop(struct poll *p)
{
    p->stopped = true;
    loop_cancel(&p->rest);
}

void poll_close(struct poll *p)
{
    if (!p)
        return;
    loop_cancel(&p->rest);
    json_free(p->batch);
    free(p);
}
