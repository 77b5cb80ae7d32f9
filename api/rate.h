/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/rate.h - not too often: a bucket of tokens for each address and each account, by
 * class of route.
 *
 * In memory, not in Redis: one api process serves an installation, so nothing is to be
 * shared; no request waits for Redis, and none is let through or refused because Redis
 * is away. With several processes behind a balancer the limits hold for each of them.
 *
 * Safe in all threads. A restart fills every bucket. */
#ifndef API_RATE_H
#define API_RATE_H

#include <stdbool.h>
#include <stdint.h>

enum rate_class {
    RATE_UNSET,
    RATE_NONE,  /* not counted: health, the description */
    RATE_READ,  /* lists, cards */
    RATE_WRITE, /* what changes something */
    RATE_HEAVY, /* exports, statistics of years */
    RATE_LOGIN, /* guesses at secrets */
    RATE_CLASSES
};

struct rate;

/* percent: of the table's limits; 0: none are kept. Yours; NULL: no memory. */
struct rate *rate_open(int64_t percent);
void rate_close(struct rate *r);

struct rate_verdict {
    bool allowed;
    int64_t limit, remaining; /* requests at once */
    int64_t reset_s;          /* until all of them may be made again */
    int64_t wait_s;           /* of one refused */
};

/* IPv6 counts by its /64, as one subscriber has all of it. */
struct rate_ask {
    enum rate_class class;
    const char *address; /* NULL: by account */
    int64_t account;
    int64_t now; /* microseconds */
    bool look;   /* only look how many are left */
};
/* One more. */
struct rate_verdict rate_take(struct rate *r, const struct rate_ask *ask);

#endif
