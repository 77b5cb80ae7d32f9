/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/leader.h"

#include "core/base/log.h"

#include <stdio.h>

/* Who leads renews after a third of the lease, so that two losses in a row are borne;
 * who follows asks ten times a lease. */
#define RENEWALS 3
#define QUESTIONS 10

void leader_init(struct leader *l, const char *name, const char *owner, int lease_ms)
{
    *l = (struct leader){.name = name, .lease_ms = lease_ms};
    snprintf(l->owner, sizeof l->owner, "%s", owner);
}

bool leader_leads(const struct leader *l, int64_t mono_ms)
{
    return mono_ms < l->until_ms;
}

/* The term first: the assignments happen from left to right. A lease further ahead than
 * any can be was given by a clock that was wrong, and binds nobody. *n: 1 if ours. */
static enum status claim(const struct leader *l, struct db *db, int64_t *n)
{
    int64_t lease_us = (int64_t)l->lease_ms * 1000;

    return db_exec(db, n,
                   "UPDATE leader SET term = term + (owner <> ?), owner = ?,"
                   " until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND"
                   " WHERE name = ? AND (owner = ? OR until < UTC_TIMESTAMP(6)"
                   " OR until > UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)",
                   DB_TEXT(l->owner), DB_TEXT(l->owner), DB_INT(lease_us),
                   DB_TEXT(l->name), DB_TEXT(l->owner), DB_INT(2 * lease_us));
}

/* The first who ever asks finds no row. A lapsed one, so that all are claimed alike. */
static enum status make_row(const struct leader *l, struct db *db)
{
    enum status st = db_exec(db, NULL,
                             "INSERT INTO leader (name, owner, term, until)"
                             " VALUES (?, '', 0, '2000-01-01')",
                             DB_TEXT(l->name));

    return st == ST_TAKEN ? ST_OK : st;
}

static enum status ask(const struct leader *l, struct db *db)
{
    int64_t n = 0;
    enum status st = claim(l, db, &n);

    if (st != ST_OK || n > 0)
        return st;
    st = db_one(db, "SELECT 1 FROM leader WHERE name = ?", DB_TEXT(l->name));
    if (st == ST_OK)
        return ST_TAKEN;
    if (st == ST_NONE)
        st = make_row(l, db);
    if (st == ST_OK)
        st = claim(l, db, &n);
    return st == ST_OK && n == 0 ? ST_TAKEN : st;
}

static void read_term(struct leader *l, struct db *db)
{
    if (db_one(db, "SELECT term FROM leader WHERE name = ?", DB_TEXT(l->name)) == ST_OK)
        l->term = db_int(db, 0);
    log_info("leads", LOG_TEXT("what", l->name), LOG_TEXT("owner", l->owner),
             LOG_INT("term", l->term));
}

static void tell_lost(const struct leader *l)
{
    log_warn("leads no more", LOG_TEXT("what", l->name), LOG_TEXT("owner", l->owner));
}

enum status leader_keep(struct leader *l, struct db *db, int64_t mono_ms)
{
    bool leads = leader_leads(l, mono_ms);
    int64_t pause = l->lease_ms / (leads ? RENEWALS : QUESTIONS);
    enum status st;

    if (l->asked_ms != 0 && mono_ms - l->asked_ms < pause)
        return leads ? ST_OK : ST_TAKEN;
    l->asked_ms = mono_ms;
    st = ask(l, db);
    if (st == ST_OK) {
        bool fresh = !leads;

        l->until_ms = mono_ms + l->lease_ms;
        if (fresh)
            read_term(l, db);
        return ST_OK;
    }
    if (l->until_ms != 0 && (st == ST_TAKEN || !leads)) {
        l->until_ms = 0;
        tell_lost(l);
    }
    return st;
}

enum status leader_step_down(struct leader *l, struct db *db)
{
    l->until_ms = 0;
    l->asked_ms = 0;
    return db_exec(db, NULL,
                   "UPDATE leader SET until = '2000-01-01' WHERE name = ? AND"
                   " owner = ?",
                   DB_TEXT(l->name), DB_TEXT(l->owner));
}
