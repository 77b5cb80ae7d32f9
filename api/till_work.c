/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The till's page, its business: the same functions as the bot's, in one transaction. */
#include "api/till_private.h"

#include "core/base/code.h"
#include "core/base/log.h"
#include "core/base/money.h"
#include "core/io/queue.h"
#include "core/loyalty/code_text.h"
#include "core/setting.h"
#include "core/staff/pin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct till_run {
    const struct till_ask *ask;
    struct till_view *view;
    struct staff staff;
    struct shift shift;
    bool on_shift;
};

static enum status say(struct till_run *r, enum till_view_kind kind,
                       enum till_word word)
{
    r->view->kind = kind;
    r->view->word = word;
    return ST_OK;
}

static int64_t number_of(const char *s)
{
    size_t n = strlen(s);

    return n == 0 || n > 12 || strspn(s, "0123456789") != n ? 0 : strtoll(s, NULL, 10);
}

/* ---- who ------------------------------------------------------------------------ */

/* ST_NONE: nobody who may work here. */
static enum status person_load(struct db *db, struct till_run *r, int64_t id)
{
    enum status st = id > 0 ? staff_load(db, id, &r->staff) : ST_NONE;

    if (st != ST_OK)
        return st;
    if (!staff_may(&r->staff, PERM_DISCOUNT_REDEEM))
        return ST_NONE;
    r->view->english = strcmp(r->staff.language, "en") == 0;
    snprintf(r->view->name, sizeof(r->view->name), "%s", r->staff.name);
    st = shift_current(db, r->staff.id, &r->shift);
    r->on_shift = st == ST_OK;
    snprintf(r->view->store, sizeof(r->view->store), "%s", r->shift.store);
    r->view->training = r->shift.training;
    return st == ST_NONE ? ST_OK : st;
}

static enum status stores_show(struct db *db, struct till_run *r, enum till_word word)
{
    static _Thread_local struct store stores[TILL_STORES]; /* large */
    bool all = role_scope(r->staff.role, PERM_SHIFT) == SCOPE_ALL;
    enum status st =
        store_list(db, all ? 0 : r->staff.id, stores, TILL_STORES, &r->view->n_stores);

    for (int i = 0; i < r->view->n_stores && st == ST_OK; i++) {
        r->view->stores[i].id = stores[i].id;
        snprintf(r->view->stores[i].name, CONTACT_NAME_BYTES, "%s", stores[i].name);
    }
    if (st == ST_OK && r->view->n_stores == 0)
        word = WORD_NO_STORES;
    return st == ST_OK ? say(r, VIEW_STORES, word) : st;
}

/* Where they stand when nothing in particular was asked. */
static enum status home(struct db *db, struct till_run *r, enum till_word word)
{
    return r->on_shift ? say(r, VIEW_CODE, word) : stores_show(db, r, word);
}

/* Managers hear of it as of one locked in the bot; the worker finds and tells them. */
static enum status lock_tell(struct db *db, const struct till_run *r,
                             const struct pin_answer *a)
{
    struct job_spec spec = {.kind = KIND_CORE_PIN_LOCKED, .key = r->staff.id};
    char idk[60];

    log_warn("pin_locked", LOG_INT("staff", r->staff.id));
    snprintf(idk, sizeof(idk), "p:%lld:%lld", (long long)r->staff.id,
             (long long)a->until);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "s", r->staff.id);
    return job_put(db, r->ask->now, &spec);
}

/* An unknown number and a wrong PIN look the same. A wrong PIN is counted: ST_OK. */
static enum status enter(struct db *db, struct till_run *r)
{
    const struct till_form *f = r->ask->form;
    struct pin_answer answer = {.result = PIN_NONE};
    enum status st = person_load(db, r, number_of(f->number));

    if (st ==
        ST_OK) /* a manager's digits are for the bot, where one chooses one's own */
        st = pin_since(db, r->staff.id, r->ask->now);
    if (st == ST_OK)
        st = pin_check(db, r->ask->now, r->staff.id, f->pin, &answer);
    if (st == ST_NONE)
        return say(r, VIEW_LOGIN, WORD_WRONG_PIN);
    if (st != ST_OK)
        return st;
    if (answer.result == PIN_RIGHT) {
        r->view->staff_id = r->staff.id;
        return home(db, r, WORD_NONE);
    }
    if (answer.just)
        st = lock_tell(db, r, &answer);
    r->view->until = answer.until;
    if (st != ST_OK)
        return st;
    return say(r, VIEW_LOGIN,
               answer.result == PIN_LOCKED ? WORD_LOCKED : WORD_WRONG_PIN);
}

/* ---- what they do --------------------------------------------------------------- */

static enum status open_shift(struct db *db, struct till_run *r)
{
    enum status st = shift_open(db, r->ask->now, &r->staff,
                                number_of(r->ask->form->store), &r->shift);

    if (st == ST_REFUSED)
        return stores_show(db, r, WORD_NO_RIGHT);
    if (st != ST_OK && st != ST_TAKEN)
        return st;
    r->on_shift = true;
    snprintf(r->view->store, sizeof(r->view->store), "%s", r->shift.store);
    r->view->training = r->shift.training;
    return home(db, r, WORD_NONE);
}

