/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Every recorded Update has an expected outcome; every damaged copy of it has at least
 * the outcome that we are still alive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/utf.h"
#include "worker/update.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/data/updates"
#define ME "foo_bot"

static char *file_read(const char *name, size_t *n)
{
    char path[300];
    char *s = malloc(1 << 20);
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s.json", FOLDER, name);
    f = fopen(path, "r");
    if (f == NULL)
        fail_msg("%s is missing (run from the root of the tree)", path);
    *n = fread(s, 1, 1 << 20, f);
    fclose(f);
    return s;
}

/* What the list's last column shows of an act. */
static void detail(const struct update *u, char *out, size_t size)
{
    snprintf(out, size, "-");
    if (u->act == ACT_COMMAND)
        snprintf(out, size, "%s|%.*s", u->command, (int)u->args_n, u->args);
    if ((u->act == ACT_BUTTON || u->act == ACT_STRAY_BUTTON) && u->data != NULL)
        snprintf(out, size, "%.*s", (int)u->data_n, u->data);
    if (u->act == ACT_PHOTO)
        snprintf(out, size, "%s", u->file);
    if (u->act == ACT_CONTACT)
        snprintf(out, size, "%" PRId64 "|%.*s", u->contact, (int)u->phone_n, u->phone);
    if (u->act == ACT_JOINED || u->act == ACT_LEFT)
        snprintf(out, size, "%" PRId64, u->who);
}

static void check_line(const char *line)
{
    char name[100], got[600], more[300];
    struct json *raw;
    struct update u;
    size_t n;
    char *s;

    if (sscanf(line, "%99s", name) != 1)
        fail_msg("unreadable line: %s", line);
    s = file_read(name, &n);
    raw = json_parse(s, n);
    assert_non_null(raw);
    update_parse(raw, ME, &u);
    detail(&u, more, sizeof(more));
    snprintf(got, sizeof(got), "%s %s %s %" PRId64 " %zu %s", name,
             update_act_name(u.act), update_why_name(u.why), u.user,
             u.text == NULL ? 0 : utf16_len(u.text, u.text_n), more);
    assert_string_equal(got, line);
    json_free(raw);
    free(s);
}

static void test_every_file_has_its_outcome(void **state)
{
    FILE *f = fopen("tests/data/updates.expected", "r");
    char line[400];
    int n = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        check_line(line);
        n++;
    }
    fclose(f);
    assert_true(n >= 110);
}

typedef void each_file(const char *name);

static int for_each_file(each_file *fn)
{
    DIR *d = opendir(FOLDER);
    struct dirent *e;
    int n = 0;

    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        char name[260];
        char *dot;

        snprintf(name, sizeof(name), "%s", e->d_name);
        dot = strstr(name, ".json");
        if (dot == NULL)
            continue;
        *dot = '\0';
        fn(name);
        n++;
    }
    closedir(d);
    return n;
}

static void is_listed(const char *name)
{
    FILE *f = fopen("tests/data/updates.expected", "r");
    char line[400];
    size_t n = strlen(name);
    int found = 0;

    while (fgets(line, sizeof(line), f) != NULL)
        found |= strncmp(line, name, n) == 0 && line[n] == ' ';
    fclose(f);
    if (!found)
        fail_msg("%s has no expected outcome", name);
}

static void test_no_file_is_forgotten(void **state)
{
    (void)state;
    assert_true(for_each_file(is_listed) >= 110);
}

/* Touch all that update_parse lends, so that the sanitizer sees it. */
static size_t use(const struct update *u)
{
    size_t sum = strlen(update_act_name(u->act)) + strlen(update_why_name(u->why));

    assert_true((u->act == ACT_IGNORE) == (u->why != WHY_NOT_IGNORED));
    sum += u->text != NULL ? utf16_len(u->text, u->text_n) : 0;
    sum += u->first_name != NULL ? utf16_len(u->first_name, u->first_name_n) : 0;
    sum += u->data != NULL ? utf16_len(u->data, u->data_n) : 0;
    sum += u->args != NULL ? utf16_len(u->args, u->args_n) : 0;
    sum += strlen(u->command);
    if (u->act == ACT_PHOTO)
        assert_non_null(u->file);
    if (u->act == ACT_BUTTON || u->act == ACT_STRAY_BUTTON)
        assert_non_null(u->callback);
    if (u->act == ACT_COMMAND || u->act == ACT_TEXT || u->act == ACT_BUTTON)
        assert_true(u->user > 0);
    return sum;
}

