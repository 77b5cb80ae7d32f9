/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The cast of programs: bots, worker, scheduler and api against the stand-in Bot API.
 * What people do goes in by its control interface, what they see is read from it. */
#include "tests/harness/stage_chat.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "tests/harness/control.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <signal.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_MS 20000
#define PROGRAMS 4
#define PEOPLE_MAX 32

static struct {
    struct config *cfg;
    struct program *botapi, *program[PROGRAMS];
    char base[80], listen[32];
    int64_t people[PEOPLE_MAX];
    int n_people;
    int how, again; /* updates delivered again */
    size_t callbacks;
} real;

static const char *const programs[PROGRAMS] = {"bots", "worker", "scheduler", "api"};

static void meet(const struct person *p)
{
    struct json *o;
    int i;

    for (i = 0; i < real.n_people; i++)
        if (real.people[i] == p->id)
            return;
    assert_true(real.n_people < PEOPLE_MAX);
    real.people[real.n_people++] = p->id;
    o = json_new_object();
    json_set_int(o, "id", p->id);
    json_set_text(o, "first_name", p->name);
    if (p->lang != NULL)
        json_set_text(o, "language_code", p->lang);
    json_free(control_tell("people", o));
}

static struct json *by(const struct person *p)
{
    struct json *o = json_new_object();

    meet(p);
    json_set_int(o, "person", p->id);
    json_set_text(o, "bot", p->bot);
    return o;
}

static void redeliver(const struct json *answer, const char *bot)
{
    int64_t id = json_int_or(answer, "update_id", 0);
    struct json *o;

    if (id <= 0 || !(real.how & STAGE_TWICE))
        return;
    o = json_new_object();
    json_set_text(o, "bot", bot);
    json_set_int(o, "update_id", id);
    json_free(control_tell("redeliver", o));
    real.again++;
}

static void act(const struct person *p, const char *path, struct json *o)
{
    struct json *answer = control_tell(path, o);

    redeliver(answer, p->bot);
    json_free(answer);
}

/* ---- what people do -------------------------------------------------------------- */

static void say(const struct person *p, const char *text)
{
    struct json *o = by(p);

    json_set_text(o, "text", text);
    act(p, "say", o);
}

static int64_t newest(const struct person *p);

static void press(const struct person *p, const char *data, int64_t message, bool photo)
{
    struct json *o = by(p);

    (void)photo;
    json_set_text(o, "data", data);
    json_set_int(o, "message_id", message != 0 ? message : newest(p));
    if (message == 0)
        json_set_bool(o, "forged", true);
    act(p, "press", o);
}

static void file(const struct person *p, const char *what, const struct control_body *b)
{
    struct json *answer;
    char path[160];

    meet(p);
    snprintf(path, sizeof(path), "%s?person=%" PRId64 "&bot=%s&name=x", what, p->id,
             p->bot);
    answer = control_ask(path, b);
    redeliver(answer, p->bot);
    json_free(answer);
}

static void voice(const struct person *p)
{
    const struct control_body b = {"ogg", 3, "application/octet-stream"};

    file(p, "document", &b);
}

static void photo(const struct person *p, const void *picture, size_t n)
{
    const struct control_body b = {picture, n, "image/png"};

    file(p, "photo", &b);
}

static void block(const struct person *p)
{
    act(p, "block", by(p));
}

static void member(const struct person *p, bool in)
{
    json_free(control_tell(in ? "join" : "leave", by(p)));
}

static void hide(bool hidden)
{
    struct json *o = json_new_object();

    json_set_text(o, "bot", "client");
    json_set_text(o, "status", hidden ? "left" : "administrator");
    json_free(control_tell("rights", o));
}

/* ---- what they see --------------------------------------------------------------- */

