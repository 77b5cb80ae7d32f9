/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The binary as a person meets it: help, version, and what it says to a wrong word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char binary[4096];
static char heard[65536];
static const char *setting = ""; /* NAME=value, the whole environment */

/* build/<variant>/tests/unit/test_main -> build/<variant>/dvorik */
static int find_binary(void **state)
{
    ssize_t n = readlink("/proc/self/exe", binary, sizeof binary - 32);

    (void)state;
    if (n <= 0)
        return -1;
    binary[n] = '\0';
    for (int up = 0; up < 3; up++)
        *strrchr(binary, '/') = '\0';
    snprintf(binary + strlen(binary), 16, "/dvorik");
    return access(binary, X_OK);
}

/* Runs `dvorik <args>` in an empty environment; what it said is in `heard`. */
static int run(const char *args, const char *redirection)
{
    char line[8192];
    size_t n;
    FILE *f;

    snprintf(line, sizeof line, "env -i %s '%s' %s %s", setting, binary, args,
             redirection);
    f = popen(line, "r");
    assert_non_null(f);
    n = fread(heard, 1, sizeof heard - 1, f);
    heard[n] = '\0';
    return WEXITSTATUS(pclose(f));
}

static void test_help(void **state)
{
    static const char *const told[] = {
        "Usage: dvorik",  "\n    bots ",        "\n    worker ",   "\n    scheduler ",
        "\n    api ",     "\n    migrate ",     "\n    settings ", "\n    jobs ",
        "\n    admin ",   "\n    setup-bots ",  "\n    seed ",     "\n    check ",
        "\n    version ", "TELEGRAM_BOT_TOKEN", "LOG_FORMAT"};

    (void)state;
    assert_int_equal(run("--help", "2>&1"), 0);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (strstr(heard, told[i]) == NULL)
            fail_msg("help does not tell of \"%s\"", told[i]);
    assert_int_equal(run("help", ">/dev/null 2>&1"), 0);
    assert_int_equal(run("help --env-example", "2>&1"), 0);
    assert_non_null(strstr(heard, "\nTELEGRAM_BOT_TOKEN=\n"));
    assert_int_equal(run("help me", "2>&1 >/dev/null"), 2);
}

static void test_version(void **state)
{
    (void)state;
    assert_int_equal(run("version", "2>&1"), 0);
    assert_string_equal(heard, "dvorik " DVORIK_VERSION "\n");
    assert_int_equal(run("--version", "2>&1"), 0);
    assert_string_equal(heard, "dvorik " DVORIK_VERSION "\n");
    assert_int_equal(run("version x", ">/dev/null 2>&1"), 2);
}

static void one_line_with(const char *words)
{
    if (strstr(heard, words) == NULL || strchr(heard, '\n') != strrchr(heard, '\n'))
        fail_msg("%s", heard);
}

static void test_wrong_words(void **state)
{
    (void)state;
    assert_int_equal(run("dance", "2>&1 >/dev/null"), 2);
    one_line_with("there is no command \"dance\"");
    assert_int_equal(run("", "2>&1 >/dev/null"), 2);
    one_line_with("which command?");
}

/* A wrong setting is one line with its name and exit status 2, in each of the programs.
 */
static void test_programs_refuse_bad_settings(void **state)
{
    static const char *const programs[] = {"bots", "worker", "scheduler", "beat",
                                           "api"};

    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        setting = "DATABASE_PORT=x";
        assert_int_equal(run(programs[i], "2>&1"), 2);
        one_line_with("DATABASE_PORT is not a port");
        setting = "";
    }
}

static void test_check_names_what_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(run("check", "2>&1"), 1);
    assert_non_null(strstr(heard, "settings"));
    assert_non_null(strstr(heard, "wrong"));
    assert_non_null(strstr(heard, "TELEGRAM_BOT_TOKEN is missing"));
    assert_int_equal(run("check now", ">/dev/null 2>&1"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_programs_refuse_bad_settings),
        cmocka_unit_test(test_check_names_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, find_binary, NULL);
}
