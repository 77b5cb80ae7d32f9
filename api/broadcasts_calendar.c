/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is planned, and what was sent, by the days of the shop. */
#include "api/broadcasts_private.h"
#include "api/segments.h"
#include "api/segments_private.h"
#include "core/base/stamp.h"
#include "core/base/tz.h"

#include <stdlib.h>

#define N BROADCASTS_N
#define DAYS 31 /* unless said */
#define DAYS_MAX 92
#define PAGES_MAX 5 /* of PAGE_LIMIT_MAX */

struct calendar {
    struct tz *tz;
    int32_t from, until; /* days; until: exclusive */
    struct json *days;
    int32_t day; /* of the last one */
};

/* How many there were when its segment was counted last; of what was begun how many there
 * are. -1: nobody knows, or may not. */
static enum status audience_known(struct call *c, const struct broadcast *b,
                                  int64_t *out)
{
    struct broadcast_progress p;
    struct segment s;
    struct segments_ask ask = segments_asked(c);
    struct rule *r = NULL;
    enum status st;

    *out = -1;
    if (b->started_at != 0) {
        st = broadcast_progress(c->db, c->now, b->id, &p);
        *out = st == ST_OK ? p.all : -1;
        return st;
    }
    if (b->segment_id == 0)
        return ST_OK;
    st = segment_load(c->db, b->segment_id, &s);
    if (st == ST_OK)
        st = segments_rule_kept(&ask, s.id, &r);
    if (st == ST_OK && s.counted_at != 0)
        *out = s.counted;
    rule_free(r);
    segments_done(&ask);
    return st == ST_NONE || st == ST_REFUSED ? ST_OK : st;
}

/* As broadcast_search sorts them. */
static int64_t when(const struct broadcast *b)
{
    return b->start_at != 0 ? b->start_at : b->created_at;
}

static enum status day_push(struct call *c, struct calendar *k,
                            const struct broadcast *b)
{
    int32_t day = tz_local(k->tz, when(b)).day;
    struct json *o, *items;
    int64_t audience;
    char text[STAMP_BYTES];
    enum status st = audience_known(c, b, &audience);

    if (st != ST_OK)
        return st;
    if (json_count(k->days) == 0 || day != k->day) {
        o = json_new_object();
        stamp_print_day(day, text);
        json_set_text(o, "day", text);
        json_set(o, "items", json_new_array());
        json_push(k->days, o);
        k->day = day;
    }
    items = json_get(json_at(k->days, json_count(k->days) - 1), "items");
    o = broadcast_json(b);
    if (audience >= 0)
        json_set_int(o, "audience", audience);
    else
        json_set_text(o, "audience", NULL);
    json_push(items, o);
    return ST_OK;
}

/* A page is gathered before each of it is asked about: a connection reads one selection
 * at a time. */
static enum status page_add(struct call *c, struct calendar *k,
                            const struct broadcast_filter *f, struct page *p)
{
    struct broadcast *rows = calloc(PAGE_LIMIT_MAX + 1, sizeof *rows);
    int n = 0;
    enum status st = rows != NULL ? broadcast_search(c->db, f, p) : ST_BROKEN;

    while (st == ST_OK && n <= PAGE_LIMIT_MAX &&
           (st = broadcast_search_next(c->db, p, &rows[n])) == ST_OK)
        n++;
    st = st == ST_NONE ? ST_OK : st;
    for (int i = 0; st == ST_OK && i < n; i++)
        st = day_push(c, k, &rows[i]);
    free(rows);
    return st;
}

static enum status calendar_fill(struct call *c, struct calendar *k)
{
    const struct broadcast_filter f = {
        .states = ~(1u << BROADCAST_DRAFT | 1u << BROADCAST_CANCELLED),
        .from = tz_instant(k->tz, k->from, 0, 0),
        .until = tz_instant(k->tz, k->until, 0, 0)};
    struct page p = {.sort = &broadcast_sorts[BROADCAST_SORTS - 1],
                     .limit = PAGE_LIMIT_MAX,
                     .more = true};
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && p.more && i < PAGES_MAX; i++) {
        p.offset = (int64_t)i * PAGE_LIMIT_MAX;
        st = page_add(c, k, &f, &p);
    }
    return st;
}

static enum status days_read(struct call *c, struct calendar *k)
{
    k->from = (int32_t)given_int(&c->query, "from", tz_local(k->tz, c->now).day);
    k->until = (int32_t)given_int(&c->query, "to", k->from + DAYS - 1) + 1;
    if (k->until > k->from && k->until - k->from <= DAYS_MAX)
        return ST_OK;
    call_fault(c, "?to", "range",
               tell(c, "не раньше from и не больше %d дней",
                    "not before from, and at most %d days"),
               DAYS_MAX);
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

static void calendar_answer(struct call *c, struct calendar *k)
{
    struct json *o = json_new_object();
    char text[STAMP_BYTES];

    stamp_print_day(k->from, text);
    json_set_text(o, "from", text);
    stamp_print_day(k->until - 1, text);
    json_set_text(o, "to", text);
    json_set(o, "days", k->days);
    answer_json(c, 200, o);
}

/* GET /api/v1/broadcasts/calendar */
enum status broadcasts_calendar_get(struct call *c)
{
    static const struct field params[] = {{"from", FIELD_DATE}, {"to", FIELD_DATE}};
    struct calendar k = {.tz = tz_open(c->cfg->timezone)};
    enum status st = k.tz != NULL ? query_read(c, params, N(params)) : ST_BROKEN;

    if (st == ST_OK)
        st = days_read(c, &k);
    if (st == ST_OK) {
        k.days = json_new_array();
        st = calendar_fill(c, &k);
    }
    tz_close(k.tz);
    if (st == ST_OK)
        calendar_answer(c, &k);
    else
        json_free(k.days);
    return st;
}
