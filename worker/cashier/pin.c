/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The keypad: a PIN asked for, chosen, repeated. Its digits are pressed, so that they
 * never stand in the chat; what was pressed so far and whose PIN it is are the dialogue's
 * word, which no button can forge:
 *
 *   at "pin", word <mode>.<staff>.<digits>.<first>
 *
 * What to go on with travels in the buttons, as "u-do.<arg>" for the row u:do. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "core/staff/pin.h"

#include <stdio.h>
#include <string.h>

#define STATE "pin"

struct pad {
    char mode; /* 'v' asked for, 'n' a new one, 'r' the new one again */
    int64_t staff;
    char digits[PIN_MAX + 1], first[PIN_MAX + 1];
    char go[SCREEN_DATA_MAX + 1]; /* "" : to the menu */
};

/* ---- what is remembered --------------------------------------------------------- */

static void keep(struct talk *t, const struct pad *p)
{
    char word[DIALOG_WORD_BYTES], id[14];

    base36_print((uint64_t)p->staff, id);
    snprintf(word, sizeof(word), "%c.%s.%s.%s", p->mode, id, p->digits, p->first);
    talk_remember(t, STATE, word);
}

static bool digits_read(const char *s, size_t n, char out[PIN_MAX + 1])
{
    if (n > PIN_MAX || strspn(s, "0123456789") < n)
        return false;
    memcpy(out, s, n);
    out[n] = '\0';
    return true;
}

static bool pad_read(const char *word, struct pad *p)
{
    const char *digits, *first;

    if (word[0] == '\0' || strchr("vnr", word[0]) == NULL || word[1] != '.')
        return false;
    p->mode = word[0];
    p->staff = talk_id(word + 2, &digits);
    first = digits + strcspn(digits, ".");
    return p->staff != 0 && digits_read(digits, (size_t)(first - digits), p->digits) &&
           first[0] == '.' && digits_read(first + 1, strlen(first + 1), p->first);
}

/* false: it was lost, or something else is going on by now. */
static bool remembered(struct talk *t, const char *go, struct pad *p)
{
    *p = (struct pad){0};
    snprintf(p->go, sizeof(p->go), "%s", go);
    return dialog_load(t->s, t->book->name, t->user, &t->dialog) == ST_OK &&
           strcmp(t->dialog.at, STATE) == 0 && pad_read(t->dialog.word, p);
}

/* ---- what is shown -------------------------------------------------------------- */

static void key_button(struct screen *sc, const char *label, char digit,
                       const struct pad *p)
{
    char arg[SCREEN_DATA_MAX + 1];

    snprintf(arg, sizeof(arg), "%c.%.*s", digit, SCREEN_DATA_MAX - 2, p->go);
    screen_choice(sc, label, "k", "d", arg);
}

static void keypad(struct screen *sc, const struct pad *p)
{
    static const char keys[] = "123456789";
    char label[2] = {0};

    screen_wide(sc, 3);
    for (size_t i = 0; keys[i] != '\0'; i++) {
        label[0] = keys[i];
        key_button(sc, label, keys[i], p);
    }
    screen_button(sc, BTN_PIN_ERASE, "k", "x", p->go);
    key_button(sc, "0", '0', p);
    screen_button(sc, BTN_PIN_DONE, "k", "ok", p->go);
    screen_wide(sc, SCREEN_ROW);
    screen_button(sc, BTN_CANCEL, "k", "no", NULL);
}

static enum text_key question(const struct pad *p)
{
    return p->mode == 'v'   ? TEXT_PIN_ASK
           : p->mode == 'n' ? TEXT_PIN_NEW
                            : TEXT_PIN_AGAIN;
}

