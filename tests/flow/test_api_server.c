/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The server below all resources of the admin API, over HTTP: addresses and methods, who
 * it is, names of requests, languages, versions, keys of repetition, hostile input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/api.h"
#include "tests/harness/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PERCENT "/api/v1/settings/discount_percent_bp"

static int64_t owner, marketing;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    return st;
}

static int64_t number(const char *sql)
{
    assert_int_equal(db_one(api_place.db, sql), ST_OK);
    return db_int(api_place.db, 0);
}

static int64_t versions(void)
{
    return number("SELECT COUNT(*) FROM settings_history"
                  " WHERE name = 'discount_percent_bp'");
}

/* As a caller would: read it, and change what was read. */
static void tag_now(char out[32])
{
    struct heard h = {0};

    asks(&h, 200, &(struct ask){"GET", PERCENT, .as = owner});
    snprintf(out, 32, "%s", heard_header(&h, "ETag"));
    assert_true(*out != '\0');
    heard_free(&h);
}

static void addresses_and_methods(void **state)
{
    struct heard h = {0};

    (void)state;
    refuses(404, "not_found", &(struct ask){"GET", "/api/v1/nothing", .as = owner});
    refuses(404, "not_found", &(struct ask){"GET", "/api/v1/stores/", .as = owner});
    refuses(404, "not_found", &(struct ask){"GET", "/api/v1/stores/0", .as = owner});
    refuses(404, "not_found", &(struct ask){"GET", "/api/v1/stores/x", .as = owner});
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/stores/9223372036854775808", .as = owner});
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/stores/9223372036854775807", .as = owner});
    asks(&h, 405, &(struct ask){"DELETE", PERCENT, .as = owner});
    assert_string_equal(heard_header(&h, "Allow"), "GET, HEAD, PATCH, OPTIONS");
    assert_string_equal(heard_code(&h), "method_not_allowed");
    asks(&h, 204, &(struct ask){"OPTIONS", PERCENT});
    assert_string_equal(heard_header(&h, "Allow"), "GET, HEAD, PATCH, OPTIONS");
    asks(&h, 200, &(struct ask){"HEAD", PERCENT, .as = owner});
    assert_string_equal(heard_header(&h, "ETag"), "\"v0\"");
    assert_null(h.json);
    heard_free(&h);
}

static void who_and_may_they(void **state)
{
    struct heard h = {0};
    int64_t manager = api_staff(ROLE_MANAGER);

    (void)state;
    asks(&h, 401, &(struct ask){"GET", PERCENT});
    assert_string_equal(heard_code(&h), "unauthenticated");
    assert_string_equal(heard_header(&h, "WWW-Authenticate"), "Bearer");
    refuses(401, "unauthenticated",
            &(struct ask){"GET", PERCENT, .headers = "Authorization: Bearer x\r\n"});
    refuses(401, "unauthenticated",
            &(struct ask){"GET", PERCENT, .headers = "Authorization: Basic eDp5\r\n"});
    asks(&h, 200, &(struct ask){"GET", PERCENT, .as = marketing});
    refuses(403, "forbidden",
            &(struct ask){"PATCH", PERCENT, "{\"value\":1}", marketing, "\"v0\""});
    refuses(403, "forbidden",
            &(struct ask){"PATCH", PERCENT, "{\"value\":1}", manager, "\"v0\""});
    assert_int_equal(versions(), 0);
    heard_free(&h);
}

/* ---- the name of a request, the log, the language -------------------------------- */

static void each_request_has_a_name_and_a_line(void **state)
{
    struct heard h = {0};
    char line[160];

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stores?q=sought-in-vain", .as = owner,
                       .headers = "X-Request-Id: of-the-panel-1\r\n"});
    assert_string_equal(heard_header(&h, "X-Request-Id"), "of-the-panel-1");
    assert_true(
        program_says(api_place.program, "\"request\":\"of-the-panel-1\"", 5000));
    snprintf(line, sizeof line,
             "\"method\":\"GET\",\"path\":\"/api/v1/stores\",\"status\":200");
    assert_non_null(strstr(program_output(api_place.program), line));
    snprintf(line, sizeof line, "\"staff\":%lld", (long long)owner);
    assert_non_null(strstr(program_output(api_place.program), line));
    /* What was looked for and the token are nobody's business. */
    assert_null(strstr(program_output(api_place.program), "sought-in-vain"));
    assert_null(strstr(program_output(api_place.program), api_token(owner) + 7));
    /* One that would break a log's line is not taken. */
    asks(&h, 404,
         &(struct ask){"GET", "/api/v1/none",
                       .headers = "X-Request-Id: a\"b c d e\r\n"});
    assert_int_equal(strlen(heard_header(&h, "X-Request-Id")), 22);
    assert_string_equal(json_text(h.json, "instance", NULL),
                        heard_header(&h, "X-Request-Id"));
    heard_free(&h);
}