/* What the camera would read off an upload; "" when it is no code. */
static void read_picture(int64_t n, char out[300])
{
    const struct control_body nothing = {"", 0, "application/octet-stream"};
    char path[40];
    struct json *o;

    snprintf(path, sizeof(path), "decode?n=%" PRId64, n);
    o = control_ask(path, &nothing);
    snprintf(out, 300, "%s",
             json_text(o, "text", NULL) ? json_text(o, "text", NULL) : "");
    json_free(o);
}

static void show(const struct person *p, const struct json *m)
{
    int64_t id = json_int_or(m, "message_id", 0);
    const struct json *known = chat_known(p->bot, p->id, id);
    bool picture = json_get(m, "photo") != NULL;
    struct chat_call call = {.bot = p->bot, .message = id, .shown = m};
    struct json *params, *copy = json_copy(m);
    char qr[300];

    if (known != NULL &&
        strcmp(json_print((struct json *)(uintptr_t)known), json_print(copy)) == 0) {
        json_free(copy);
        return;
    }
    params = copy;
    json_set_int(params, "chat_id", p->id);
    call.params = params;
    call.method = known != NULL ? "editMessageText"
                  : picture     ? "sendPhoto"
                                : "sendMessage";
    if (picture) {
        read_picture(json_int_or(m, "file", 0), qr);
        call.qr = qr;
    }
    chat_apply(&call);
    json_free(copy);
}

static struct json *chat(const struct person *p)
{
    char path[120];

    meet(p);
    snprintf(path, sizeof(path), "messages?person=%" PRId64 "&bot=%s&outgoing=true",
             p->id, p->bot);
    return control_ask(path, NULL);
}

static void look(const struct person *p)
{
    struct json *o = chat(p);
    const struct json *list = json_get(o, "messages");
    size_t i;

    for (i = 0; i < json_count(list); i++)
        show(p, json_at(list, i));
    json_free(o);
}

static int64_t newest(const struct person *p)
{
    struct json *o = chat(p);
    const struct json *list = json_get(o, "messages");
    size_t n = json_count(list);
    int64_t id = n > 0 ? json_int_or(json_at(list, n - 1), "message_id", 0) : 0;

    json_free(o);
    return id;
}

