/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The stand-in's table of methods against a list taken from the document by other
 * means, and what check.c makes of right and wrong calls. */
#define _GNU_SOURCE /* asprintf, strsep */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/botapi/check.h"
#include "tests/botapi/methods.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST "tests/data/botapi/methods.tsv"
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct api_row *row_of(const char *method)
{
    for (int i = 0; i < api_methods_n; i++)
        if (strcmp(api_methods[i].name, method) == 0)
            return &api_methods[i];
    return NULL;
}

/* "Array of Array of X|Y" as the table writes it: "[[X]]|Y". */
static void short_types(const char *types, char *out, size_t n)
{
    size_t to = 0;

    while (*types != '\0') {
        int depth = 0;
        size_t k;

        for (; strncmp(types, "Array of ", 9) == 0; types += 9)
            depth++;
        k = strcspn(types, "|");
        assert_true(to + k + 2 * (size_t)depth + 2 < n);
        to += (size_t)snprintf(out + to, n - to, "%.*s%.*s%.*s%s", depth, "[[[", (int)k,
                               types, depth, "]]]", types[k] == '|' ? "|" : "");
        types += k + (types[k] == '|');
    }
    out[to] = '\0';
}

/* ";name! Types;" somewhere in the row. */
static bool row_has(const struct api_row *row, const char *param, bool required,
                    const char *types)
{
    char want[1024], shown[768], *all;
    bool found;

    short_types(types, shown, sizeof shown);
    snprintf(want, sizeof want, ";%s%s %s;", param, required ? "!" : "", shown);
    assert_true(asprintf(&all, ";%s;", row->fields) > 0);
    found = strstr(all, want) != NULL;
    if (!found)
        print_error("%s: no %s in %s\n", row->name, want, all);
    free(all);
    return found;
}

static int params_of(const struct api_row *row)
{
    int n = row->fields[0] != '\0';

    for (const char *p = row->fields; *p != '\0'; p++)
        n += *p == ';';
    return n;
}

static void test_table_is_the_document(void **state)
{
    FILE *in = fopen(LIST, "r");
    char line[2048], last[64] = "";
    int methods = 0, params = 0, in_table = 0;

    (void)state;
    assert_non_null(in);
    while (fgets(line, sizeof line, in) != NULL) {
        char *cell[4], *rest = line;

        if (line[0] == '#')
            continue;
        for (int i = 0; i < 4; i++)
            cell[i] = strsep(&rest, "\t\n");
        assert_non_null(row_of(cell[0]));
        if (strcmp(last, cell[0]) != 0) {
            methods++;
            in_table += params_of(row_of(cell[0]));
            snprintf(last, sizeof last, "%s", cell[0]);
        }
        if (cell[1][0] == '\0')
            continue;
        params++;
        assert_true(row_has(row_of(cell[0]), cell[1], strcmp(cell[2], "required") == 0,
                            cell[3]));
    }
    fclose(in);
    assert_int_equal(methods, 185);
    assert_int_equal(methods, api_methods_n);
    assert_int_equal(params, in_table);
}

static void test_tables_are_sorted(void **state)
{
    (void)state;
    for (int i = 1; i < api_methods_n; i++)
        assert_true(strcmp(api_methods[i - 1].name, api_methods[i].name) < 0);
    for (int i = 1; i < api_types_n; i++)
        assert_true(strcmp(api_types[i - 1].name, api_types[i].name) < 0);
}

/* ---- calls ---------------------------------------------------------------------- */

static bool allowed(const char *method, const char *json, char *why, size_t n)
{
    char body[1024], query[1] = "", type[] = "application/json";
    struct req r = {.query = query, .content_type = type, .body = body};
    struct form f;
    struct buf b = {0};
    bool ok;

    snprintf(body, sizeof body, "%s", json);
    r.body_n = strlen(body);
    assert_true(form_read(&r, &f));
    ok = check_call(check_find(method), &f, &b);
    snprintf(why, n, "%s", b.s ? b.s : "");
    buf_free(&b);
    return ok;
}

