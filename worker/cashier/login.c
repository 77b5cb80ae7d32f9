/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Into the panel. The login page shows a link that opens this bot: whoever may use the
 * panel is shown what is being opened, from where, and says yes or no; or they take a link
 * here. The button carries the page's shown token, which another person cannot guess. */
#include "core/staff/login.h"

#include "core/base/log.h"
#include "worker/cashier/cashier.h"

#include <stdio.h>
#include <string.h>

/* ST_OK: they may; else they have been told (ST_REFUSED). */
static enum status may_enter(struct talk *t)
{
    struct screen sc;
    enum status st;

    if (t->till.id == 0 && t->known && staff_may(&t->staff, PERM_PANEL))
        return ST_OK;
    if (t->known || t->till.id != 0) {
        st = talk_say(t, t->till.id != 0 ? TEXT_LOGIN_AT_TILL : TEXT_LOGIN_NO_RIGHT);
    } else {
        screen_open(&sc, t->lang);
        screen_say(&sc, TEXT_LOGIN_NO_RIGHT);
        screen_button(&sc, BTN_ACCESS, "a", "ask", NULL);
        st = talk_show(t, &sc);
    }
    return st == ST_OK ? ST_REFUSED : st;
}

static enum status told(enum status st)
{
    return st == ST_REFUSED ? ST_OK : st;
}

/* ---- asked for by a page ---------------------------------------------------------- */

/* "shop.example": what they see in their browser's line. */
static const char *site(const struct talk *t, char out[80])
{
    const char *url =
        t->s->cfg->public_url != NULL ? t->s->cfg->public_url : t->s->cfg->api_listen;
    const char *host = strstr(url, "://");

    snprintf(out, 80, "%s", host != NULL ? host + 3 : url);
    return out;
}

static enum status ask(struct talk *t, const struct login *l, const char *token)
{
    char when[SHOP_WHEN_BYTES], host[80];
    struct screen sc;

    shop_when_near(t->shop, t->now, l->made_at, t->lang, when);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_LOGIN_ASK, T_TEXT("site", site(t, host)),
               T_TEXT("agent", l->agent[0] != '\0'
                                   ? l->agent
                                   : text_get(t->lang, TEXT_LOGIN_NO_AGENT)),
               T_TEXT("ip", l->ip), T_TEXT("when", when));
    screen_button(&sc, BTN_LOGIN_YES, "l", "yes", token);
    screen_button(&sc, BTN_LOGIN_NO, "l", "no", token);
    return talk_show(t, &sc);
}

enum status login_asked(struct talk *t, const char *arg)
{
    struct login l;
    enum status st = may_enter(t);

    if (st == ST_OK)
        st = login_find(t->s->db, t->now, arg, strlen(arg), &l);
    if (st == ST_NONE)
        return talk_say(t, TEXT_LOGIN_OVER);
    return st == ST_OK ? ask(t, &l, arg) : told(st);
}

static enum status answer(struct talk *t, const char *token, bool yes)
{
    struct login l;
    enum status st = may_enter(t);

    if (st == ST_OK)
        st = login_find(t->s->db, t->now, token, strlen(token), &l);
    if (st == ST_OK)
        st = login_answer(t->s->db, t->now, l.id, &t->staff, yes);
    if (st == ST_NONE || st == ST_TAKEN)
        return talk_say(t, TEXT_LOGIN_OVER);
    if (st != ST_OK)
        return told(st);
    log_info("login_answered", LOG_INT("staff", t->staff.id), LOG_INT("yes", yes));
    return talk_say(t, yes ? TEXT_LOGIN_DONE : TEXT_LOGIN_DECLINED);
}

enum status login_yes(struct talk *t, const char *arg)
{
    return answer(t, arg, true);
}

enum status login_no(struct talk *t, const char *arg)
{
    return answer(t, arg, false);
}

/* ---- taken here ------------------------------------------------------------------- */

/* A button may only lead to https; at home the link is copied. */
static enum status link_show(struct talk *t, const char *link)
{
    char until[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_clock(t->shop, t->now + LOGIN_LINK_LIFE, until);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_LOGIN_LINK, T_TEXT("link", link), T_TEXT("until", until));
    if (strncmp(link, "https://", 8) == 0)
        screen_url(&sc, BTN_PANEL_OPEN, link);
    else
        screen_copy(&sc, BTN_COPY_LINK, link);
    screen_row(&sc);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status login_open(struct talk *t, const char *arg)
{
    char token[LOGIN_TOKEN + 1];
    struct buf link = {0};
    enum status st = may_enter(t);

    (void)arg;
    if (st == ST_OK)
        st = login_link(t->s->db, t->now, t->staff.id, t->staff.id, token);
    if (st == ST_REFUSED && t->put == 0) /* switched off for the panel */
        return talk_say(t, TEXT_LOGIN_NO_RIGHT);
    if (st == ST_OK) {
        login_link_add(&link, t->s->cfg, token);
        st = link.failed ? ST_BROKEN : link_show(t, link.s);
    }
    buf_free(&link);
    return told(st);
}
