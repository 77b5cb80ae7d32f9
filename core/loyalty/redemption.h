/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/redemption.h - a discount is spent at the till, once.
 *
 *   redemption_check ---- card with a nonce ----> redemption_confirm ----> live
 *                                                                           |
 *                                          void  <---- redemption_void -----+
 *
 * check reads the code, decides a verdict, writes it down (every check is an attempt,
 * good or bad) and, when valid, holds the discount for this cashier (setting
 * hold_minutes, 3). The hold is advisory: it tells a second cashier who is serving the
 * customer. The nonce of the card is the key of the operation: a press repeated,
 * delivered twice or retried is the same redemption. It works for confirm_minutes (5),
 * unless another cashier took the hold meanwhile.
 *
 * The sum of the purchase is entered on the card (redemption_price) and kept with the
 * hold: it gives the card a new nonce, so that a button under an older sum is stale, and
 * nobody redeems a sum they did not see. A press carries no sum.
 *
 * Whether the holder still follows the channel is asked without waiting (card.ask_member,
 * redemption_member_known). An answer that is late changes nothing at the till: the
 * redemption is marked unverified.
 *
 * What makes a second redemption impossible is not this code but the constraints of
 * migrations/0003: one live row a use slot, slots within the limit, limit and holder
 * pinned to the discount's row, one row a nonce.
 *
 * A customer who took back their consent has no valid code: check says WITHDRAWN, and
 * a card that was open is refused. Coming back makes it good again.
 *
 * An undo marks the row void and frees its slot; nothing is deleted, and a void one is
 * never made live again: the customer's code is simply good once more.
 *
 * Order of locks, here and everywhere: discount, shift, redemption.
 * All run inside the caller's transaction; answers that are not ST_OK changed nothing
 * only because the caller rolls back. */
#ifndef CORE_LOYALTY_REDEMPTION_H
#define CORE_LOYALTY_REDEMPTION_H

#include "core/contact.h"
#include "core/loyalty/discount.h"
#include "core/loyalty/phone.h"
#include "core/staff/shift.h"
#include "core/staff/staff.h"

/* ---- may this code be redeemed? ------------------------------------------------- */

/* Numbers are stored. */
enum verdict {
    VERDICT_VALID = 1,
    VERDICT_USED,        /* card.used says when, where, by whom */
    VERDICT_EXPIRED,     /* card.discount.valid_until */
    VERDICT_NOT_STARTED, /* card.discount.valid_from */
    VERDICT_REVOKED,
    VERDICT_UNKNOWN,
    VERDICT_HELD, /* another cashier is serving it: card.held_by, held_until */
    VERDICT_OWN,  /* staff do not redeem their own */
    VERDICT_WRONG_STORE,
    VERDICT_LOCKED,    /* ten unknown codes in five minutes: card.held_until */
    VERDICT_NO_RIGHT,  /* this role does not redeem, or is dismissed */
    VERDICT_NO_SHIFT,  /* no open shift: open one and ask again with the same code */
    VERDICT_WITHDRAWN, /* the holder took their consent back: nothing else is said */
    VERDICT_LEFT, /* a discount for followers of the channel, and they follow it no more */
    VERDICT_COUNT
};
/* "valid", "already_redeemed" …: the problem codes of the API. Lent, for ever. */
const char *verdict_name(enum verdict v);

struct redemption_ask {
    const char *code;  /* 10 symbols of code_read(), or NULL */
    const char *token; /* of a link, without q_, when code is NULL */
    size_t token_n;
    const struct staff *staff; /* loaded in this transaction: rights change at once */
    const struct shift *shift; /* NULL: none open */
    bool take; /* the cashier was told that it is held and goes on nevertheless */
    const struct tz *tz; /* of the day after which who left the channel has no discount
                            for following it (follow.h), at a store without a zone of
                            its own; NULL: UTC */
};

/* Who spent it. */
struct spent {
    int64_t id, at;
    char key[NONCE_TEXT + 1]; /* as redemption.key */
    int receipt_no;
    char store[CONTACT_NAME_BYTES];
    char by[CONTACT_NAME_BYTES];
    bool same_staff; /* this very cashier: a double scan, harmless */
};

/* How the sum of a purchase is asked for. Numbers of store.amount_mode; 0 there: as the
 * setting amount_mode says. */
enum amount_mode { AMOUNT_OFF = 1, AMOUNT_OPTIONAL, AMOUNT_REQUIRED };

