/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of columns that hold ASCII only, too: what is looked for may be Russian. */
#define LETTERS "utf8mb4_unicode_520_ci"

/* ---- conditions ------------------------------------------------------------------ */

static bool args_grow(struct page_query *q)
{
    size_t room = q->room > 0 ? 2 * q->room : 32;
    struct db_arg *args =
        room <= PAGE_ARGS ? realloc(q->args, room * sizeof *args) : NULL;

    if (args == NULL)
        return false;
    q->args = args;
    q->room = room;
    return true;
}

void page_arg(struct page_query *q, struct db_arg arg)
{
    if (q->n == q->room && !args_grow(q))
        q->failed = true;
    else
        q->args[q->n++] = arg;
}

void page_and_plain(struct page_query *q, const char *condition)
{
    buf_adds(&q->where, q->where.len > 0 ? " AND (" : " WHERE (");
    buf_adds(&q->where, condition);
    buf_addc(&q->where, ')');
}

void page_and(struct page_query *q, const char *condition, struct db_arg arg)
{
    page_and_plain(q, condition);
    page_arg(q, arg);
}

void page_and_in(struct page_query *q, const char *column, const int64_t *ids, size_t n)
{
    struct buf in = {0};

    if (n == 0)
        return;
    buf_addf(&in, "%s IN (", column);
    for (size_t i = 0; i < n; i++) {
        buf_adds(&in, i > 0 ? ", ?" : "?");
        page_arg(q, DB_INT(ids[i]));
    }
    buf_addc(&in, ')');
    if (in.failed)
        q->failed = true;
    else
        page_and_plain(q, in.s);
    buf_free(&in);
}

void page_and_holds(struct page_query *q, const char *const *columns, const char *text)
{
    struct buf any = {0};

    for (int i = 0; columns[i] != NULL; i++) {
        buf_addf(&any, "%sINSTR(CONVERT(%s USING utf8mb4) COLLATE " LETTERS ", ?) > 0",
                 i > 0 ? " OR " : "", columns[i]);
        page_arg(q, DB_TEXT(text));
    }
    if (any.failed)
        q->failed = true;
    else
        page_and_plain(q, any.s);
    buf_free(&any);
}

void page_query_free(struct page_query *q)
{
    buf_free(&q->where);
    free(q->args);
    *q = (struct page_query){0};
}

/* ---- the page -------------------------------------------------------------------- */

static struct db_arg place_arg(const struct page *p)
{
    if (p->sort->kind == PAGE_TEXT)
        return DB_TEXT(p->place.text);
    return p->sort->kind == PAGE_TIME ? DB_TIME(p->place.number)
                                      : DB_INT(p->place.number);
}

/* "a > ? OR (a = ? AND id > ?)": two stretches of an index of (a, id), and where many
 * rows have the same a, those before the place are not read again. */
static void place_add(struct page_query *q, const struct page *p, const char *id)
{
    const char *way = p->descending != p->backwards ? "<" : ">";
    bool by_id = strcmp(p->sort->column, id) == 0;
    struct buf at = {0};

    if (by_id)
        buf_addf(&at, "%s %s ?", id, way);
    else
        buf_addf(&at, "%s %s ? OR (%s = ? AND %s %s ?)", p->sort->column, way,
                 p->sort->column, id, way);
    if (at.failed)
        q->failed = true;
    else
        page_and_plain(q, at.s);
    page_arg(q, by_id ? DB_INT(p->place.id) : place_arg(p));
    if (!by_id) {
        page_arg(q, place_arg(p));
        page_arg(q, DB_INT(p->place.id));
    }
    buf_free(&at);
}

enum status page_select(struct db *db, struct page *p, struct page_query *q,
                        const char *id, const char *columns, const char *from)
{
    const char *way = p->descending != p->backwards ? "DESC" : "ASC";
    struct buf sql = {0};
    enum status st = ST_BROKEN;

    p->rows = 0;
    p->more = p->cut = false;
    if (p->placed)
        place_add(q, p, id);
    buf_addf(&sql, "SELECT %s, %s, %s FROM %s", p->sort->column, id, columns,
             from != NULL ? from : "");
    buf_add(&sql, q->where.s, q->where.len);
    buf_addf(&sql, " ORDER BY %s %s", p->sort->column, way);
    if (strcmp(p->sort->column, id) != 0)
        buf_addf(&sql, ", %s %s", id, way);
    buf_adds(&sql, " LIMIT ? OFFSET ?");
    page_arg(q, DB_INT(p->limit + 1));
    page_arg(q, DB_INT(p->offset));
    if (from != NULL && !sql.failed && !q->failed && !q->where.failed)
        st = db_select_args(db, sql.s, q->args, q->n);
    buf_free(&sql);
    page_query_free(q);
    return st;
}

static void place_read(const struct db *db, const struct page *p,
                       struct page_place *out)
{
    const char *text = p->sort->kind == PAGE_TEXT ? db_text(db, 0, NULL) : NULL;

    *out = (struct page_place){.id = db_int(db, 1)};
    if (p->sort->kind == PAGE_INT)
        out->number = db_int(db, 0);
    else if (p->sort->kind == PAGE_TIME)
        out->number = db_time(db, 0);
    else if (text != NULL)
        snprintf(out->text, sizeof out->text, "%s", text);
}

enum status page_next(struct db *db, struct page *p)
{
    enum status st = db_next(db);

    if (st != ST_OK)
        return st;
    if (p->rows == p->limit) {
        p->more = true;
        return ST_NONE;
    }
    place_read(db, p, &p->last);
    if (p->rows++ == 0)
        p->first = p->last;
    return ST_OK;
}

enum status page_total(struct db *db, struct page_query *q, const char *from,
                       int64_t *total)
{
    struct buf sql = {0};
    enum status st = ST_BROKEN;

    page_arg(q, DB_INT(PAGE_TOTAL_MAX + 1));
    buf_addf(&sql, "SELECT " DB_AFRESH "COUNT(*) FROM (SELECT 1 AS one FROM %s", from);
    buf_add(&sql, q->where.s, q->where.len);
    buf_adds(&sql, " LIMIT ?) AS counted");
    if (!sql.failed && !q->failed && !q->where.failed)
        st = db_one_args(db, sql.s, q->args, q->n);
    if (st == ST_OK)
        *total = db_int(db, 0);
    buf_free(&sql);
    page_query_free(q);
    return st;
}
