/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Questions that are no messages.
 *
 *   send.callback_ack {"bot","q","text","alert"}: stops the spinner on a button. Worth
 *       nothing when it comes late, so it is tried twice at most and never waits.
 *   send.member_check {"bot","chat","user","at"}: is that person in the channel? A
 * person waits for it, so after a second and a half the answer is "unknown". */
#include "worker/send.h"

#include "core/base/clock.h"
#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

#define ACK_LIFE (120 * SECOND) /* Telegram forgets a tap after 150 s */
#define ACK_AGAIN_MS 400
#define MEMBER_MS 1500

static bool bot_read(const struct unit *u, enum tg_bot *bot)
{
    return tg_bot_find(json_text(u->job.args, "bot", NULL), bot);
}

/* No chat: a question is no message. */
static struct pace pace_of(const struct unit *u)
{
    enum tg_bot bot = TG_CLIENT;

    (void)bot_read(u, &bot);
    return (struct pace){tg_bot_name(bot), PACE_INTERACTIVE, 0};
}

static void copy_text(struct json *to, const char *to_key, const struct json *from,
                      const char *key)
{
    size_t n = 0;
    const char *s = json_text(from, key, &n);

    if (s != NULL)
        json_set_text_n(to, to_key, s, n);
}

/* ---- send.callback_ack ---------------------------------------------------------- */

static void ack_ask(struct unit *u);

static void on_ack(void *arg, const struct tg_answer *a)
{
    struct unit *u = arg;
    struct pace p = pace_of(u);

    unit_answered(u);
    if (unit_heed(u, &p, a) == 0 && a->verdict.fate == TG_LATER && u->away++ == 0)
        unit_hold(u, ACK_AGAIN_MS, ack_ask);
    else
        unit_done(u);
}

static struct json *ack_params(const struct json *args)
{
    struct json *p = json_new_object();

    copy_text(p, "callback_query_id", args, "q");
    copy_text(p, "text", args, "text");
    if (json_bool_or(args, "alert", false))
        json_set_bool(p, "show_alert", true);
    return p;
}

static void ack_ask(struct unit *u)
{
    struct tg_ask ask = {.method = "answerCallbackQuery", .done = on_ack, .arg = u};
    struct pace p = pace_of(u);
    struct json *params = NULL;

    if (u->send->tg == NULL || !bot_read(u, &ask.bot) ||
        clock_now() - u->job.put_at > ACK_LIFE || unit_pace(u, &p) > 0) {
        unit_done(u);
        return;
    }
    ask.params = params = ack_params(u->job.args);
    if (tg_call(u->send->tg, &ask) == ST_OK)
        unit_busy(u);
    else
        unit_done(u);
    json_free(params);
}

const struct send_kind send_ack_kind = {.kind = KIND_SEND_CALLBACK_ACK,
                                        .start = ack_ask};

/* ---- send.member_check ---------------------------------------------------------- */

struct member {
    struct json *answer; /* args of the job that carries it */
};

static void member_free(void *own)
{
    struct member *m = own;

    json_free(m->answer);
    free(m);
}

static void member_reply(struct unit *u)
{
    const struct member *m = u->own;
    struct unit_reply r = {KIND_BOT_MEMBER_KNOWN, json_int_or(u->job.args, "user", 0),
                           m->answer};

    if (unit_reply(u, &r) == ST_OK)
        unit_done(u);
    else
        unit_away(u, member_reply);
}

static void member_end(struct unit *u, const char *state, const char *why)
{
    struct member *m = u->own;

    json_set_text(m->answer, "state", state);
    if (why != NULL)
        json_set_text(m->answer, "why", why);
    unit_next(u, member_reply);
}

/* Who is restricted may still be in the channel, and may not. */
static const char *state_of(const struct json *member)
{
    static const struct {
        const char *status, *state;
    } rows[] = {{"creator", "member"},
                {"administrator", "member"},
                {"member", "member"},
                {"left", "left"},
                {"kicked", "barred"}};
    const char *status = json_text(member, "status", NULL);

    if (status == NULL)
        return "unknown";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].status, status) == 0)
            return rows[i].state;
    if (strcmp(status, "restricted") == 0)
        return json_bool_or(member, "is_member", false) ? "member" : "left";
    return "unknown";
}

/* "rights": not this person but the channel is out of our sight, and stays so until
 * somebody does something about it. */
static const char *why_unknown(const struct tg_verdict *v)
{
    if (v->class == TG_CLASS_CONFIG || v->class == TG_CLASS_CHAT_LOST ||
        strcasestr(v->description, "chat not found") != NULL) {
        log_error("the channel cannot be asked", LOG_TEXT("why", v->description));
        return "rights";
    }
    return tg_class_name(v->class);
}

static void on_member(void *arg, const struct tg_answer *a)
{
    struct unit *u = arg;
    struct pace p = pace_of(u);
    const struct tg_verdict *v = &a->verdict;

    unit_answered(u);
    (void)unit_heed(u, &p, a);
    if (v->fate == TG_SENT) {
        const char *state = state_of(a->result);

        member_end(u, state, strcmp(state, "unknown") == 0 ? "answer" : NULL);
    } else if (v->class == TG_CLASS_NOT_MEMBER) {
        member_end(u, "left", NULL);
    } else {
        member_end(u, "unknown", why_unknown(v));
    }
}

static bool member_call(struct unit *u)
{
    struct tg_ask ask = {.method = "getChatMember",
                         .timeout_ms = MEMBER_MS,
                         .done = on_member,
                         .arg = u};
    struct json *params = json_new_object();
    bool called = false;

    copy_text(params, "chat_id", u->job.args, "chat");
    json_set_int(params, "user_id", json_int_or(u->job.args, "user", 0));
    ask.params = params;
    if (u->send->tg != NULL && bot_read(u, &ask.bot))
        called = tg_call(u->send->tg, &ask) == ST_OK;
    json_free(params);
    return called;
}

/* Who asks, when it is a till: its answer goes back there (cashier/member.c). */
static void till_copy(struct json *to, const struct json *from)
{
    static const char *const numbers[] = {"till", "d", "by"};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (json_get(from, numbers[i]) != NULL)
            json_set_int(to, numbers[i], json_int_or(from, numbers[i], 0));
    copy_text(to, "code", from, "code");
}

static bool member_begin(struct unit *u)
{
    struct member *m = calloc(1, sizeof(*m));

    u->own = m;
    if (m == NULL)
        return false;
    m->answer = json_new_object();
    json_set_int(m->answer, "user", json_int_or(u->job.args, "user", 0));
    copy_text(m->answer, "chat", u->job.args, "chat");
    copy_text(m->answer, "bot", u->job.args, "bot");
    till_copy(m->answer, u->job.args);
    return m->answer != NULL;
}

static void member_start(struct unit *u)
{
    struct pace p = pace_of(u);

    if (!unit_fresh(u, member_start))
        return;
    if (u->own == NULL && !member_begin(u))
        unit_away(u, member_start);
    else if (unit_pace(u, &p) > 0)
        member_end(u, "unknown", "frozen");
    else if (member_call(u))
        unit_busy(u);
    else
        member_end(u, "unknown", "cannot ask");
}

const struct send_kind send_member_kind = {
    .kind = KIND_SEND_MEMBER_CHECK, .start = member_start, .own_free = member_free};
