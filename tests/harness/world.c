/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/world.h"

#include "core/base/clock.h"
#include "core/io/db.h"
#include "migrations/migrate.h"
#include "tests/harness/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REDIS_NUMBERS 4095 /* 0 is where the numbers are counted */

struct world {
    struct config cfg;
    char name[64], socket[128], url[160];
    pid_t owner;
    struct world *next;
};

static struct world *worlds;
static int made;

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test harness: %s\n", what);
    exit(1);
}

/* ---- Redis: two commands by hand, to be independent of what is tested ----------- */

static long redis_ask(int fd, const char *line)
{
    char answer[128];
    ssize_t n;

    need(write(fd, line, strlen(line)) == (ssize_t)strlen(line),
         "Redis does not listen");
    n = read(fd, answer, sizeof answer - 1);
    need(n > 1 && answer[0] != '-', "Redis refused");
    answer[n] = '\0';
    return strtol(answer + 1, NULL, 10);
}

static int redis_number(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char select[32];
    int number;

    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    need(connect(fd, (struct sockaddr *)&a, sizeof a) == 0, "no Redis there");
    number = 1 + (int)(redis_ask(fd, "INCR harness:last\r\n") % REDIS_NUMBERS);
    snprintf(select, sizeof select, "SELECT %d\r\n", number);
    redis_ask(fd, select);
    redis_ask(fd, "FLUSHDB\r\n");
    close(fd);
    return number;
}

/* ---- the schema ----------------------------------------------------------------- */

static void sql(const struct world *w, const char *before, const char *after)
{
    struct config anywhere = w->cfg;
    char text[256];
    const char *why = "";
    struct db *db;

    anywhere.database_name = NULL;
    db = db_open(&anywhere);
    need(db != NULL, "no memory");
    snprintf(text, sizeof text, "%s %s %s", before, w->name, after);
    if (db_script(db, text, strlen(text), &why) != ST_OK)
        fprintf(stderr, "test harness: %s: %s\n", text, why);
    db_close(db);
}

static void drop_all(void)
{
    for (struct world *w = worlds; w != NULL && w->owner == getpid(); w = w->next)
        if (access(w->socket, F_OK) == 0)
            sql(w, "DROP DATABASE IF EXISTS", "");
}

static struct world *make(const char *mysql_socket)
{
    struct world *w = calloc(1, sizeof *w);

    need(w != NULL, "no memory");
    if (worlds == NULL)
        atexit(drop_all); /* before the servers end: exit calls the last one first */
    w->owner = getpid();
    w->next = worlds;
    worlds = w;
    snprintf(w->socket, sizeof w->socket, "%s", mysql_socket);
    snprintf(w->name, sizeof w->name, "dvt_%d_%d", (int)getpid(), ++made);
    w->cfg = (struct config){
        .database_host = "127.0.0.1",
        .database_port = 3306,
        .database_socket = w->socket,
        .database_name = w->name,
        .database_user = "root",
        .redis_url = w->url,
        .redis_cache_url = w->url,
        .redis_fsm_url = w->url,
        .queue_shards = 1,
        .telegram_bot_token = "1000001:client-token-of-the-tests-000000000",
        .telegram_auth_bot_token = "1000002:cashier-token-of-the-tests-00000000",
        .telegram_api_base = "http://127.0.0.1:1",
        .telegram_updates = UPDATES_WEBHOOK,
        .telegram_webhook_secret = "client-webhook-secret-of-tests",
        .telegram_auth_webhook_secret = "cashier-webhook-secret-of-tests",
        .internal_api_key = "internal-key-of-the-tests",
        .jwt_secret_key = "a-key-of-the-tests-that-is-long-enough-0",
        .timezone = "Asia/Vladivostok",
        .api_listen = "127.0.0.1:0",
        .bots_listen = "127.0.0.1:0",
        .worker_processes = 2,
        .log_level = "warn",
        .log_format = "json",
    };
    sql(w, "CREATE DATABASE", "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci");
    return w;
}

static void migrate(struct world *w)
{
    struct db *db = db_open(&w->cfg);
    const char *why = "no memory";

    if (db == NULL || migrate_up(db, &migrations_all, clock_now(), NULL, &why) != ST_OK)
        need(false, why);
    db_close(db);
}

struct config *world_config_empty(void)
{
    const char *redis = harness_redis_socket();
    struct world *w = make(harness_mysql_socket());

    snprintf(w->url, sizeof w->url, "unix://%s?db=%d", redis, redis_number(redis));
    return &w->cfg;
}

struct config *world_config(void)
{
    struct config *cfg = world_config_empty();

    migrate(worlds);
    return cfg;
}

struct config *world_config_on(const char *mysql_socket)
{
    struct world *w = make(mysql_socket);

    w->cfg.redis_url = w->cfg.redis_cache_url = w->cfg.redis_fsm_url = NULL;
    migrate(w);
    return &w->cfg;
}

void world_export(const struct config *cfg)
{
    char processes[24];
    const struct {
        const char *name, *value;
    } all[] = {
        {"DATABASE_HOST", cfg->database_host},
        {"DATABASE_SOCKET", cfg->database_socket},
        {"DATABASE_NAME", cfg->database_name},
        {"DATABASE_USER", cfg->database_user},
        {"DATABASE_PASSWORD", cfg->database_password},
        {"REDIS_URL", cfg->redis_url},
        {"REDIS_CACHE_URL", cfg->redis_cache_url},
        {"REDIS_FSM_URL", cfg->redis_fsm_url},
        {"TELEGRAM_BOT_TOKEN", cfg->telegram_bot_token},
        {"TELEGRAM_AUTH_BOT_TOKEN", cfg->telegram_auth_bot_token},
        {"TELEGRAM_API_BASE", cfg->telegram_api_base},
        {"SCANNER_URL", cfg->scanner_url},
        {"TELEGRAM_UPDATES",
         cfg->telegram_updates == UPDATES_WEBHOOK ? "webhook" : "polling"},
        {"TELEGRAM_WEBHOOK_SECRET", cfg->telegram_webhook_secret},
        {"TELEGRAM_AUTH_WEBHOOK_SECRET", cfg->telegram_auth_webhook_secret},
        {"INTERNAL_API_KEY", cfg->internal_api_key},
        {"JWT_SECRET_KEY", cfg->jwt_secret_key},
        {"PUBLIC_URL", cfg->public_url},
        {"TIMEZONE", cfg->timezone},
        {"API_LISTEN", cfg->api_listen},
        {"BOTS_LISTEN", cfg->bots_listen},
        {"WORKER_PROCESSES", processes},
        {"LOG_LEVEL", cfg->log_level},
        {"LOG_FORMAT", cfg->log_format},
    };

    snprintf(processes, sizeof processes, "%lld", (long long)cfg->worker_processes);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].value != NULL && *all[i].value != '\0')
            setenv(all[i].name, all[i].value, 1);
        else
            unsetenv(all[i].name);
    }
}
