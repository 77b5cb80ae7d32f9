/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/pause.h"

#include "core/base/clock.h"
#include "core/io/lane.h"
#include "core/io/telegram_address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(KIND_COUNT <= 64, "kinds do not fit the bits of struct pauses");

static const char *const word[] = {
    [PAUSE_LANE] = "lane", [PAUSE_KIND] = "kind", [PAUSE_BOT] = "bot"};

const char *pause_what_name(enum pause_what what)
{
    return word[what];
}

bool pause_what_find(const char *name, enum pause_what *out)
{
    for (int w = PAUSE_LANE; w <= PAUSE_BOT; w++)
        if (strcmp(word[w], name) == 0)
            return *out = (enum pause_what)w, true;
    return false;
}

/* ST_BAD: there is no such thing, or a newer program knows it. */
static enum status bit_add(struct pauses *p, const char *what, const char *name)
{
    enum kind_lane lane = lane_find(name);
    enum kind kind = kind_find(name, strlen(name));
    enum tg_bot bot;

    if (strcmp(what, word[PAUSE_LANE]) == 0 && lane != 0)
        p->lanes |= 1u << lane;
    else if (strcmp(what, word[PAUSE_KIND]) == 0 && kind != KIND_UNKNOWN)
        p->kinds |= UINT64_C(1) << kind;
    else if (strcmp(what, word[PAUSE_BOT]) == 0 && tg_bot_find(name, &bot))
        p->bots |= 1u << bot;
    else
        return ST_BAD;
    return ST_OK;
}

enum status pause_read(struct db *db, struct pauses *out)
{
    enum status st = db_select(db, "SELECT what, name FROM job_pause");

    *out = (struct pauses){0};
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        if (bit_add(out, db_text(db, 0, NULL), db_text(db, 1, NULL)) != ST_OK)
            continue; /* a newer program's; it will obey it */
    return st == ST_NONE ? ST_OK : st;
}

bool pause_holds(const struct pauses *p, const struct job *j)
{
    const char *name;
    enum tg_bot bot;

    if (p->kinds & (UINT64_C(1) << j->kind))
        return true;
    if (p->bots == 0)
        return false;
    name = json_text(j->args, "bot", NULL);
    return name != NULL && tg_bot_find(name, &bot) && (p->bots & (1u << bot));
}

/* A kind may be called by its alias, too: one pause, however it is called. */
static const char *own_name(enum pause_what what, const char *name)
{
    return what == PAUSE_KIND ? kind_policy(kind_find(name, strlen(name)))->name : name;
}

enum status pause_set(struct db *db, int64_t now, enum pause_what what,
                      const char *name, const char *who)
{
    struct pauses none = {0};

    if (bit_add(&none, word[what], name) != ST_OK)
        return ST_BAD;
    name = own_name(what, name);
    return db_exec(db, NULL,
                   "INSERT IGNORE INTO job_pause (what, name, since, who)"
                   " VALUES (?, ?, ?, LEFT(?, 96))",
                   DB_TEXT(word[what]), DB_TEXT(name), DB_TIME(now), DB_TEXT(who));
}

/* ---- what was put off ----------------------------------------------------------- */

/* A row that is put off has for its run_at what holds it, as a moment that never comes: a
 * name's own second from the year 9000 on. So what one pause holds lies together in the
 * index (lane, parked, run_at, id), and the end of it touches nothing else. */
#define NEVER (INT64_C(221845392000) * SECOND) /* 9000-01-01 */
#define NEVER_SPAN 1000000000                  /* seconds */

