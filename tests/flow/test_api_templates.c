/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Templates through the admin API: made, checked, put into force, shown as somebody would
 * see them, changed by two at once, archived and removed. */
#include "core/content.h"
#include "tests/harness/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TEMPLATES "/api/v1/templates"
#define HELLO                                                                                \
    "{\"ru\":{\"text\":\"Привет, {{first_name|друг}}!\",\"buttons\":[[{\"text\":"  \
    "\"Скидки\",\"do\":\"wallet\"}]]},\"en\":{\"text\":\"Hello, <b>{{first_name}}</b>" \
    "!\"}}"

static int64_t marketing, reader;

static int opened(void **state)
{
    int st = api_open(state);

    marketing = api_staff(ROLE_MARKETING);
    reader = api_staff(ROLE_READONLY);
    return st;
}

static int64_t number(const struct heard *h, const char *name)
{
    int64_t n = -1;

    if (!json_int(h->json, name, &n))
        fail_msg("no number %s: %s", name, h->raw.s);
    return n;
}

static const char *text(const struct heard *h, const char *name)
{
    const char *s = json_text(h->json, name, NULL);

    return s != NULL ? s : "";
}

static const char *at(int64_t id, const char *tail)
{
    static char paths[4][80];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], TEMPLATES "/%lld%s", (long long)id, tail);
    return path;
}

static const char *draft(const char *key, const char *content, bool activate)
{
    static char body[4096];

    snprintf(body, sizeof body, "{\"key\":\"%s\",\"content\":%s%s}", key, content,
             activate ? ",\"activate\":true" : "");
    return body;
}

static int64_t a_template(const char *key, const char *content, bool activate)
{
    struct heard h = {0};
    int64_t id;

    asks(&h, 201,
         &(struct ask){"POST", TEMPLATES, draft(key, content, activate),
                       .as = marketing});
    id = number(&h, "id");
    heard_free(&h);
    return id;
}

/* ---- one ----------------------------------------------------------------------------- */

