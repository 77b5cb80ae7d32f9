/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/broadcast.h"

#include "core/io/queue.h"
#include "core/message.h"

#define BATCH 1
#define CHUNK 2000 /* a statement may take so long, and no longer */

/* 0, 1, 2 … 1999 without a table and without recursion, whose depth servers bound. */
#define DIGIT                                                                          \
    "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"          \
    " UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7"     \
    " UNION ALL SELECT 8 UNION ALL SELECT 9) "
#define NUMBERS                                                                        \
    "(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM " DIGIT                 \
    "a CROSS JOIN " DIGIT "b CROSS JOIN " DIGIT                                        \
    "c CROSS JOIN (SELECT 0 AS d UNION ALL SELECT 1) e) numbers"

/* Those from..to, of whom to is the first that is not meant. */
struct stretch {
    int64_t now, from, to;
};

static enum status people(struct db *db, const struct stretch *s)
{
    return db_exec(
        db, NULL,
        "INSERT INTO customer (channel, external_id, first_name, pd_ok,"
        " marketing_ok, last_seen_at, created_at)"
        " SELECT 1, ? + n, 'Broadcast', 1, 1, ?, ? FROM " NUMBERS " WHERE n < ?",
        DB_INT(s->from), DB_TIME(s->now), DB_TIME(s->now), DB_INT(s->to - s->from));
}

static enum status messages(struct db *db, const struct stretch *s)
{
    return db_exec(
        db, NULL,
        "INSERT INTO message (state, sender, recipient, customer_id, purpose,"
        " on_unsure, payload, created_at)"
        " SELECT ?, ?, external_id, id, ?, ?, CONCAT("
        "'{\"method\":\"sendMessage\",\"params\":{\"chat_id\":', external_id,"
        " ',\"text\":\"News of the shop\"}}'), ?"
        " FROM customer WHERE channel = 1 AND external_id >= ? AND external_id < ?",
        DB_INT(MESSAGE_QUEUED), DB_INT(SENDER_CLIENT), DB_INT(MESSAGE_MARKETING),
        DB_INT(UNSURE_ASSUME), DB_TIME(s->now), DB_INT(s->from), DB_INT(s->to));
}

static enum status jobs(struct db *db, const struct stretch *s)
{
    return db_exec(
        db, NULL,
        "INSERT INTO job_open (id, lane, kind, run_at, parked, idk, put_at, body)"
        " SELECT UNHEX(LPAD(HEX(id), 32, '0')), ?, 'send.message', ?, 1,"
        " CONCAT('m:', id), ?, CONCAT("
        "'{\"v\":1,\"k\":\"send.message\",\"once\":\"m:', id,"
        " '\",\"a\":{\"m\":', id, ',\"to\":', recipient, ',\"by\":1,\"p\":2}}')"
        " FROM message WHERE recipient >= ? AND recipient < ?",
        DB_INT(POOL_SEND * 100 + queue_bulk_list(BATCH)), DB_TIME(s->now),
        DB_TIME(s->now), DB_INT(s->from), DB_INT(s->to));
}

enum status broadcast_fill(struct db *db, int64_t now, int n)
{
    enum status st = ST_OK;

    for (int done = 0; st == ST_OK && done < n; done += CHUNK) {
        struct stretch s = {now, BROADCAST_FIRST + done,
                            BROADCAST_FIRST + (n - done < CHUNK ? n : done + CHUNK)};

        st = people(db, &s);
        if (st == ST_OK)
            st = messages(db, &s);
        if (st == ST_OK)
            st = jobs(db, &s);
    }
    return st;
}

enum status broadcast_sent(struct db *db, int64_t *n)
{
    enum status st =
        db_one(db, "SELECT COUNT(*) FROM message WHERE purpose = ? AND state = ?",
               DB_INT(MESSAGE_MARKETING), DB_INT(MESSAGE_SENT));

    *n = st == ST_OK ? db_int(db, 0) : 0;
    return st;
}
