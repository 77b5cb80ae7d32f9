/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The nodes of a rule: which members each may have, and what stands in them. */
#include "core/segment/rule_private.h"

#include <string.h>

/* ---- groups ----------------------------------------------------------------------- */

typedef bool child_read(struct reader *r, const struct json *o, struct node *parent,
                        struct node **out);

static bool children_read(struct reader *r, const struct json *list,
                          struct node *parent, child_read *read)
{
    struct node **to = &parent->first;
    bool fine = true;

    for (size_t i = 0; i < json_count(list) && r->faults->n < FAULTS_MAX; i++) {
        size_t was = reader_index(r, i);

        if (read(r, json_at(list, i), parent, to) && *to != NULL)
            to = &(*to)->next;
        else {
            fine = false;
            *to = NULL;
        }
        reader_back(r, was);
    }
    return fine;
}

static bool any_child(struct reader *r, const struct json *o, struct node *parent,
                      struct node **out)
{
    (void)parent;
    return node_read(r, o, out);
}

/* {"all":[]} is everybody; the others say nothing when they are empty. */
static bool group_read(struct reader *r, const struct json *o, struct node *n)
{
    const struct json *list = json_get(o, node_key(n->kind));
    size_t was = reader_step(r, node_key(n->kind));
    bool fine = false;

    if (!json_is_array(list))
        reader_fault(r, FAULT_WRONG_TYPE);
    else if (json_count(list) == 0 && n->kind != NODE_ALL)
        reader_fault(r, FAULT_WRONG_VALUE);
    else if (r->depth == RULE_DEPTH_MAX)
        reader_fault(r, FAULT_TOO_DEEP);
    else {
        r->depth++;
        fine = children_read(r, list, n, any_child);
        r->depth--;
    }
    reader_back(r, was);
    return fine;
}

/* ---- one field -------------------------------------------------------------------- */

static const char *name_in(struct reader *r, const struct json *o, const char *key)
{
    size_t n;
    const char *s = json_text(o, key, &n);

    if (s != NULL && strlen(s) == n)
        return s;
    reader_fault_at(r, key,
                    json_get(o, key) == NULL ? FAULT_MISSING : FAULT_WRONG_TYPE);
    return NULL;
}

static bool op_read(struct reader *r, const struct json *o, unsigned may, enum op *out)
{
    const char *name = name_in(r, o, "op");

    if (name == NULL)
        return false;
    if (op_find(name, out) && (may & OP_BIT(*out)) != 0)
        return true;
    reader_fault_at(r, "op", FAULT_UNKNOWN_OPERATOR);
    return false;
}

static bool field_take(struct reader *r, const struct json *o, struct node *n,
                       const struct trait *f)
{
    static const char *const keys[] = {"f", "op", "v", NULL};

    if (!reader_only(r, o, keys))
        return false;
    if (f == NULL) {
        if (name_in(r, o, "f") != NULL)
            reader_fault_at(r, "f", FAULT_UNKNOWN_FIELD);
        return false;
    }
    n->field = f;
    if (f->personal && !r->personal) {
        reader_fault_at(r, "f", FAULT_FORBIDDEN);
        return false;
    }
    return op_read(r, o, f->ops, &n->op) && values_read(r, n, o);
}

static bool field_read(struct reader *r, const struct json *o, struct node *n)
{
    const char *name = json_text(o, "f", NULL);

    return field_take(r, o, n, name != NULL ? trait_find(name) : NULL);
}

/* ---- rows of a relation ----------------------------------------------------------- */

static bool window_read(struct reader *r, const struct json *o, struct window *w)
{
    static const char *const keys[] = {"after", "before", "last", NULL};
    const struct json *v = json_get(o, "window");
    size_t was = reader_step(r, "window");
    bool fine = v == NULL || (json_is_object(v) && reader_only(r, v, keys));

    if (v != NULL && !json_is_object(v))
        reader_fault(r, FAULT_WRONG_TYPE);
    w->by_last = json_get(v, "last") != NULL;
    w->by_after = json_get(v, "after") != NULL;
    w->by_before = json_get(v, "before") != NULL;
    if (fine && v != NULL && !w->by_last && !w->by_after && !w->by_before) {
        reader_fault(r, FAULT_MISSING);
        fine = false;
    }
    fine = fine && (!w->by_last || span_of(r, v, "last", &w->last)) &&
           (!w->by_after || time_of(r, v, "after", &w->after)) &&
           (!w->by_before || time_of(r, v, "before", &w->before));
    reader_back(r, was);
    return fine;
}

static bool row_field(struct reader *r, const struct json *o, struct node *parent,
                      struct node **out)
{
    const char *name = json_text(o, "f", NULL);

    if (!json_is_object(o)) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    *out = node_new(r, NODE_FIELD);
    return *out != NULL &&
           field_take(r, o, *out,
                      name != NULL ? relation_field(parent->relation, name) : NULL);
}

