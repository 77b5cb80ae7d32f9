/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A receipt taken back: why, in one tap, then both sides are told. Who may and how long
 * is redemption_void's to say; it is asked before the question too, so that nobody is
 * asked for a reason in vain.
 *
 * «Другое» asks for a few words, and waits five minutes for them. Above a sum a
 * cashier's own undo asks for their PIN first; that it was right is remembered with the
 * question.
 *
 * Buttons carry the receipt's key, not its number: u:ask:<key>, u:do:<key>.<reason>. A
 * key that was made up, or of a receipt before there were keys, finds none. */
#include "worker/cashier/cashier.h"

#include "core/base/utf.h"
#include "core/loyalty/code_text.h"

#include <stdio.h>
#include <string.h>

static const struct reason {
    enum void_reason reason;
    enum text_key label;
    const char *arg; /* of the button */
} reasons[] = {
    {VOID_AMOUNT, BTN_WHY_AMOUNT, "1"},
    {VOID_CUSTOMER, BTN_WHY_CUSTOMER, "2"},
    {VOID_RETURN, BTN_WHY_RETURN, "3"},
    {VOID_OTHER, BTN_WHY_OTHER, "4"},
};
#define STATE "why" /* its word: "<key>.<second it was asked>.<p: the PIN was right>" */
#define WORDS_WAIT 300 /* seconds: what is typed later answers nothing */

#define REASONS (sizeof(reasons) / sizeof(reasons[0]))

/* "<key>" or "<key>.<rest>"; a key of another length is left empty. Answers the rest.
 */
static const char *key_read(const char *arg, char key[NONCE_TEXT + 1])
{
    size_t n = strcspn(arg, ".");

    snprintf(key, NONCE_TEXT + 1, "%.*s", n == NONCE_TEXT ? NONCE_TEXT : 0, arg);
    return arg[n] == '.' ? arg + n + 1 : arg + n;
}

static struct void_ask ask_of(const struct talk *t)
{
    return (struct void_ask){.staff = &t->staff,
                             .shift = t->on_shift ? &t->shift : NULL,
                             .window = t->shop->set.undo_minutes * MINUTE,
                             .grace = t->shop->set.undo_grace_hours * HOUR,
                             .above = t->shop->set.pin_undo_above,
                             .pin_passed = t->pin_passed};
}

static enum status not_undone(struct talk *t, enum void_result why, int no)
{
    static const enum text_key says[] = {
        [VOIDED] = TEXT_UNDO_NOTHING,       [VOID_ALREADY] = TEXT_UNDO_ALREADY,
        [VOID_TOO_LATE] = TEXT_UNDO_LATE,   [VOID_NOT_YOURS] = TEXT_UNDO_NOT_YOURS,
        [VOID_UNKNOWN] = TEXT_UNDO_UNKNOWN, [VOID_NEEDS_PIN] = TEXT_UNDO_LATE,
    };
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, says[why], T_INT("minutes", t->shop->set.undo_minutes),
               T_INT("no", no));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status ask(struct talk *t, const struct redemption *r)
{
    char arg[SCREEN_DATA_MAX + 1], percent[SHOP_WHEN_BYTES];
    struct screen sc;
    size_t i;

    shop_percent(r->percent_bp, t->lang, percent);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_UNDO_ASK, T_INT("no", r->receipt_no),
               T_TEXT("percent", percent), T_TEXT("customer", r->customer));
    for (i = 0; i < REASONS; i++) {
        snprintf(arg, sizeof(arg), "%s.%s", r->key, reasons[i].arg);
        screen_button(&sc, reasons[i].label, "u", "do", arg);
    }
    screen_button(&sc, BTN_KEEP, "u", "keep", r->key);
    return talk_show(t, &sc);
}

/* *result VOIDED: they may undo r (the PIN, where one is due, is asked with the reason);
 * whatever else: r is not for them to see. */
static enum status look(struct talk *t, const char *arg, struct redemption *r,
                        enum void_result *result)
{
    const struct void_ask v = ask_of(t);
    char key[NONCE_TEXT + 1];
    enum status st;

    (void)key_read(arg, key);
    *result = VOID_UNKNOWN;
    st = redemption_find(t->s->db, key, r);
    if (st == ST_OK)
        st = redemption_may_void(t->s->db, t->now, &v, r, result);
    if (*result == VOID_NEEDS_PIN)
        *result = VOIDED;
    return st == ST_NONE ? ST_OK : st;
}

static enum status ask_or_not(struct talk *t, const char *arg, bool on_receipt)
{
    enum void_result result;
    struct redemption r = {0};
    enum status st = look(t, arg, &r, &result);

    if (st != ST_OK || result == VOIDED)
        return st == ST_OK ? ask(t, &r) : st;
    if (on_receipt)
        talk_leave(t); /* it stays in the chat */
    return not_undone(t, result, r.receipt_no);
}

enum status undo_last(struct talk *t, const char *arg)
{
    struct redemption r;
    enum status st = redemption_last(t->s->db, t->shift.id, &r);

