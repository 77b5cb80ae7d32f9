/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/explain.h"

#include "core/segment/compile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asking {
    struct db *db;
    const struct rule *rule;
    const struct explain_ask *ask;
    struct explain *out;
    struct compiled *sql; /* one after the other */
};

/* ---- one expression of one customer ------------------------------------------------ */

/* The row is open behind ST_OK. */
static enum status one(const struct asking *a)
{
    struct compiled *c = a->sql;
    struct buf sql = {0};
    struct db_arg *args = malloc((c->n + 1) * sizeof *args);
    enum status st = ST_BROKEN;

    buf_adds(&sql, "SELECT ");
    buf_add(&sql, c->sql.s, c->sql.len);
    buf_adds(&sql, " FROM customer c WHERE c.id = ? AND c.status <> 3");
    if (args != NULL && !sql.failed) {
        memcpy(args, c->args, c->n * sizeof *args);
        args[c->n] = DB_INT(a->ask->customer_id);
        st = db_one_args(a->db, sql.s, args, c->n + 1);
    }
    free(args);
    buf_free(&sql);
    return st;
}

static enum status fits(const struct asking *a, const struct node *n, bool *out)
{
    enum status st = compile_node(a->rule, n, a->ask->speech->moment, a->sql);

    if (st == ST_OK)
        st = one(a);
    if (st == ST_OK)
        *out = db_int(a->db, 0) != 0;
    compiled_free(a->sql);
    return st;
}

/* ---- what is known there ---------------------------------------------------------- */

static void time_said(const struct asking *a, struct buf *out, int64_t at)
{
    tz_add_time(out, a->ask->speech->moment->tz, at, a->ask->speech->lang);
}

static int age(const struct moment *m, int32_t born)
{
    int years = 0;

    while (years < 200 && moment_born_by(m, years + 1) >= born)
        years++;
    return years;
}

static void field_said(const struct asking *a, const struct node *n, struct buf *out)
{
    const struct speech *t = a->ask->speech;
    const struct trait *f = n->field;
    int64_t v = db_int(a->db, 0);
    const struct choice *c = f->type == TRAIT_ENUM ? choice_of(f, v) : NULL;
    bool ru = strcmp(t->lang, "en") != 0;

    if (f->type == TRAIT_TEXT)
        buf_adds(out, db_text(a->db, 0, NULL));
    else if (f->type == TRAIT_TIME)
        time_said(a, out, db_time(a->db, 0));
    else if (f->type == TRAIT_BOOL)
        buf_adds(out, v != 0 ? (ru ? "да" : "yes") : (ru ? "нет" : "no"));
    else if (f->type == TRAIT_BIRTHDAY)
        buf_addf(out, ru ? "%02d.%02d" : "%02d-%02d", (int)(ru ? v % 100 : v / 100),
                 (int)(ru ? v / 100 : v % 100));
    else if (f->type == TRAIT_AGE)
        buf_addf(out, "%d", age(t->moment, db_day(a->db, 0)));
    else if (c != NULL)
        buf_adds(out, ru ? c->words.ru : c->words.en);
    else
        sentence_number_add(out, f, v, t);
}

static void value_said(const struct asking *a, const struct node *n, struct buf *out)
{
    bool ru = strcmp(a->ask->speech->lang, "en") != 0;

    if (db_is_null(a->db, 0))
        buf_adds(out, ru ? "неизвестно" : "not known");
    else if (n->kind == NODE_FIELD)
        field_said(a, n, out);
    else if (n->kind == NODE_AGG && n->fn == AGG_DAYS)
        time_said(a, out, db_time(a->db, 0));
    else
        sentence_number_add(
            out, n->kind == NODE_AGG && n->fn != AGG_DISTINCT ? n->field : NULL,
            db_int(a->db, 0), a->ask->speech);
}

/* A store is called by its name, which is a question of its own. */
static enum status store_said(const struct asking *a, struct buf *out)
{
    enum status st;

