/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Somebody who has no phone of their own, or does not want the bot on it: they work at a
 * shared one, by their PIN. A store, a name, and the digits to begin with. */
#include "core/staff/team.h"

#include "core/base/log.h"
#include "core/loyalty/code_text.h"
#include "worker/cashier/cashier.h"

enum status hire_open(struct talk *t, const char *arg)
{
    const struct pick to = {"i", "who", "", PERM_STAFF_INVITE};

    (void)arg;
    return invite_store(t, &to);
}

static enum status ask(struct talk *t, const char *store, enum text_key key)
{
    struct screen sc;

    talk_remember(t, "hire", store);
    screen_open(&sc, t->lang);
    screen_say(&sc, key);
    screen_button(&sc, BTN_CANCEL, "k", "no", NULL);
    return talk_show(t, &sc);
}

enum status hire_at(struct talk *t, const char *arg)
{
    if (talk_id(arg, NULL) == 0)
        return cashier_menu(t, "old");
    return ask(t, arg, TEXT_HIRE_NAME);
}

/* The store stands in the dialogue; whether they may hire there is asked again. */
enum status hire_named(struct talk *t, const char *arg)
{
    struct team_hire hire = {.by = &t->staff,
                             .store_id = talk_id(t->dialog.word, NULL),
                             .name = t->up->text,
                             .n = t->up->text_n};
    struct dialog was = t->dialog;
    char code[CODE_TEXT_BYTES];
    struct staff who;
    enum status st;

    (void)arg;
    if (hire.store_id == 0)
        return cashier_menu(t, "lost");
    if (code_text_read(hire.name, hire.n, code, NULL) == CODE_FINE) {
        talk_forget(t);
        return code_typed(t, "");
    }
    st = team_hire(t->s->db, t->now, &hire, &who);
    if (st == ST_BAD)
        return ask(t, was.word, TEXT_HIRE_NO_NAME);
    talk_forget(t);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NO_RIGHT);
    if (st != ST_OK)
        return st;
    log_info("staff_hired", LOG_INT("staff", who.id), LOG_INT("by", t->staff.id));
    return team_give_pin(t, &who, TEXT_HIRE_DONE);
}
