/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The cast in this process: what people do becomes updates as Telegram writes them, and
 * each runs at once (stage_work.h). */
#include "tests/harness/stage_chat.h"

#include "core/base/clock.h"
#include "tests/harness/stage_work.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-09-18 00:00:00 UTC, 10:00 in Vladivostok */
#define STAGE_NOW 1789689600000000LL

static bool twice; /* each update is delivered again */

/* ---- updates -------------------------------------------------------------------- */

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
    st = work_run(&j);
    if (st != ST_OK)
        fail_msg("the update ended with %s: %s", status_name(st), json_print(args));
    /* Redelivered: Telegram lost our answer, or Redis forgot that it had it. */
    if (twice)
        assert_int_equal(work_run(&j), ST_TAKEN);
    json_free(args);
    work_all();
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

static void contact(const struct person *p, const char *phone, int64_t whose)
{
    struct json *m = message_of(p), *c = json_new_object();

    json_set_text(c, "phone_number", phone);
    json_set_text(c, "first_name", p->name);
    if (whose != 0)
        json_set_int(c, "user_id", whose);
    json_set(m, "contact", c);
    deliver(p, "message", m);
}

/* status as stands() has it. */
static struct json *membership(const struct person *p, const char *status)
{
    struct json *o = json_new_object();
    bool restricted = strncmp(status, "restricted", 10) == 0;

    json_set(o, "user", from(p));
    json_set_text(o, "status", restricted ? "restricted" : status);
    if (restricted)
        json_set_bool(o, "is_member", strcmp(status, "restricted_in") == 0);
    return o;
}

/* chat is taken over. */
static void change(const struct person *p, struct json *chat, const char *kind,
                   const char *const status[2])
{
    struct json *o = json_new_object();

    json_set(o, "chat", chat);
    json_set(o, "from", from(p));
    json_set_int(o, "date", stage.now / SECOND);
    json_set(o, "old_chat_member", membership(p, status[0]));
    json_set(o, "new_chat_member", membership(p, status[1]));
    deliver(p, kind, o);
}

static void block(const struct person *p)
{
    static const char *const status[] = {"member", "kicked"};

    change(p, private_chat(p), "my_chat_member", status);
}

static void unblock(const struct person *p)
{
    static const char *const status[] = {"kicked", "member"};

    change(p, private_chat(p), "my_chat_member", status);
}

/* ---- the cast ------------------------------------------------------------------- */

void spoils_state(const struct person *p, const char *json)
{
    struct redis_reply *r = NULL;
    char key[80];

    snprintf(key, sizeof(key), "dv:fsm:%s:%" PRId64, p->bot, p->id);
    assert_int_equal(redis_do(stage_work.cache, &r, "SET", key, json, NULL), ST_OK);
    redis_free(r);
}

static enum status put_work(struct db *db, void *arg)
{
    return job_put(db, stage.now, arg);
}

void stage_job(enum kind kind, struct json *args)
{
    struct job_spec spec = {.kind = kind, .args = args};

    assert_int_equal(db_tx(stage_work.db, put_work, &spec), ST_OK);
    work_all();
}

static void settle(const struct person *p, const char *words)
{
    (void)p;
    (void)words;
    work_all();
}

static void member(const struct person *p, bool in)
{
    int i;

    for (i = 0; i < stage_work.n_members; i++)
        if (stage_work.members[i] == p->id)
            stage_work.members[i] = stage_work.members[--stage_work.n_members];
    if (in)
        stage_work.members[stage_work.n_members++] = p->id;
}

static bool is_in(const struct person *p)
{
    for (int i = 0; i < stage_work.n_members; i++)
        if (stage_work.members[i] == p->id)
            return true;
    return false;
}

static void stand(const struct person *p, const char *status)
{
    const char *const change_of[] = {is_in(p) ? "member" : "left", status};
    struct json *chat = json_new_object();

    json_set_int(chat, "id", -1001987654321);
    json_set_text(chat, "type", "channel");
    json_set_text(chat, "title", "exmpl_shop");
    json_set_text(chat, "username", "exmpl_shop");
    member(p, strcmp(status, "member") == 0 || strcmp(status, "restricted_in") == 0);
    change(p, chat, "chat_member", change_of);
}

static void hide(bool hidden)
{
    stage_work.hidden = hidden;
}

static void photo(const struct person *p, const void *picture, size_t n)
{
    struct json *m = message_of(p), *sizes = json_new_array(), *one = json_new_object();

    free(stage_work.photo);
    stage_work.photo = malloc(n);
    memcpy(stage_work.photo, picture, n);
    stage_work.photo_n = n;
    json_set_text(one, "file_id", "AgACphoto");
    json_set_int(one, "width", 512);
    json_set_int(one, "height", 512);
    json_push(sizes, one);
    json_set(m, "photo", sizes);
    deliver(p, "message", m);
}

static void close_steps(void)
{
    work_close();
    db_close(stage.db);
}

static const struct cast steps_cast = {
    .say = say,
    .press = press,
    .voice = voice,
    .contact = contact,
    .photo = photo,
    .block = block,
    .unblock = unblock,
    .stand = stand,
    .member = member,
    .hidden = hide,
    .settle = settle,
    .close = close_steps,
};

void stage_open(int how)
{
    cast = &steps_cast;
    work_open(world_config());
    twice = how & STAGE_TWICE;
    stage = (struct stage){.db = db_open(stage_work.cfg), .now = STAGE_NOW};
    assert_non_null(stage.db);
    stage_furnish();
}
