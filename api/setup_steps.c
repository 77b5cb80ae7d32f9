/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Each step of the set-up with its own check, and the words for what is wrong. What the
 * messenger says of our bots comes from worker/send_setup.c, by the same codes. */
#include "api/setup.h"

#include <string.h>

static const struct {
    const char *code, *ru, *en;
} words[] = {
    {"owner_missing", "У магазина нет владельца.", "The shop has no owner."},
    {"brand_default", "Магазин ещё не назван.", "The shop has no name of its own yet."},
    {"operator_missing",
     "Не указано юридическое название оператора персональных данных: оно стоит в "
     "согласии.",
     "The legal name of who is responsible for personal data is missing: it stands in "
     "the consent."},
    {"channel_missing",
     "Канал не указан. Сделайте бота гостей администратором канала, и он запомнится "
     "сам; или выключите проверку подписки (subscription_gate).",
     "No channel is set. Make the guests' bot an administrator of it, and it is "
     "learned; "
     "or switch the subscription check off (subscription_gate)."},
    {"not_checked", "Ещё не проверено. Запустите проверку.",
     "Not looked at yet. Start a check."},
    {"discount_default", "Скидка за вступление стоит как было; подтвердите её.",
     "The discount for joining is the default; confirm it."},
    {"texts_default", "Тексты согласий стоят как было; прочтите и подтвердите их.",
     "The texts of consent are the defaults; read and confirm them."},
    {"store_missing", "Нет ни одного открытого магазина.", "There is no open store."},
    {"hours_unread",
     "Не у всех магазинов часы работы записаны понятно (пн-пт 9-20, вс выходной).",
     "Not all stores have hours we understand (mon-fri 9-18, sun closed)."},
    {"bot_unknown", "Бот ещё не отвечал: работает ли worker и верен ли токен?",
     "The bot has not answered yet: does the worker run, is the token right?"},

    {"token_refused", "Мессенджер не принимает токен бота.",
     "The messenger refuses the bot's token."},
    {"messenger_away", "Мессенджер не ответил. Проверьте ещё раз позже.",
     "The messenger did not answer. Check again later."},
    {"cannot_ask", "Бота нельзя спросить: у него нет токена.",
     "The bot cannot be asked: it has no token."},
    {"channel_not_found",
     "Бот не видит такого канала: проверьте имя и добавьте бота гостей в канал.",
     "The bot sees no such channel: check its name and add the guests' bot to it."},
    {"not_a_channel", "Это не канал.", "This is no channel."},
    {"bot_not_admin",
     "Бот гостей — не администратор канала, и не узнает, кто подписан. Сделайте его "
     "администратором (прав на публикацию не нужно).",
     "The guests' bot is no administrator of the channel and cannot know who follows "
     "it. "
     "Make it one (it needs no right to post)."},
    {"members_hidden", "Бот гостей не видит подписчиков канала.",
     "The guests' bot cannot see the channel's members."},
    {"no_public_url",
     "Не задан PUBLIC_URL или секрет вебхука: обновлениям некуда идти.",
     "PUBLIC_URL or the webhook's secret is not set: updates have nowhere to go."},
    {"webhook_not_set", "Вебхук не установлен. Проверьте с установкой вебхуков.",
     "The webhook is not set. Check with webhooks being set."},
    {"webhook_elsewhere", "Вебхук ведёт на другой адрес.",
     "The webhook leads to another address."},
    {"webhook_in_the_way",
     "Установлен вебхук, а программа опрашивает сама: обновления уходят мимо.",
     "A webhook is set while the program polls: updates go past it."},
    {"webhook_refused", "Мессенджер не принял адрес вебхука.",
     "The messenger did not take the webhook's address."},
    {"webhook_failing", "Мессенджер не может доставить обновления.",
     "The messenger cannot deliver updates."},
    {"updates_missing",
     "Боту приходят не все обновления. Проверьте с установкой вебхуков.",
     "The bot does not get all updates. Check with webhooks being set."},
};

void setup_problem_push(const struct call *c, struct json *problems,
                        struct setup_problem p)
{
    struct json *o = json_new_object();
    const char *detail = p.code;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].code, p.code) == 0)
            detail = tell(c, words[i].ru, words[i].en);
    json_set_text(o, "code", p.code);
    json_set_text(o, "detail", detail);
    json_set_text(o, "bot", p.bot);
    json_set_text(o, "said", p.said);
    json_push(problems, o);
}

static enum setup_state missing(const struct call *c, struct json *problems,
                                const char *code)
{
    setup_problem_push(c, problems, (struct setup_problem){.code = code});
    return SETUP_MISSING;
}

