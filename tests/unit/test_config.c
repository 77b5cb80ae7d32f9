/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "tests/unit/config_env.h"
#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOKEN "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
#define OTHER_TOKEN "987654321:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
#define ALL (NEED_DATABASE | NEED_REDIS | NEED_TELEGRAM | NEED_WEBHOOK)

static void set_telegram(void)
{
    set("TELEGRAM_BOT_TOKEN", TOKEN);
    set("TELEGRAM_AUTH_BOT_TOKEN", OTHER_TOKEN);
}

static void test_defaults(void **state)
{
    struct config cfg;

    (void)state;
    loads(&cfg, NEED_DATABASE | NEED_REDIS);
    assert_string_equal(cfg.database_host, "127.0.0.1");
    assert_int_equal(cfg.database_port, 3306);
    assert_string_equal(cfg.database_name, "dvorik");
    assert_string_equal(cfg.database_user, "dvorik");
    assert_null(cfg.database_password);
    assert_null(cfg.database_socket);
    assert_string_equal(cfg.redis_url, "redis://127.0.0.1:6379/0");
    assert_string_equal(cfg.redis_cache_url, cfg.redis_url);
    assert_string_equal(cfg.redis_fsm_url, cfg.redis_url);
    assert_int_equal(cfg.queue_shards, 1);
    assert_string_equal(cfg.telegram_api_base, "https://api.telegram.org");
    assert_int_equal(cfg.telegram_updates, UPDATES_POLLING);
    assert_string_equal(cfg.timezone, "Asia/Vladivostok");
    assert_string_equal(cfg.api_listen, "127.0.0.1:8000");
    assert_string_equal(cfg.bots_listen, "127.0.0.1:8080");
    assert_null(cfg.api_jobs_listen);
    assert_int_equal(cfg.superadmin_telegram_id, 0);
    assert_int_equal(cfg.worker_processes, sysconf(_SC_NPROCESSORS_ONLN));
    assert_string_equal(cfg.log_level, "info");
    config_free(&cfg);
    config_free(&cfg); /* twice is fine */
}

static void test_all_that_is_given_is_taken(void **state)
{
    struct config cfg;

    (void)state;
    set("DATABASE_PORT", "3307");
    set("DATABASE_SOCKET", "/run/mysqld/x.sock");
    set("DATABASE_PASSWORD", "p a s s");
    set("REDIS_URL", "unix:///run/redis.sock?db=3");
    set("REDIS_CACHE_URL", "redis://:secret@cache:6380/2");
    set("QUEUE_SHARDS", "32");
    set("TELEGRAM_API_BASE", "http://127.0.0.1:8081/");
    set("TELEGRAM_PROXY", "socks5h://me:word@proxy:1080");
    set("PUBLIC_URL", "https://shop.example/yard//");
    set("SUPERADMIN_TELEGRAM_ID", "5123456789");
    set("WORKER_PROCESSES", "3");
    set("LOG_FORMAT", "text");
    set("API_LISTEN", "[::1]:8000");
    loads(&cfg, 0);
    assert_int_equal(cfg.database_port, 3307);
    assert_string_equal(cfg.database_socket, "/run/mysqld/x.sock");
    assert_string_equal(cfg.database_password, "p a s s");
    assert_string_equal(cfg.redis_cache_url, "redis://:secret@cache:6380/2");
    assert_string_equal(cfg.redis_fsm_url, "unix:///run/redis.sock?db=3");
    assert_int_equal(cfg.queue_shards, 32);
    assert_string_equal(cfg.telegram_api_base, "http://127.0.0.1:8081");
    assert_string_equal(cfg.public_url, "https://shop.example/yard");
    assert_int_equal(cfg.superadmin_telegram_id, 5123456789);
    assert_int_equal(cfg.worker_processes, 3);
    assert_string_equal(cfg.log_format, "text");
    assert_string_equal(cfg.api_listen, "[::1]:8000");
    config_free(&cfg);
}

