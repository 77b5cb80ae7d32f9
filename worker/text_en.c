/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * English. Rules: text.h. */
#include "worker/text.h"

extern const char *const text_en[TEXT_COUNT];

/* Broken into lines by hand: clang-format counts emoji in its own way. */
/* clang-format off */
const char *const text_en[TEXT_COUNT] = {
    /* ---- both bots */
    [TEXT_NOTHING] = "",
    [TEXT_YES] = "yes",
    [TEXT_NO] = "no",
    [TEXT_OLD_SCREEN] = "That screen is out of date, here is a fresh one.",
    [TEXT_LOST] = "Sorry, we lost the thread. Let us start from here.",
    [TEXT_CANCELLED] = "All right, cancelled.",
    [TEXT_LANGUAGE] = "Which language shall we speak?",
    [TEXT_FOR_SUBSCRIPTION] = "for subscribing",
    [TEXT_FOR_BIRTHDAY] = "birthday",
    [TEXT_FOR_YOU] = "personal",
    [TEXT_MONTH_1] = "January",
    [TEXT_MONTH_2] = "February",
    [TEXT_MONTH_3] = "March",
    [TEXT_MONTH_4] = "April",
    [TEXT_MONTH_5] = "May",
    [TEXT_MONTH_6] = "June",
    [TEXT_MONTH_7] = "July",
    [TEXT_MONTH_8] = "August",
    [TEXT_MONTH_9] = "September",
    [TEXT_MONTH_10] = "October",
    [TEXT_MONTH_11] = "November",
    [TEXT_MONTH_12] = "December",
    /* ---- the customer's bot */
    [TEXT_WELCOME] =
        "👋 Hello! This is <b>{brand}</b>: discounts and gifts for our guests.",
    [TEXT_REFUSED] =
        "All right. Without your consent we cannot issue a discount, and we have "
        "kept nothing about you.\n"
        "If you change your mind, we are here.",
    [TEXT_MENU] = "<b>{brand}</b>\nWhat shall we show?",
    [TEXT_HINT] = "I understand buttons and commands. Please choose:",
    [TEXT_HINT_PHOTO] =
        "I do not read photos. Show your code to the cashier, who will scan it.",
    [TEXT_GATE] =
        "One step left. Subscribe to the channel of <b>{brand}</b>, and the "
        "<b>{percent}</b> discount is yours. Then come back here and press “I "
        "subscribed”.",
    [TEXT_GATE_NOT_YET] =
        "I cannot see the subscription yet. Telegram is sometimes slow — please "
        "try again in a few seconds.",
    [TEXT_GATE_PASSED] = "✅ Done, thank you! Your discount is below.",
    [TEXT_NO_WELCOME] =
        "There are no new welcome discounts right now. Please look in later!",
    [TEXT_NO_DISCOUNT] = "No active discounts right now.",
    [TEXT_GIFT_HINT] = "Tell us your birthday, and we will prepare a gift.",
    [TEXT_WALLET_ACTIVE] = "🎁 You have {n} active {n:discount|discounts}:",
    [TEXT_WALLET_USED] = "✅ You have used {n} {n:discount|discounts}:",
    [TEXT_WALLET_GONE] = "⌛ Expired: {n} {n:discount|discounts}:",
    [TEXT_WALLET_NO_ACTIVE] = "No active discounts yet.",
    [TEXT_WALLET_NO_USED] = "No used discounts yet.",
    [TEXT_WALLET_NO_GONE] = "No expired discounts.",
    [TEXT_LINE_ACTIVE] = "• <b>{percent}</b> · {what} · until {until}",
    [TEXT_LINE_USED] = "• <b>{percent}</b> · {what} · {when}, {store}",
    [TEXT_LINE_GONE] = "• <b>{percent}</b> · {what} · was good until {until}",
    [TEXT_BIRTHDAY_NONE] = "🎂 When is your birthday?",
    [TEXT_BIRTHDAY_IS] = "🎂 Your birthday: <b>{day}</b>.",
    [TEXT_BIRTHDAY_RULES] =
        "{percent} off from {before} {before:day|days} before it to {after} "
        "{after:day|days} after.",
    [TEXT_BIRTHDAY_RULES_DAY] =
        "{percent} off on the day and {after} {after:day|days} after.",
    [TEXT_BIRTHDAY_RULES_AHEAD] =
        "{percent} off on the day and {before} {before:day|days} before it.",
    [TEXT_BIRTHDAY_RULES_ONLY] = "{percent} off on the day.",
    [TEXT_BIRTHDAY_LEAD] = "Please tell us at least {lead} {lead:day|days} ahead.",
    [TEXT_BIRTHDAY_YEARLY] = "The date can be changed once a year.",
    [TEXT_BIRTHDAY_FEB28] =
        "When the year has no 29 February, we celebrate on the 28th.",
    [TEXT_BIRTHDAY_MAR1] = "When the year has no 29 February, we celebrate on 1 March.",
    [TEXT_BIRTHDAY_ASK] =
        "Please type your date of birth, for example <code>25.03.1964</code>.",
    [TEXT_BIRTHDAY_UNREADABLE] =
        "I could not read that date. Day, month and year, please: "
        "<code>25.03.1964</code>.",
    [TEXT_BIRTHDAY_SHORT_YEAR] =
        "Please write the year in full, four digits: <code>25.03.1964</code>.",
    [TEXT_BIRTHDAY_NO_SUCH_DAY] =
        "There is no such day: {month} has {days} {days:day|days}. Please check the "
        "date.",
    [TEXT_BIRTHDAY_FUTURE] = "That date has not come yet. Please check the year.",
    [TEXT_BIRTHDAY_YOUNG] =
        "Sorry, our programme is not for that age yet. Please check the year.",
    [TEXT_BIRTHDAY_OLD] = "There seems to be a slip in the year. Please check it.",
    [TEXT_BIRTHDAY_SAME] = "We have that very date already.",
    [TEXT_BIRTHDAY_CHANGED] =
        "The date can be changed once a year, and you changed it recently.",
    [TEXT_BIRTHDAY_NEAR] =
        "The date cannot be changed shortly before or after a birthday. Please try "
        "later.",
    [TEXT_BIRTHDAY_SURE] = "<b>{day}</b> — is that right?",
    [TEXT_BIRTHDAY_SET] = "🎂 Noted: <b>{day}</b>.",
    [TEXT_BIRTHDAY_GIFT] = "The gift will appear among your discounts.",
    [TEXT_MESSAGES_ASK] = "📣 One more question, separate from the discount:",
    [TEXT_MESSAGES_ON] =
        "🔔 You receive offers and greetings. One press turns them off.",
    [TEXT_MESSAGES_OFF] = "🔕 We send you nothing now but answers and receipts.",
    [TEXT_MESSAGES_STOPPED] = "🔕 Done, messages are off. Your discounts stay with you.",
    [TEXT_MESSAGES_THANKS] = "🔔 Thank you! We will write only when it matters.",
    [TEXT_MESSAGES_LATER] =
        "All right, no offers then. If you change your mind, the menu has “🔔 "
        "Messages”.",
    [TEXT_HELP] =
        "<b>{brand}</b>: how it works\n"
        "1. Take your discount: /discount\n"
        "2. Show the QR code at the till, or read out the code below it.\n"
        "3. The cashier applies the discount; you hear of it here.\n\n"
        "/wallet — all discounts, /birthday — birthday\n"
        "/notifications — messages, /language — language\n"
        "/privacy — your data",
    [TEXT_DATA] =
        "🔒 What <b>{brand}</b> keeps:\n"
        "• name: {name}\n"
        "• your Telegram number: {id}, language: {language}\n"
        "• birthday: {born}",
    [TEXT_DATA_CONSENT] =
        "• consent: {when}, text No. {version}\n"
        "• in our channel: {channel}, messages: {messages}",
    [TEXT_DATA_HISTORY] =
        "• discounts: {active} active, {used} used, {gone} expired\n"
        "• with us since {since}, the link you came by: {source}",
    [TEXT_DATA_TERMS] =
        "It serves the discounts only, and we pass nothing on. Copies of our messages "
        "are kept for {days} {days:day|days}.",
    [TEXT_WITHDRAW_ASK] =
        "Withdraw your consent? We stop using your data at once: the codes of your "
        "discounts stop working, and there are no more messages or gifts.\n"
        "You can come back at any time.",
    [TEXT_WITHDRAWN] =
        "Your consent is withdrawn, and the codes of your discounts no longer work. "
        "Thank you for being with us.\n"
        "Come back, and the discounts that have not run out work again.",
    [TEXT_TOLD_REDEEMED] =
        "✅ Your <b>{percent}</b> discount was used: {store}, {when}. Receipt No. "
        "{no}.\n"
        "Was it not you? Please tell the shop.",
    [TEXT_TOLD_VOIDED] =
        "↩️ The cashier gave your <b>{percent}</b> discount back: receipt No. {no} "
        "({store}, {when}) is cancelled. It is good again.",
    [TEXT_TOLD_GIFT] =
        "🎂 Happy birthday, {name}!\n"
        "<b>{brand}</b> has a gift for you: <b>{percent}</b> off until {until}.",
    [TEXT_TOLD_GIFT_AHEAD] =
        "🎂 {name}, your birthday is near!\n"
        "<b>{brand}</b> has a gift for you: <b>{percent}</b> off until {until}.",
    /* ---- the cashier's bot */
    [TEXT_STRANGER] =
        "This is a staff bot. Are you a customer? Show your code to the cashier.\n"
        "Do you work here? Ask your manager for an invitation link.",
    [TEXT_INVITE_UNKNOWN] =
        "This invitation link does not work. Ask your manager for a new one.",
    [TEXT_INVITE_OVER] =
        "This invitation link has been used or has run out. Please ask for a new "
        "one.",
    [TEXT_HIRED] = "👋 {name}, welcome! Your role: {role}.",
    [TEXT_HIRED_SHIFT] = "Open a shift, and you can check codes.",
    [TEXT_TOLD_CHANNEL] =
        "⚠️ The bot cannot see who is subscribed to the channel <b>{channel}</b>: it "
        "seems to be no administrator there any more. Until then discounts are given "
        "without that check.\n"
        "Please make our customers' bot an administrator of the channel again.",
    [TEXT_ROLE_OWNER] = "owner",
    [TEXT_ROLE_ADMINISTRATOR] = "administrator",
    [TEXT_ROLE_MARKETING] = "marketing",
    [TEXT_ROLE_READONLY] = "observer",
    [TEXT_ROLE_MANAGER] = "manager",
    [TEXT_ROLE_SELLER] = "seller",
    [TEXT_ROLE_CASHIER] = "cashier",
    [TEXT_ROLE_STOREKEEPER] = "storekeeper",
    [TEXT_NO_RIGHT] = "This is not open to you. If you need it, ask your manager.",
    [TEXT_TILL_CLOSED] = "No shift is open.",
    [TEXT_TILL_OPEN] =
        "🟢 <b>{store}</b>, shift since {when}.\n"
        "To check a code, point your phone's camera at the QR, type the code here, or "
        "send its photo.",
    [TEXT_HINT_TILL] = "I understand codes, their photos and buttons.",
    [TEXT_CHOOSE_STORE] = "In which store shall we open the shift?",
    [TEXT_NO_STORES] =
        "No store is assigned to you yet. Please ask your manager.",
    [TEXT_NOT_YOUR_STORE] =
        "You cannot open a shift at that store. Please ask your manager.",
    [TEXT_REPORT] = "📊 <b>{store}</b>: shift since {from}, now {till}",
    [TEXT_REPORT_CLOSED] = "🔒 <b>{store}</b>: shift closed, {from} — {till}",
    [TEXT_REPORT_COUNT] =
        "Redeemed: <b>{n}</b> {n:discount|discounts}. Cancelled: {voided}.",
    [TEXT_REPORT_KINDS] =
        "For subscribing {subscription}, birthday {birthday}, personal {manual}.",
    [TEXT_CLOSE_ASK] = "Close the shift?",
    [TEXT_CODE_EMPTY] =
        "There is no code here. A code has 10 symbols: <code>XXXXX-XXXXX</code>.",
    [TEXT_CODE_SHORT] =
        "The code is too short: it should have 10 symbols, <code>XXXXX-XXXXX</code>. "
        "Please check.",
    [TEXT_CODE_LONG] =
        "The code is too long: it should have 10 symbols, <code>XXXXX-XXXXX</code>. "
        "Please check.",
    [TEXT_CODE_ALIEN] =
        "Symbol number {at} does not belong here. Codes have only digits and Latin "
        "letters except I, L, O, U.",
    [TEXT_CODE_MISTYPED] =
        "There is a slip in the code. Please compare it with the customer's screen.",
    [TEXT_PHOTO_NOTHING] =
        "No QR code was found in the photo. Take it closer and straighter, or type "
        "the code.",
    [TEXT_PHOTO_SEVERAL] =
        "There are several codes in the photo. Please take just one.",
    [TEXT_PHOTO_LARGE] =
        "The photo is too large. Send an ordinary one, or type the code.",
    [TEXT_PHOTO_ALIEN] =
        "That is a QR code, but not one of ours. The customer finds it under “My "
        "discount” in our bot.",
    [TEXT_PHOTO_LOST] =
        "The photo did not come through. Send it again, or type the code.",
    [TEXT_STALE] =
        "The time to confirm is over, or another till took the code. Please check "
        "it again.",
    [TEXT_RECEIPT] =
        "✅ Redeemed · receipt <b>No. {no}</b>\n"
        "<b>{percent}</b> off · {what}\n"
        "{customer}\n"
        "{store}, {when}",
    [TEXT_UNDO_ASK] =
        "Cancel receipt No. {no} ({percent}, {customer})? Please choose why:",
    [TEXT_UNDO_NOTHING] = "There is nothing to cancel in this shift.",
    [TEXT_UNDO_ALREADY] = "Receipt No. {no} is cancelled already.",
    [TEXT_UNDO_LATE] =
        "You can no longer cancel it yourself: more than {minutes} "
        "{minutes:minute|minutes} have passed, or the shift is closed.\n"
        "A manager can help, by checking the same code and pressing “Cancel it”.",
    [TEXT_UNDO_NOT_YOURS] = "You cannot cancel that receipt. Please ask your manager.",
    [TEXT_UNDO_UNKNOWN] =
        "This button cancels no receipt any more. The last one of the shift can be "
        "cancelled from the menu; with others a manager can help.",
    [TEXT_UNDONE] =
        "↩️ Receipt No. {no} is cancelled. Reason: {why}.\n"
        "The {percent} discount ({customer}) is good again; the customer has been "
        "told.",
    [TEXT_HELP_TILL] =
        "<b>How to check a code</b>\n"
        "1. Point your phone's camera at the customer's QR and open the link. Or type "
        "the code. Or send its photo.\n"
        "2. Look at the card and press “Apply”.\n"
        "3. A mistake? Press “Cancel it” under the receipt within {minutes} "
        "{minutes:minute|minutes}.\n\n"
        "/shift — shift, /report — report, /undo — cancel\n"
        "/close — close the shift, /language — language",
    /* ---- the cards of checked codes */
    [CARD_VALID] =
        "✅ <b>{percent}</b> off · {what}\n"
        "{customer}\n"
        "Good until {until}\n"
        "Please confirm by {held}.",
    [CARD_USED] =
        "⚠️ Already used: {when}, {store}, cashier {by}, receipt No. {no}.\n"
        "It cannot be used twice.",
    [CARD_USED_BY_YOU] =
        "☑️ You have applied this discount already: {when}, {store}, receipt No. {no}. "
        "There is nothing to do.",
    [CARD_EXPIRED] = "⌛ Expired: the {percent} discount was good until {until}.",
    [CARD_EXPIRED_NOW] = "⌛ The discount has run out and can no longer be used.",
    [CARD_NOT_STARTED] = "🕒 The {percent} discount starts on {from}.",
    [CARD_REVOKED] = "⛔ The shop has withdrawn this discount.",
    [CARD_UNKNOWN] =
        "❓ We have no such code. The customer may have renewed it: ask to see the "
        "screen again.",
    [CARD_HELD] =
        "⏸ {by} is checking this code now, until {held}. If the customer is with "
        "you, press “Take it”.",
    [CARD_OWN] = "🙅 This discount is yours: another cashier must apply it.",
    [CARD_WRONG_STORE] = "🏬 The discount is not valid at this store.",
    [CARD_LOCKED] = "🔐 Too many wrong codes. Checking opens again at {held}.",
    [CARD_NO_SHIFT] =
        "Open a shift first. We remember the code and will check it right away.",
    [CARD_WITHDRAWN] =
        "⛔ The discount is not valid: the customer has left the programme. They can "
        "come "
        "back by themselves, in our bot.",
    /* ---- captions: 1024 units */
    [CAPTION_DISCOUNT] =
        "🎁 <b>{brand}</b>\n"
        "Your discount: <b>{percent}</b>\n"
        "Code: <code>{code}</code>\n"
        "Good until {until}\n"
        "Show this screen to the cashier.",
    [CAPTION_FRESH] =
        "🔄 <b>{brand}</b>: a new code, the old one is no longer good\n"
        "Your discount: <b>{percent}</b>\n"
        "Code: <code>{code}</code>\n"
        "Good until {until}",
    [CAPTION_RETIRED] = "♻️ This code was replaced by a new one and no longer works.",
    [CAPTION_USED] = "✅ Used {when}, {store}, {percent}",
    /* ---- alerts: plain, 200 units */
    [ALERT_PRIVATE] = "Please write to me in a private chat.",
    /* ---- buttons: plain, short */
    [BTN_MENU] = "🏠 Menu",
    [BTN_HELP] = "❓ Help",
    [BTN_LANGUAGE] = "🌐 Language",
    [BTN_RUSSIAN] = "Русский",
    [BTN_ENGLISH] = "English",
    [BTN_OTHER_LANGUAGE] = "🌐 Русский",
    [BTN_AGREE] = "✅ I agree",
    [BTN_DISAGREE] = "I do not agree",
    [BTN_THINK_AGAIN] = "Read it again",
    [BTN_CHANNEL] = "📣 Open the channel",
    [BTN_SUBSCRIBED] = "✅ I subscribed",
    [BTN_DISCOUNT] = "🎟 My discount",
    [BTN_WALLET] = "🎁 My discounts",
    [BTN_BIRTHDAY] = "🎂 Birthday",
    [BTN_MESSAGES] = "🔔 Messages",
    [BTN_DATA] = "🔒 My data",
    [BTN_COPY] = "📋 Copy the code",
    [BTN_FRESH] = "🔄 Renew the code",
    [BTN_SHOW_ONE] = "Show {percent}",
    [BTN_SHOW_CODE] = "🎟 Show the code",
    [BTN_TAB_ACTIVE] = "🎁 Active",
    [BTN_TAB_USED] = "✅ Used",
    [BTN_TAB_GONE] = "⌛ Expired",
    [BTN_BACK] = "◀️ Back",
    [BTN_MORE] = "More ▶️",
    [BTN_ENTER_DATE] = "✏️ Enter the date",
    [BTN_CHANGE] = "✏️ Change",
    [BTN_RIGHT] = "✅ That is right",
    [BTN_CORRECT] = "✏️ Correct it",
    [BTN_WANT] = "🔔 Yes, please",
    [BTN_NOT_NOW] = "Not now",
    [BTN_MESSAGES_OFF] = "🔕 Turn off",
    [BTN_MESSAGES_STOP] = "🔕 Unsubscribe",
    [BTN_BRING_BACK] = "Bring back",
    [BTN_WITHDRAW] = "Withdraw consent",
    [BTN_WITHDRAW_SURE] = "Yes, withdraw",
    [BTN_COME_BACK] = "↩️ Come back",
    [BTN_STAY] = "Stay",
    [BTN_OPEN_SHIFT] = "🔓 Open a shift",
    [BTN_SHIFT] = "📊 Shift",
    [BTN_CLOSE_SHIFT] = "🔒 Close the shift",
    [BTN_CLOSE_SURE] = "🔒 Yes, close",
    [BTN_CLOSE_NOT] = "Keep working",
    [BTN_UNDO_LAST] = "↩️ Cancel receipt",
    [BTN_APPLY] = "✅ Apply {percent}",
    [BTN_CANCEL] = "Cancel",
    [BTN_TAKE] = "Take it",
    [BTN_UNDO] = "↩️ Cancel it",
    [BTN_KEEP] = "Keep it",
    [BTN_WHY_AMOUNT] = "Mistake in the bill",
    [BTN_WHY_CUSTOMER] = "Wrong customer",
    [BTN_WHY_RETURN] = "Return",
    [BTN_WHY_OTHER] = "Other",
};
/* clang-format on */
