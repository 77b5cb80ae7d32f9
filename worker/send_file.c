/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * send.file_fetch {"bot","file","chat","from"}: the bytes of a photo that somebody
 * sent. getFile, download, a key in Redis for five minutes, then a bot.file_fetched job
 * that names the key, or a "fault": "too_big", "gone", "unavailable". */
#include "worker/send.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/log.h"
#include "core/io/scan.h"

#include <stdio.h>
#include <stdlib.h>

#define KEEP_S "300"
#define RETRY_BASE_MS 500
#define RETRY_CAP_MS 4000 /* a cashier waits */

struct fetch {
    enum tg_bot bot;
    struct json *answer; /* args of the job that carries it */
    int tries;
};

static void fetch_start(struct unit *u);

static void fetch_free(void *own)
{
    struct fetch *f = own;

    json_free(f->answer);
    free(f);
}

static struct pace pace_of(const struct unit *u)
{
    const struct fetch *f = u->own;

    return (struct pace){tg_bot_name(f->bot), PACE_INTERACTIVE, 0};
}

static void fetch_reply(struct unit *u)
{
    const struct fetch *f = u->own;
    struct unit_reply r = {KIND_BOT_FILE_FETCHED, json_int_or(u->job.args, "from", 0),
                           f->answer};

    if (unit_reply(u, &r) == ST_OK)
        unit_done(u);
    else
        unit_away(u, fetch_reply);
}

static void fetch_end(struct unit *u, const char *what, const char *value)
{
    struct fetch *f = u->own;

    json_set_text(f->answer, what, value);
    unit_next(u, fetch_reply);
}

/* Anything but bytes: once more while it may help and somebody may still be waiting. */
static void fetch_failed(struct unit *u, const struct tg_answer *a)
{
    struct fetch *f = u->own;
    struct pace p = pace_of(u);
    enum tg_fate fate = a->verdict.fate;
    int64_t frozen = unit_heed(u, &p, a);

    log_warn("file not fetched", LOG_TEXT("why", a->verdict.description));
    if (a->too_big)
        fetch_end(u, "fault", "too_big");
    else if (fate == TG_NEVER)
        fetch_end(u, "fault", "gone");
    else if (frozen > 0 || ++f->tries >= kind_policy(u->job.kind)->tries)
        fetch_end(u, "fault", "unavailable");
    else
        unit_hold(u, backoff_ms(f->tries, RETRY_BASE_MS, RETRY_CAP_MS), fetch_start);
}

static enum status bytes_keep(struct unit *u, const char *key,
                              const struct tg_answer *a)
{
    struct redis_cmd c = {0};
    struct redis_reply *r = NULL;
    enum status st;

    redis_arg_text(&c, "SETEX");
    redis_arg_text(&c, key);
    redis_arg_text(&c, KEEP_S);
    redis_arg(&c, a->bytes, a->n);
    st = redis_call(u->send->cache, &c, REDIS_DEADLINE_MS, &r);
    redis_free(r);
    redis_cmd_free(&c);
    return st;
}

static void on_bytes(void *arg, const struct tg_answer *a)
{
    struct unit *u = arg;
    char id[ULID_TEXT + 1], key[ULID_TEXT + 16];

    unit_answered(u);
    if (a->verdict.fate != TG_SENT) {
        fetch_failed(u, a);
        return;
    }
    ulid_print(u->job.id, id);
    snprintf(key, sizeof(key), "dv:file:%s", id);
    if (bytes_keep(u, key, a) == ST_OK)
        fetch_end(u, "key", key);
    else
        fetch_end(u, "fault", "unavailable");
}

static void on_file(void *arg, const struct tg_answer *a)
{
    struct unit *u = arg;
    const struct fetch *f = u->own;
    struct tg_ask ask = {.bot = f->bot, .done = on_bytes, .arg = u};

    unit_answered(u);
    ask.method = json_text(a->result, "file_path", NULL);
    if (a->verdict.fate != TG_SENT)
        fetch_failed(u, a);
    else if (json_int_or(a->result, "file_size", 0) > SCAN_BYTES_MAX)
        fetch_end(u, "fault", "too_big");
    else if (ask.method != NULL && u->send->tg != NULL &&
             tg_download(u->send->tg, &ask, SCAN_BYTES_MAX) == ST_OK)
        unit_busy(u);
    else
        fetch_end(u, "fault", "unavailable");
}

static bool file_call(struct unit *u)
{
    const struct fetch *f = u->own;
    struct tg_ask ask = {.bot = f->bot, .method = "getFile", .done = on_file, .arg = u};
    bool called;

    ask.params = json_new_object();
    json_set_text(ask.params, "file_id", json_text(u->job.args, "file", NULL));
    called = u->send->tg != NULL && tg_call(u->send->tg, &ask) == ST_OK;
    json_free(ask.params);
    return called;
}

static bool fetch_begin(struct unit *u)
{
    struct fetch *f = calloc(1, sizeof(*f));
    const char *bot = json_text(u->job.args, "bot", NULL);

    u->own = f;
    if (f == NULL)
        return false;
    if (!tg_bot_find(bot, &f->bot))
        f->bot = TG_BOTS; /* which has no token: unavailable */
    f->answer = json_new_object();
    json_set_text(f->answer, "bot", bot);
    json_set_int(f->answer, "chat", json_int_or(u->job.args, "chat", 0));
    json_set_int(f->answer, "from", json_int_or(u->job.args, "from", 0));
    return f->answer != NULL;
}

static void fetch_start(struct unit *u)
{
    struct pace p;

    if (!unit_fresh(u, fetch_start))
        return;
    if (u->own == NULL && !fetch_begin(u)) {
        unit_away(u, fetch_start);
        return;
    }
    p = pace_of(u);
    if (unit_pace(u, &p) == 0 && file_call(u))
        unit_busy(u);
    else
        fetch_end(u, "fault", "unavailable");
}

const struct send_kind send_file_kind = {
    .kind = KIND_SEND_FILE_FETCH, .start = fetch_start, .own_free = fetch_free};
