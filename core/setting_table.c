/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/setting.h"

#include <string.h>

#define PLACE(field)                                                                   \
    .name = #field, .at = offsetof(struct settings, field),                            \
    .room = sizeof(((struct settings *)0)->field)

/* Written to be checked by the shop's lawyer; short, and true of what the program does.
 */
static const char consent_ru[] =
    "Чтобы выдать вам скидку, нам нужно ваше согласие на обработку персональных "
    "данных. Это имя, номер и имя пользователя в мессенджере, язык, ссылка, по которой "
    "вы пришли, подписка на наш канал, день рождения, если вы его укажете, скидки и "
    "наши сообщения вам. Данные нужны только для программы скидок, мы никому их не "
    "передаём. В меню «Мои данные» всегда можно посмотреть, что мы храним, и отозвать "
    "согласие. Тогда мы перестанем пользоваться данными, а коды ваших скидок "
    "перестанут действовать.";
static const char consent_en[] =
    "To give you a discount we need your consent to process personal data. These are "
    "your name, number and user name in the messenger, the language, the link you came "
    "by, whether you follow our channel, your birthday if you tell us, your discounts "
    "and our messages to you. They serve the discount programme only, and we pass them "
    "to nobody. Under “My data” you can always see what we keep, and withdraw your "
    "consent. Then we stop using the data, and the codes of your discounts stop "
    "working.";
static const char marketing_ru[] =
    "Можно иногда писать вам о новинках, акциях и подарках? Это отдельное согласие: "
    "скидка от него не зависит, а отказаться можно в любой момент одним нажатием.";
static const char marketing_en[] =
    "May we write to you now and then about news, offers and gifts? This consent is "
    "separate: your discount does not depend on it, and you can withdraw it at any "
    "time with one press.";

