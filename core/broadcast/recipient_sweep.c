/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Those who wait for a message that will not come. */
#include "core/broadcast/recipient_private.h"
#include "core/stat.h"

#define THEM                                                                           \
    "JSON_TABLE(?, '$[*]' COLUMNS (m BIGINT PATH '$[0]', c BIGINT PATH '$[1]')) f"

static enum status swept(struct db *db, const struct broadcast *b,
                         enum recipient_state to, struct many *them,
                         struct counts *counts)
{
    enum recipient_why why = to == RECIPIENT_SKIPPED ? WHY_LATE : WHY_NONE;
    enum status st =
        db_select(db,
                  "SELECT customer_id, COALESCE(variant, 0), COALESCE(message_id, 0)"
                  " FROM broadcast_recipient FORCE INDEX (ix_broadcast_recipient_due)"
                  " WHERE broadcast_id = ? AND state = 1"
                  " ORDER BY due, customer_id LIMIT ? FOR UPDATE",
                  DB_INT(b->id), DB_INT(SWEEP_MAX));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        many_begin(them);
        many_int(them, db_int(db, 2));
        many_int(them, db_int(db, 0));
        many_end(them);
        counts_add(counts, (int)db_int(db, 1), RECIPIENT_QUEUED, 0, -1);
        counts_add(counts, (int)db_int(db, 1), to, (int)why, 1);
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status recipients_sweep(struct db *db, int64_t now, const struct broadcast *b,
                             enum recipient_state to, int *n)
{
    bool late = to == RECIPIENT_SKIPPED;
    struct counts counts = {0};
    struct many them = {0};
    struct db_arg arg;
    enum status st = swept(db, b, to, &them, &counts);

    *n = them.n;
    arg = many_arg(&them);
    if (st == ST_OK && them.json.failed)
        st = ST_BROKEN;
    if (st == ST_OK && them.n > 0)
        st = db_exec(db, NULL,
                     "UPDATE " THEM " STRAIGHT_JOIN broadcast_recipient r"
                     " ON r.broadcast_id = ? AND r.customer_id = f.c"
                     " SET r.state = ?, r.why = ?, r.ended_at = ? WHERE r.state = 1",
                     arg, DB_INT(b->id), DB_INT(to), DB_INT(late ? WHY_LATE : WHY_NONE),
                     DB_TIME(now));
    if (st == ST_OK && them.n > 0)
        st = db_exec(db, NULL,
                     "UPDATE " THEM " STRAIGHT_JOIN message m ON m.id = f.m"
                     " SET m.state = ?, m.why = ? WHERE m.state = 1",
                     arg, DB_INT(late ? MESSAGE_SKIPPED : MESSAGE_CANCELLED),
                     DB_TEXT(late ? "late" : "cancelled"));
    if (st == ST_OK && them.n > 0 && late) /* those that were tried before */
        st = messages_late(db, now, arg);
    if (st == ST_OK)
        st = counts_put(db, b->id, &counts);
    many_free(&them);
    return st;
}

enum status messages_late(struct db *db, int64_t now, struct db_arg ids)
{
    return db_exec(
        db, NULL,
        "INSERT INTO stat_late (at, noted_at) SELECT DISTINCT m.created_at, ?"
        " FROM JSON_TABLE(?, '$[*]' COLUMNS (m BIGINT PATH '$[0]')) f"
        " STRAIGHT_JOIN message m ON m.id = f.m WHERE m.created_at <= ?",
        DB_TIME(now), ids, DB_TIME(now - STAT_LATE));
}
