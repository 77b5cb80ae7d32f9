/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/message.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/metrics.h"
#include "core/io/queue.h"
#include "core/stat.h"

#include <stdio.h>
#include <string.h>

#define ROOT_MAX (MESSAGE_ROOT_BYTES - 1)

/* ---- states --------------------------------------------------------------------- */

static const char *const state_names[MESSAGE_STATES] = {
    [0] = "unset",
    [MESSAGE_QUEUED] = "queued",
    [MESSAGE_SENDING] = "sending",
    [MESSAGE_SENT] = "sent",
    [MESSAGE_FAILED] = "failed",
    [MESSAGE_SKIPPED] = "skipped",
    [MESSAGE_UNKNOWN] = "unknown",
    [MESSAGE_CANCELLED] = "cancelled",
};

static const bool arrows[MESSAGE_STATES][MESSAGE_STATES] = {
    [MESSAGE_QUEUED] = {[MESSAGE_SENDING] = true,
                        [MESSAGE_SKIPPED] = true,
                        [MESSAGE_CANCELLED] = true},
    [MESSAGE_SENDING] = {[MESSAGE_QUEUED] = true,
                         [MESSAGE_SENT] = true,
                         [MESSAGE_FAILED] = true,
                         [MESSAGE_UNKNOWN] = true},
};

const char *message_state_name(enum message_state s)
{
    return state_names[(unsigned)s < MESSAGE_STATES ? s : 0];
}

bool message_may_move(enum message_state from, enum message_state to)
{
    return (unsigned)from < MESSAGE_STATES && (unsigned)to < MESSAGE_STATES &&
           arrows[from][to];
}

bool message_final(enum message_state s)
{
    return s > MESSAGE_SENDING && s < MESSAGE_STATES;
}

/* ---- putting -------------------------------------------------------------------- */

/* Why it must not go to that customer now, or NULL. */
struct may {
    bool reachable, pd, marketing;
};

static const char *why_skip(enum message_purpose purpose, const struct may *may)
{
    if (!may->reachable)
        return "blocked";
    if (!may->pd)
        return "withdrawn";
    return purpose == MESSAGE_MARKETING && !may->marketing ? "no_consent" : NULL;
}

enum status message_skips(struct db *db, int64_t customer_id,
                          enum message_purpose purpose, const char **why)
{
    enum status st;

    *why = NULL;
    if (customer_id == 0)
        return ST_OK;
    st = db_one(db,
                "SELECT status, pd_ok, marketing_ok AND barred_at IS NULL"
                " FROM customer WHERE id = ?",
                DB_INT(customer_id));
    if (st == ST_OK)
        *why = why_skip(purpose, &(struct may){db_int(db, 0) == 1, db_int(db, 1) != 0,
                                               db_int(db, 2) != 0});
    return st == ST_NONE ? ST_BAD : st;
}

static bool spec_ok(const struct message_spec *s)
{
    struct json *payload;

    if (s->payload_n == 0 || s->payload_n > MESSAGE_PAYLOAD_MAX || s->recipient == 0 ||
        s->sender < SENDER_CLIENT || s->sender > SENDER_AUTH ||
        s->purpose < MESSAGE_SERVICE || s->purpose > MESSAGE_RECEIPT ||
        (s->purpose == MESSAGE_MARKETING && s->customer_id == 0))
        return false;
    payload = json_parse(s->payload, s->payload_n);
    json_free(payload);
    return payload != NULL;
}

static enum message_unsure unsure_of(const struct message_spec *s)
{
    if (s->on_unsure != 0)
        return s->on_unsure;
    return s->purpose == MESSAGE_MARKETING ? UNSURE_ASSUME : UNSURE_RESEND;
}

