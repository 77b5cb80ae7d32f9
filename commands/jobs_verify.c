/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * verify: is the queue as it should be; reconcile: bring back what was lost. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/ledger.h"
#include "core/io/verify.h"

#include <string.h>
#include <time.h>

/* ---- verify --------------------------------------------------------------------- */

static enum status verify(struct desk *d, struct findings *f)
{
    const struct timespec nap = {.tv_sec = VERIFY_PAUSE_MS / 1000};
    enum status st = verify_pass(d->db, d->queue, clock_now(), f);

    for (int i = 1; st == ST_OK && i < VERIFY_PASSES && f->n > 0; i++) {
        struct findings again;

        fprintf(stderr, "%zu findings; looking again in %d seconds ...\n", f->n,
                VERIFY_PAUSE_MS / 1000);
        nanosleep(&nap, NULL);
        st = verify_pass(d->db, d->queue, clock_now(), &again);
        if (st == ST_OK)
            verify_keep(f, &again);
        findings_free(&again);
    }
    return st;
}

static const char *place_name(const struct desk *d, struct queue_at at, char out[16])
{
    if (at.pool == 0)
        return "";
    if (queue_shards(d->queue) > 1)
        snprintf(out, 16, "%s.%d ", queue_pool_name(at.pool), at.shard);
    else
        snprintf(out, 16, "%s ", queue_pool_name(at.pool));
    return out;
}

static void findings_show(const struct desk *d, const struct findings *f)
{
    char place[16];

    for (size_t i = 0; i < f->n; i++) {
        const struct finding *one = &f->found[i];

        printf("%-9s %s%s\n", verify_name(one->rule), place_name(d, one->at, place),
               one->what);
        print_wrapped("          ", one->words);
        if (i + 1 == f->n || f->found[i + 1].rule != one->rule)
            print_wrapped("       -> ", verify_advice(one->rule));
    }
    if (f->more)
        puts("... and more");
    if (f->n == 0)
        printf("all is well: %lld entries and rows looked at\n",
               (long long)f->looked_at);
    else
        printf("%zu findings\n", f->n);
}

static int findings_json(const struct findings *f)
{
    struct json *o = json_new_object(), *list = json_new_array();

    for (size_t i = 0; i < f->n; i++)
        json_push(list, json_finding(&f->found[i]));
    json_set_bool(o, "well", f->n == 0);
    json_set_int(o, "looked_at", f->looked_at);
    json_set_bool(o, "more", f->more);
    json_set(o, "findings", list);
    return json_out(o);
}

int jobs_verify(struct desk *d, int argc, char **argv)
{
    struct findings f = {0};
    enum status st = verify(d, &f);
    int status = desk_told(st, "");

    (void)argc, (void)argv;
    if (status == 0 && desk_json(d))
        status = findings_json(&f);
    else if (status == 0)
        findings_show(d, &f);
    if (status == 0 && f.n > 0)
        status = 1;
    findings_free(&f);
    return status;
}

/* ---- reconcile ------------------------------------------------------------------ */

struct lost {
    struct desk *desk;
    long n;
};

static void lost_show(void *arg, const struct job_row *row)
{
    struct lost *l = arg;
    struct json *body = json_parse(row->body, row->body_n);
    const char *kind = body ? json_text(body, "k", NULL) : NULL;
    char id[ULID_TEXT + 1], lane[24];

    ulid_print(row->id, id);
    print_lane(l->desk, lane, queue_lane(row->at, row->list));
    printf("%s %-24s %s\n", id, kind ? kind : "?", lane);
    json_free(body);
    l->n++;
}

/* What is missing counts as come to an end, what came from nowhere as put: counters only
 * go up. The drift stays the same while workers go on, so it may be settled meanwhile. */
static int settle(struct desk *d)
{
    long settled = 0;

    QUEUE_EACH(at, d->queue) {
        struct census c;
        enum status st = queue_census(d->queue, at, &c);
        int64_t drift;

        if (st != ST_OK)
            return desk_told(st, "");
        drift = census_drift(&c);
        census_free(&c);
        if (drift != 0)
            queue_count(d->queue, at, drift > 0 ? "collapsed" : "enq",
                        drift > 0 ? drift : -drift);
        settled += (long)(drift > 0 ? drift : -drift);
    }
    printf("a drift of %ld is settled\n", settled);
    return 0;
}

int jobs_reconcile(struct desk *d, int argc, char **argv)
{
    bool dry = (d->given & OPTION_DRY) != 0;
    struct lost lost = {.desk = d};
    enum status st = ST_OK;

    (void)argc, (void)argv;
    if (d->given & OPTION_SETTLE)
        return settle(d);
    QUEUE_EACH(at, d->queue) {
        int n = 0;

        if (st == ST_OK && dry)
            st = ledger_lost(d->db, d->queue, at, lost_show, &lost);
        else if (st == ST_OK)
            st = ledger_reconcile(d->db, d->queue, at, d->now, &n);
        lost.n += n;
    }
    if (st == ST_OK)
        printf(dry ? "%ld would be brought back\n" : "%ld brought back\n", lost.n);
    return desk_told(st, "");
}
