/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Many at the same thing at the same time. */
#include "tests/harness/shop.h"

#include "core/base/clock.h"
#include "tests/harness/until.h"
#include "tests/harness/waiting.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void need(enum status st, const char *what)
{
    if (st == ST_OK)
        return;
    fprintf(stderr, "shop: %s: %s\n", what, status_name(st));
    abort();
}

/* ---- races ---------------------------------------------------------------------- */

struct racer {
    const struct shop *shop;
    pthread_barrier_t *gate;
    shop_racer *fn;
    void *arg;
    int i;
};

static void *run(void *arg)
{
    struct racer *r = arg;
    struct db *db = db_open(r->shop->cfg);

    if (db == NULL)
        abort();
    need(db_ping(db), "ping"); /* connected before the start */
    pthread_barrier_wait(r->gate);
    r->fn(db, r->i, r->arg);
    db_close(db);
    return NULL;
}

struct race {
    pthread_barrier_t gate;
    pthread_t *ids;
    struct racer *racers;
    int n;
};

static void race_begin(struct race *race, const struct shop *s, int threads,
                       shop_racer *fn, void *arg)
{
    race->n = threads;
    race->ids = calloc((size_t)threads, sizeof *race->ids);
    race->racers = calloc((size_t)threads, sizeof *race->racers);
    if (race->ids == NULL || race->racers == NULL ||
        pthread_barrier_init(&race->gate, NULL, (unsigned)threads) != 0)
        abort();
    for (int i = 0; i < threads; i++) {
        race->racers[i] = (struct racer){s, &race->gate, fn, arg, i};
        if (pthread_create(&race->ids[i], NULL, run, &race->racers[i]) != 0)
            abort();
    }
}

static void race_end(struct race *race)
{
    for (int i = 0; i < race->n; i++)
        pthread_join(race->ids[i], NULL);
    pthread_barrier_destroy(&race->gate);
    free(race->racers);
    free(race->ids);
}

void shop_race(const struct shop *s, int threads, shop_racer *fn, void *arg)
{
    struct race race;

    race_begin(&race, s, threads, fn, arg);
    race_end(&race);
}

/* ---- meeting for certain -------------------------------------------------------- */

struct behind {
    const struct shop *shop;
    struct race race;
    const char *lock;
    int threads;
    shop_racer *fn;
    void *arg;
};

static bool all_wait(void *arg)
{
    struct behind *b = arg;

    return rows_waited_for(b->shop->db) >= b->threads;
}

static enum status hold(struct db *db, void *arg)
{
    struct behind *b = arg;

    need(db_one(db, b->lock), b->lock);
    race_begin(&b->race, b->shop, b->threads, b->fn, b->arg);
    if (!until(all_wait, b, 10000))
        need(ST_DOWN, "the racers do not wait");
    return ST_OK;
}

void shop_race_behind(const struct shop *s, const char *lock, int threads,
                      shop_racer *fn, void *arg)
{
    struct behind b = {
        .shop = s, .lock = lock, .threads = threads, .fn = fn, .arg = arg};

    need(db_tx(s->db, hold, &b), "the race");
    race_end(&b.race);
}