static enum status message_insert(struct db *db, int64_t now,
                                  const struct message_spec *s, const char *why,
                                  int64_t *id)
{
    enum status st = db_exec(
        db, NULL,
        "INSERT INTO message (state, sender, recipient, customer_id, purpose, "
        "on_unsure,"
        " payload, why, root, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_INT(why != NULL ? MESSAGE_SKIPPED : MESSAGE_QUEUED), DB_INT(s->sender),
        DB_INT(s->recipient), DB_INT_OR_NULL(s->customer_id != 0, s->customer_id),
        DB_INT(s->purpose), DB_INT(unsure_of(s)), DB_TEXT_N(s->payload, s->payload_n),
        DB_TEXT(why),
        s->root != NULL ? DB_TEXT_N(s->root, strnlen(s->root, ROOT_MAX)) : DB_NULL,
        DB_TIME(now));

    *id = st == ST_OK ? db_last_id(db) : 0;
    return st;
}

enum status message_put(struct db *db, int64_t now, const struct message_spec *spec,
                        int64_t *id)
{
    struct job_spec job = {.kind = KIND_SEND_MESSAGE,
                           .key = spec->recipient,
                           .due = spec->due,
                           .batch = spec->batch};
    const char *why;
    char idk[40];
    enum status st;

    *id = 0;
    if (!spec_ok(spec))
        return ST_BAD;
    st = message_skips(db, spec->customer_id, spec->purpose, &why);
    if (st == ST_OK)
        st = message_insert(db, now, spec, why, id);
    if (st != ST_OK)
        return st;
    if (why != NULL)
        return ST_NONE;
    crash_point("message.inserted");
    snprintf(idk, sizeof idk, "m:%lld", (long long)*id);
    job.idk = idk;
    job.args = json_new_object();
    json_set_int(job.args, "m", *id);
    json_set_int(job.args, "to", spec->recipient);
    json_set_int(job.args, "by", spec->sender);
    json_set_int(job.args, "p", spec->purpose);
    return job_put(db, now, &job);
}

/* ---- reading -------------------------------------------------------------------- */

void message_free(struct message *m)
{
    buf_free(&m->payload);
}

/* *skip: why it must not go to its customer now, or NULL. Without one there is no
 * reason, as marketing to nobody is never put. */
static enum status message_read(struct db *db, int64_t id, struct message *out,
                                const char **skip)
{
    const char *s;
    size_t n;
    enum status st =
        db_one(db,
               "SELECT m.id, m.state, m.sender, m.purpose, m.on_unsure, m.recipient,"
               " m.customer_id, m.attempts, m.external_id, m.created_at, m.sent_at,"
               " m.root, m.why, m.payload, COALESCE(c.status, 1),"
               " COALESCE(c.pd_ok, 1),"
               " COALESCE(c.marketing_ok AND c.barred_at IS NULL, 0), m.resends"
               " FROM message m LEFT JOIN customer c ON c.id = m.customer_id"
               " WHERE m.id = ?",
               DB_INT(id));

    *out = (struct message){0};
    if (st != ST_OK)
        return st;
    out->id = db_int(db, 0);
    out->state = (enum message_state)db_int(db, 1);
    out->sender = (enum message_sender)db_int(db, 2);
    out->purpose = (enum message_purpose)db_int(db, 3);
    out->on_unsure = (enum message_unsure)db_int(db, 4);
    out->recipient = db_int(db, 5);
    out->customer_id = db_int(db, 6);
    out->attempts = (int)db_int(db, 7);
    out->resends = (int)db_int(db, 17);
    out->external_id = db_int(db, 8);
    out->created_at = db_time(db, 9);
    out->sent_at = db_time(db, 10);
    snprintf(out->root, sizeof out->root, "%s",
             db_is_null(db, 11) ? "" : db_text(db, 11, NULL));
    snprintf(out->why, sizeof out->why, "%s",
             db_is_null(db, 12) ? "" : db_text(db, 12, NULL));
    s = db_text(db, 13, &n);
    buf_add(&out->payload, s, n);
    *skip =
        why_skip(out->purpose, &(struct may){db_int(db, 14) == 1, db_int(db, 15) != 0,
                                             db_int(db, 16) != 0});
    return out->payload.failed ? ST_BROKEN : ST_OK;
}