static void made_changed_put_into_force(void **state)
{
    struct heard h = {0};
    struct ask patch = {.method = "PATCH", .as = marketing};
    int64_t id;

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", TEMPLATES,
                       "{\"key\":\"hello\",\"name\":\" Привет \",\"purpose\":"
                       "\"service\",\"content\":" HELLO "}",
                       .as = marketing});
    id = number(&h, "id");
    assert_string_equal(heard_header(&h, "ETag"), "\"v1\"");
    assert_string_equal(heard_header(&h, "Location"), at(id, ""));
    assert_string_equal(text(&h, "name"), "Привет");
    assert_string_equal(text(&h, "purpose"), "service");
    assert_string_equal(json_text(json_get(h.json, "content"), "en.text", NULL),
                        "Hello, <b>{{first_name}}</b>!");
    assert_null(json_get(h.json, "active"));
    assert_null(json_get(h.json, "active_content"));

    asks(&h, 200, &(struct ask){"POST", at(id, "/activate"), NULL, .as = marketing});
    assert_int_equal(number(&h, "active"), 1);
    assert_string_equal(heard_header(&h, "ETag"), "\"v2\"");
    patch.path = at(id, "");
    patch.body = "{\"content\":{\"ru\":{\"text\":\"Пока\"}}}";
    refuses(428, "version_required", &patch);
    patch.if_match = "\"v1\"";
    refuses(412, "version_mismatch", &patch);
    patch.if_match = "\"v2\"";
    asks(&h, 200, &patch);
    assert_int_equal(number(&h, "newest"), 2);
    assert_int_equal(number(&h, "active"), 1);
    assert_string_equal(text(&h, "content.ru.text"), "Пока");
    assert_string_equal(text(&h, "active_content.ru.text"),
                        "Привет, {{first_name|друг}}!");
    refuses(412, "version_mismatch",
            &(struct ask){"POST", at(id, "/activate"), "{\"no\":2}", .as = marketing,
                          .if_match = "\"v2\""});
    asks(&h, 200,
         &(struct ask){"POST", at(id, "/activate"), "{\"no\":2}", .as = marketing,
                       .if_match = "\"v3\""});
    assert_int_equal(number(&h, "active"), 2);
    refuses(400, "validation_failed",
            &(struct ask){"POST", at(id, "/activate"), "{\"no\":7}", .as = marketing});
    asks(&h, 200, &(struct ask){"GET", at(id, "/versions"), .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    assert_string_equal(
        json_text(json_at(json_get(h.json, "items"), 1), "status", NULL), "draft");
    refuses(403, "forbidden",
            &(struct ask){"POST", at(id, "/activate"), NULL, .as = reader});
    heard_free(&h);
}

static void archived_and_removed(void **state)
{
    int64_t id = a_template("short-lived", HELLO, true);
    struct heard h = {0};

    (void)state;
    refuses(409, "conflict", &(struct ask){"DELETE", at(id, ""), .as = marketing});
    asks(&h, 200,
         &(struct ask){"PATCH", at(id, ""), "{\"archived\":true}", .as = marketing,
                       .if_match = "\"v2\""});
    assert_true(json_bool_or(h.json, "archived", false));
    refuses(409, "conflict",
            &(struct ask){"PATCH", at(id, ""), "{\"name\":\"x\"}", .as = marketing,
                          .if_match = "\"v3\""});
    refuses(409, "conflict",
            &(struct ask){"POST", at(id, "/activate"), NULL, .as = marketing});
    refuses(409, "conflict",
            &(struct ask){"POST", TEMPLATES, draft("short-lived", HELLO, false),
                          .as = marketing});
    refuses(412, "version_mismatch",
            &(struct ask){"DELETE", at(id, ""), .as = marketing, .if_match = "\"v2\""});
    asks(&h, 204,
         &(struct ask){"DELETE", at(id, ""), .as = marketing, .if_match = "\"v3\""});
    refuses(404, "not_found", &(struct ask){"GET", at(id, ""), .as = reader});
    refuses(404, "not_found", &(struct ask){"GET", at(id, "/versions"), .as = reader});
    refuses(404, "not_found",
            &(struct ask){"POST", at(id, "/preview"), "{}", .as = marketing});
    a_template("short-lived", HELLO, false); /* the key is free again */
    heard_free(&h);
}

static void two_writers_with_one_version(void **state)
{
    int64_t id = a_template("two-writers", HELLO, false);
    struct heard a = {0}, b = {0}, now = {0};
    char seen[32];

    (void)state;
    (void)api_token(marketing);
    for (int i = 0; i < 10; i++) {
        const struct ask one = {"PATCH", at(id, ""), "{\"name\":\"Первый\"}",
                                .as = marketing, .if_match = seen};
        const struct ask two = {"PATCH", at(id, ""),
                                "{\"content\":{\"ru\":{\"text\":\"Второй\"}}}",
                                .as = marketing, .if_match = seen};
        int fa, fb;

        asks(&now, 200, &(struct ask){"GET", at(id, ""), .as = marketing});
        snprintf(seen, sizeof seen, "%s", heard_header(&now, "ETag"));
        fa = asks_say(&one);
        fb = asks_say(&two);
        asks_hear(&a, fa, &one);
        asks_hear(&b, fb, &two);
        assert_int_equal(a.status + b.status, 200 + 412);
    }
    heard_free(&a);
    heard_free(&b);
    heard_free(&now);
}

static void a_repeated_request_makes_one(void **state)
{
    const struct ask ask = {"POST", TEMPLATES, draft("repeated", HELLO, true),
                            .as = marketing, .key = "template-once"};
    struct heard h = {0};
    int64_t id;

    (void)state;
    asks(&h, 201, &ask);
    id = number(&h, "id");
    asks(&h, 201, &ask);
    assert_int_equal(number(&h, "id"), id);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    asks(&h, 409,
         &(struct ask){"POST", TEMPLATES, draft("repeated", HELLO, false),
                       .as = marketing});
    assert_int_equal(number(&h, "template_id"), id);
    heard_free(&h);
}

/* ---- refused -------------------------------------------------------------------------- */

static void has_fault(const struct heard *h, const char *pointer, const char *code)
{
    const struct json *errors = json_get(h->json, "errors");

    for (size_t i = 0; i < json_count(errors); i++)
        if (strcmp(json_text(json_at(errors, i), "pointer", NULL), pointer) == 0 &&
            (code == NULL ||
             strcmp(json_text(json_at(errors, i), "code", NULL), code) == 0))
            return;
    fail_msg("no fault %s at %s: %s", code, pointer, h->raw.s);
}

static void faults_have_their_places(void **state)
{
    static const struct {
        const char *body, *pointer, *code;
    } bad[] = {
        {"{\"key\":\"x\",\"content\":{\"ru\":{\"text\":\"<b>a\"}}}", "/content/ru/text",
         "bad_html"},
        {"{\"key\":\"x\",\"content\":{\"en\":{\"text\":\"{{whoami}}\"}}}",
         "/content/en/text", "unknown_variable"},
        {"{\"key\":\"x\",\"content\":{\"ru\":{\"text\":\"{{discount.code}}\"}}}",
         "/content/ru/text", NULL},
        {"{\"key\":\"x\",\"content\":{\"ru\":{\"text\":\"a\",\"media\":[77]}}}",
         "/content", "unknown_media"},
        {"{\"key\":\"x\",\"content\":{\"ru\":{\"text\":\"a\",\"buttons\":[[{\"text\":"
         "\"b\",\"url\":\"javascript:alert(1)\"}]]}}}",
         "/content/ru/buttons/0/0/url", "bad_url"},
        {"{\"key\":\"X y\",\"content\":" HELLO "}", "/key", "format"},
        {"{\"key\":\"../etc\",\"content\":" HELLO "}", "/key", "format"},
        {"{\"key\":\"x\",\"name\":\"\\u202e\",\"content\":" HELLO "}", "/name", NULL},
        {"{\"key\":\"x\"}", "/content", "required"},
        {"{\"key\":\"x\",\"content\":[]}", "/content", "type"},
        {"{\"key\":\"x\",\"content\":" HELLO ",\"status\":\"active\"}", "/status",
         "unknown"},
        {"{\"key\":\"x\",\"content\":" HELLO ",\"purpose\":\"spam\"}", "/purpose",
         "not_one_of"},
        {"{\"key\":\"bot.client.menu\",\"content\":{\"ru\":{\"text\":\"Меню\"}}}",
         "/content/ru/text", "placeholders"},
        {"{\"key\":\"bot.client.menu\",\"purpose\":\"marketing\",\"content\":{\"ru\":"
         "{\"text\":\"{brand}\"}}}",
         "/purpose", "unknown"},
        {"{\"key\":\"bot.button.agree\",\"content\":{\"ru\":{\"text\":\"Да\"}}}",
         "/key", "not_one_of"},
        {"{\"key\":\"bot.x\",\"content\":{\"ru\":{\"text\":\"Да\"}}}", "/key",
         "not_one_of"},
    };
    struct heard h = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        asks(&h, 400, &(struct ask){"POST", TEMPLATES, bad[i].body, .as = marketing});
        assert_string_equal(heard_code(&h), "validation_failed");
        has_fault(&h, bad[i].pointer, bad[i].code);
    }
    asks(&h, 400,
         &(struct ask){"POST", TEMPLATES, bad[0].body, .as = marketing, .lang = "ru"});
    assert_non_null(strstr(h.raw.s, "азметк"));
    refuses(400, "malformed_json",
            &(struct ask){"POST", TEMPLATES, "{\"key\":", .as = marketing});
    refuses(403, "forbidden",
            &(struct ask){"POST", TEMPLATES, draft("r", HELLO, false), .as = reader});
    heard_free(&h);
}