struct card {
    enum verdict verdict;
    char nonce[NONCE_TEXT + 1];            /* VALID: for redemption_confirm */
    struct discount discount;              /* zeroed when UNKNOWN, LOCKED */
    char customer[CONTACT_NAME_BYTES + 8]; /* "Мария К." */
    struct spent used; /* USED; of one with several uses also VALID: the last one, if it
                          was a few minutes ago. id 0: none */
    char held_by[CONTACT_NAME_BYTES];
    int64_t held_until;
    int64_t confirm_until; /* VALID: the nonce works until then */
    enum amount_mode amount_mode;
    int64_t amount, off;            /* VALID: entered, and what is taken off; -1: not */
    char store[CONTACT_NAME_BYTES]; /* WRONG_STORE: the only one it is good at */
    char phone[PHONE_SHOWN_BYTES];  /* VALID: "+7 *** ***-12-34"; "": not told */
    bool
        ask_member; /* the caller should ask whether the holder follows the channel, and
                        not wait: redemption_member_known takes the answer */
};

/* ST_OK with a verdict, whatever it is; anything else is a failure. */
must_check enum status redemption_check(struct db *db, int64_t now,
                                        const struct redemption_ask *ask,
                                        struct card *out);

/* The sum of the purchase, for the card with that nonce: a fresh nonce, and time to
 * confirm begins again. */
struct price_ask {
    const char *nonce;
    const struct staff *staff; /* loaded in this transaction */
    const struct shift *shift; /* NULL: none open */
    int64_t amount;            /* kopecks */
};
enum price_result {
    PRICE_SET = 1, /* .card is the new one */
    PRICE_STALE,   /* that card is over: check the code again */
    PRICE_BAD,     /* zero, negative or beyond the setting amount_limit */
    PRICE_SMALL,   /* under .card.discount.min_purchase */
    PRICE_REFUSED  /* no right, no shift, or amounts are not asked here */
};
/* ST_OK with a result. */
must_check enum status redemption_price(struct db *db, int64_t now,
                                        const struct price_ask *ask,
                                        enum price_result *result, struct card *out);

/* The channel answered about a card or an open question of this cashier's. */
enum member_state { MEMBER_ASKED = 1, MEMBER_YES, MEMBER_LEFT };
struct member_news {
    int64_t discount_id, staff_id;
    enum member_state state; /* YES or LEFT */
};
enum member_effect {
    MEMBER_NOTHING_OPEN = 1, /* nobody waits for it any more */
    MEMBER_CARD_FINE,        /* the card may be confirmed, as it could before */
    MEMBER_CARD_ENDED,       /* LEFT, and not redeemed yet: the card is refused now */
    MEMBER_TOO_LATE          /* LEFT, but it was redeemed: the row says so */
};
/* Writes it to the customer, to the card and to what was redeemed since. ST_NONE: no
 * such discount. */
must_check enum status redemption_member_known(struct db *db, int64_t now,
                                               const struct member_news *news,
                                               enum member_effect *effect);

/* The cashier pressed Cancel: the hold ends. ST_NONE: it was not there any more. */
must_check enum status redemption_release(struct db *db, const char *nonce,
                                          int64_t staff_id);

/* Why it was taken back. Numbers are stored. */
enum void_reason { VOID_AMOUNT = 1, VOID_CUSTOMER, VOID_RETURN, VOID_OTHER };
#define VOID_NOTE_BYTES 801 /* 200 characters */

/* ---- redeem --------------------------------------------------------------------- */

struct redemption {
    int64_t id, discount_id, customer_id;
    int64_t staff_id, store_id, shift_id;
    char key[NONCE_TEXT + 1]; /* the nonce it was pressed with: names it in buttons,
                                 as an id would be guessed; "": it has none */
    int receipt_no;           /* № within the shift */
    int percent_bp;
    enum discount_source source;
    int64_t amount;                 /* of the purchase, kopecks; -1: not entered */
    int64_t discount;               /* taken off, kopecks; -1 likewise */
    int64_t redeemed_at, voided_at; /* 0: live */
    int64_t voided_by;              /* staff; 0: live */
    bool training; /* does not count: the store was in training (id < 0) */
    enum void_reason void_reason; /* 0: live */
    char void_note[VOID_NOTE_BYTES];
    enum member_state unverified; /* 0: nothing to say; ASKED: no answer in time; LEFT:
                                       it came after the press */
    char customer[CONTACT_NAME_BYTES + 8];
    char staff[CONTACT_NAME_BYTES], store[CONTACT_NAME_BYTES];
};
must_check enum status redemption_load(struct db *db, int64_t id,
                                       struct redemption *out);
/* By its key; whatever has not the form of one is ST_NONE. */
must_check enum status redemption_find(struct db *db, const char *key,
                                       struct redemption *out);
/* The last live one of a shift. ST_NONE: none. */
must_check enum status redemption_last(struct db *db, int64_t shift_id,
                                       struct redemption *out);