enum status message_load(struct db *db, int64_t id, struct message *out)
{
    const char *skip;

    return message_read(db, id, out, &skip);
}

/* ---- moving --------------------------------------------------------------------- */

/* The one mover without a result from outside: names where it comes from in its WHERE.
 * ST_NONE: it was not there any more. */
static enum status message_move(struct db *db, const struct message *m,
                                enum message_state to, const char *why)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE message SET state = ?, why = ? WHERE id = ?"
                             " AND state = ?",
                             DB_INT(to), DB_TEXT(why), DB_INT(m->id), DB_INT(m->state));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

/* Ends it without sending; whoever is faster is looked at afresh. */
static enum status message_end(struct db *db, struct message *m, enum message_state to,
                               const char *why)
{
    enum status st = message_move(db, m, to, why);

    if (st == ST_OK) {
        m->state = to;
        snprintf(m->why, sizeof m->why, "%s", why);
        return ST_NONE;
    }
    return st == ST_NONE ? ST_AGAIN : st;
}

static enum status message_start(struct db *db, int64_t now, struct message *m)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE message SET state = 2, attempts = attempts + 1,"
                             " resends = resends + ?, claimed_at = ?"
                             " WHERE id = ? AND state = ?",
                             DB_INT(m->state == MESSAGE_SENDING), DB_TIME(now),
                             DB_INT(m->id), DB_INT(m->state));

    if (st == ST_OK && changed == 0)
        return ST_AGAIN;
    m->state = MESSAGE_SENDING;
    m->attempts++;
    return st;
}

enum status message_claim(struct db *db, int64_t now, int64_t id, struct message *out)
{
    const char *skip = NULL;
    enum status st = message_read(db, id, out, &skip);

    if (st != ST_OK || message_final(out->state))
        return st == ST_OK ? ST_NONE : st;
    st = stat_late(db, now, out->created_at); /* its end follows soon */
    if (st != ST_OK)
        return st;
    if (out->state == MESSAGE_QUEUED)
        return skip != NULL ? message_end(db, out, MESSAGE_SKIPPED, skip)
                            : message_start(db, now, out);
    /* Its sender died between the request and the answer. */
    if (out->on_unsure == UNSURE_RESEND && skip == NULL &&
        out->resends < MESSAGE_RESENDS_MAX)
        return message_start(db, now, out);
    return message_end(db, out, MESSAGE_UNKNOWN, "its answer was lost");
}

static size_t cut(const char *why)
{
    size_t n = strnlen(why, MESSAGE_WHY_BYTES - 1);

    /* Not in the middle of a character: 10xxxxxx continues one. */
    while (n > 0 && why[n] != '\0' && ((unsigned char)why[n] & 0xC0) == 0x80)
        n--;
    return n;
}

enum status message_settle(struct db *db, int64_t now, const struct message_fate *fate)
{
    bool sent = fate->to == MESSAGE_SENT;
    int64_t changed;
    enum status st;

    if (!message_may_move(MESSAGE_SENDING, fate->to))
        return ST_BAD;
    st = db_exec(db, &changed,
                 "UPDATE message SET state = ?, external_id = ?, why = ?, sent_at = ?"
                 " WHERE id = ? AND state = 2",
                 DB_INT(fate->to), DB_INT_OR_NULL(sent, fate->external_id),
                 fate->why != NULL ? DB_TEXT_N(fate->why, cut(fate->why)) : DB_NULL,
                 DB_TIME_OR_NULL(sent ? now : 0), DB_INT(fate->id));
    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

enum status message_cancel(struct db *db, int64_t now, int64_t id, const char *why)
{
    struct message queued = {.id = id, .state = MESSAGE_QUEUED};