/* of, where and window: of agg and has alike. */
static bool rows_read(struct reader *r, const struct json *o, struct node *n)
{
    const struct json *where = json_get(o, "where");
    const char *of = name_in(r, o, "of");
    size_t was;
    bool fine = true;

    if (of == NULL)
        return false;
    n->relation = relation_find(of);
    if (n->relation == NULL) {
        reader_fault_at(r, "of", FAULT_UNKNOWN_FIELD);
        return false;
    }
    if (++r->rule->rows > RULE_ROWS_MAX) {
        reader_fault(r, FAULT_TOO_LARGE);
        return false;
    }
    was = reader_step(r, "where");
    if (where != NULL && !json_is_array(where)) {
        reader_fault(r, FAULT_WRONG_TYPE);
        fine = false;
    }
    fine = fine && children_read(r, where, n, row_field);
    reader_back(r, was);
    return fine && window_read(r, o, &n->window);
}

/* What each way to sum up works on. */
static bool agg_takes(enum agg_fn fn, const struct trait *f)
{
    if (fn == AGG_DISTINCT)
        return f->type == TRAIT_ID || f->type == TRAIT_ENUM;
    return f->type == TRAIT_NUMBER || f->type == TRAIT_MONEY;
}

static bool agg_field(struct reader *r, const struct json *o, struct node *n)
{
    bool wants = n->fn != AGG_COUNT && n->fn != AGG_DAYS;
    const char *name;

    if (!wants && json_get(o, "field") != NULL) {
        reader_fault_at(r, "field", FAULT_UNKNOWN_KEY);
        return false;
    }
    if (!wants)
        return true;
    name = name_in(r, o, "field");
    if (name == NULL)
        return false;
    n->field = relation_field(n->relation, name);
    if (n->field != NULL && agg_takes(n->fn, n->field))
        return true;
    reader_fault_at(r, "field",
                    n->field == NULL ? FAULT_UNKNOWN_FIELD : FAULT_WRONG_VALUE);
    return false;
}

static bool fn_read(struct reader *r, const struct json *o, enum agg_fn *out)
{
    const char *name = name_in(r, o, "fn");

    for (int i = 0; name != NULL && i < AGGS; i++)
        if (strcmp(name, agg_name((enum agg_fn)i)) == 0) {
            *out = (enum agg_fn)i;
            return true;
        }
    if (name != NULL)
        reader_fault_at(r, "fn", FAULT_WRONG_VALUE);
    return false;
}

/* Of no rows there is a count and a sum, but nothing else. */
static unsigned agg_ops(enum agg_fn fn)
{
    bool always = fn == AGG_COUNT || fn == AGG_SUM || fn == AGG_DISTINCT;

    return OPS_NUMBER | (always ? 0 : OPS_SET);
}

static bool agg_read(struct reader *r, const struct json *o, struct node *n)
{
    static const char *const keys[] = {"agg", "op", "v", NULL};
    static const char *const of[] = {"field", "fn", "of", "where", "window", NULL};
    const struct json *in = json_get(o, "agg");
    size_t was = reader_step(r, "agg");
    bool fine = json_is_object(in);

    if (!fine)
        reader_fault(r, FAULT_WRONG_TYPE);
    fine = fine && reader_only(r, in, of) && fn_read(r, in, &n->fn) &&
           rows_read(r, in, n) && agg_field(r, in, n);
    reader_back(r, was);
    return fine && reader_only(r, o, keys) && op_read(r, o, agg_ops(n->fn), &n->op) &&
           values_read(r, n, o);
}

static bool has_read(struct reader *r, const struct json *o, struct node *n)
{
    static const char *const keys[] = {"has", NULL};
    static const char *const of[] = {"of", "times", "where", "window", NULL};
    const struct json *in = json_get(o, "has");
    size_t was = reader_step(r, "has");
    bool fine = json_is_object(in);

    if (!fine)
        reader_fault(r, FAULT_WRONG_TYPE);
    fine = fine && reader_only(r, in, of) && rows_read(r, in, n);
    if (fine && json_get(in, "times") != NULL) {
        n->values = r->rule->values + r->rule->values_n;
        fine = int_read(r, in, "times", 1, 100000);
        n->values_n = fine;
    }
    reader_back(r, was);
    return fine && reader_only(r, o, keys);
}

/* ---- the others ------------------------------------------------------------------- */

