/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/compile_private.h"

#include <stdlib.h>
#include <string.h>

#define COST_TAG 4
#define COST_STATIC 4
#define COST_RECEIVED 12

/* ---- pieces ----------------------------------------------------------------------- */

void arg_add(struct compiled *c, struct db_arg arg)
{
    if (c->n == COMPILE_ARGS)
        c->heavy = true;
    else
        c->args[c->n++] = arg;
}

void sql_add(struct compiled *c, const char *text)
{
    buf_adds(&c->sql, text);
    for (const char *s = text; (s = strchr(s, '?')) != NULL; s++)
        arg_add(c, DB_TIME(c->moment->now));
}

void value_add(struct compiled *c, struct db_arg arg)
{
    buf_addc(&c->sql, '?');
    arg_add(c, arg);
}

struct db_arg value_arg(const struct compiled *c, const struct rule_value *v)
{
    switch (v->kind) {
    case VALUE_TEXT:
        return DB_TEXT_N(v->text, v->len);
    case VALUE_TIME:
    case VALUE_DAY:
        return DB_TIME(value_time(v, c->moment));
    default:
        return DB_INT(v->n);
    }
}

void values_add(struct compiled *c, const struct rule_value *v, int n)
{
    for (int i = 0; i < n; i++) {
        sql_add(c, i > 0 ? ", " : "");
        value_add(c, value_arg(c, &v[i]));
    }
}

const char *op_sql(enum op o)
{
    static const char *const texts[OPS] = {
        [OP_EQ] = " = ",   [OP_NEQ] = " <> ", [OP_LT] = " < ",
        [OP_LTE] = " <= ", [OP_GT] = " > ",   [OP_GTE] = " >= ",
    };

    return texts[o];
}

/* No server makes a join of a subquery that answers a value. */
void exists_begin(struct compiled *c)
{
    sql_add(c, c->few ? "((SELECT 1" : "EXISTS (SELECT 1");
}

void exists_end(struct compiled *c)
{
    sql_add(c, c->few ? " LIMIT 1) IS NOT NULL)" : ")");
}

/* ---- leaves that need no field ---------------------------------------------------- */

static void tagged_add(struct compiled *c, const struct rule_value *names, int n)
{
    exists_begin(c);
    sql_add(c, " FROM customer_tag x JOIN tag t ON t.id = x.tag_id"
               " WHERE x.customer_id = c.id AND t.name IN (");
    values_add(c, names, n);
    sql_add(c, ")");
    exists_end(c);
}

static void tags_add(struct compiled *c, const struct node *n)
{
    const struct rule_value *v = n->values;

    sql_add(c, "(1 = 1");
    if (n->any_n > 0) {
        sql_add(c, " AND ");
        tagged_add(c, v, n->any_n);
    }
    for (int i = 0; i < n->all_n; i++) {
        sql_add(c, " AND ");
        tagged_add(c, v + n->any_n + i, 1);
    }
    if (n->none_n > 0) {
        sql_add(c, " AND NOT ");
        tagged_add(c, v + n->any_n + n->all_n, n->none_n);
    }
    sql_add(c, ")");
}

static void node_add(struct compiled *c, const struct node *n);

/* A list of its own, or another rule in the place of its number. */
static void segment_add(struct compiled *c, const struct node *n)
{
    if (!n->resolved) {
        c->failed = true;
        return;
    }
    if (n->other != NULL) {
        node_add(c, n->other->root);
        return;
    }
    exists_begin(c);
    sql_add(c, " FROM segment_member s WHERE s.segment_id = ");
    values_add(c, n->values, 1);
    sql_add(c, " AND s.customer_id = c.id");
    exists_end(c);
}

static void sample_add(struct compiled *c, const struct node *n)
{
    sql_add(c, "CRC32(CONCAT(");
    values_add(c, n->values + 1, 1);
    sql_add(c, ", ':', c.id)) % 10000 < ");
    values_add(c, n->values, 1);
}

static void ids_add(struct compiled *c, const struct node *n)
{
    sql_add(c, "c.id IN (");
    values_add(c, n->values, n->values_n);
    sql_add(c, ")");
}

/* ---- groups ----------------------------------------------------------------------- */

static void group_add(struct compiled *c, const struct node *n)
{
    if (n->first == NULL) {
        sql_add(c, "1 = 1");
        return;
    }
    sql_add(c, n->kind == NODE_NONE ? "NOT (" : "(");
    for (const struct node *child = n->first; child != NULL; child = child->next) {
        if (child != n->first)
            sql_add(c, n->kind == NODE_ALL ? " AND " : " OR ");
        node_add(c, child);
    }
    sql_add(c, ")");
}

