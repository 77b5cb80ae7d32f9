/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An invitation made in the bot: whom, where, and the link to hand over. */
#include "core/staff/invite.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/staff/store.h"
#include "worker/cashier/cashier.h"

#include <stdio.h>

enum status invite_open(struct talk *t, const char *arg)
{
    const struct pick to = {.screen = "i", .action = "role", .prefix = ""};
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_CHOOSE_ROLE);
    pick_role(t, &sc, &to);
    screen_row(&sc);
    screen_button(&sc, BTN_SHARED_PHONE, "i", "till", NULL);
    screen_button(&sc, BTN_NO_PHONE, "i", "name", NULL);
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "p", "open", NULL);
    return talk_show(t, &sc);
}

enum status invite_store(struct talk *t, const struct pick *to)
{
    struct screen sc;
    int n = 0;
    enum status st;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_CHOOSE_SHOP);
    st = pick_store(t, &sc, to, &n);
    if (st != ST_OK || n == 0) {
        screen_close(&sc);
        return st == ST_OK ? talk_say(t, TEXT_NO_STORES) : st;
    }
    screen_button(&sc, BTN_BACK, "i", "open", NULL);
    return talk_show(t, &sc);
}

/* A bot whose name is not known yet: what the newcomer may write to it instead. */
static void link_print(const struct talk *t, const char *token, char *out, size_t room)
{
    const char *bot = shop_bot_name(t->shop, SENDER_AUTH);

    if (bot != NULL)
        snprintf(out, room, "https://t.me/%s?start=i_%s", bot, token);
    else
        snprintf(out, room, "/start i_%s", token);
}

static enum status made(struct talk *t, const struct staff_spec *as, const char *token)
{
    char link[160], until[SHOP_WHEN_BYTES], at[CONTACT_NAME_BYTES + 8] = "";
    struct store store = {0};
    struct screen sc;
    enum status st = ST_OK;

    if (as->store_id != 0)
        st = store_load(t->s->db, as->store_id, &store);
    if (st != ST_OK)
        return st;
    log_info("invite_made", LOG_INT("by", t->staff.id), LOG_INT("role", as->role));
    if (store.name[0] != '\0')
        snprintf(at, sizeof(at), "%s%s", as->till ? "" : ", ", store.name);
    link_print(t, token, link, sizeof(link));
    shop_when(t->shop, t->now + INVITE_LIFE_HOURS * HOUR, t->lang, until);
    screen_open(&sc, t->lang);
    screen_say(&sc, as->till ? TEXT_INVITE_TILL : TEXT_INVITE_MADE,
               T_TEXT("role", text_get(t->lang, role_text(as->role))),
               T_TEXT("store", at), T_TEXT("link", link), T_TEXT("until", until));
    screen_copy(&sc, BTN_COPY_LINK, link);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

static enum status make(struct talk *t, const struct staff_spec *as)
{
    char token[INVITE_TOKEN + 1];
    enum status st;

    if (!as->till && !role_below(t->staff.role, as->role))
        return talk_say(t, TEXT_NO_RIGHT);
    st = invite_make(t->s->db, t->now, &t->staff, as, token);
    if (st == ST_REFUSED || st == ST_BAD)
        return talk_say(t, TEXT_NO_RIGHT);
    return st == ST_OK ? made(t, as, token) : st;
}

enum status invite_role(struct talk *t, const char *arg)
{
    int64_t role = talk_id(arg, NULL);
    char prefix[SCREEN_DATA_MAX + 2];
    const struct pick to = {"i", "at", prefix, PERM_STAFF_INVITE};

    if (role <= ROLE_UNSET || role >= ROLE_COUNT)
        return cashier_menu(t, "old");
    if (!role_has_store((enum role)role))
        return make(t, &(struct staff_spec){.role = (enum role)role});
    snprintf(prefix, sizeof(prefix), "%s.", arg);
    return invite_store(t, &to);
}

enum status invite_at(struct talk *t, const char *arg)
{
    const char *rest;
    int64_t role = talk_id(arg, &rest), store = talk_id(rest, NULL);

    if (role <= ROLE_UNSET || role >= ROLE_COUNT || store == 0)
        return cashier_menu(t, "old");
    return make(t, &(struct staff_spec){.role = (enum role)role, .store_id = store});
}

enum status invite_till(struct talk *t, const char *arg)
{
    const struct pick to = {"i", "phone", "", PERM_STAFF_INVITE};

    (void)arg;
    return invite_store(t, &to);
}

enum status invite_phone(struct talk *t, const char *arg)
{
    int64_t store = talk_id(arg, NULL);

    if (store == 0)
        return cashier_menu(t, "old");
    return make(
        t, &(struct staff_spec){.till = true, .role = ROLE_CASHIER, .store_id = store});
}
