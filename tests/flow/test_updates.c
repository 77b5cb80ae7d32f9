/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How updates come in: by webhooks that were set through the API, or by long polling.
 * Whole programs against the stand-in Bot API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/botapi.h"
#include "tests/harness/cellar.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/web.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOON_MS 20000
#define KEY "internal-key-of-the-tests"
#define ANNA 7012345678LL

static struct config *cfg;
static struct botapi *telegram;
static struct buf answer; /* the last one, with its head */

static void export_settings(void)
{
    world_export(cfg);
    setenv("LOG_FORMAT", "json", 1);
    setenv("LOG_LEVEL", "info", 1);
}

static int open_all(void **state)
{
    (void)state;
    cfg = world_config();
    cfg->internal_api_key = KEY;
    cellar_open();
    cfg->redis_url = cellar.url;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    cellar_close();
    buf_free(&answer);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    cellar_open();
    telegram = botapi_start(cfg);
    botapi_person(telegram, ANNA, "Анна", "ru");
    cfg->telegram_updates = UPDATES_WEBHOOK;
    export_settings();
    return 0;
}

/* Whatever was asked of Telegram was as its document says. */
static int end(void **state)
{
    size_t n = botapi_violations(telegram);

    (void)state;
    botapi_end(telegram);
    return n > 0 ? -1 : 0;
}

/* ---- programs and their ports --------------------------------------------------- */

static int port_of(struct program *p)
{
    int port = program_port(p, SOON_MS);

    assert_true(port > 0);
    return port;
}

/* bots, and the address it took for those started after it. */
static struct program *bots_start(void)
{
    static char listen_[40];
    struct program *p = program_start("dvorik", "bots", NULL);

    snprintf(listen_, sizeof(listen_), "127.0.0.1:%d", port_of(p));
    setenv("BOTS_LISTEN", listen_, 1);
    if (!program_says(p, "bots ready", SOON_MS))
        fail_msg("bots does not get ready");
    return p;
}

static int ask(int port, const char *method, const char *path, const char *key)
{
    struct web_ask request = {.port = port, .method = method, .path = path};
    char header[100];

    snprintf(header, sizeof(header), "X-API-Key: %s\r\n", key ? key : "");
    request.headers = key ? header : NULL;
    return web_ask(&request, &answer);
}

static bool answered(const char *words)
{
    return answer.len > 0 && strstr(answer.s, words) != NULL;
}

static struct json *answer_json(void)
{
    const char *body = web_body(&answer);
    struct json *o = json_parse(body, strlen(body));

    if (!o)
        fail_msg("no JSON: %s", body);
    return o;
}

/* ---- what arrived --------------------------------------------------------------- */

static bool are_stored(void *arg)
{
    return cellar_updates() >= *(int *)arg;
}

static void stored_soon(int n)
{
    if (!until(are_stored, &n, SOON_MS))
        fail_msg("%d of %d arrived", (int)cellar_updates(), n);
    assert_int_equal(cellar_updates(), n);
}

static void says(const char *bot, const char *text)
{
    char form[200];

    snprintf(form, sizeof(form), "person=%lld&bot=%s&text=%s", ANNA, bot, text);
    botapi_tell(telegram, "say", form);
}

static void join(void)
{
    char form[40];

    snprintf(form, sizeof(form), "person=%lld", ANNA);
    botapi_tell(telegram, "join", form);
}

/* ---- webhooks through the API --------------------------------------------------- */

static bool is_healthy(void *arg)
{
    return ask(*(int *)arg, "GET", "/health", NULL) == 200;
}

static bool is_ready(void *arg)
{
    return ask(*(int *)arg, "GET", "/ready", NULL) == 200;
}

