/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The sum of the purchase, typed while a card is open. A code typed or scanned then is
 * still a code: the cashier has gone on to the next customer.
 *
 * The sum is kept with the card's row and gives it a new nonce (core/loyalty/redemption.h);
 * the dialogue remembers only which card is meant, and may forget it: the card's own
 * button asks again. */
#include "worker/cashier/cashier.h"

#include "core/base/money.h"
#include "core/loyalty/code_text.h"

#include <ctype.h>
#include <string.h>

#define STATE "amount" /* its word: the card's nonce */

void amount_expect(struct talk *t, const struct card *c)
{
    if (c->verdict == VERDICT_VALID && c->amount_mode != AMOUNT_OFF)
        talk_remember(t, STATE, c->nonce);
    else
        talk_forget(t); /* whatever was asked before, this is another matter */
}

void amount_say(struct talk *t, struct screen *sc, int64_t amount, int64_t off)
{
    char whole[SHOP_WHEN_BYTES], less[SHOP_WHEN_BYTES], pay[SHOP_WHEN_BYTES];

    if (amount < 0)
        return;
    shop_money(amount, t->lang, whole);
    shop_money(off, t->lang, less);
    shop_money(amount - off, t->lang, pay);
    screen_say(sc, TEXT_SUMS, T_TEXT("amount", whole), T_TEXT("off", less),
               T_TEXT("pay", pay));
}

/* limit: what the sum missed. */
static enum status ask_limit(struct talk *t, enum text_key why, const char *nonce,
                             int64_t sum)
{
    char limit[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_money(sum, t->lang, limit);
    screen_open(&sc, t->lang);
    screen_say(&sc, why, T_TEXT("limit", limit));
    screen_button(&sc, BTN_CANCEL, "r", "no", nonce);
    talk_remember(t, STATE, nonce);
    return talk_show(t, &sc);
}

static enum status ask_again(struct talk *t, enum text_key why, const char *nonce)
{
    return ask_limit(t, why, nonce, t->shop->set.amount_limit);
}

/* The button of a card: what to do now. The card stays where it is. */
enum status amount_ask(struct talk *t, const char *arg)
{
    char word[SCREEN_DATA_MAX + 1];

    if (strlen(arg) != NONCE_TEXT || !talk_word(arg, NONCE_TEXT, false, word))
        return cashier_menu(t, "old");
    talk_leave(t);
    return ask_again(t, TEXT_AMOUNT_ASK, arg);
}

static enum status priced(struct talk *t, int64_t amount, const char *nonce)
{
    const struct price_ask ask = {.nonce = nonce,
                                  .staff = &t->staff,
                                  .shift = t->on_shift ? &t->shift : NULL,
                                  .amount = amount};
    enum price_result result;
    struct card card;
    enum status st = redemption_price(t->s->db, t->now, &ask, &result, &card);

    if (st != ST_OK)
        return st;
    if (result == PRICE_SET)
        return card_show(t, &card, "");
    if (result == PRICE_BAD)
        return ask_again(t, amount <= 0 ? TEXT_AMOUNT_NONE : TEXT_AMOUNT_LARGE, nonce);
    if (result == PRICE_SMALL)
        return ask_limit(t, TEXT_AMOUNT_SMALL, nonce, card.discount.min_purchase);
    talk_forget(t);
    return talk_say(t, TEXT_STALE);
}

/* A letter of any script. Blanks beyond ASCII, minus signs and the rouble's begin with
 * 0xC2 and 0xE2. */
static bool has_letter(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if (isalpha(c) || (c >= 0xC3 && c != 0xE2))
            return true;
    }
    return false;
}

enum status amount_typed(struct talk *t, const char *arg)
{
    const char *s = t->up->text;
    size_t n = t->up->text_n;
    char nonce[DIALOG_WORD_BYTES], code[CODE_TEXT_BYTES];
    int64_t amount;

    (void)arg;
    memcpy(nonce, t->dialog.word, sizeof(nonce));
    if (code_text_read(s, n, code, NULL) == CODE_FINE)
        return code_check(t, code, false);
    if (money_read(s, n, INT64_MAX, &amount) == ST_OK)
        return priced(t, amount, nonce);
    if (has_letter(s, n))
        return code_typed(t, "");
    return ask_again(t, TEXT_AMOUNT_UNREADABLE, nonce);
}
