/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The cast in this process: the worker's steps, each in its transaction as a logic
 * child runs it, and a send child that always succeeds. */
#include "tests/harness/stage_chat.h"

#include "core/base/clock.h"
#include "core/io/ledger.h"
#include "core/message.h"
#include "tests/harness/world.h"
#include "worker/kinds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 64
#define STAGE_NOW                                                                      \
    1789689600000000LL /* 2026-09-18 00:00:00 UTC, 10:00 in Vladivostok                \
                        */

static struct {
    struct config *cfg;
    struct db *db; /* the worker's; stage.db is the test's */
    struct queue *queue;
    struct redis *cache;
    int64_t message;
    int64_t members[MEMBERS_MAX];
    int n_members;
    bool hidden, twice;
    char *photo;
    size_t photo_n;
} cast_of;

/* ---- the send child -------------------------------------------------------------- */

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
        call.message = ++cast_of.message;
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
    if (st != ST_OK)
        return st;
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

    for (i = 0; i < cast_of.n_members; i++)
        if (cast_of.members[i] == user)
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
                  cast_of.hidden    ? "unknown"
                  : is_member(user) ? "member"
                                    : "left");
    if (cast_of.hidden)
        json_set_text(spec.args, "why", "member list is inaccessible");
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
    redis_arg(&c, cast_of.photo, cast_of.photo_n);
    assert_int_equal(redis_call(queue_redis(s->queue), &c, 1000, &r), ST_OK);
    redis_free(r);
    redis_cmd_free(&c);
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", "auth");
    json_set_int(spec.args, "chat", user);
    json_set_int(spec.args, "from", user);
    json_set_text(spec.args, "key", "test:photo");
    return job_put(s->db, s->now, &spec);
}

static step_fn *step_of(enum kind k)
{
    if (k == KIND_SEND_MESSAGE)
        return send_message;
    if (k == KIND_SEND_MEMBER_CHECK)
        return send_member_check;
    if (k == KIND_SEND_FILE_FETCH)
        return send_file_fetch;
    return kind_step(k);
}

/* ---- the logic child ------------------------------------------------------------- */

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

static enum status run_job(struct job *j)
{
    struct run r = {.fn = step_of(j->kind)};
    enum status st;

    r.step = (struct step){.cfg = cast_of.cfg,
                           .db = cast_of.db,
                           .queue = cast_of.queue,
                           .cache = cast_of.cache,
                           .job = j,
                           .now = stage.now};
    assert_non_null(r.fn);
    st = db_tx(cast_of.db, run_work, &r);
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

static void run_all(void)
{
    struct job j;
    int n = 0;

    while (take(&j)) {
        enum status st = run_job(&j);

        if (st != ST_OK)
            fail_msg("%s ended with %s", kind_policy(j.kind)->name, status_name(st));
        json_free(j.body);
        assert_true(++n < 1000);
    }
}

/* ---- updates --------------------------------------------------------------------- */

static struct json *from(const struct person *p)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", p->id);
    json_set_bool(o, "is_bot", false);
    json_set_text(o, "first_name", p->name);
    if (p->lang != NULL)
        json_set_text(o, "language_code", p->lang);
    return o;
}

static struct json *private_chat(const struct person *p)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", p->id);
    json_set_text(o, "type", "private");
    return o;
}

static struct json *message_of(const struct person *p)
{
    static int64_t id = 100;
    struct json *m = json_new_object();

    json_set_int(m, "message_id", ++id);
    json_set(m, "from", from(p));
    json_set(m, "chat", private_chat(p));
    json_set_int(m, "date", stage.now / SECOND);
    return m;
}

void stage_update(const char *bot, struct json *u)
{
    struct job j = {.kind = KIND_BOT_UPDATE};
    struct json *args = json_new_object();
    int64_t id = json_int_or(u, "update_id", 0);
    enum status st;

    json_set_text(args, "bot", bot);
    json_set_int(args, "id", id);
    json_set_int(args, "at", stage.now / MS);
    json_set(args, "u", u);
    snprintf(j.root, sizeof(j.root), "u:%s:%" PRId64, bot, id);
    j.args = args;
    j.body = args;
    st = run_job(&j);
    if (st != ST_OK)
        fail_msg("the update ended with %s: %s", status_name(st), json_print(args));
    /* Redelivered: Telegram lost our answer, or Redis forgot that it had it. */
    if (cast_of.twice)
        assert_int_equal(run_job(&j), ST_TAKEN);
    json_free(args);
    run_all();
    stage.now += SECOND;
}

static void deliver(const struct person *p, const char *kind, struct json *o)
{
    static int64_t id = 500000;
    struct json *u = json_new_object();

    json_set_int(u, "update_id", ++id);
    json_set(u, kind, o);
    stage_update(p->bot, u);
}