    if (db_is_null(a->db, 0))
        return ST_NONE;
    st = db_one(a->db, "SELECT name FROM store WHERE id = ?", DB_INT(db_int(a->db, 0)));
    if (st == ST_OK)
        buf_adds(out, db_text(a->db, 0, NULL));
    return st;
}

static enum status value_asked(const struct asking *a, const struct node *n,
                               struct buf *out)
{
    bool store = n->kind == NODE_FIELD && n->field->type == TRAIT_ID;
    enum status st = compile_value(a->rule, n, a->ask->speech->moment, a->sql);

    if (st == ST_OK)
        st = one(a);
    compiled_free(a->sql);
    if (st == ST_OK && store) {
        st = store_said(a, out);
        if (st == ST_NONE)
            buf_adds(out, strcmp(a->ask->speech->lang, "en") != 0 ? "неизвестно"
                                                                  : "not known");
    } else if (st == ST_OK)
        value_said(a, n, out);
    return st == ST_NONE ? ST_OK : st;
}

/* All tags they have: the rule names some of them. */
static enum status tags_asked(const struct asking *a, struct buf *out)
{
    enum status st = db_select(a->db,
                               "SELECT t.name FROM customer_tag x"
                               " JOIN tag t ON t.id = x.tag_id WHERE x.customer_id = ?"
                               " ORDER BY t.name, t.id",
                               DB_INT(a->ask->customer_id));

    for (int i = 0; st == ST_OK && (st = db_next(a->db)) == ST_OK; i++) {
        buf_adds(out, i > 0 ? ", " : "");
        buf_adds(out, db_text(a->db, 0, NULL));
    }
    return st == ST_NONE ? ST_OK : st;
}

/* ---- a line a node ---------------------------------------------------------------- */

static enum status line_add(struct asking *a, const struct node *n, const char *at,
                            int depth)
{
    struct explain_line *l = &a->out->line[a->out->n++];
    bool personal = n->field != NULL && n->field->personal;
    enum status st;

    *l = (struct explain_line){.depth = depth, .kind = n->kind};
    snprintf(l->pointer, sizeof l->pointer, "%s", at);
    sentence_node_add(&l->words, n, a->ask->speech);
    st = fits(a, n, &l->fits);
    l->withheld = personal && !a->ask->personal;
    if (st == ST_OK && n->kind == NODE_TAGS)
        st = tags_asked(a, &l->value);
    else if (st == ST_OK && !l->withheld)
        st = value_asked(a, n, &l->value);
    return st == ST_OK && (l->words.failed || l->value.failed) ? ST_BROKEN : st;
}

static enum status lines_add(struct asking *a, const struct node *n, const char *at,
                             int depth)
{
    enum status st = line_add(a, n, at, depth);
    char down[POINTER_BYTES];
    int i = 0;

    if (!node_is_group(n))
        return st;
    for (const struct node *c = n->first; st == ST_OK && c != NULL; c = c->next) {
        node_child_pointer(n, i++, at, down);
        st = lines_add(a, c, down, depth + 1);
    }
    return st;
}

enum status explain(struct db *db, const struct rule *r, const struct explain_ask *ask,
                    struct explain *out)
{
    struct asking a = {.db = db, .rule = r, .ask = ask, .out = out};
    enum status st = ST_BROKEN;

    *out = (struct explain){0};
    out->line = calloc((size_t)r->nodes_n, sizeof *out->line);
    a.sql = calloc(1, sizeof *a.sql);
    if (a.sql != NULL)
        a.sql->few = true;
    if (out->line != NULL && a.sql != NULL)
        st = lines_add(&a, r->root, "/root", 0);
    if (st == ST_OK)
        out->fits = out->line[0].fits;
    free(a.sql);
    if (st != ST_OK)
        explain_free(out);
    return st;
}

void explain_free(struct explain *e)
{
    for (int i = 0; i < e->n; i++) {
        buf_free(&e->line[i].words);
        buf_free(&e->line[i].value);
    }
    free(e->line);
    *e = (struct explain){0};
}
