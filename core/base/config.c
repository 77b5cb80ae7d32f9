/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/config.h"

#include "core/base/config_value.h"
#include "core/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API_OF_TELEGRAM "https://api.telegram.org"
#define FILE_LINE_MAX 65536

/* ---- the table ------------------------------------------------------------------ */

struct setting {
    const char *name; /* NULL: a heading, its text in help */
    enum config_kind kind;
    size_t offset; /* in struct config */
    const char *otherwise;
    unsigned secret, need; /* need: without it these programs do not start */
    const char *help;      /* one line, lower case, as it follows "… is missing: " */
    bool later;            /* read and checked, but no code of this version uses it */
};

#define HEADING(text)                                                                  \
    {                                                                                  \
        NULL, CONFIG_TEXT, 0, NULL, 0, 0, text                                         \
    }
#define AT(member) offsetof(struct config, member)
#define SECRET 1
#define LATER true

/* clang-format off */
static const struct setting settings[] = {
    HEADING("MySQL 8.4+ or MariaDB 10.11+"),
    {"DATABASE_HOST", CONFIG_HOST, AT(database_host), "127.0.0.1", 0, 0,
     "the server's host"},
    {"DATABASE_PORT", CONFIG_PORT, AT(database_port), "3306", 0, 0, "the server's port"},
    {"DATABASE_SOCKET", CONFIG_PATH, AT(database_socket), NULL, 0, 0,
     "the server's Unix socket, instead of host and port"},
    {"DATABASE_NAME", CONFIG_SCHEMA, AT(database_name), "dvorik", 0, 0,
     "the database of this installation"},
    {"DATABASE_USER", CONFIG_TEXT, AT(database_user), "dvorik", 0, 0,
     "who logs in"},
    {"DATABASE_PASSWORD", CONFIG_TEXT, AT(database_password), NULL, SECRET, 0,
     "that user's password"},
    {"DATABASE_SSL_CA", CONFIG_PATH, AT(database_ssl_ca), NULL, 0, 0,
     "CA certificate (PEM): talk TLS and check the server with it"},
    {"DATABASE_READ_HOST", CONFIG_HOST, AT(database_read_host), NULL, 0, 0,
     "host of a replica for reports", LATER},

    HEADING("Redis 7+ (appendonly yes, maxmemory-policy noeviction)"),
    {"REDIS_URL", CONFIG_REDIS, AT(redis_url), "redis://127.0.0.1:6379/0", 0, 0,
     "the queue; also unix:// sentinel:// cluster://"},
    {"REDIS_CACHE_URL", CONFIG_REDIS, AT(redis_cache_url), NULL, 0, 0,
     "the cache; REDIS_URL when absent", LATER},
    {"REDIS_FSM_URL", CONFIG_REDIS, AT(redis_fsm_url), NULL, 0, 0,
     "states of conversations; REDIS_URL when absent"},
    {"QUEUE_SHARDS", CONFIG_SHARDS, AT(queue_shards), "1", 0, 0,
     "parts of the queue, 1 to 32; more than nodes on a cluster"},

    HEADING("Telegram"),
    {"TELEGRAM_BOT_TOKEN", CONFIG_TOKEN, AT(telegram_bot_token), NULL, SECRET,
     NEED_TELEGRAM, "the client bot's token from @BotFather"},
    {"TELEGRAM_AUTH_BOT_TOKEN", CONFIG_TOKEN, AT(telegram_auth_bot_token), NULL, SECRET,
     NEED_TELEGRAM, "the cashier bot's token from @BotFather, another bot"},
    {"TELEGRAM_API_BASE", CONFIG_URL, AT(telegram_api_base), API_OF_TELEGRAM, 0, 0,
     "the Bot API server"},
    {"TELEGRAM_PROXY", CONFIG_PROXY, AT(telegram_proxy), NULL, 0, 0,
     "proxy on the way to it, as socks5h://host:1080"},
    {"TELEGRAM_UPDATES", CONFIG_UPDATES, AT(telegram_updates), NULL, 0, 0,
     "webhook or polling; webhook when PUBLIC_URL is set, else polling"},
    {"TELEGRAM_WEBHOOK_SECRET", CONFIG_HOOK, AT(telegram_webhook_secret), NULL, SECRET, 0,
     "what Telegram shows us for the client bot, 1 to 256 of A-Z a-z 0-9 _ -"},
    {"TELEGRAM_AUTH_WEBHOOK_SECRET", CONFIG_HOOK, AT(telegram_auth_webhook_secret), NULL,
     SECRET, 0, "the same for the cashier bot, another one"},
    {"TELEGRAM_WEBHOOK_SECRET_OLD", CONFIG_HOOK, AT(telegram_webhook_secret_old), NULL,
     SECRET, 0, "the one before: good until Telegram was told of the new one"},
    {"TELEGRAM_AUTH_WEBHOOK_SECRET_OLD", CONFIG_HOOK,
     AT(telegram_auth_webhook_secret_old), NULL, SECRET, 0,
     "the same for the cashier bot"},
    {"PUBLIC_URL", CONFIG_PUBLIC, AT(public_url), NULL, 0, 0,
     "https address of this installation, as https://shop.example"},
    {"SCANNER_URL", CONFIG_URL, AT(scanner_url), NULL, 0, 0,
     "the scanner's page of the api; PUBLIC_URL/scan when absent"},
    {"SUPERADMIN_TELEGRAM_ID", CONFIG_ID, AT(superadmin_telegram_id), NULL, 0, 0,
     "who becomes the owner at the first start"},

    HEADING("Keys (make one with: openssl rand -hex 32)"),
    {"JWT_SECRET_KEY", CONFIG_KEY, AT(jwt_secret_key), NULL, SECRET, 0,
     "signs the panel's logins, 32 bytes or more"},
    {"JWT_SECRET_KEY_OLD", CONFIG_KEY, AT(jwt_secret_key_old), NULL, SECRET, 0,
     "the one before: its logins hold until they end"},
    {"INTERNAL_API_KEY", CONFIG_TEXT, AT(internal_api_key), NULL, SECRET, 0,
     "opens /internal/*; closed when absent"},
    {"INTERNAL_API_KEY_OLD", CONFIG_TEXT, AT(internal_api_key_old), NULL, SECRET, 0,
     "the one before: opens as well while it stands here"},

    HEADING("The rest"),
    {"TIMEZONE", CONFIG_ZONE, AT(timezone), "Asia/Vladivostok", 0, 0,
     "the installation's calendar"},
    {"API_LISTEN", CONFIG_LISTEN, AT(api_listen), "127.0.0.1:8000", 0, 0,
     "where api listens"},
    {"BOTS_LISTEN", CONFIG_LISTEN, AT(bots_listen), "127.0.0.1:8080", 0, 0,
     "where bots listens"},
    {"API_HANDS", CONFIG_HANDS, AT(api_hands), "4", 0, 0,
     "requests of the admin API worked on at a time, 1 to 64"},
    {"API_RATE", CONFIG_RATE, AT(api_rate), "100", 0, 0,
     "how often api may be asked, in percent of the usual; 0: without limits"},
    {"TRUSTED_PROXIES", CONFIG_PROXIES, AT(trusted_proxies), "127.0.0.1,::1", 0, 0,
     "whose X-Forwarded-For is believed, as 127.0.0.1,10.0.0.0/8"},
    {"API_JOBS_LISTEN", CONFIG_LISTEN, AT(api_jobs_listen), NULL, 0, 0,
     "where api shows the queue alone, as 127.0.0.1:5555; nowhere when absent"},
    {"WORKER_METRICS_LISTEN", CONFIG_LISTEN, AT(worker_metrics_listen), NULL, 0, 0,
     "where worker shows its metrics, as 127.0.0.1:9101; nowhere when absent"},
    {"SCHEDULER_METRICS_LISTEN", CONFIG_LISTEN, AT(scheduler_metrics_listen), NULL, 0, 0,
     "where scheduler shows its metrics, as 127.0.0.1:9102; nowhere when absent"},
    {"WORKER_PROCESSES", CONFIG_PROCESSES, AT(worker_processes), NULL, 0, 0,
     "worker's logic children; one a core when absent"},
    {"LOG_LEVEL", CONFIG_LEVEL, AT(log_level), "info", 0, 0, "debug, info, warn or error"},
    {"LOG_FORMAT", CONFIG_FORMAT, AT(log_format), NULL, 0, 0,
     "json or text; text on a terminal, else json"},
};
/* clang-format on */

