/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Russian, the first language: «вы», warm and short. Rules: text.h. */
#include "worker/text.h"

extern const char *const text_ru[TEXT_COUNT];

/* Broken into lines by hand: clang-format counts emoji in its own way. */
/* clang-format off */
const char *const text_ru[TEXT_COUNT] = {
    /* ---- both bots */
    [TEXT_NOTHING] = "",
    [TEXT_YES] = "да",
    [TEXT_NO] = "нет",
    [TEXT_OLD_SCREEN] = "Этот экран устарел, вот свежий.",
    [TEXT_LOST] = "Простите, мы потеряли нить разговора. Начнём отсюда.",
    [TEXT_CANCELLED] = "Хорошо, отменили.",
    [TEXT_LANGUAGE] = "На каком языке говорить?",
    [TEXT_FOR_SUBSCRIPTION] = "за подписку",
    [TEXT_FOR_BIRTHDAY] = "день рождения",
    [TEXT_FOR_YOU] = "лично для вас",
    [TEXT_MONTH_1] = "января",
    [TEXT_MONTH_2] = "февраля",
    [TEXT_MONTH_3] = "марта",
    [TEXT_MONTH_4] = "апреля",
    [TEXT_MONTH_5] = "мая",
    [TEXT_MONTH_6] = "июня",
    [TEXT_MONTH_7] = "июля",
    [TEXT_MONTH_8] = "августа",
    [TEXT_MONTH_9] = "сентября",
    [TEXT_MONTH_10] = "октября",
    [TEXT_MONTH_11] = "ноября",
    [TEXT_MONTH_12] = "декабря",
    /* ---- the customer's bot */
    [TEXT_WELCOME] =
        "👋 Здравствуйте! Это <b>{brand}</b>. Здесь скидки и подарки для своих.",
    [TEXT_REFUSED] =
        "Хорошо. Без согласия скидку выдать не сможем, и мы ничего о вас не "
        "сохранили.\n"
        "Передумаете — мы здесь.",
    [TEXT_MENU] = "<b>{brand}</b>\nЧто показать?",
    [TEXT_HINT] = "Я понимаю кнопки и команды. Выберите, пожалуйста:",
    [TEXT_HINT_PHOTO] =
        "Фото я не читаю. Свой код покажите кассиру, он его отсканирует.",
    [TEXT_GATE] =
        "Остался один шаг. Подпишитесь на канал <b>{brand}</b> — и скидка "
        "<b>{percent}</b> ваша.",
    [TEXT_GATE_NOT_YET] =
        "Пока не вижу подписки. Telegram иногда отвечает с задержкой — попробуйте "
        "ещё раз через несколько секунд.",
    [TEXT_GATE_PASSED] = "✅ Готово, спасибо! Ваша скидка ниже.",
    [TEXT_NO_WELCOME] = "Сейчас новых скидок за подписку нет. Загляните позже!",
    [TEXT_NO_DISCOUNT] =
        "Сейчас действующих скидок нет. Укажите день рождения — и мы подготовим "
        "подарок.",
    [TEXT_WALLET_ACTIVE] =
        "🎁 {n:Действует|Действуют|Действует} {n} {n:скидка|скидки|скидок}:",
    [TEXT_WALLET_USED] =
        "✅ {n:Использована|Использованы|Использовано} {n} {n:скидка|скидки|скидок}:",
    [TEXT_WALLET_GONE] = "⌛ Срок вышел у {n} {n:скидки|скидок|скидок}:",
    [TEXT_WALLET_NO_ACTIVE] = "Действующих скидок пока нет.",
    [TEXT_WALLET_NO_USED] = "Использованных скидок пока нет.",
    [TEXT_WALLET_NO_GONE] = "Просроченных скидок нет.",
    [TEXT_LINE_ACTIVE] = "• <b>{percent}</b> · {what} · до {until}",
    [TEXT_LINE_USED] = "• <b>{percent}</b> · {what} · {when}, {store}",
    [TEXT_LINE_GONE] = "• <b>{percent}</b> · {what} · была до {until}",
    [TEXT_BIRTHDAY_NONE] = "🎂 Когда у вас день рождения? Мы подготовим подарок.",
    [TEXT_BIRTHDAY_IS] = "🎂 Ваш день рождения: <b>{day}</b>.",
    [TEXT_BIRTHDAY_RULES] =
        "Скидка {percent} действует за {before} {before:день|дня|дней} до и "
        "{after} {after:день|дня|дней} после. Дату нужно указать не позже чем за "
        "{lead} {lead:день|дня|дней}; менять её можно раз в год.",
    [TEXT_BIRTHDAY_RULES_DAY] =
        "Скидка {percent} действует в сам день и ещё {after} "
        "{after:день|дня|дней}. Дату нужно указать не позже чем за {lead} "
        "{lead:день|дня|дней}; менять её можно раз в год.",
    [TEXT_BIRTHDAY_FEB28] = "В обычный год поздравим вас 28 февраля.",
    [TEXT_BIRTHDAY_MAR1] = "В обычный год поздравим вас 1 марта.",
    [TEXT_BIRTHDAY_ASK] = "Напишите дату рождения, например <code>29.02.1996</code>.",
    [TEXT_BIRTHDAY_UNREADABLE] =
        "Не получилось прочитать дату. Напишите день, месяц и год: "
        "<code>29.02.1996</code>.",
    [TEXT_BIRTHDAY_SHORT_YEAR] =
        "Напишите год целиком, четырьмя цифрами: <code>29.02.1996</code>.",
    [TEXT_BIRTHDAY_NO_SUCH_DAY] =
        "В месяце {month} — {days} {days:день|дня|дней}. Проверьте, пожалуйста, "
        "дату.",
    [TEXT_BIRTHDAY_FUTURE] = "Эта дата ещё не наступила. Проверьте, пожалуйста, год.",
    [TEXT_BIRTHDAY_YOUNG] =
        "К сожалению, программа не для такого возраста. Проверьте, пожалуйста, год.",
    [TEXT_BIRTHDAY_OLD] = "Похоже, в годе опечатка. Проверьте, пожалуйста.",
    [TEXT_BIRTHDAY_SAME] = "Эта дата у нас уже записана.",
    [TEXT_BIRTHDAY_CHANGED] = "Дату можно менять раз в год, и вы её недавно меняли.",
    [TEXT_BIRTHDAY_NEAR] =
        "Прямо перед днём рождения и сразу после него дату менять нельзя. "
        "Попробуйте позже.",
    [TEXT_BIRTHDAY_SURE] = "<b>{day}</b> — верно?",
    [TEXT_BIRTHDAY_SET] = "🎂 Записали: <b>{day}</b>. Подарок появится в ваших скидках.",
    [TEXT_MESSAGES_ASK] = "📣 И ещё один вопрос, отдельный от скидки:",
    [TEXT_MESSAGES_ON] =
        "🔔 Вы получаете акции и поздравления. Отключить можно в одно касание.",
    [TEXT_MESSAGES_OFF] = "🔕 Сейчас мы ничего не присылаем, кроме ответов и чеков.",
    [TEXT_MESSAGES_STOPPED] = "🔕 Готово, рассылки отключены. Скидки остаются с вами.",
    [TEXT_MESSAGES_THANKS] =
        "🔔 Спасибо! Будем писать только по делу.\n"
        "Хотите подарок ко дню рождения? Укажите дату.",
    [TEXT_MESSAGES_LATER] =
        "Хорошо, ничего присылать не будем. Включить можно в меню: 🔔 Рассылка.",
    [TEXT_HELP] =
        "<b>{brand}</b>: как это работает\n"
        "1. Возьмите скидку: /discount\n"
        "2. Покажите QR-код кассиру или назовите код под ним.\n"
        "3. Получите скидку, чек придёт сюда.\n"
        "/wallet — все скидки, /birthday — день рождения, /notifications — "
        "рассылка, /language — язык, /privacy — ваши данные",
    [TEXT_DATA] =
        "🔒 Что хранит <b>{brand}</b>:\n"
        "• имя: {name}\n"
        "• номер в Telegram и язык\n"
        "• день рождения: {born}\n"
        "• рассылка: {messages}\n"
        "• ваши скидки, с {since}\n"
        "Только для программы скидок. Никому не передаём.",
    [TEXT_WITHDRAW_ASK] =
        "Отозвать согласие? Мы перестанем обрабатывать ваши данные: скидки станут "
        "недоступны, рассылка отключится.",
    [TEXT_WITHDRAWN] =
        "Согласие отозвано. Спасибо, что были с нами.\n"
        "Захотите вернуться — отправьте /start.",
    [TEXT_TOLD_REDEEMED] =
        "✅ Скидка <b>{percent}</b> использована: {store}, {when}. Чек № {no}.\n"
        "Это были не вы? Скажите об этом в магазине.",
    [TEXT_TOLD_VOIDED] =
        "↩️ Кассир отменил чек № {no} ({store}, {when}). Ваша скидка "
        "<b>{percent}</b> снова действует.",
    [TEXT_TOLD_GIFT] =
        "🎂 С днём рождения, {name}!\n"
        "<b>{brand}</b> дарит вам скидку <b>{percent}</b>, до {until}.",
    /* ---- the cashier's bot */
    [TEXT_STRANGER] =
        "Это служебный бот. Если вы здесь работаете, попросите у управляющего "
        "ссылку-приглашение.",
    [TEXT_INVITE_UNKNOWN] =
        "Эта ссылка-приглашение не подходит. Попросите у управляющего новую.",
    [TEXT_INVITE_OVER] =
        "Эта ссылка-приглашение уже использована или её срок вышел. Попросите "
        "новую.",
    [TEXT_HIRED] =
        "👋 {name}, добро пожаловать! Ваша роль: {role}.\n"
        "Откройте смену — и можно проверять коды.",
    [TEXT_ROLE_OWNER] = "владелец",
    [TEXT_ROLE_ADMINISTRATOR] = "администратор",
    [TEXT_ROLE_MARKETING] = "маркетолог",
    [TEXT_ROLE_READONLY] = "наблюдатель",
    [TEXT_ROLE_MANAGER] = "управляющий",
    [TEXT_ROLE_SELLER] = "продавец",
    [TEXT_ROLE_CASHIER] = "кассир",
    [TEXT_ROLE_STOREKEEPER] = "кладовщик",
    [TEXT_NO_RIGHT] = "Для этого у вас нет прав. Обратитесь к управляющему.",
    [TEXT_TILL_CLOSED] = "Смена не открыта.",
    [TEXT_TILL_OPEN] =
        "🟢 <b>{store}</b>, смена с {when}.\n"
        "Пришлите код: наведите камеру телефона на QR, напишите код или пришлите "
        "его фото.",
    [TEXT_HINT_TILL] = "Я понимаю коды, их фото и кнопки.",
    [TEXT_CHOOSE_STORE] = "В каком магазине открыть смену?",
    [TEXT_NO_STORES] =
        "Вас пока не привязали ни к одному магазину. Попросите управляющего.",
    [TEXT_NOT_YOUR_STORE] =
        "В этом магазине вы смену открыть не можете. Обратитесь к управляющему.",
    [TEXT_REPORT] = "📊 <b>{store}</b>: смена с {from}, сейчас {till}",
    [TEXT_REPORT_CLOSED] = "🔒 <b>{store}</b>: смена закрыта, {from} — {till}",
    [TEXT_REPORT_COUNT] =
        "Применено: <b>{n}</b> {n:скидка|скидки|скидок}. Отменено: {voided}.",
    [TEXT_REPORT_KINDS] =
        "За подписку {subscription}, ко дню рождения {birthday}, личных {manual}.",
    [TEXT_REPORT_MONEY] = "Покупки {sum}, скидки {off}, средний чек {average}.",
    [TEXT_CLOSE_ASK] = "Закрыть смену?",
    [TEXT_CODE_EMPTY] = "Здесь нет кода. В коде 10 знаков: <code>XXXXX-XXXXX</code>.",
    [TEXT_CODE_SHORT] =
        "Код короче, чем нужно: в нём 10 знаков, <code>XXXXX-XXXXX</code>. "
        "Проверьте, пожалуйста.",
    [TEXT_CODE_LONG] =
        "Код длиннее, чем нужно: в нём 10 знаков, <code>XXXXX-XXXXX</code>. "
        "Проверьте, пожалуйста.",
    [TEXT_CODE_ALIEN] =
        "Знак номер {at} в кодах не бывает. Бывают цифры и латинские буквы, кроме "
        "I, L, O, U.",
    [TEXT_CODE_MISTYPED] =
        "В коде опечатка: контрольный знак не сходится. Сверьте код с экраном "
        "покупателя.",
    [TEXT_PHOTO_NOTHING] =
        "QR-код на фото не нашёлся. Снимите ближе и ровнее или введите код текстом.",
    [TEXT_PHOTO_SEVERAL] = "На фото несколько кодов. Снимите, пожалуйста, один.",
    [TEXT_PHOTO_LARGE] =
        "Фото слишком большое. Пришлите обычное фото или введите код текстом.",
    [TEXT_PHOTO_ALIEN] = "Это QR-код, но не наш.",
    [TEXT_PHOTO_LOST] =
        "Фото не загрузилось. Пришлите ещё раз или введите код текстом.",
    [TEXT_STALE] =
        "Время на подтверждение вышло, или код взяла другая касса. Проверьте код "
        "ещё раз.",
    [TEXT_RECEIPT] =
        "✅ Применено · чек <b>№ {no}</b>\n"
        "Скидка <b>{percent}</b> · {what}\n"
        "{customer}\n"
        "{store}, {when}",
    [TEXT_UNDO_ASK] = "Отменить чек № {no} ({percent}, {customer})? Почему?",
    [TEXT_UNDO_NOTHING] = "В этой смене отменять нечего.",
    [TEXT_UNDO_ALREADY] = "Этот чек уже отменён.",
    [TEXT_UNDO_LATE] =
        "Отменить самому уже нельзя: прошло больше {minutes} "
        "{minutes:минуты|минут|минут} или смена закрыта. Это может управляющий.",
    [TEXT_UNDO_NOT_YOURS] =
        "Этот чек вы отменить не можете. Обратитесь к управляющему.",
    [TEXT_UNDONE] =
        "↩️ Чек № {no} отменён: {why}.\n"
        "Скидка {percent} ({customer}) снова действует, покупателю мы написали.",
    [TEXT_HELP_TILL] =
        "<b>Как проверить код</b>\n"
        "1. Наведите камеру телефона на QR покупателя и откройте ссылку. Или "
        "введите код. Или пришлите его фото.\n"
        "2. Проверьте карточку и нажмите «Применить».\n"
        "3. Ошиблись? «Отменить», {minutes} {minutes:минута|минуты|минут}.\n"
        "/shift — смена, /report — отчёт, /undo — отмена, /close — закрыть смену, "
        "/language — язык",
    /* ---- the cards of checked codes */
    [CARD_VALID] =
        "✅ Скидка <b>{percent}</b> · {what}\n"
        "{customer}\n"
        "Действует до {until}\n"
        "Подтвердите до {held}.",
    [CARD_USED] =
        "⚠️ Уже использована: {when}, {store}, кассир {by}, чек № {no}.\n"
        "Второй раз применить нельзя.",
    [CARD_USED_BY_YOU] =
        "☑️ Эту скидку вы уже применили: {when}, {store}, {by}, чек № {no}. Ничего "
        "делать не нужно.",
    [CARD_EXPIRED] = "⌛ Срок вышел: скидка {percent} действовала до {until}.",
    [CARD_EXPIRED_NOW] = "⌛ Срок скидки вышел, применить её уже нельзя.",
    [CARD_NOT_STARTED] = "🕒 Скидка {percent} начнёт действовать {from}.",
    [CARD_REVOKED] = "⛔ Эта скидка отозвана магазином.",
    [CARD_UNKNOWN] =
        "❓ Такого кода у нас нет. Покупатель мог обновить код: попросите показать "
        "экран ещё раз.",
    [CARD_HELD] =
        "⏸ Этот код сейчас проверяет {by}, до {held}. Если покупатель стоит у вас, "
        "возьмите его.",
    [CARD_OWN] = "🙅 Свою скидку применяет другой кассир.",
    [CARD_WRONG_STORE] = "🏬 В этом магазине скидка не действует.",
    [CARD_LOCKED] = "🔐 Слишком много неверных кодов. Проверка откроется {held}.",
    [CARD_NO_SHIFT] = "Сначала откройте смену. Код мы запомнили и проверим сразу.",
    /* ---- captions: 1024 units */
    [CAPTION_DISCOUNT] =
        "🎁 <b>{brand}</b>\n"
        "Ваша скидка: <b>{percent}</b>\n"
        "Код: <code>{code}</code>\n"
        "Действует до {until}\n"
        "Покажите этот экран кассиру.",
    [CAPTION_FRESH] =
        "🔄 <b>{brand}</b>: новый код, прежний больше не действует\n"
        "Ваша скидка: <b>{percent}</b>\n"
        "Код: <code>{code}</code>\n"
        "Действует до {until}",
    [CAPTION_RETIRED] = "♻️ Этот код заменён новым.",
    /* ---- alerts: plain, 200 units */
    [ALERT_PRIVATE] = "Напишите мне, пожалуйста, в личные сообщения.",
    /* ---- buttons: plain, short */
    [BTN_MENU] = "🏠 Меню",
    [BTN_HELP] = "❓ Помощь",
    [BTN_LANGUAGE] = "🌐 Язык",
    [BTN_RUSSIAN] = "Русский",
    [BTN_ENGLISH] = "English",
    [BTN_OTHER_LANGUAGE] = "🌐 English",
    [BTN_AGREE] = "✅ Согласен",
    [BTN_DISAGREE] = "Не согласен",
    [BTN_THINK_AGAIN] = "Прочитать ещё раз",
    [BTN_CHANNEL] = "📣 Открыть канал",
    [BTN_SUBSCRIBED] = "✅ Я подписался",
    [BTN_DISCOUNT] = "🎟 Моя скидка",
    [BTN_WALLET] = "🎁 Мои скидки",
    [BTN_BIRTHDAY] = "🎂 День рождения",
    [BTN_MESSAGES] = "🔔 Рассылка",
    [BTN_DATA] = "🔒 Мои данные",
    [BTN_COPY] = "📋 Скопировать код",
    [BTN_FRESH] = "🔄 Обновить код",
    [BTN_SHOW_ONE] = "Показать {percent}",
    [BTN_SHOW_CODE] = "🎟 Показать код",
    [BTN_TAB_ACTIVE] = "🎁 Действуют",
    [BTN_TAB_USED] = "✅ Использованы",
    [BTN_TAB_GONE] = "⌛ Срок вышел",
    [BTN_BACK] = "◀️ Назад",
    [BTN_MORE] = "Дальше ▶️",
    [BTN_ENTER_DATE] = "✏️ Указать дату",
    [BTN_CHANGE] = "✏️ Изменить",
    [BTN_RIGHT] = "✅ Верно",
    [BTN_CORRECT] = "✏️ Исправить",
    [BTN_WANT] = "🔔 Хочу получать",
    [BTN_NOT_NOW] = "Не сейчас",
    [BTN_MESSAGES_OFF] = "🔕 Отключить",
    [BTN_MESSAGES_STOP] = "🔕 Отписаться",
    [BTN_BRING_BACK] = "Вернуть",
    [BTN_WITHDRAW] = "Отозвать согласие",
    [BTN_WITHDRAW_SURE] = "Да, отозвать",
    [BTN_STAY] = "Остаться",
    [BTN_OPEN_SHIFT] = "🔓 Открыть смену",
    [BTN_SHIFT] = "📊 Смена",
    [BTN_CLOSE_SHIFT] = "🔒 Закрыть смену",
    [BTN_CLOSE_SURE] = "🔒 Да, закрыть",
    [BTN_CLOSE_NOT] = "Работаем дальше",
    [BTN_UNDO_LAST] = "↩️ Отмена чека",
    [BTN_APPLY] = "✅ Применить {percent}",
    [BTN_CANCEL] = "Отмена",
    [BTN_TAKE] = "Взять себе",
    [BTN_UNDO] = "↩️ Отменить",
    [BTN_KEEP] = "Не отменять",
    [BTN_WHY_AMOUNT] = "Ошибка суммы",
    [BTN_WHY_CUSTOMER] = "Не тот клиент",
    [BTN_WHY_RETURN] = "Возврат",
    [BTN_WHY_OTHER] = "Другое",
};
/* clang-format on */
