/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The first days of an installation over HTTP, with every program and the stand-in for
 * Telegram: steps and their checks, a look that names missing rights of the bot, and a
 * percent that the next guest sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/api.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"
#include "tests/harness/until.h"

#include <stdio.h>
#include <string.h>

#define SETUP "/api/v1/setup"
#define SOON_MS 30000

static const struct person BOSS = {"auth", 6000000009, "Марина", "ru"};
static const struct person ANNA = {"client", 5000000101, "Анна", "ru"};
static const struct person VERA = {"client", 5000000102, "Вера", "ru"};

static int64_t boss;
static int how;

static int opened(void **state)
{
    (void)state;
    stage_open_real(how);
    hires(&BOSS, "owner", 0);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "скидка 10\xE2\x80\xAF%");
    boss = counts("SELECT id FROM staff WHERE role = 1");
    api_beside(stage_house()->cfg, stage.db, stage_house()->api_port);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    api_leave();
    stage_close();
    return 0;
}

static void hears(struct heard *h, const char *path)
{
    asks(h, 200, &(struct ask){"GET", path, .as = boss});
}

static const struct json *step_of(const struct heard *h, const char *name)
{
    const struct json *steps = json_get(h->json, "steps");

    for (size_t i = 0; i < json_count(steps); i++)
        if (strcmp(json_text(json_at(steps, i), "step", NULL), name) == 0)
            return json_at(steps, i);
    fail_msg("no step %s", name);
    return NULL;
}

static void step_is(const char *name, const char *state, const char *code)
{
    struct heard h = {0};
    const struct json *step, *problems;
    const char *found;

    hears(&h, SETUP);
    step = step_of(&h, name);
    assert_string_equal(json_text(step, "state", NULL), state);
    problems = json_get(step, "problems");
    found = json_text(json_at(problems, 0), "code", NULL);
    assert_string_equal(found != NULL ? found : "", code != NULL ? code : "");
    heard_free(&h);
}

static void posts(int status, const char *path, const char *body)
{
    struct heard h = {0};

    asks(&h, status, &(struct ask){"POST", path, .body = body, .as = boss});
    heard_free(&h);
}

/* ---- the look --------------------------------------------------------------------- */

struct look {
    char path[80];
    struct heard heard;
};

static bool has_ended(void *arg)
{
    struct look *l = arg;

    hears(&l->heard, l->path);
    return strcmp(json_text(l->heard.json, "state", NULL), "done") == 0;
}

/* Asks for one and polls it; the codes found, each with a comma. */
static const char *looks(const char *body)
{
    static char codes[400];
    struct look l = {0};
    struct heard h = {0};
    const struct json *problems;

    asks(&h, 202, &(struct ask){"POST", SETUP "/checks", .body = body, .as = boss});
    snprintf(l.path, sizeof l.path, "%s", heard_header(&h, "Location"));
    heard_free(&h);
    if (!until(has_ended, &l, SOON_MS))
        fail_msg("the look does not end");
    problems = json_get(l.heard.json, "problems");
    codes[0] = '\0';
    for (size_t i = 0; i < json_count(problems); i++) {
        const struct json *p = json_at(problems, i);

        /* Each in words, not by its code alone. */
        assert_null(strstr(json_text(p, "detail", NULL), json_text(p, "code", NULL)));
        snprintf(codes + strlen(codes), sizeof codes - strlen(codes), "%s,",
                 json_text(p, "code", NULL));
    }
    heard_free(&l.heard);
    return codes;
}

static void bot_is(const char *status)
{
    char form[80];

    snprintf(form, sizeof form, "bot=client&status=%s", status);
    botapi_tell(stage_house()->botapi, "rights", form);
}

static void test_missing_rights_are_named(void **state)
{
    struct heard h = {0};
    const struct json *problem;

    (void)state;
    posts(200, SETUP "/channel",
          "{\"channel_id\":\"@exmpl_shop\",\"channel_url\":\"\"}");
    step_is("channel", "unknown", "not_checked");
    assert_string_equal(looks(NULL), "");
    step_is("channel", "done", NULL);
    step_is("bots", "done", NULL);
    step_is("webhooks", "done", NULL);
    bot_is("member");
    assert_string_equal(looks("{}"), "bot_not_admin,");
    hears(&h, SETUP);
    problem = json_at(json_get(step_of(&h, "channel"), "problems"), 0);
    assert_string_equal(json_text(problem, "bot", NULL), "client");
    assert_non_null(strstr(json_text(problem, "detail", NULL), "no administrator"));
    assert_false(json_bool_or(h.json, "complete", true));
    bot_is("left");
    assert_string_equal(looks("{}"), "bot_not_admin,");
    step_is("channel", "wrong", "bot_not_admin");
    bot_is("administrator");
    assert_string_equal(looks("{}"), "");
    step_is("channel", "done", NULL);
    /* Another channel has not been looked at. */
    posts(200, SETUP "/channel", "{\"channel_id\":\"@nobody_here_at_all\"}");
    step_is("channel", "unknown", "not_checked");
    assert_non_null(strstr(looks("{}"), "channel_not_found,"));
    step_is("channel", "wrong", "channel_not_found");
    posts(200, SETUP "/channel", "{\"channel_id\":\"\",\"subscription_gate\":false}");
    step_is("channel", "done", NULL);
    assert_int_equal(counts("SELECT COUNT(*) FROM job_open WHERE kind ="
                            " 'send.setup_check'"),
                     0);
    heard_free(&h);
}