/* before: a sentence about what just happened, or TEXT_NOTHING. */
static enum status show(struct talk *t, const struct pad *p, enum text_key before,
                        int left)
{
    char dots[PIN_MAX * 3 + 1] = "";
    struct staff who;
    struct screen sc;
    enum status st = staff_load(t->s->db, p->staff, &who);

    if (st != ST_OK)
        return st == ST_NONE ? cashier_menu(t, "lost") : st;
    for (size_t i = 0; i < strlen(p->digits); i++)
        memcpy(dots + 3 * i, "●", 4);
    keep(t, p);
    screen_open(&sc, t->lang);
    if (before != TEXT_NOTHING)
        screen_say(&sc, before, T_INT("left", left));
    screen_say(&sc, question(p), T_TEXT("name", who.name));
    screen_say(&sc, TEXT_PIN_DOTS, T_TEXT("dots", dots[0] != '\0' ? dots : "—"));
    keypad(&sc, p);
    return talk_show(t, &sc);
}

/* ---- beginning ------------------------------------------------------------------ */

/* "u:do", "7.1" -> "u-do.7.1" */
static void go_print(char go[SCREEN_DATA_MAX + 1], const char *route, const char *arg)
{
    char *colon;

    snprintf(go, SCREEN_DATA_MAX + 1, "%s%s%s", route, arg[0] != '\0' ? "." : "", arg);
    colon = strchr(go, ':');
    if (colon != NULL)
        *colon = '-';
}

enum status pin_ask(struct talk *t, const char *go_on, const char *arg)
{
    struct pad p = {.mode = 'v', .staff = t->staff.id};
    enum status st = pin_has(t->s->db, t->now, t->staff.id);

    go_print(p.go, go_on, arg);
    if (st == ST_OK)
        return show(t, &p, TEXT_NOTHING, 0);
    if (st != ST_NONE)
        return st;
    p.mode = 'n';
    return show(t, &p, TEXT_PIN_FIRST, 0);
}

enum status pin_ask_of(struct talk *t, int64_t staff, const char *go_on,
                       const char *arg)
{
    struct pad p = {.mode = 'v', .staff = staff};

    go_print(p.go, go_on, arg);
    return show(t, &p, TEXT_NOTHING, 0);
}

/* Their own, changed: the old one first. On a shared phone nobody is let in without. */
enum status pin_my(struct talk *t, const char *arg)
{
    struct pad p = {.mode = 'n', .staff = t->staff.id};
    enum status st = pin_has(t->s->db, t->now, t->staff.id);

    (void)arg;
    if (st == ST_OK && !t->pin_passed)
        return pin_ask(t, "k:my", "");
    return st == ST_OK || st == ST_NONE ? show(t, &p, TEXT_NOTHING, 0) : st;
}

/* ---- keys ----------------------------------------------------------------------- */

enum status pin_digit(struct talk *t, const char *arg)
{
    struct pad p;
    size_t n;

    if (arg[0] < '0' || arg[0] > '9' || arg[1] != '.')
        return cashier_menu(t, "old");
    if (!remembered(t, arg + 2, &p))
        return cashier_menu(t, "lost");
    n = strlen(p.digits);
    if (n < PIN_MAX) {
        p.digits[n] = arg[0];
        p.digits[n + 1] = '\0';
    }
    return show(t, &p, TEXT_NOTHING, 0);
}

enum status pin_erase(struct talk *t, const char *arg)
{
    struct pad p;
    size_t n;

    if (!remembered(t, arg, &p))
        return cashier_menu(t, "lost");
    n = strlen(p.digits);
    if (n > 0)
        p.digits[n - 1] = '\0';
    return show(t, &p, TEXT_NOTHING, 0);
}

enum status pin_no(struct talk *t, const char *arg)
{
    (void)arg;
    talk_forget(t);
    return cashier_menu(t, "cancelled");
}

/* Somebody types at the keypad. Digits would stay in the chat: they are not taken.
 * Whatever else is a code, as ever. */
enum status pin_typed(struct talk *t, const char *arg)
{
    char digits[PIN_MAX + 1];
    struct pad p = {0};

