/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What to call somebody: their own word, or what the messenger says. */
#include "worker/client/client.h"

#include <string.h>

/* The name to offer: what we call them now, unless it is no name at all. */
static bool offered(const struct talk *t, char out[CONTACT_NAME_BYTES])
{
    const char *now = customer_called(&t->customer);

    return name_read(now, strlen(now), out) == NAME_FINE;
}

void name_question(struct talk *t, struct screen *sc)
{
    char name[CONTACT_NAME_BYTES];

    screen_say(sc, TEXT_NAME_ASK);
    if (offered(t, name)) {
        screen_say(sc, TEXT_NAME_NOW, T_TEXT("name", name));
        screen_button(sc, BTN_NAME_KEEP, "pr", "keep", NULL);
        screen_row(sc);
    }
    walk_ways(t, sc);
}

enum status name_edit(struct talk *t, const char *arg)
{
    (void)arg;
    return walk_ask(t, PROFILE_NAME);
}

static enum status take(struct talk *t, const char *name)
{
    struct screen sc;
    enum status st = customer_name_set(t->s->db, t->now, t->customer.id, name);

    if (st == ST_OK || st == ST_NONE)
        st = profile_again(t);
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_NAME_SET, T_TEXT("name", name));
    return walk_next(t, &sc, PROFILE_NAME);
}

enum status name_keep(struct talk *t, const char *arg)
{
    char name[CONTACT_NAME_BYTES];

    (void)arg;
    if (t->customer.profile.step != PROFILE_NAME)
        return profile_open(t, ""); /* pressed twice, or long ago */
    return offered(t, name) ? take(t, name) : name_edit(t, "");
}

enum status name_told(struct talk *t, const char *arg)
{
    static const enum text_key why[] = {
        [NAME_EMPTY] = TEXT_NAME_EMPTY,   [NAME_LONG] = TEXT_NAME_LONG,
        [NAME_NUMBER] = TEXT_NAME_NUMBER, [NAME_ADDRESS] = TEXT_NAME_ADDRESS,
        [NAME_SIGNS] = TEXT_NAME_SIGNS,
    };
    char name[CONTACT_NAME_BYTES];
    enum name_fault fault = name_read(t->up->text, t->up->text_n, name);
    struct screen sc;

    (void)arg;
    if (fault == NAME_FINE)
        return take(t, name);
    screen_open(&sc, t->lang);
    screen_say(&sc, why[fault]);
    walk_ways(t, &sc);
    return talk_show(t, &sc);
}
