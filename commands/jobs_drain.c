/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * drain: waits until a lane, a pool or the whole queue has nothing to do. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/io/queue_walk.h"

#include <time.h>
#include <unistd.h>

#define LOOK_MS 1000

struct rest {
    struct desk_lanes lanes;
    int64_t waiting, in_flight, delayed, kept;
};

static int64_t rest_sum(const struct rest *r)
{
    return r->waiting + r->in_flight + r->delayed + r->kept;
}

static bool count_held(void *arg, const struct queue_seen *seen)
{
    struct rest *r = arg;

    if (seen->place == PLACE_WAITING)
        return false; /* those were counted by the census; nothing else comes behind */
    if (!desk_lanes_hold(&r->lanes, seen->at, seen->list))
        return true;
    r->in_flight += seen->place == PLACE_IN_FLIGHT;
    r->delayed += seen->place == PLACE_DELAYED;
    return true;
}

/* Delayed entries of a place are counted as a whole: naming each costs more than the
 * few that are there. In flight ones of a lane are told apart by their entries. */
static enum status count_place(struct desk *d, struct queue_at at, struct rest *r)
{
    struct census c;
    enum status st;

    if (r->lanes.pool != 0 && r->lanes.pool != at.pool)
        return ST_OK;
    if ((st = queue_census(d->queue, at, &c)) != ST_OK)
        return st;
    for (int i = r->lanes.first; i <= r->lanes.last; i++)
        r->waiting += c.list[i].length;
    if (census_held(&c) + c.delayed > 0)
        st = queue_walk(d->queue, at, count_held, r);
    census_free(&c);
    return st;
}

/* Rows that wait for room, or were committed and not yet handed over: all that is due. */
static enum status count_rows(struct desk *d, struct rest *r)
{
    enum status st =
        db_one(d->db,
               "SELECT COUNT(*) FROM job_open WHERE parked > 0 AND run_at <= ?"
               " AND (? = 0 OR lane DIV 100 MOD 10 = ?)"
               " AND lane MOD 100 BETWEEN ? AND ?",
               DB_TIME(clock_now()), DB_INT(r->lanes.pool), DB_INT(r->lanes.pool),
               DB_INT(r->lanes.first), DB_INT(r->lanes.last));

    r->kept = st == ST_OK ? db_int(d->db, 0) : 0;
    return st;
}

static enum status rest_count(struct desk *d, struct rest *r)
{
    enum status st = ST_OK;

    r->waiting = r->in_flight = r->delayed = r->kept = 0;
    QUEUE_EACH(at, d->queue)
        if (st == ST_OK)
            st = count_place(d, at, r);
    return st == ST_OK ? count_rows(d, r) : st;
}

/* One line that is written over on a terminal, a line a look elsewhere. */
static void progress(const struct rest *r, int64_t since_ms)
{
    bool terminal = isatty(STDERR_FILENO);

    fprintf(stderr,
            "%s%5lld s: waiting %lld, in flight %lld, delayed %lld, in mysql %lld%s",
            terminal ? "\r\033[K" : "", (long long)(since_ms / 1000),
            (long long)r->waiting, (long long)r->in_flight, (long long)r->delayed,
            (long long)r->kept, terminal ? "" : "\n");
}

int jobs_drain(struct desk *d, int argc, char **argv)
{
    const struct timespec nap = {.tv_sec = LOOK_MS / 1000};
    int64_t from = clock_mono_ms();
    struct rest r = {0};
    enum status st;

    if (!desk_lanes(argc > 0 ? argv[0] : NULL, &r.lanes))
        return desk_refuse("there is no lane %.40s: hot, normal, low, bulk, logic, "
                           "send, send.hot ...",
                           argv[0]);
    while ((st = rest_count(d, &r)) == ST_OK && rest_sum(&r) > 0) {
        progress(&r, clock_mono_ms() - from);
        if (d->timeout_s > 0 && clock_mono_ms() - from >= d->timeout_s * 1000LL) {
            fprintf(stderr, "\ndvorik jobs: not empty after %d seconds\n",
                    d->timeout_s);
            return 1;
        }
        nanosleep(&nap, NULL);
    }
    if (st == ST_OK)
        puts("empty");
    return desk_told(st, "");
}
