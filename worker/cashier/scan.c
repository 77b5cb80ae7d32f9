/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A customer's code, read the fourth way: by the scanner's page (api/scan.h), which
 * hands over what it read. The card comes into the chat like any other. */
#include "worker/cashier/cashier.h"

#include "core/io/telegram_setup.h"
#include "core/loyalty/code_text.h"
#include "worker/steps.h"

#include <string.h>

void scan_button(struct talk *t, struct screen *sc)
{
    struct buf url = {0};

    if (setup_scan_url(t->s->cfg, lang_code(t->lang), &url)) {
        screen_web_app(sc, BTN_SCAN, url.s);
        screen_row(sc);
    }
    buf_free(&url);
}

/* Whatever was being asked for in the chat: they have turned to another customer. */
static enum status scanned(struct talk *t, const char *code)
{
    talk_forget(t);
    return code_check(t, code, false);
}

/* What the api put was read by code_text_read; what anybody else put may be anything. */
static bool code_fine(const char *code)
{
    char word[SCREEN_DATA_MAX + 1];
    size_t n = code != NULL ? strlen(code) : 0;

    return (n == CODE_SYMBOLS || n == DISCOUNT_TOKEN) &&
           talk_word(code, n, false, word);
}

enum status code_scanned_step(struct step *s)
{
    static const struct talk_row row = {"scanned", scanned, NEED_STAFF,
                                        PERM_DISCOUNT_CHECK};
    const char *code = json_text(s->job->args, "code", NULL);
    struct talk t = {.s = s, .book = &cashier_book, .now = s->now};
    struct shop shop;
    enum status st;

    t.shop = &shop;
    t.user = json_int_or(s->job->args, "from", 0);
    if (t.user <= 0 || !code_fine(code))
        return ST_BAD;
    if ((st = shop_load(s, &shop)) != ST_OK)
        return st;
    if ((st = cashier_open(&t)) != ST_OK)
        return st;
    st = cashier_book.allow(&t, &row);
    if (st != ST_OK)
        return st == ST_REFUSED ? ST_OK : st; /* they were told why */
    return row.run(&t, code);
}
