/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/introduction.h"

enum status introduction_keep(struct db *db, int64_t now, const char *bot,
                              const uint8_t digest[SHA256_BYTES])
{
    enum status st =
        db_one(db, "SELECT 1 FROM bot_profile WHERE bot = ? AND digest = ?",
               DB_TEXT(bot), DB_BYTES(digest, SHA256_BYTES));

    if (st != ST_NONE)
        return st == ST_OK ? ST_NONE : st;
    return db_exec(db, NULL,
                   "INSERT INTO bot_profile (bot, digest, told_at) VALUES (?, ?, ?) "
                   "ON DUPLICATE KEY UPDATE digest = VALUES(digest), "
                   "told_at = VALUES(told_at)",
                   DB_TEXT(bot), DB_BYTES(digest, SHA256_BYTES), DB_TIME(now));
}
