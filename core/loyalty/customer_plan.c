/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * By which index customers are found: the rarest filter's, or that of the order. */
#include "core/loyalty/customer_search_private.h"

#include <stdio.h>
#include <string.h>

/* The numbers of those who fit one filter, by its index alone. */
struct source {
    struct buf sql;
    struct db_arg args[CUSTOMER_LIST_MAX * 4];
    size_t n;
    /* Sorted by number there, so that it can be walked: an index of customer c, or a
     * table of its own. NULL: it cannot. */
    const char *from, *id, *where;
    const char *column; /* a stretch of that order's index; NULL: of none */
};

/* One filter more with an index: here, and its condition in customer_where.c. */
#define SOURCES 13

struct sources {
    struct source all[SOURCES];
    int n;
};

static struct source *source_new(struct sources *s, const char *sql)
{
    struct source *one;

    if (s->n == SOURCES)
        return NULL;
    one = &s->all[s->n++];
    *one = (struct source){0};
    buf_adds(&one->sql, sql);
    return one;
}

static void source_add(struct sources *s, const char *sql, struct db_arg arg)
{
    struct source *one = source_new(s, sql);

    if (one != NULL)
        one->args[one->n++] = arg;
}

static void source_ids(struct sources *s, const char *sql, const int64_t *ids, size_t n)
{
    struct source *one = n > 0 ? source_new(s, sql) : NULL;

    for (size_t i = 0; one != NULL && i < n; i++) {
        buf_adds(&one->sql, i > 0 ? ", ?" : " IN (?");
        one->args[one->n++] = DB_INT(ids[i]);
    }
    if (one != NULL)
        buf_addc(&one->sql, ')');
}

static void q_sources(struct sources *s, const struct asked *a)
{
    if (a->code[0] != '\0')
        source_add(s, "SELECT customer_id AS id FROM discount WHERE code = ?",
                   DB_TEXT(a->code));
    if (a->tail[0] == '\0' && a->number != 0)
        source_add(s, "SELECT id FROM customer WHERE id = ?", DB_INT(a->number));
    if (a->tail[0] != '\0') {
        source_add(s,
                   "SELECT id FROM customer WHERE phone_tail = ?"
                   " UNION ALL SELECT id FROM customer WHERE id = ?",
                   DB_TEXT(a->tail));
        s->all[s->n - 1].args[s->all[s->n - 1].n++] = DB_INT(a->number);
    }
    for (int i = 0; i < a->words; i++)
        source_add(s, "SELECT customer_id AS id FROM customer_word WHERE word LIKE ?",
                   DB_TEXT(a->word[i]));
}

#define FROM_CUSTOMER "SELECT id FROM customer WHERE "

/* From one on, before another one, or both; column: "c.created_at". */
static void range_source(struct sources *s, const char *column, struct db_arg from,
                         struct db_arg to)
{
    struct source *one = from.kind == DB_KIND_NULL && to.kind == DB_KIND_NULL
                             ? NULL
                             : source_new(s, FROM_CUSTOMER);

    if (one == NULL)
        return;
    one->column = column;
    if (from.kind != DB_KIND_NULL) {
        buf_addf(&one->sql, "%s >= ?", column + 2);
        one->args[one->n++] = from;
    }
    if (to.kind != DB_KIND_NULL) {
        buf_addf(&one->sql, "%s%s < ?", one->n > 0 ? " AND " : "", column + 2);
        one->args[one->n++] = to;
    }
}

static void birthday_source(struct sources *s, const struct customer_filter *f)
{
    int to = f->birthday_to != 0 ? f->birthday_to : 1231;

    if (f->birthday_from == 0 && f->birthday_to == 0)
        return;
    source_add(s,
               f->birthday_from <= to ? FROM_CUSTOMER "birth_md >= ? AND birth_md <= ?"
                                      : FROM_CUSTOMER "birth_md >= ? OR birth_md <= ?",
               DB_INT(f->birthday_from));
    s->all[s->n - 1].args[s->all[s->n - 1].n++] = DB_INT(to);
    s->all[s->n - 1].column = "c.birth_md";
}

static void walkable(struct sources *s, bool yes, const char *from, const char *where)
{
    struct source *one = &s->all[s->n - 1];

    if (!yes || s->n == 0)
        return;
    one->from = from;
    one->where = where;
    one->id = *where == 'd' ? "d.customer_id" : "c.id";
}

static struct db_arg time_or_none(int64_t at)
{
    return at != 0 ? DB_TIME(at) : DB_NULL;
}

static void sources_make(struct sources *s, const struct asked *a)
{
    const struct customer_filter *f = a->f;

    if (a->people.len > 0)
        source_add(s,
                   "SELECT j.id FROM JSON_TABLE(?, '$[*]' COLUMNS"
                   " (id BIGINT PATH '$')) j",
                   DB_TEXT_N(a->people.s, a->people.len));
    q_sources(s, a);
    if (a->tags_n > 0) {
        source_ids(s, "SELECT customer_id AS id FROM customer_tag WHERE tag_id",
                   a->tags, a->tags_n);
        walkable(s, a->tags_n == 1,
                 "customer_tag d FORCE INDEX (PRIMARY) STRAIGHT_JOIN customer c"
                 " ON c.id = d.customer_id",
                 "d.tag_id = ?");
    }
    if (f->source != NULL) {
        source_add(s, "SELECT id FROM customer WHERE source = ?", DB_TEXT(f->source));
        walkable(s, true, "customer c FORCE INDEX (ix_customer_source)",
                 "c.source = ?");
    }
    if (a->stores_n > 0) {
        source_ids(s, "SELECT id FROM customer WHERE home_store_id", a->stores,
                   a->stores_n);
        walkable(s, a->stores_n == 1, "customer c FORCE INDEX (ix_customer_home)",
                 "c.home_store_id = ?");
    }
    birthday_source(s, f);
    range_source(s, "c.created_at", time_or_none(f->created_after),
                 time_or_none(f->created_before));
    range_source(s, "c.last_purchase_at",
                 f->bought_before != 0 && f->bought_after == 0
                     ? DB_TIME(1)
                     : time_or_none(f->bought_after),
                 time_or_none(f->bought_before));
    if (f->by_total)
        range_source(s, "c.spent_total", DB_INT(f->total_min), DB_NULL);
    if (f->states == 1U << STATE_BLOCKED)
        source_new(s, "SELECT id FROM customer WHERE barred_at IS NOT NULL");
    if (f->states == 1U << STATE_ERASED || f->states == 1U << STATE_UNREACHABLE)
        source_add(s, "SELECT id FROM customer WHERE status = ?",
                   DB_INT(f->states == 1U << STATE_ERASED ? 3 : 2));
}

