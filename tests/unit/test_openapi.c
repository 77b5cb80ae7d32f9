/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The table of routes and the description of the API say the same, both ways, and the
 * description keeps its own rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/openapi.h"
#include "api/problem.h"
#include "tests/harness/schema.h"

#include <stdio.h>
#include <string.h>

static struct json *description;

static int opened(void **state)
{
    const char *why = "";

    (void)state;
    description = openapi_make(&why);
    if (description == NULL)
        fail_msg("the description is broken: %s", why);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    json_free(description);
    return 0;
}

static void lower(const char *method, char out[16])
{
    size_t i;

    for (i = 0; method[i] != '\0' && i < 15; i++)
        out[i] = (char)(method[i] | 0x20);
    out[i] = '\0';
}

static void every_row_is_described(void **state)
{
    char method[16];

    (void)state;
    for (int i = 0; i < routes_n; i++) {
        const struct json *op;

        if (strncmp(routes[i].path, "/api/v1/", 8) != 0)
            continue;
        lower(routes[i].method, method);
        op = json_get(json_get(json_get(description, "paths"), routes[i].path), method);
        if (op == NULL)
            fail_msg("%s %s is not described", routes[i].method, routes[i].path);
        /* Open to anybody is said so, as the rest asks for a session. */
        if ((routes[i].permission == PERMISSION_ANYONE) !=
            (json_get(op, "security") != NULL &&
             json_count(json_get(op, "security")) == 0))
            fail_msg("%s %s: who may?", routes[i].method, routes[i].path);
    }
}

/* ---- every operation has its row, and its form ----------------------------------- */

struct look {
    const char *path, *method;
    const struct json *item;
    bool parameter;
    const char *name, *in;
};

static bool has_row(const char *method, const char *path)
{
    char low[16];

    for (int i = 0; i < routes_n; i++) {
        lower(routes[i].method, low);
        if (strcmp(routes[i].path, path) == 0 && strcmp(low, method) == 0)
            return true;
    }
    return false;
}

static const struct route *row_of(const char *method, const char *path)
{
    char low[16];

    for (int i = 0; i < routes_n; i++) {
        lower(routes[i].method, low);
        if (strcmp(routes[i].path, path) == 0 && strcmp(low, method) == 0)
            return &routes[i];
    }
    return NULL;
}

static bool has_parameter(const struct json *list, const char *name, const char *in)
{
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *p = schema_resolve(description, json_at(list, i));
        const char *n = json_text(p, "name", NULL), *where = json_text(p, "in", NULL);

        if (n == NULL || where == NULL)
            fail_msg("a parameter that is none");
        if (strcmp(n, name) == 0 && strcmp(where, in) == 0)
            return true;
    }
    return false;
}

static void check_form(const struct look *l, const struct json *op)
{
    const struct route *r = row_of(l->method, l->path);
    const struct json *mine = json_get(op, "parameters");
    const struct json *shared = json_get(l->item, "parameters");

    if (json_text(op, "operationId", NULL) == NULL ||
        json_text(op, "summary", NULL) == NULL || json_count(json_get(op, "tags")) == 0)
        fail_msg("%s %s: no operationId, summary or tags", l->method, l->path);
    if (schema_resolve(description, json_get(op, "responses.default")) == NULL)
        fail_msg("%s %s: no default response", l->method, l->path);
    if (strstr(l->path, "{id}") != NULL && !has_parameter(shared, "id", "path") &&
        !has_parameter(mine, "id", "path"))
        fail_msg("%s %s: no parameter id", l->method, l->path);
    if (r->key == KEY_MUST && !has_parameter(mine, "Idempotency-Key", "header"))
        fail_msg("%s %s: no parameter Idempotency-Key", l->method, l->path);
}

static void operation_look(void *arg, const char *key, struct json *v)
{
    struct look *l = arg;

    if (strcmp(key, "parameters") == 0)
        return;
    l->method = key;
    if (!has_row(key, l->path))
        fail_msg("%s %s is described, but there is no such route", key, l->path);
    check_form(l, v);
}

static void path_look(void *arg, const char *key, struct json *v)
{
    struct look l = {.path = key, .item = v};

    (void)arg;
    json_each(v, operation_look, &l);
}

static void every_operation_has_its_row(void **state)
{
    (void)state;
    json_each(json_get(description, "paths"), path_look, NULL);
}

/* ---- schemas --------------------------------------------------------------------- */

static void references_look(void *arg, const char *key, struct json *v)
{
    if (strcmp(key, "$ref") == 0) {
        char path[128];

        snprintf(path, sizeof path, "%s", json_text(v, "", NULL) + 2);
        for (char *s = path; *s != '\0'; s++)
            if (*s == '/')
                *s = '.';
        if (json_get(description, path) == NULL)
            fail_msg("there is no %s", path);
        return;
    }
    json_each(v, references_look, arg);
    for (size_t i = 0; i < json_count(v); i++)
        json_each(json_at(v, i), references_look, arg);
}

static void example_look(void *arg, const char *key, struct json *v)
{
    const struct json *example = json_get(v, "example");
    struct buf why = {0};

    (void)arg;
    if (example != NULL && !schema_fits(description, v, example, &why))
        fail_msg("the example of %s does not fit it: %s", key, why.s);
    buf_free(&why);
}