static int64_t never_of(enum pause_what what, const char *name)
{
    uint32_t h = 2166136261u + (uint32_t)what;

    for (const char *p = name; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * 16777619u;
    return NEVER + (int64_t)(h % NEVER_SPAN) * SECOND;
}

enum status pause_park(struct db *db, const struct pauses *p, const struct job *j,
                       int bot)
{
    const char *name = json_text(j->args, "bot", NULL);
    int64_t never = never_of(PAUSE_KIND, kind_policy(j->kind)->name);

    if (bot >= 0)
        name = tg_bot_name((enum tg_bot)bot);
    if (!(p->kinds & (UINT64_C(1) << j->kind)) && name != NULL)
        never = never_of(PAUSE_BOT, name);
    return db_exec(db, NULL,
                   "UPDATE job_open SET run_at = ?, attempts = ?, parked = 2"
                   " WHERE id = ?",
                   DB_TIME(never), DB_INT(j->attempts), DB_BYTES(j->id, sizeof j->id));
}

#define LANES_MAX (QUEUE_SHARDS_MAX * 2 * QUEUE_LISTS)
#define PAUSES_MAX 200
#define WAKE_SLICE 1000 /* as the UPDATE says */
#define WAKE_AT_ONCE 100000

/* What is asleep where: the first of each lane, which one look finds. */
struct sleepers {
    int64_t now;
    int most, woken;
    int64_t held[PAUSES_MAX]; /* moments of what is paused */
    int n_held;
    struct {
        int lane;
        int64_t never;
    } first[LANES_MAX];
    int n;
};

static enum status held_read(struct db *db, struct sleepers *s)
{
    enum status st = db_select(db, "SELECT what, name FROM job_pause");
    enum pause_what what;

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        const char *name = db_text(db, 1, NULL);
        enum kind kind = kind_find(name, strlen(name));

        if (s->n_held == PAUSES_MAX || !pause_what_find(db_text(db, 0, NULL), &what))
            continue;
        if (what == PAUSE_KIND && kind != KIND_UNKNOWN)
            name = kind_policy(kind)->name; /* it may have been called by its alias */
        s->held[s->n_held++] = never_of(what, name);
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status first_read(struct db *db, struct sleepers *s)
{
    enum status st = db_select(db, "SELECT lane, MIN(run_at) FROM job_open"
                                   " WHERE parked = 2 GROUP BY lane");

    while (st == ST_OK && (st = db_next(db)) == ST_OK && s->n < LANES_MAX) {
        s->first[s->n].lane = (int)db_int(db, 0);
        s->first[s->n++].never = db_time(db, 1);
    }
    return st == ST_NONE ? ST_OK : st;
}

static bool is_held(const struct sleepers *s, int64_t never)
{
    for (int i = 0; i < s->n_held; i++)
        if (s->held[i] == never)
            return true;
    return false;
}

static enum status wake_one(struct db *db, struct sleepers *s, int lane, int64_t never)
{
    enum status st = ST_OK;
    int64_t n = WAKE_SLICE;

    while (st == ST_OK && n == WAKE_SLICE && s->woken < s->most) {
        st = db_exec(db, &n,
                     "UPDATE job_open SET parked = 1, run_at = ?"
                     " WHERE lane = ? AND parked = 2 AND run_at = ?"
                     " ORDER BY id LIMIT 1000",
                     DB_TIME(s->now), DB_INT(lane), DB_TIME(never));
        s->woken += st == ST_OK ? (int)n : 0;
    }
    return st;
}

/* Each pause that holds something in the lane, from the first on. */
static enum status wake_lane(struct db *db, struct sleepers *s, int lane, int64_t never)
{
    enum status st = ST_OK;

    while (st == ST_OK && never != 0 && s->woken < s->most) {
        if (!is_held(s, never))
            st = wake_one(db, s, lane, never);
        if (st == ST_OK)
            st = db_one(db,
                        "SELECT MIN(run_at) FROM job_open"
                        " WHERE lane = ? AND parked = 2 AND run_at > ?",
                        DB_INT(lane), DB_TIME(never));
        never = st == ST_OK ? db_time(db, 0) : 0;
    }
    return st;
}

enum status pause_wake(struct db *db, int64_t now, int most, int *n)
{
    struct sleepers *s = calloc(1, sizeof *s);
    enum status st = ST_BROKEN;

    if (s == NULL)
        return st;
    s->now = now;
    s->most = most;
    st = first_read(db, s);
    if (st == ST_OK && s->n > 0)
        st = held_read(db, s);
    for (int i = 0; st == ST_OK && i < s->n; i++)
        st = wake_lane(db, s, s->first[i].lane, s->first[i].never);
    if (n != NULL)
        *n = s->woken;
    if (st == ST_OK && s->woken >= most)
        st = ST_AGAIN;
    free(s);
    return st;
}

enum status pause_clear(struct db *db, int64_t now, enum pause_what what,
                        const char *name)
{
    struct pauses none = {0};
    const char *alias = NULL; /* NULL is no name */
    enum status st;

    if (bit_add(&none, word[what], name) != ST_OK)
        return ST_BAD;
    if (what == PAUSE_KIND) /* as older programs wrote it */
        alias = kind_policy(kind_find(name, strlen(name)))->alias;
    st = db_exec(db, NULL, "DELETE FROM job_pause WHERE what = ? AND name IN (?, ?)",
                 DB_TEXT(word[what]), DB_TEXT(own_name(what, name)), DB_TEXT(alias));
    if (st == ST_OK)
        st = pause_wake(db, now, WAKE_AT_ONCE, NULL);
    return st == ST_AGAIN ? ST_OK : st; /* the scheduler goes on with the rest */
}

enum status pause_list(struct db *db, pause_each *fn, void *arg)
{
    enum status st = db_select(
        db, "SELECT what, name, who, since FROM job_pause ORDER BY since, name");

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct pause_line l = {.since = db_time(db, 3)};

        if (!pause_what_find(db_text(db, 0, NULL), &l.what))
            continue;
        snprintf(l.name, sizeof l.name, "%s", db_text(db, 1, NULL));
        snprintf(l.who, sizeof l.who, "%s", db_text(db, 2, NULL));
        fn(arg, &l);
    }
    return st == ST_NONE ? ST_OK : st;
}
