/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/telegram_address.h"

#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char *const bot_names[TG_BOTS] = {
    [TG_CLIENT] = "client",
    [TG_AUTH] = "auth",
};

const char *tg_bot_name(enum tg_bot bot)
{
    return (unsigned)bot < TG_BOTS ? bot_names[bot] : "?";
}

bool tg_bot_find(const char *name, enum tg_bot *out)
{
    for (int i = 0; name != NULL && i < TG_BOTS; i++)
        if (strcmp(bot_names[i], name) == 0) {
            *out = (enum tg_bot)i;
            return true;
        }
    return false;
}

static bool copy(char **out, const char *s)
{
    *out = s ? strdup(s) : NULL;
    return s == NULL || *out != NULL;
}

bool tg_address_read(struct tg_address *a, const struct config *cfg)
{
    const char *base = cfg->telegram_api_base;
    size_t n;

    if (!copy(&a->base, base ? base : "https://api.telegram.org") ||
        !copy(&a->proxy, cfg->telegram_proxy) ||
        !copy(&a->token[TG_CLIENT], cfg->telegram_bot_token) ||
        !copy(&a->token[TG_AUTH], cfg->telegram_auth_bot_token))
        return false;
    for (n = strlen(a->base); n > 0 && a->base[n - 1] == '/';)
        a->base[--n] = '\0';
    for (int i = 0; i < TG_BOTS; i++)
        if (a->token[i] != NULL)
            log_secret(a->token[i]);
    return true;
}

void tg_address_free(struct tg_address *a)
{
    for (int i = 0; i < TG_BOTS; i++)
        free(a->token[i]);
    free(a->base);
    free(a->proxy);
    *a = (struct tg_address){0};
}

static const char *token_of(const struct tg_address *a, enum tg_bot bot)
{
    const char *token = (unsigned)bot < TG_BOTS ? a->token[bot] : NULL;

    return token != NULL && *token != '\0' ? token : NULL;
}

/* A file's path is Telegram's, but it came over the wire: nothing in it may lead out of
 * its place. */
static bool plain(const char *tail, const char *letters)
{
    return *tail != '\0' && *tail != '/' && tail[strspn(tail, letters)] == '\0' &&
           strstr(tail, "..") == NULL;
}

enum status tg_address_method(const struct tg_address *a, enum tg_bot bot,
                              const char *method, struct buf *out)
{
    const char *token = token_of(a, bot);

    if (token == NULL || !plain(method, LETTERS))
        return ST_BAD;
    buf_addf(out, "%s/bot%s/%s", a->base, token, method);
    return out->failed ? ST_BROKEN : ST_OK;
}

enum status tg_address_file(const struct tg_address *a, enum tg_bot bot,
                            const char *path, struct buf *out)
{
    const char *token = token_of(a, bot);

    if (token == NULL || !plain(path, LETTERS "-._~/"))
        return ST_BAD;
    buf_addf(out, "%s/file/bot%s/%s", a->base, token, path);
    return out->failed ? ST_BROKEN : ST_OK;
}

void tg_address_scrub(const struct tg_address *a, char *text)
{
    for (int i = 0; i < TG_BOTS; i++) {
        const char *token = token_of(a, (enum tg_bot)i);
        char *at;

        while (token != NULL && (at = strstr(text, token)) != NULL)
            memset(at, '*', strlen(token));
    }
}
