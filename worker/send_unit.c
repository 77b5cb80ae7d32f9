/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/send.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"

#define BOT_FREEZE_S 60 /* a refused token: try so often whether it was mended */

#define BULK_WAIT_MS 20 /* a broadcast's message to that chat is under way */

int64_t unit_pace(struct unit *u, const struct pace *p)
{
    int64_t wait = 0;

    if (p->chat != 0 && bulk_chat_has(u->send, p->chat))
        return BULK_WAIT_MS;
    if (pace_ask(queue_redis(u->send->queue), p, &wait) != ST_OK)
        return UNIT_AWAY_MS;
    return wait;
}

/* Telegram promises nothing about its texts: the unknown ones are how we learn. */
static void note_unknown(const struct tg_verdict *v)
{
    static int64_t seen;

    log_warn("telegram said something new", LOG_INT("code", v->code),
             LOG_TEXT("text", v->description), LOG_INT("seen", ++seen));
}

int64_t unit_heed(struct unit *u, const struct pace *p, const struct tg_answer *a)
{
    struct redis *r = queue_redis(u->send->queue);
    const struct tg_verdict *v = &a->verdict;
    int64_t wait_s = 0;
    enum status st = ST_OK;

    if (!v->known)
        note_unknown(v);
    if (v->action == TG_ACT_PAUSE_LANE_RETRY_AFTER) {
        wait_s = v->wait_s;
        log_warn("telegram asks us to wait", LOG_TEXT("bot", p->bot),
                 LOG_INT("lane", p->lane), LOG_INT("seconds", wait_s));
        st = pace_penalty(r, p, wait_s);
    } else if (v->action == TG_ACT_STOP_BOT_ALARM) {
        wait_s = BOT_FREEZE_S;
        log_error("telegram refuses the bot", LOG_TEXT("bot", p->bot),
                  LOG_INT("code", v->code), LOG_TEXT("text", v->description));
        st = pace_freeze(r, p->bot, wait_s);
    }
    if (st != ST_OK)
        log_warn("the freeze could not be written down", LOG_TEXT("bot", p->bot));
    return wait_s * 1000;
}

struct ledger_run unit_run(const struct unit *u, const char *why)
{
    return (struct ledger_run){.worker = u->send->child->slot->wid,
                               .ms = loop_mono_ms(u->send->loop) - u->begun_ms,
                               .why = why};
}

/* ---- one message under way to a chat -------------------------------------------- */

bool bulk_chat_has(const struct send *s, int64_t chat)
{
    for (int i = 0; i < s->n_bulk; i++)
        if (s->bulk_chat[i] == chat)
            return true;
    return false;
}

void bulk_chat_take(struct send *s, int64_t chat)
{
    s->bulk_chat[s->n_bulk++] = chat;
}

void bulk_chat_free(struct send *s, int64_t chat)
{
    for (int i = 0; i < s->n_bulk; i++)
        if (s->bulk_chat[i] == chat) {
            s->bulk_chat[i] = s->bulk_chat[--s->n_bulk];
            return;
        }
}

bool unit_chat_busy(const struct send *s, int64_t chat)
{
    for (const struct unit *u = s->first; u != NULL; u = u->later)
        if (u->chat == chat && u->place == UNIT_BUSY)
            return true;
    return bulk_chat_has(s, chat);
}

/* ---- a job that answers a job --------------------------------------------------- */

struct replying {
    struct unit *u;
    const struct unit_reply *reply;
};

static enum status reply_work(struct db *db, void *arg)
{
    const struct replying *r = arg;
    struct job_spec spec = {.kind = r->reply->kind, .key = r->reply->key};
    struct ledger_run run = unit_run(r->u, NULL);
    int64_t now = clock_now();
    enum status st = ledger_claim(db, now, &r->u->job);

    if (st != ST_OK)
        return st;
    spec.args = json_copy(r->reply->args);
    if (spec.args == NULL)
        return ST_BROKEN;
    st = job_put(db, now, &spec);
    if (st == ST_OK)
        st = ledger_done(db, now, &r->u->job, &run);
    crash_point("send.replied");
    return st;
}

enum status unit_reply(struct unit *u, const struct unit_reply *reply)
{
    struct replying r = {u, reply};
    struct queue *q = u->send->queue;
    enum status st;

    queue_set_cause(q, u->job.root, u->job.id);
    st = db_tx(u->send->db, reply_work, &r);
    queue_set_cause(q, NULL, NULL);
    if (st == ST_TAKEN)
        tally_repeat(&u->send->child->slot->counts, u->job.kind);
    return st == ST_TAKEN ? ST_OK : st;
}