static void node_add(struct compiled *c, const struct node *n)
{
    static void (*const kinds[NODE_KINDS])(struct compiled *, const struct node *) = {
        [NODE_ALL] = group_add,         [NODE_ANY] = group_add,
        [NODE_NONE] = group_add,        [NODE_FIELD] = field_add,
        [NODE_TAGS] = tags_add,         [NODE_AGG] = rows_add,
        [NODE_HAS] = rows_add,          [NODE_SEGMENT] = segment_add,
        [NODE_RECEIVED] = received_add, [NODE_NOT_RECEIVED] = received_add,
        [NODE_SAMPLE] = sample_add,     [NODE_IDS] = ids_add,
    };

    if (n == c->led)
        sql_add(c, "1 = 1");
    else
        kinds[n->kind](c, n);
}

/* The first of those that must all hold. */
static void led_find(struct compiled *c, const struct node *n)
{
    for (const struct node *child = n->kind == NODE_ALL ? n->first : NULL;
         child != NULL && c->led == NULL; child = child->next)
        led_find(c, child);
    if (c->led == NULL && rows_lead(n))
        c->led = n;
}

static void led_add(struct compiled *c, const struct node *root)
{
    led_find(c, root);
    if (c->led == NULL)
        return;
    lead_add(c, c->led);
    c->from = c->sql;
    c->sql = (struct buf){0};
}

/* ---- what it weighs --------------------------------------------------------------- */

static int node_cost(const struct node *n)
{
    int cost = 1;

    for (const struct node *child = n->first; child != NULL; child = child->next)
        cost += node_cost(child);
    if (node_is_group(n))
        return cost - 1;
    if (n->relation != NULL)
        return cost + n->relation->cost - 1 + (n->field != NULL ? n->field->cost : 0);
    if (n->field != NULL)
        return n->field->cost + (n->op == OP_CONTAINS || n->op == OP_ENDS);
    if (n->kind == NODE_TAGS)
        return COST_TAG * ((n->any_n > 0) + n->all_n + (n->none_n > 0));
    if (n->kind == NODE_RECEIVED || n->kind == NODE_NOT_RECEIVED)
        return COST_RECEIVED;
    if (n->kind == NODE_SEGMENT)
        return n->other != NULL ? node_cost(n->other->root) : COST_STATIC;
    return 1;
}

int compile_cost(const struct rule *r)
{
    return node_cost(r->root);
}

/* ---- from outside ----------------------------------------------------------------- */

/* Room for each text as a pattern: every byte escaped, and two percent signs. */
static size_t texts_room(const struct rule *r)
{
    size_t n = 2 * r->text_n + 3 * RULE_LEAVES_MAX;

    for (int i = 0; i < r->nodes_n; i++)
        if (r->nodes[i].other != NULL)
            n += texts_room(r->nodes[i].other);
    return n;
}

static bool begin(const struct rule *r, const struct moment *m, struct compiled *out)
{
    size_t room = texts_room(r);

    out->sql = out->from = (struct buf){0};
    out->n = out->texts_n = 0;
    out->failed = out->heavy = false;
    out->moment = m;
    out->led = NULL;
    out->cost = 0;
    out->texts = malloc(room);
    out->texts_cap = out->texts != NULL ? room : 0;
    return out->texts != NULL;
}

static enum status finish(struct compiled *c)
{
    if (c->heavy)
        return ST_REFUSED;
    if (c->sql.failed || c->from.failed)
        return ST_BROKEN;
    return c->failed ? ST_BAD : ST_OK;
}

enum status compile_node(const struct rule *r, const struct node *n,
                         const struct moment *m, struct compiled *out)
{
    if (!begin(r, m, out))
        return ST_BROKEN;
    out->cost = node_cost(n);
    if (out->cost > COMPILE_COST_MAX)
        return ST_REFUSED;
    if (out->lead)
        led_add(out, n);
    node_add(out, n);
    return finish(out);
}

enum status compile_rule(const struct rule *r, const struct moment *m,
                         struct compiled *out)
{
    return compile_node(r, r->root, m, out);
}

enum status compile_value(const struct rule *r, const struct node *n,
                          const struct moment *m, struct compiled *out)
{
    if (!begin(r, m, out))
        return ST_BROKEN;
    if (n->kind == NODE_FIELD && n->field->unknown != NULL) {
        sql_add(out, "IF(");
        sql_add(out, n->field->unknown);
        sql_add(out, ", NULL, ");
        sql_add(out, n->field->sql);
        sql_add(out, ")");
    } else if (n->kind == NODE_FIELD)
        sql_add(out, n->field->sql);
    else if (n->kind == NODE_AGG || n->kind == NODE_HAS)
        agg_value_add(out, n);
    else if (n->kind == NODE_RECEIVED || n->kind == NODE_NOT_RECEIVED)
        received_value_add(out, n);
    else
        return ST_NONE;
    return finish(out);
}

void compiled_free(struct compiled *c)
{
    buf_free(&c->sql);
    buf_free(&c->from);
    free(c->texts);
    c->texts = NULL;
    c->n = 0;
}