static void test_what_nobody_uses_yet_is_named(void **state)
{
    (void)state;
    assert_null(config_idle(0));
    set("API_JOBS_LISTEN", "127.0.0.1:5555");
    set("DATABASE_HOST", "db");
    set("DATABASE_READ_HOST", "replica");
    assert_string_equal(config_idle(0), "DATABASE_READ_HOST");
    assert_null(config_idle(1));
}

static void test_empty_is_absent(void **state)
{
    struct config cfg;

    (void)state;
    set("DATABASE_PORT", "");
    set("PUBLIC_URL", "");
    set("TELEGRAM_UPDATES", "");
    loads(&cfg, 0);
    assert_int_equal(cfg.database_port, 3306);
    assert_null(cfg.public_url);
    config_free(&cfg);
    refuses(NEED_TELEGRAM, "TELEGRAM_BOT_TOKEN is missing: ");
}

static void test_missing_is_named(void **state)
{
    (void)state;
    refuses(NEED_TELEGRAM, "TELEGRAM_BOT_TOKEN is missing: the client bot's token from "
                           "@BotFather (see .env.example)");
    set("TELEGRAM_BOT_TOKEN", TOKEN);
    refuses(NEED_TELEGRAM, "TELEGRAM_AUTH_BOT_TOKEN is missing: ");
}

static void test_one_bot_cannot_be_both(void **state)
{
    (void)state;
    set("TELEGRAM_BOT_TOKEN", TOKEN);
    set("TELEGRAM_AUTH_BOT_TOKEN", TOKEN);
    refuses(0, "TELEGRAM_AUTH_BOT_TOKEN is of the same bot as TELEGRAM_BOT_TOKEN");
    /* a token made anew is of the same bot still */
    set("TELEGRAM_AUTH_BOT_TOKEN", "123456789:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw");
    refuses(0, "TELEGRAM_AUTH_BOT_TOKEN is of the same bot as TELEGRAM_BOT_TOKEN");
}

static void test_how_updates_come(void **state)
{
    struct config cfg;

    (void)state;
    set("PUBLIC_URL", "https://shop.example");
    loads(&cfg, 0);
    assert_int_equal(cfg.telegram_updates, UPDATES_WEBHOOK);
    config_free(&cfg);
    set("TELEGRAM_UPDATES", "polling");
    loads(&cfg, 0);
    assert_int_equal(cfg.telegram_updates, UPDATES_POLLING);
    config_free(&cfg);
    set("TELEGRAM_UPDATES", "webhook");
    unsetenv("PUBLIC_URL");
    refuses(0, "PUBLIC_URL is missing: ");
    set("TELEGRAM_API_BASE", "https://api.telegram.org/");
    refuses(0, "PUBLIC_URL is missing: ");
    set("TELEGRAM_API_BASE",
        "http://127.0.0.1:8081"); /* a stand-in calls BOTS_LISTEN */
    loads(&cfg, 0);
    assert_int_equal(cfg.telegram_updates, UPDATES_WEBHOOK);
    config_free(&cfg);
}

/* A stand-in on this machine takes http; Telegram would refuse the whole menu. */
static void test_where_the_scanner_is(void **state)
{
    struct config cfg;

    (void)state;
    loads(&cfg, 0);
    assert_null(cfg.scanner_url);
    config_free(&cfg);
    set("SCANNER_URL", "http://127.0.0.1:8000/scan");
    refuses(0, "SCANNER_URL is not an https:// address");
    set("TELEGRAM_API_BASE", "http://127.0.0.1:8081");
    loads(&cfg, 0);
    assert_string_equal(cfg.scanner_url, "http://127.0.0.1:8000/scan");
    config_free(&cfg);
    unsetenv("TELEGRAM_API_BASE");
    set("SCANNER_URL", "https://scan.example/s");
    loads(&cfg, 0);
    config_free(&cfg);
}

