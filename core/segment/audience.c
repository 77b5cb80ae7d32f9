/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/audience.h"

#include "core/segment/compile.h"

#include <stdlib.h>
#include <string.h>

/* Each of the two servers reads its own half and skips the other's as a comment. */
#define LIMITED(seconds, ms)                                                           \
    "/*M!100100 SET STATEMENT max_statement_time=" seconds                             \
    ", optimizer_switch='split_materialized=off' FOR */ SELECT /*+ "                   \
    "MAX_EXECUTION_TIME(" ms ") */ "
#define QUICK LIMITED("5", "5000")
#define PATIENT LIMITED("20", "20000")

#define LED " STRAIGHT_JOIN customer c ON c.id = g.id"
#define KNOWN " WHERE c.status <> 3 AND ("
#define MAY_BE_TOLD "c.status = 1 AND c.marketing_ok = 1 AND c.barred_at IS NULL"

/* select + rule + rest, the rule's values between those of the two. */
struct asked {
    const char *select, *rest;
    struct db_arg arg[2]; /* of rest */
    size_t n;
};

static enum status ask(struct db *db, const struct compiled *c, const struct asked *a)
{
    struct buf sql = {0};
    struct db_arg *args = malloc((c->n + a->n) * sizeof *args + 1);
    enum status st = ST_BROKEN;

    buf_adds(&sql, a->select);
    buf_adds(&sql, " FROM ");
    buf_add(&sql, c->from.s, c->from.len);
    buf_adds(&sql, c->from.len > 0 ? LED : "customer c");
    buf_adds(&sql, KNOWN);
    buf_add(&sql, c->sql.s, c->sql.len);
    buf_addc(&sql, ')');
    buf_adds(&sql, a->rest);
    if (args != NULL && !sql.failed) {
        memcpy(args, c->args, c->n * sizeof *args);
        memcpy(args + c->n, a->arg, a->n * sizeof *args);
        st = db_select_args(db, sql.s, args, c->n + a->n);
    }
    free(args);
    buf_free(&sql);
    return st;
}

static enum status compiled_of(const struct rule *r, const struct moment *m, bool few,
                               struct compiled **out)
{
    enum status st;

    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return ST_BROKEN;
    (*out)->few = few;
    (*out)->lead = !few;
    st = compile_rule(r, m, *out);
    if (st != ST_OK)
        compiled_free(*out);
    return st;
}

static void compiled_drop(struct compiled *c)
{
    if (c != NULL)
        compiled_free(c);
    free(c);
}

/* ---- how many --------------------------------------------------------------------- */

#define SIZE "COUNT(*), COALESCE(SUM(" MAY_BE_TOLD "), 0)"

static enum status counted(struct db *db, const struct compiled *c, const char *select,
                           struct audience_size *out)
{
    const struct asked a = {.select = select, .rest = ""};
    enum status st = ask(db, c, &a);

    if (st == ST_OK)
        st = db_next(db);
    if (st != ST_OK)
        return st == ST_NONE ? ST_BROKEN : st;
    out->all = db_int(db, 0);
    out->marketing = db_int(db, 1);
    return ST_OK;
}

enum status audience_count(struct db *db, const struct rule *r, const struct moment *m,
                           struct audience_size *out)
{
    struct compiled *c;
    enum status st = compiled_of(r, m, false, &c);

    if (st == ST_OK)
        st = counted(db, c, PATIENT SIZE, out);
    compiled_drop(c);
    return st;
}

/* ---- which ------------------------------------------------------------------------ */