static void it_speaks_two_languages(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 404, &(struct ask){"GET", "/api/v1/stores/77", .as = owner, .lang = "ru"});
    assert_string_equal(json_text(h.json, "title", NULL), "Такого нет");
    asks(
        &h, 404,
        &(struct ask){"GET", "/api/v1/stores/77", .as = owner, .lang = "de, en;q=0.7"});
    assert_string_equal(json_text(h.json, "title", NULL), "There is no such thing");
    asks(&h, 404,
         &(struct ask){"GET", "/api/v1/stores/77", .as = owner,
                       .lang = "en;q=0.3, ru-RU;q=0.9"});
    assert_string_equal(json_text(h.json, "title", NULL), "Такого нет");
    heard_free(&h);
}

/* ---- settings -------------------------------------------------------------------- */

static void a_setting_changes_with_the_version_seen(void **state)
{
    struct heard h = {0};
    char tag[32];
    int64_t before = versions();

    (void)state;
    tag_now(tag);
    refuses(428, "version_required",
            &(struct ask){"PATCH", PERCENT, "{\"value\":1200}", owner});
    refuses(412, "version_mismatch",
            &(struct ask){"PATCH", PERCENT, "{\"value\":1200}", owner, "\"v77\""});
    refuses(412, "version_mismatch",
            &(struct ask){"PATCH", PERCENT, "{\"value\":1200}", owner, "W/\"v0\""});
    asks(&h, 200, &(struct ask){"PATCH", PERCENT, "{\"value\":1200}", owner, tag});
    assert_int_equal(json_int_or(h.json, "value", 0), 1200);
    assert_int_equal(json_int_or(h.json, "version", 0), before + 1);
    assert_non_null(strstr(json_text(h.json, "updated_by", NULL), "owner:"));
    assert_string_not_equal(heard_header(&h, "ETag"), tag);
    asks(&h, 412, &(struct ask){"PATCH", PERCENT, "{\"value\":1300}", owner, tag});
    assert_int_equal(json_int_or(h.json, "version", 0), before + 1);
    assert_int_equal(versions(), before + 1);
    assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE action = 'setting.set'"),
                     1);
    asks(&h, 200, &(struct ask){"GET", "/api/v1/settings", .as = owner});
    assert_true(json_count(json_get(h.json, "items")) > 40);
    heard_free(&h);
}

static void a_setting_is_typed(void **state)
{
    static const struct {
        const char *name, *body, *code;
    } bad[] = {
        {"discount_percent_bp", "{\"value\":\"1200\"}", "type"},
        {"discount_percent_bp", "{\"value\":1.5}", "type"},
        {"discount_percent_bp", "{\"value\":10001}", "range"},
        {"discount_percent_bp", "{\"value\":99999999999999999999}", "type"},
        {"discount_percent_bp", "{\"value\":null}", "null"},
        {"discount_percent_bp", "{}", "required"},
        {"discount_percent_bp", "{\"value\":1,\"volume\":2}", "unknown"},
        {"subscription_gate", "{\"value\":1}", "type"},
        {"quiet_from", "{\"value\":\"9:00\"}", "format"},
        {"quiet_from", "{\"value\":\"24:00\"}", "format"},
        {"unsubscribe_policy", "{\"value\":\"later\"}", "not_one_of"},
        {"brand_name", "{\"value\":\"\"}", "too_short"},
        {"brand_name", "{\"value\":\"a\\nb\"}", "format"},
        {"channel_url", "{\"value\":\"http://x\"}", "format"},
        {"channel_id", "{\"value\":\"somewhere\"}", "format"},
    };
    struct heard h = {0};
    char path[80];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(path, sizeof path, "/api/v1/settings/%s", bad[i].name);
        asks(&h, 400, &(struct ask){"PATCH", path, bad[i].body, owner, "*"});
        assert_string_equal(heard_code(&h), "validation_failed");
        assert_string_equal(
            json_text(json_at(json_get(h.json, "errors"), 0), "code", NULL),
            bad[i].code);
    }
    asks(&h, 200,
         &(struct ask){"PATCH", "/api/v1/settings/subscription_gate",
                       "{\"value\":false}", owner, "*"});
    asks(&h, 200,
         &(struct ask){"PATCH", "/api/v1/settings/quiet_from", "{\"value\":\"22:30\"}",
                       owner, "*"});
    assert_string_equal(json_text(h.json, "value", NULL), "22:30");
    asks(&h, 200, /* and the texts that name it are in force */
         &(struct ask){"PATCH", "/api/v1/settings/brand_operator",
                       "{\"value\":\"ООО Двор\"}", owner, "*"});
    assert_true(number("SELECT COUNT(*) FROM consent_text WHERE body LIKE"
                       " '%ООО Двор%'") > 0);
    refuses(404, "not_found",
            &(struct ask){"PATCH", "/api/v1/settings/nothing", "{\"value\":1}", owner,
                          "*"});
    heard_free(&h);
}

