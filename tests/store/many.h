/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/many.h - a shop with some thousands of discounts, redemptions and attempts,
 * a minute apart. */
#ifndef TESTS_STORE_MANY_H
#define TESTS_STORE_MANY_H

#include "tests/store/till.h"

#include <stdio.h>

#define MANY 5000
#define SOLD 3000                  /* of them redeemed */
#define OLD (SHOP_NOW - 100 * DAY) /* the first was issued then; one a minute */

static int64_t others; /* a customer who is in no statistics */

/* ---- many ------------------------------------------------------------------------- */

/* Every 3rd by hand, every 5th used (and redeemed at the first store, but for every
 * 25th), every 50th revoked, every 7th run out; every 40th of the second store. */
static inline enum status discount_row(struct db *db, int i)
{
    int status = i % 5 == 0 ? 2 : i % 50 == 1 ? 4 : 1;
    char key[24], code[12], token[24];

    snprintf(key, sizeof key, "fill:%d", i);
    snprintf(code, sizeof code, "%010d", i);
    snprintf(token, sizeof token, "%022d", i);
    return db_exec(
        db, NULL,
        "INSERT INTO discount (customer_id, source, issue_key, percent_bp, code, token,"
        " valid_from, valid_until, created_at, status, uses_count, issued_by, store_id)"
        " VALUES (?, ?, ?, 1000, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_INT(i % 100 == 99 ? others : maria.id), DB_INT(i % 3 + 1), DB_TEXT(key),
        DB_TEXT(code), DB_TEXT(token), DB_TIME(OLD),
        DB_TIME(i % 7 == 3 ? SHOP_NOW - i * SECOND : SHOP_NOW + DAY + i * SECOND),
        DB_TIME(OLD + i * MINUTE), DB_INT(status), DB_INT(status == 2),
        DB_INT_OR_NULL(i % 3 == 2, shop.owner.id),
        DB_INT_OR_NULL(i % 40 == 7, shop.store[1]));
}

static inline enum status redemption_row(struct db *db, int i, int64_t id)
{
    char key[24];

    snprintf(key, sizeof key, "sold:%d", i);
    return db_exec(db, NULL,
                   "INSERT INTO redemption (discount_id, customer_id, uses_allowed, "
                   "use_no, op_key,"
                   " staff_id, store_id, shift_id, receipt_no, amount, discount_amount,"
                   " redeemed_at, voided_at, voided_by, void_reason)"
                   " VALUES (?, ?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_INT(id), DB_INT(i % 100 == 99 ? others : maria.id), DB_TEXT(key),
                   DB_INT(shop.cashier[i % 4].id), DB_INT(shop.store[i % 25 == 0]),
                   DB_INT(shop.shift[i % 4].id), DB_INT(1000 + i), DB_INT(10000),
                   DB_INT(1000), DB_TIME(OLD + DAY + i * MINUTE),
                   i % 60 == 5 ? DB_TIME(OLD + 2 * DAY + i * MINUTE) : DB_NULL,
                   DB_INT_OR_NULL(i % 60 == 5, shop.manager.id),
                   DB_INT_OR_NULL(i % 60 == 5, 4));
}

static inline enum status attempt_row(struct db *db, int i)
{
    return db_exec(db, NULL,
                   "INSERT INTO redemption_attempt (at, staff_id, store_id, code_seen,"
                   " discount_id, verdict) VALUES (?, ?, ?, ?, ?, ?)",
                   DB_TIME(OLD + i * MINUTE), DB_INT(shop.cashier[i % 4].id),
                   DB_INT(shop.store[i % 50 == 0]),
                   i % 10 == 3 ? DB_TEXT("AAAAAAAAAA") : DB_NULL,
                   DB_INT_OR_NULL(i % 10 != 3, i % 700 + 1),
                   DB_INT(i % 10 == 3   ? VERDICT_UNKNOWN
                          : i % 90 == 7 ? VERDICT_OWN
                          : i % 2 == 0  ? VERDICT_VALID
                                        : VERDICT_USED));
}

static inline enum status fill(struct db *db, void *arg)
{
    enum status st = ST_OK;

    (void)arg;
    for (int i = 0; i < MANY && st == ST_OK; i++) {
        st = discount_row(db, i);
        if (st == ST_OK && i < SOLD)
            st = redemption_row(db, i, db_last_id(db));
        if (st == ST_OK)
            st = attempt_row(db, i);
    }
    return st;
}

static inline int open_many(void **state)
{
    open_shop(state);
    others = shop_customer(&shop, 7000000299, "Проба", "").id;
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE customer SET left_out = 2 WHERE id = ?",
                             DB_INT(others)),
                     ST_OK);
    assert_int_equal(db_tx(shop.db, fill, NULL), ST_OK);
    assert_int_equal(
        db_select(shop.db, "ANALYZE TABLE discount, redemption, redemption_attempt"),
        ST_OK);
    while (db_next(shop.db) == ST_OK)
        continue;
    return 0;
}

#endif
