/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/text.h - every sentence of both bots, in every language.
 *
 * One enum, one table a language (text_ru.c, text_en.c; its lines in text/). {name} stands for a value,
 * {n:купон|купона|купонов} for the form that goes with the number n. Sentences and
 * captions are Telegram's HTML and their values are escaped; alerts and buttons are
 * plain.
 *
 * To add one: a key here in its section, a line in each table. tests/unit/test_text.c
 * fails for a missing line, an unused key, differing placeholders, a length beyond
 * Telegram's limits. */
#ifndef WORKER_TEXT_H
#define WORKER_TEXT_H

#include "core/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum lang { LANG_RU, LANG_EN, LANG_COUNT };

const char *lang_code(enum lang lang);  /* "ru", "en": lent, for ever */
enum lang lang_find(const char *code);  /* what we stored; else Russian */
enum lang lang_guess(const char *code); /* Telegram's language_code; NULL is Russian */

struct text_arg {
    const char *name;
    const char *text; /* NULL writes nothing */
    int64_t number;
    bool is_number;
};

#define T_TEXT(name, text) ((struct text_arg){(name), (text), 0, false})
#define T_INT(name, number) ((struct text_arg){(name), NULL, (number), true})
#define T_ARGS_(...)                                                                   \
    (const struct text_arg[])                                                          \
    {                                                                                  \
        {0}, ##__VA_ARGS__                                                             \
    }
#define T_COUNT_(...) (sizeof(T_ARGS_(__VA_ARGS__)) / sizeof(struct text_arg) - 1)

