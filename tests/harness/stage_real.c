/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The cast of programs: bots, worker, scheduler and api against the stand-in Bot API.
 * What people do goes in by its control interface, what they see is read from it. */
#include "tests/harness/stage_chat.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <curl/curl.h>
#include <signal.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE_MS 20000
#define PROGRAMS 4
#define PEOPLE_MAX 32

static struct {
    struct config *cfg;
    struct program *botapi, *program[PROGRAMS];
    char base[80];
    CURL *curl;
    int64_t people[PEOPLE_MAX];
    int n_people;
    int64_t updates; /* that the bots were given */
} real;

static const char *const programs[PROGRAMS] = {"bots", "worker", "scheduler", "api"};

/* ---- the control interface ----------------------------------------------------------------- */

static size_t on_bytes(char *s, size_t size, size_t n, void *arg)
{
    buf_add(arg, s, size * n);
    return size * n;
}

struct body {
    const void *bytes; /* NULL: GET */
    size_t n;
    const char *type;
};

/* Fails the test unless the answer is {"ok":true,…}. Yours. */
static struct json *ask(const char *path, const struct body *b)
{
    struct buf answer = {0}, url = {0}, type = {0};
    struct curl_slist *head = NULL;
    struct json *o;

    buf_addf(&url, "%s/control/%s", real.base, path);
    curl_easy_reset(real.curl);
    curl_easy_setopt(real.curl, CURLOPT_URL, url.s);
    curl_easy_setopt(real.curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(real.curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(real.curl, CURLOPT_TIMEOUT_MS, (long)DEADLINE_MS);
    if (b != NULL) {
        buf_addf(&type, "Content-Type: %s", b->type);
        head = curl_slist_append(NULL, type.s);
        curl_easy_setopt(real.curl, CURLOPT_HTTPHEADER, head);
        curl_easy_setopt(real.curl, CURLOPT_POSTFIELDSIZE, (long)b->n);
        curl_easy_setopt(real.curl, CURLOPT_POSTFIELDS, b->bytes);
    }
    assert_int_equal(curl_easy_perform(real.curl), CURLE_OK);
    o = answer.s != NULL ? json_parse(answer.s, answer.len) : NULL;
    if (o == NULL || !json_bool_or(o, "ok", false))
        fail_msg("%s: %s", url.s, answer.s != NULL ? answer.s : "(nothing)");
    curl_slist_free_all(head);
    buf_free(&answer);
    buf_free(&url);
    buf_free(&type);
    return o;
}

/* Takes o over. */
static struct json *tell(const char *path, struct json *o)
{
    const char *text = json_print(o);
    const struct body b = {text, strlen(text), "application/json"};
    struct json *answer = ask(path, &b);

    json_free(o);
    return answer;
}

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
    json_free(tell("people", o));
}

static struct json *by(const struct person *p)
{
    struct json *o = json_new_object();

