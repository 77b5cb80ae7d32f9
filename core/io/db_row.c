/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/db_row.h"

#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

#define COLUMN_START 64 /* bytes a text column starts with */

struct db_col {
    enum db_kind kind;
    db_flag null, cut;
    unsigned long len; /* the library's; its 3.3.19 sets it to 0 when bound again */
    size_t n;          /* what it was when the row came */
    long long number;
    MYSQL_TIME time;
    char *text;
    size_t cap;
};

void db_rows_end(struct db_rows *r)
{
    if (r->open != NULL)
        mysql_stmt_free_result(r->open);
    r->open = NULL;
}

void db_rows_free(struct db_rows *r)
{
    for (unsigned i = 0; i < r->cap; i++)
        free(r->cols[i].text);
    free(r->cols);
    free(r->into);
}

static enum db_kind kind_of(enum enum_field_types type)
{
    static const struct {
        enum enum_field_types type;
        enum db_kind kind;
    } kinds[] = {
        {MYSQL_TYPE_TINY, DB_KIND_INT},      {MYSQL_TYPE_SHORT, DB_KIND_INT},
        {MYSQL_TYPE_INT24, DB_KIND_INT},     {MYSQL_TYPE_LONG, DB_KIND_INT},
        {MYSQL_TYPE_LONGLONG, DB_KIND_INT},  {MYSQL_TYPE_YEAR, DB_KIND_INT},
        {MYSQL_TYPE_DATETIME, DB_KIND_TIME}, {MYSQL_TYPE_TIMESTAMP, DB_KIND_TIME},
        {MYSQL_TYPE_DATE, DB_KIND_DATE},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == type)
            return kinds[i].kind;
    return DB_KIND_TEXT; /* DECIMAL too: sums are read as digits */
}

static bool cols_grow(struct db_rows *r, unsigned n)
{
    struct db_col *cols;
    MYSQL_BIND *into;

    if (n <= r->cap)
        return true;
    into = realloc(r->into, n * sizeof *into);
    r->into = into != NULL ? into : r->into;
    cols = realloc(r->cols, n * sizeof *cols);
    r->cols = cols != NULL ? cols : r->cols;
    if (into == NULL || cols == NULL)
        return false;
    memset(cols + r->cap, 0, (n - r->cap) * sizeof *cols);
    r->cap = n;
    return true;
}

static bool col_room(struct db_col *c, size_t n)
{
    char *text;

    if (n < c->cap)
        return true;
    text = realloc(c->text, n + 1);
    if (text == NULL)
        return false;
    c->text = text;
    c->cap = n + 1;
    return true;
}

static bool col_bind(struct db_col *c, MYSQL_BIND *b, enum enum_field_types type)
{
    c->kind = kind_of(type);
    *b = (MYSQL_BIND){.is_null = &c->null, .error = &c->cut, .length = &c->len};
    if (c->kind == DB_KIND_INT) {
        b->buffer_type = MYSQL_TYPE_LONGLONG;
        b->buffer = &c->number;
        b->buffer_length = sizeof c->number;
    } else if (c->kind == DB_KIND_TEXT) {
        if (!col_room(c, COLUMN_START))
            return false;
        b->buffer_type = MYSQL_TYPE_BLOB; /* bytes as they are, no conversion */
        b->buffer = c->text;
        b->buffer_length = c->cap - 1;
    } else {
        b->buffer_type = MYSQL_TYPE_DATETIME;
        b->buffer = &c->time;
        b->buffer_length = sizeof c->time;
    }
    return true;
}

enum status db_rows_begin(struct db_rows *r, MYSQL_STMT *h)
{
    MYSQL_RES *meta = mysql_stmt_result_metadata(h);
    unsigned n = meta != NULL ? mysql_num_fields(meta) : 0;
    MYSQL_FIELD *fields = meta != NULL ? mysql_fetch_fields(meta) : NULL;
    bool good = n > 0 && cols_grow(r, n);

