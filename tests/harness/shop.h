/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/shop.h - a small shop in a schema of its own: two stores, cashiers with
 * open shifts, a manager, an owner, consent texts; and the domain's verbs, each in a
 * transaction of its own as the worker would run it. Failures end the test. */
#ifndef TESTS_HARNESS_SHOP_H
#define TESTS_HARNESS_SHOP_H

#include "core/loyalty/consent.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/redemption.h"
#include "core/staff/store.h"

#define SHOP_NOW 1789689600000000LL /* 2026-09-18 00:00:00 UTC */
#define SHOP_CASHIERS 8

struct shop {
    const struct config *cfg;
    struct db *db;
    int64_t store[2];
    struct staff cashier[SHOP_CASHIERS]; /* all bound to store[0] */
    struct shift shift[SHOP_CASHIERS];   /* open there */
    struct staff manager, owner;         /* the manager is bound to store[0] */
    struct consent_text pd, marketing;
};

void shop_open(struct shop *s); /* fresh schema */
void shop_close(struct shop *s);

/* A customer who agreed to the processing of data (by update 1). */
struct customer shop_customer(struct shop *s, int64_t external_id, const char *first,
                              const char *last);
/* 10 %, valid for 30 days from SHOP_NOW, for that many uses. */
struct discount shop_discount(struct shop *s, int64_t customer_id, const char *key,
                              int uses);

/* A whole transaction each; the status of db_tx. */
enum status shop_check(struct db *db, int64_t now, const struct redemption_ask *ask,
                       struct card *out);
enum status shop_confirm(struct db *db, int64_t now,
                         const struct redemption_press *press, struct redeemed *out);
enum status shop_price(struct db *db, int64_t now, const struct price_ask *ask,
                       enum price_result *result, struct card *out);
enum status shop_void(struct db *db, int64_t now, const struct void_ask *ask,
                      enum void_result *result, struct redemption *out);
enum status shop_issue(struct db *db, int64_t now, const struct discount_spec *spec,
                       struct discount *out);

/* The number a query answers; ends the test when it answers none. */
int64_t shop_number(struct db *db, const char *sql);
void shop_run(struct db *db, const char *sql);

/* Rows and index entries that this connection has read so far. */
int64_t shop_rows_read(struct db *db);

/* fn in that many threads at once, each with a connection of its own. */
typedef void shop_racer(struct db *db, int i, void *arg);
void shop_race(const struct shop *s, int threads, shop_racer *fn, void *arg);

/* The same, but they meet for certain: `lock` (a SELECT … FOR UPDATE) is held until all
 * of them wait behind it, having read what they read before. */
void shop_race_behind(const struct shop *s, const char *lock, int threads,
                      shop_racer *fn, void *arg);

#endif
