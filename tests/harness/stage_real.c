/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The cast of programs: a house of them against the stand-in Bot API. What people do
 * goes in by its control interface, what they see is read from it. */
#include "tests/harness/stage_chat.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "tests/harness/house.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DEADLINE_MS 30000
#define PEOPLE_MAX 64

static struct {
    struct house house;
    int64_t people[PEOPLE_MAX];
    int n_people;
    int how, again; /* updates delivered again */
    int taps;
} real;

/* ---- what people do ------------------------------------------------------------- */

static void meet(const struct person *p)
{
    for (int i = 0; i < real.n_people; i++)
        if (real.people[i] == p->id)
            return;
    assert_true(real.n_people < PEOPLE_MAX);
    real.people[real.n_people++] = p->id;
    botapi_person(real.house.botapi, p->id, p->name, p->lang);
}

/* Their part of every form; more: "&name=", and its value as it is meant. */
static void form(struct buf *b, const struct person *p, const char *more,
                 const char *value)
{
    meet(p);
    buf_addf(b, "person=%" PRId64 "&bot=%s", p->id, p->bot);
    buf_adds(b, more);
    if (value != NULL)
        buf_add_url(b, value);
}

/* Takes the answer over. */
static void redeliver(struct json *answer, const char *bot)
{
    int64_t id = json_int_or(answer, "update_id", 0);
    char again[80];

    json_free(answer);
    if (id <= 0 || !(real.how & STAGE_TWICE))
        return;
    snprintf(again, sizeof(again), "bot=%s&update_id=%" PRId64, bot, id);
    botapi_tell(real.house.botapi, "redeliver", again);
    real.again++;
}

static void act(const struct person *p, const char *path, const char *more,
                const char *value)
{
    struct buf b = {0};

    form(&b, p, more, value);
    redeliver(botapi_act(real.house.botapi, path, b.s), p->bot);
    buf_free(&b);
}

static void say(const struct person *p, const char *text)
{
    act(p, "say", "&text=", text);
}

static int64_t look(const struct person *p);

static void press(const struct person *p, const char *data, int64_t message, bool photo)
{
    char more[80];

    (void)photo;
    snprintf(more, sizeof(more),
             "%s&message_id=%" PRId64 "&data=", message == 0 ? "&forged=true" : "",
             message != 0 ? message : look(p));
    act(p, "press", more, data);
}

static void file(const struct person *p, const char *what, const void *bytes, size_t n)
{
    struct buf path = {0};

    buf_addf(&path, "%s?", what);
    form(&path, p, "&name=x", NULL);
    redeliver(botapi_upload(real.house.botapi, path.s, bytes, n), p->bot);
    buf_free(&path);
}

static void voice(const struct person *p)
{
    file(p, "document", "ogg", 3);
}

static void contact(const struct person *p, const char *phone, int64_t whose)
{
    char more[80];

    snprintf(more, sizeof(more), "&of=%" PRId64 "&phone=", whose);
    act(p, "contact", more, phone);
}

static void photo(const struct person *p, const void *picture, size_t n)
{
    file(p, "photo", picture, n);
}

static void block(const struct person *p)
{
    act(p, "block", NULL, NULL);
}

static void unblock(const struct person *p)
{
    act(p, "unblock", NULL, NULL);
}

static void stand(const struct person *p, const char *status)
{
    struct buf b = {0};

    meet(p);
    buf_addf(&b, "person=%" PRId64 "&status=%s", p->id, status);
    botapi_tell(real.house.botapi, "rights", b.s);
    buf_free(&b);
}

static void member(const struct person *p, bool in)
{
    struct buf b = {0};

    form(&b, p, NULL, NULL);
    botapi_tell(real.house.botapi, in ? "join" : "leave", b.s);
    buf_free(&b);
}

static void hide(bool hidden)
{
    botapi_tell(real.house.botapi, "rights",
                hidden ? "bot=client&status=left" : "bot=client&status=administrator");
}

/* ---- what they see -------------------------------------------------------------- */

