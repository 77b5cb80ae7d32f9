/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A till over HTTP: the same functions as the cashiers' bot's, and the same verdicts.
 *
 * A check is written down whatever it says, so it is answered 200 with its verdict. What
 * refuses a redemption or an undo is a problem, and changed nothing. */
#include "api/redemptions.h"

#include "api/discounts.h"
#include "core/base/clock.h"
#include "core/base/tz.h"
#include "core/loyalty/code_text.h"
#include "core/loyalty/customer.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

/* ---- the till they stand at ------------------------------------------------------ */

struct till {
    struct shift shift;
    bool open;
};

/* Their open shift; where a store is named and none is open, one is opened there, as the
 * bot would. */
static enum status till_open(struct call *c, int64_t store_id, struct till *t)
{
    enum status st = shift_current(c->db, c->who.staff.id, &t->shift);

    t->open = st == ST_OK;
    if (st == ST_NONE && store_id == 0)
        return ST_OK;
    if (st == ST_NONE) {
        st = shift_open(c->db, c->now, &c->who.staff, store_id, &t->shift);
        t->open = st == ST_OK || st == ST_TAKEN;
    }
    if (st == ST_REFUSED)
        return problem(c, PROBLEM_FORBIDDEN, "%s",
                       tell(c, "В этом магазине смену открыть нельзя.",
                            "No shift can be opened at that store."));
    if (!t->open)
        return st;
    if (store_id == 0 || store_id == t->shift.store_id)
        return ST_OK;
    json_set_int(problem_extras(c), "store_id", t->shift.store_id);
    return problem(c, PROBLEM_CONFLICT,
                   tell(c, "Ваша смена открыта в другом магазине: %s.",
                        "Your shift is open at another store: %s."),
                   t->shift.store);
}

/* "Мария Иванова": to settle an argument at the till the first name is enough. */
static void first_name(const char *name, char out[CONTACT_NAME_BYTES])
{
    snprintf(out, CONTACT_NAME_BYTES, "%.*s", (int)strcspn(name, " "), name);
}

static void spent_set(struct json *o, const struct spent *s)
{
    char by[CONTACT_NAME_BYTES];

    first_name(s->by, by);
    json_time(o, "redeemed_at", s->at);
    json_words(o, "store", s->store);
    json_words(o, "by", by);
    json_id(o, "receipt_no", s->receipt_no);
    json_id(o, "redemption_id", s->id > 0 ? s->id : 0);
}

/* ---- checking -------------------------------------------------------------------- */

static const char *const amount_words[] = {"off", "optional", "required"};

static void card_discount(struct json *o, const struct card *card)
{
    const struct discount *d = &card->discount;
    struct json *it;

    if (d->id == 0 || card->verdict == VERDICT_WITHDRAWN) {
        json_set_text(o, "discount", NULL);
        return;
    }
    it = json_new_object();
    json_set_int(it, "id", d->id);
    json_set_text(it, "source", discount_source_words[d->source - 1]);
    json_set_int(it, "value", d->percent_bp);
    json_id(it, "min_purchase", d->min_purchase);
    json_id(it, "max_amount", d->max_amount);
    json_set_int(it, "uses_left", d->uses_allowed - d->uses_count);
    json_time(it, "valid_from", d->valid_from);
    json_time(it, "valid_until", d->valid_until);
    json_set(o, "discount", it);
}

static void card_sides(struct json *o, const struct card *card)
{
    struct json *it;
    char by[CONTACT_NAME_BYTES];

    json_set_text(o, "redeemed", NULL);
    if (card->used.id != 0) {
        it = json_new_object();
        spent_set(it, &card->used);
        json_set(o, "redeemed", it);
    }
    json_set_text(o, "held", NULL);
    if (card->verdict == VERDICT_HELD) {
        first_name(card->held_by, by);
        it = json_new_object();
        json_words(it, "by", by);
        json_time(it, "until", card->held_until);
        json_set(o, "held", it);
    }
}

static struct json *card_json(const struct card *card, const struct till *t)
{
    bool valid = card->verdict == VERDICT_VALID;
    struct json *o = json_new_object();

