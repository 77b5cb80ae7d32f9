/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/rate.h"

#include "core/base/clock.h"
#include "core/base/secret.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384 /* the one not used for longest gives way */
#define NEIGHBOURS 8

/* So many at once, and so many a minute. */
static const struct {
    struct {
        int64_t burst, minute;
    } of_address, of_account;
} limits[RATE_CLASSES] = {
    [RATE_READ] = {{300, 1200}, {200, 900}},
    [RATE_WRITE] = {{90, 300}, {60, 180}},
    [RATE_HEAVY] = {{20, 40}, {10, 20}},
    [RATE_LOGIN] = {{10, 20}, {10, 20}},
};

struct bucket {
    uint64_t key;  /* 0: nobody's */
    int64_t drops; /* tokens * MINUTE, so that a microsecond refills a whole number */
    int64_t at;
};

struct rate {
    pthread_mutex_t lock;
    int64_t percent;
    uint64_t seed;
    struct bucket buckets[BUCKETS];
};

struct rate *rate_open(int64_t percent)
{
    struct rate *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    pthread_mutex_init(&r->lock, NULL);
    r->percent = percent;
    secret_random(&r->seed, sizeof r->seed);
    return r;
}

void rate_close(struct rate *r)
{
    if (r == NULL)
        return;
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* ---- whose ----------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h ^= v;
    h *= 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static uint64_t number_of(const unsigned char v4[4])
{
    return (uint64_t)v4[0] << 24 | (uint64_t)v4[1] << 16 | (uint64_t)v4[2] << 8 | v4[3];
}

static uint64_t first_half(const unsigned char v6[16])
{
    uint64_t half;

    memcpy(&half, v6, sizeof half);
    return half;
}

/* ::ffff:a.b.c.d, as a socket of both kinds names who came by IPv4. */
static bool is_mapped(const unsigned char v6[16])
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};

    return memcmp(v6, mapped, sizeof mapped) == 0;
}

static uint64_t key_of(const struct rate *r, const struct rate_ask *ask)
{
    unsigned char v6[16] = {0}, v4[4];
    uint64_t h = mix(r->seed, (uint64_t)ask->class), part = (uint64_t)ask->account;
    const char *address = ask->address;

    h = mix(h, address != NULL);
    if (address != NULL && inet_pton(AF_INET, address, v4) == 1)
        part = number_of(v4);
    else if (address != NULL && inet_pton(AF_INET6, address, v6) == 1)
        part = is_mapped(v6) ? number_of(v6 + 12) : first_half(v6);
    h = mix(mix(h, part), r->seed);
    return h != 0 ? h : 1;
}

/* Its own, or the one of its neighbours that was used least lately. */
static struct bucket *bucket_of(struct rate *r, uint64_t key)
{
    struct bucket *oldest = &r->buckets[key % BUCKETS];

    for (uint64_t i = 0; i < NEIGHBOURS; i++) {
        struct bucket *b = &r->buckets[(key + i) % BUCKETS];

        if (b->key == key)
            return b;
        if (b->at < oldest->at)
            oldest = b;
    }
    *oldest = (struct bucket){0};
    return oldest;
}

/* ---- one more -------------------------------------------------------------------- */

static int64_t seconds(int64_t us)
{
    return (us + SECOND - 1) / SECOND;
}

static struct rate_verdict take(struct bucket *b, int64_t burst, int64_t minute,
                                bool look)
{
    struct rate_verdict v = {.limit = burst, .allowed = b->drops >= MINUTE};

    if (!v.allowed)
        v.wait_s = seconds((MINUTE - b->drops + minute - 1) / minute);
    else if (!look)
        b->drops -= MINUTE;
    v.remaining = b->drops / MINUTE;
    v.reset_s = seconds((burst * MINUTE - b->drops) / minute);
    return v;
}

static int64_t part_of(int64_t limit, int64_t percent)
{
    int64_t n = limit * percent / 100;

    return n > 0 ? n : 1;
}

struct rate_verdict rate_take(struct rate *r, const struct rate_ask *ask)
{
    bool address = ask->address != NULL;
    int64_t burst = address ? limits[ask->class].of_address.burst
                            : limits[ask->class].of_account.burst;
    int64_t minute = address ? limits[ask->class].of_address.minute
                             : limits[ask->class].of_account.minute;
    struct rate_verdict v = {.allowed = true};
    uint64_t key = key_of(r, ask);
    struct bucket *b;

    if (r->percent == 0 || burst == 0)
        return v;
    burst = part_of(burst, r->percent);
    minute = part_of(minute, r->percent);
    pthread_mutex_lock(&r->lock);
    b = bucket_of(r, key);
    if (b->key != key || ask->now - b->at > HOUR)
        *b = (struct bucket){.key = key, .drops = burst * MINUTE, .at = ask->now};
    if (ask->now > b->at)
        b->drops += (ask->now - b->at) * minute;
    if (b->drops > burst * MINUTE)
        b->drops = burst * MINUTE;
    b->at = ask->now;
    v = take(b, burst, minute, ask->look);
    pthread_mutex_unlock(&r->lock);
    return v;
}