    meet(p);
    json_set_int(o, "person", p->id);
    json_set_text(o, "bot", p->bot);
    return o;
}

/* An act that an update follows from. */
static void act(const char *path, struct json *o)
{
    struct json *answer = tell(path, o);

    real.updates += json_int_or(answer, "update_id", 0) > 0;
    json_free(answer);
}

/* ---- what people do ------------------------------------------------------------------------ */

static void say(const struct person *p, const char *text)
{
    struct json *o = by(p);

    json_set_text(o, "text", text);
    act("say", o);
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
    act("press", o);
}

static void file(const struct person *p, const char *what, const struct body *b)
{
    struct json *answer;
    char path[160];

    meet(p);
    snprintf(path, sizeof(path), "%s?person=%" PRId64 "&bot=%s&name=x", what, p->id, p->bot);
    answer = ask(path, b);
    real.updates += json_int_or(answer, "update_id", 0) > 0;
    json_free(answer);
}

static void voice(const struct person *p)
{
    const struct body b = {"ogg", 3, "application/octet-stream"};

    file(p, "document", &b);
}

static void photo(const struct person *p, const void *picture, size_t n)
{
    const struct body b = {picture, n, "image/png"};

    file(p, "photo", &b);
}

static void block(const struct person *p)
{
    act("block", by(p));
}

static void member(const struct person *p, bool in)
{
    act(in ? "join" : "leave", by(p));
}

static void hide(bool hidden)
{
    struct json *o = json_new_object();

    json_set_text(o, "bot", "client");
    json_set_text(o, "status", hidden ? "left" : "administrator");
    act("rights", o);
}

/* ---- what they see --------------------------------------------------------------------------- */

/* What the camera would read off an upload; "" when it is no code. */
static void read_picture(int64_t n, char out[300])
{
    const struct body nothing = {"", 0, "application/octet-stream"};
    char path[40];
    struct json *o;

    snprintf(path, sizeof(path), "decode?n=%" PRId64, n);
    o = ask(path, &nothing);
    snprintf(out, 300, "%s", json_text(o, "text", NULL) ? json_text(o, "text", NULL) : "");
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

    if (known != NULL && strcmp(json_print((struct json *)(uintptr_t)known),
                                json_print(copy)) == 0) {
        json_free(copy);
        return;
    }
    params = copy;
    json_set_int(params, "chat_id", p->id);
    call.params = params;
    call.method = known != NULL ? "editMessageText" : picture ? "sendPhoto" : "sendMessage";
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
    snprintf(path, sizeof(path), "messages?person=%" PRId64 "&bot=%s&outgoing=true", p->id,
             p->bot);
    return ask(path, NULL);
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

/* Every update has had its effect, and all that followed from it. */
static bool quiet(void *arg)
{
    (void)arg;
    return counts("SELECT COUNT(*) FROM update_seen") >= real.updates &&
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
            fprintf(stderr, "--- %s\n%s\n", programs[i], program_output(real.program[i]));
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
        fail_msg("it never came to rest: %" PRId64 " updates", real.updates);
    }
    look(p);
}

/* ---- the programs ---------------------------------------------------------------------------- */

static void find_base(void)
{
    const char *s;

    assert_true(program_says(real.botapi, "botapi http://", DEADLINE_MS));
    s = strstr(program_output(real.botapi), "http://");
    snprintf(real.base, sizeof(real.base), "%.*s", (int)strcspn(s, "\r\n"), s);
}

static void close_real(void)
{
    struct json *o;
    int i, status[PROGRAMS];

    o = ask("violations", NULL);
    if (json_count(json_get(o, "violations")) > 0)
        fail_msg("calls that Telegram would not take: %s", json_print(o));
    json_free(o);
    for (i = 0; i < PROGRAMS; i++)
        program_signal(real.program[i], SIGTERM);
    for (i = 0; i < PROGRAMS; i++)
        status[i] = program_end(real.program[i]);
    program_end(real.botapi);
    curl_easy_cleanup(real.curl);
    db_close(stage.db);
    memset(&real, 0, sizeof(real));
    for (i = 0; i < PROGRAMS; i++)
        if (status[i] != 0)
            fail_msg("%s ended with status %d", programs[i], status[i]);
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

void stage_open_real(void)
{
    int i;

    cast = &real_cast;
    memset(&real, 0, sizeof(real));
    real.cfg = world_config();
    real.curl = curl_easy_init();
    real.botapi = program_start(
        "botapi", "--listen", "127.0.0.1:0", "--client-token", real.cfg->telegram_bot_token,
        "--auth-token", real.cfg->telegram_auth_bot_token, "--client-name",
        "exmpl_bonus_bot", "--auth-name", "exmpl_till_bot", "--channel", "exmpl_shop",
        "--empty", NULL);
    find_base();
    real.cfg->telegram_api_base = real.base;
    real.cfg->telegram_updates = UPDATES_POLLING;
    real.cfg->log_level = "info";
    world_export(real.cfg);
    stage = (struct stage){.db = db_open(real.cfg), .now = clock_now()};
    assert_non_null(stage.db);
    stage_furnish();
    for (i = 0; i < PROGRAMS; i++)
        real.program[i] = program_start("dvorik", programs[i], NULL);
}
