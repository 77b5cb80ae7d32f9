/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/dialog.h"

#include "core/base/buf.h"
#include "core/base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_BYTES 64
#define VALUE_BYTES 192

/* What dialog_keep leaves for after the commit. */
struct keep {
    char key[KEY_BYTES];
    char value[VALUE_BYTES]; /* "": forget */
};

static bool copy_text(const struct json *o, const char *path, char *out, size_t room)
{
    size_t n = 0;
    const char *s = json_text(o, path, &n);

    if (s == NULL || n >= room || memchr(s, '\0', n) != NULL)
        return false;
    memcpy(out, s, n);
    out[n] = '\0';
    return true;
}

enum status dialog_parse(const char *s, size_t n, struct dialog *out)
{
    struct json *o = json_parse(s, n);
    bool fine = json_int_or(o, "v", 0) == 1 &&
                copy_text(o, "at", out->at, sizeof(out->at)) &&
                copy_text(o, "word", out->word, sizeof(out->word));

    json_free(o);
    if (!fine)
        *out = (struct dialog){0};
    return fine ? ST_OK : ST_BAD;
}

bool dialog_print(struct buf *out, const struct dialog *d)
{
    buf_adds(out, "{\"v\":1,\"at\":");
    buf_add_json(out, d->at, strlen(d->at));
    buf_adds(out, ",\"word\":");
    buf_add_json(out, d->word, strlen(d->word));
    buf_adds(out, "}");
    return !out->failed && out->len < VALUE_BYTES;
}

static void key_print(char out[KEY_BYTES], const char *bot, int64_t user)
{
    snprintf(out, KEY_BYTES, "dv:fsm:%s:%" PRId64, bot, user);
}

enum status dialog_load(struct step *s, const char *bot, int64_t user,
                        struct dialog *out)
{
    struct redis_reply *r = NULL;
    enum status st = ST_NONE;
    char key[KEY_BYTES];
    const char *text;
    size_t n;

    *out = (struct dialog){0};
    if (s->cache == NULL)
        return ST_NONE;
    key_print(key, bot, user);
    if (redis_do(s->cache, &r, "GET", key, NULL) == ST_OK) {
        text = redis_text(r, &n);
        if (text != NULL)
            st = dialog_parse(text, n, out);
    }
    redis_free(r);
    if (st == ST_BAD)
        log_warn("dialog_unreadable", LOG_TEXT("bot", bot), LOG_INT("user", user));
    return st;
}

static void keep_now(struct step *s)
{
    struct keep *k = s->after_arg;
    struct redis_reply *r = NULL;
    enum status st;

    if (k == NULL || s->cache == NULL)
        return;
    if (k->value[0] == '\0')
        st = redis_do(s->cache, &r, "DEL", k->key, NULL);
    else
        st = redis_do(s->cache, &r, "SET", k->key, k->value, "EX", "86400", NULL);
    if (st != ST_OK)
        log_warn("dialog_not_kept", LOG_TEXT("status", status_name(st)));
    redis_free(r);
}

void dialog_keep(struct step *s, const char *bot, int64_t user, const struct dialog *d)
{
    struct keep *k = s->after_arg != NULL ? s->after_arg : calloc(1, sizeof(*k));
    struct buf value = {0};

    if (k == NULL)
        return;
    key_print(k->key, bot, user);
    k->value[0] = '\0';
    if (d != NULL && d->at[0] != '\0' && dialog_print(&value, d))
        snprintf(k->value, sizeof(k->value), "%s", value.s);
    buf_free(&value);
    s->after_arg = k;
    s->after = keep_now;
}
