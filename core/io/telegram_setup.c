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

bool setup_webhook_url(const struct config *cfg, enum tg_bot bot, struct buf *out)
{
    const char *at = cfg->public_url;

    if (at) {
        size_t n = strlen(at);
        while (n > 0 && at[n - 1] == '/')
            n--;
        buf_add(out, at, n);
    } else if (!telegrams_own(cfg->telegram_api_base)) {
        add_listen(out, cfg->bots_listen);
    } else {
        return false;
    }
    buf_adds(out, setups[bot].path);
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

/* ---- profile -------------------------------------------------------------------- */

/* lang NULL: for everybody whose language has no row of its own. Russian is that, as
 * the shops are there; English has its own. */
struct line {
    enum tg_bot bot;
    const char *method, *field, *lang, *text;
};

static const struct line lines[] = {
    {TG_CLIENT, "setMyShortDescription", "short_description", NULL,
     "Скидки и подарки вашего магазина"},
    {TG_CLIENT, "setMyShortDescription", "short_description", "en",
     "Discounts and gifts of your shop"},
    {TG_CLIENT, "setMyDescription", "description", NULL,
     "Здравствуйте! Здесь вы получите скидку в виде QR-кода, увидите свои купоны и "
     "подарок ко дню рождения. Нажмите «Запустить»."},
    {TG_CLIENT, "setMyDescription", "description", "en",
     "Hello! Here you get your discount as a QR code, your coupons and a birthday "
     "gift. "
     "Press “Start”."},
    {TG_AUTH, "setMyShortDescription", "short_description", NULL,
     "Рабочее место кассира"},
    {TG_AUTH, "setMyShortDescription", "short_description", "en", "For cashiers"},
    {TG_AUTH, "setMyDescription", "description", NULL,
     "Бот для кассиров: откройте смену и проверяйте коды покупателей. Вход — по ссылке "
     "от вашего руководителя."},
    {TG_AUTH, "setMyDescription", "description", "en",
     "For cashiers: open a shift and check customers' codes. Your manager sends you "
     "the "
     "link to enter."},
};

struct command {
    enum tg_bot bot;
    const char *name, *ru, *en;
};

static const struct command commands[] = {
    {TG_CLIENT, "start", "Главное меню", "Main menu"},
    {TG_CLIENT, "discount", "Моя скидка (QR)", "My discount (QR)"},
    {TG_CLIENT, "wallet", "Мои скидки", "My discounts"},
    {TG_CLIENT, "birthday", "День рождения", "Birthday"},
    {TG_CLIENT, "notifications", "Рассылка: включить, отключить", "Messages: on, off"},
    {TG_CLIENT, "language", "Язык", "Language"},
    {TG_CLIENT, "privacy", "Мои данные", "My data"},
    {TG_CLIENT, "help", "Помощь", "Help"},
    {TG_AUTH, "start", "Главное меню", "Main menu"},
    {TG_AUTH, "shift", "Открыть смену", "Open a shift"},
    {TG_AUTH, "report", "Отчёт по смене", "Report of the shift"},
    {TG_AUTH, "undo", "Отменить последний чек", "Cancel the last receipt"},
    {TG_AUTH, "close", "Закрыть смену", "Close the shift"},
    {TG_AUTH, "language", "Язык", "Language"},
    {TG_AUTH, "help", "Помощь", "Help"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct json *commands_of(enum tg_bot bot, bool english)
{
    struct json *o = json_new_object(), *list = json_new_array();

    for (size_t i = 0; i < COUNT(commands); i++) {
        struct json *c;
        if (commands[i].bot != bot)
            continue;
        c = json_new_object();
        json_set_text(c, "command", commands[i].name);
        json_set_text(c, "description", english ? commands[i].en : commands[i].ru);
        json_push(list, c);
    }
    json_set(o, "commands", list);
    if (english)
        json_set_text(o, "language_code", "en");
    return o;
}

struct json *setup_profile(enum tg_bot bot, int i, const char **method)
{
    struct json *o;

    *method = "setMyCommands";
    if (i < 2)
        return commands_of(bot, i == 1);
    i -= 2;
    for (size_t k = 0; k < COUNT(lines); k++) {
        if (lines[k].bot != bot || i-- > 0)
            continue;
        *method = lines[k].method;
        o = json_new_object();
        json_set_text(o, lines[k].field, lines[k].text);
        if (lines[k].lang)
            json_set_text(o, "language_code", lines[k].lang);
        return o;
    }
    return NULL;
}
