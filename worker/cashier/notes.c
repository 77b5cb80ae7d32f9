/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Help and language at the till. */
#include "worker/cashier/cashier.h"

enum status till_help(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_HELP_TILL, T_INT("minutes", t->shop->set.undo_minutes));
    if (t->shop->set.till_page) /* for when we cannot be reached here */
        screen_say(
            &sc, TEXT_HELP_PAGE,
            T_TEXT("url", t->s->cfg->public_url != NULL ? t->s->cfg->public_url : ""),
            T_INT("number", t->staff.id));
    screen_button(&sc, BTN_MY_PIN, "k", "my", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status till_language(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_LANGUAGE);
    screen_button(&sc, BTN_RUSSIAN, "x", "ru", NULL);
    screen_button(&sc, BTN_ENGLISH, "x", "en", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status choose(struct talk *t, enum lang lang)
{
    enum status st = staff_language(t->s->db, t->staff.id, lang_code(lang));

    if (st != ST_OK)
        return st;
    t->lang = lang;
    return cashier_menu(t, "");
}

enum status till_ru(struct talk *t, const char *arg)
{
    (void)arg;
    return choose(t, LANG_RU);
}

enum status till_en(struct talk *t, const char *arg)
{
    (void)arg;
    return choose(t, LANG_EN);
}