/* ---- the choice ------------------------------------------------------------------- */

static enum status source_count(struct db *db, struct source *s, int64_t *out)
{
    struct db_arg args[CUSTOMER_LIST_MAX * 4 + 1];
    struct buf sql = {0};
    enum status st = ST_BROKEN;

    memcpy(args, s->args, s->n * sizeof *args);
    args[s->n] = DB_INT(CUSTOMER_GATHER + 1);
    buf_addf(&sql,
             DB_AFRESH "SELECT COUNT(*) FROM (SELECT g.id FROM (%s) g LIMIT ?) counted",
             s->sql.s != NULL ? s->sql.s : "");
    if (!sql.failed && !s->sql.failed)
        st = db_one_args(db, sql.s, args, s->n + 1);
    if (st == ST_OK)
        *out = db_int(db, 0);
    buf_free(&sql);
    return st;
}

static void gather(const struct source *s, struct plan *out)
{
    buf_addf(&out->from,
             "(SELECT DISTINCT g.id FROM (%s) g) found STRAIGHT_JOIN customer c"
             " ON c.id = found.id",
             s->sql.s);
    memcpy(out->from_args, s->args, s->n * sizeof *s->args);
    out->from_n = s->n;
}

/* The index of an order, of which the table of sorts says the column. */
static const char *index_of(const char *column)
{
    static const char *const indexes[][2] = {
        {"c.id", "PRIMARY"},
        {"c.created_at", "ix_customer_created"},
        {"c.last_purchase_at", "ix_customer_bought"},
        {"c.spent_total", "ix_customer_spent"},
        {"c.birth_md", "ix_customer_birth"},
    };

    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (strcmp(indexes[i][0], column) == 0)
            return indexes[i][1];
    return "PRIMARY";
}

/* Of the order's own index no more than the filter by that column leaves. */
static void stretch(const struct sources *s, struct plan *out)
{
    for (int i = 0; i < s->n; i++) {
        const struct source *one = &s->all[i];

        if (one->column == NULL || strcmp(one->column, out->sort.column) != 0)
            continue;
        snprintf(out->where, sizeof out->where, "%s",
                 one->sql.s + strlen(FROM_CUSTOMER));
        memcpy(out->where_args, one->args, one->n * sizeof *one->args);
        out->where_n = one->n;
    }
}

static void walk(const struct sources *s, struct plan *out)
{
    const struct source *by = NULL;

    out->walk = true;
    for (int i = 0; i < s->n && strcmp(out->sort.column, "c.id") == 0; i++)
        if (s->all[i].from != NULL)
            by = &s->all[i];
    if (by == NULL) {
        buf_addf(&out->from, "customer c FORCE INDEX (%s)", index_of(out->sort.column));
        stretch(s, out);
        return;
    }
    buf_adds(&out->from, by->from);
    out->id = out->sort.column = by->id;
    snprintf(out->where, sizeof out->where, "%s", by->where);
    out->where_args[out->where_n++] = by->args[0];
}

/* A stretch of the order's own index: sorted as it is, and walked to its end. */
static bool is_own(const struct source *s, const struct page_sort *sort)
{
    return s->column != NULL && strcmp(s->column, sort->column) == 0;
}

enum status plan_make(struct db *db, const struct asked *a,
                      const struct page_sort *sort, struct plan *out)
{
    struct sources s = {0};
    int64_t rarest = CUSTOMER_GATHER + 1, n = 0;
    const struct source *by = NULL;
    enum status st = ST_OK;

    *out = (struct plan){.sort = *sort, .id = "c.id"};
    if (!a->nobody)
        sources_make(&s, a);
    for (int i = 0; i < s.n && rarest > 0 && st == ST_OK; i++) {
        st = source_count(db, &s.all[i], &n);
        if (st == ST_OK && n < rarest) {
            rarest = n;
            by = &s.all[i];
        }
    }
    if (a->nobody)
        buf_adds(&out->from, "customer c");
    else if (by != NULL && !is_own(by, sort))
        gather(by, out);
    else
        walk(&s, out);
    for (int i = 0; i < s.n; i++)
        buf_free(&s.all[i].sql);
    return st == ST_OK && out->from.failed ? ST_BROKEN : st;
}

void plan_free(struct plan *p)
{
    buf_free(&p->from);
}

void plan_begin(const struct plan *p, struct page_query *q)
{
    for (size_t i = 0; i < p->from_n; i++)
        page_arg(q, p->from_args[i]);
    if (p->where_n > 0)
        page_and(q, p->where, p->where_args[0]);
    if (p->where_n > 1)
        page_arg(q, p->where_args[1]);
}
