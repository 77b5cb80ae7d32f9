/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/showing.h"

#include <string.h>

enum status showing_add(struct db *db, int64_t now, const struct showing *s)
{
    size_t n = strnlen(s->asked, SHOWING_ASKED_MAX + 1);

    if (n > SHOWING_ASKED_MAX)
        return ST_BAD;
    for (size_t i = 0; i < n; i++)
        if (s->asked[i] < ' ' || s->asked[i] > '~')
            return ST_BAD;
    return db_exec(db, NULL,
                   "INSERT INTO discount_shown (message_id, discount_id, code, asked,"
                   " at) VALUES (?, ?, ?, ?, ?)",
                   DB_INT(s->message_id), DB_INT(s->discount_id), DB_TEXT(s->code),
                   DB_TEXT_N(s->asked, n), DB_TIME(now));
}

/* One that could not be sent (state 4 and later, bar unknown) is no answer. */
enum status showing_recent(struct db *db, const struct discount *d, const char *asked,
                           int64_t since)
{
    return db_one(db,
                  "SELECT 1 FROM discount_shown s JOIN message m ON m.id = s.message_id"
                  " WHERE s.discount_id = ? AND s.at > ? AND s.asked = ? AND s.code = ?"
                  " AND m.state IN (1, 2, 3, 6) LIMIT 1",
                  DB_INT(d->id), DB_TIME(since), DB_TEXT(asked), DB_TEXT(d->code));
}

enum status showing_list(struct db *db, int64_t discount_id, const char *code,
                         int64_t out[SHOWING_MAX], int *n)
{
    enum status st =
        db_select(db,
                  "SELECT m.external_id FROM discount_shown s"
                  " JOIN message m ON m.id = s.message_id"
                  " WHERE s.discount_id = ? AND s.code = ? AND m.external_id <> 0"
                  " ORDER BY s.at DESC, s.message_id DESC LIMIT ?",
                  DB_INT(discount_id), DB_TEXT(code), DB_INT(SHOWING_MAX));

    *n = 0;
    while (st == ST_OK && *n < SHOWING_MAX && (st = db_next(db)) == ST_OK)
        out[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}

enum status showing_outdated(struct db *db, const struct discount *d,
                             int64_t external_id)
{
    return db_one(db,
                  "SELECT 1 FROM discount_shown s JOIN message m ON m.id = s.message_id"
                  " WHERE s.discount_id = ? AND s.code <> ? AND m.external_id = ?"
                  " LIMIT 1",
                  DB_INT(d->id), DB_TEXT(d->code), DB_INT(external_id));
}
