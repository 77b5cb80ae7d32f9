/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/setting_row.h"

#define COLUMNS "name, value, version, updated_at, updated_by FROM settings"

static enum status take(struct db *db, enum status st, struct setting_row *out)
{
    *out = (struct setting_row){0};
    if (st != ST_OK)
        return st;
    *out = (struct setting_row){.setting = setting_find(db_text(db, 0, NULL)),
                                .stored = db_text(db, 1, NULL),
                                .version = db_int(db, 2),
                                .updated_at = db_time(db, 3),
                                .updated_by = db_text(db, 4, NULL)};
    return ST_OK;
}

enum status setting_rows(struct db *db)
{
    return db_select(db, "SELECT " COLUMNS);
}

enum status setting_rows_next(struct db *db, struct setting_row *out)
{
    return take(db, db_next(db), out);
}

enum status setting_row_load(struct db *db, const char *name, bool lock,
                             struct setting_row *out)
{
    return take(db,
                db_one(db,
                       lock ? "SELECT " COLUMNS " WHERE name = ? FOR UPDATE"
                            : "SELECT " COLUMNS " WHERE name = ?",
                       DB_TEXT(name)),
                out);
}

/* ---- what they were ----------------------------------------------------------------- */

#define HISTORY "settings_history h"

const struct page_sort setting_history_sorts[1] = {{"version", "h.version", PAGE_INT}};

enum status setting_history(struct db *db, const char *name, struct page *p)
{
    struct page_query q = {0};

    page_and(&q, "h.name = ?", DB_TEXT(name));
    return page_select(db, p, &q, "h.version", "h.value, h.updated_at, h.updated_by",
                       HISTORY);
}

enum status setting_history_next(struct db *db, struct page *p, struct setting_row *out)
{
    enum status st = page_next(db, p);

    if (st != ST_OK)
        return st;
    *out = (struct setting_row){.version = db_int(db, 1),
                                .stored = db_text(db, PAGE_COLUMNS, NULL),
                                .updated_at = db_time(db, PAGE_COLUMNS + 1),
                                .updated_by = db_text(db, PAGE_COLUMNS + 2, NULL)};
    return ST_OK;
}

enum status setting_history_total(struct db *db, const char *name, int64_t *total)
{
    struct page_query q = {0};

    page_and(&q, "h.name = ?", DB_TEXT(name));
    return page_total(db, &q, HISTORY, total);
}
