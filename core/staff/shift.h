/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/shift.h - a cashier's time at one till; at most one open a person, by a
 * unique key. Receipts are numbered within it. */
#ifndef CORE_STAFF_SHIFT_H
#define CORE_STAFF_SHIFT_H

#include "core/staff/staff.h"

struct shift {
    int64_t id, staff_id, store_id;
    int64_t opened_at, closed_at; /* closed_at 0: open */
    char store[CONTACT_NAME_BYTES];
};

/* ST_OK opened; ST_TAKEN one is open already, *out is it (perhaps of another store);
 * ST_REFUSED: no right, or not at that store. */
must_check enum status shift_open(struct db *db, int64_t now, const struct staff *who,
                                  int64_t store_id, struct shift *out);

/* The open one. ST_NONE: none. */
must_check enum status shift_current(struct db *db, int64_t staff_id,
                                     struct shift *out);
must_check enum status shift_load(struct db *db, int64_t id, struct shift *out);

/* ST_OK closed now; ST_TAKEN it was closed before; ST_REFUSED: not theirs. */
must_check enum status shift_close(struct db *db, int64_t now, const struct staff *who,
                                   int64_t shift_id);

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