#define WRITERS 8

/* Settings that were never set: there is no row to lock. */
static void many_writers_of_one_version(void **state)
{
    static const char *const names[] = {"age_min",
                                        "discount_days",
                                        "discount_uses",
                                        "support_daily",
                                        "reissue_days",
                                        "retention_days",
                                        "undo_grace_hours",
                                        "fraud_undo_percent",
                                        "remind_days_before",
                                        "fraud_cashier_hour",
                                        "fraud_customer_day",
                                        "fraud_again_minutes"};
    char path[80], sql[120], body[WRITERS][32];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ask ask[WRITERS];
        struct heard h = {0};
        int fd[WRITERS], done = 0;

        snprintf(path, sizeof path, "/api/v1/settings/%s", names[i]);
        for (int k = 0; k < WRITERS; k++) {
            snprintf(body[k], sizeof body[k], "{\"value\":%d}", 15 + k);
            ask[k] = (struct ask){"PATCH", path, body[k], owner, "\"v0\""};
            fd[k] = asks_say(&ask[k]);
        }
        for (int k = 0; k < WRITERS; k++) {
            asks_hear(&h, fd[k], &ask[k]);
            done += h.status == 200;
            assert_true(h.status == 200 || h.status == 412);
        }
        assert_int_equal(done, 1);
        snprintf(sql, sizeof sql,
                 "SELECT COUNT(*) FROM settings_history WHERE name = '%s'", names[i]);
        assert_int_equal(number(sql), 1);
        heard_free(&h);
    }
}

/* ---- keys of repetition ---------------------------------------------------------- */

static void the_same_key_is_answered_the_same(void **state)
{
    struct ask ask = {"PATCH",         "/api/v1/settings/hold_minutes",
                      "{\"value\":4}", owner,
                      "\"v0\"",        "key-1"};
    struct heard first = {0}, again = {0};

    (void)state;
    asks(&first, 200, &ask);
    assert_string_equal(heard_header(&first, "Idempotency-Replayed"), "");
    asks(&again, 200, &ask); /* by now the version is another one */
    assert_string_equal(heard_header(&again, "Idempotency-Replayed"), "true");
    assert_string_equal(heard_header(&again, "ETag"), "\"v1\"");
    assert_string_equal(json_print(first.json), json_print(again.json));
    ask.body = "{\"value\":5}";
    refuses(422, "idempotency_key_reused", &ask);
    ask.as = api_staff(ROLE_OWNER); /* somebody else's key is another key */
    refuses(412, "version_mismatch", &ask);
    ask.key = "";
    refuses(400, "validation_failed", &ask);
    ask.key = "a b";
    refuses(400, "validation_failed", &ask);
    heard_free(&first);
    heard_free(&again);
}

/* A refusal keeps nothing: the key may be used for the better try. */
static void a_refused_try_leaves_its_key_free(void **state)
{
    struct ask ask = {
        "PATCH", "/api/v1/settings/undo_minutes", "{\"value\":-1}", owner, "*",
        "key-2"};
    struct heard h = {0};

    (void)state;
    refuses(400, "validation_failed", &ask);
    ask.body = "{\"value\":12}";
    asks(&h, 200, &ask);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "");
    heard_free(&h);
}

#define CROWD 12

static void many_with_one_key_have_one_effect(void **state)
{
    const struct ask ask = {"PATCH",         "/api/v1/settings/confirm_minutes",
                            "{\"value\":9}", owner,
                            "\"v0\"",        "key-3"};
    struct heard h[CROWD] = {0};
    int fd[CROWD], first = 0;

    (void)state;
    for (int i = 0; i < CROWD; i++)
        fd[i] = asks_say(&ask);
    for (int i = 0; i < CROWD; i++) {
        asks_hear(&h[i], fd[i], &ask);
        if (h[i].status == 409)
            assert_string_equal(heard_code(&h[i]), "in_progress");
        else
            assert_int_equal(h[i].status, 200);
        first +=
            h[i].status == 200 && *heard_header(&h[i], "Idempotency-Replayed") == 0;
        heard_free(&h[i]);
    }
    assert_int_equal(first, 1);
    assert_int_equal(
        number("SELECT COUNT(*) FROM settings_history WHERE name = 'confirm_minutes'"),
        1);
}

/* ---- hostile input --------------------------------------------------------------- */

static void body_refused(const char *body, const char *code)
{
    refuses(400, code, &(struct ask){"PATCH", PERCENT, body, owner, "*"});
}

