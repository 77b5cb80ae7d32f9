/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/discount.h - a discount that was issued to one customer.
 *
 *                     the last use (redemption.h)
 *   discount_issue ACTIVE -------------------> USED
 *                   |  |  <-------------------
 *                   |  |        its undo
 *                   |  +--- discount_expire_due ---> EXPIRED
 *                   |  <--------------------------   (discount_act.h: a longer term)
 *                   +------ discount_revoke -------> REVOKED
 *
 * The database keeps the promises: one row an issue_key, one a code, one a token; never
 * more uses than allowed; and holder and limit cannot change once it was redeemed.
 *
 * It leaves the house as a human code (10 symbols, shown XXXXX-XXXXX) and as a token of
 * 22 characters in a link `q_<token>`. Both can be renewed when they leaked: the old
 * ones then name nothing.
 *
 * A discount past valid_until is EXPIRED to everybody at once; the status in the row
 * follows later. discount_state() says what it is now. Whoever changes the status in the
 * row says so (discount_tally.h). */
#ifndef CORE_LOYALTY_DISCOUNT_H
#define CORE_LOYALTY_DISCOUNT_H

#include "core/base/code.h"
#include "core/base/status.h"
#include "core/io/db.h"

#define DISCOUNT_TOKEN 22

/* Numbers are stored. */
enum discount_source {
    SOURCE_SUBSCRIPTION = 1,
    SOURCE_BIRTHDAY,
    SOURCE_MANUAL,
    SOURCE_CAMPAIGN, /* of a broadcast or an automation */
    SOURCE_COUNT
};
/* "birthday"; "other" outside. Lent, for ever. And all of them in their order, from 1 on,
 * to a NULL. */
const char *discount_source_name(enum discount_source s);
extern const char *const discount_source_words[SOURCE_COUNT];
enum discount_status {
    DISCOUNT_ACTIVE = 1,
    DISCOUNT_USED,
    DISCOUNT_EXPIRED,
    DISCOUNT_REVOKED
};

struct discount {
    int64_t id, customer_id;
    enum discount_source source;
    enum discount_status status; /* as in the row */
    int percent_bp;
    int uses_allowed, uses_count;
    int64_t valid_from, valid_until; /* valid_until itself is too late */
    char code[CODE_SYMBOLS + 1];
    char token[DISCOUNT_TOKEN + 1];
    int64_t created_at;
    int64_t store_id;                 /* the only store it is good at; 0: all */
    int64_t min_purchase, max_amount; /* kopecks: of a purchase at least, taken off at
                                         most; 0: any */
    int64_t version;                  /* raised by whatever changes it, but for holds */
};

struct discount_spec {
    int64_t customer_id;
    enum discount_source source;
    const char *issue_key; /* "sub:42", "bday:42:2026", at most 96 ASCII characters */
    int percent_bp;
    int64_t valid_from, valid_until;
    int uses;                         /* 0 means 1 */
    int64_t staff_id;                 /* who issued it by hand; 0: the program */
    const char *reason;               /* of one issued by hand; NULL otherwise */
    int64_t store_id;                 /* the only store it is good at; 0: all */
    int64_t min_purchase, max_amount; /* kopecks; 0: any */
};

/* ST_OK issued now; ST_TAKEN the key was issued before, *out is that one (whatever
 * became of it); ST_BAD a percent, time or number of uses that makes no sense;
 * ST_REFUSED no such customer. */
must_check enum status discount_issue(struct db *db, int64_t now,
                                      const struct discount_spec *spec,
                                      struct discount *out);

/* The one for subscribing, once for life ("sub:<id>"), percent and term from the
 * settings. As discount_issue; ST_REFUSED also when it is switched off, or they are barred, or they have had
 * it under a row that was erased or has moved (identity.h). */
must_check enum status discount_welcome(struct db *db, int64_t now, int64_t customer_id,
                                        struct discount *out);

/* A discount that ran out, given once more for the setting reissue_days with what it had
 * left, by staff: a new one of the same percent. ST_OK; ST_TAKEN: it was done before,
 * *out is that one; ST_REFUSED: the shop does not (reissue_days is 0), they may not issue
 * discounts, or it has not run out or nothing is left of it; ST_NONE: no such discount. */
struct staff;
must_check enum status discount_reissue(struct db *db, int64_t now, int64_t id,
                                        const struct staff *by, struct discount *out);

/* The same by its holder's own hand, for whom it is done once: what was re-issued runs
 * out for good, and so does a birthday's. ST_REFUSED also then. */
must_check enum status discount_again(struct db *db, int64_t now, int64_t id,
                                      int64_t customer_id, struct discount *out);
/* Would it be? ST_OK, ST_REFUSED; nothing changes. It says nothing of one that was
 * re-issued before: discount_again answers ST_TAKEN with that one. */
must_check enum status discount_again_may(struct db *db, int64_t now,
                                          const struct discount *d);

/* The one its holder was given for it when it had run out; 0: none. */
must_check enum status discount_heir(struct db *db, int64_t id, int64_t *heir);

/* New code and token for the same discount; customer_id must be its holder (ST_NONE).
 */
must_check enum status discount_renew(struct db *db, int64_t now, int64_t id,
                                      int64_t customer_id, struct discount *out);

/* ST_OK; ST_NONE: not there, or not active any more. */
must_check enum status discount_revoke(struct db *db, int64_t now, int64_t id,
                                       int64_t staff_id);

must_check enum status discount_load(struct db *db, int64_t id, struct discount *out);
/* The same, and it stays as it is until the end of the transaction. */
must_check enum status discount_lock(struct db *db, int64_t id, struct discount *out);
/* code: the 10 symbols code_read() gave. token: without q_; of a wrong form is ST_NONE.
 */
must_check enum status discount_find_code(struct db *db, const char *code,
                                          struct discount *out);
must_check enum status discount_find_token(struct db *db, const char *token, size_t n,
                                           struct discount *out);

/* What it is at this moment, the clock included. A discount whose valid_from lies ahead
 * is ACTIVE. Pure. */
enum discount_status discount_state(const struct discount *d, int64_t now);

/* What it takes off a purchase of that sum, kopecks, rounded down; and must the sum be
 * known before it is used? Pure. */
int64_t discount_off(const struct discount *d, int64_t amount);
bool discount_wants_sum(const struct discount *d);

/* A page of a customer's discounts in one state (EXPIRED shows revoked ones too):
 * active ones by valid_until, others newest first. *n: how many were written; *total:
 * all. */
struct discount_page {
    int64_t customer_id;
    enum discount_status state;
    int offset, limit;
};
must_check enum status discount_list(struct db *db, int64_t now,
                                     const struct discount_page *page,
                                     struct discount *out, int *n, int *total);

/* Marks at most limit overdue ones; *n how many, id (room for limit; may be NULL) which.
 * n == limit: there may be more. */
must_check enum status discount_expire_due(struct db *db, int64_t now, int64_t *id,
                                           int limit, int *n);

#endif
