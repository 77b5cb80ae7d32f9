/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Bodies held to their tables: each kind, each error with its pointer, all at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/call.h"

#include <stdio.h>
#include <string.h>

static const char *const colours[] = {"red", "green", "blue", NULL};
static const struct field limits[] = {
    {"most", FIELD_INT, .required = true, .min = 1, .max = 10},
    {"note", FIELD_TEXT, .max = 5},
};
static const struct field fields[] = {
    {"name", FIELD_TEXT, .required = true, .min = 1, .max = 8},
    {"page", FIELD_PAGE, .max = 100},
    {"number", FIELD_INT},
    {"percent", FIELD_INT, .min = -5, .max = 5},
    {"id", FIELD_ID},
    {"active", FIELD_BOOL},
    {"at", FIELD_TIME, .nullable = true},
    {"day", FIELD_DATE},
    {"clock", FIELD_CLOCK},
    {"colour", FIELD_WORD, .words = colours},
    {"ids", FIELD_IDS, .most = 3},
    {"colours", FIELD_WORDS, .words = colours},
    {"tags", FIELD_TEXTS, .min = 2, .max = 4},
    {"limits", FIELD_OBJECT, .fields = limits, .n = 2},
    {"rule", FIELD_JSON},
    {"steps", FIELD_OBJECTS, .fields = limits, .n = 2, .most = 2},
};
#define N (sizeof fields / sizeof *fields)

static struct call c;

static enum status reads(const char *body)
{
    given_free(&c.body);
    answer_clear(&c);
    c.tongue = TONGUE_EN;
    snprintf(c.request_id, sizeof c.request_id, "test");
    c.said.body = body;
    c.said.body_n = strlen(body);
    c.said.content_type = "application/json; charset=utf-8";
    return body_read(&c, fields, N);
}

static int cleared(void **state)
{
    (void)state;
    given_free(&c.body);
    answer_clear(&c);
    return 0;
}

/* One error, there and of that kind; name is given beside it. */
static void wrong(const char *member, const char *pointer, const char *code)
{
    char body[400];
    struct json *error;

    snprintf(body, sizeof body, "{\"name\":\"n\",%s}", member);
    assert_int_equal(reads(body), ST_REFUSED);
    assert_int_equal(c.answer.problem, PROBLEM_VALIDATION_FAILED);
    error = json_at(c.answer.errors, 0);
    if (call_faults(&c) != 1 ||
        strcmp(json_text(error, "pointer", NULL), pointer) != 0 ||
        strcmp(json_text(error, "code", NULL), code) != 0)
        fail_msg("%s: %s", member, c.answer.text.s);
}

static void what_fits_is_taken(void **state)
{
    (void)state;
    assert_int_equal(
        reads("{\"name\":\"Двор\",\"page\":\"a\\nb\",\"number\":-9223372036854775808,"
              "\"percent\":-5,\"id\":9223372036854775807,\"active\":true,"
              "\"at\":\"2026-11-20T09:00:00.5+10:00\",\"day\":\"2024-02-29\","
              "\"clock\":\"23:59\",\"colour\":\"blue\",\"ids\":[3,1],"
              "\"colours\":[\"green\",\"red\"],\"tags\":[\"ab\",\"абвг\"],"
              "\"limits\":{\"most\":10},\"rule\":{\"any\":[1]},"
              "\"steps\":[{\"most\":1},{\"most\":2,\"note\":\"b\"}]}"),
        ST_OK);
    assert_string_equal(given_text(&c.body, "name"), "Двор");
    assert_string_equal(given_text(&c.body, "page"), "a\nb");
    assert_true(given_int(&c.body, "number", 0) == INT64_MIN);
    assert_true(given_int(&c.body, "id", 0) == INT64_MAX);
    assert_true(given_bool(&c.body, "active", false));
    assert_true(given_int(&c.body, "at", 0) == 1795129200500000);
    assert_int_equal(given_int(&c.body, "day", 0), 19782);
    assert_int_equal(given_int(&c.body, "clock", 0), 1439);
    assert_int_equal(given_int(&c.body, "colour", 0), 2);
    assert_int_equal(given_value(&c.body, "ids")->n, 2);
    assert_int_equal(given_value(&c.body, "ids")->ids[0], 3);
    assert_int_equal(given_value(&c.body, "colours")->ids[0], 1);
    assert_string_equal(given_value(&c.body, "tags")->texts[1], "абвг");
    assert_int_equal(given_int(given_value(&c.body, "limits")->object, "most", 0), 10);
    assert_non_null(given_value(&c.body, "rule")->json);
    assert_int_equal(given_value(&c.body, "steps")->n, 2);
    assert_string_equal(given_text(&given_value(&c.body, "steps")->object[1], "note"),
                        "b");
}

static void what_is_absent_is_not_given(void **state)
{
    (void)state;
    assert_int_equal(reads("{\"name\":\"n\",\"at\":null}"), ST_OK);
    assert_false(given_has(&c.body, "number"));
    assert_false(given_has(&c.body, "at"));
    assert_true(given_value(&c.body, "at")->given);
    assert_true(given_value(&c.body, "at")->null);
    assert_null(given_text(&c.body, "page"));
    assert_int_equal(given_int(&c.body, "number", 42), 42);
}

