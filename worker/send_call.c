/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 *   send.bot_call {"bot","method","params"}: something Telegram is told that is no
 *       message, and that is harmless twice. Not known to have arrived, it is told
 *       again; refused, it is a matter for the log. */
#include "worker/send.h"

#include "core/base/clock.h"
#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

#define RETRY_BASE_MS 2000
#define RETRY_CAP_MS 600000

/* A job of another method was put by nobody. */
static const char *const methods[] = {
    "setMyCommands",         "deleteMyCommands",  "setMyDescription",
    "setMyShortDescription", "setChatMenuButton", "deleteMessage",
};

static const char *method_of(const struct unit *u)
{
    const char *name = json_text(u->job.args, "method", NULL);

    for (size_t i = 0; name != NULL && i < sizeof(methods) / sizeof(methods[0]); i++)
        if (strcmp(methods[i], name) == 0)
            return methods[i];
    return NULL;
}

static struct pace pace_of(const struct unit *u)
{
    enum tg_bot bot = TG_CLIENT;

    (void)tg_bot_find(json_text(u->job.args, "bot", NULL), &bot);
    return (struct pace){tg_bot_name(bot), PACE_INTERACTIVE, 0};
}

/* ---- its ends ------------------------------------------------------------------- */

struct call {
    const char *why; /* it ended without being told; NULL: it was told */
};

static enum status end_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    const struct call *c = u->own;
    struct ledger_run run = unit_run(u, c->why);
    int64_t now = clock_now();
    enum status st = ledger_claim(db, now, &u->job);

    return st == ST_OK ? ledger_done(db, now, &u->job, &run) : st;
}

static void call_end(struct unit *u)
{
    enum status st = db_tx(u->send->db, end_work, u);

    if (st == ST_OK || st == ST_TAKEN)
        unit_done(u);
    else
        unit_away(u, call_end);
}

static void call_over(struct unit *u, const char *why)
{
    struct call *c = u->own;

    c->why = why;
    unit_next(u, call_end);
}

/* An attempt is used, and the row keeps the time of the next. */
static enum status away_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    struct job later = u->job;
    struct ledger_run run = unit_run(u, "not told");
    int64_t now = clock_now();
    int64_t due = now + backoff_ms(u->job.attempts, RETRY_BASE_MS, RETRY_CAP_MS) * MS;
    enum status st = ledger_retry(db, now, &u->job, due, &run);

    later.attempts++;
    return st == ST_OK ? ledger_park(db, &later, due) : st;
}

static void call_away(struct unit *u)
{
    if (db_tx(u->send->db, away_work, u) != ST_OK) {
        unit_away(u, call_away);
        return;
    }
    u->how = TALLY_RETRY;
    unit_done(u);
}

/* ---- the call ------------------------------------------------------------------- */

static void on_answer(void *arg, const struct tg_answer *a)
{
    struct unit *u = arg;
    struct pace p = pace_of(u);
    int64_t frozen;

    unit_answered(u);
    frozen = unit_heed(u, &p, a);
    if (a->verdict.fate == TG_SENT) {
        call_over(u, NULL);
    } else if (a->verdict.fate == TG_NEVER) {
        log_warn("telegram would not be told", LOG_TEXT("method", method_of(u)),
                 LOG_TEXT("why", a->verdict.description));
        call_over(u, "refused");
    } else if (frozen > 0) {
        unit_park(u, frozen);
    } else if (u->job.attempts + 1 >= kind_policy(u->job.kind)->tries) {
        log_error("telegram could not be told", LOG_TEXT("method", method_of(u)));
        call_over(u, "given up");
    } else {
        unit_next(u, call_away);
    }
}

static bool call_ask(struct unit *u, const char *method)
{
    struct tg_ask ask = {.method = method, .done = on_answer, .arg = u};
    bool asked = false;

    ask.params = json_copy(json_get(u->job.args, "params"));
    if (ask.params != NULL && u->send->tg != NULL &&
        tg_bot_find(json_text(u->job.args, "bot", NULL), &ask.bot))
        asked = tg_call(u->send->tg, &ask) == ST_OK;
    json_free(ask.params);
    return asked;
}

static void call_start(struct unit *u)
{
    const char *method = method_of(u);
    struct pace p = pace_of(u);
    int64_t wait;

    if (!unit_fresh(u, call_start))
        return;
    if (u->own == NULL && (u->own = calloc(1, sizeof(struct call))) == NULL) {
        unit_away(u, call_start);
        return;
    }
    wait = unit_pace(u, &p);
    if (method == NULL)
        call_over(u, "no such call");
    else if (wait > UNIT_HOLD_MS)
        unit_park(u, wait);
    else if (wait > 0)
        unit_hold(u, wait, call_start);
    else if (call_ask(u, method))
        unit_busy(u);
    else
        unit_next(u, call_away);
}

const struct send_kind send_call_kind = {
    .kind = KIND_SEND_BOT_CALL, .start = call_start, .own_free = free};
