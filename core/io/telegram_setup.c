/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/telegram_setup.h"

#include <string.h>

#define CONNECTIONS 20 /* of Telegram's to our webhook */

struct bot_setup {
    const char *path, *updates[8];
};

static const struct bot_setup setups[TG_BOTS] = {
    [TG_CLIENT] = {"/telegram/client",
                   {"message", "edited_message", "callback_query", "my_chat_member",
                    "chat_member"}},
    [TG_AUTH] = {"/telegram/auth", {"message", "callback_query", "my_chat_member"}},
};

struct json *setup_allowed_updates(enum tg_bot bot)
{
    struct json *list = json_new_array();

    for (const char *const *u = setups[bot].updates; *u; u++)
        json_push_text(list, *u);
    return list;
}

static bool telegrams_own(const char *base)
{
    const char *host = strstr(base, "://");
    size_t n;

    host = host ? host + 3 : base;
    n = strcspn(host, "/:?#");
    return n >= 12 && strncmp(host + n - 12, "telegram.org", 12) == 0;
}

/* The stand-in runs on this machine: it is told the address we listen at, and "every
 * address" is reached at the loopback one. */
static void add_listen(struct buf *out, const char *listen)
{
    const char *port = strrchr(listen, ':');
    size_t host = port ? (size_t)(port - listen) : 0;
    bool every = host == 0 || (host == 1 && *listen == '*') ||
                 (host == 7 && strncmp(listen, "0.0.0.0", 7) == 0);

    buf_adds(out, "http://");
    if (every)
        buf_addf(out, "127.0.0.1%s", port ? port : "");
    else
        buf_adds(out, listen);
}

static void add_public(const struct config *cfg, struct buf *out)
{
    size_t n = strlen(cfg->public_url);

    while (n > 0 && cfg->public_url[n - 1] == '/')
        n--;
    buf_add(out, cfg->public_url, n);
}

bool setup_webhook_url(const struct config *cfg, enum tg_bot bot, struct buf *out)
{
    if (cfg->public_url)
        add_public(cfg, out);
    else if (!telegrams_own(cfg->telegram_api_base))
        add_listen(out, cfg->bots_listen);
    else
        return false;
    buf_adds(out, setups[bot].path);
    return !out->failed;
}

/* Not guessed from API_LISTEN: a Bot API server of one's own refuses the whole message
 * for the sake of a button that is not https. */
bool setup_scan_url(const struct config *cfg, const char *language, struct buf *out)
{
    if (cfg->scanner_url) {
        buf_adds(out, cfg->scanner_url);
    } else if (cfg->public_url) {
        add_public(cfg, out);
        buf_adds(out, "/scan");
    } else {
        return false;
    }
    buf_addf(out, "?lang=%s", language);
    return !out->failed;
}

struct json *setup_webhook(const struct config *cfg, enum tg_bot bot)
{
    const char *secret = bot == TG_CLIENT ? cfg->telegram_webhook_secret
                                          : cfg->telegram_auth_webhook_secret;
    struct buf url = {0};
    struct json *o = NULL;

    if (secret && setup_webhook_url(cfg, bot, &url)) {
        o = json_new_object();
        json_set_text(o, "url", url.s);
        json_set_text(o, "secret_token", secret);
        json_set_int(o, "max_connections", CONNECTIONS);
        json_set(o, "allowed_updates", setup_allowed_updates(bot));
    }
    buf_free(&url);
    return o;
}