const struct setting setting_table[] = {
    {PLACE(brand_name), .kind = SETTING_IS_TEXT, .standard = "Dvorik", .min = 1,
     .max = 64, .help_ru = "Название магазина, как его видят гости",
     .help_en = "The shop's name as guests see it"},
    {PLACE(brand_operator), .kind = SETTING_IS_TEXT, .standard = "", .max = 128,
     .help_ru = "Юридическое название оператора персональных данных",
     .help_en = "Legal name of who is responsible for personal data"},

    {PLACE(channel_id), .kind = SETTING_IS_CHANNEL, .standard = "",
     .help_ru = "Канал магазина: -100… или @имя; пусто — без канала",
     .help_en = "The shop's channel: -100… or @name; empty for none"},
    {PLACE(channel_title), .kind = SETTING_IS_TEXT, .standard = "", .max = 128,
     .help_ru = "Название канала", .help_en = "The channel's title"},
    {PLACE(channel_url), .kind = SETTING_IS_URL, .standard = "", .max = 256,
     .help_ru = "Ссылка на канал", .help_en = "The channel's address"},
    {PLACE(subscription_gate), .kind = SETTING_IS_BOOL, .standard = "1", .max = 1,
     .help_ru = "Давать скидку только подписчикам канала",
     .help_en = "A discount only for subscribers of the channel"},

    {PLACE(discount_percent_bp), .kind = SETTING_IS_PERCENT, .standard = "1000",
     .max = 10000, .help_ru = "Скидка за вступление; 0 — не выдавать",
     .help_en = "Discount for joining; 0 gives none"},
    {PLACE(discount_days), .kind = SETTING_IS_DAYS, .standard = "30", .min = 1,
     .max = 3650, .help_ru = "Сколько дней она действует",
     .help_en = "Days it is valid"},
    {PLACE(discount_uses), .kind = SETTING_IS_INT, .standard = "1", .min = 1,
     .max = 100, .help_ru = "Сколько раз её можно использовать",
     .help_en = "Times it can be used"},

    {PLACE(consent_text_ru), .kind = SETTING_IS_PAGE, .standard = consent_ru, .min = 20,
     .max = 2000, .help_ru = "Согласие на обработку данных, по-русски",
     .help_en = "Consent to data processing, in Russian"},
    {PLACE(consent_text_en), .kind = SETTING_IS_PAGE, .standard = consent_en, .min = 20,
     .max = 2000, .help_ru = "То же по-английски", .help_en = "The same in English"},
    {PLACE(marketing_text_ru), .kind = SETTING_IS_PAGE, .standard = marketing_ru,
     .min = 20, .max = 2000, .help_ru = "Согласие на рассылку, по-русски",
     .help_en = "Consent to marketing, in Russian"},
    {PLACE(marketing_text_en), .kind = SETTING_IS_PAGE, .standard = marketing_en,
     .min = 20, .max = 2000, .help_ru = "То же по-английски",
     .help_en = "The same in English"},
    {PLACE(marketing_weekly_cap), .kind = SETTING_IS_INT, .standard = "2", .max = 100,
     .help_ru = "Не больше рекламных сообщений человеку в неделю (для рассылок)",
     .help_en = "At most so many marketing messages a person a week (broadcasts)"},
    {PLACE(quiet_from), .kind = SETTING_IS_TIME, .standard = "21:00",
     .help_ru = "Тихие часы: с (для рассылок)",
     .help_en = "Quiet hours begin (broadcasts)"},
    {PLACE(quiet_to), .kind = SETTING_IS_TIME, .standard = "09:00",
     .help_ru = "Тихие часы: до (для рассылок)",
     .help_en = "Quiet hours end (broadcasts)"},

    {PLACE(birthday_percent_bp), .kind = SETTING_IS_PERCENT, .standard = "1500",
     .max = 10000, .help_ru = "Скидка ко дню рождения; 0 — не дарить",
     .help_en = "Birthday discount; 0 gives none"},
    {PLACE(birthday_days_before), .kind = SETTING_IS_DAYS, .standard = "0", .max = 30,
     .help_ru = "Действует с: дней до дня рождения",
     .help_en = "Valid from: days before the birthday"},
    {PLACE(birthday_days_after), .kind = SETTING_IS_DAYS, .standard = "7", .max = 30,
     .help_ru = "Действует по: дней после", .help_en = "Valid until: days after it"},
    {PLACE(birthday_lead_days), .kind = SETTING_IS_DAYS, .standard = "7", .max = 365,
     .help_ru = "Дата должна быть указана не позже чем за столько дней",
     .help_en = "The date must be known so many days ahead"},
    {PLACE(birthday_leap), .kind = SETTING_IS_CHOICE, .standard = "feb28",
     .words = {"feb28", "mar1"}, .max = 1,
     .help_ru = "Рождённым 29 февраля в обычный год: 28 февраля или 1 марта",
     .help_en = "Born on 29 February, in a common year: 28 February or 1 March"},
    {PLACE(birthday_check_at), .kind = SETTING_IS_TIME, .standard = "09:00",
     .help_ru = "Когда поздравлять", .help_en = "When to congratulate"},
    {PLACE(age_min), .kind = SETTING_IS_INT, .standard = "14", .max = 100,
     .help_ru = "С какого возраста можно участвовать",
     .help_en = "The youngest age that may take part"},

    {PLACE(hold_minutes), .kind = SETTING_IS_INT, .standard = "3", .min = 1, .max = 60,
     .help_ru = "Сколько минут код занят открывшим его кассиром",
     .help_en = "Minutes a code is held by the cashier who opened it"},
    {PLACE(undo_minutes), .kind = SETTING_IS_INT, .standard = "10", .max = 1440,
     .help_ru = "Сколько минут кассир может отменить погашение",
     .help_en = "Minutes in which a cashier can undo a redemption"},
    {PLACE(confirm_minutes), .kind = SETTING_IS_INT, .standard = "5", .min = 1,
     .max = 60, .help_ru = "Сколько минут действует кнопка подтверждения",
     .help_en = "Minutes a confirmation button works"},
    {PLACE(retention_days), .kind = SETTING_IS_DAYS, .standard = "90", .min = 7,
     .max = 3650, .help_ru = "Хранить сообщения, попытки и историю заданий, дней",
     .help_en = "Days to keep messages, attempts and job history"},
    {PLACE(update_seen_days), .kind = SETTING_IS_DAYS, .standard = "8", .min = 2,
     .max = 90, .help_ru = "Помнить обработанные обновления, дней",
     .help_en = "Days to remember updates that were handled"},

    {PLACE(client_bot_username), .kind = SETTING_IS_USERNAME, .standard = "",
     .help_ru = "Имя бота для гостей (узнаётся при запуске)",
     .help_en = "User name of the guests' bot (learned at start)"},
    {PLACE(auth_bot_username), .kind = SETTING_IS_USERNAME, .standard = "",
     .help_ru = "Имя бота для кассиров (узнаётся при запуске)",
     .help_en = "User name of the cashiers' bot (learned at start)"},
};

const size_t setting_count = sizeof setting_table / sizeof *setting_table;

const struct setting *setting_find(const char *name)
{
    for (size_t i = 0; i < setting_count; i++)
        if (strcmp(setting_table[i].name, name) == 0)
            return &setting_table[i];
    return NULL;
}
