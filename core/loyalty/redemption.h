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

struct card {
    enum verdict verdict;
    char nonce[NONCE_TEXT + 1];            /* VALID: for redemption_confirm */
    struct discount discount;              /* zeroed when UNKNOWN, LOCKED */
    char customer[CONTACT_NAME_BYTES + 8]; /* "Мария К." */
    struct spent used;
    char held_by[CONTACT_NAME_BYTES];
    int64_t held_until;
};

/* ST_OK with a verdict, whatever it is; anything else is a failure. */
must_check enum status redemption_check(struct db *db, int64_t now,
                                        const struct redemption_ask *ask,
                                        struct card *out);

/* The cashier pressed Cancel: the hold ends. ST_NONE: it was not there any more. */
must_check enum status redemption_release(struct db *db, const char *nonce,
                                          int64_t staff_id);

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

enum redeem_result {
    REDEEM_DONE = 1, /* spent now, by this press */
    REDEEM_ALREADY,  /* this press was counted before: show the same receipt */
    REDEEM_LOST,     /* somebody else spent it first: .lost says who */
    REDEEM_STALE,    /* the time is over, or another cashier took the hold:
                        check the code again */
    REDEEM_REFUSED,  /* .verdict: expired or revoked meanwhile, no right, no shift */
    REDEEM_BAD_AMOUNT
};

struct redemption_press {
    const char *nonce;
    const struct staff *staff; /* loaded in this transaction */
    const struct shift *shift; /* NULL: none open */
    int64_t amount;            /* kopecks; -1: not entered */
};

struct redeemed {
    enum redeem_result result;
    enum verdict verdict;
    struct redemption redemption; /* DONE, ALREADY */
    struct spent lost;
};

#define REDEMPTION_AMOUNT_MAX (100000000LL * 100) /* a hundred million roubles */

/* ST_OK with a result, whatever it is. DONE puts core.discount_redeemed {"r":id}. */
must_check enum status redemption_confirm(struct db *db, int64_t now,
                                          const struct redemption_press *press,
                                          struct redeemed *out);

/* ---- undo ----------------------------------------------------------------------- */

/* Numbers are stored. */
enum void_reason { VOID_AMOUNT = 1, VOID_CUSTOMER, VOID_RETURN, VOID_OTHER };

enum void_result {
    VOIDED = 1,
    VOID_ALREADY,
    VOID_TOO_LATE, /* a manager can */
    VOID_NOT_YOURS,
    VOID_UNKNOWN
};

struct void_ask {
    int64_t redemption_id;
    const struct staff *staff; /* loaded in this transaction */
    const struct shift *shift; /* NULL: none open (a manager needs none) */
    enum void_reason reason;
    const char *note; /* NULL, or a few words for VOID_OTHER; cut at 200 characters */
    int64_t window;   /* how long the cashier may: the setting undo_minutes, in
                         microseconds */
};

/* Would they be let, now? *result VOIDED: yes. Nothing changes; redemption_void asks
 * again. */
must_check enum status redemption_may_void(struct db *db, int64_t now,
                                           const struct void_ask *ask,
                                           const struct redemption *r,
                                           enum void_result *result);

/* ST_OK with a result. VOIDED puts core.redemption_voided {"r":id}; a discount whose
 * term ran out meanwhile gets a day. ST_BAD: no such reason. */
must_check enum status redemption_void(struct db *db, int64_t now,
                                       const struct void_ask *ask,
                                       enum void_result *result,
                                       struct redemption *out);

/* Attempts older than `before` leave, at most limit; *n how many. */
must_check enum status redemption_attempt_forget(struct db *db, int64_t before,
                                                 int limit, int *n);

#endif
