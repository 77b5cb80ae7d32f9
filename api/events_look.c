/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/events_private.h"

#include "api/broadcasts.h"
#include "core/attention.h"
#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/broadcast/recipient.h"
#include "core/io/lane.h"
#include "core/io/queue_sums.h"
#include "core/stat.h"

#include <stdlib.h>
#include <string.h>

/* Figures are asked for no more often than this, and no more than a fiftieth of the time
 * goes into them, however many listen. */
#define FIGURES_AGE (4 * SECOND)
#define FIGURES_SHARE 50
#define BROADCASTS_SHOWN 10

unsigned events_parts_of(enum role role)
{
    unsigned parts = 0;

    if (role_scope(role, PERM_STATS_VIEW) == SCOPE_ALL)
        parts |= 1u << EVENTS_TODAY | 1u << EVENTS_ATTENTION;
    if (role_may(role, PERM_JOBS_VIEW))
        parts |= 1u << EVENTS_QUEUE;
    if (role_may(role, PERM_BROADCAST_VIEW))
        parts |= 1u << EVENTS_BROADCASTS;
    return parts;
}

static void keep(struct events_look *l, enum events_part part, struct json *o)
{
    const char *text = json_print(o);

    buf_clear(&l->part[part]);
    if (text != NULL)
        buf_adds(&l->part[part], text);
    json_free(o);
}

/* ---- today ----------------------------------------------------------------------- */

static enum status today_look(struct events_look *l)
{
    static const enum stat_metric shown[] = {
        STAT_NEW_CUSTOMERS, STAT_ISSUED, STAT_REDEEMED, STAT_VOIDED,
        STAT_PURCHASES,     STAT_AMOUNT, STAT_DISCOUNT, STAT_SENT};
    int32_t day = tz_local(l->tz, l->now).day;
    struct stat_ask ask = {.tz = l->tz, .now = l->now, .from = day, .until = day + 1};
    struct stat_rows rows = {0};
    char text[STAMP_BYTES];
    enum status st = stat_read(l->db, &ask, &rows);

    if (st == ST_OK) {
        struct json *o = json_new_object();

        stamp_print_day(day, text);
        json_set_text(o, "day", text);
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
            json_set_int(o, stat_name(shown[i]),
                         rows.n > 0 ? rows.row[0].value[shown[i]] : 0);
        keep(l, EVENTS_TODAY, o);
    }
    stat_rows_free(&rows);
    return st;
}

static enum status attention_look(struct events_look *l)
{
    struct attention list[ATTENTION_KINDS];
    enum status st = attention_count(l->db, l->now, list);
    struct json *a;

    if (st != ST_OK)
        return st;
    a = json_new_array();
    for (int i = 0; i < ATTENTION_KINDS; i++) {
        struct json *o = json_new_object();

        json_set_text(o, "what", list[i].what);
        json_set_int(o, "count", list[i].n);
        json_push(a, o);
    }
    keep(l, EVENTS_ATTENTION, a);
    return ST_OK;
}

static void figures_look(struct events_look *l)
{
    int64_t age = l->now - l->figures_at, from = clock_mono_ms();

    if (l->figures_at != 0 && age >= 0 &&
        (age < FIGURES_AGE || age < l->figures_cost * FIGURES_SHARE))
        return;
    if (today_look(l) != ST_OK || attention_look(l) != ST_OK)
        return; /* the adapters have said why; what was known stays */
    l->figures_at = l->now;
    l->figures_cost = (clock_mono_ms() - from) * MS;
}

/* ---- the queue ------------------------------------------------------------------- */

static struct json *queue_json(const struct queue_sums *s,
                               const struct ledger_sums *rows)
{
    struct json *o = json_new_object(), *lanes = json_new_object();
    int64_t held = 0, delayed = 0, workers = 0, drift = 0;

    for (enum kind_lane lane = LANE_HOT; lane <= LANE_BULK; lane++) {
        int64_t waiting = 0;

        for (enum kind_pool p = POOL_LOGIC; p <= POOL_COUNT; p++)
            waiting += s->pool[p].lane[lane].waiting;
        json_set_int(lanes, lane_policy(lane)->name, waiting);
    }
    for (enum kind_pool p = POOL_LOGIC; p <= POOL_COUNT; p++) {
        held += s->pool[p].held;
        delayed += s->pool[p].delayed;
        workers += s->pool[p].workers;
        drift += s->pool[p].drift;
    }
    json_set(o, "waiting", lanes);
    json_set_int(o, "in_flight", held);
    json_set_int(o, "delayed", delayed);
    json_set_int(o, "workers", workers);
    json_set_int(o, "drift", drift);
    json_set_int(o, "open", rows->open);
    json_set_int(o, "dead", rows->dead);
    return o;
}

static void queue_look_at(struct events_look *l)
{
    struct queue_sums *s = calloc(1, sizeof *s);

    if (s != NULL && ledger_sums_renew(l->db, l->now, &l->rows) == ST_OK &&
        queue_sums(l->queue, s) == ST_OK)
        keep(l, EVENTS_QUEUE, queue_json(s, &l->rows.sums));
    free(s);
}

/* ---- broadcasts ------------------------------------------------------------------ */

/* Gathered first: a connection reads one selection at a time. */
static enum status broadcasts_find(struct db *db, struct broadcast *out, int *n)
{
    const struct broadcast_filter f = {.states = 1u << BROADCAST_SENDING |
                                                 1u << BROADCAST_PAUSED};
    struct page p = {
        .sort = &broadcast_sorts[0], .descending = true, .limit = BROADCASTS_SHOWN};
    enum status st = broadcast_search(db, &f, &p);

    *n = 0;
    while (st == ST_OK && *n < BROADCASTS_SHOWN &&
           (st = broadcast_search_next(db, &p, &out[*n])) == ST_OK)
        ++*n;
    return st == ST_NONE ? ST_OK : st;
}

static void broadcasts_look(struct events_look *l)
{
    struct broadcast *all = calloc(BROADCASTS_SHOWN, sizeof *all);
    struct json *list = json_new_array();
    int n = 0;
    enum status st = all != NULL ? broadcasts_find(l->db, all, &n) : ST_BROKEN;

    for (int i = 0; st == ST_OK && i < n; i++) {
        struct broadcast_progress p;
        struct json *o;

        st = broadcast_progress(l->db, l->now, all[i].id, &p);
        if (st != ST_OK)
            break;
        o = broadcast_progress_json(&p);
        json_set_int(o, "id", all[i].id);
        json_set_text(o, "name", all[i].name);
        json_set_text(o, "state", broadcast_state_name(all[i].state));
        json_push(list, o);
    }
    free(all);
    if (st == ST_OK)
        keep(l, EVENTS_BROADCASTS, list);
    else
        json_free(list);
}

/* ---- a look ---------------------------------------------------------------------- */

void events_look_run(struct events_look *l)
{
    l->sessions_known = sessions_hold(l->db, l->now, l->jti, l->n, l->holds) == ST_OK;
    figures_look(l);
    queue_look_at(l);
    broadcasts_look(l);
}

bool events_look_open(struct events_look *l, const struct config *cfg)
{
    l->db = db_open(cfg);
    l->queue = queue_open(cfg);
    l->tz = tz_open(cfg->timezone);
    return l->db != NULL && l->queue != NULL && l->tz != NULL;
}

void events_look_close(struct events_look *l)
{
    for (int i = 0; i < EVENTS_PARTS; i++)
        buf_free(&l->part[i]);
    queue_close(l->queue);
    db_close(l->db);
    tz_close(l->tz);
}
