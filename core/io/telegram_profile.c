/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/telegram_profile.h"

#include "core/base/buf.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum tongue { RU, EN, TONGUES };

/* NULL: everybody who has no row here. */
static const struct {
    const char *code;
    enum tongue speaks;
} languages[] = {{NULL, EN}, {"ru", RU}, {"uk", RU}, {"be", RU}, {"kk", RU}};

/* ---- words ---------------------------------------------------------------------- */

/* {brand} and {operator} stand for the shop's. */
static const struct line {
    enum tg_bot bot;
    const char *method, *field, *words[TONGUES];
} lines[] = {
    {TG_CLIENT,
     "setMyShortDescription",
     "short_description",
     {"{brand}: скидки и подарки для своих", "{brand}: discounts and gifts"}},
    {TG_CLIENT,
     "setMyDescription",
     "description",
     {"Здравствуйте! Это {brand}.\n\n"
      "Здесь вы за полминуты получите скидку в виде QR-кода, увидите свои купоны и "
      "подарок ко дню рождения.\n\n"
      "Данные обрабатывает {operator}, только для скидок и только с вашего согласия. "
      "Посмотреть, забрать и удалить их можно в любой момент: /privacy",
      "Hello! This is {brand}.\n\n"
      "Here you get a discount as a QR code in half a minute, and find your coupons "
      "and a birthday gift.\n\n"
      "Your data are processed by {operator}, for discounts only and with your consent "
      "only. See, take or delete them at any time: /privacy"}},
    {TG_AUTH,
     "setMyShortDescription",
     "short_description",
     {"{brand}: рабочее место кассира", "{brand}: for cashiers"}},
    {TG_AUTH,
     "setMyDescription",
     "description",
     {"Служебный бот магазина {brand}: смены, проверка кодов, отчёты.\n\n"
      "Вход — по ссылке от вашего руководителя.",
      "The staff's bot of {brand}: shifts, codes of customers, reports.\n\n"
      "Your manager gives you the link to enter."}},
};

enum who { GUEST, STRANGER, STAFF };

static const struct command {
    enum who who;
    const char *name, *words[TONGUES];
} commands[] = {
    {GUEST, "start", {"Главное меню", "Main menu"}},
    {GUEST, "discount", {"Моя скидка (QR)", "My discount (QR)"}},
    {GUEST, "wallet", {"Мои купоны", "My coupons"}},
    {GUEST, "profile", {"Мой профиль", "My profile"}},
    {GUEST, "stores", {"Адреса и часы", "Stores and hours"}},
    {GUEST, "language", {"Язык", "Language"}},
    {GUEST, "notifications", {"Рассылки: вкл/выкл", "Messages on/off"}},
    {GUEST, "privacy", {"Мои данные", "My data"}},
    {GUEST, "help", {"Помощь", "Help"}},
    {STRANGER, "start", {"Начать", "Start"}},
    {STAFF, "start", {"Главное меню", "Main menu"}},
    {STAFF, "shift", {"Открыть смену", "Open a shift"}},
    {STAFF, "report", {"Отчёт по смене", "Report of the shift"}},
    {STAFF, "undo", {"Отменить последний чек", "Cancel the last receipt"}},
    {STAFF, "close", {"Закрыть смену", "Close the shift"}},
    {STAFF, "pin", {"Мой PIN", "My PIN"}},
    {STAFF, "language", {"Язык", "Language"}},
    {STAFF, "help", {"Помощь", "Help"}},
};

/* ---- calls ---------------------------------------------------------------------- */

static void fill(struct buf *out, const char *words, const struct profile_words *with)
{
    static const char brand[] = "{brand}", operator[] = "{operator}";
    const char *who = with->operator[0] != '\0' ? with->operator: with->brand;

    for (const char *s = words; *s != '\0';) {
        if (strncmp(s, brand, sizeof brand - 1) == 0) {
            buf_adds(out, with->brand);
            s += sizeof brand - 1;
        } else if (strncmp(s, operator, sizeof operator- 1) == 0) {
            buf_adds(out, who);
            s += sizeof operator- 1;
        } else {
            buf_addc(out, *s++);
        }
    }
}

static void set_language(struct json *o, const char *code)
{
    if (code != NULL)
        json_set_text(o, "language_code", code);
}

static struct json *line_params(const struct line *l, size_t language,
                                const struct profile_words *with)
{
    struct json *o = json_new_object();
    struct buf text = {0};

    fill(&text, l->words[languages[language].speaks], with);
    json_set_text_n(o, l->field, text.s, text.len);
    set_language(o, languages[language].code);
    if (text.failed) {
        json_free(o);
        o = NULL;
    }
    buf_free(&text);
    return o;
}

static struct json *commands_params(enum who who, enum tongue speaks)
{
    struct json *o = json_new_object(), *list = json_new_array();

    for (size_t i = 0; i < COUNT(commands); i++) {
        struct json *c;

        if (commands[i].who != who)
            continue;
        c = json_new_object();
        json_set_text(c, "command", commands[i].name);
        json_set_text(c, "description", commands[i].words[speaks]);
        json_push(list, c);
    }
    json_set(o, "commands", list);
    return o;
}

static void set_scope(struct json *o, const char *type, int64_t chat)
{
    struct json *scope = json_new_object();

    json_set_text(scope, "type", type);
    if (chat != 0)
        json_set_int(scope, "chat_id", chat);
    json_set(o, "scope", scope);
}

static struct json *menu_button(void)
{
    struct json *o = json_new_object(), *button = json_new_object();

    json_set_text(button, "type", "commands");
    json_set(o, "menu_button", button);
    return o;
}

struct json *profile_call(enum tg_bot bot, int i, const struct profile_words *words,
                          const char **method)
{
    size_t at = (size_t)i;
    struct json *o;

    *method = "setMyCommands";
    if (at < COUNT(languages)) {
        o = commands_params(bot == TG_CLIENT ? GUEST : STRANGER, languages[at].speaks);
        set_scope(o, "all_private_chats", 0);
        set_language(o, languages[at].code);
        return o;
    }
    at -= COUNT(languages);
    for (size_t k = 0; k < COUNT(lines); k++) {
        if (lines[k].bot != bot)
            continue;
        *method = lines[k].method;
        if (at < COUNT(languages))
            return line_params(&lines[k], at, words);
        at -= COUNT(languages);
    }
    *method = "setChatMenuButton";
    return at == 0 ? menu_button() : NULL;
}

struct json *profile_staff(int64_t chat, bool works, const char *language,
                           const char **method)
{
    enum tongue speaks = strcmp(language, "en") == 0 ? EN : RU;
    struct json *o = works ? commands_params(STAFF, speaks) : json_new_object();

    *method = works ? "setMyCommands" : "deleteMyCommands";
    set_scope(o, "chat", chat);
    return o;
}

bool profile_digest(enum tg_bot bot, const struct profile_words *words,
                    uint8_t out[SHA256_BYTES])
{
    struct buf all = {0};
    const char *method;
    struct json *o;
    bool whole;

    for (int i = 0; (o = profile_call(bot, i, words, &method)) != NULL; i++) {
        const char *text = json_print(o);

        buf_addf(&all, "%s %s\n", method, text != NULL ? text : "");
        all.failed |= text == NULL;
        json_free(o);
    }
    whole = !all.failed;
    if (whole)
        secret_sha256(all.s, all.len, out);
    buf_free(&all);
    return whole;
}