static void test_webhooks_need_their_secrets(void **state)
{
    struct config cfg;

    (void)state;
    set_telegram();
    loads(&cfg, ALL); /* polling: no secrets needed */
    config_free(&cfg);
    set("PUBLIC_URL", "https://shop.example");
    refuses(ALL, "TELEGRAM_WEBHOOK_SECRET is missing: ");
    set("TELEGRAM_WEBHOOK_SECRET", "one");
    refuses(ALL, "TELEGRAM_AUTH_WEBHOOK_SECRET is missing: ");
    loads(&cfg, NEED_TELEGRAM); /* who does not serve them needs none */
    config_free(&cfg);
    set("TELEGRAM_AUTH_WEBHOOK_SECRET", "one");
    refuses(0, "TELEGRAM_AUTH_WEBHOOK_SECRET is the same as TELEGRAM_WEBHOOK_SECRET");
    set("TELEGRAM_AUTH_WEBHOOK_SECRET", "two");
    loads(&cfg, ALL);
    config_free(&cfg);
}

/* ---- NAME_FILE ------------------------------------------------------------------ */

static char path[64];

static void remove_file(void)
{
    unlink(path);
}

static void file_with(const void *text, size_t n)
{
    FILE *f;

    if (path[0] == '\0')
        atexit(remove_file);
    remove_file();
    snprintf(path, sizeof path, "/tmp/config.XXXXXX");
    f = fdopen(mkstemp(path), "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    fclose(f);
}

static void test_values_in_files(void **state)
{
    static const char *const texts[] = {"from a file", "from a file\n",
                                        "from a file\r\n",
                                        "from a file\nsecond line\n"};
    struct config cfg;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        file_with(texts[i], strlen(texts[i]));
        set("DATABASE_PASSWORD_FILE", path);
        loads(&cfg, 0);
        assert_string_equal(cfg.database_password, "from a file");
        config_free(&cfg);
        set("DATABASE_PASSWORD", "from a file"); /* both, and they agree */
        loads(&cfg, 0);
        config_free(&cfg);
        set("DATABASE_PASSWORD", "another");
        refuses(0,
                "DATABASE_PASSWORD and DATABASE_PASSWORD_FILE are both set and differ");
        unsetenv("DATABASE_PASSWORD");
        unlink(path);
    }
}

static void test_files_give_numbers_and_updates_too(void **state)
{
    struct config cfg;

    (void)state;
    file_with("3307\n", 5);
    set("DATABASE_PORT_FILE", path);
    loads(&cfg, 0);
    assert_int_equal(cfg.database_port, 3307);
    config_free(&cfg);
    unlink(path);
    unsetenv("DATABASE_PORT_FILE");
    file_with("polling\n", 8);
    set("TELEGRAM_UPDATES_FILE", path);
    set("PUBLIC_URL", "https://shop.example");
    loads(&cfg, 0);
    assert_int_equal(cfg.telegram_updates, UPDATES_POLLING);
    config_free(&cfg);
    unlink(path);
}

static void test_files_that_give_nothing(void **state)
{
    static char long_line[70000];

    (void)state;
    set("DATABASE_PASSWORD_FILE", "/nonexistent/password");
    refuses(0,
            "DATABASE_PASSWORD_FILE: cannot read /nonexistent/password: No such file");
    set("DATABASE_PASSWORD_FILE", "/tmp");
    refuses(0, "DATABASE_PASSWORD_FILE: ");
    file_with("", 0);
    set("DATABASE_PASSWORD_FILE", path);
    refuses(0, "DATABASE_PASSWORD_FILE: the first line of ");
    unlink(path);
    file_with("\nsecond", 7);
    set("DATABASE_PASSWORD_FILE", path);
    refuses(0, "DATABASE_PASSWORD_FILE: the first line of ");
    unlink(path);
    file_with("a\0b", 3);
    set("DATABASE_PASSWORD_FILE", path);
    refuses(0, "DATABASE_PASSWORD_FILE: the first line of ");
    unlink(path);
    memset(long_line, 'a', sizeof long_line);
    file_with(long_line, sizeof long_line);
    set("DATABASE_PASSWORD_FILE", path);
    refuses(0, "DATABASE_PASSWORD_FILE: the first line of ");
    unlink(path);
}