static void a_check_keeps_nothing(void **state)
{
    struct heard h = {0};
    const struct json *size;

    (void)state;
    asks(&h, 200,
         &(struct ask){"POST", TEMPLATES "/check", "{\"content\":" HELLO "}",
                       .as = marketing});
    assert_true(json_bool_or(h.json, "valid", false));
    size = json_at(json_get(h.json, "sizes"), 0);
    assert_string_equal(json_text(size, "lang", NULL), "ru");
    /* «Привет, » and «!», and the longest name between them. */
    assert_int_equal(json_int_or(size, "longest", 0), 8 + content_variables[0].max + 1);
    assert_int_equal(json_int_or(size, "limit", 0), 4096 - 340);
    asks(&h, 200,
         &(struct ask){"POST", TEMPLATES "/check",
                       "{\"content\":{\"ru\":{\"text\":\"{{discount.code}}<i>\"}}}",
                       .as = marketing});
    assert_false(json_bool_or(h.json, "valid", true));
    assert_null(json_get(h.json, "content"));
    assert_string_equal(
        json_text(json_at(json_get(h.json, "faults"), 0), "pointer", NULL), "/ru/text");
    asks(&h, 200,
         &(struct ask){"POST", TEMPLATES "/check",
                       "{\"key\":\"bot.button.menu\",\"content\":{\"ru\":{\"text\":"
                       "\"Домой\"},\"en\":{\"text\":\"Much, much too long for it\"}}}",
                       .as = marketing});
    assert_string_equal(json_text(json_at(json_get(h.json, "faults"), 0), "code", NULL),
                        "too_long");
    asks(&h, 200,
         &(struct ask){"POST", TEMPLATES "/check",
                       "{\"key\":\"bot.button.menu\",\"content\":{\"ru\":{\"text\":"
                       "\"Домой\"}}}",
                       .as = marketing});
    size = json_at(json_get(h.json, "sizes"), 0);
    assert_int_equal(json_int_or(size, "longest", 0), 5);
    assert_int_equal(json_int_or(size, "limit", 0), 20);
    asks(&h, 200, &(struct ask){"GET", TEMPLATES "?q=much", .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    heard_free(&h);
}

/* ---- shown ------------------------------------------------------------------------------ */

static int64_t a_customer(const char *first)
{
    enum status st = db_exec(
        api_place.db, NULL,
        "INSERT INTO customer (channel, external_id, first_name, language, status,"
        " last_seen_at, created_at) VALUES (1, 880077, ?, 'en', 1, NOW(), NOW())",
        DB_TEXT(first));

    assert_int_equal(st, ST_OK);
    return db_last_id(api_place.db);
}

static void as_a_given_person(void **state)
{
    int64_t id = a_template("shown", HELLO, false), who = a_customer("Анна <&>");
    struct heard h = {0};
    const struct json *ru, *en;
    char body[200];

    (void)state;
    snprintf(body, sizeof body, "{\"customer_id\":%lld}", (long long)who);
    asks(&h, 200, &(struct ask){"POST", at(id, "/preview"), body, .as = marketing});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    ru = json_at(json_get(h.json, "items"), 0);
    en = json_at(json_get(h.json, "items"), 1);
    assert_string_equal(json_text(ru, "text", NULL), "Привет, Анна &lt;&amp;&gt;!");
    assert_int_equal(json_int_or(ru, "length", 0), 8 + 8 + 1);
    assert_string_equal(json_text(en, "text", NULL),
                        "Hello, <b>Анна &lt;&amp;&gt;</b>!");
    assert_int_equal(json_int_or(en, "length", 0), 7 + 8 + 1);
    assert_string_equal(
        json_text(json_at(json_at(json_get(ru, "buttons"), 0), 0), "does", NULL),
        "wallet");
    asks(&h, 200,
         &(struct ask){"POST", at(id, "/preview"), "{\"language\":\"en\"}",
                       .as = marketing});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_non_null(strstr(h.raw.s, "Maria")); /* a sample */
    refuses(404, "not_found",
            &(struct ask){"POST", at(id, "/preview"), "{\"customer_id\":99999}",
                          .as = marketing});
    refuses(400, "validation_failed",
            &(struct ask){"POST", at(id, "/preview"),
                          "{\"discount\":{\"percent_bp\":10001}}", .as = marketing});
    heard_free(&h);
}

static void with_a_discount(void **state)
{
    struct heard h = {0};
    const struct json *ru;
    int64_t id;

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", TEMPLATES,
                       "{\"key\":\"gift\",\"of_discount\":true,\"content\":{\"ru\":"
                       "{\"text\":\"{{discount.percent}} до {{discount.until}}\"}}}",
                       .as = marketing});
    id = number(&h, "id");
    asks(&h, 200,
         &(struct ask){"POST", at(id, "/preview"),
                       "{\"discount\":{\"percent_bp\":1250}}", .as = marketing});
    ru = json_at(json_get(h.json, "items"), 0);
    assert_non_null(strstr(json_text(ru, "text", NULL), "12,5"));
    /* Without its discount the message could not be said any more. */
    asks(&h, 400,
         &(struct ask){"PATCH", at(id, ""), "{\"of_discount\":false}", .as = marketing,
                       .if_match = "\"v1\""});
    has_fault(&h, "/content/ru/text", NULL);
    heard_free(&h);
}

