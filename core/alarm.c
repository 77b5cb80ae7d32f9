/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/alarm.h"

/* The WHERE repeats what was read: of two who read the same, one changes the row. */
static enum status alarm_move(struct db *db, int64_t now, const char *name,
                              int64_t every)
{
    int64_t changed;
    enum status st = db_exec(
        db, &changed, "UPDATE alarm SET told_at = ? WHERE name = ? AND told_at <= ?",
        DB_TIME(now), DB_TEXT(name), DB_TIME(now - every));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

enum status alarm_due(struct db *db, int64_t now, const char *name, int64_t every)
{
    /* Read first, without a lock: most who ask come within the hour. */
    enum status st =
        db_one(db, "SELECT told_at FROM alarm WHERE name = ?", DB_TEXT(name));

    if (st == ST_OK)
        return db_time(db, 0) > now - every ? ST_NONE
                                            : alarm_move(db, now, name, every);
    if (st != ST_NONE)
        return st;
    st = db_exec(db, NULL, "INSERT INTO alarm (name, told_at) VALUES (?, ?)",
                 DB_TEXT(name), DB_TIME(now));
    return st == ST_TAKEN ? ST_NONE : st;
}
