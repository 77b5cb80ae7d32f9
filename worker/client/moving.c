/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A new account goes on with what the old one had: a code from there, typed here, and a
 * look at what will come along before it does (core/loyalty/moving.h). */
#include "worker/client/client.h"

#include "core/loyalty/moving.h"
#include "core/loyalty/quota.h"

#include <string.h>

#define STATE "move"

enum status move_open(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    talk_forget(t);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MOVE);
    screen_button(&sc, BTN_MOVE_CODE, "v", "code", NULL);
    screen_button(&sc, BTN_MOVE_ENTER, "v", "enter", NULL);
    screen_button(&sc, BTN_DATA, "p", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status quota(struct talk *t, enum quota what, int64_t limit)
{
    const struct quota_ask ask = {.customer_id = t->customer.id,
                                  .what = what,
                                  .day = shop_today(t->shop, t->now),
                                  .limit = limit};

    return quota_take(t->s->db, &ask);
}

static enum status say(struct talk *t, enum text_key key)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, key);
    screen_button(&sc, BTN_MOVE_ENTER, "v", "enter", NULL);
    screen_button(&sc, BTN_SUPPORT, "t", "write", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- the old account --------------------------------------------------------------- */

enum status move_code(struct talk *t, const char *arg)
{
    char code[CODE_SYMBOLS + 1], shown[CODE_SHOWN + 1];
    struct screen sc;
    enum status st = quota(t, QUOTA_MOVE_CODE, MOVING_CODES_A_DAY);

    (void)arg;
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_MOVE_NO_CODES);
    if (st == ST_OK)
        st = moving_code(t->s->db, t->now, t->customer.id, code);
    if (st != ST_OK)
        return st;
    code_show(code, shown);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MOVE_CODE, T_TEXT("code", shown),
               T_INT("minutes", MOVING_LIFE / MINUTE));
    screen_copy(&sc, BTN_COPY, shown);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- the new one ------------------------------------------------------------------- */

enum status move_enter(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    talk_remember(t, STATE, NULL);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MOVE_ASK);
    screen_button(&sc, BTN_CANCEL, "m", "stop", NULL);
    return talk_show(t, &sc);
}

static enum status ask_again(struct talk *t, enum text_key why)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, why);
    screen_button(&sc, BTN_CANCEL, "m", "stop", NULL);
    return talk_show(t, &sc);
}

static enum status not_moved(struct talk *t, enum moving_result why)
{
    static const enum text_key says[] = {
        [MOVING_UNKNOWN] = TEXT_MOVE_UNKNOWN,
        [MOVING_SELF] = TEXT_MOVE_SELF,
        [MOVING_USED] = TEXT_MOVE_USED,
        [MOVING_OTHER] = TEXT_MOVE_USED,
    };

    return say(t, says[why]);
}

/* Guesses are counted, whatever they led to. */
static enum status look(struct talk *t, const char *code)
{
    struct moving m;
    struct screen sc;
    enum status st = quota(t, QUOTA_MOVE_TRY, MOVING_TRIES_A_DAY);

    if (st == ST_REFUSED)
        return say(t, TEXT_MOVE_NO_TRIES);
    if (st == ST_OK)
        st = moving_look(t->s->db, t->now, code, t->customer.id, &m);
    if (st != ST_OK)
        return st;
    if (m.result == MOVING_UNKNOWN)
        return ask_again(t, TEXT_MOVE_UNKNOWN);
    talk_forget(t);
    if (m.result != MOVING_FINE)
        return not_moved(t, m.result);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MOVE_LOOK, T_TEXT("name", customer_called(&m.from)),
               T_INT("active", m.active), T_INT("used", m.used));
    screen_button(&sc, BTN_MOVE_SURE, "v", "do", code);
    screen_button(&sc, BTN_CANCEL, "m", "stop", NULL);
    return talk_show(t, &sc);
}

enum status move_typed(struct talk *t, const char *arg)
{
    char code[CODE_SYMBOLS + 1];

    (void)arg;
    if (code_read(t->up->text, t->up->text_n, code, NULL) != CODE_FINE)
        return ask_again(t, TEXT_MOVE_MISREAD);
    return look(t, code);
}

/* To the account they came from, as to a stranger, for it is nobody's now. */
static enum status tell_old(struct talk *t, const struct customer *was)
{
    struct talk to = {.s = t->s,
                      .book = t->book,
                      .shop = t->shop,
                      .now = t->now,
                      .user = was->external_id,
                      .lang = lang_find(was->language)};
    struct screen sc;

    screen_open(&sc, to.lang);
    screen_say(&sc, TEXT_MOVED_AWAY);
    screen_button(&sc, BTN_STORES, "s", "open", NULL);
    return talk_send(&to, &sc, MESSAGE_SERVICE);
}

static enum status tell_new(struct talk *t, int64_t customer_id)
{
    struct screen sc;
    enum status st = customer_load(t->s->db, customer_id, &t->customer);

    if (st != ST_OK)
        return st;
    t->known = t->customer.pd_ok;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MOVED);
    screen_button(&sc, BTN_WALLET, "l", "open", NULL);
    screen_button(&sc, BTN_DISCOUNT, "d", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status move_sure(struct talk *t, const char *arg)
{
    struct moving m;
    enum status st;

    /* Only a code of our form is looked for: a button's arg is anybody's. */
    if (strlen(arg) != CODE_SYMBOLS)
        return client_menu(t, "old");
    st = quota(t, QUOTA_MOVE_TRY, 2 * MOVING_TRIES_A_DAY);
    if (st == ST_REFUSED)
        return say(t, TEXT_MOVE_NO_TRIES);
    if (st == ST_OK)
        st = moving_do(t->s->db, t->now, arg, t->customer.id, t->up->id, &m);
    if (st != ST_OK)
        return st;
    if (m.result != MOVING_FINE)
        return not_moved(t, m.result);
    st = tell_old(t, &m.from);
    return st == ST_OK ? tell_new(t, m.from.id) : st;
}