static void what_may_stand_in_one(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 200, &(struct ask){"GET", TEMPLATES "/variables", .as = reader});
    assert_string_equal(json_text(json_at(json_get(h.json, "items"), 0), "name", NULL),
                        "first_name");
    asks(&h, 200, &(struct ask){"GET", TEMPLATES "/texts", .as = reader});
    assert_true(json_count(json_get(h.json, "items")) > 400);
    asks(&h, 200,
         &(struct ask){"GET", TEMPLATES "/texts?q=client.menu&shown_as=sentence",
                       .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_non_null(strstr(h.raw.s, "{brand}"));
    heard_free(&h);
}

static void listed(void **state)
{
    struct heard h = {0};
    char path[200], next[1200] = "";
    int n = 0;

    (void)state;
    for (int i = 0; i < 7; i++) {
        snprintf(path, sizeof path, "page%d", i);
        a_template(path, HELLO, i % 2 == 0);
    }
    do {
        char at_page[1400];

        snprintf(at_page, sizeof at_page, TEMPLATES "?q=page&limit=3&sort=-key%s%s",
                 *next != '\0' ? "&cursor=" : "", next);
        asks(&h, 200, &(struct ask){"GET", at_page, .as = reader});
        n += (int)json_count(json_get(h.json, "items"));
        snprintf(next, sizeof next, "%s", text(&h, "page.next"));
    } while (*next != '\0' && n < 100);
    assert_int_equal(n, 7);
    asks(&h, 200,
         &(struct ask){"GET", TEMPLATES "?q=page&active=true&include_total=true",
                       .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), 4);
    asks(&h, 200,
         &(struct ask){"GET", TEMPLATES "?q=%27%20OR%201%3D1%20--%20%25_",
                       .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    refuses(400, "validation_failed",
            &(struct ask){"GET", TEMPLATES "?sort=content", .as = reader});
    refuses(400, "validation_failed",
            &(struct ask){"GET", TEMPLATES "?kind=sql", .as = reader});
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_changed_put_into_force),
        cmocka_unit_test(archived_and_removed),
        cmocka_unit_test(two_writers_with_one_version),
        cmocka_unit_test(a_repeated_request_makes_one),
        cmocka_unit_test(faults_have_their_places),
        cmocka_unit_test(a_check_keeps_nothing),
        cmocka_unit_test(as_a_given_person),
        cmocka_unit_test(with_a_discount),
        cmocka_unit_test(what_may_stand_in_one),
        cmocka_unit_test(listed),
    };

    return cmocka_run_group_tests(tests, opened, api_close);
}