    json_set_text(o, "verdict", verdict_name(card->verdict));
    json_words(o, "hold_token", valid ? card->nonce : "");
    json_time(o, "hold_until", valid ? card->held_until : 0);
    json_time(o, "confirm_until", valid ? card->confirm_until : 0);
    json_words(o, "customer", card->customer);
    json_words(o, "phone", card->phone);
    card_discount(o, card);
    json_set_text(o, "amount_mode",
                  valid && card->amount_mode >= AMOUNT_OFF
                      ? amount_words[card->amount_mode - AMOUNT_OFF]
                      : NULL);
    card_sides(o, card);
    json_words(o, "only_store", card->store);
    json_time(o, "locked_until",
              card->verdict == VERDICT_LOCKED ? card->held_until : 0);
    json_id(o, "store_id", t->open ? t->shift.store_id : 0);
    json_set_bool(o, "training", t->open && t->shift.training);
    return o;
}

/* Owners hear of it as of one locked in the bot. */
static enum status locked_tell(struct call *c, const struct card *card)
{
    struct job_spec spec = {.kind = KIND_CORE_CODE_LOCKED, .key = c->who.staff.id};
    char idk[60];
    enum status st;

    if (card->verdict != VERDICT_LOCKED)
        return ST_OK;
    snprintf(idk, sizeof idk, "l:%lld:%lld", (long long)c->who.staff.id,
             (long long)card->held_until);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "s", c->who.staff.id);
    st = job_put(c->db, c->now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}

/* The channel is asked as from a card of the bot; a "no" is told there. */
static enum status member_ask(struct call *c, const struct card *card)
{
    struct job_spec spec = {.kind = KIND_SEND_MEMBER_CHECK};
    struct customer who;
    struct settings set;
    char idk[60];
    enum status st = card->ask_member ? setting_load(c->db, &set) : ST_NONE;

    if (st == ST_OK)
        st = customer_load(c->db, card->discount.customer_id, &who);
    if (st != ST_OK || who.channel != CHANNEL_MESSENGER)
        return st == ST_NONE ? ST_OK : st;
    snprintf(idk, sizeof idk, "till:%lld:%lld", (long long)card->discount.id,
             (long long)c->who.staff.id);
    spec.idk = idk;
    spec.key = who.external_id;
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", "client");
    json_set_text(spec.args, "chat", set.channel_id);
    json_set_int(spec.args, "user", who.external_id);
    json_set_int(spec.args, "at", c->now / MS);
    json_set_int(spec.args, "till", c->who.staff.external_id);
    json_set_int(spec.args, "d", card->discount.id);
    json_set_int(spec.args, "by", c->who.staff.id);
    st = job_put(c->db, c->now, &spec);
    return st == ST_TAKEN ? ST_OK : st; /* one question at a time */
}

static enum status check(struct call *c, const struct till *t, const char *code,
                         struct card *card)
{
    bool typed = strlen(code) == CODE_SYMBOLS;
    struct tz *tz = tz_open(c->cfg->timezone);
    const struct redemption_ask ask = {.code = typed ? code : NULL,
                                       .token = typed ? NULL : code,
                                       .token_n = strlen(code),
                                       .staff = &c->who.staff,
                                       .shift = t->open ? &t->shift : NULL,
                                       .take = given_bool(&c->body, "take", false),
                                       .tz = tz};
    enum status st = redemption_check(c->db, c->now, &ask, card);

    tz_close(tz);
    if (st == ST_OK)
        st = locked_tell(c, card);
    return st == ST_OK ? member_ask(c, card) : st;
}

/* POST /api/v1/redemptions/validate */
enum status redemption_validate(struct call *c)
{
    static const struct field fields[] = {
        {"code", FIELD_TEXT, .required = true, .min = 1, .max = 512},
        {"store_id", FIELD_ID},
        {"take", FIELD_BOOL},
    };
    char code[CODE_TEXT_BYTES];
    const char *typed;
    struct till till = {0};
    struct card card;
    enum status st = body_read(c, fields, N(fields));

