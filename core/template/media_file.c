/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/template/media.h"

#include <stdio.h>
#include <string.h>

/* Printable ASCII, as an ascii column takes it. */
static bool file_id_fits(const char *s)
{
    size_t n = strlen(s);

    for (size_t i = 0; i < n; i++)
        if (s[i] <= ' ' || s[i] > '~')
            return false;
    return n > 0 && n < MEDIA_FILE_ID_BYTES;
}

enum status media_file(struct db *db, int64_t id, enum message_sender bot,
                       char out[MEDIA_FILE_ID_BYTES])
{
    enum status st =
        db_one(db, "SELECT file_id FROM media_file WHERE media_id = ? AND bot = ?",
               DB_INT(id), DB_INT(bot));

    if (st == ST_OK)
        snprintf(out, MEDIA_FILE_ID_BYTES, "%s", db_text(db, 0, NULL));
    return st;
}

enum status media_file_put(struct db *db, int64_t id, enum message_sender bot,
                           const char *file_id)
{
    enum status st;

    if (!file_id_fits(file_id))
        return ST_BAD;
    st = db_exec(db, NULL,
                 "INSERT INTO media_file (media_id, bot, file_id) VALUES (?, ?, ?)"
                 " ON DUPLICATE KEY UPDATE file_id = VALUES(file_id)",
                 DB_INT(id), DB_INT(bot), DB_TEXT(file_id));
    return st == ST_REFUSED ? ST_NONE : st;
}

enum status media_file_drop(struct db *db, int64_t id, enum message_sender bot,
                            const char *file_id)
{
    return db_exec(db, NULL,
                   "DELETE FROM media_file WHERE media_id = ? AND bot = ?"
                   " AND file_id = ?",
                   DB_INT(id), DB_INT(bot), DB_TEXT(file_id));
}
