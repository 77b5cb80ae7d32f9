/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who comes in: by a one-time invite. Everybody else learns that this bot is not for
 * them, and nothing more. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "core/staff/invite.h"

#include <string.h>

enum status join_stranger(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_STRANGER);
    screen_button(&sc, BTN_ACCESS, "a", "ask", NULL);
    return talk_show(t, &sc);
}

enum text_key role_text(enum role role)
{
    static const enum text_key names[ROLE_COUNT] = {
        [ROLE_OWNER] = TEXT_ROLE_OWNER,
        [ROLE_ADMINISTRATOR] = TEXT_ROLE_ADMINISTRATOR,
        [ROLE_MARKETING] = TEXT_ROLE_MARKETING,
        [ROLE_READONLY] = TEXT_ROLE_READONLY,
        [ROLE_MANAGER] = TEXT_ROLE_MANAGER,
        [ROLE_SELLER] = TEXT_ROLE_SELLER,
        [ROLE_CASHIER] = TEXT_ROLE_CASHIER,
        [ROLE_STOREKEEPER] = TEXT_ROLE_STOREKEEPER,
    };

    return role > ROLE_UNSET && role < ROLE_COUNT ? names[role] : TEXT_ROLE_CASHIER;
}

void join_words(struct talk *t, struct screen *sc)
{
    screen_say(sc, TEXT_HIRED, T_TEXT("name", t->staff.name),
               T_TEXT("role", text_get(t->lang, role_text(t->staff.role))));
    if (staff_may(&t->staff, PERM_SHIFT)) {
        screen_say(sc, TEXT_HIRED_SHIFT);
        screen_button(sc, BTN_OPEN_SHIFT, "s", "ask", NULL);
        screen_button(sc, BTN_HELP, "h", "open", NULL);
    }
}

static enum status greet(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    join_words(t, &sc);
    return talk_show(t, &sc);
}

/* A shared phone from now on: whoever works there enters by their PIN. */
static enum status till_made(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_TILL_MADE, T_TEXT("store", t->till.store));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status turn_away(struct talk *t, enum text_key why)
{
    struct screen sc;

    if (t->known) /* somebody who works here anyway */
        return talk_say(t, why);
    screen_open(&sc, t->lang);
    screen_say(&sc, why);
    return talk_show(t, &sc);
}

enum status join_invite(struct talk *t, const char *arg)
{
    struct contact who = talk_contact(t);
    const struct invite_press press = {.token = arg, .n = strlen(arg), .who = &who};
    enum invite_result result;
    enum status st;

    if (t->till.id != 0 &&
        t->known) /* somebody works on it: the link is not for them */
        return talk_say(t, TEXT_INVITE_AT_TILL);
    st = invite_use(t->s->db, t->now, &press, &result, &t->staff);
    if (st != ST_OK)
        return st;
    log_info("invite_used", LOG_INT("user", t->user), LOG_INT("result", result));
    if (result == INVITE_UNKNOWN)
        return turn_away(t, TEXT_INVITE_UNKNOWN);
    if (result == INVITE_PERSONAL)
        return turn_away(t, TEXT_INVITE_PERSONAL);
    if (result == INVITE_USED || result == INVITE_EXPIRED)
        return turn_away(t, TEXT_INVITE_OVER);
    if ((st = cashier_open(t)) != ST_OK)
        return st;
    return result == INVITE_TILL     ? till_made(t)
           : result == INVITE_JOINED ? greet(t)
                                     : cashier_menu(t, "");
}
