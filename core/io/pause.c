/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/pause.h"

#include "core/io/lane.h"
#include "core/io/telegram_address.h"

#include <stdio.h>
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

enum status pause_set(struct db *db, int64_t now, enum pause_what what,
                      const char *name, const char *who)
{
    struct pauses none = {0};

    if (bit_add(&none, word[what], name) != ST_OK)
        return ST_BAD;
    return db_exec(db, NULL,
                   "INSERT IGNORE INTO job_pause (what, name, since, who)"
                   " VALUES (?, ?, ?, LEFT(?, 96))",
                   DB_TEXT(word[what]), DB_TEXT(name), DB_TIME(now), DB_TEXT(who));
}

/* What was put off comes back now: by its kind; of a bot, whatever is parked for up to
 * the time that a paused job is (a little early for the others, which is harmless: a
 * parked job may always be looked at). */
static enum status bring_back(struct db *db, int64_t now, enum pause_what what,
                              const char *name)
{
    if (what == PAUSE_LANE)
        return ST_OK;
    return db_exec(db, NULL,
                   "UPDATE job_open SET run_at = ? WHERE parked = 1"
                   " AND run_at > ? AND run_at <= ? AND (kind = ? OR ?)",
                   DB_TIME(now), DB_TIME(now),
                   DB_TIME(now + (int64_t)PAUSE_PARK_MS * 1000), DB_TEXT(name),
                   DB_INT(what == PAUSE_BOT));
}

enum status pause_clear(struct db *db, int64_t now, enum pause_what what,
                        const char *name)
{
    struct pauses none = {0};
    enum status st;

    if (bit_add(&none, word[what], name) != ST_OK)
        return ST_BAD;
    st = db_exec(db, NULL, "DELETE FROM job_pause WHERE what = ? AND name = ?",
                 DB_TEXT(word[what]), DB_TEXT(name));
    return st == ST_OK ? bring_back(db, now, what, name) : st;
}

enum status pause_ended(struct db *db, int64_t now, const struct pauses *before,
                        const struct pauses *after)
{
    uint64_t kinds = before->kinds & ~after->kinds;
    enum status st = ST_OK;

    if (before->bots & ~after->bots)
        st = bring_back(db, now, PAUSE_BOT, "");
    for (int k = 0; st == ST_OK && k < KIND_COUNT; k++)
        if (kinds & (UINT64_C(1) << k))
            st = bring_back(db, now, PAUSE_KIND, kind_policy(k)->name);
    return st;
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
