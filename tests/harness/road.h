/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/road.h - the main road walked through the whole installation: a
 * customer gets a discount, a cashier redeems it, with a program dying on the way. */
#ifndef TESTS_HARNESS_ROAD_H
#define TESTS_HARNESS_ROAD_H

#include "tests/harness/house.h"

struct walker {
    int64_t id;
    const char *bot;
    int64_t since; /* messages up to this one are of no interest any more */
};

extern struct house house;

/* Group set-up and tear-down: a shop with a cashier on shift. */
int road_open(void **state);
int road_close(void **state);

struct walker road_cashier(void);
struct walker road_customer(void); /* a new one each time */

void gets_a_discount(const struct walker *anna, char link[256]);
void is_redeemed(struct walker *cashier, const char *link);
void waits_for(const struct walker *p, const char *words);

/* One discount, one redemption. */
void check_books(int64_t customer, const char *point);

/* One customer's whole road, with `who` dying at `point`: the books are right and both
 * hear of it. */
void road_walk(enum resident who, const char *point);

#endif