#define SETTINGS (sizeof settings / sizeof *settings)

/* ---- why not -------------------------------------------------------------------- */

static char why_line[512];

static enum status refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static enum status refuse(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why_line, sizeof why_line, fmt, ap);
    va_end(ap);
    return ST_BAD;
}

/* ---- one setting ---------------------------------------------------------------- */

static bool is_text(const struct setting *s)
{
    return s->name != NULL && s->kind != CONFIG_UPDATES &&
           !config_kind_is_number(s->kind);
}

static const char **text_of(struct config *cfg, const struct setting *s)
{
    return (const char **)((char *)cfg + s->offset);
}

/* Empty is absent: compose files and shells hand over NAME= for what nobody set. */
static const char *env(const char *name)
{
    const char *v = getenv(name);

    return v != NULL && *v != '\0' ? v : NULL;
}

/* The first line of the file named by NAME_FILE. *line stays NULL when there is none.
 */
static enum status read_file(const char *name, char **line)
{
    char file_name[64];
    const char *path;
    ssize_t n;
    size_t cap = 0;
    FILE *f;

    *line = NULL;
    snprintf(file_name, sizeof file_name, "%s_FILE", name);
    path = env(file_name);
    if (path == NULL)
        return ST_OK;
    f = fopen(path, "re");
    if (f == NULL)
        return refuse("%s: cannot read %s: %s", file_name, path, strerror(errno));
    n = getline(line, &cap, f);
    fclose(f);
    if (n <= 0 || n > FILE_LINE_MAX || strlen(*line) != (size_t)n)
        n = -1;
    else
        (*line)[strcspn(*line, "\r\n")] = '\0';
    if (n > 0 && **line != '\0')
        return ST_OK;
    free(*line);
    *line = NULL;
    return refuse("%s: the first line of %s is empty or no text", file_name, path);
}

