/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/db_private.h"

#include "core/base/crash.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <time.h>

void db_pause(int attempt)
{
    uint64_t most = attempt < 4 ? 2u << attempt : 20, ms;
    struct timespec ts = {0};

    /* Random, so that two who met in a deadlock do not meet again. */
    ms = 1 + secret_random_below(most);
    ts.tv_nsec = (long)ms * 1000000;
    nanosleep(&ts, NULL);
}

static enum status savepoint(struct db *db, const char *verb, int level)
{
    char sql[64];

    snprintf(sql, sizeof sql, "%s level_%d", verb, level);
    return db_plain(db, sql, DB_INSIDE);
}

enum status db_tx_writing(struct db *db)
{
    struct db_tx *tx = db_tx_of(db);
    enum status st = ST_OK;

    while (st == ST_OK && tx->saved < tx->depth) {
        st = savepoint(db, "SAVEPOINT", tx->saved + 1);
        if (st == ST_OK)
            tx->saved++;
    }
    return st;
}

/* A part that fails takes back what it wrote, and leaves the rest to the outer one. */
static enum status nested(struct db *db, db_work *work, void *arg)
{
    struct db_tx *tx = db_tx_of(db);
    enum status st, undone = ST_OK;

    if (tx->doom != ST_OK)
        return tx->doom;
    tx->depth++;
    st = work(db, arg);
    if (st != ST_OK && tx->doom == ST_OK && tx->saved == tx->depth)
        undone = savepoint(db, "ROLLBACK TO SAVEPOINT", tx->depth);
    if (undone != ST_OK && tx->doom == ST_OK)
        tx->doom = ST_AGAIN;
    tx->depth--;
    if (tx->saved > tx->depth)
        tx->saved = tx->depth;
    return tx->doom != ST_OK ? tx->doom : st;
}

static enum status once(struct db *db, db_work *work, void *arg)
{
    struct db_tx *tx = db_tx_of(db);
    enum status st = db_plain(db, "START TRANSACTION", DB_HARMLESS);

    if (st != ST_OK)
        return st;
    tx->depth = 1;
    tx->saved = 1; /* the transaction itself */
    tx->doom = ST_OK;
    st = work(db, arg);
    if (st == ST_OK)
        st = tx->doom;
    if (st == ST_OK) {
        crash_point("db.before_commit");
        st = db_plain(db, "COMMIT", DB_COMMITTING);
        if (st == ST_OK)
            crash_point("db.after_commit");
    } else if (db_plain(db, "ROLLBACK", DB_HARMLESS) != ST_OK) {
        db_drop(db); /* and the server rolls back */
    }
    tx->depth = 0;
    tx->doom = ST_OK;
    if (tx->on_end != NULL)
        tx->on_end(tx->on_end_arg, st == ST_OK);
    return st;
}

enum status db_tx(struct db *db, db_work *work, void *arg)
{
    enum status st = ST_AGAIN;

    if (db_tx_of(db)->depth > 0)
        return nested(db, work, arg);
    for (int i = 0; i < DB_TRIES && st == ST_AGAIN; i++) {
        if (i > 0)
            db_pause(i);
        st = once(db, work, arg);
    }
    return st;
}

bool db_in_tx(const struct db *db)
{
    return db_tx_of((struct db *)db)->depth > 0;
}

bool db_tx_lost(const struct db *db)
{
    return db_tx_of((struct db *)db)->doom != ST_OK;
}

void db_on_end(struct db *db, db_ended *fn, void *arg)
{
    struct db_tx *tx = db_tx_of(db);

    tx->on_end = fn;
    tx->on_end_arg = arg;
}

void *db_listener(const struct db *db)
{
    return db_tx_of((struct db *)db)->on_end_arg;
}