static enum status check(struct db *db, struct till_run *r)
{
    const struct till_form *f = r->ask->form;
    char code[CODE_TEXT_BYTES];
    struct redemption_ask ask = {.staff = &r->staff,
                                 .shift = r->on_shift ? &r->shift : NULL,
                                 .take = f->take,
                                 .tz = r->ask->tz};
    enum status st;

    if (code_text_read(f->code, strlen(f->code), code, NULL) != CODE_FINE)
        return say(r, VIEW_CODE, WORD_CODE);
    if (strlen(code) == CODE_SYMBOLS)
        ask.code = code;
    else {
        ask.token = code;
        ask.token_n = strlen(code);
    }
    st = redemption_check(db, r->ask->now, &ask, &r->view->card);
    if (st != ST_OK)
        return st;
    snprintf(r->view->code, sizeof(r->view->code), "%s", code);
    return r->view->card.verdict == VERDICT_VALID ? say(r, VIEW_CARD, WORD_NONE)
                                                  : say(r, VIEW_CODE, WORD_VERDICT);
}

static enum status sum(struct db *db, struct till_run *r)
{
    const struct till_form *f = r->ask->form;
    struct price_ask ask = {
        .nonce = f->nonce, .staff = &r->staff, .shift = r->on_shift ? &r->shift : NULL};
    enum price_result result;
    enum status st;

    if (money_read(f->sum, strlen(f->sum), INT64_MAX, &ask.amount) != ST_OK)
        ask.amount = 0; /* which is refused */
    st = redemption_price(db, r->ask->now, &ask, &result, &r->view->card);
    if (st != ST_OK)
        return st;
    if (result == PRICE_SET)
        return say(r, VIEW_CARD, WORD_NONE);
    if (result != PRICE_BAD && result != PRICE_SMALL)
        return say(r, VIEW_CODE, WORD_STALE);
    snprintf(r->view->card.nonce, sizeof(r->view->card.nonce), "%.10s", f->nonce);
    r->view->card.amount = -1;
    return say(r, VIEW_CARD, WORD_SUM);
}

static enum status press(struct db *db, struct till_run *r)
{
    const struct redemption_press with = {.nonce = r->ask->form->nonce,
                                          .staff = &r->staff,
                                          .shift = r->on_shift ? &r->shift : NULL};
    struct redeemed done;
    enum status st = redemption_confirm(db, r->ask->now, &with, &done);

    if (st != ST_OK)
        return st;
    r->view->card = (struct card){
        .verdict = done.verdict, .used = done.lost, .discount = done.discount};
    snprintf(r->view->card.store, sizeof(r->view->card.store), "%s", done.store);
    switch (done.result) {
    case REDEEM_DONE:
    case REDEEM_ALREADY:
        r->view->receipt = done.redemption;
        return say(r, VIEW_RECEIPT, WORD_NONE);
    case REDEEM_LOST:
    case REDEEM_REFUSED:
        return say(r, VIEW_CODE, WORD_VERDICT);
    case REDEEM_NO_AMOUNT:
    case REDEEM_BAD_AMOUNT:
    case REDEEM_STALE:
        break;
    }
    return say(r, VIEW_CODE, WORD_STALE);
}

static enum status cancel(struct db *db, struct till_run *r)
{
    enum status st = redemption_release(db, r->ask->form->nonce, r->staff.id);

    return st == ST_OK || st == ST_NONE ? home(db, r, WORD_CANCELLED) : st;
}

static enum status look(struct db *db, struct till_run *r)
{
    return home(db, r, WORD_NONE);
}

static enum status leave(struct db *db, struct till_run *r)
{
    (void)db;
    return say(r, VIEW_LOGIN, WORD_NONE);
}

/* What asks for a shift is led to open one. */
static const struct {
    enum status (*run)(struct db *db, struct till_run *r);
    bool shift;
} acts[] = {
    [TILL_LOOK] = {look, false},   [TILL_OPEN] = {open_shift, false},
    [TILL_CHECK] = {check, true},  [TILL_SUM] = {sum, true},
    [TILL_PRESS] = {press, true},  [TILL_CANCEL] = {cancel, false},
    [TILL_LEAVE] = {leave, false},
};

enum status till_work(struct db *db, const struct till_ask *ask, struct till_view *out)
{
    struct till_run r = {.ask = ask, .view = out};
    struct settings set;
    enum status st = setting_load(db, &set);

    *out = (struct till_view){.kind = VIEW_CLOSED, .now = ask->now};
    if (st != ST_OK || !set.till_page)
        return st;
    if (ask->form->act == TILL_ENTER)
        return enter(db, &r);
    st = person_load(db, &r, ask->staff_id);
    if (st == ST_OK)
        st = pin_since(db, ask->staff_id, ask->since);
    if (st == ST_NONE) /* dismissed, another PIN by now, or nobody has entered */
        return say(&r, VIEW_LOGIN, WORD_NONE);
    if (st != ST_OK)
        return st;
    if (acts[ask->form->act].shift && !r.on_shift)
        return stores_show(db, &r, WORD_NONE);
    return acts[ask->form->act].run(db, &r);
}
