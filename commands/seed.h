/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * commands/seed.h - the demo shop: what its files share. */
#ifndef COMMANDS_SEED_H
#define COMMANDS_SEED_H

#include "core/base/tz.h"
#include "core/staff/staff.h"

#define SEED_STORES 2
#define SEED_CASHIERS 2
#define SEED_CUSTOMERS 50
#define SEED_FIRST_CUSTOMER 7000001001LL

struct seed {
    int64_t now;
    const struct tz *tz; /* borrowed */
    int64_t store[SEED_STORES];
    struct staff cashier[SEED_CASHIERS]; /* each at the store of the same number */
    int made;                            /* customers made now */
};

/* Fifty customers with two months of history, all or none of them; none when the first
 * of them is there already. Inside a transaction. */
must_check enum status seed_people(struct db *db, struct seed *s);

#endif
