/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/restored.h"

#include <stdio.h>
#include <string.h>

#define STRING_(x) #x
#define STRING(x) STRING_(x)

/* The clock of the database on both sides: a copy brings its time with it, and no clock of
 * a program has a say. */
#define STALE                                                                          \
    "checked_at < UTC_TIMESTAMP(6) - INTERVAL " STRING(RESTORED_STALE_MINUTES) " MINU" \
                                                                               "TE"

/* What MySQL and MariaDB both tell of where they are. */
#define SERVER                                                                         \
    "SHA2(CONCAT_WS('|', @@hostname, @@port, @@datadir, @@server_id, DATABASE()), "    \
    "256)"

const char *restored_why_name(enum restored_why why)
{
    static const char *const names[RESTORED_WHYS] = {
        [RESTORED_NOT] = "not",
        [RESTORED_OLDER] = "older",
        [RESTORED_STRANGE] = "strange",
    };

    return names[(unsigned)why < RESTORED_WHYS ? why : RESTORED_NOT];
}

enum status restored_held(struct db *db, bool *held)
{
    enum status st = db_one(db, "SELECT held_at IS NOT NULL OR (n > 0 AND " STALE ")"
                                " FROM broadcast_mark WHERE id = 1");

    *held = st == ST_OK && db_int(db, 0) != 0;
    return st == ST_NONE ? ST_OK : st;
}

/* ---- Redis ---------------------------------------------------------------------- */

static const char key[] = "dv:{s0}:mark";

static bool is_id(const char *s, size_t n)
{
    return s != NULL && n == RESTORED_ID_BYTES - 1 &&
           strspn(s, "0123456789abcdef") == n;
}

enum status restored_mark_read(struct redis *r, struct restored_mark *out)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_do(r, &reply, "HMGET", key, "id", "n", NULL);

    *out = (struct restored_mark){0};
    if (st == ST_OK) {
        size_t n = 0;
        const char *id = redis_text(redis_item(reply, 0), &n);

        if (is_id(id, n)) {
            memcpy(out->id, id, n);
            out->n = redis_int(redis_item(reply, 1));
        }
    }
    redis_free(reply);
    return st;
}

enum status restored_mark_write(struct redis *r, const struct restored_mark *m)
{
    struct redis_reply *reply = NULL;
    char n[24];
    enum status st;

    snprintf(n, sizeof n, "%lld", (long long)m->n);
    st = redis_do(r, &reply, "HSET", key, "id", m->id, "n", n, NULL);
    redis_free(reply);
    return st;
}

/* ---- MySQL ---------------------------------------------------------------------- */

#define COLUMNS                                                                        \
    "n, redis_id, server = " SERVER ", held_at, held_why, confirmed_at, confirmed_by"  \
    " FROM broadcast_mark WHERE id = 1"

static enum status take(struct db *db, enum status st, struct restored *out)
{
    *out = (struct restored){0};
    if (st != ST_OK)
        return st;
    out->mark.n = db_int(db, 0);
    snprintf(out->mark.id, sizeof out->mark.id, "%s", db_text(db, 1, NULL));
    out->server_known = db_int(db, 2) != 0;
    out->held_at = db_time(db, 3);
    out->why = (enum restored_why)db_int(db, 4);
    out->confirmed_at = db_time(db, 5);
    out->confirmed_by = db_int(db, 6);
    return ST_OK;
}

enum status restored_load(struct db *db, struct restored *out)
{
    enum status st = take(db, db_one(db, "SELECT " COLUMNS), out);

    return st == ST_NONE ? ST_OK : st;
}

enum status restored_lock(struct db *db, struct restored *out)
{
    enum status st = db_exec(db, NULL,
                             "INSERT INTO broadcast_mark (id, checked_at)"
                             " VALUES (1, UTC_TIMESTAMP(6))"
                             " ON DUPLICATE KEY UPDATE id = id");

    if (st == ST_OK)
        st = take(db, db_one(db, "SELECT " COLUMNS " FOR UPDATE"), out);
    return st == ST_NONE ? ST_AGAIN : st;
}

enum restored_why restored_judge(const struct restored *r,
                                 const struct restored_mark *redis)
{
    bool has = redis->id[0] != '\0';
    bool ours = has && strcmp(redis->id, r->mark.id) == 0;

    /* A database that was never looked at cannot be the one this Redis knows. */
    if ((ours || r->mark.n == 0) && redis->n > r->mark.n)
        return RESTORED_OLDER;
    if (ours || r->mark.n == 0 || r->server_known)
        return RESTORED_NOT;
    return RESTORED_STRANGE;
}

enum status restored_raise(struct db *db, struct restored_mark *m)
{
    enum status st =
        db_exec(db, NULL,
                "UPDATE broadcast_mark SET n = n + 1, redis_id = ?, server = " SERVER
                ", checked_at = UTC_TIMESTAMP(6) WHERE id = 1",
                DB_TEXT(m->id));

    if (st == ST_OK)
        st = db_one(db, "SELECT n FROM broadcast_mark WHERE id = 1");
    if (st == ST_OK)
        m->n = db_int(db, 0);
    return st;
}

enum status restored_hold(struct db *db, int64_t now, enum restored_why why)
{
    return db_exec(db, NULL,
                   "UPDATE broadcast_mark SET held_at = ?, held_why = ? WHERE id = 1",
                   DB_TIME(now), DB_INT(why));
}

/* Its Redis is forgotten: the next look gives this one another name, so that whoever
 * else uses the old one is told apart. */
enum status restored_free(struct db *db, int64_t now, int64_t who)
{
    return db_exec(
        db, NULL,
        "UPDATE broadcast_mark SET held_at = NULL, held_why = 0, redis_id = '',"
        " server = " SERVER ", n = n + 1, checked_at = UTC_TIMESTAMP(6),"
        " confirmed_at = ?, confirmed_by = ? WHERE id = 1",
        DB_TIME(now), DB_INT_OR_NULL(who != 0, who));
}