/* *value: yours, NULL when the setting is absent and has no default. */
static enum status find_value(const struct setting *s, char **value)
{
    const char *given = env(s->name);
    enum status st = read_file(s->name, value);

    if (st != ST_OK)
        return st;
    if (given != NULL && *value != NULL && strcmp(given, *value) != 0) {
        free(*value);
        *value = NULL;
        return refuse("%s and %s_FILE are both set and differ: keep one", s->name,
                      s->name);
    }
    if (given == NULL)
        given = s->otherwise;
    if (*value == NULL && given != NULL) {
        *value = strdup(given);
        if (*value == NULL)
            return refuse("no memory to read the settings");
    }
    return ST_OK;
}

/* The password inside a URL is as secret as one that stands alone. */
static void hide_password(const char *url)
{
    const char *start = strstr(url, "://"), *end, *colon;
    char *password;

    if (start == NULL)
        return;
    start += 3;
    end = strchr(start, '@');
    for (const char *at = end; at != NULL; at = strchr(at + 1, '@'))
        end = at;
    if (end == NULL)
        return;
    colon = memchr(start, ':', (size_t)(end - start));
    if (colon != NULL)
        start = colon + 1;
    password = strndup(start, (size_t)(end - start));
    log_secret(password);
    free(password);
}

static void strip_slashes(char *url)
{
    size_t n = strlen(url);

    while (n > 0 && url[n - 1] == '/')
        url[--n] = '\0';
}

/* Takes value over. */
static void store(struct config *cfg, const struct setting *s, char *value)
{
    if (is_text(s)) {
        if (s->kind == CONFIG_URL || s->kind == CONFIG_PUBLIC)
            strip_slashes(value);
        *text_of(cfg, s) = value;
        return;
    }
    if (s->kind == CONFIG_UPDATES)
        cfg->telegram_updates =
            strcmp(value, "webhook") == 0 ? UPDATES_WEBHOOK : UPDATES_POLLING;
    else
        *(int64_t *)((char *)cfg + s->offset) = config_value_number(value);
    free(value);
}

static enum status load_one(struct config *cfg, const struct setting *s, unsigned need)
{
    const char *fault;
    char *value;
    enum status st = find_value(s, &value);

    if (st != ST_OK)
        return st;
    if (value == NULL)
        return (s->need & need) == 0
                   ? ST_OK
                   : refuse("%s is missing: %s (see .env.example)", s->name, s->help);
    if (s->secret)
        log_secret(value);
    if (s->kind == CONFIG_REDIS || s->kind == CONFIG_PROXY)
        hide_password(value);
    fault = config_value_fault(s->kind, value);
    if (fault == NULL) {
        store(cfg, s, value);
        return ST_OK;
    }
    free(value);
    return refuse("%s %s", s->name, fault);
}

/* ---- settings that depend on one another ---------------------------------------- */

static enum status or_else(const char **text, const char *otherwise)
{
    if (*text == NULL && otherwise != NULL) {
        *text = strdup(otherwise);
        if (*text == NULL)
            return refuse("no memory to read the settings");
    }
    return ST_OK;
}

static enum status fill_in(struct config *cfg)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    enum status st;

    if (env("TELEGRAM_UPDATES") == NULL && env("TELEGRAM_UPDATES_FILE") == NULL)
        cfg->telegram_updates =
            cfg->public_url != NULL ? UPDATES_WEBHOOK : UPDATES_POLLING;
    if (cfg->worker_processes == 0)
        cfg->worker_processes = cores < 1 ? 1 : cores > 256 ? 256 : cores;
    st = or_else(&cfg->redis_cache_url, cfg->redis_url);
    if (st == ST_OK)
        st = or_else(&cfg->redis_fsm_url, cfg->redis_url);
    if (st == ST_OK)
        st = or_else(&cfg->log_format, isatty(STDERR_FILENO) ? "text" : "json");
    return st;
}