/* ---- what was found outside ------------------------------------------------------- */

/* since: an older look says nothing. */
static enum setup_state looked(const struct call *c, const struct setup_view *v,
                               struct json *problems, const char *step, int64_t since)
{
    const struct json *all = json_get(v->found, "problems");
    enum setup_state state = SETUP_DONE;

    if (v->check.id == 0 || v->check.asked_at < since) {
        (void)missing(c, problems, "not_checked");
        return SETUP_UNKNOWN;
    }
    for (size_t i = 0; i < json_count(all); i++) {
        const struct json *one = json_at(all, i);
        const char *of = json_text(one, "step", NULL);
        const char *code = json_text(one, "code", NULL);

        if (of == NULL || code == NULL || strcmp(of, step) != 0)
            continue;
        setup_problem_push(
            c, problems,
            (struct setup_problem){.code = code,
                                   .bot = json_text(one, "bot", NULL),
                                   .said = json_text(one, "detail", NULL)});
        state = SETUP_WRONG;
    }
    return state;
}

/* ---- the steps -------------------------------------------------------------------- */

static enum setup_state judge_owner(const struct call *c, const struct setup_view *v,
                                    struct json *problems)
{
    return v->facts.owners > 0 ? SETUP_DONE : missing(c, problems, "owner_missing");
}

static enum setup_state judge_brand(const struct call *c, const struct setup_view *v,
                                    struct json *problems)
{
    enum setup_state state = SETUP_DONE;

    if (!v->facts.brand)
        state = missing(c, problems, "brand_default");
    if (v->set.brand_operator[0] == '\0')
        state = missing(c, problems, "operator_missing");
    return state;
}

static enum setup_state judge_channel(const struct call *c, const struct setup_view *v,
                                      struct json *problems)
{
    if (v->set.channel_id[0] != '\0')
        return looked(c, v, problems, "channel", v->facts.channel_at);
    return v->facts.gate && !v->set.subscription_gate
               ? SETUP_DONE
               : missing(c, problems, "channel_missing");
}

static enum setup_state judge_discount(const struct call *c, const struct setup_view *v,
                                       struct json *problems)
{
    return v->facts.discount ? SETUP_DONE : missing(c, problems, "discount_default");
}

static enum setup_state judge_texts(const struct call *c, const struct setup_view *v,
                                    struct json *problems)
{
    return v->facts.texts ? SETUP_DONE : missing(c, problems, "texts_default");
}

static enum setup_state judge_stores(const struct call *c, const struct setup_view *v,
                                     struct json *problems)
{
    if (v->facts.stores == 0)
        return missing(c, problems, "store_missing");
    if (v->facts.stores_without_hours > 0)
        (void)missing(c, problems, "hours_unread"); /* told, and no hindrance */
    return SETUP_DONE;
}

static enum setup_state judge_bots(const struct call *c, const struct setup_view *v,
                                   struct json *problems)
{
    enum setup_state state =
        v->check.id != 0 ? looked(c, v, problems, "bots", 0) : SETUP_DONE;

    if (v->set.client_bot_username[0] == '\0' || v->set.auth_bot_username[0] == '\0')
        (void)missing(c, problems, "bot_unknown");
    else
        return state;
    return state == SETUP_DONE ? SETUP_MISSING : state;
}

static enum setup_state judge_webhooks(const struct call *c, const struct setup_view *v,
                                       struct json *problems)
{
    return looked(c, v, problems, "webhooks", 0);
}

const struct setup_step setup_steps[] = {
    {"owner", "Владелец", "Owner", {NULL}, judge_owner},
    {"brand", "Название", "Name", {"brand_name", "brand_operator"}, judge_brand},
    {"bots", "Боты", "Bots", {"client_bot_username", "auth_bot_username"}, judge_bots},
    {"channel",
     "Канал",
     "Channel",
     {"channel_id", "channel_title", "channel_url", "subscription_gate"},
     judge_channel},
    {"discount",
     "Скидка за вступление",
     "Discount for joining",
     {"discount_percent_bp", "discount_days", "discount_uses"},
     judge_discount},
    {"texts",
     "Согласия",
     "Consents",
     {"consent_text_ru", "consent_text_en", "consent_url", "marketing_text_ru",
      "marketing_text_en"},
     judge_texts},
    {"stores", "Магазины", "Stores", {NULL}, judge_stores},
    {"webhooks",
     "Связь с мессенджером",
     "Line to the messenger",
     {NULL},
     judge_webhooks},
};
const size_t setup_steps_n = sizeof setup_steps / sizeof *setup_steps;
