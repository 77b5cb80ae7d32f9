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
    "вы пришли, подписка на наш канал, телефон и день рождения, если вы их укажете, "
    "скидки, ваши сообщения магазину и наши вам. Данные обрабатывает {operator} и "
    "только для программы скидок; "
    "мы никому их не передаём. Согласие действует, пока вы его не отзовёте. В меню "
    "«Мои данные» всегда можно посмотреть, что мы храним, и отозвать "
    "согласие. Тогда мы перестанем пользоваться данными, а коды ваших скидок "
    "перестанут действовать.";
static const char consent_en[] =
    "To give you a discount we need your consent to process personal data. These are "
    "your name, number and user name in the messenger, the language, the link you came "
    "by, whether you follow our channel, your phone and birthday if you tell us, your "
    "discounts, your messages to the shop and ours to you. {operator} processes them "
    "for the discount programme only, "
    "and passes them to nobody. The consent holds until you withdraw it. Under “My "
    "data” you can always see what we keep, and withdraw your "
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
    {PLACE(unsubscribe_policy), .kind = SETTING_IS_CHOICE, .standard = "at_once",
     .words = {"at_once", "end_of_day", "keep"}, .max = 2,
     .help_ru =
         "Вышел из канала — скидка за подписку: гаснет сразу, в конце дня, остаётся",
     .help_en =
         "Who leaves the channel: its discount ends at once, that night, or not"},
    {PLACE(stacking), .kind = SETTING_IS_CHOICE, .standard = "best_only",
     .words = {"best_only"},
     .help_ru = "Несколько скидок у гостя: действует одна, самая большая",
     .help_en = "Several discounts of one guest: only the largest counts"},
    {PLACE(remind_days_before), .kind = SETTING_IS_DAYS, .standard = "3", .max = 30,
     .help_ru = "За сколько дней напомнить, что скидка кончается (кто согласен на "
                "рассылку); 0 — нет",
     .help_en =
         "Days before a discount's end to remind of it (who takes messages); 0 never"},

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
    {PLACE(consent_url), .kind = SETTING_IS_URL, .standard = "", .max = 256,
     .help_ru = "Ссылка на полный текст согласия (политику)",
     .help_en = "Address of the whole consent document (policy)"},
    {PLACE(marketing_text_ru), .kind = SETTING_IS_PAGE, .standard = marketing_ru,
     .min = 20, .max = 2000, .help_ru = "Согласие на рассылку, по-русски",
     .help_en = "Consent to marketing, in Russian"},
    {PLACE(marketing_text_en), .kind = SETTING_IS_PAGE, .standard = marketing_en,
     .min = 20, .max = 2000, .help_ru = "То же по-английски",
     .help_en = "The same in English"},
    {PLACE(marketing_weekly_cap), .kind = SETTING_IS_INT, .standard = "2", .max = 100,
     .help_ru = "Не больше рекламных сообщений человеку в неделю (для рассылок)",
     .help_en = "At most so many marketing messages a person a week (broadcasts)"},
    {PLACE(marketing_rare_cap), .kind = SETTING_IS_INT, .standard = "2", .max = 100,
     .help_ru = "То же в месяц для тех, кто попросил писать реже",
     .help_en = "The same a month for those who asked for fewer"},
    {PLACE(quiet_from), .kind = SETTING_IS_TIME, .standard = "21:00",
     .help_ru = "Тихие часы: с (для рассылок)",
     .help_en = "Quiet hours begin (broadcasts)"},
    {PLACE(quiet_to), .kind = SETTING_IS_TIME, .standard = "09:00",
     .help_ru = "Тихие часы: до (для рассылок)",
     .help_en = "Quiet hours end (broadcasts)"},
    {PLACE(broadcast_paid), .kind = SETTING_IS_BOOL, .standard = "0", .max = 1,
     .help_ru = "Разрешить платную скорость рассылок (мессенджер берёт плату за каждое "
                "сообщение сверх бесплатных)",
     .help_en = "Allow broadcasts at the paid pace (the messenger charges for each "
                "message above the free ones)"},
    {PLACE(broadcast_second_above), .kind = SETTING_IS_INT, .standard = "0",
     .max = 100000000,
     .help_ru = "Рассылку большему числу людей подтверждает второй сотрудник; 0 — не "
                "нужно",
     .help_en = "A broadcast to more people needs the approval of a second person; 0: "
                "none does"},

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
    {PLACE(birthday_year), .kind = SETTING_IS_BOOL, .standard = "1", .max = 1,
     .help_ru =
         "Спрашивать год рождения; 0 — хватит дня и месяца, возраст не проверяем",
     .help_en = "Ask the year of birth; 0: day and month will do, no age is checked"},
    {PLACE(birthday_check_at), .kind = SETTING_IS_TIME, .standard = "09:00",
     .help_ru = "Когда поздравлять", .help_en = "When to congratulate"},
    {PLACE(age_min), .kind = SETTING_IS_INT, .standard = "14", .max = 100,
     .help_ru = "С какого возраста можно участвовать",
     .help_en = "The youngest age that may take part"},

    {PLACE(erase_grace_days), .kind = SETTING_IS_DAYS, .standard = "0", .max = 30,
     .help_ru = "Через сколько дней стирать данные после просьбы; 0 — сразу",
     .help_en = "Days between asking for erasure and the erasure; 0 is at once"},
    {PLACE(support_chat), .kind = SETTING_IS_GROUP, .standard = "",
     .help_ru = "Группа для вопросов гостей: -100… или -100…/тема; пусто — сотрудникам",
     .help_en =
         "Group for guests' questions: -100… or -100…/topic; empty for the staff"},
    {PLACE(support_daily), .kind = SETTING_IS_INT, .standard = "20", .min = 1,
     .max = 1000, .help_ru = "Сколько сообщений магазину гость может написать за день",
     .help_en = "Messages a guest may write to the shop a day"},
    {PLACE(support_names), .kind = SETTING_IS_BOOL, .standard = "0", .max = 1,
     .help_ru = "Показывать гостю имя того, кто ответил",
     .help_en = "Show the guest the name of who answered"},
    {PLACE(map_url), .kind = SETTING_IS_TEXT,
     .standard = "https://yandex.ru/maps/?text={address}", .max = 256,
     .help_ru = "Карта магазина, {address} — его адрес; пусто — без карты",
     .help_en = "Map of a store, {address} is its address; empty for none"},

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

    {PLACE(maintenance), .kind = SETTING_IS_BOOL, .standard = "0", .max = 1,
     .help_ru = "Бот для гостей отвечает только, что скоро вернётся",
     .help_en = "The guests' bot only says that it will be back soon"},

    {PLACE(pin_at_shift), .kind = SETTING_IS_BOOL, .standard = "0", .max = 1,
     .help_ru = "Спрашивать PIN при открытии смены",
     .help_en = "Ask for the PIN when a shift is opened"},
    {PLACE(pin_undo_above), .kind = SETTING_IS_INT, .standard = "0", .max = 10000000000,
     .help_ru = "PIN для отмены чека дороже стольких копеек; 0 — нет",
     .help_en = "PIN to undo a receipt above so many kopecks; 0 for never"},
    {PLACE(shift_close_at), .kind = SETTING_IS_TIME, .standard = "23:00",
     .help_ru = "Когда закрывать забытые смены (если у магазина нет часов)",
     .help_en = "When forgotten shifts are closed (stores without hours)"},

    {PLACE(amount_mode), .kind = SETTING_IS_CHOICE, .standard = "optional",
     .words = {"off", "optional", "required"}, .max = 2,
     .help_ru = "Сумма чека на кассе: не спрашивать, по желанию, всегда",
     .help_en = "The sum at the till: never asked, if the cashier likes, always"},
    {PLACE(amount_limit), .kind = SETTING_IS_INT, .standard = "10000000", .min = 100,
     .max = 10000000000, .help_ru = "Чеков дороже не бывает, копейки",
     .help_en = "No purchase is dearer, kopecks"},
    {PLACE(undo_grace_hours), .kind = SETTING_IS_INT, .standard = "24", .max = 720,
     .help_ru = "Сколько часов ещё действует код, чей срок вышел до отмены чека",
     .help_en = "Hours a code is good whose term ran out before its receipt's undo"},
    {PLACE(reissue_days), .kind = SETTING_IS_DAYS, .standard = "0", .max = 365,
     .help_ru = "На сколько дней продлевать просроченную скидку: касса, раз — сам "
                "гость; 0 — нет",
     .help_en = "Days an expired discount is re-issued for, by a till or once its "
                "guest; 0 never"},
    {PLACE(issue_daily_marketing), .kind = SETTING_IS_INT, .standard = "200",
     .max = 100000, .help_ru = "Скидок вручную в день: один маркетолог; 0 — нет",
     .help_en = "Discounts by hand a day, each of marketing; 0 none"},
    {PLACE(issue_daily_manager), .kind = SETTING_IS_INT, .standard = "30",
     .max = 100000, .help_ru = "Скидок вручную в день: один управляющий; 0 — нет",
     .help_en = "Discounts by hand a day, each manager; 0 none"},
    {PLACE(issue_daily_seller), .kind = SETTING_IS_INT, .standard = "10", .max = 100000,
     .help_ru = "Скидок вручную в день: один продавец; 0 — нет",
     .help_en = "Discounts by hand a day, each seller; 0 none"},
    {PLACE(staff_own_redeem), .kind = SETTING_IS_BOOL, .standard = "0", .max = 1,
     .help_ru = "Можно ли сотруднику применить собственную скидку",
     .help_en = "May staff redeem a discount of their own"},
    {PLACE(member_recheck_minutes), .kind = SETTING_IS_INT, .standard = "60",
     .max = 100000,
     .help_ru = "Касса проверяет подписку, если ей больше минут; 0 — не проверяет",
     .help_en = "The till asks the channel when the last answer is older; 0 never"},
    {PLACE(fraud_cashier_hour), .kind = SETTING_IS_INT, .standard = "40", .max = 10000,
     .help_ru = "Подозрительно: применений у кассира за час; 0 — не следить",
     .help_en = "Suspicious: redemptions of a cashier in an hour; 0 for never"},
    {PLACE(fraud_customer_day), .kind = SETTING_IS_INT, .standard = "5", .max = 10000,
     .help_ru = "Подозрительно: применений у покупателя за сутки; 0 — не следить",
     .help_en = "Suspicious: redemptions of a customer in a day; 0 for never"},
    {PLACE(fraud_again_minutes), .kind = SETTING_IS_INT, .standard = "10", .max = 1440,
     .help_ru =
         "Подозрительно: тот же покупатель снова за столько минут; 0 — не следить",
     .help_en = "Suspicious: the same customer again within minutes; 0 for never"},
    {PLACE(fraud_undo_percent), .kind = SETTING_IS_INT, .standard = "30", .max = 100,
     .help_ru = "Подозрительно: доля отмен у кассира за сутки, %; 0 — не следить",
     .help_en =
         "Suspicious: share of a cashier's undone receipts in a day, %; 0 never"},
    {PLACE(till_page), .kind = SETTING_IS_BOOL, .standard = "0", .max = 1,
     .help_ru = "Страница кассы /till на случай, если мессенджер недоступен",
     .help_en = "The till's page /till for when the messenger is away"},

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