static void webhooks_set_through_the_api_bring_updates(void **state)
{
    struct program *bots = bots_start();
    struct program *api = program_start("dvorik", "api", NULL);
    int port = port_of(api);
    struct json *info;

    (void)state;
    assert_true(until(is_ready, &port, SOON_MS));
    assert_int_equal(ask(port, "POST", "/internal/set-webhooks", KEY), 200);
    info = answer_json();
    assert_non_null(strstr(json_text(info, "client.url", NULL), "/telegram/client"));
    assert_non_null(strstr(json_text(info, "auth.url", NULL), "/telegram/auth"));
    json_free(info);

    assert_int_equal(ask(port, "GET", "/internal/webhook-info", KEY), 200);
    info = answer_json();
    assert_int_equal(json_count(json_get(info, "client.allowed_updates")), 5);
    assert_int_equal(json_count(json_get(info, "auth.allowed_updates")), 3);
    assert_int_equal(json_int_or(info, "auth.max_connections", 0), 20);
    json_free(info);
    assert_false(answered(cfg->telegram_webhook_secret));

    says("client", "hello");
    says("auth", "hello");
    join(); /* chat_member: asked for by one bot */
    stored_soon(3);
    assert_true(until(is_healthy, &port, SOON_MS));
    assert_true(answered("\"bots\":\"ok\""));
    program_end(api);
    program_end(bots);
}

static void internal_endpoints_are_for_who_has_the_key(void **state)
{
    struct program *api = program_start("dvorik", "api", "--port", "0", NULL);
    int port = port_of(api);

    (void)state;
    assert_true(until(is_ready, &port, SOON_MS));
    assert_int_equal(ask(port, "POST", "/internal/set-webhooks", NULL), 401);
    assert_int_equal(ask(port, "POST", "/internal/set-webhooks", "wrong"), 401);
    assert_true(answered("application/problem+json"));
    assert_int_equal(ask(port, "GET", "/internal/webhook-info", KEY "x"), 401);
    assert_int_equal(ask(port, "GET", "/internal/set-webhooks", KEY), 405);
    assert_true(answered("Allow: POST"));
    assert_int_equal(ask(port, "GET", "/no/such/thing", KEY), 404);
    assert_true(answered("application/problem+json"));
    assert_int_equal(program_end(api), 0);
    assert_int_equal(botapi_count(telegram, "setWebhook", 0).calls, 0);

    unsetenv("INTERNAL_API_KEY");
    api = program_start("dvorik", "api", NULL);
    port = port_of(api);
    assert_int_equal(ask(port, "POST", "/internal/set-webhooks", KEY), 403);
    assert_int_equal(ask(port, "POST", "/internal/set-webhooks", ""), 403);
    program_end(api);
    setenv("INTERNAL_API_KEY", KEY, 1);
}

static void what_telegram_refuses_is_told(void **state)
{
    struct program *api = program_start("dvorik", "api", NULL);
    int port = port_of(api);
    struct json *said;

    (void)state;
    assert_true(until(is_ready, &port, SOON_MS));
    botapi_tell(
        telegram, "faults",
        "kind=error&method=setWebhook&bot=auth&code=400&description=Bad+webhook");
    assert_int_equal(ask(port, "POST", "/internal/set-webhooks", KEY), 502);
    said = answer_json();
    assert_true(json_bool_or(said, "client.ok", false));
    assert_false(json_bool_or(said, "auth.ok", true));
    assert_int_equal(json_int_or(said, "auth.code", 0), 400);
    json_free(said);
    program_end(api);
}

static void an_api_without_its_stores_says_so_and_waits(void **state)
{
    struct program *api;
    int port;

    (void)state;
    setenv("DATABASE_SOCKET", "/tmp/no/such/socket", 1);
    setenv("REDIS_URL", "unix:///tmp/no/such/redis?db=0", 1);
    api = program_start("dvorik", "api", NULL);
    port = port_of(api);
    assert_int_equal(ask(port, "GET", "/health", NULL), 503);
    assert_true(answered("\"database\":\"down\""));
    assert_true(answered("\"redis\":\"down\""));
    assert_int_equal(ask(port, "GET", "/ready", NULL), 503);
    assert_int_equal(ask(port, "POST", "/internal/set-webhooks", KEY), 503);
    assert_true(program_says(api, "redis cannot be reached", SOON_MS));
    assert_true(program_says(api, "\"part\":\"database\"", SOON_MS));
    assert_int_equal(program_end(api), 0);
    export_settings();
}