static void test_right_calls_pass(void **state)
{
    static const char *const calls[][2] = {
        {"getMe", "{}"},
        {"sendMessage", "{\"chat_id\":7012345678,\"text\":\"x\"}"},
        {"sendMessage", "{\"chat_id\":\"@shop\",\"text\":\"x\",\"parse_mode\":null}"},
        {"sendMessage",
         "{\"chat_id\":1,\"text\":\"x\",\"entities\":[{\"type\":\"bold\","
         "\"offset\":0,\"length\":1}],\"link_preview_options\":"
         "{\"is_disabled\":true},\"protect_content\":true}"},
        {"sendMessage",
         "{\"chat_id\":1,\"text\":\"x\",\"reply_markup\":{\"keyboard\":[["
         "{\"text\":\"a\",\"request_contact\":true}]],"
         "\"resize_keyboard\":true}}"},
        {"sendMessage", "{\"chat_id\":1,\"text\":\"x\",\"reply_markup\":"
                        "{\"remove_keyboard\":true}}"},
        {"editMessageMedia", "{\"chat_id\":1,\"message_id\":2,\"media\":{\"type\":"
                             "\"photo\",\"media\":\"attach://p\"}}"},
        {"setMyCommands", "{\"commands\":[{\"command\":\"a\",\"description\":\"b\"}],"
                          "\"scope\":{\"type\":\"chat\",\"chat_id\":5}}"},
        {"deleteMessages", "{\"chat_id\":1,\"message_ids\":[1,2,3]}"},
    };
    char why[512];

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++)
        if (!allowed(calls[i][0], calls[i][1], why, sizeof why))
            fail_msg("%s %s: %s", calls[i][0], calls[i][1], why);
}

static void test_wrong_calls_are_named(void **state)
{
    static const char *const calls[][3] = {
        {"sendMessage", "{\"text\":\"x\"}", "chat_id is required"},
        {"sendMessage", "{\"chat_id\":1}", "text is required"},
        {"sendMessage", "{\"chat_id\":1,\"text\":null}", "text is required"},
        {"sendMessage", "{\"chat_id\":1,\"text\":\"x\",\"txt\":1}", "no parameter txt"},
        {"sendMessage", "{\"chat_id\":1,\"text\":5}", "text must be String"},
        {"sendMessage", "{\"chat_id\":1.5,\"text\":\"x\"}", "chat_id must be"},
        {"sendMessage", "{\"chat_id\":1,\"text\":\"x\",\"protect_content\":\"yes\"}",
         "protect_content must be Boolean"},
        {"editMessageText", "{\"chat_id\":1,\"message_id\":\"2\",\"text\":\"x\"}",
         "message_id must be Integer"},
        {"sendMessage",
         "{\"chat_id\":1,\"text\":\"x\",\"reply_markup\":"
         "{\"inline_keyboard\":[[{\"text\":\"a\",\"callback_dat\":\"x\"}]]}}",
         "callback_dat"},
        {"sendMessage",
         "{\"chat_id\":1,\"text\":\"x\",\"reply_markup\":"
         "{\"inline_keyboard\":[[{\"callback_data\":\"x\"}]]}}",
         "InlineKeyboardButton.text is missing"},
        {"sendMessage",
         "{\"chat_id\":1,\"text\":\"x\",\"reply_markup\":"
         "{\"inline_keyboard\":[{\"text\":\"a\",\"callback_data\":\"x\"}]}}",
         "reply_markup"},
        {"sendMessage",
         "{\"chat_id\":1,\"text\":\"x\",\"entities\":[{\"type\":\"bold\","
         "\"offset\":\"0\",\"length\":1}]}",
         "MessageEntity.offset"},
        {"answerCallbackQuery", "{\"callback_query_id\":12}", "must be String"},
        {"deleteMessages", "{\"chat_id\":1,\"message_ids\":[1,\"2\"]}", "message_ids"},
        {"setMyCommands", "{\"commands\":[],\"scope\":{\"type\":\"chat\",\"chat\":5}}",
         "scope"},
    };
    char why[512];

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        if (allowed(calls[i][0], calls[i][1], why, sizeof why))
            fail_msg("passed: %s", calls[i][1]);
        if (strstr(why, calls[i][2]) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", calls[i][1], why, calls[i][2]);
    }
}

static void test_methods_are_found_in_any_case(void **state)
{
    (void)state;
    assert_string_equal(check_name(check_find("SENDMESSAGE")), "sendMessage");
    assert_null(check_find("sendMessages"));
    assert_null(check_find(""));
}

static int open_tables(void **state)
{
    (void)state;
    return check_open() == ST_OK ? 0 : -1;
}

static int close_tables(void **state)
{
    (void)state;
    check_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_the_document),
        cmocka_unit_test(test_tables_are_sorted),
        cmocka_unit_test(test_right_calls_pass),
        cmocka_unit_test(test_wrong_calls_are_named),
        cmocka_unit_test(test_methods_are_found_in_any_case),
    };

    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
