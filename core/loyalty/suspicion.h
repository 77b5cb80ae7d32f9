/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/suspicion.h - what looks like fraud at a till.
 *
 * Nothing is forbidden here: an honest shop has its busy hour. After each redemption,
 * undo or lock the rules of suspicion.c are asked, outside the till's own transaction;
 * what passes its threshold becomes a row, and the caller tells the owners. A rule speaks
 * of the same person at most once an hour, whatever races (core/alarm.h).
 *
 *   cashier_hour    many redemptions by one cashier in an hour
 *   customer_day    many of one customer in a day
 *   customer_again  the same customer twice within minutes
 *   undo_rate       a large share of one cashier's receipts undone in a day
 *   own_account     the discount is of somebody who works here
 *   closed_hours    redeemed while the store is closed
 *   guessing        checking was locked after ten unknown codes in five minutes
 *
 * Thresholds are settings (fraud_*); 0 switches a rule off. */
#ifndef CORE_LOYALTY_SUSPICION_H
#define CORE_LOYALTY_SUSPICION_H

#include "core/base/tz.h"
#include "core/loyalty/redemption.h"

#define SUSPICION_RULES 7

enum suspicion_rule {
    SUSPECT_CASHIER_HOUR = 1,
    SUSPECT_CUSTOMER_DAY,
    SUSPECT_CUSTOMER_AGAIN,
    SUSPECT_UNDO_RATE,
    SUSPECT_OWN_ACCOUNT,
    SUSPECT_CLOSED_HOURS,
    SUSPECT_GUESSING,
    SUSPECT_COUNT
};
const char *
suspicion_name(enum suspicion_rule rule); /* as in the row. Lent, for ever */

/* What has just happened. */
enum suspicion_event { SUSPECT_REDEEMED = 1, SUSPECT_VOIDED, SUSPECT_LOCKED };
struct suspicion_fact {
    enum suspicion_event event;
    const struct redemption *redemption; /* NULL: LOCKED */
    int64_t staff_id;                    /* of LOCKED; of the others the row's */
    const struct tz *tz;                 /* of stores that name none */
};

struct suspicion {
    enum suspicion_rule rule;
    int64_t id, staff_id, customer_id; /* 0: it is not about one */
    int n;                             /* how many, or how much per cent */
};

/* The rules of that event that it passes, written down; *n of them, at most
 * SUSPICION_RULES. */
must_check enum status suspicion_look(struct db *db, int64_t now,
                                      const struct suspicion_fact *fact,
                                      struct suspicion *out, int *n);

#endif