/* Every update has been fetched and had its effect, and so has all that followed. */
static bool quiet(void *arg)
{
    struct json *o = control_ask("counts", NULL);
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

static void dump(void)
{
    int i;

    for (i = 0; i < PROGRAMS; i++)
        if (real.program[i] != NULL)
            fprintf(stderr, "--- %s\n%s\n", programs[i],
                    program_output(real.program[i]));
}

static void settle(const struct person *p, const char *words)
{
    struct wish w = {p, words};

    if (words != NULL) {
        if (!until(told, &w, DEADLINE_MS))
            dump();
        return;
    }
    if (!until(quiet, NULL, DEADLINE_MS)) {
        dump();
        fail_msg("%s waited for rest in vain", p->name);
    }
    look(p);
}

/* ---- the programs ---------------------------------------------------------------- */

static void find_base(void)
{
    const char *s;

    assert_true(program_says(real.botapi, "botapi http://", DEADLINE_MS));
    s = strstr(program_output(real.botapi), "http://");
    snprintf(real.base, sizeof(real.base), "%.*s", (int)strcspn(s, "\r\n"), s);
}

static void no_violations(void)
{
    struct json *o = control_ask("violations", NULL);

    if (json_count(json_get(o, "violations")) > 0)
        fail_msg("calls that Telegram would not take: %s", json_print(o));
    json_free(o);
}

static bool all_answered(void *arg)
{
    int64_t person = *(const int64_t *)arg;
    bool all = true;
    int i;

    for (i = 0; i < 2; i++) {
        struct json *o;
        char path[80];
        size_t k, n;

        snprintf(path, sizeof(path), "callbacks?person=%" PRId64 "&bot=%s", person,
                 i == 0 ? "client" : "auth");
        o = control_ask(path, NULL);
        n = json_count(json_get(o, "callbacks"));
        for (k = 0; k < n; k++)
            all = all &&
                  json_bool_or(json_at(json_get(o, "callbacks"), k), "answered", false);
        real.callbacks += n;
        json_free(o);
    }
    return all;
}

/* No button is left spinning on anybody's phone. */
static void no_spinners(void)
{
    int i;

    real.callbacks = 0;
    for (i = 0; i < real.n_people; i++)
        if (!until(all_answered, &real.people[i], DEADLINE_MS))
            fail_msg("a button of %" PRId64 " was never acknowledged", real.people[i]);
    assert_true(real.callbacks > 0);
}

static void close_real(void)
{
    int i, status, failed = 0;

    no_violations();
    no_spinners();
    for (i = 0; i < PROGRAMS; i++)
        program_signal(real.program[i], SIGTERM);
    for (i = 0; i < PROGRAMS; i++) {
        status = program_wait(real.program[i], DEADLINE_MS);
        if (status != 0)
            fprintf(stderr, "--- %s ended with status %d\n%s\n", programs[i], status,
                    program_output(real.program[i]));
        failed += status != 0;
        program_end(real.program[i]);
    }
    program_end(real.botapi);
    control_close();
    db_close(stage.db);
    memset(&real, 0, sizeof(real));
    assert_int_equal(failed, 0);
}

static const struct cast real_cast = {
    .say = say,
    .press = press,
    .voice = voice,
    .photo = photo,
    .block = block,
    .member = member,
    .hidden = hide,
    .settle = settle,
    .close = close_real,
};

struct program *stage_program(const char *name)
{
    int i;

    for (i = 0; i < PROGRAMS; i++)
        if (strcmp(programs[i], name) == 0)
            return real.program[i];
    return NULL;
}

void stage_restart(const char *name)
{
    int i;

    for (i = 0; i < PROGRAMS; i++)
        if (strcmp(programs[i], name) == 0) {
            program_end(real.program[i]);
            real.program[i] = program_start("dvorik", name, NULL);
        }
}

/* A port that is free now: the webhook's address must be known before the bots listen.
 */
static void listen_somewhere(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    close(fd);
    snprintf(real.listen, sizeof(real.listen), "127.0.0.1:%d", ntohs(a.sin_port));
    real.cfg->bots_listen = real.listen;
}

static void set_webhooks(void)
{
    struct program *setup = program_start("dvorik", "setup-bots", NULL);
    int status = program_wait(setup, DEADLINE_MS);

    if (status != 0)
        fail_msg("setup-bots: %d\n%s", status, program_output(setup));
    program_end(setup);
}

void stage_open_real(int how)
{
    int i;

    cast = &real_cast;
    memset(&real, 0, sizeof(real));
    real.how = how;
    real.cfg = world_config();
    real.botapi = program_start("botapi", "--listen", "127.0.0.1:0", "--client-token",
                                real.cfg->telegram_bot_token, "--auth-token",
                                real.cfg->telegram_auth_bot_token, "--client-name",
                                "exmpl_bonus_bot", "--auth-name", "exmpl_till_bot",
                                "--channel", "exmpl_shop", "--empty", NULL);
    find_base();
    control_open(real.base);
    real.cfg->telegram_api_base = real.base;
    real.cfg->telegram_updates =
        how & STAGE_WEBHOOK ? UPDATES_WEBHOOK : UPDATES_POLLING;
    if (how & STAGE_WEBHOOK)
        listen_somewhere();
    real.cfg->log_level = "info";
    world_export(real.cfg);
    stage = (struct stage){.db = db_open(real.cfg), .now = clock_now()};
    assert_non_null(stage.db);
    stage_furnish();
    for (i = 0; i < PROGRAMS; i++)
        real.program[i] = program_start("dvorik", programs[i], NULL);
    if (how & STAGE_WEBHOOK)
        set_webhooks();
}