    (void)arg;
    if (st == ST_NONE || (st == ST_OK && r.key[0] == '\0'))
        return talk_say(t, TEXT_UNDO_NOTHING);
    return st == ST_OK ? ask_or_not(t, r.key, false) : st;
}

enum status undo_ask(struct talk *t, const char *arg)
{
    return ask_or_not(t, arg, true);
}

/* The receipt again, for whoever might have undone it; late is no hindrance. */
enum status undo_keep(struct talk *t, const char *arg)
{
    enum void_result result;
    struct redemption r;
    enum status st = look(t, arg, &r, &result);

    if (st != ST_OK)
        return st;
    talk_forget(t); /* no words are wanted any more */
    if (result == VOID_ALREADY)
        return not_undone(t, result, r.receipt_no);
    return result == VOIDED || result == VOID_TOO_LATE ? receipt_show(t, &r)
                                                       : cashier_menu(t, "old");
}

static enum status undone(struct talk *t, const struct redemption *r, const char *why)
{
    char percent[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(r->percent_bp, t->lang, percent);
    screen_open(&sc, t->lang);
    screen_say(&sc, r->training ? TEXT_UNDONE_TRAINING : TEXT_UNDONE,
               T_INT("no", r->receipt_no), T_TEXT("percent", percent),
               T_TEXT("customer", r->customer), T_TEXT("why", why));
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

static const struct reason *reason_find(const char *arg)
{
    size_t i;

    for (i = 0; i < REASONS; i++)
        if (strcmp(arg, reasons[i].arg) == 0)
            return &reasons[i];
    return NULL;
}

const char *undo_why_text(const struct redemption *r, enum lang lang)
{
    size_t i;

    if (r->void_note[0] != '\0')
        return r->void_note;
    for (i = 0; i < REASONS; i++)
        if (reasons[i].reason == r->void_reason)
            return text_get(lang, reasons[i].label);
    return "";
}

/* ---- «другое»: in their own words ----------------------------------------------- */

static enum status ask_words(struct talk *t, const struct redemption *r)
{
    char word[DIALOG_WORD_BYTES], second[14];
    struct screen sc;

    base36_print((uint64_t)(t->now / SECOND), second);
    snprintf(word, sizeof(word), "%s.%s.%s", r->key, second, t->pin_passed ? "p" : "");
    talk_remember(t, STATE, word);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_UNDO_WORDS, T_INT("no", r->receipt_no));
    screen_button(&sc, BTN_KEEP, "u", "keep", r->key);
    return talk_show(t, &sc);
}

/* Was it asked just now? Then the PIN that was right for it is so still. */
static bool words_wait(struct talk *t, const char *rest)
{
    const char *pin;
    int64_t ago = t->now / SECOND - talk_id(rest, &pin);

    if (ago < 0 || ago >= WORDS_WAIT)
        return false;
    t->pin_passed |= strcmp(pin, "p") == 0;
    return true;
}

/* ---- the undo ------------------------------------------------------------------- */

static enum status run(struct talk *t, const struct reason *why, const char *key,
                       const char *note)
{
    struct void_ask v = ask_of(t);
    char again[SCREEN_DATA_MAX + 1];
    enum void_result result;
    struct redemption r;
    enum status st = redemption_find(t->s->db, key, &r);

    if (st != ST_OK)
        return st == ST_NONE ? not_undone(t, VOID_UNKNOWN, 0) : st;
    v.redemption_id = r.id;
    v.reason = why->reason;
    v.note = note;
    st = why->reason == VOID_OTHER && note == NULL
             ? redemption_may_void(t->s->db, t->now, &v, &r, &result)
             : redemption_void(t->s->db, t->now, &v, &result, &r);
    if (st != ST_OK)
        return st;
    if (result == VOID_NEEDS_PIN) {
        snprintf(again, sizeof(again), "%s.%s", key, why->arg);
        return pin_ask(t, "u:do", again);
    }
    if (result != VOIDED)
        return not_undone(t, result, r.receipt_no);
    if (r.voided_at == 0)
        return ask_words(t, &r);
    return undone(t, &r, undo_why_text(&r, t->lang));
}

enum status undo_do(struct talk *t, const char *arg)
{
    char key[NONCE_TEXT + 1];
    const struct reason *why = reason_find(key_read(arg, key));

    return why != NULL ? run(t, why, key, NULL) : cashier_menu(t, "old");
}

/* The words, or a code: then the cashier has gone on, and nothing is undone. */
enum status undo_words(struct talk *t, const char *arg)
{
    char key[NONCE_TEXT + 1], code[CODE_TEXT_BYTES];
    struct buf note = {0};
    enum status st = ST_BROKEN;
    bool waits;

    (void)arg;
    waits = words_wait(t, key_read(t->dialog.word, key));
    talk_forget(t);
    if (!waits || code_text_read(t->up->text, t->up->text_n, code, NULL) == CODE_FINE)
        return code_typed(t, "");
    utf_add_name(&note, t->up->text, t->up->text_n, 200);
    if (!note.failed)
        st = run(t, reason_find("4"), key, note.len > 0 ? note.s : NULL);
    buf_free(&note);
    return st;
}
