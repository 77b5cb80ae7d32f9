/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What customers told of themselves: shown, a way to change each line, and to take it
 * away. All of it is their own choice, and comes after the discount. */
#include "worker/client/client.h"

#include "core/loyalty/phone.h"

#include <string.h>

enum status profile_again(struct talk *t)
{
    return customer_load(t->s->db, t->customer.id, &t->customer);
}

/* ---- the profile ---------------------------------------------------------------- */

static void say_lines(struct talk *t, struct screen *sc)
{
    const struct customer *c = &t->customer;
    const char *none = text_get(t->lang, TEXT_PROFILE_NOT_TOLD);
    char phone[PHONE_SHOWN_BYTES] = "", day[SHOP_WHEN_BYTES] = "";
    struct buf name = {0};

    if (c->name[0] == '\0' && c->first_name[0] != '\0')
        text_add_plain(&name, t->lang, TEXT_PROFILE_MESSENGER,
                       T_TEXT("name", c->first_name));
    else
        buf_adds(&name, c->name);
    if (c->phone[0] != '\0')
        phone_show(c->phone, phone);
    if (c->has_birth)
        shop_day(c->birth, t->lang, day);
    sc->failed |= name.failed;
    screen_say(sc, TEXT_PROFILE, T_TEXT("name", name.len > 0 ? name.s : none),
               T_TEXT("born", day[0] != '\0' ? day : none),
               T_TEXT("phone", phone[0] != '\0' ? phone : none));
    buf_free(&name);
}

/* What there is to be had, and that nothing must be told. */
static void say_offer(struct talk *t, struct screen *sc)
{
    char percent[SHOP_WHEN_BYTES];

    if (birthday_wanted(t)) {
        shop_percent(t->shop->set.birthday_percent_bp, t->lang, percent);
        screen_say(sc, TEXT_PROFILE_OFFER, T_TEXT("percent", percent));
    } else if (t->customer.has_birth)
        birthday_rules_say(t, sc);
}

void profile_offer(struct talk *t, struct screen *sc)
{
    if (!birthday_wanted(t))
        return;
    say_offer(t, sc);
    screen_button(sc, BTN_PROFILE_GO, "pr", "go", NULL);
}

static bool told_anything(const struct customer *c)
{
    return c->name[0] != '\0' || c->has_birth || c->phone[0] != '\0';
}

static void lines_ways(struct talk *t, struct screen *sc)
{
    const struct customer *c = &t->customer;

    if (!told_anything(c) && c->profile.step == PROFILE_NONE) {
        screen_button(sc, BTN_PROFILE_GO, "pr", "go", NULL);
        screen_row(sc);
    }
    screen_button(sc, c->name[0] != '\0' ? BTN_EDIT_NAME : BTN_ADD_NAME, "pr", "name",
                  NULL);
    screen_button(sc, c->has_birth ? BTN_EDIT_BIRTHDAY : BTN_ADD_BIRTHDAY, "b", "ask",
                  NULL);
    screen_button(sc, c->phone[0] != '\0' ? BTN_EDIT_PHONE : BTN_ADD_PHONE, "pr",
                  "phone", NULL);
    if (told_anything(c))
        screen_button(sc, BTN_DROP, "pr", "drop", NULL);
    if (c->phone_shared) /* two accounts of one person may become one */
        screen_button(sc, BTN_MOVE, "v", "open", NULL);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

enum status profile_show(struct talk *t, struct screen *said)
{
    struct screen sc;

    if (said != NULL) {
        sc = *said;
        if (sc.text.len > 0)
            screen_gap(&sc);
    } else
        screen_open(&sc, t->lang);
    say_lines(t, &sc);
    say_offer(t, &sc);
    if (!told_anything(&t->customer))
        screen_say(&sc, TEXT_PROFILE_FREE);
    if (t->customer.profile.step != PROFILE_NONE) {
        screen_say(&sc, TEXT_PROFILE_RESUME);
        screen_button(&sc, BTN_RESUME, "pr", "go", NULL);
        screen_row(&sc);
    }
    lines_ways(t, &sc);
    return talk_show(t, &sc);
}

enum status profile_open(struct talk *t, const char *arg)
{
    (void)arg;
    return profile_show(t, NULL);
}

/* ---- taking away ---------------------------------------------------------------- */

static enum status drop_name(struct talk *t)
{
    return customer_name_set(t->s->db, t->now, t->customer.id, "");
}

static enum status drop_birthday(struct talk *t)
{
    return customer_birthday_clear(t->s->db, t->now, t->customer.id);
}

static enum status drop_phone(struct talk *t)
{
    bool shared;

    return customer_phone_set(t->s->db, t->now, t->customer.id, "", &shared);
}

static bool has_name(const struct customer *c)
{
    return c->name[0] != '\0';
}

static bool has_birthday(const struct customer *c)
{
    return c->has_birth;
}

static bool has_phone(const struct customer *c)
{
    return c->phone[0] != '\0';
}

static const struct field {
    const char *name;
    enum text_key ask, label;
    bool (*told)(const struct customer *c);
    enum status (*drop)(struct talk *t);
} fields[] = {
    {"name", TEXT_PROFILE_DROP_NAME, BTN_DROP_NAME, has_name, drop_name},
    {"birthday", TEXT_PROFILE_DROP_BIRTHDAY, BTN_DROP_BIRTHDAY, has_birthday,
     drop_birthday},
    {"phone", TEXT_PROFILE_DROP_PHONE, BTN_DROP_PHONE, has_phone, drop_phone},
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* NULL: forged, or there is nothing of it. */
static const struct field *field_told(const struct talk *t, const char *name)
{
    size_t i;

    for (i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0 && fields[i].told(&t->customer))
            return &fields[i];
    return NULL;
}

enum status profile_drop(struct talk *t, const char *arg)
{
    struct screen sc;
    size_t i;

    (void)arg;
    if (!told_anything(&t->customer))
        return profile_open(t, "");
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_PROFILE_DROP);
    for (i = 0; i < FIELDS; i++)
        if (fields[i].told(&t->customer))
            screen_button(&sc, fields[i].label, "pr", "ask", fields[i].name);
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "pr", "open", NULL);
    return talk_show(t, &sc);
}

enum status profile_drop_ask(struct talk *t, const char *arg)
{
    const struct field *f = field_told(t, arg);
    struct screen sc;

    if (f == NULL)
        return profile_open(t, "");
    screen_open(&sc, t->lang);
    screen_say(&sc, f->ask);
    screen_button(&sc, BTN_DROP_SURE, "pr", "sure", f->name);
    screen_button(&sc, BTN_BACK, "pr", "open", NULL);
    return talk_show(t, &sc);
}

enum status profile_drop_sure(struct talk *t, const char *arg)
{
    const struct field *f = field_told(t, arg);
    struct screen sc;
    enum status st;

    if (f == NULL)
        return profile_open(t, "");
    st = f->drop(t);
    if (st == ST_OK)
        st = profile_again(t);
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_PROFILE_DROPPED);
    return profile_show(t, &sc);
}