static void wrong_arguments_start_nothing(void **state)
{
    static const char *const wrong[][2] = {
        {"--port", "99999"}, {"--port", "x"}, {"--log-level", "loud"}, {"--what", "1"}};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct program *p =
            program_start("dvorik", "api", wrong[i][0], wrong[i][1], NULL);
        if (program_wait(p, SOON_MS) != 2)
            fail_msg("%s %s: %s", wrong[i][0], wrong[i][1], program_output(p));
        assert_true(program_output(p)[0] != '\0');
        program_end(p);
    }
}

static void setup_bots_tells_telegram_everything(void **state)
{
    struct program *p = program_start("dvorik", "setup-bots", NULL);

    (void)state;
    if (program_wait(p, SOON_MS) != 0)
        fail_msg("%s", program_output(p));
    assert_null(strstr(program_output(p), "failed"));
    assert_int_equal(botapi_count(telegram, "setMyCommands", 0).accepted, 10);
    assert_int_equal(botapi_count(telegram, "setMyDescription", 0).accepted, 10);
    assert_int_equal(botapi_count(telegram, "setWebhook", 0).accepted, 2);
    program_end(p);
}

/* ---- long polling --------------------------------------------------------------- */

static int begin_polling(void **state)
{
    int failed = begin(state);

    cfg->telegram_updates = UPDATES_POLLING;
    export_settings();
    return failed;
}

static bool polls(struct program *p)
{
    return program_says(p, "polling for updates\",\"bot\":\"client", SOON_MS) &&
           program_says(p, "polling for updates\",\"bot\":\"auth", SOON_MS);
}

static void polled_updates_are_stored_once(void **state)
{
    struct program *bots = bots_start();

    (void)state;
    assert_true(polls(bots));
    for (int i = 0; i < 10; i++)
        says(i % 2 ? "client" : "auth", "hello");
    stored_soon(10);
    program_end(bots);

    says("client", "while nobody is there");
    bots = bots_start(); /* asks for what it has from the beginning */
    stored_soon(11);
    says("client", "hello");
    stored_soon(12);
    assert_int_equal(program_end(bots), 0);
}

static void the_offset_waits_for_redis(void **state)
{
    struct program *bots = bots_start();

    (void)state;
    assert_true(polls(bots));
    says("client", "one");
    stored_soon(1);
    server_kill(cellar.server, SIGKILL);
    says("client", "two");
    says("auth", "three");
    assert_true(program_says(bots, "updates not stored", SOON_MS));
    assert_true(program_lives(bots));
    server_start(cellar.server);
    stored_soon(3);
    program_end(bots);
}

static void a_second_poller_is_told_clearly(void **state)
{
    struct program *first = bots_start(), *second;

    (void)state;
    assert_true(polls(first));
    setenv("BOTS_LISTEN", "127.0.0.1:0", 1);
    second = program_start("dvorik", "bots", NULL);
    assert_true(
        program_says(first, "another program takes this bot's updates", SOON_MS));
    program_end(second);
    says("client", "hello");
    stored_soon(1);
    program_end(first);
}

static void telegram_in_trouble_is_waited_for(void **state)
{
    struct program *bots;

    (void)state;
    botapi_tell(telegram, "faults", "kind=502&method=deleteWebhook&bot=client&count=1");
    botapi_tell(telegram, "faults",
                "kind=429&method=getUpdates&bot=auth&retry_after=1");
    bots = bots_start();
    says("client", "hello");
    says("auth", "hello");
    stored_soon(2);
    program_end(bots);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
#define POLLING(f) cmocka_unit_test_setup_teardown(f, begin_polling, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(webhooks_set_through_the_api_bring_updates),
        TEST(internal_endpoints_are_for_who_has_the_key),
        TEST(what_telegram_refuses_is_told),
        TEST(an_api_without_its_stores_says_so_and_waits),
        TEST(wrong_arguments_start_nothing),
        TEST(setup_bots_tells_telegram_everything),
        POLLING(polled_updates_are_stored_once),
        POLLING(the_offset_waits_for_redis),
        POLLING(a_second_poller_is_told_clearly),
        POLLING(telegram_in_trouble_is_waited_for),
    };

    return cmocka_run_group_tests_name("updates", tests, open_all, close_all);
}
