/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * send.message {"m":id,"to":chat,"by":sender,"p":purpose}: a row of `message` on its
 * way.
 *
 *   letter_start -> letter_claim -> letter_ask ~~~> on_answer --> letter_close    the
 * end ^                              ^               |-------> letter_requeue  later |
 * |               +-------> letter_again    mended | +------------------------------+ |
 *        +------------------------ letter_requeue, when its wait is short
 *
 * The row says SENDING before the request leaves and its end in the transaction that
 * ends the job, so whoever dies in between leaves a message whose policy says what to
 * do. */
#include "worker/send.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/loyalty/customer.h"
#include "core/message.h"
#include "worker/send_attach.h"
#include "worker/send_patch.h"
#include "worker/wording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_BASE_MS 1000
#define RETRY_CAP_MS 600000
#define RESEND_MAX 2 /* of a receipt whose answer was lost */
#define RESEND_MS 1500

struct letter {
    struct message msg;
    struct json *payload;
    bool claimed; /* the row says SENDING, and it is ours */
    bool unsure;  /* the last answer was lost */
    int resent;
    unsigned patched; /* actions that mended it, a bit each: none mends twice */
    /* what letter_close writes */
    struct message_fate fate;
    struct json *learnt; /* what its pictures are called from now on; or NULL */
    bool unreachable;
    char why[MESSAGE_WHY_BYTES];
    /* what letter_requeue writes */
    int64_t wait_ms;
    bool attempt; /* it uses one up */
};

static void letter_start(struct unit *u);
static void letter_again(struct unit *u);

static struct letter *letter_of(struct unit *u)
{
    return u->own;
}

static void letter_empty(struct letter *l)
{
    message_free(&l->msg);
    json_free(l->payload);
    json_free(l->learnt);
    *l = (struct letter){0};
}

static void letter_free(void *own)
{
    letter_empty(own);
    free(own);
}

static int64_t chat_of(const struct job *j)
{
    return json_int_or(j->args, "to", 0);
}

static enum tg_bot bot_of(const struct job *j)
{
    return json_int_or(j->args, "by", SENDER_CLIENT) == SENDER_AUTH ? TG_AUTH
                                                                    : TG_CLIENT;
}

static struct pace pace_of(const struct unit *u)
{
    bool marketing =
        json_int_or(u->job.args, "p", MESSAGE_SERVICE) == MESSAGE_MARKETING;
    bool bulk = u->job.list >= 18;

    return (struct pace){tg_bot_name(bot_of(&u->job)),
                         bulk        ? PACE_BROADCAST
                         : marketing ? PACE_TRIGGERED
                                     : PACE_INTERACTIVE,
                         u->chat};
}

/* ---- the end -------------------------------------------------------------------- */

static enum status close_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    struct letter *l = letter_of(u);
    int64_t now = clock_now();
    struct ledger_run run = unit_run(u, l->why[0] ? l->why : NULL);
    enum status st = ledger_claim(db, now, &u->job);

    if (st == ST_OK && l->claimed)
        st = message_settle(db, now, &l->fate);
    if (st == ST_OK)
        st = attached_keep(db, l->msg.sender, l->learnt);
    if (st == ST_OK && l->unreachable)
        st = customer_unreachable(db, now, l->msg.customer_id, 0);
    if (st == ST_OK || st == ST_NONE)
        st = ledger_done(db, now, &u->job, &run);
    crash_point("send.settled");
    return st;
}

static void letter_close(struct unit *u)
{
    enum status st = db_tx(u->send->db, close_work, u);

    if (st != ST_OK && st != ST_TAKEN) {
        unit_away(u, letter_close);
        return;
    }
    if (st == ST_TAKEN)
        tally_repeat(&u->send->child->slot->counts, u->job.kind);
    unit_done(u);
}

static void letter_end(struct unit *u, enum message_state to, const char *why)
{
    struct letter *l = letter_of(u);

    snprintf(l->why, sizeof(l->why), "%.*s", (int)sizeof(l->why) - 1, why ? why : "");
    l->fate.id = l->msg.id;
    l->fate.to = to;
    l->fate.why = why ? l->why : NULL;
    unit_next(u, letter_close);
}

/* ---- later ---------------------------------------------------------------------- */

/* A message whose answer was lost stays SENDING: it is not known to be unsent. */
static enum status requeue_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    struct letter *l = letter_of(u);
    int64_t now = clock_now(), due = now + l->wait_ms * MS;
    struct message_fate queued = {l->msg.id, MESSAGE_QUEUED, 0, l->why};
    struct ledger_run run = unit_run(u, l->why);
    enum status st = ST_OK;

    if (l->claimed && !l->unsure)
        st = message_settle(db, now, &queued);
    if (st != ST_OK && st != ST_NONE)
        return st;
    if (!l->attempt)
        return ledger_park(db, &u->job, due);
    st = ledger_retry(db, now, &u->job, due, &run);
    if (st == ST_OK && l->wait_ms > UNIT_HOLD_MS) {
        struct job later = u->job; /* its entry goes, and it is not lost */

        later.attempts++;
        st = ledger_park(db, &later, due);
    }
    return st;
}

