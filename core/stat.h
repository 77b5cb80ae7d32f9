/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/stat.h - figures of the shop: what happened on which day.
 *
 *   facts (customer, audit, discount, redemption, message)
 *     |                    |
 *     | stat_roll: a day   | stat_read: days that are not rolled up
 *     v that is over       v
 *   stat_day  -------->  what is asked for
 *
 * Days are those of the installation's zone, also for stores in another one, so that
 * the stores add up to the whole. docs/statistics.md has the SQL of each figure; what
 * stat_read answers is what that SQL answers at that moment.
 *
 * A day is rolled up STAT_CLOSES after its end, with the bounds it had, and today as far
 * as it lies STAT_CLOSES behind; after a change of the zone it has others and is rolled up anew. Whoever changes a fact later than
 * STAT_LATE after it happened says so in the same transaction (stat_late). Such a day is
 * counted afresh for whoever asks, until stat_roll has done it again.
 *
 * Nowhere in it: customers who work here or ever did, and test accounts
 * (customer.left_out), and what was redeemed in training.
 *
 * Messages are deleted after retention_days: a rolled day keeps their figures. */
#ifndef CORE_STAT_H
#define CORE_STAT_H

#include "core/base/clock.h"
#include "core/base/status.h"
#include "core/base/tz.h"
#include "core/io/db.h"

#define STAT_LATE (5 * MINUTE)     /* a change this long after the fact is a late one */
#define STAT_SETTLES (10 * MINUTE) /* … and its day is done again this much later */
#define STAT_CLOSES (20 * MINUTE)  /* a day is rolled up this long after its end */

/* The order of the columns of stat_day. */
enum stat_metric {
    STAT_NEW_CUSTOMERS,
    STAT_ERASED,
    STAT_SUBSCRIBED, /* began to follow the channel */
    STAT_UNSUBSCRIBED,
    STAT_WITHDRAWN, /* took their consent back */
    STAT_ISSUED,
    STAT_EXPIRED,
    STAT_REDEEMED,  /* and not undone, by now */
    STAT_VOIDED,    /* undone on that day */
    STAT_PURCHASES, /* redeemed ones whose sum was entered */
    STAT_AMOUNT,    /* their sums, kopecks */
    STAT_DISCOUNT,  /* what was taken off */
    STAT_SENT,      /* messages made on that day, by what became of them */
    STAT_FAILED,
    STAT_SKIPPED,
    STAT_UNKNOWN,
    STAT_METRICS
};
const char *stat_name(enum stat_metric m); /* "new_customers". Lent, for ever */
bool stat_has_store(enum stat_metric m);   /* can be told apart by store */

/* ---- asking ---------------------------------------------------------------------- */

enum stat_group {
    STAT_BY_NOTHING,
    STAT_BY_DAY,
    STAT_BY_WEEK, /* from Monday on */
    STAT_BY_MONTH,
    STAT_BY_STORE,  /* key: store, 0: of none */
    STAT_BY_SOURCE, /* key: discount_source, 0: of none */
    STAT_BY_STAFF,  /* key: staff, 0: of none */
    STAT_GROUPS
};

#define STAT_STORES_MAX 500

struct stat_ask {
    const struct tz *tz;
    int64_t now;
    int32_t from, until; /* local days; until itself is not meant */
    enum stat_group group;
    const int64_t *stores; /* only what belongs to these; NULL: everything */
    int stores_n;
};

struct stat_row {
    int64_t key; /* of a day, week or month: its first day, as cal_day has it */
    int64_t value[STAT_METRICS];
};

struct stat_rows {
    struct stat_row *row; /* by key; days, weeks and months without anything, too */
    size_t n, cap;
};
void stat_rows_free(struct stat_rows *r); /* as = {0} */

/* ST_BAD: more stores than STAT_STORES_MAX. */
must_check enum status stat_read(struct db *db, const struct stat_ask *ask,
                                 struct stat_rows *out);

/* The day of the first customer; today when there is none. */
must_check enum status stat_first_day(struct db *db, const struct tz *tz, int64_t now,
                                      int32_t *day);

/* ---- what keeps it true ---------------------------------------------------------- */

/* A fact of that moment has changed, now. In the transaction that changed it. */
must_check enum status stat_late(struct db *db, int64_t now, int64_t at);

/* The first `limit` discounts that are over and not marked as such yet will be, now. */
must_check enum status stat_late_expiring(struct db *db, int64_t now, int limit);

/* Messages made before that moment are being deleted. In the transaction that does. */
must_check enum status stat_messages_gone(struct db *db, int64_t before);

/* Why a customer is in no statistics; numbers are stored. */
enum stat_left_out { STAT_COUNTED, STAT_WORKS_HERE, STAT_TEST_ACCOUNT };

/* ST_NONE: no such customer, or it was so already; who works here stays left out. */
must_check enum status stat_leave_out(struct db *db, int64_t now, int64_t customer_id,
                                      enum stat_left_out why);
/* A person says that this customer is a test account, or is none. ST_REFUSED: they work
 * here; ST_NONE: no such customer. Audited, but what was so already changes nothing. */
must_check enum status stat_mark_test(struct db *db, int64_t now, int64_t customer_id,
                                      bool test, int64_t staff_id);
/* Whoever has this identity, if they work here and are a customer. */
must_check enum status stat_leave_out_staff(struct db *db, int64_t now, int channel,
                                            int64_t external_id);

/* A new row of somebody who was a test account before they were erased is one, too. */
must_check enum status stat_leave_out_again(struct db *db, int64_t now,
                                            int64_t customer_id);

/* One round, in the caller's transaction: days that changed, days that are over, and
 * the day that was not looked at for the longest time, counted once more: figures that
 * are not what they were are put right, and `wrong` says how many days had such. */
#define STAT_ROUND_DAYS 31
struct stat_rolled {
    int days;  /* written */
    int wrong; /* should be 0: somebody changes facts and does not say so */
    bool more; /* come again at once */
};
must_check enum status stat_roll(struct db *db, const struct tz *tz, int64_t now,
                                 struct stat_rolled *out);

#endif