static bool tags_read(struct reader *r, const struct json *o, struct node *n)
{
    static const char *const keys[] = {"tags", NULL};
    static const char *const lists[] = {"all", "any", "none", NULL};
    const struct json *in = json_get(o, "tags");
    size_t was = reader_step(r, "tags");
    bool fine = json_is_object(in) && reader_only(r, in, lists);

    if (!json_is_object(in))
        reader_fault(r, FAULT_WRONG_TYPE);
    fine = fine &&
           (json_get(in, "any") == NULL || texts_read(r, in, "any", &n->any_n)) &&
           (json_get(in, "all") == NULL || texts_read(r, in, "all", &n->all_n)) &&
           (json_get(in, "none") == NULL || texts_read(r, in, "none", &n->none_n));
    n->values_n = n->any_n + n->all_n + n->none_n;
    if (fine && n->values_n == 0) {
        reader_fault(r, FAULT_MISSING);
        fine = false;
    }
    reader_back(r, was);
    return fine && reader_only(r, o, keys);
}

static bool segment_read(struct reader *r, const struct json *o, struct node *n)
{
    static const char *const keys[] = {"segment", NULL};

    n->values_n = 1;
    return reader_only(r, o, keys) && int_read(r, o, "segment", 1, INT64_MAX);
}

static bool purpose_read(struct reader *r, const struct json *o)
{
    const struct trait f = {.choices = message_purposes};
    const char *name = name_in(r, o, "purpose");
    const struct choice *c = name != NULL ? choice_find(&f, name) : NULL;
    struct rule_value *v;

    if (c == NULL) {
        if (name != NULL)
            reader_fault_at(r, "purpose", FAULT_WRONG_VALUE);
        return false;
    }
    v = value_new(r, VALUE_INT);
    if (v != NULL)
        v->n = c->value;
    return v != NULL;
}

static bool received_read(struct reader *r, const struct json *o, struct node *n)
{
    const char *const keys[] = {node_key(n->kind), NULL};
    static const char *const of[] = {"last", "purpose", NULL};
    const struct json *in = json_get(o, keys[0]);
    size_t was = reader_step(r, keys[0]);
    bool fine = json_is_object(in);

    if (!fine)
        reader_fault(r, FAULT_WRONG_TYPE);
    n->values_n = 1;
    fine = fine && reader_only(r, in, of) && purpose_read(r, in);
    n->window.by_last = json_get(in, "last") != NULL;
    fine = fine && (!n->window.by_last || span_of(r, in, "last", &n->window.last));
    reader_back(r, was);
    return fine && reader_only(r, o, keys);
}

static bool sample_read(struct reader *r, const struct json *o, struct node *n)
{
    static const char *const keys[] = {"sample", NULL};
    static const char *const of[] = {"bp", "salt", NULL};
    const struct json *in = json_get(o, "sample");
    size_t was = reader_step(r, "sample");
    bool fine = json_is_object(in);

    if (!fine)
        reader_fault(r, FAULT_WRONG_TYPE);
    n->values_n = 2;
    fine = fine && reader_only(r, in, of) && int_read(r, in, "bp", 1, 9999) &&
           text_read(r, in, "salt", 40);
    reader_back(r, was);
    return fine && reader_only(r, o, keys);
}

static bool ids_take(struct reader *r, const struct json *o, struct node *n)
{
    static const char *const keys[] = {"ids", NULL};

    return reader_only(r, o, keys) && ids_read(r, o, "ids", &n->values_n);
}

/* ---- any of them ------------------------------------------------------------------ */

typedef bool kind_read(struct reader *r, const struct json *o, struct node *n);

static kind_read *const kinds[NODE_KINDS] = {
    [NODE_ALL] = group_read,         [NODE_ANY] = group_read,
    [NODE_NONE] = group_read,        [NODE_FIELD] = field_read,
    [NODE_TAGS] = tags_read,         [NODE_AGG] = agg_read,
    [NODE_HAS] = has_read,           [NODE_SEGMENT] = segment_read,
    [NODE_RECEIVED] = received_read, [NODE_NOT_RECEIVED] = received_read,
    [NODE_SAMPLE] = sample_read,     [NODE_IDS] = ids_take,
};

static bool kind_of(const struct json *o, enum node_kind *out)
{
    for (int k = 0; k < NODE_KINDS; k++)
        if (json_get(o, node_key((enum node_kind)k)) != NULL) {
            *out = (enum node_kind)k;
            return true;
        }
    return false;
}

/* A group has no member beside itself; leaves see to theirs. */
bool node_read(struct reader *r, const struct json *o, struct node **out)
{
    enum node_kind kind;
    struct node *n;

    *out = NULL;
    if (!json_is_object(o)) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    if (!kind_of(o, &kind)) {
        static const char *const none[] = {NULL};

        if (reader_only(r, o, none))
            reader_fault(r, FAULT_MISSING);
        return false;
    }
    if (kind <= NODE_NONE) {
        const char *const keys[] = {node_key(kind), NULL};

        if (!reader_only(r, o, keys))
            return false;
    }
    n = node_new(r, kind);
    if (n == NULL)
        return false;
    *out = n;
    return kinds[kind](r, o, n);
}
