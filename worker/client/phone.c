/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The phone: only as the person's own contact, shared by the key under the chat, so that
 * nobody gives somebody else's. */
#include "worker/client/client.h"

#include "core/loyalty/phone.h"

static void keys(struct talk *t, struct screen *sc)
{
    screen_key_contact(sc, BTN_SHARE_PHONE);
    if (!t->customer.profile.alone)
        screen_key(sc, BTN_SKIP);
    screen_key(sc, BTN_CANCEL);
}

void phone_question(struct talk *t, struct screen *sc)
{
    char phone[PHONE_SHOWN_BYTES];

    if (t->customer.phone[0] != '\0') {
        phone_show(t->customer.phone, phone);
        screen_say(sc, TEXT_PHONE_NOW, T_TEXT("phone", phone));
    }
    screen_say(sc, TEXT_PHONE_ASK);
    keys(t, sc);
}

enum status phone_edit(struct talk *t, const char *arg)
{
    (void)arg;
    return walk_ask(t, PROFILE_PHONE);
}

/* Says why, and holds the key out again. */
static enum status again(struct talk *t, enum text_key why)
{
    struct profile *p = &t->customer.profile;
    struct screen sc;
    enum status st;

    if (!walk_at(t, PROFILE_PHONE))
        *p = (struct profile){.step = PROFILE_PHONE, .alone = true};
    p->keys = true;
    p->at = t->now;
    st = customer_profile_keep(t->s->db, t->customer.id, p);
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, why);
    keys(t, &sc);
    return talk_show(t, &sc);
}

/* A number can be typed by anybody. */
enum status phone_told(struct talk *t, const char *arg)
{
    (void)arg;
    return again(t, TEXT_PHONE_BUTTON);
}

enum status phone_shared(struct talk *t, const char *arg)
{
    char phone[PHONE_BYTES], shown[PHONE_SHOWN_BYTES];
    bool shared = false;
    struct screen sc;
    enum status st;

    (void)arg;
    if (t->up->contact != t->user)
        return again(t, TEXT_PHONE_ALIEN);
    if (phone_read(t->up->phone, t->up->phone_n, phone) != ST_OK)
        return again(t, TEXT_PHONE_UNREADABLE);
    st = customer_phone_set(t->s->db, t->now, t->customer.id, phone, &shared);
    if (st == ST_OK || st == ST_NONE)
        st = profile_again(t);
    if (st != ST_OK)
        return st;
    phone_show(phone, shown);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_PHONE_SET, T_TEXT("phone", shown));
    if (shared)
        screen_say(&sc, TEXT_PHONE_SHARED);
    return walk_next(t, &sc, PROFILE_PHONE);
}