static void test_webhooks_are_set_from_here(void **state)
{
    (void)state;
    assert_string_equal(looks("{\"set_webhooks\":true}"), "");
    step_is("webhooks", "done", NULL);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'setup.webhooks'"), 1);
    assert_int_equal(botapi_violations(stage_house()->botapi), 0);
}

/* ---- the steps -------------------------------------------------------------------- */

static void test_step_by_step(void **state)
{
    struct heard h = {0};

    (void)state;
    assert_int_equal(counts("SELECT COUNT(*) FROM settings WHERE name ="
                            " 'brand_operator'"),
                     0);
    step_is("owner", "done", NULL);
    step_is("brand", "missing", "operator_missing");
    posts(200, SETUP "/brand",
          "{\"brand_name\":\"Сладкий двор\",\"brand_operator\":\"ООО «Двор»\"}");
    step_is("brand", "done", NULL);
    step_is("texts", "missing", "texts_default");
    hears(&h, "/api/v1/settings/consent_text_ru");
    {
        struct json *body = json_new_object();

        json_set_text(body, "consent_text_ru", json_text(h.json, "value", NULL));
        posts(200, SETUP "/texts", json_print(body));
        json_free(body);
    }
    step_is("texts", "done", NULL);
    posts(200, SETUP "/discount",
          "{\"discount_percent_bp\":1000,\"discount_days\":30}");
    step_is("discount", "done", NULL);
    step_is("stores", "done", NULL);
    posts(201, "/api/v1/stores", "{\"name\":\"На углу\",\"hours\":\"когда как\"}");
    step_is("stores", "done", "hours_unread"); /* told, and no hindrance */
    hears(&h, "/api/v1/settings/brand_name");
    assert_string_equal(json_text(h.json, "value", NULL), "Сладкий двор");
    assert_true(counts("SELECT COUNT(*) FROM audit WHERE action = 'setting.set'") >= 5);
    heard_free(&h);
}

static void test_all_of_a_step_or_none(void **state)
{
    static const char *const bodies[] = {
        "{\"discount_percent_bp\":2500,\"discount_days\":0}",
        "{\"discount_percent_bp\":10001}",
        "{\"discount_percent_bp\":\"2500\"}",
        "{\"discount_percent_bp\":2500,\"brand_name\":\"x\"}",
        "{\"discount_percent_bp\":2500,\"discount_uses\":null}",
    };
    struct heard h = {0};
    int64_t admin = api_staff(ROLE_READONLY);

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        refuses(
            400, "validation_failed",
            &(struct ask){"POST", SETUP "/discount", .body = bodies[i], .as = boss});
    refuses(400, "validation_failed",
            &(struct ask){"POST", SETUP "/channel",
                          .body = "{\"channel_title\":\"T\",\"channel_id\":\"a b\"}",
                          .as = boss});
    assert_int_equal(counts("SELECT COUNT(*) FROM settings WHERE name = 'channel_title'"
                            " AND value = 'T'"),
                     0);
    refuses(404, "not_found",
            &(struct ask){"POST", SETUP "/stores", .body = "{}", .as = boss});
    refuses(404, "not_found", &(struct ask){"GET", SETUP "/checks/999999", .as = boss});
    refuses(403, "forbidden", &(struct ask){"GET", SETUP, .as = admin});
    hears(&h, "/api/v1/settings/discount_percent_bp");
    assert_int_equal(json_int_or(h.json, "value", 0), 1000);
    heard_free(&h);
}

/* No program is started anew: the next guest is told of it. */
static void test_a_percent_works_at_once(void **state)
{
    struct heard h = {0};

    (void)state;
    hears(&h, "/api/v1/settings/discount_percent_bp");
    asks(&h, 200,
         &(struct ask){"PATCH", "/api/v1/settings/discount_percent_bp",
                       .body = "{\"value\":3500}", .as = boss,
                       .if_match = heard_header(&h, "ETag")});
    says(&VERA, "/start");
    presses(&VERA, "Согласен");
    told_like(&VERA, "скидка 35\xE2\x80\xAF%");
    heard_free(&h);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_missing_rights_are_named),
        CASE(test_step_by_step),
        CASE(test_all_of_a_step_or_none),
        CASE(test_a_percent_works_at_once),
    };
    const struct CMUnitTest hooks[] = {CASE(test_webhooks_are_set_from_here)};
    int failed = cmocka_run_group_tests_name("polling", tests, NULL, NULL);

    how = STAGE_WEBHOOK;
    return failed + cmocka_run_group_tests_name("webhooks", hooks, NULL, NULL);
}
