/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/export.h"

#include "core/base/json.h"
#include "core/base/tz.h"
#include "core/loyalty/erasure.h"

#include <string.h>

/* SELECT JSON_OBJECT('a', a, 'b', b) …: the server knows the types of its columns.
 * false: there is nothing to show of that table. */
static bool query(const struct erasure_scope *s, struct buf *sql)
{
    int n = 0;

    for (size_t i = 0; i < erasure_rules && s->order != NULL; i++) {
        const struct erasure_rule *r = &erasure_table[i];

        if (strcmp(r->table, s->table) != 0 || r->shown != ERASURE_SHOWN)
            continue;
        buf_adds(sql, n++ == 0 ? "SELECT o FROM (SELECT JSON_OBJECT(" : ", ");
        buf_addf(sql, "'%s', %s.%s", r->column, s->table, r->column);
    }
    if (n > 0)
        buf_addf(sql,
                 ") AS o, %s AS k FROM %s WHERE %s ORDER BY k DESC LIMIT ?) r"
                 " ORDER BY k",
                 s->order, s->from != NULL ? s->from : s->table, s->where);
    return n > 0;
}

static enum status external_id(struct db *db, int64_t customer_id, int64_t *out)
{
    enum status st = db_one(db, "SELECT external_id FROM customer WHERE id = ?",
                            DB_INT(customer_id));

    if (st == ST_OK)
        *out = db_int(db, 0);
    return st;
}

struct who {
    int64_t customer_id, external_id;
    int rows; /* of each table, at most */
};

/* A message's payload is JSON by itself. */
static void push(struct json *to, const struct json *row)
{
    struct json *copy = json_copy(row);
    size_t n;
    const char *text = json_text(row, "payload", &n);
    struct json *payload = text != NULL ? json_parse(text, n) : NULL;

    if (payload != NULL)
        json_set(copy, "payload", payload);
    json_push(to, copy);
}

static enum status each(struct db *db, const struct who *who,
                        const struct erasure_scope *s, struct json *to)
{
    struct db_arg args[ERASURE_ARGS + 1];
    struct buf sql = {0};
    size_t n;
    enum status st;

    if (!query(s, &sql)) {
        buf_free(&sql);
        return ST_OK;
    }
    n = erasure_args(s, who->customer_id, who->external_id, args);
    args[n++] = DB_INT(who->rows);
    st = sql.failed ? ST_BROKEN : db_select_args(db, sql.s, args, n);
    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        const char *text = db_text(db, 0, &n);
        struct json *row = json_parse(text, n);

        if (row == NULL)
            st = ST_BROKEN;
        else
            push(to, row);
        json_free(row);
    }
    buf_free(&sql);
    return st == ST_NONE ? ST_OK : st;
}

/* A table's rows are together; each begins with its first one. */
static bool begins(size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(erasure_table[j].table, erasure_table[i].table) == 0)
            return false;
    return erasure_scope(erasure_table[i].table) != NULL &&
           erasure_scope(erasure_table[i].table)->order != NULL;
}

static void made_at(struct json *o, int64_t now)
{
    struct buf when = {0};
    struct tz *utc = tz_open("UTC");

    if (utc != NULL)
        tz_add_time(&when, utc, now, "en");
    buf_adds(&when, " UTC");
    json_set_text(o, "made_at", when.failed ? NULL : when.s);
    buf_free(&when);
    tz_close(utc);
}

static enum status build(struct db *db, int64_t now, const struct who *who,
                         struct buf *out)
{
    struct json *o = json_new_object();
    enum status st = ST_OK;

    made_at(o, now);
    json_set_int(o, "rows_at_most", who->rows);
    for (size_t i = 0; i < erasure_rules && st == ST_OK; i++)
        if (begins(i)) {
            const struct erasure_scope *s = erasure_scope(erasure_table[i].table);
            struct json *rows = json_new_array();

            st = each(db, who, s, rows);
            json_set(o, s->table, rows);
        }
    if (st == ST_OK && json_print(o) == NULL)
        st = ST_BROKEN;
    if (st == ST_OK)
        buf_adds(out, json_print(o));
    json_free(o);
    return st == ST_OK && out->failed ? ST_BROKEN : st;
}

/* Somebody with more than a file can carry gets the newest of it. */
enum status export_json(struct db *db, int64_t now, int64_t customer_id, size_t max,
                        struct buf *out)
{
    struct who who = {.customer_id = customer_id, .rows = EXPORT_ROWS};
    enum status st = external_id(db, customer_id, &who.external_id);

    if (st == ST_OK)
        st = build(db, now, &who, out);
    while (st == ST_OK && out->len > max && who.rows > 1) {
        who.rows /= 4;
        buf_clear(out);
        st = build(db, now, &who, out);
    }
    return st;
}