/* A new token of the same bot differs, its digits do not. */
static bool same_bot(const char *a, const char *b)
{
    size_t n = strcspn(a, ":");

    return n == strcspn(b, ":") && strncmp(a, b, n) == 0;
}

static enum status check_webhook(const struct config *cfg)
{
    const char *client = cfg->telegram_webhook_secret;
    const char *cashier = cfg->telegram_auth_webhook_secret;

    if (client == NULL)
        return refuse(
            "TELEGRAM_WEBHOOK_SECRET is missing: updates come by webhook, and "
            "this is how Telegram is known (see .env.example)");
    if (cashier == NULL)
        return refuse(
            "TELEGRAM_AUTH_WEBHOOK_SECRET is missing: updates come by webhook, "
            "and this is how Telegram is known (see .env.example)");
    return ST_OK;
}

static enum status check_together(const struct config *cfg, unsigned need)
{
    const char *hook = cfg->telegram_webhook_secret;
    const char *auth_hook = cfg->telegram_auth_webhook_secret;

    if (cfg->telegram_bot_token != NULL && cfg->telegram_auth_bot_token != NULL &&
        same_bot(cfg->telegram_bot_token, cfg->telegram_auth_bot_token))
        return refuse(
            "TELEGRAM_AUTH_BOT_TOKEN is of the same bot as TELEGRAM_BOT_TOKEN: "
            "make a second bot with @BotFather");
    if (hook != NULL && auth_hook != NULL && strcmp(hook, auth_hook) == 0)
        return refuse("TELEGRAM_AUTH_WEBHOOK_SECRET is the same as "
                      "TELEGRAM_WEBHOOK_SECRET: make another one");
    if (cfg->scanner_url != NULL && strncmp(cfg->scanner_url, "https://", 8) != 0 &&
        strcmp(cfg->telegram_api_base, API_OF_TELEGRAM) == 0)
        return refuse("SCANNER_URL is not an https:// address: Telegram refuses every "
                      "message with a button that leads elsewhere");
    if (cfg->telegram_updates != UPDATES_WEBHOOK)
        return ST_OK;
    if (cfg->public_url == NULL && strcmp(cfg->telegram_api_base, API_OF_TELEGRAM) == 0)
        return refuse("PUBLIC_URL is missing: TELEGRAM_UPDATES=webhook needs the https "
                      "address Telegram shall call");
    return need & NEED_WEBHOOK ? check_webhook(cfg) : ST_OK;
}

enum status config_load(struct config *cfg, unsigned need, const char **why)
{
    enum status st = ST_OK;

    *cfg = (struct config){0};
    *why = why_line;
    for (size_t i = 0; i < SETTINGS && st == ST_OK; i++)
        if (settings[i].name != NULL)
            st = load_one(cfg, &settings[i], need);
    if (st == ST_OK)
        st = fill_in(cfg);
    if (st == ST_OK)
        st = check_together(cfg, need);
    if (st != ST_OK)
        config_free(cfg);
    return st;
}

void config_free(struct config *cfg)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (is_text(&settings[i]))
            free((char *)*text_of(cfg, &settings[i]));
    *cfg = (struct config){0};
}

/* ---- the table, printed --------------------------------------------------------- */

static const char *later(const struct setting *s)
{
    return s->later ? " (not used yet)" : "";
}

const char *config_idle(int i)
{
    char file_name[64];

    for (size_t k = 0; k < SETTINGS; k++) {
        if (!settings[k].later || settings[k].secret) /* secrets are made ahead */
            continue;
        snprintf(file_name, sizeof file_name, "%s_FILE", settings[k].name);
        if ((env(settings[k].name) != NULL || env(file_name) != NULL) && i-- == 0)
            return settings[k].name;
    }
    return NULL;
}

void config_print_help(FILE *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];

        if (s->name == NULL)
            fprintf(out, "\n  %s\n", s->help);
        else if (s->otherwise == NULL)
            fprintf(out, "    %-30s%s%s\n", s->name, s->help, later(s));
        else
            fprintf(out, "    %-30s%s [%s]\n", s->name, s->help, s->otherwise);
    }
}

void config_print_example(FILE *out)
{
    fputs(
        "# Settings of Dvorik. Copy to .env and fill in; what stays empty takes its\n"
        "# default, which stands in [brackets]; under ./run an empty database or "
        "Redis\n"
        "# is a private one. Each NAME may be given as NAME_FILE: a path whose first\n"
        "# line is the value. Written by `dvorik help --env-example`.\n",
        out);
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];

        if (s->name == NULL)
            fprintf(out, "\n# ---- %s\n", s->help);
        else if (s->otherwise == NULL)
            fprintf(out, "# %s%s\n%s=\n", s->help, later(s), s->name);
        else
            fprintf(out, "# %s [%s]\n%s=\n", s->help, s->otherwise, s->name);
    }
}
