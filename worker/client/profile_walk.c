/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The questions one after another. Each answer is kept as it comes, so that to stop
 * loses nothing; where somebody stands is in their row, so that no restart does either.
 * A day later it is asked whether they want to go on. */
#include "worker/client/client.h"

#include <string.h>

/* ---- where they stand ----------------------------------------------------------- */

static bool is_old(const struct talk *t)
{
    return t->now - t->customer.profile.at > PROFILE_LIFE;
}

bool walk_on(const struct talk *t)
{
    return t->customer.profile.step != PROFILE_NONE && !is_old(t);
}

bool walk_at(const struct talk *t, enum profile_step step)
{
    return walk_on(t) && t->customer.profile.step == step;
}

static enum status stand(struct talk *t, enum profile_step step, bool alone)
{
    struct profile *p = &t->customer.profile;

    *p = (struct profile){.step = step,
                          .alone = alone,
                          .keys = p->keys && step != PROFILE_NONE,
                          .at = step != PROFILE_NONE ? t->now : 0};
    return customer_profile_keep(t->s->db, t->customer.id, p);
}

static bool is_told(const struct customer *c, enum profile_step step)
{
    return (step == PROFILE_NAME && c->name[0] != '\0') ||
           (step == PROFILE_BIRTHDAY && c->has_birth) ||
           (step == PROFILE_PHONE && c->phone[0] != '\0');
}

/* PROFILE_NONE: there is none left. */
static enum profile_step next_untold(const struct customer *c, enum profile_step after)
{
    int step;

    for (step = (int)after + 1; step <= PROFILE_STEPS; step++)
        if (!is_told(c, (enum profile_step)step))
            return (enum profile_step)step;
    return PROFILE_NONE;
}

/* ---- asking --------------------------------------------------------------------- */

static const struct {
    void (*question)(struct talk *t, struct screen *sc);
    talk_fn *told;
} steps[] = {
    [PROFILE_NAME] = {name_question, name_told},
    [PROFILE_BIRTHDAY] = {birthday_question, birthday_told},
    [PROFILE_PHONE] = {phone_question, phone_told},
};

void walk_ways(struct talk *t, struct screen *sc)
{
    const char arg[2] = {(char)('0' + t->customer.profile.step), '\0'};

    if (walk_on(t) && !t->customer.profile.alone)
        screen_button(sc, BTN_SKIP, "pr", "skip", arg);
    screen_button(sc, BTN_CANCEL, "pr", "stop", NULL);
}

/* A message that takes the keyboard in; sc is empty afterwards. */
static enum status keys_away(struct talk *t, struct screen *sc)
{
    enum status st;

    if (sc->text.len == 0)
        screen_say(sc, TEXT_PHONE_LATER);
    screen_keys_away(sc);
    t->customer.profile.keys = false;
    st = customer_profile_keep(t->s->db, t->customer.id, &t->customer.profile);
    if (st != ST_OK) {
        screen_close(sc);
        return st;
    }
    st = talk_send(t, sc, MESSAGE_SERVICE);
    talk_leave(t);
    screen_open(sc, t->lang);
    return st;
}

/* A keyboard cannot come by an edit: what was pressed keeps what sc says, without its
 * buttons, and the question follows. */
static enum status keys_out(struct talk *t, struct screen *sc)
{
    enum status st = ST_OK;

    if (sc->text.len > 0 && t->up->act == ACT_BUTTON && !t->edited) {
        st = talk_show(t, sc);
        screen_open(sc, t->lang);
    }
    talk_leave(t);
    t->customer.profile.keys = true;
    return st == ST_OK
               ? customer_profile_keep(t->s->db, t->customer.id, &t->customer.profile)
               : st;
}

enum status walk_show(struct talk *t, struct screen *sc)
{
    const struct profile *p = &t->customer.profile;
    enum status st = ST_OK;

    if (p->step == PROFILE_PHONE)
        st = keys_out(t, sc);
    else if (p->keys)
        st = keys_away(t, sc);
    if (st != ST_OK) {
        screen_close(sc);
        return st;
    }
    if (sc->text.len > 0)
        screen_gap(sc);
    if (!p->alone)
        screen_say(sc, TEXT_PROFILE_STEP, T_INT("n", p->step),
                   T_INT("of", PROFILE_STEPS));
    steps[p->step].question(t, sc);
    return talk_show(t, sc);
}

static enum status show_open(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    return walk_show(t, &sc);
}

enum status walk_ask(struct talk *t, enum profile_step step)
{
    bool alone = walk_at(t, step) ? t->customer.profile.alone : true;
    enum status st = stand(t, step, alone);