static void letter_requeue(struct unit *u)
{
    struct letter *l = letter_of(u);
    int64_t wait = l->wait_ms;
    enum status st = db_tx(u->send->db, requeue_work, u);

    if (st != ST_OK) {
        unit_away(u, letter_requeue);
    } else if (wait > UNIT_HOLD_MS) {
        u->how = l->attempt ? TALLY_RETRY : TALLY_PARKED;
        unit_done(u);
    } else {
        u->job.attempts += l->attempt;
        letter_empty(l);
        unit_hold(u, wait, letter_start);
    }
}

static void letter_later(struct unit *u, int64_t wait_ms, bool attempt, const char *why)
{
    struct letter *l = letter_of(u);

    l->wait_ms = wait_ms;
    l->attempt = attempt;
    snprintf(l->why, sizeof(l->why), "%.*s", (int)sizeof(l->why) - 1, why);
    unit_next(u, letter_requeue);
}

/* ---- the answer ----------------------------------------------------------------- */

static void on_sent(struct unit *u, const struct tg_answer *a)
{
    struct letter *l = letter_of(u);
    int64_t was = json_int_or(l->payload, "params.message_id", 0);

    l->fate.external_id = wording_message(a->result);
    if (l->fate.external_id == 0)
        l->fate.external_id = was;
    json_free(l->learnt);
    l->learnt = attached_learnt(l->payload, a->result);
    letter_end(u, MESSAGE_SENT, NULL);
}

/* mended is taken over; NULL: false. */
static bool mend(struct unit *u, struct json *mended, const char *why)
{
    struct letter *l = letter_of(u);

    if (mended == NULL)
        return false;
    log_warn("sent in another way", LOG_INT("message", l->msg.id),
             LOG_TEXT("why", why));
    json_free(l->payload);
    l->payload = mended;
    return true;
}

/* A code is wanted at a till, now: when its picture does not go, its words do; and when
 * it went so before, what should stand under it stands in their place. */
static bool mend_refused(struct unit *u, const struct tg_verdict *v)
{
    const struct json *payload = letter_of(u)->payload;

    if (v->class != TG_CLASS_MEDIA && v->class != TG_CLASS_BUG)
        return false;
    if (strstr(v->description, "no caption in the message") != NULL)
        return mend(u, patch_caption(payload), v->description);
    return mend(u, patch_picture(payload), v->description);
}

static void on_never(struct unit *u, const struct tg_answer *a)
{
    const struct tg_verdict *v = &a->verdict;
    struct letter *l = letter_of(u);

    if (mend_refused(u, v)) {
        unit_next(u, letter_again);
        return;
    }
    if (v->class == TG_CLASS_BUG || v->class == TG_CLASS_MEDIA)
        log_error("message refused", LOG_INT("message", l->msg.id),
                  LOG_TEXT("why", v->description));
    l->unreachable = v->class == TG_CLASS_UNREACHABLE &&
                     v->action != TG_ACT_MARK_BLOCKED_SOFT &&
                     l->msg.sender == SENDER_CLIENT && l->msg.customer_id != 0;
    letter_end(u, MESSAGE_FAILED, v->description);
}

/* What changes the message comes first, each way once; what only needs time uses up an
 * attempt, and the last one is the end. */
static void on_later(struct unit *u, const struct tg_answer *a)
{
    const struct tg_verdict *v = &a->verdict;
    struct letter *l = letter_of(u);
    int64_t wait = backoff_ms(u->job.attempts, RETRY_BASE_MS, RETRY_CAP_MS);
    struct json *mended = NULL;
    /* Once more, and its picture is given up: something else may be wrong, but not with
     * the words. */
    bool words = v->class == TG_CLASS_MEDIA ||
                 (v->action == TG_ACT_RETRY_BACKOFF && u->job.attempts > 0);

    if (words && mend(u, patch_picture(l->payload), v->description)) {
        unit_next(u, letter_again);
        return;
    }
    if (v->action == TG_ACT_RETRY_BACKOFF) {
        if (u->job.attempts + 1 >= kind_policy(u->job.kind)->tries)
            letter_end(u, MESSAGE_FAILED, v->description);
        else
            letter_later(u, wait > v->wait_s * 1000 ? wait : v->wait_s * 1000, true,
                         v->description);
        return;
    }
    if (v->class == TG_CLASS_BUG)
        log_error("message refused as it is", LOG_INT("message", l->msg.id),
                  LOG_TEXT("why", v->description));
    if ((l->patched & 1u << v->action) == 0)
        mended = patch_payload(l->payload, v);
    if (mended == NULL) {
        letter_end(u, MESSAGE_FAILED, v->description);
        return;
    }
    l->patched |= 1u << v->action;
    json_free(l->payload);
    l->payload = mended;
    unit_next(u, letter_again);
}

/* Whether it is sent again is the message's own policy. At the end of this child the
 * one after it finds the row SENDING and asks the same. */