/* The last live one of a discount. ST_NONE: none. */
must_check enum status redemption_of(struct db *db, int64_t discount_id,
                                     struct redemption *out);

/* What a customer has used, newest first, without what was undone. */
struct redemption_page {
    int64_t customer_id;
    int offset, limit;
};
must_check enum status redemption_list(struct db *db,
                                       const struct redemption_page *page,
                                       struct redemption *out, int *n);
/* How many, and what they saved by those whose sum is known, kopecks. */
must_check enum status redemption_saved(struct db *db, int64_t customer_id, int *n,
                                        int64_t *saved);

enum redeem_result {
    REDEEM_DONE = 1,  /* spent now, by this press */
    REDEEM_ALREADY,   /* this press was counted before: show the same receipt */
    REDEEM_LOST,      /* somebody else spent it first: .lost says who */
    REDEEM_STALE,     /* the time is over, or another cashier took the hold:
                        check the code again */
    REDEEM_REFUSED,   /* .verdict: expired or revoked meanwhile, no right, no shift */
    REDEEM_NO_AMOUNT, /* this store, or this discount, asks for the sum first:
                         redemption_price */
    REDEEM_BAD_AMOUNT /* of a sum said with the press: .price says why */
};

struct redemption_press {
    const char *nonce;
    const struct staff *staff; /* loaded in this transaction */
    const struct shift *shift; /* NULL: none open */
    int64_t amount; /* of the purchase, where it is said together with the press,
                       kopecks; 0: as it was entered on the card */
};

struct redeemed {
    enum redeem_result result;
    enum verdict verdict;
    struct redemption redemption; /* DONE, ALREADY */
    struct spent lost;
    enum price_result price;  /* BAD_AMOUNT */
    struct discount discount; /* LOST, REFUSED, as far as the nonce still names it;
                                 BAD_AMOUNT */
    char store
        [CONTACT_NAME_BYTES]; /* REFUSED, WRONG_STORE: the only one it is good at */
};

/* ST_OK with a result, whatever it is. DONE puts core.discount_redeemed {"r":id}. */
must_check enum status redemption_confirm(struct db *db, int64_t now,
                                          const struct redemption_press *press,
                                          struct redeemed *out);

/* ---- training -------------------------------------------------------------------- */

/* A store in training: the till works as ever and nothing counts. shift.training says so,
 * read with the shift in each transaction, so the switch works at once. What is redeemed
 * there is a row of training_redemption: the discount is not spent, no report knows of it
 * and the customer hears nothing. All verbs of this file take it like any other.
 *
 * Cards that are open at that store end with the switch: what was checked in one mode is
 * not redeemed in the other. ST_OK also when it was so already. */
struct training_switch {
    int64_t store_id, by;
    bool on;
};
must_check enum status training_set(struct db *db, int64_t now,
                                    const struct training_switch *sw);

/* ---- undo ----------------------------------------------------------------------- */

enum void_result {
    VOIDED = 1,
    VOID_ALREADY,
    VOID_TOO_LATE, /* a manager can */
    VOID_NOT_YOURS,
    VOID_UNKNOWN,
    VOID_NEEDS_PIN /* dearer than `above`: a manager, or the cashier's PIN */
};

struct void_ask {
    int64_t redemption_id;
    const struct staff *staff; /* loaded in this transaction */
    const struct shift *shift; /* NULL: none open (a manager needs none) */
    enum void_reason reason;
    const char *note; /* NULL, or a few words for VOID_OTHER; cut at 200 characters */
    int64_t window;   /* how long the cashier may: the setting undo_minutes, in
                         microseconds */
    int64_t grace;    /* how long a code is good whose term ran out between the sale and
                         its undo: undo_grace_hours, in microseconds; 0: not at all */
    int64_t above;    /* kopecks of a purchase; 0: never */
    bool pin_passed;  /* the cashier's PIN was right just now */
};

/* Would they be let, now? *result VOIDED: yes. Nothing changes; redemption_void asks
 * again. */
must_check enum status redemption_may_void(struct db *db, int64_t now,
                                           const struct void_ask *ask,
                                           const struct redemption *r,
                                           enum void_result *result);

/* ST_OK with a result. VOIDED puts core.redemption_voided {"r":id}; a discount whose
 * term ran out meanwhile gets ask->grace. ST_BAD: no such reason. */
must_check enum status redemption_void(struct db *db, int64_t now,
                                       const struct void_ask *ask,
                                       enum void_result *result,
                                       struct redemption *out);

/* Attempts older than `before` leave, at most limit; *n how many. */
must_check enum status redemption_attempt_forget(struct db *db, int64_t before,
                                                 int limit, int *n);

#endif