    return st == ST_OK ? show_open(t) : st;
}

/* ---- going on ------------------------------------------------------------------- */

static enum status finish(struct talk *t, struct screen *sc)
{
    bool keys = t->customer.profile.keys;
    enum status st = stand(t, PROFILE_NONE, false);

    if (st == ST_OK && keys)
        st = keys_away(t, sc);
    if (st != ST_OK) {
        screen_close(sc);
        return st;
    }
    return profile_show(t, sc);
}

static enum status go_on(struct talk *t, struct screen *sc, enum profile_step step)
{
    enum status st = stand(t, step, false);

    if (st == ST_OK)
        return walk_show(t, sc);
    screen_close(sc);
    return st;
}

enum status walk_next(struct talk *t, struct screen *sc, enum profile_step answered)
{
    const struct customer *c = &t->customer;
    enum profile_step next = next_untold(c, answered);

    if (c->profile.step != answered) /* told by the way: the open question stays */
        return walk_on(t) ? walk_show(t, sc) : profile_show(t, sc);
    if (!c->profile.alone && next != PROFILE_NONE)
        return go_on(t, sc, next);
    if (!c->profile.alone)
        screen_say(sc, TEXT_PROFILE_DONE);
    return finish(t, sc);
}

enum status walk_leave(struct talk *t)
{
    struct profile *p = &t->customer.profile;
    struct screen sc;
    enum status st;

    if (!t->known || p->step == PROFILE_NONE)
        return ST_OK;
    if (p->alone)
        p->step = PROFILE_NONE;
    p->at = 0; /* as if it had been long ago */
    if (!p->keys)
        return customer_profile_keep(t->s->db, t->customer.id, p);
    screen_open(&sc, t->lang);
    st = keys_away(t, &sc);
    screen_close(&sc);
    return st;
}

/* Too long ago to know whether they still mean it. */
static enum status resume(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_PROFILE_RESUME);
    screen_button(&sc, BTN_RESUME, "pr", "go", NULL);
    screen_button(&sc, BTN_NOT_NOW, "pr", "stop", NULL);
    return talk_show(t, &sc);
}

enum status profile_go(struct talk *t, const char *arg)
{
    const struct customer *c = &t->customer;
    bool begun = c->profile.step != PROFILE_NONE;
    enum profile_step step = begun ? c->profile.step : next_untold(c, PROFILE_NONE);
    enum status st;

    (void)arg;
    if (step == PROFILE_NONE)
        return profile_open(t, "");
    st = stand(t, step, begun && c->profile.alone);
    return st == ST_OK ? show_open(t) : st;
}

/* arg: the question that was to be skipped; pressed twice, the next one stays. */
enum status profile_skip(struct talk *t, const char *arg)
{
    enum profile_step step = t->customer.profile.step;
    struct screen sc;

    if (step == PROFILE_NONE)
        return profile_open(t, "");
    if (!walk_on(t))
        return resume(t);
    if (arg[0] != '0' + (int)step)
        return show_open(t);
    if (t->customer.profile.alone)
        return profile_stop(t, "");
    screen_open(&sc, t->lang);
    screen_say(&sc, step == PROFILE_PHONE ? TEXT_PHONE_LATER : TEXT_PROFILE_SKIPPED);
    return walk_next(t, &sc, step);
}

enum status profile_stop(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    if (t->customer.profile.step == PROFILE_NONE)
        return profile_open(t, "");
    screen_open(&sc, t->lang);
    screen_say(&sc, t->customer.profile.alone ? TEXT_CANCELLED : TEXT_PROFILE_STOPPED);
    return finish(t, &sc);
}

/* ---- what they typed ------------------------------------------------------------ */

/* A key under the chat says its label, in the language it was shown in. */
static bool says(const struct talk *t, enum text_key label)
{
    int lang;

    for (lang = 0; lang < LANG_COUNT; lang++) {
        const char *s = text_get(lang, label);

        if (strlen(s) == t->up->text_n && memcmp(s, t->up->text, t->up->text_n) == 0)
            return true;
    }
    return false;
}

enum status profile_text(struct talk *t, const char *arg)
{
    enum profile_step step = t->known ? t->customer.profile.step : PROFILE_NONE;
    const char here[2] = {(char)('0' + step), '\0'};

    if (step == PROFILE_NONE)
        return client_hint(t, arg);
    if (says(t, BTN_CANCEL))
        return profile_stop(t, "");
    if (!walk_on(t))
        return resume(t);
    return says(t, BTN_SKIP) ? profile_skip(t, here) : steps[step].told(t, "");
}