static enum status ids(struct db *db, const struct compiled *c, const struct asked *a,
                       int64_t *out, int *n)
{
    enum status st = ask(db, c, a);

    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        out[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}

/* Somewhere among the ids: by the rule and the day. */
static enum status sample_start(struct db *db, const struct rule *r,
                                const struct moment *m, int64_t *start)
{
    uint64_t h = (uint64_t)m->today * 0x9e3779b97f4a7c15u;
    enum status st = db_one(db, "SELECT COALESCE(MAX(id), 0) FROM customer");

    for (int i = 0; i < 8; i++)
        h = (h ^ r->hash[i]) * 1099511628211u;
    if (st == ST_OK)
        *start = (int64_t)(h % (uint64_t)(db_int(db, 0) + 1));
    return st;
}

static enum status sampled(struct db *db, const struct rule *r, const struct moment *m,
                           int room, struct audience_preview *out)
{
    struct asked a = {
        .select = QUICK "c.id", .rest = " AND c.id >= ? ORDER BY c.id LIMIT ?", .n = 2};
    struct compiled *c;
    int64_t start = 0;
    enum status st = sample_start(db, r, m, &start);

    if (st != ST_OK)
        return st;
    st = compiled_of(r, m, true, &c);
    a.arg[0] = DB_INT(start);
    a.arg[1] = DB_INT(room);
    if (st == ST_OK)
        st = ids(db, c, &a, out->id, &out->n);
    if (st == ST_OK && out->n < room) {
        a.rest = " AND c.id < ? ORDER BY c.id LIMIT ?";
        a.arg[1] = DB_INT(room - out->n);
        st = ids(db, c, &a, out->id, &out->n);
    }
    compiled_drop(c);
    return st;
}

enum status audience_preview(struct db *db, const struct rule *r,
                             const struct moment *m, int sample,
                             struct audience_preview *out)
{
    int room = sample < AUDIENCE_SAMPLE_MAX ? sample : AUDIENCE_SAMPLE_MAX;
    struct compiled *c;
    enum status st;

    *out = (struct audience_preview){.cost = compile_cost(r)};
    st = compiled_of(r, m, false, &c);
    if (st == ST_OK)
        st = counted(db, c, QUICK SIZE, &out->size);
    compiled_drop(c);
    if (st == ST_OK && room > 0 && out->size.all > 0)
        st = sampled(db, r, m, room, out);
    return st;
}

enum status audience_walk(struct db *db, const struct rule *r, const struct moment *m,
                          struct audience_chunk *chunk)
{
    const struct asked a = {.select = PATIENT "c.id",
                            .rest = " AND c.id > ? ORDER BY c.id LIMIT ?",
                            .arg = {DB_INT(chunk->after_id), DB_INT(chunk->room)},
                            .n = 2};
    struct compiled *c;
    enum status st;

    chunk->n = 0;
    if (chunk->room < 1 || chunk->room > AUDIENCE_CHUNK_MAX)
        return ST_BAD;
    st = compiled_of(r, m, true, &c);
    if (st == ST_OK)
        st = ids(db, c, &a, chunk->id, &chunk->n);
    if (st == ST_OK && chunk->n > 0)
        chunk->after_id = chunk->id[chunk->n - 1];
    compiled_drop(c);
    return st;
}

enum status audience_some(struct db *db, const struct rule *r, const struct moment *m,
                          struct audience_chunk *chunk)
{
    const struct asked a = {.select = QUICK "c.id",
                            .rest = " LIMIT ?",
                            .arg = {DB_INT(chunk->room)},
                            .n = 1};
    struct compiled *c;
    enum status st;

    chunk->n = 0;
    if (chunk->room < 1 || chunk->room > AUDIENCE_CHUNK_MAX)
        return ST_BAD;
    st = compiled_of(r, m, false, &c);
    if (st == ST_OK)
        st = ids(db, c, &a, chunk->id, &chunk->n);
    compiled_drop(c);
    return st;
}

enum status audience_has(struct db *db, const struct rule *r, const struct moment *m,
                         int64_t customer_id)
{
    const struct asked a = {.select = QUICK "c.id",
                            .rest = " AND c.id = ?",
                            .arg = {DB_INT(customer_id)},
                            .n = 1};
    struct compiled *c;
    int64_t id[1];
    int n = 0;
    enum status st = compiled_of(r, m, true, &c);

    if (st == ST_OK)
        st = ids(db, c, &a, id, &n);
    compiled_drop(c);
    return st == ST_OK && n == 0 ? ST_NONE : st;
}