static void bodies_of_strangers(void **state)
{
    struct buf deep = {0};

    (void)state;
    body_refused("", "validation_failed"); /* no body: the value is missing */
    body_refused("[]", "malformed_json");
    body_refused("7", "malformed_json");
    body_refused("{\"value\":1", "malformed_json");
    body_refused("{\"value\":1}{}", "malformed_json");
    body_refused("{\"value\":1,\"value\":2}", "malformed_json");
    body_refused("{\"value\":1,\"v\\u0061lue\":2}", "malformed_json");
    body_refused("{\"value\\u0000x\":1}", "malformed_json");
    body_refused("{\"value\":\"a\\u0000b\"}", "malformed_json");
    body_refused("{\"value\":\"\xC3\x28\"}", "malformed_json");
    body_refused("{\"value\":{\"a\":1,\"a\":2}}", "malformed_json");
    body_refused("{\"value\":NaN}", "malformed_json");
    buf_adds(&deep, "{\"value\":");
    for (int i = 0; i < 5000; i++)
        buf_addc(&deep, '[');
    body_refused(deep.s, "malformed_json");
    refuses(400, "malformed_json",
            &(struct ask){"PATCH", PERCENT, "{\"value\":1}", owner, "*",
                          .headers = "Content-Type: text/plain\r\n"});
    buf_free(&deep);
}

static void what_nobody_has_signed_is_short(void **state)
{
    static const struct {
        const char *head;
        int status;
    } all[] = {
        {"POST /api/v1/auth/login HTTP/1.1\r\nContent-Length: 16385\r\n", 413},
        {"POST /api/v1/auth/login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", 413},
        {"POST /till HTTP/1.1\r\nContent-Length: 16385\r\n", 413},
        {"POST /till HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", 411},
    };
    char answer[4096];

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int fd = wire_dial(api_place.port);

        wire_say(fd, all[i].head);
        wire_say(fd, "Host: a\r\n\r\n");
        wire_hear(fd, answer, sizeof answer);
        assert_int_equal(wire_status(answer), all[i].status);
        close(fd);
    }
}

static void sizes(void **state)
{
    struct buf large = {0};
    char answer[4096];
    int fd = wire_dial(api_place.port);

    (void)state;
    /* Announced: refused unread. */
    wire_say(fd, "PATCH " PERCENT " HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n"
                 "Authorization: Bearer x\r\n\r\n");
    wire_hear(fd, answer, sizeof answer);
    assert_int_equal(wire_status(answer), 413);
    assert_non_null(strstr(answer, "\"code\":\"too_large\""));
    close(fd);
    /* Many unknown members: the list of errors has an end. */
    buf_adds(&large, "{\"value\":1");
    for (int i = 0; i < 20000; i++)
        buf_addf(&large, ",\"m%d\":%d", i, i);
    buf_addc(&large, '}');
    struct heard h = {0};

    asks(&h, 400, &(struct ask){"PATCH", PERCENT, large.s, owner, "*"});
    assert_int_equal(json_count(json_get(h.json, "errors")), 32);
    heard_free(&h);
    buf_free(&large);
}

static void queries_of_strangers(void **state)
{
    static const char *const bad[] = {
        "nothing=1",
        "limit=0",
        "limit=201",
        "limit=1x",
        "limit=",
        "limit=1&limit=2",
        "q=%01",
        "q=%C3%28",
        "q=%zz",
        "q=%",
        "q=",
        "open=maybe",
        "sort=address",
        "sort=name,city",
        "sort=--name",
        "cursor=x",
        "cursor=AAAA",
        "page=0",
        "page=10001&per_page=200",
        "page=2&cursor=AAAA",
        "limit=99999999999999999999",
        "limit=-1",
        "q[]=1",
    };
    char path[160];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(path, sizeof path, "/api/v1/stores?%s", bad[i]);
        refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
    }
    refuses(400, "validation_failed",
            &(struct ask){"GET", "/api/v1/settings?x=1", .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"GET", "/api/v1/stores?q=%00", .as = owner});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_methods),
        cmocka_unit_test(who_and_may_they),
        cmocka_unit_test(each_request_has_a_name_and_a_line),
        cmocka_unit_test(it_speaks_two_languages),
        cmocka_unit_test(a_setting_changes_with_the_version_seen),
        cmocka_unit_test(a_setting_is_typed),
        cmocka_unit_test(many_writers_of_one_version),
        cmocka_unit_test(the_same_key_is_answered_the_same),
        cmocka_unit_test(a_refused_try_leaves_its_key_free),
        cmocka_unit_test(many_with_one_key_have_one_effect),
        cmocka_unit_test(bodies_of_strangers),
        cmocka_unit_test(what_nobody_has_signed_is_short),
        cmocka_unit_test(sizes),
        cmocka_unit_test(queries_of_strangers),
    };

    return cmocka_run_group_tests_name("api server", tests, opened, api_close);
}