    (void)now;
    return message_move(db, &queued, MESSAGE_CANCELLED, why);
}

enum status message_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t changed = 0;
    enum status st = db_exec(db, &changed,
                             "DELETE FROM message WHERE state > 2 AND created_at < ?"
                             " LIMIT ?",
                             DB_TIME(before), DB_INT(limit));

    *n = (int)changed;
    return st == ST_OK && changed > 0 ? stat_messages_gone(db, before) : st;
}

/* ---- looking -------------------------------------------------------------------- */

enum status message_trace(struct db *db, const char *root, message_each *fn, void *arg)
{
    enum status st =
        db_select(db,
                  "SELECT id, state, sender, purpose, recipient, external_id, attempts,"
                  " created_at, sent_at, why, customer_id FROM message WHERE root = ?"
                  " ORDER BY id",
                  DB_TEXT(root));
    int seen = 0;

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct message m = {.id = db_int(db, 0),
                            .state = (enum message_state)db_int(db, 1),
                            .sender = (enum message_sender)db_int(db, 2),
                            .purpose = (enum message_purpose)db_int(db, 3),
                            .recipient = db_int(db, 4),
                            .external_id = db_int(db, 5),
                            .attempts = (int)db_int(db, 6),
                            .created_at = db_time(db, 7),
                            .sent_at = db_time(db, 8),
                            .customer_id = db_int(db, 10)};
        const char *why = db_text(db, 9, NULL);

        snprintf(m.why, sizeof m.why, "%s", why ? why : "");
        snprintf(m.root, sizeof m.root, "%s", root);
        fn(arg, &m);
        seen++;
    }
    return st == ST_NONE ? (seen > 0 ? ST_OK : ST_NONE) : st;
}

enum status message_last(struct db *db, enum message_sender sender, int64_t recipient,
                         int64_t *at)
{
    const char *root = sender == SENDER_CLIENT ? "u:client:%" : "u:auth:%";
    enum status st = db_one(
        db,
        "SELECT created_at FROM message WHERE recipient = ? AND sender = ?"
        " AND purpose = ? AND root LIKE ?"
        " AND payload NOT LIKE '%\"only_edit\":true%'"
        " ORDER BY id DESC LIMIT 1",
        DB_INT(recipient), DB_INT(sender), DB_INT(MESSAGE_SERVICE), DB_TEXT(root));

    if (st == ST_OK)
        *at = db_time(db, 0);
    return st;
}

enum status message_marketing(struct db *db, int64_t customer_id, int64_t since, int *n)
{
    enum status st =
        db_one(db,
               "SELECT COUNT(*) FROM message WHERE customer_id = ?"
               " AND purpose = ? AND created_at > ?"
               " AND state IN (1, 2, 3, 6)",
               DB_INT(customer_id), DB_INT(MESSAGE_MARKETING), DB_TIME(since));

    *n = st == ST_OK ? (int)db_int(db, 0) : 0;
    return st;
}

enum status message_unknown(struct db *db, int64_t since, int64_t *resend,
                            int64_t *assume)
{
    enum status st = db_one(
        db,
        "SELECT COALESCE(SUM(on_unsure = 1), 0), COALESCE(SUM(on_unsure <> 1), 0)"
        " FROM message WHERE state = 6 AND created_at >= ?",
        DB_TIME(since));

    if (st == ST_OK) {
        *resend = db_int(db, 0);
        *assume = db_int(db, 1);
    }
    return st;
}

enum status message_metrics(struct metrics *m, struct db *db, int64_t now)
{
    int64_t resend, assume;
    enum status st = message_unknown(db, now - DAY, &resend, &assume);

    if (st != ST_OK)
        return st;
    metric_family(
        m, METRIC_GAUGE, "dvorik_queue_unknown_sends",
        "Messages of the last 24 hours whose outcome nobody knows, by what is "
        "done when an answer is lost.");
    metric_int(m, resend, METRIC_LABEL("policy", "resend"));
    metric_int(m, assume, METRIC_LABEL("policy", "assume"));
    return ST_OK;
}