enum text_key {
    /* ---- both bots */
    TEXT_NOTHING,
    TEXT_YES,
    TEXT_NO,
    TEXT_OLD_SCREEN,
    TEXT_LOST,
    TEXT_CANCELLED,
    TEXT_LANGUAGE,
    TEXT_FOR_SUBSCRIPTION,
    TEXT_FOR_BIRTHDAY,
    TEXT_FOR_YOU,
    TEXT_MONTH_1,
    TEXT_MONTH_2,
    TEXT_MONTH_3,
    TEXT_MONTH_4,
    TEXT_MONTH_5,
    TEXT_MONTH_6,
    TEXT_MONTH_7,
    TEXT_MONTH_8,
    TEXT_MONTH_9,
    TEXT_MONTH_10,
    TEXT_MONTH_11,
    TEXT_MONTH_12,
    /* ---- the customer's bot */
    TEXT_WELCOME,
    TEXT_REFUSED,
    TEXT_MENU,
    TEXT_HINT,
    TEXT_HINT_PHOTO,
    TEXT_GATE,
    TEXT_GATE_NOT_YET,
    TEXT_GATE_PASSED,
    TEXT_NO_WELCOME,
    TEXT_NO_DISCOUNT,
    TEXT_GIFT_HINT,
    TEXT_WALLET_ACTIVE,
    TEXT_WALLET_USED,
    TEXT_WALLET_GONE,
    TEXT_WALLET_NO_ACTIVE,
    TEXT_WALLET_NO_USED,
    TEXT_WALLET_NO_GONE,
    TEXT_LINE_ACTIVE,
    TEXT_LINE_USED,
    TEXT_LINE_GONE,
    TEXT_BIRTHDAY_NONE,
    TEXT_BIRTHDAY_IS,
    TEXT_BIRTHDAY_RULES,
    TEXT_BIRTHDAY_RULES_DAY,
    TEXT_BIRTHDAY_RULES_AHEAD,
    TEXT_BIRTHDAY_RULES_ONLY,
    TEXT_BIRTHDAY_LEAD,
    TEXT_BIRTHDAY_YEARLY,
    TEXT_BIRTHDAY_FEB28,
    TEXT_BIRTHDAY_MAR1,
    TEXT_BIRTHDAY_ASK,
    TEXT_BIRTHDAY_UNREADABLE,
    TEXT_BIRTHDAY_SHORT_YEAR,
    TEXT_BIRTHDAY_NO_SUCH_DAY,
    TEXT_BIRTHDAY_FUTURE,
    TEXT_BIRTHDAY_YOUNG,
    TEXT_BIRTHDAY_OLD,
    TEXT_BIRTHDAY_SAME,
    TEXT_BIRTHDAY_CHANGED,
    TEXT_BIRTHDAY_NEAR,
    TEXT_BIRTHDAY_SURE,
    TEXT_BIRTHDAY_SET,
    TEXT_BIRTHDAY_GIFT,
    TEXT_MESSAGES_ASK,
    TEXT_MESSAGES_ON,
    TEXT_MESSAGES_OFF,
    TEXT_MESSAGES_STOPPED,
    TEXT_MESSAGES_THANKS,
    TEXT_MESSAGES_LATER,
    TEXT_HELP,
    TEXT_DATA,
    TEXT_DATA_CONSENT,
    TEXT_DATA_HISTORY,
    TEXT_DATA_TERMS,
    TEXT_WITHDRAW_ASK,
    TEXT_WITHDRAWN,
    TEXT_TOLD_REDEEMED,
    TEXT_TOLD_VOIDED,
    TEXT_TOLD_GIFT,
    TEXT_TOLD_GIFT_AHEAD,
    /* ---- the cashier's bot */
    TEXT_STRANGER,
    TEXT_INVITE_UNKNOWN,
    TEXT_INVITE_OVER,
    TEXT_HIRED,
    TEXT_HIRED_SHIFT,
    TEXT_TOLD_CHANNEL,
    TEXT_ROLE_OWNER,
    TEXT_ROLE_ADMINISTRATOR,
    TEXT_ROLE_MARKETING,
    TEXT_ROLE_READONLY,
    TEXT_ROLE_MANAGER,
    TEXT_ROLE_SELLER,
    TEXT_ROLE_CASHIER,
    TEXT_ROLE_STOREKEEPER,
    TEXT_NO_RIGHT,
    TEXT_TILL_CLOSED,
    TEXT_TILL_OPEN,
    TEXT_HINT_TILL,
    TEXT_CHOOSE_STORE,
    TEXT_NO_STORES,
    TEXT_NOT_YOUR_STORE,
    TEXT_REPORT,
    TEXT_REPORT_CLOSED,
    TEXT_REPORT_COUNT,
    TEXT_REPORT_KINDS,
    TEXT_CLOSE_ASK,
    TEXT_CODE_EMPTY,
    TEXT_CODE_SHORT,
    TEXT_CODE_LONG,
    TEXT_CODE_ALIEN,
    TEXT_CODE_MISTYPED,
    TEXT_PHOTO_NOTHING,
    TEXT_PHOTO_SEVERAL,
    TEXT_PHOTO_LARGE,
    TEXT_PHOTO_ALIEN,
    TEXT_PHOTO_LOST,
    TEXT_STALE,
    TEXT_RECEIPT,
    TEXT_UNDO_ASK,
    TEXT_UNDO_NOTHING,
    TEXT_UNDO_ALREADY,
    TEXT_UNDO_LATE,
    TEXT_UNDO_NOT_YOURS,
    TEXT_UNDO_UNKNOWN,
    TEXT_UNDONE,
    TEXT_HELP_TILL,
    /* ---- the cards of checked codes */
    CARD_VALID,
    CARD_USED,
    CARD_USED_BY_YOU,
    CARD_EXPIRED,
    CARD_EXPIRED_NOW,
    CARD_NOT_STARTED,
    CARD_REVOKED,
    CARD_UNKNOWN,
    CARD_HELD,
    CARD_OWN,
    CARD_WRONG_STORE,
    CARD_LOCKED,
    CARD_NO_SHIFT,
    CARD_WITHDRAWN,
    /* ---- captions: 1024 units */
    CAPTION_DISCOUNT,
    CAPTION_FRESH,
    CAPTION_RETIRED,
    CAPTION_USED,
    /* ---- alerts: plain, 200 units */
    ALERT_PRIVATE,
    /* ---- buttons: plain, short */
    BTN_MENU,
    BTN_HELP,
    BTN_LANGUAGE,
    BTN_RUSSIAN,
    BTN_ENGLISH,
    BTN_OTHER_LANGUAGE,
    BTN_AGREE,
    BTN_DISAGREE,
    BTN_THINK_AGAIN,
    BTN_CHANNEL,
    BTN_SUBSCRIBED,
    BTN_DISCOUNT,
    BTN_WALLET,
    BTN_BIRTHDAY,
    BTN_MESSAGES,
    BTN_DATA,
    BTN_COPY,
    BTN_FRESH,
    BTN_SHOW_ONE,
    BTN_SHOW_CODE,
    BTN_TAB_ACTIVE,
    BTN_TAB_USED,
    BTN_TAB_GONE,
    BTN_BACK,
    BTN_MORE,
    BTN_ENTER_DATE,
    BTN_CHANGE,
    BTN_RIGHT,
    BTN_CORRECT,
    BTN_WANT,
    BTN_NOT_NOW,
    BTN_MESSAGES_OFF,
    BTN_MESSAGES_STOP,
    BTN_BRING_BACK,
    BTN_WITHDRAW,
    BTN_WITHDRAW_SURE,
    BTN_COME_BACK,
    BTN_STAY,
    BTN_OPEN_SHIFT,
    BTN_SHIFT,
    BTN_CLOSE_SHIFT,
    BTN_CLOSE_SURE,
    BTN_CLOSE_NOT,
    BTN_UNDO_LAST,
    BTN_APPLY,
    BTN_CANCEL,
    BTN_TAKE,
    BTN_UNDO,
    BTN_KEEP,
    BTN_WHY_AMOUNT,
    BTN_WHY_CUSTOMER,
    BTN_WHY_RETURN,
    BTN_WHY_OTHER,
    TEXT_COUNT,

    TEXT_CAPTIONS = CAPTION_DISCOUNT, /* where the sections begin */
    TEXT_ALERTS = ALERT_PRIVATE,
    TEXT_BUTTONS = BTN_MENU,
};

const char *text_get(enum lang lang, enum text_key key); /* lent, for ever */

/* For sentences and captions: values become HTML. */
#define text_add(out, lang, key, ...)                                                  \
    text_add_args((out), (lang), (key), T_ARGS_(__VA_ARGS__) + 1, T_COUNT_(__VA_ARGS__))
void text_add_args(struct buf *out, enum lang lang, enum text_key key,
                   const struct text_arg *args, size_t n);
/* For alerts and buttons: values as they are. */
#define text_add_plain(out, lang, key, ...)                                            \
    text_add_plain_args((out), (lang), (key), T_ARGS_(__VA_ARGS__) + 1,                \
                        T_COUNT_(__VA_ARGS__))
void text_add_plain_args(struct buf *out, enum lang lang, enum text_key key,
                         const struct text_arg *args, size_t n);

#endif
