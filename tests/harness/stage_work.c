/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/stage_work.h"

#include "core/io/ledger.h"
#include "core/message.h"
#include "tests/harness/stage_chat.h"
#include "worker/kinds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct stage_work stage_work;

/* ---- the send child ------------------------------------------------------------- */

static int64_t sent_as(const struct message *m, const struct json *o)
{
    struct chat_call call = {
        .bot = m->sender == SENDER_CLIENT ? "client" : "auth",
        .method = json_text(o, "method", NULL),
        .params = json_get(o, "params"),
        .qr = json_text(o, "qr", NULL),
    };

    assert_non_null(call.method);
    assert_non_null(call.params);
    assert_int_equal(json_int_or(call.params, "chat_id", 0), m->recipient);
    if (strncmp(call.method, "edit", 4) == 0)
        call.message = json_int_or(call.params, "message_id", 0);
    else
        call.message = ++stage_work.message;
    chat_apply(&call);
    return call.message;
}

static enum status send_message(struct step *s)
{
    struct message m = {0};
    struct message_fate fate = {.to = MESSAGE_SENT};
    struct json *o;
    enum status st;

    st = message_claim(s->db, s->now, json_int_or(s->job->args, "m", 0), &m);
    if (st != ST_OK) {
        message_free(&m);
        return st;
    }
    o = json_parse(m.payload.s, m.payload.len);
    assert_non_null(o);
    fate.id = m.id;
    fate.external_id = sent_as(&m, o);
    json_free(o);
    message_free(&m);
    return message_settle(s->db, s->now, &fate);
}

static bool is_member(int64_t user)
{
    int i;

    for (i = 0; i < stage_work.n_members; i++)
        if (stage_work.members[i] == user)
            return true;
    return false;
}

static enum status send_member_check(struct step *s)
{
    int64_t user = json_int_or(s->job->args, "user", 0);
    struct job_spec spec = {.kind = KIND_BOT_MEMBER_KNOWN, .key = user};

    spec.args = json_new_object();
    json_set_int(spec.args, "user", user);
    json_set_text(spec.args, "chat", json_text(s->job->args, "chat", NULL));
    json_set_text(spec.args, "state",
                  stage_work.hidden ? "unknown"
                  : is_member(user) ? "member"
                                    : "left");
    if (stage_work.hidden)
        json_set_text(spec.args, "why", "rights");
    if (json_get(s->job->args, "till") != NULL) {
        json_set_int(spec.args, "till", json_int_or(s->job->args, "till", 0));
        json_set_int(spec.args, "d", json_int_or(s->job->args, "d", 0));
        json_set_int(spec.args, "by", json_int_or(s->job->args, "by", 0));
        json_set_text(spec.args, "code", json_text(s->job->args, "code", NULL));
    }
    return job_put(s->db, s->now, &spec);
}

static enum status send_file_fetch(struct step *s)
{
    int64_t user = json_int_or(s->job->args, "from", 0);
    struct job_spec spec = {.kind = KIND_BOT_FILE_FETCHED, .key = user};
    struct redis_cmd c = {0};
    struct redis_reply *r = NULL;

    redis_arg_text(&c, "SET");
    redis_arg_text(&c, "test:photo");
    redis_arg(&c, stage_work.photo, stage_work.photo_n);
    assert_int_equal(redis_call(queue_redis(s->queue), &c, 1000, &r), ST_OK);
    redis_free(r);
    redis_cmd_free(&c);
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", json_text(s->job->args, "bot", NULL));
    json_set_int(spec.args, "chat", user);
    json_set_int(spec.args, "from", user);
    json_set_text(spec.args, "key", "test:photo");
    return job_put(s->db, s->now, &spec);
}

/* Words for Telegram itself: which ones is told by tests/unit/test_bot_setup.c. */
static enum status send_bot_call(struct step *s)
{
    assert_non_null(json_text(s->job->args, "method", NULL));
    return ST_OK;
}

/* On this stage nobody of a broadcast is reached: what becomes of them is told by
 * tests/store/test_broadcast_send.c. */
static enum status send_broadcast_chunk(struct step *s)
{
    assert_true(json_int_or(s->job->args, "b", 0) > 0);
    return ST_OK;
}

static step_fn *step_of(enum kind k)
{
    if (k == KIND_SEND_BROADCAST_CHUNK)
        return send_broadcast_chunk;
    if (k == KIND_SEND_MESSAGE)
        return send_message;
    if (k == KIND_SEND_MEMBER_CHECK)
        return send_member_check;
    if (k == KIND_SEND_FILE_FETCH)
        return send_file_fetch;
    if (k == KIND_SEND_BOT_CALL)
        return send_bot_call;
    return kind_step(k);
}

/* ---- the logic child ------------------------------------------------------------ */

struct run {
    struct step step;
    step_fn *fn;
};

static enum status run_work(struct db *db, void *arg)
{
    struct run *r = arg;
    enum status st;

    free(r->step.after_arg);
    r->step.after = NULL;
    r->step.after_arg = NULL;
    st = ledger_claim(db, r->step.now, r->step.job);
    if (st != ST_OK)
        return st;
    st = r->fn(&r->step);
    return st == ST_NONE ? ST_OK : st;
}

enum status work_run(struct job *j)
{
    struct run r = {.fn = step_of(j->kind)};
    enum status st;

    r.step = (struct step){.cfg = stage_work.cfg,
                           .db = stage_work.db,
                           .queue = stage_work.queue,
                           .cache = stage_work.cache,
                           .job = j,
                           .now = stage.now};
    assert_non_null(r.fn);
    st = db_tx(stage_work.db, run_work, &r);
    if (st == ST_OK && r.step.after != NULL)
        r.step.after(&r.step);
    free(r.step.after_arg);
    return st;
}

/* The oldest open job that is due; false: none. */
static bool take(struct job *j)
{
    const char *kind, *body;
    struct json *o;
    size_t n;

    *j = (struct job){0};
    if (db_one(stage.db,
               "SELECT id, kind, body FROM job_open WHERE run_at <= ?"
               " ORDER BY put_at, id LIMIT 1",
               DB_TIME(stage.now)) != ST_OK)
        return false;
    memcpy(j->id, db_text(stage.db, 0, NULL), sizeof(j->id));
    kind = db_text(stage.db, 1, &n);
    j->kind = kind_find(kind, n);
    body = db_text(stage.db, 2, &n);
    o = json_parse(body, n);
    assert_non_null(o);
    j->body = o;
    j->args = json_get(o, "a");
    assert_non_null(j->args);
    return true;
}

void work_all(void)
{
    struct job j;
    int n = 0;

    while (take(&j)) {
        enum status st = work_run(&j);

        if (st != ST_OK)
            fail_msg("%s ended with %s", kind_policy(j.kind)->name, status_name(st));
        json_free(j.body);
        assert_true(++n < 1000);
    }
}

/* ---- opening -------------------------------------------------------------------- */

void work_open(struct config *cfg)
{
    stage_work = (struct stage_work){.cfg = cfg,
                                     .db = db_open(cfg),
                                     .queue = queue_open(cfg),
                                     .cache = redis_open(cfg->redis_fsm_url),
                                     .message = 1000};
    assert_non_null(stage_work.db);
    assert_non_null(stage_work.queue);
    assert_non_null(stage_work.cache);
    queue_bind(stage_work.queue, stage_work.db);
}

void work_close(void)
{
    queue_close(stage_work.queue);
    db_close(stage_work.db);
    redis_close(stage_work.cache);
    free(stage_work.photo);
    memset(&stage_work, 0, sizeof(stage_work));
}
