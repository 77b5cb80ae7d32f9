/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/template/template.h"

#include "core/template/template_private.h"

#include <stdio.h>

const struct page_sort template_sorts[TEMPLATE_SORTS] = {
    {"name", "t.name", PAGE_TEXT},
    {"id", "t.id", PAGE_INT},
    {"key", "t.label", PAGE_TEXT},
    {"created_at", "t.created_at", PAGE_TIME},
    {"updated_at", "t.updated_at", PAGE_TIME},
};

void template_row(const struct db *db, int64_t id, int col, struct template *out)
{
    *out = (struct template){.id = id,
                             .kind = (enum template_kind)db_int(db, col),
                             .purpose = (enum message_purpose)db_int(db, col + 3),
                             .of_discount = db_int(db, col + 4) != 0,
                             .version = db_int(db, col + 5),
                             .last_no = (int)db_int(db, col + 6),
                             .active_no = (int)db_int(db, col + 7),
                             .archived_at = db_time(db, col + 8),
                             .made_by = db_int(db, col + 9),
                             .created_at = db_time(db, col + 10),
                             .updated_at = db_time(db, col + 11)};
    snprintf(out->key, sizeof out->key, "%s", db_text(db, col + 1, NULL));
    snprintf(out->name, sizeof out->name, "%s", db_text(db, col + 2, NULL));
}

/* ---- one --------------------------------------------------------------------------- */

enum status template_load(struct db *db, int64_t id, struct template *out)
{
    enum status st = db_one(
        db, "SELECT " TEMPLATE_COLUMNS " FROM template t WHERE t.id = ?", DB_INT(id));

    if (st == ST_OK)
        template_row(db, id, 0, out);
    return st;
}

enum status template_find(struct db *db, const char *key, struct template *out)
{
    enum status st = db_one(
        db, "SELECT t.id, " TEMPLATE_COLUMNS " FROM template t WHERE t.label = ?",
        DB_TEXT(key));

    if (st == ST_OK)
        template_row(db, db_int(db, 0), 1, out);
    return st;
}

enum status template_active(struct db *db, int64_t id, struct json **out)
{
    size_t n;
    const char *text;
    enum status st =
        db_one(db,
               "SELECT v.content FROM template_version v JOIN template t"
               " ON t.id = v.template_id WHERE v.active_of = ? AND t.kind = ?"
               " AND t.archived_at IS NULL",
               DB_INT(id), DB_INT(TEMPLATE_MESSAGE));

    *out = NULL;
    if (st != ST_OK)
        return st;
    text = db_text(db, 0, &n);
    *out = json_parse(text, n);
    return *out != NULL ? ST_OK : ST_BROKEN;
}

/* ---- all of them ------------------------------------------------------------------- */

static void conditions(struct page_query *q, const struct template_filter *f)
{
    static const char *const searched[] = {"t.name", "t.label", NULL};
#define IN_FORCE "EXISTS (SELECT 1 FROM template_version v WHERE v.active_of = t.id)"

    if (f->q != NULL)
        page_and_holds(q, searched, f->q);
    if (f->kind != 0)
        page_and(q, "t.kind = ?", DB_INT(f->kind));
    if (f->purpose != 0)
        page_and(q, "t.purpose = ?", DB_INT(f->purpose));
    if (f->archived >= 0)
        page_and_plain(q, f->archived > 0 ? "t.archived_at IS NOT NULL"
                                          : "t.archived_at IS NULL");
    if (f->active >= 0)
        page_and_plain(q, f->active > 0 ? IN_FORCE : "NOT " IN_FORCE);
}

enum status template_search(struct db *db, const struct template_filter *f,
                            struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "t.id", TEMPLATE_COLUMNS, "template t");
}

enum status template_search_next(struct db *db, struct page *p, struct template *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        template_row(db, db_int(db, 1), PAGE_COLUMNS, out);
    return st;
}

enum status template_total(struct db *db, const struct template_filter *f,
                           int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, "template t", total);
}

/* ---- the versions of one ------------------------------------------------------------ */

enum status template_versions(struct db *db, int64_t id, int before,
                              struct template_version *out, int room, int *n)
{
    size_t text_n;
    const char *text;
    enum status st = db_select(
        db,
        "SELECT no, status, made_by, made_at, activated_by, activated_at, content"
        " FROM template_version WHERE template_id = ? AND no < ? ORDER BY no DESC"
        " LIMIT ?",
        DB_INT(id), DB_INT(before > 0 ? before : INT32_MAX), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK) {
        text = db_text(db, 6, &text_n);
        out[(*n)++] =
            (struct template_version){.no = (int)db_int(db, 0),
                                      .status = (enum template_status)db_int(db, 1),
                                      .made_by = db_int(db, 2),
                                      .made_at = db_time(db, 3),
                                      .activated_by = db_int(db, 4),
                                      .activated_at = db_time(db, 5),
                                      .content = json_parse(text, text_n)};
    }
    return st == ST_NONE ? ST_OK : st;
}