static void test_secrets_are_told_to_the_log(void **state)
{
    struct config cfg;
    struct buf b = {0};

    (void)state;
    set("DATABASE_PASSWORD", "word-of-the-base");
    set("REDIS_URL", "redis://:word-of-redis@h:1/0");
    set("TELEGRAM_PROXY", "http://me:word@of-proxy@p:1");
    set("TELEGRAM_WEBHOOK_SECRET", "word-of-hook");
    set("JWT_SECRET_KEY", "word-of-jwt-0123456789abcdef0123456789");
    set("INTERNAL_API_KEY", "word-of-key");
    set("DATABASE_USER", "not-a-secret");
    loads(&cfg, 0);
    config_free(&cfg);
    log_redact(&b, "word-of-the-base word-of-redis word@of-proxy word-of-hook "
                   "word-of-jwt-0123456789abcdef0123456789 word-of-key not-a-secret");
    assert_string_equal(b.s, "*** *** *** *** *** *** not-a-secret");
    buf_free(&b);
}

/* ---- what is printed ------------------------------------------------------------ */

static char *printed(void (*print)(FILE *))
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);

    assert_non_null(f);
    print(f);
    fclose(f);
    return text;
}

static void test_the_example_in_the_tree_is_ours(void **state)
{
    char *text = printed(config_print_example), *file = NULL;
    size_t cap = 0;
    FILE *f = fopen(".env.example", "r");

    (void)state;
    if (f == NULL)
        fail_msg(".env.example is not here: run this in the root of the tree");
    assert_true(getdelim(&file, &cap, '\0', f) > 0);
    fclose(f);
    if (strcmp(text, file) != 0)
        fail_msg("make it anew: bin/dvorik help --env-example > .env.example");
    free(text);
    free(file);
}

/* As a shell would read it: every line is a setting, and all of them together load. */
static void test_the_example_loads(void **state)
{
    char *text = printed(config_print_example);
    struct config cfg;
    int settings = 0;

    (void)state;
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;) {
        char *equals = strchr(line, '=');

        if (*line == '#' || *line == '\0')
            continue;
        assert_non_null(equals);
        *equals = '\0';
        if (strstr(line, "SECRET") || strstr(line, "PASSWORD") ||
            strstr(line, "TOKEN") || strstr(line, "KEY"))
            assert_string_equal(equals + 1, "");
        set(line, equals + 1);
        settings++;
    }
    assert_int_equal(settings, 40);
    loads(&cfg, NEED_DATABASE | NEED_REDIS);
    config_free(&cfg);
    free(text);
}

static void test_help_is_aligned_and_tells_all(void **state)
{
    char *text = printed(config_print_help), *example = printed(config_print_example);
    int column = 0;

    (void)state;
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;) {
        int name = 0, end = 0;

        assert_true(strlen(line) <= 110);
        if (sscanf(line, "    %*[A-Z_]%n%*[ ]%n", &name, &end) < 0 || end == 0)
            continue;
        assert_true(column == 0 || column == end);
        column = end;
        line[name] = '\0';
        assert_non_null(strstr(example, line + 4));
    }
    assert_true(column > 0);
    free(text);
    free(example);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* first, while the log still has room for more secrets */
        cmocka_unit_test_setup(test_secrets_are_told_to_the_log, empty),
        cmocka_unit_test_setup(test_defaults, empty),
        cmocka_unit_test_setup(test_all_that_is_given_is_taken, empty),
        cmocka_unit_test_setup(test_what_nobody_uses_yet_is_named, empty),
        cmocka_unit_test_setup(test_empty_is_absent, empty),
        cmocka_unit_test_setup(test_missing_is_named, empty),
        cmocka_unit_test_setup(test_one_bot_cannot_be_both, empty),
        cmocka_unit_test_setup(test_how_updates_come, empty),
        cmocka_unit_test_setup(test_where_the_scanner_is, empty),
        cmocka_unit_test_setup(test_webhooks_need_their_secrets, empty),
        cmocka_unit_test_setup(test_values_in_files, empty),
        cmocka_unit_test_setup(test_files_give_numbers_and_updates_too, empty),
        cmocka_unit_test_setup(test_files_that_give_nothing, empty),
        cmocka_unit_test_setup(test_the_example_in_the_tree_is_ours, empty),
        cmocka_unit_test_setup(test_the_example_loads, empty),
        cmocka_unit_test_setup(test_help_is_aligned_and_tells_all, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