static void each_error_has_its_pointer(void **state)
{
    static const struct {
        const char *member, *pointer, *code;
    } all[] = {
        {"\"page\":7", "/page", "type"},
        {"\"page\":\"a\\u0001\"", "/page", "format"},
        {"\"number\":1.0", "/number", "type"},
        {"\"number\":\"1\"", "/number", "type"},
        {"\"number\":9223372036854775808", "/number", "type"},
        {"\"percent\":6", "/percent", "range"},
        {"\"percent\":-6", "/percent", "range"},
        {"\"id\":0", "/id", "range"},
        {"\"id\":-1", "/id", "range"},
        {"\"active\":1", "/active", "type"},
        {"\"active\":null", "/active", "null"},
        {"\"at\":\"2026-11-20T09:00:00\"", "/at", "offset_required"},
        {"\"at\":\"2026-11-31T09:00:00Z\"", "/at", "format"},
        {"\"at\":1795129200", "/at", "type"},
        {"\"day\":\"2023-02-29\"", "/day", "format"},
        {"\"day\":\"2024-2-29\"", "/day", "format"},
        {"\"clock\":\"24:00\"", "/clock", "format"},
        {"\"colour\":\"RED\"", "/colour", "not_one_of"},
        {"\"ids\":[1,2,3,4]", "/ids", "too_many"},
        {"\"ids\":[1,\"2\"]", "/ids/1", "type"},
        {"\"ids\":[1,0]", "/ids/1", "range"},
        {"\"ids\":{}", "/ids", "type"},
        {"\"colours\":[\"red\",\"red\"]", "/colours", "repeated"},
        {"\"colours\":[\"black\"]", "/colours/0", "not_one_of"},
        {"\"tags\":[\"ab\",\"a\"]", "/tags/1", "too_short"},
        {"\"tags\":[\"абвгд\"]", "/tags/0", "too_long"},
        {"\"tags\":[null]", "/tags/0", "type"},
        {"\"limits\":{}", "/limits/most", "required"},
        {"\"limits\":{\"most\":11}", "/limits/most", "range"},
        {"\"limits\":{\"most\":1,\"least\":1}", "/limits/least", "unknown"},
        {"\"limits\":[]", "/limits", "type"},
        {"\"rule\":\"x\"", "/rule", "type"},
        {"\"steps\":{}", "/steps", "type"},
        {"\"steps\":[{\"most\":1},3]", "/steps/1", "type"},
        {"\"steps\":[{}]", "/steps/0/most", "required"},
        {"\"steps\":[{\"most\":1,\"x\":1}]", "/steps/0/x", "unknown"},
        {"\"steps\":[{\"most\":1},{\"most\":1},{\"most\":1}]", "/steps", "too_many"},
        {"\"a/b~c\":1", "/a~1b~0c", "unknown"},
        {"\"a.b\":1", "/a.b", "unknown"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        wrong(all[i].member, all[i].pointer, all[i].code);
}

static void all_errors_at_once(void **state)
{
    (void)state;
    assert_int_equal(reads("{\"number\":\"x\",\"id\":0,\"wrong\":1}"), ST_REFUSED);
    assert_int_equal(call_faults(&c), 4); /* and the name is missing */
    assert_non_null(
        strstr(c.answer.text.s, "\"pointer\":\"/name\",\"code\":\"required\""));
    assert_non_null(
        strstr(c.answer.text.s, "\"type\":\"/problems/validation-failed\""));
    assert_non_null(strstr(c.answer.text.s, "\"instance\":\"test\""));
}

static void what_has_two_readings_is_no_body(void **state)
{
    static const char *const all[] = {
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"name\":\"a\",\"na\\u006de\":\"b\"}",
        "{\"name\":\"a\",\"rule\":{\"x\":1,\"x\":1}}",
        "{\"name\":\"a\",\"rule\":{\"x\":[[{\"y\":1,\"y\":2}]]}}",
        "{\"name\\u0000\":\"a\"}",
        "{\"name\":\"a\\u0000\"}",
        "[{\"name\":\"a\"}]",
        "{\"name\":\"a\"",
        "{\"name\":\"a\"}x",
        "null",
        "{'name':'a'}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (reads(all[i]) != ST_REFUSED || c.answer.problem != PROBLEM_MALFORMED_JSON)
            fail_msg("%s was read", all[i]);
    }
    /* Colons within texts are no members, nested ones are counted. */
    assert_int_equal(reads("{\"name\":\"a:b\",\"rule\":{\"x:y\":[[{\"z\":\":\\\":\"},{}"
                           "],{\"q\":1}]}}"),
                     ST_OK);
}

static void only_json_is_read(void **state)
{
    (void)state;
    assert_int_equal(reads("{\"name\":\"n\"}"), ST_OK);
    c.said.content_type = "text/plain";
    assert_int_equal(body_read(&c, fields, N), ST_REFUSED);
    c.said.content_type = NULL;
    assert_int_equal(body_read(&c, fields, N), ST_REFUSED);
    c.said.content_type = "application/jsonp";
    assert_int_equal(body_read(&c, fields, N), ST_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_fits_is_taken, cleared),
        cmocka_unit_test_teardown(what_is_absent_is_not_given, cleared),
        cmocka_unit_test_teardown(each_error_has_its_pointer, cleared),
        cmocka_unit_test_teardown(all_errors_at_once, cleared),
        cmocka_unit_test_teardown(what_has_two_readings_is_no_body, cleared),
        cmocka_unit_test_teardown(only_json_is_read, cleared),
    };

    return cmocka_run_group_tests_name("api field", tests, NULL, NULL);
}
