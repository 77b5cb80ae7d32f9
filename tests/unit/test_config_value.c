/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What each kind of setting takes, and how a wrong one is spoken of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/config_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const good[][2] = {
    {"DATABASE_HOST", "db.internal-1"},
    {"DATABASE_HOST", "::1"},
    {"DATABASE_PORT", "1"},
    {"DATABASE_PORT", "65535"},
    {"REDIS_URL", "redis://host"},
    {"REDIS_URL", "redis://:p@[::1]:6379"},
    {"REDIS_URL", "unix:///tmp/x.sock"},
    {"REDIS_URL", "sentinel://:p@h1:26379,h2/name/3"},
    {"REDIS_URL", "cluster://h1:6379,[::1]:7000"},
    {"TELEGRAM_API_BASE", "http://[::1]:80"},
    {"TELEGRAM_PROXY", "http://p:3128"},
    {"API_LISTEN", "0.0.0.0:0"},
    {"API_LISTEN", "localhost:8000"},
    {"TIMEZONE", "Europe/Berlin"},
    {"PUBLIC_URL", "https://a.example:8443"},
    {"LOG_LEVEL", "debug"},
    {"TELEGRAM_WEBHOOK_SECRET", "a"},
    {"TELEGRAM_UPDATES", "polling"},
    {"JWT_SECRET_KEY", "0123456789abcdef0123456789abcdef"},
    {"SUPERADMIN_TELEGRAM_ID", "1"},
    {"REDIS_URL", "redis://h:1/65535"},
    {"SUPERADMIN_TELEGRAM_ID", "9223372036854775807"}};

static void test_good_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct config cfg;

        clearenv();
        set(good[i][0], good[i][1]);
        loads(&cfg, 0);
        config_free(&cfg);
    }
}

static const char *const bad[][2] = {
    {"DATABASE_HOST", "a host"},
    {"DATABASE_PORT", "0"},
    {"DATABASE_PORT", "65536"},
    {"DATABASE_PORT", "33O6"},
    {"DATABASE_PORT", "-1"},
    {"DATABASE_PORT", " 1"},
    {"DATABASE_PORT", "99999999999999999999"},
    {"DATABASE_NAME", "a;drop"},
    {"DATABASE_SOCKET", "mysqld.sock"},
    {"DATABASE_PASSWORD", "line\nline"},
    {"DATABASE_USER", "\x7F"},
    {"DATABASE_USER", "\xFF"},
    {"REDIS_URL", "redis://h:1/65536"},
    {"REDIS_URL", "http://x"},
    {"REDIS_URL", "redis://"},
    {"REDIS_URL", "redis://h:0"},
    {"REDIS_URL", "redis://h/x"},
    {"REDIS_URL", "unix://relative"},
    {"REDIS_URL", "unix:///x?db=a"},
    {"REDIS_CACHE_URL", "redis://h:p:1"},
    {"QUEUE_SHARDS", "0"},
    {"QUEUE_SHARDS", "33"},
    {"TELEGRAM_BOT_TOKEN", "123456789"},
    {"TELEGRAM_BOT_TOKEN", "12a:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"},
    {"TELEGRAM_BOT_TOKEN", ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"},
    {"TELEGRAM_BOT_TOKEN", "123456789:AAHdqTcvCH1vGWJxf eofSAs0K5PALDsaw"},
    {"TELEGRAM_BOT_TOKEN", "123456789:short-one"},
    {"TELEGRAM_API_BASE", "api.telegram.org"},
    {"TELEGRAM_API_BASE", "https://"},
    {"TELEGRAM_API_BASE", "https://a b"},
    {"TELEGRAM_API_BASE", "ftp://host"},
    {"TELEGRAM_PROXY", "proxy:1080"},
    {"TELEGRAM_UPDATES", "Webhook"},
    {"PUBLIC_URL", "http://shop.example"},
    {"PUBLIC_URL", "https://shop.example?x"},
    {"PUBLIC_URL", "https://me@shop.example"},
    {"PUBLIC_URL", "https://a.example/x y"},
    {"TELEGRAM_WEBHOOK_SECRET", "with space"},
    {"TELEGRAM_AUTH_WEBHOOK_SECRET", "я"},
    {"SUPERADMIN_TELEGRAM_ID", "@owner"},
    {"SUPERADMIN_TELEGRAM_ID", "0"},
    {"SUPERADMIN_TELEGRAM_ID", "9223372036854775808"},
    {"JWT_SECRET_KEY", "0123456789abcdef0123456789abcde"},
    {"TIMEZONE", "Vladivostok"},
    {"TIMEZONE", "../etc/passwd"},
    {"API_LISTEN", "8000"},
    {"API_LISTEN", ":8000"},
    {"API_LISTEN", "10.0.0.1"},
    {"API_LISTEN", "[::1]8000"},
    {"API_LISTEN", "::1:8000"},
    {"API_LISTEN", "127.0.0.1:65536"},
    {"BOTS_LISTEN", "127.0.0.1:x"},
    {"WORKER_METRICS_LISTEN", "[]:80"},
    {"WORKER_PROCESSES", "257"},
    {"LOG_LEVEL", "loud"},
    {"LOG_FORMAT", "xml"}};

static void test_bad_values_are_named_and_not_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct config cfg;
        const char *why;
        char beginning[64];

        clearenv();
        set(bad[i][0], bad[i][1]);
        snprintf(beginning, sizeof beginning, "%s ", bad[i][0]);
        refuses(0, beginning);
        assert_int_equal(config_load(&cfg, 0, &why), ST_BAD);
        if (strlen(bad[i][1]) > 8 && strstr(why, bad[i][1]) != NULL)
            fail_msg("shows the value: %s", why);
    }
}

static void test_webhook_secrets_have_an_end(void **state)
{
    char secret[258];
    struct config cfg;

    (void)state;
    memset(secret, 'a', sizeof secret);
    secret[256] = '\0';
    set("TELEGRAM_WEBHOOK_SECRET", secret);
    loads(&cfg, 0);
    config_free(&cfg);
    secret[256] = 'a';
    secret[257] = '\0';
    set("TELEGRAM_WEBHOOK_SECRET", secret);
    refuses(0, "TELEGRAM_WEBHOOK_SECRET is not 1 to 256 ");
}

static void test_a_host_without_end(void **state)
{
    char url[5000];

    (void)state;
    memset(url, 'a', sizeof url);
    memcpy(url, "redis://", 8);
    url[sizeof url - 1] = '\0';
    set("REDIS_URL", url);
    refuses(0, "REDIS_URL has a host that is neither a name nor an address");
    set("API_LISTEN", url + 8);
    unsetenv("REDIS_URL");
    refuses(0, "API_LISTEN is not host:port");
}

/* Each says what is wrong with it; test_redis_url.c has them all. */
static void test_redis_addresses(void **state)
{
    (void)state;
    set("REDIS_URL", "sentinel://h1:26379,h2:26379");
    refuses(0, "REDIS_URL lacks the name of the master");
    set("REDIS_URL", "cluster://h1:6379/1");
    refuses(0, "REDIS_URL has a database number, and a Cluster knows only 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_good_values, empty),
        cmocka_unit_test_setup(test_bad_values_are_named_and_not_shown, empty),
        cmocka_unit_test_setup(test_webhook_secrets_have_an_end, empty),
        cmocka_unit_test_setup(test_a_host_without_end, empty),
        cmocka_unit_test_setup(test_redis_addresses, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
