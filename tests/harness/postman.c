/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/postman.h"

#include "tests/harness/until.h"
#include "tests/harness/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 37
#define AGAIN_MS 20

void postman_open(struct postman *m, const struct config *cfg)
{
    char listen[32];

    *m = (struct postman){.cfg = cfg, .port = web_free_port()};
    snprintf(listen, sizeof listen, "127.0.0.1:%d", m->port);
    setenv("BOTS_LISTEN", listen, 1);
}

int64_t postman_next(struct postman *m)
{
    return atomic_fetch_add(&m->last, 1) + 1;
}

int postman_post(struct postman *m, int64_t update_id)
{
    char head[200], body[256];
    struct web_ask ask = {m->port, "POST", "/telegram/client", head, body, 0};
    long long id = update_id, who = 7000000 + update_id % PEOPLE;
    int status;

    snprintf(
        head, sizeof head,
        "X-Telegram-Bot-Api-Secret-Token: %s\r\nContent-Type: application/json\r\n",
        m->cfg->telegram_webhook_secret);
    snprintf(body, sizeof body,
             "{\"update_id\":%lld,\"message\":{\"message_id\":%lld,\"date\":1789689600,"
             "\"from\":{\"id\":%lld,\"is_bot\":true,\"first_name\":\"B\"},"
             "\"chat\":{\"id\":%lld,\"type\":\"private\"},\"text\":\"x\"}}",
             id, id, who, who);
    ask.n = strlen(body);
    status = web_ask(&ask, NULL);
    atomic_fetch_add(status == 200 ? &m->delivered
                     : status > 0  ? &m->refused
                                   : &m->unanswered,
                     1);
    return status;
}

struct delivery {
    struct postman *m;
    int64_t id;
};

static bool delivered(void *arg)
{
    struct delivery *d = arg;

    return postman_post(d->m, d->id) == 200;
}

static void *walk(void *arg)
{
    struct postman *m = arg;

    while (!atomic_load(&m->stop)) {
        struct delivery d = {m, postman_next(m)};

        if (!until(delivered, &d, 60000))
            abort(); /* bots never came back */
    }
    return NULL;
}

void postman_start(struct postman *m)
{
    atomic_store(&m->stop, false);
    if (pthread_create(&m->thread, NULL, walk, m) != 0)
        abort();
}

void postman_stop(struct postman *m)
{
    atomic_store(&m->stop, true);
    pthread_join(m->thread, NULL);
}

struct judgement {
    struct postman *m;
    struct db *db;
};

static int64_t number(struct db *db, const char *sql)
{
    return db_one(db, sql) == ST_OK ? db_int(db, 0) : -1;
}

static bool all_noted(void *arg)
{
    struct judgement *j = arg;

    return number(j->db, "SELECT COUNT(*) FROM update_seen WHERE bot = 'client'") ==
           atomic_load(&j->m->last);
}

void postman_judge(struct postman *m, struct db *db, int ms)
{
    struct judgement j = {m, db};

    if (!until(all_noted, &j, ms))
        fail_msg("%lld of %lld updates were noted",
                 (long long)number(db, "SELECT COUNT(*) FROM update_seen"),
                 (long long)atomic_load(&m->last));
    assert_int_equal(number(db, "SELECT COUNT(*) FROM job_hist WHERE"
                                " kind = 'bot.update' AND outcome = 'done'"),
                     atomic_load(&m->last));
    if (db_one(db, "SELECT outcome, why FROM job_hist WHERE kind = 'bot.update'"
                   " AND outcome <> 'done' AND why NOT LIKE 'its worker died%'"
                   " LIMIT 1") == ST_OK)
        fail_msg("an update failed: %s, %s", db_text(db, 0, NULL),
                 db_text(db, 1, NULL));
    assert_int_equal(number(db, "SELECT COUNT(*) FROM job_dead"), 0);
}