static void parse_bytes(const char *s, size_t n)
{
    /* An exact copy, so that reading behind the end is seen. */
    char *copy = malloc(n > 0 ? n : 1);
    struct json *raw;
    struct update u;

    memcpy(copy, s, n);
    raw = json_parse(copy, n);
    update_parse(raw, ME, &u);
    if (raw == NULL)
        assert_int_equal(u.act, ACT_IGNORE);
    use(&u);
    json_free(raw);
    free(copy);
}

static void cut_everywhere(const char *name)
{
    size_t n, i;
    char *s = file_read(name, &n);

    for (i = 0; i <= n; i++)
        parse_bytes(s, i);
    free(s);
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    assert_true(for_each_file(cut_everywhere) >= 110);
}

/* The end of the JSON value that starts at s[i]: a string, a number, a word, or the one
 * character of a bracket (the rest is then rubbish, which is fine too). */
static size_t value_end(const char *s, size_t n, size_t i)
{
    size_t from = i;

    if (s[i] == '"') {
        for (i++; i < n && s[i] != '"'; i++)
            i += s[i] == '\\';
        return i + 1 < n ? i + 1 : n;
    }
    if (s[i] == '{' || s[i] == '[') {
        int depth = 0;

        for (; i < n; i++) {
            depth += s[i] == '{' || s[i] == '[';
            depth -= s[i] == '}' || s[i] == ']';
            if (depth == 0)
                return i + 1;
        }
        return n;
    }
    while (i < n && strchr(",]} \n\r\t", s[i]) == NULL)
        i++;
    return i > from ? i : from + 1;
}

static void flip_types(const char *name)
{
    static const char *const instead[] = {"null",
                                          "true",
                                          "-1",
                                          "1.5e300",
                                          "\"\"",
                                          "[]",
                                          "{}",
                                          "[{}]",
                                          "9223372036854775807",
                                          "18446744073709551616"};
    size_t n, i, k;
    char *s = file_read(name, &n);
    char *t = malloc(n + 64);

    for (i = 0; i + 1 < n; i++) {
        size_t from = i + 1, end;

        if (s[i] != ':')
            continue;
        while (from < n && s[from] == ' ')
            from++;
        if (from >= n)
            break;
        end = value_end(s, n, from);
        for (k = 0; k < sizeof(instead) / sizeof(instead[0]); k++) {
            size_t w = strlen(instead[k]);

            memcpy(t, s, from);
            memcpy(t + from, instead[k], w);
            memcpy(t + from + w, s + end, n - end);
            parse_bytes(t, from + w + (n - end));
        }
    }
    free(t);
    free(s);
}

static void test_types_flipped(void **state)
{
    (void)state;
    assert_true(for_each_file(flip_types) >= 110);
}

static void test_without_our_name(void **state)
{
    static const char at[] =
        "{\"update_id\":1,\"message\":{\"message_id\":1,\"date\":1,"
        "\"chat\":{\"id\":5,\"type\":\"private\"},\"from\":{\"id\":5},"
        "\"text\":\"/start@who_bot x\"}}";
    struct json *raw = json_parse(at, sizeof(at) - 1);
    struct update u;

    (void)state;
    update_parse(raw, NULL, &u);
    assert_int_equal(u.act, ACT_COMMAND);
    update_parse(raw, "WHO_bot", &u);
    assert_int_equal(u.act, ACT_COMMAND);
    update_parse(raw, "who_bo", &u);
    assert_int_equal(u.act, ACT_IGNORE);
    assert_int_equal(u.why, WHY_OTHER_BOT);
    json_free(raw);
}

static void test_deep_nesting_is_refused(void **state)
{
    char s[4000] = "{\"update_id\":1,\"message\":";
    size_t n = strlen(s);

    (void)state;
    memset(s + n, '[', 1500);
    memset(s + n + 1500, ']', 1500);
    s[n + 3000] = '}';
    parse_bytes(s, n + 3001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file_has_its_outcome),
        cmocka_unit_test(test_no_file_is_forgotten),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_types_flipped),
        cmocka_unit_test(test_without_our_name),
        cmocka_unit_test(test_deep_nesting_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