/* ---- every schema, wherever it stands -------------------------------------------- */

struct place {
    const char *name;
    const struct place *in;
};

static bool is_in(const struct place *p, const char *name)
{
    for (; p != NULL; p = p->in)
        if (strcmp(p->name, name) == 0)
            return true;
    return false;
}

static void schema_look(const struct place *at, const struct json *schema,
                        const struct json *example)
{
    struct buf why = {0};
    bool fits = schema_is_known(schema, &why);

    if (fits && example != NULL)
        fits = is_in(at, "requestBody")
                   ? schema_fits_asked(description, schema, example, &why)
                   : schema_fits(description, schema, example, &why);
    if (!fits)
        for (; at != NULL; at = at->in)
            buf_addf(&why, "; in %s", at->name);
    if (!fits)
        fail_msg("%s", why.s);
    buf_free(&why);
}

/* "schema" with examples beside it or in it, down to the leaves. */
static void deep_look(void *arg, const char *key, struct json *v)
{
    struct place here = {key, arg};
    const struct json *schema = json_get(v, "schema");

    if (json_is_object(schema)) {
        schema_look(&here, schema, json_get(v, "example"));
        schema_look(&here, schema, json_get(schema, "example"));
        assert_null(json_get(v, "examples")); /* one is enough, and is looked at */
    }
    json_each(v, deep_look, &here);
    for (size_t i = 0; i < json_count(v); i++)
        deep_look(&here, key, json_at(v, i));
}

static void component_look(void *arg, const char *key, struct json *v)
{
    struct place here = {key, arg};

    schema_look(&here, v, json_get(v, "example"));
}

static void all_schemas_are_known(void **state)
{
    (void)state;
    json_each(json_get(description, "components.schemas"), component_look, NULL);
    json_each(json_get(description, "components.parameters"), deep_look, NULL);
    json_each(json_get(description, "components.responses"), deep_look, NULL);
    json_each(json_get(description, "paths"), deep_look, NULL);
}

static void references_and_examples_hold(void **state)
{
    (void)state;
    json_each(description, references_look, NULL);
    json_each(json_get(description, "components.schemas"), example_look, NULL);
}

static void the_codes_are_the_closed_list(void **state)
{
    const struct json *codes =
        json_get(description, "components.schemas.problem.properties.code.enum");

    (void)state;
    assert_int_equal(json_count(codes), PROBLEM_COUNT - 1);
    for (int p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++) {
        bool found = false;

        assert_true(problem_status((enum problem)p) >= 400);
        assert_true(*problem_title((enum problem)p, TONGUE_RU) != '\0');
        assert_true(*problem_title((enum problem)p, TONGUE_EN) != '\0');
        for (size_t i = 0; i < json_count(codes); i++)
            found |= strcmp(json_text(json_at(codes, i), "", NULL),
                            problem_code((enum problem)p)) == 0;
        assert_true(found);
    }
}

/* The judge itself: what it must let through and what it must not. */
static void the_judge_can_say_no(void **state)
{
    static const struct {
        const char *schema, *value;
        bool fits;
    } all[] = {
        {"{\"type\":\"integer\",\"minimum\":2}", "2", true},
        {"{\"type\":\"integer\",\"minimum\":2}", "1", false},
        {"{\"type\":\"integer\"}", "1.5", false},
        {"{\"type\":[\"string\",\"null\"]}", "\"\"", true},
        {"{\"type\":\"string\",\"maxLength\":2}", "\"абв\"", false},
        {"{\"type\":\"string\",\"format\":\"date-time\"}",
         "\"2026-11-20T00:00:00+10:00\"", false},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"}}}",
         "{\"a\":null}", true},
        {"{\"type\":\"object\",\"properties\":{\"a\":{}}}", "{\"b\":1}", false},
        {"{\"type\":\"object\",\"required\":[\"a\"]}", "{}", false},
        {"{\"type\":\"array\",\"items\":{\"type\":\"boolean\"}}", "[true,1]", false},
        {"{\"enum\":[\"a\",1]}", "1", true},
        {"{\"enum\":[\"a\",1]}", "2", false},
        {"{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "1", true},
        {"{\"patern\":\"x\"}", "1", false},
        {"{\"pattern\":\"^[0-9a-f]{4}$\"}", "\"00ff\"", true},
        {"{\"pattern\":\"^[0-9a-f]{4}$\"}", "\"00fg\"", false},
        {"{\"$ref\":\"#/components/schemas/nothing\"}", "1", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct json *schema = json_parse(all[i].schema, strlen(all[i].schema));
        struct json *value = json_parse(all[i].value, strlen(all[i].value));
        struct buf why = {0};

        if (schema_fits(description, schema, value, &why) != all[i].fits)
            fail_msg("%s %s %s", all[i].schema, all[i].value, why.s);
        json_free(schema);
        json_free(value);
        buf_free(&why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_described),
        cmocka_unit_test(every_operation_has_its_row),
        cmocka_unit_test(all_schemas_are_known),
        cmocka_unit_test(references_and_examples_hold),
        cmocka_unit_test(the_codes_are_the_closed_list),
        cmocka_unit_test(the_judge_can_say_no),
    };

    return cmocka_run_group_tests_name("openapi", tests, opened, closed);
}