    if (st != ST_OK)
        return st;
    typed = given_text(&c->body, "code");
    if (code_text_read(typed, strlen(typed), code, NULL) != CODE_FINE) {
        call_fault(c, "/code", "format", "%s",
                   tell(c, "это не код скидки и не ссылка с ним",
                        "this is no discount's code, nor a link with one"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    st = till_open(c, given_int(&c->body, "store_id", 0), &till);
    if (st == ST_OK)
        st = check(c, &till, code, &card);
    c->about = st == ST_OK ? card.discount.customer_id : 0;
    if (st == ST_OK)
        answer_json(c, 200, card_json(&card, &till));
    return st;
}

/* ---- redeeming ------------------------------------------------------------------- */

static const enum problem verdict_problems[VERDICT_COUNT] = {
    [VERDICT_VALID] = PROBLEM_HOLD_LOST,
    [VERDICT_USED] = PROBLEM_ALREADY_REDEEMED,
    [VERDICT_EXPIRED] = PROBLEM_DISCOUNT_EXPIRED,
    [VERDICT_NOT_STARTED] = PROBLEM_NOT_YET_VALID,
    [VERDICT_REVOKED] = PROBLEM_DISCOUNT_REVOKED,
    [VERDICT_UNKNOWN] = PROBLEM_NOT_FOUND,
    [VERDICT_HELD] = PROBLEM_HOLD_LOST,
    [VERDICT_OWN] = PROBLEM_FORBIDDEN,
    [VERDICT_WRONG_STORE] = PROBLEM_WRONG_STORE,
    [VERDICT_LOCKED] = PROBLEM_RATE_LIMITED,
    [VERDICT_NO_RIGHT] = PROBLEM_FORBIDDEN,
    [VERDICT_NO_SHIFT] = PROBLEM_CONFLICT,
    [VERDICT_WITHDRAWN] = PROBLEM_CONSENT_MISSING,
    [VERDICT_LEFT] = PROBLEM_WRONG_HOLDER,
};

static const char *verdict_detail(const struct call *c, enum verdict v)
{
    if (v == VERDICT_NO_SHIFT)
        return tell(c, "Смена не открыта: откройте её или назовите store_id.",
                    "No shift is open: open one, or name store_id.");
    if (v == VERDICT_LEFT)
        return tell(c, "Скидка для подписчиков канала, а подписки сейчас нет.",
                    "The discount is for followers of the channel, and they follow it "
                    "no more.");
    return NULL;
}

static enum status refused(struct call *c, const struct redeemed *r)
{
    const char *detail = verdict_detail(c, r->verdict);
    struct json *more = problem_extras(c);

    json_set_text(more, "verdict", verdict_name(r->verdict));
    if (r->verdict == VERDICT_WRONG_STORE)
        json_words(more, "only_store", r->store);
    if (r->verdict == VERDICT_EXPIRED)
        json_time(more, "valid_until", r->discount.valid_until);
    if (r->verdict == VERDICT_NOT_STARTED)
        json_time(more, "valid_from", r->discount.valid_from);
    return problem(c, verdict_problems[r->verdict], detail != NULL ? "%s" : NULL,
                   detail);
}

/* One that is good several times has reached its limit; of both it is told where. */
static enum status lost(struct call *c, const struct redeemed *r)
{
    spent_set(problem_extras(c), &r->lost);
    return problem(c,
                   r->discount.uses_allowed > 1 ? PROBLEM_LIMIT_REACHED
                                                : PROBLEM_ALREADY_REDEEMED,
                   NULL);
}

static enum status amount_refused(struct call *c, const struct redeemed *r)
{
    if (r->result == REDEEM_NO_AMOUNT)
        call_fault(c, "/amount", "required", "%s",
                   tell(c, "здесь нужна сумма чека", "the sum of the bill is needed"));
    else if (r->price == PRICE_SMALL) {
        json_set_int(problem_extras(c), "min_purchase", r->discount.min_purchase);
        return problem(c, PROBLEM_MIN_PURCHASE_NOT_MET, NULL);
    } else if (r->price == PRICE_REFUSED) {
        return problem(c, PROBLEM_FEATURE_DISABLED, "%s",
                       tell(c, "В этом магазине сумму чека не вводят.",
                            "Sums are not entered at this store."));
    } else {
        call_fault(c, "/amount", "range", "%s",
                   tell(c, "таких чеков здесь не бывает", "no bill here is like that"));
    }
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

static enum status receipt(struct call *c, const struct redeemed *r)
{
    char where[60];
    bool fresh = r->result == REDEEM_DONE;

    snprintf(where, sizeof where, "/api/v1/redemptions/%lld",
             (long long)r->redemption.id);
    if (fresh && r->redemption.id > 0)
        answer_header(c, "Location", where);
    c->about = r->redemption.customer_id;
    answer_json(c, fresh ? 201 : 200, redemption_json(&r->redemption));
    return ST_OK;
}

static enum status pressed(struct call *c, const struct redeemed *r)
{
    switch (r->result) {
    case REDEEM_DONE:
    case REDEEM_ALREADY:
        return receipt(c, r);
    case REDEEM_LOST:
        return lost(c, r);
    case REDEEM_REFUSED:
        return refused(c, r);
    case REDEEM_NO_AMOUNT:
    case REDEEM_BAD_AMOUNT:
        return amount_refused(c, r);
    case REDEEM_STALE:
        break;
    }
    return problem(c, PROBLEM_HOLD_LOST, NULL);
}

/* POST /api/v1/redemptions: hold_token is the key of the operation, so whatever comes
 * twice with it is one redemption. */
enum status redemption_post(struct call *c)
{
    static const struct field fields[] = {
        {"hold_token", FIELD_TEXT, .required = true, .min = 1, .max = 22},
        {"amount", FIELD_INT, .nullable = true, .min = 1, .max = INT64_MAX},
        {"store_id", FIELD_ID},
    };
    struct till till = {0};
    struct redemption_press press = {.staff = &c->who.staff};
    struct redeemed r;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = till_open(c, given_int(&c->body, "store_id", 0), &till);
    if (st != ST_OK)
        return st;
    press.nonce = given_text(&c->body, "hold_token");
    press.shift = till.open ? &till.shift : NULL;
    press.amount = given_int(&c->body, "amount", 0);
    st = redemption_confirm(c->db, c->now, &press, &r);
    if (st != ST_OK)
        return st;
    r.redemption.training |= r.redemption.id < 0;
    return pressed(c, &r);
}

/* ---- undoing --------------------------------------------------------------------- */

static enum status not_voided(struct call *c, enum void_result why)
{
    if (why == VOID_UNKNOWN)
        return problem(c, PROBLEM_NOT_FOUND, NULL);
    if (why == VOID_ALREADY)
        return problem(
            c, PROBLEM_CONFLICT, "%s",
            tell(c, "Этот чек уже отменён.", "This receipt was undone before."));
    return problem(c, PROBLEM_FORBIDDEN, "%s",
                   why == VOID_NOT_YOURS
                       ? tell(c, "Это не ваш чек и не вашего магазина.",
                              "The receipt is neither yours nor of your store.")
                       : tell(c, "Время вышло: отменить может управляющий.",
                              "It is too late: a manager can undo it."));
}

/* POST /api/v1/redemptions/{id}/void */
enum status redemption_void_post(struct call *c)
{
    static const struct field fields[] = {
        {"reason", FIELD_WORD, .required = true, .words = void_reason_words},
        {"note", FIELD_TEXT, .nullable = true, .min = 1, .max = 200},
    };
    struct void_ask ask = {.redemption_id = c->id[0], .staff = &c->who.staff};
    enum void_result result = VOID_UNKNOWN;
    struct settings set;
    struct redemption r;
    struct till till = {0};
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = setting_load(c->db, &set);
    if (st == ST_OK)
        st = till_open(c, 0, &till);
    if (st != ST_OK)
        return st;
    ask.shift = till.open ? &till.shift : NULL;
    ask.reason = (enum void_reason)(given_int(&c->body, "reason", 0) + VOID_AMOUNT);
    ask.note = given_text(&c->body, "note");
    ask.window = set.undo_minutes * MINUTE;
    ask.grace = set.undo_grace_hours * HOUR;
    ask.above = set.pin_undo_above;
    st = redemption_void(c->db, c->now, &ask, &result, &r);
    if (st != ST_OK)
        return st;
    if (result != VOIDED)
        return not_voided(c, result);
    c->about = r.customer_id;
    answer_json(c, 200, redemption_json(&r));
    return ST_OK;
}
