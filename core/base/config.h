/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/config.h - settings from the environment.
 *
 * One table in config.c holds each setting's name, default, kind, whether it is a
 * secret and what it is for; the same table reads the environment, prints
 * `dvorik --help` and writes `.env.example`. Every NAME may be given as NAME_FILE, a
 * path whose first line is the value. A missing or wrong value is one line naming the
 * variable, exit status 2, before anything is started. Secrets are handed to
 * log_secret() as they are read. */
#ifndef CORE_BASE_CONFIG_H
#define CORE_BASE_CONFIG_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum config_updates { UPDATES_WEBHOOK, UPDATES_POLLING };

struct config {
    const char *database_host, *database_socket, *database_name, *database_user,
        *database_password, *database_ssl_ca, *database_read_host;
    int64_t database_port;
    const char *redis_url, *redis_cache_url, *redis_fsm_url;
    int64_t queue_shards;
    const char *telegram_bot_token, *telegram_auth_bot_token;
    const char *telegram_api_base, *telegram_proxy;
    enum config_updates telegram_updates;
    const char *telegram_webhook_secret, *telegram_auth_webhook_secret;
    const char *telegram_webhook_secret_old, *telegram_auth_webhook_secret_old;
    const char *public_url, *scanner_url;
    int64_t superadmin_telegram_id;
    const char *jwt_secret_key, *jwt_secret_key_old, *internal_api_key,
        *internal_api_key_old;
    const char *timezone;
    const char *api_listen, *bots_listen, *api_jobs_listen;
    int64_t api_hands, api_rate;
    const char *trusted_proxies;
    const char *worker_metrics_listen, *scheduler_metrics_listen;
    int64_t worker_processes;
    const char *log_level, *log_format;
};

/* What a program cannot do without; the rest may be absent. */
enum config_need {
    NEED_DATABASE = 1,
    NEED_REDIS = 2,
    NEED_TELEGRAM = 4, /* both tokens, different from one another */
    NEED_WEBHOOK = 8,  /* both secrets, different, when updates come by webhook */
};

/* Reads the process's environment into cfg (strings live until config_free).
 * ST_BAD: *why is one line for a person, lent until the next call. */
must_check enum status config_load(struct config *cfg, unsigned need, const char **why);
void config_free(struct config *cfg);

/* The i-th setting that was given although no code of this version uses it; NULL: there
 * are no more. Worth a warning, as its giver expects something. */
const char *config_idle(int i);

void config_print_help(FILE *out);    /* the settings' part of `dvorik --help` */
void config_print_example(FILE *out); /* .env.example */

#endif