static void say(const struct person *p, const char *text)
{
    struct json *m = message_of(p);

    json_set_text(m, "text", text);
    deliver(p, "message", m);
}

static void press(const struct person *p, const char *data, int64_t message, bool photo)
{
    struct json *q = json_new_object(), *m;

    json_set_text(q, "id", "30064771072000000001");
    json_set(q, "from", from(p));
    json_set_text(q, "chat_instance", "1");
    json_set_text(q, "data", data);
    if (message != 0) {
        m = message_of(p);
        json_set_int(m, "message_id", message);
        if (photo)
            json_set(m, "photo", json_new_array());
        json_set(q, "message", m);
    }
    deliver(p, "callback_query", q);
}

static void voice(const struct person *p)
{
    struct json *m = message_of(p), *v = json_new_object();

    json_set_text(v, "file_id", "AwACvoice");
    json_set(m, "voice", v);
    deliver(p, "message", m);
}

static struct json *membership(const struct person *p, const char *status)
{
    struct json *o = json_new_object();

    json_set(o, "user", from(p));
    json_set_text(o, "status", status);
    return o;
}

static void block(const struct person *p)
{
    struct json *o = json_new_object();

    json_set(o, "chat", private_chat(p));
    json_set(o, "from", from(p));
    json_set_int(o, "date", stage.now / SECOND);
    json_set(o, "old_chat_member", membership(p, "member"));
    json_set(o, "new_chat_member", membership(p, "kicked"));
    deliver(p, "my_chat_member", o);
}

/* ---- the cast -------------------------------------------------------------------- */

void spoils_state(const struct person *p, const char *json)
{
    struct redis_reply *r = NULL;
    char key[80];

    snprintf(key, sizeof(key), "dv:fsm:%s:%" PRId64, p->bot, p->id);
    assert_int_equal(redis_do(cast_of.cache, &r, "SET", key, json, NULL), ST_OK);
    redis_free(r);
}

static enum status put_work(struct db *db, void *arg)
{
    return job_put(db, stage.now, arg);
}

void stage_job(enum kind kind, struct json *args)
{
    struct job_spec spec = {.kind = kind, .args = args};

    assert_int_equal(db_tx(cast_of.db, put_work, &spec), ST_OK);
    run_all();
}

static void settle(const struct person *p, const char *words)
{
    (void)p;
    (void)words;
    run_all();
}

static void member(const struct person *p, bool in)
{
    int i;

    for (i = 0; i < cast_of.n_members; i++)
        if (cast_of.members[i] == p->id)
            cast_of.members[i] = cast_of.members[--cast_of.n_members];
    if (in)
        cast_of.members[cast_of.n_members++] = p->id;
}

static void hide(bool hidden)
{
    cast_of.hidden = hidden;
}

static void photo(const struct person *p, const void *picture, size_t n)
{
    struct json *m = message_of(p), *sizes = json_new_array(), *one = json_new_object();

    free(cast_of.photo);
    cast_of.photo = malloc(n);
    memcpy(cast_of.photo, picture, n);
    cast_of.photo_n = n;
    json_set_text(one, "file_id", "AgACphoto");
    json_set_int(one, "width", 512);
    json_set_int(one, "height", 512);
    json_push(sizes, one);
    json_set(m, "photo", sizes);
    deliver(p, "message", m);
}

static void close_steps(void)
{
    queue_close(cast_of.queue);
    db_close(cast_of.db);
    redis_close(cast_of.cache);
    db_close(stage.db);
    free(cast_of.photo);
    memset(&cast_of, 0, sizeof(cast_of));
}

static const struct cast steps_cast = {
    .say = say,
    .press = press,
    .voice = voice,
    .photo = photo,
    .block = block,
    .member = member,
    .hidden = hide,
    .settle = settle,
    .close = close_steps,
};

void stage_open(int how)
{
    cast = &steps_cast;
    cast_of.cfg = world_config();
    stage = (struct stage){.db = db_open(cast_of.cfg), .now = STAGE_NOW};
    cast_of.db = db_open(cast_of.cfg);
    cast_of.queue = queue_open(cast_of.cfg);
    cast_of.cache = redis_open(cast_of.cfg->redis_fsm_url);
    cast_of.message = 1000;
    cast_of.twice = how & STAGE_TWICE;
    assert_non_null(stage.db);
    assert_non_null(cast_of.db);
    assert_non_null(cast_of.queue);
    assert_non_null(cast_of.cache);
    queue_bind(cast_of.queue, cast_of.db);
    stage_furnish();
}