    r->n = good ? n : 0;
    for (unsigned i = 0; good && i < n; i++)
        good = col_bind(&r->cols[i], &r->into[i], fields[i].type);
    if (meta != NULL)
        mysql_free_result(meta);
    if (!good || mysql_stmt_bind_result(h, r->into) != 0) {
        mysql_stmt_free_result(h);
        return ST_BROKEN;
    }
    r->open = h;
    return ST_OK;
}

/* A text longer than its column was so far: more room, and once more. */
static enum status col_again(struct db_rows *r, unsigned i)
{
    struct db_col *c = &r->cols[i];
    size_t n = c->n;

    if (c->null || c->kind != DB_KIND_TEXT || n < c->cap)
        return ST_OK;
    if (!col_room(c, n))
        return ST_BROKEN;
    r->into[i].buffer = c->text;
    r->into[i].buffer_length = c->cap - 1;
    if (mysql_stmt_fetch_column(r->open, &r->into[i], i, 0) != 0)
        return ST_BROKEN;
    return ST_OK;
}

enum status db_next(struct db *db)
{
    struct db_rows *r = db_rows_of(db);
    enum status st = ST_OK;
    bool grown = false;
    int rc;

    if (r->open == NULL)
        return ST_NONE;
    rc = mysql_stmt_fetch(r->open);
    if (rc != 0 && rc != MYSQL_DATA_TRUNCATED) {
        db_rows_end(r);
        return rc == MYSQL_NO_DATA ? ST_NONE : ST_BROKEN;
    }
    for (unsigned i = 0; st == ST_OK && i < r->n; i++) {
        size_t before = r->cols[i].cap;

        r->cols[i].n = r->cols[i].len;
        st = col_again(r, i);
        grown = grown || r->cols[i].cap != before;
        if (st == ST_OK && r->cols[i].kind == DB_KIND_TEXT)
            r->cols[i].text[r->cols[i].null ? 0 : r->cols[i].n] = '\0';
    }
    /* The library copied the binds: tell it where the columns live now. */
    if (st == ST_OK && grown && mysql_stmt_bind_result(r->open, r->into) != 0)
        st = ST_BROKEN;
    if (st != ST_OK)
        db_rows_end(r);
    return st;
}

static const struct db_col *col_at(const struct db *db, int col)
{
    static const struct db_col none = {.null = 1};
    const struct db_rows *r = db_rows_of(db);

    return col >= 0 && (unsigned)col < r->n ? &r->cols[col] : &none;
}

bool db_is_null(const struct db *db, int col)
{
    return col_at(db, col)->null != 0;
}

int64_t db_int(const struct db *db, int col)
{
    const struct db_col *c = col_at(db, col);

    if (c->null)
        return 0;
    return c->kind == DB_KIND_TEXT ? strtoll(c->text, NULL, 10) : c->number;
}

int64_t db_time(const struct db *db, int col)
{
    const struct db_col *c = col_at(db, col);
    const MYSQL_TIME *t = &c->time;

    if (c->null || (c->kind != DB_KIND_TIME && c->kind != DB_KIND_DATE))
        return 0;
    return db_instant((struct db_wall){.year = (int)t->year,
                                       .month = (int)t->month,
                                       .day = (int)t->day,
                                       .hour = (int)t->hour,
                                       .minute = (int)t->minute,
                                       .second = (int)t->second,
                                       .us = (int)t->second_part});
}

int32_t db_day(const struct db *db, int col)
{
    return (int32_t)(db_time(db, col) / DAY); /* exact: a DATE has no time of day */
}

const char *db_text(const struct db *db, int col, size_t *n)
{
    const struct db_col *c = col_at(db, col);
    bool there = !c->null && c->kind == DB_KIND_TEXT;

    if (n != NULL)
        *n = there ? c->n : 0;
    return there ? c->text : NULL;
}
