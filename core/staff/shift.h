/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/shift.h - a cashier's time at one till; at most one open a person, by a
 * unique key. Receipts are numbered within it. */
#ifndef CORE_STAFF_SHIFT_H
#define CORE_STAFF_SHIFT_H

#include "core/base/tz.h"
#include "core/staff/hours.h"
#include "core/staff/staff.h"

struct shift {
    int64_t id, staff_id, store_id;
    int64_t opened_at, closed_at; /* closed_at 0: open */
    char store[CONTACT_NAME_BYTES];
    bool training;    /* of the store, at this moment: nothing counts */
    bool auto_closed; /* nobody closed it, the clock did */
    int64_t
        till_discount; /* what the till says it took off, kopecks; -1: not entered */
};

/* ST_OK opened; ST_TAKEN one is open already, *out is it (perhaps of another store);
 * ST_REFUSED: no right, or not at that store, or the store is closed. */
must_check enum status shift_open(struct db *db, int64_t now, const struct staff *who,
                                  int64_t store_id, struct shift *out);

/* The open one. ST_NONE: none. */
must_check enum status shift_current(struct db *db, int64_t staff_id,
                                     struct shift *out);
must_check enum status shift_load(struct db *db, int64_t id, struct shift *out);

/* ST_OK closed now; ST_TAKEN it was closed before; ST_REFUSED: not theirs. */
must_check enum status shift_close(struct db *db, int64_t now, const struct staff *who,
                                   int64_t shift_id);

/* The open one of somebody who leaves; there may be none. */
must_check enum status shift_close_of(struct db *db, int64_t now, int64_t staff_id);

/* Pure: when a shift opened at opened_at is closed by the clock. The first end of the
 * store's hours (h NULL: of `minute` of each day) that is an hour or more away; a store
 * that never closes has shifts of a day. */
int64_t shift_ends_at(const struct tz *tz, const struct hours *h, int minute,
                      int64_t opened_at);

/* Closes the ones whose end has come; ids (SHIFT_DUE_MAX) are those, *n how many. A full
 * list is not all of them perhaps: ask again. */
#define SHIFT_DUE_MAX 64
struct shift_clock {
    const struct tz *tz; /* of stores without one of their own */
    int minute;          /* of the day, for stores without hours we understand */
};
must_check enum status shift_close_due(struct db *db, int64_t now,
                                       const struct shift_clock *c, int64_t *ids,
                                       int *n);

/* What the till's own report says of discounts, to compare: may be entered again.
 * ST_REFUSED: not theirs. ST_BAD: negative. */
must_check enum status shift_till_sum(struct db *db, int64_t now,
                                      const struct staff *who, int64_t shift_id,
                                      int64_t discount);

/* Room for every source of a discount (core/loyalty/discount.h), by its number. */
#define SHIFT_SOURCES 8

struct shift_report {
    struct shift shift;
    int redeemed; /* live ones */
    int voided;
    int with_amount;              /* live ones whose purchase was entered */
    int64_t amount;               /* their sum, kopecks */
    int64_t discount;             /* taken off, kopecks */
    int64_t average;              /* amount / with_amount; 0 when none */
    int by_source[SHIFT_SOURCES]; /* live ones */
};
must_check enum status shift_report(struct db *db, int64_t shift_id,
                                    struct shift_report *out);

#endif
