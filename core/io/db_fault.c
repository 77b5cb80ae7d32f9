/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/db_private.h"

/* Lost connections are one row: what they mean depends on what was under way. */
enum meaning { TAKEN, REFUSED, UNFIT, AGAIN, LOST, DOWN, DISK, OURS };

static const struct row {
    unsigned err;
    enum meaning meaning;
    bool plain;
} rows[] = {
    /* a unique key */
    {1022, TAKEN, false},
    {1062, TAKEN, false},
    {1586, TAKEN, false},
    /* foreign keys and CHECKs; MySQL and MariaDB number the last ones differently */
    {1216, REFUSED, true},
    {1217, REFUSED, true},
    {1451, REFUSED, true},
    {1452, REFUSED, true},
    {3140, REFUSED, true},
    {3819, REFUSED, true},
    {4025, REFUSED, true},
    /* a statement that took longer than it gave itself */
    {1969, REFUSED, true},
    {3024, REFUSED, true},
    /* a value its column cannot hold: too long, out of range, letters it does not know
     */
    {1264, UNFIT, true},
    {1267, UNFIT, true},
    {1270, UNFIT, true},
    {1271, UNFIT, true},
    {1292, UNFIT, false},
    {1300, UNFIT, false},
    {1366, UNFIT, false},
    {1406, UNFIT, true},
    {3988, UNFIT, false},
    /* deadlock, lock wait, NOWAIT, a snapshot that aged, a statement to prepare anew */
    {1020, AGAIN, true},
    {1205, AGAIN, true},
    {1213, AGAIN, true},
    {1243, AGAIN, true},
    {1317, AGAIN, true},
    {1615, AGAIN, true},
    {3572, AGAIN, true},
    /* the connection broke, was killed, or the server is on its way out */
    {1053, LOST, true},
    {1152, LOST, true},
    {1158, LOST, true},
    {1159, LOST, true},
    {1160, LOST, true},
    {1161, LOST, true},
    {1184, LOST, true},
    {1927, LOST, true},
    {2000, LOST, true},
    {2002, LOST, true},
    {2003, LOST, true},
    {2005, LOST, true},
    {2006, LOST, true},
    {2012, LOST, true},
    {2013, LOST, true},
    {2014, LOST, true},
    {2026, LOST, true},
    {2027, LOST, true},
    {2055, LOST, true},
    {3169, LOST, true},
    {4031, LOST, true},
    /* the server answers, but will not work for us: too many clients, a replica or a
     * node that is not ready, no memory, no disk */
    {1040, DOWN, true},
    {1129, DOWN, true},
    {1203, DOWN, true},
    {1226, DOWN, true},
    {1047, DOWN, true},
    {1290, DOWN, true},
    {1792, DOWN, true},
    {1836, DOWN, true},
    {1037, DOWN, true},
    {1041, DOWN, true},
    {20, DOWN, true},
    {1021, DOWN, true},
    {1114, DOWN, true},
    /* down when the message says that the disk is full */
    {3, DISK, true},
    {1026, DISK, true},
    {1030, DISK, true},
    {1180, DISK, true},
    /* ours, with a message that holds no value */
    {1045, OURS, true},
    {1048, OURS, true},
    {1049, OURS, true},
    {1050, OURS, true},
    {1051, OURS, true},
    {1054, OURS, true},
    {1064, OURS, true},
    {1091, OURS, true},
    {1142, OURS, true},
    {1146, OURS, true},
    {1193, OURS, true},
    {1305, OURS, true},
    {1364, OURS, true},
};

static enum status of_loss(enum db_where where)
{
    return where == DB_ALONE || where == DB_COMMITTING ? ST_UNSURE : ST_AGAIN;
}

static enum status of_meaning(enum meaning m, bool full, enum db_where where)
{
    static const enum status direct[] = {
        [TAKEN] = ST_TAKEN, [REFUSED] = ST_REFUSED, [UNFIT] = ST_BAD,
        [AGAIN] = ST_AGAIN, [DOWN] = ST_DOWN,       [OURS] = ST_BROKEN,
    };

    if (m == LOST)
        return of_loss(where);
    if (m == DISK)
        return full ? ST_DOWN : ST_BROKEN;
    return direct[m];
}

struct db_fault db_fault(unsigned err, bool full, enum db_where where)
{
    struct db_fault f = {.st = ST_BROKEN};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].err != err)
            continue;
        f.st = of_meaning(rows[i].meaning, full, where);
        f.lost = rows[i].meaning == LOST;
        f.plain = rows[i].plain;
        break;
    }
    /* A COMMIT that was answered with anything but "lost the race" may have happened or
     * not: the engines do not say. */
    if (where == DB_COMMITTING && f.st != ST_AGAIN)
        f = (struct db_fault){.st = ST_UNSURE, .lost = true, .plain = f.plain};
    return f;
}
