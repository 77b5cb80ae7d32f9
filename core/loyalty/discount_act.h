/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/discount_act.h - what staff do to discounts by hand: issue, revoke,
 * extend, send once more.
 *
 * Each asks the right itself, writes its row of the audit, what its holder must hear as a
 * job, and (but for issuing, which is the discount itself) a row of discount_deed with
 * the words of who did it. All run inside the caller's transaction; what is not ST_OK
 * changed nothing only because the caller rolls back.
 *
 * Whose right ends at their stores issues only for one of them, and touches only what is
 * good there alone. Roles with a daily limit (settings issue_daily_*) are counted by
 * core/loyalty/quota.h. */
#ifndef CORE_LOYALTY_DISCOUNT_ACT_H
#define CORE_LOYALTY_DISCOUNT_ACT_H

#include "core/loyalty/discount.h"
#include "core/staff/staff.h"

#define DISCOUNT_REASON_MAX 200   /* characters */
#define DISCOUNT_REASON_BYTES 801 /* … with the NUL */

/* Numbers are stored. */
enum discount_deed { DEED_REVOKED = 1, DEED_EXTENDED, DEED_RESENT };

/* Will the message with its picture go out? It is marketing: without consent, above the
 * customer's cap or to who blocked us it is not put. NULL: it will (in the quiet hours,
 * after them). Else "blocked", "withdrawn", "no_consent", "cap"; lent for ever. */
must_check enum status discount_word_may(struct db *db, int64_t now,
                                         int64_t customer_id, const char **why);

struct discount_order {
    const struct staff *by; /* loaded in this transaction */
    int64_t customer_id;
    int percent_bp, uses;             /* uses 0: 1 */
    int64_t min_purchase, max_amount; /* kopecks; 0: any */
    int64_t valid_from, valid_until;
    int64_t store_id;   /* the only store it is good at; 0: all */
    const char *reason; /* NULL: none */
    bool tell;          /* its holder is to hear of it … */
    int64_t batch;      /* … as one of many (message.h); 0: alone */
    int32_t day;        /* of the shop's calendar, for the limit */
};
enum grant_result {
    GRANTED = 1,
    GRANT_NO_CUSTOMER, /* there is none, or they were erased */
    GRANT_WITHDRAWN,   /* they took their consent back: no code of theirs is good */
    GRANT_BARRED,      /* the shop gives them nothing */
    GRANT_STORE,       /* no such store, or not one of theirs; or none was named */
    GRANT_LIMIT        /* .limit a day */
};
struct granted {
    enum grant_result result;
    struct discount discount; /* GRANTED */
    const char *unsaid;       /* why its holder hears nothing: as discount_word_may, or
                           "not_asked"; NULL: the message was put */
    int64_t limit;
};
/* ST_OK with a result; ST_REFUSED: they may not issue; ST_BAD: a percent, a time, a
 * number that makes no sense. */
must_check enum status discount_grant(struct db *db, int64_t now,
                                      const struct discount_order *o,
                                      struct granted *out);

struct discount_act {
    const struct staff *by; /* loaded in this transaction */
    int64_t id;
    const char *reason; /* NULL: none */
};
/* *out: as it is afterwards, or, of ST_TAKEN, as it is. ST_NONE: no such discount;
 * ST_REFUSED: they may not; ST_TAKEN: it is used up, revoked or (but for extending) has
 * run out, and its state says which. */
must_check enum status discount_withdraw(struct db *db, int64_t now,
                                         const struct discount_act *act,
                                         struct discount *out);
/* One that ran out is good again, unless another took its place (ST_TAKEN, *out has run
 * out). ST_BAD: until is no later than it was, or is over. */
must_check enum status discount_extend(struct db *db, int64_t now,
                                       const struct discount_act *act, int64_t until,
                                       struct discount *out);
/* The picture once more. *unsaid: why not, and then nothing was done. */
must_check enum status discount_resend(struct db *db, int64_t now,
                                       const struct discount_act *act,
                                       struct discount *out, const char **unsaid);

#endif