    (void)arg;
    if (t->up->text_n >= PIN_MIN && digits_read(t->up->text, t->up->text_n, digits) &&
        pad_read(t->dialog.word, &p))
        return talk_say(t, TEXT_PIN_PRESS);
    talk_forget(t);
    return code_typed(t, "");
}

/* ---- done ----------------------------------------------------------------------- */

static enum status passed(struct talk *t, const struct pad *p)
{
    char route[SCREEN_DATA_MAX + 1];
    const char *arg = p->go + strcspn(p->go, ".");
    char *dash;

    talk_forget(t);
    t->pin_staff = p->staff;
    t->pin_passed = t->known && p->staff == t->staff.id;
    if (p->go[0] == '\0' || (p->mode != 'v' && strcmp(p->go, "k-my") == 0))
        return cashier_menu(t, "pin");
    snprintf(route, sizeof(route), "%.*s", (int)(arg - p->go), p->go);
    dash = strchr(route, '-');
    if (dash != NULL)
        *dash = ':';
    return cashier_go(t, route, arg[0] == '.' ? arg + 1 : arg);
}

static enum status locked(struct talk *t, const struct pad *p,
                          const struct pin_answer *a)
{
    char until[SHOP_WHEN_BYTES];
    struct screen sc;
    enum status st = ST_OK;

    talk_forget(t);
    if (a->just) {
        log_warn("pin_locked", LOG_INT("staff", p->staff), LOG_INT("user", t->user));
        st = tell_pin_locked(t, p->staff);
    }
    if (st != ST_OK)
        return st;
    shop_clock(t->shop, a->until, until);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_PIN_LOCKED, T_TEXT("until", until));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* The one a manager gave is gone by now: only this very dialogue may set the next. */
static enum status change(struct talk *t, struct pad *p)
{
    p->mode = 'n';
    p->digits[0] = '\0';
    return show(t, p, TEXT_PIN_CHANGE, 0);
}

static enum status verify(struct talk *t, struct pad *p)
{
    struct pin_answer a;
    enum status st = pin_check(t->s->db, t->now, p->staff, p->digits, &a);

    if (st != ST_OK)
        return st;
    p->digits[0] = '\0';
    switch (a.result) {
    case PIN_RIGHT:
        return passed(t, p);
    case PIN_CHANGE:
        return change(t, p);
    case PIN_LOCKED:
        return locked(t, p, &a);
    case PIN_WRONG:
        return show(t, p, TEXT_PIN_WRONG, a.left);
    case PIN_NONE:
        break;
    }
    talk_forget(t);
    return talk_say(t, TEXT_PIN_NONE);
}

static enum status chosen(struct talk *t, struct pad *p)
{
    bool fits = pin_fits(p->digits);

    if (fits)
        memcpy(p->first, p->digits, sizeof(p->first));
    p->mode = fits ? 'r' : 'n';
    p->digits[0] = '\0';
    return show(t, p, fits ? TEXT_NOTHING : TEXT_PIN_WEAK, 0);
}

static enum status repeated(struct talk *t, struct pad *p)
{
    bool same = strcmp(p->digits, p->first) == 0;
    enum status st;

    if (same) {
        st = pin_set(t->s->db, t->now, p->staff, p->digits);
        return st == ST_OK ? passed(t, p) : st;
    }
    p->mode = 'n';
    p->digits[0] = p->first[0] = '\0';
    return show(t, p, TEXT_PIN_DIFFER, 0);
}

enum status pin_done(struct talk *t, const char *arg)
{
    struct pad p;

    if (!remembered(t, arg, &p))
        return cashier_menu(t, "lost");
    if (strlen(p.digits) < PIN_MIN)
        return show(t, &p, TEXT_PIN_SHORT, 0);
    return p.mode == 'v'   ? verify(t, &p)
           : p.mode == 'n' ? chosen(t, &p)
                           : repeated(t, &p);
}
