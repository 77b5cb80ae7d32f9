/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/road.h - the main road walked on a stage of programs (stage.h): a
 * customer gets a discount, a cashier redeems it, and somebody dies on the way. */
#ifndef TESTS_HARNESS_ROAD_H
#define TESTS_HARNESS_ROAD_H

#include "tests/harness/house.h"
#include "tests/harness/stage.h"

/* Group set-up and tear-down: the stage, with cashiers on shift. */
int road_open(void **state);
int road_close(void **state);

struct person road_customer(void); /* a new one each time */
/* The next of several: Telegram takes one message a second to a chat, and a cashier of
 * the walk before would still be waiting for theirs. */
struct person road_cashier(void);

/* What the cashier opens, read off the customer's picture, goes to start. */
#define ROAD_START 64
void gets_a_discount(const struct person *anna, char start[ROAD_START]);
void redeems(const struct person *olga, const char *start);

/* One discount, one redemption, and both were told. */
void check_books(const struct person *anna, const struct person *olga);

/* One customer's whole road. `who` dies twice: at `issue` on the way to the discount,
 * and at `redeem` once the cashier has the card and confirms it (NULL: not). */
void road_walk(enum resident who, const char *issue, const char *redeem);

#endif