static void on_unsure(struct unit *u, const struct tg_answer *a)
{
    struct letter *l = letter_of(u);

    tally_unsure(&u->send->child->slot->counts, l->msg.on_unsure == UNSURE_RESEND);
    l->unsure = true;
    if (l->msg.on_unsure == UNSURE_RESEND && l->resent++ < RESEND_MAX) {
        (void)mend(u, patch_picture(l->payload), a->verdict.description);
        unit_hold(u, RESEND_MS, letter_again);
    } else {
        letter_end(u, MESSAGE_UNKNOWN, a->verdict.description);
    }
}

/* Our own fault, nobody's message: the lane is frozen, or a right is missing. */
static void on_halt(struct unit *u, const struct tg_answer *a)
{
    log_error("telegram refuses us", LOG_TEXT("bot", tg_bot_name(bot_of(&u->job))),
              LOG_TEXT("why", a->verdict.description));
    if (u->job.attempts + 1 >= kind_policy(u->job.kind)->tries)
        letter_end(u, MESSAGE_FAILED, a->verdict.description);
    else
        letter_later(u, 60000, true, a->verdict.description);
}

static void (*const answers[])(struct unit *u, const struct tg_answer *a) = {
    [TG_SENT] = on_sent,     [TG_LATER] = on_later, [TG_NEVER] = on_never,
    [TG_UNSURE] = on_unsure, [TG_HALT] = on_halt,
};

static void on_answer(void *arg, const struct tg_answer *a)
{
    struct unit *u = arg;
    struct pace p = pace_of(u);
    int64_t frozen;

    unit_answered(u);
    crash_point("send.answered");
    letter_of(u)->unsure = false;
    frozen = unit_heed(u, &p, a);
    if (frozen > 0)
        letter_later(u, frozen, false, a->verdict.description);
    else
        answers[a->verdict.fate](u, a);
}

/* ---- asking --------------------------------------------------------------------- */

static enum status call(struct unit *u)
{
    struct letter *l = letter_of(u);
    const char *method = json_text(l->payload, "method", NULL);
    struct tg_ask ask = {.bot = bot_of(&u->job),
                         .method = method ? method : "",
                         .params = json_get(l->payload, "params"),
                         .done = on_answer,
                         .arg = u};

    return attached_call(u->send, l->payload, &ask);
}

static void letter_ask(struct unit *u)
{
    struct letter *l = letter_of(u);
    enum status st;

    if (!unit_fresh(u, letter_ask))
        return;
    crash_point("send.claimed");
    st = u->send->tg == NULL ? ST_DOWN : call(u);
    if (st == ST_OK) {
        unit_busy(u);
        crash_point("send.asked");
    } else if (st == ST_BAD && mend(u, patch_picture(letter_of(u)->payload),
                                    "the picture cannot be made")) {
        unit_next(u, letter_ask);
    } else if (st == ST_BAD) {
        log_error("message cannot be sent as it is", LOG_INT("message", l->msg.id));
        letter_end(u, MESSAGE_FAILED, "its payload is broken");
    } else {
        letter_later(u, UNIT_AWAY_MS, false, "no memory, or stopping");
    }
}

/* "Nothing to send" is a move of the row too, and is committed. */
static enum status claim_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    struct letter *l = letter_of(u);
    enum status st;

    message_free(&l->msg);
    st = message_claim(db, clock_now(), json_int_or(u->job.args, "m", 0), &l->msg);
    l->claimed = st == ST_OK;
    return st == ST_NONE ? ST_OK : st;
}

/* A message that is not there, or is final, has nothing to send: the job is done. */
static void letter_claim(struct unit *u)
{
    struct letter *l = letter_of(u);
    enum status st = db_tx(u->send->db, claim_work, u);

    if (st != ST_OK) {
        l->claimed = false;
        unit_away(u, letter_claim);
        return;
    }
    if (!l->claimed) {
        letter_end(u, l->msg.state, message_state_name(l->msg.state));
        return;
    }
    l->payload = json_parse(l->msg.payload.s, l->msg.payload.len);
    unit_next(u, letter_ask);
}

/* Once more with a message that is claimed: mended, or its answer was lost. */
static void letter_again(struct unit *u)
{
    struct pace p = pace_of(u);
    int64_t wait = u->send->stopping ? UNIT_AWAY_MS : unit_pace(u, &p);

    if (wait == 0)
        unit_next(u, letter_ask);
    else if (wait <= UNIT_HOLD_MS && !u->send->stopping)
        unit_hold(u, wait, letter_again);
    else
        letter_later(u, wait, false, "its lane is frozen");
}

static void letter_start(struct unit *u)
{
    struct pace p = pace_of(u);
    int64_t wait;

    if (u->own == NULL && (u->own = calloc(1, sizeof(struct letter))) == NULL) {
        unit_away(u, letter_start);
        return;
    }
    if (!unit_fresh(u, letter_start))
        return;
    wait = unit_pace(u, &p);
    if (wait == 0)
        unit_next(u, letter_claim);
    else if (wait <= UNIT_HOLD_MS)
        unit_hold(u, wait, letter_start);
    else
        unit_park(u, wait);
}

const struct send_kind send_message_kind = {KIND_SEND_MESSAGE, letter_start, chat_of,
                                            letter_free, bot_of};