static void show(const struct person *p, const struct json *m)
{
    int64_t id = json_int_or(m, "message_id", 0);
    const struct json *known = chat_known(p->bot, p->id, id);
    bool picture = json_get(m, "photo") != NULL;
    struct chat_call call = {.bot = p->bot, .message = id, .shown = m};
    struct json *params = json_copy(m);
    char qr[300];

    if (known == NULL ||
        strcmp(json_print((struct json *)(uintptr_t)known), json_print(params)) != 0) {
        json_set_int(params, "chat_id", p->id);
        call.params = params;
        call.method = known != NULL ? "editMessageText"
                      : picture     ? "sendPhoto"
                                    : "sendMessage";
        if (picture) {
            botapi_decode(real.house.botapi, json_int_or(m, "file", 0), qr, sizeof(qr));
            call.qr = qr;
        }
        chat_apply(&call);
    }
    json_free(params);
}

/* Shows what is new, and answers the number of the newest one. */
static int64_t look(const struct person *p)
{
    struct buf b = {0};
    const struct json *list;
    struct json *o;
    int64_t newest = 0;

    form(&b, p, "&outgoing=true", NULL);
    o = botapi_ask(real.house.botapi, "messages", b.s);
    list = json_get(o, "messages");
    for (size_t i = 0; i < json_count(list); i++) {
        show(p, json_at(list, i));
        newest = json_int_or(json_at(list, i), "message_id", 0);
    }
    json_free(o);
    buf_free(&b);
    return newest;
}

/* Every update has been fetched and had its effect, and so has all that followed. */
static bool quiet(void *arg)
{
    struct json *o = botapi_ask(real.house.botapi, "counts", NULL);
    int64_t waiting =
        json_int_or(o, "client.pending", 1) + json_int_or(o, "auth.pending", 1);
    int64_t given =
        json_int_or(o, "client.delivered", 0) + json_int_or(o, "auth.delivered", 0);

    (void)arg;
    json_free(o);
    return waiting == 0 &&
           counts("SELECT COUNT(*) FROM update_seen") >= given - real.again &&
           counts("SELECT COUNT(*) FROM job_open") == 0 &&
           counts("SELECT COUNT(*) FROM message WHERE state < 3") == 0;
}

struct wish {
    const struct person *p;
    const char *words;
};

static bool told(void *arg)
{
    const struct wish *w = arg;

    look(w->p);
    return chat_holds(w->p, w->words);
}

static void settle(const struct person *p, const char *words)
{
    struct wish w = {p, words};

    if (words != NULL) {
        if (!house_until(&real.house, told, &w, DEADLINE_MS))
            house_dump(&real.house);
        return;
    }
    if (!house_until(&real.house, quiet, NULL, DEADLINE_MS)) {
        house_dump(&real.house);
        fail_msg("%s waited for rest in vain", p->name);
    }
    look(p);
}

/* ---- the end -------------------------------------------------------------------- */

static bool all_answered(void *arg)
{
    struct botapi_count taps = botapi_taps(real.house.botapi, *(const int64_t *)arg);

    real.taps += taps.calls;
    return taps.accepted == taps.calls;
}

/* No button is left spinning on anybody's phone. */
static void no_spinners(void)
{
    real.taps = 0;
    for (int i = 0; i < real.n_people; i++)
        if (!until(all_answered, &real.people[i], DEADLINE_MS))
            fail_msg("a button of %" PRId64 " was never acknowledged", real.people[i]);
    assert_true(real.taps > 0);
}

static void close_real(void)
{
    assert_int_equal(botapi_violations(real.house.botapi), 0);
    /* To acknowledge a tap is a job that may die with its program. */
    if (!(real.how & STAGE_DEATHS)) {
        no_spinners();
        assert_int_equal(real.house.restarts, 0);
    }
    house_close(&real.house);
    db_close(stage.db);
    memset(&real, 0, sizeof(real));
}

static const struct cast real_cast = {
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
    .close = close_real,
};

struct house *stage_house(void)
{
    return &real.house;
}

void stage_open_real(int how)
{
    struct config *cfg = world_config();

    cast = &real_cast;
    memset(&real, 0, sizeof(real));
    real.how = how;
    cfg->log_level = "info";
    cfg->telegram_updates = how & STAGE_WEBHOOK ? UPDATES_WEBHOOK : UPDATES_POLLING;
    stage = (struct stage){.db = db_open(cfg), .now = clock_now()};
    assert_non_null(stage.db);
    stage_furnish();
    house_open(&real.house, cfg, botapi_start(cfg));
}
