/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a rule names: tags, stores, other segments. */
#include "core/segment/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- walking a rule with its pointers --------------------------------------------- */

struct visit {
    struct db *db;
    struct rule_faults *faults;
    int64_t path[SEGMENT_DEPTH_MAX + 2]; /* the segments we are in */
    int depth;
};

static enum status visit_node(struct visit *v, struct node *n, const char *at);

static enum status visit_children(struct visit *v, struct node *n, const char *at)
{
    enum status st = ST_OK;
    char down[POINTER_BYTES];
    int i = 0;

    for (struct node *c = n->first; st == ST_OK && c != NULL; c = c->next) {
        node_child_pointer(n, i++, at, down);
        st = visit_node(v, c, down);
    }
    return st;
}

static void wrong(struct visit *v, const char *at, const char *rest,
                  enum rule_fault_code c)
{
    char pointer[POINTER_BYTES];

    snprintf(pointer, sizeof pointer, "%.*s%s", POINTER_BYTES - 32, at, rest);
    fault_add(v->faults, pointer, c);
}

/* ---- tags and stores -------------------------------------------------------------- */

static enum status tag_there(struct visit *v, const struct rule_value *tag,
                             const char *at, const char *rest)
{
    enum status st = db_one(v->db, "SELECT id FROM tag WHERE name = ?",
                            DB_TEXT_N(tag->text, tag->len));

    if (st == ST_NONE) {
        wrong(v, at, rest, FAULT_UNKNOWN_TAG);
        return ST_OK;
    }
    return st;
}

static enum status visit_tags(struct visit *v, struct node *n, const char *at)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < n->values_n; i++)
        st = tag_there(v, &n->values[i], at,
                       i < n->any_n              ? "/tags/any"
                       : i < n->any_n + n->all_n ? "/tags/all"
                                                 : "/tags/none");
    return st;
}

static enum status visit_stores(struct visit *v, struct node *n, const char *at)
{
    enum status st = ST_OK;

    if (n->field == NULL || n->field->type != TRAIT_ID || n->kind != NODE_FIELD)
        return ST_OK;
    for (int i = 0; st == ST_OK && i < n->values_n; i++) {
        st = db_one(v->db, "SELECT id FROM store WHERE id = ?", DB_INT(n->values[i].n));
        if (st == ST_NONE) {
            wrong(v, at, "/v", FAULT_UNKNOWN_STORE);
            st = ST_OK;
        }
    }
    return st;
}

/* ---- segments --------------------------------------------------------------------- */

static bool inside(const struct visit *v, int64_t id)
{
    for (int i = 0; i < v->depth; i++)
        if (v->path[i] == id)
            return true;
    return false;
}

/* *kind 0: there is none. */
static enum status text_of(struct db *db, int64_t id, enum segment_kind *kind,
                           struct buf *out)
{
    enum status st =
        db_one(db, "SELECT kind, rule FROM segment WHERE id = ?", DB_INT(id));
    const char *s;
    size_t n;

    *kind = 0;
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    *kind = (enum segment_kind)db_int(db, 0);
    s = db_text(db, 1, &n);
    if (s != NULL)
        buf_add(out, s, n);
    return out->failed ? ST_BROKEN : ST_OK;
}

/* Faults of another segment's rule stand where it is named. */
static enum status other_read(struct visit *v, struct node *n, const struct buf *text,
                              const char *at)
{
    struct rule_faults own, *faults = v->faults;
    struct rule *other = rule_parse(text->s, text->len, true, &own);
    enum status st;

    if (other == NULL && own.n == 0)
        return ST_BROKEN;
    if (other == NULL) {
        wrong(v, at, "/segment", FAULT_UNKNOWN_SEGMENT);
        return ST_OK;
    }
    n->other = other;
    v->faults = &own;
    v->path[v->depth++] = n->values->n;
    st = visit_node(v, other->root, "");
    v->depth--;
    v->faults = faults;
    if (own.n > 0)
        wrong(v, at, "/segment", own.fault[0].code);
    return st;
}

static enum status visit_segment(struct visit *v, struct node *n, const char *at)
{
    struct buf text = {0};
    enum segment_kind kind;
    int64_t id = n->values->n;
    enum status st;

    rule_free(n->other);
    n->other = NULL;
    n->resolved = false;
    if (inside(v, id)) {
        wrong(v, at, "/segment", FAULT_CIRCULAR);
        return ST_OK;
    }
    st = text_of(v->db, id, &kind, &text);
    n->resolved = st == ST_OK && kind != 0;
    if (st == ST_OK && kind == 0)
        wrong(v, at, "/segment", FAULT_UNKNOWN_SEGMENT);
    else if (st == ST_OK && v->depth > SEGMENT_DEPTH_MAX)
        wrong(v, at, "/segment", FAULT_CIRCULAR);
    else if (st == ST_OK && kind == SEGMENT_RULE)
        st = other_read(v, n, &text, at);
    buf_free(&text);
    return st;
}

static enum status visit_node(struct visit *v, struct node *n, const char *at)
{
    enum status st = visit_children(v, n, at);

    if (st == ST_OK && n->kind == NODE_TAGS)
        st = visit_tags(v, n, at);
    if (st == ST_OK)
        st = visit_stores(v, n, at);
    return st == ST_OK && n->kind == NODE_SEGMENT ? visit_segment(v, n, at) : st;
}

/* With all it names in it, it is still a rule: so that it can be frozen. */
static enum status whole_fits(const struct rule *r, struct rule_faults *faults)
{
    struct buf text = {0};
    struct rule_faults own;
    struct rule *whole = NULL;
    enum status st = ST_BROKEN;

    rule_frozen(r, &text);
    if (!text.failed) {
        whole = rule_parse(text.s, text.len, true, &own);
        st = whole != NULL ? ST_OK : own.n == 0 ? ST_BROKEN : ST_REFUSED;
    }
    if (st == ST_REFUSED)
        fault_add(faults, "/root", own.fault[0].code);
    rule_free(whole);
    buf_free(&text);
    return st;
}

enum status segment_resolve(struct db *db, struct rule *r, int64_t id,
                            struct rule_faults *faults)
{
    /* A new segment has no number yet, and nobody can name it. */
    struct visit v = {.db = db, .faults = faults, .path = {id}, .depth = 1};
    enum status st;

    *faults = (struct rule_faults){0};
    st = visit_node(&v, r->root, "/root");
    if (st == ST_OK && faults->n > 0)
        return ST_REFUSED;
    return st == ST_OK ? whole_fits(r, faults) : st;
}

/* ---- a kept one's ----------------------------------------------------------------- */

static enum status read_and_resolve(struct db *db, const char *text, size_t n,
                                    int64_t id, struct rule **out,
                                    struct rule_faults *faults)
{
    enum status st;

    *out = rule_parse(text, n, true, faults);
    if (*out == NULL)
        return faults->n > 0 ? ST_BAD : ST_BROKEN;
    st = segment_resolve(db, *out, id, faults);
    if (st != ST_OK) {
        rule_free(*out);
        *out = NULL;
    }
    return st == ST_REFUSED ? ST_BAD : st;
}

enum status segment_rule(struct db *db, int64_t id, struct rule **out,
                         struct rule_faults *faults)
{
    struct rule_faults own;
    struct buf text = {0};
    enum segment_kind kind;
    enum status st = text_of(db, id, &kind, &text);

    *out = NULL;
    if (st == ST_OK && kind == 0)
        st = ST_NONE;
    if (st == ST_OK && kind == SEGMENT_LIST)
        buf_addf(&text, "{\"root\":{\"segment\":%lld},\"v\":1}", (long long)id);
    if (text.failed)
        st = ST_BROKEN;
    if (st == ST_OK)
        st = read_and_resolve(db, text.s, text.len, kind == SEGMENT_LIST ? 0 : id, out,
                              faults != NULL ? faults : &own);
    buf_free(&text);
    return st;
}

/* ---- names ------------------------------------------------------------------------ */

static enum status name_add(struct db *db, struct rule_names *out, bool store,
                            int64_t id)
{
    struct rule_name *to = &out->name[out->n];
    enum status st;

    for (int i = 0; i < out->n; i++)
        if (out->name[i].store == store && out->name[i].id == id)
            return ST_OK;
    if (out->n == RULE_NAMES_MAX)
        return ST_OK;
    st = store ? db_one(db, "SELECT name FROM store WHERE id = ?", DB_INT(id))
               : db_one(db, "SELECT name FROM segment WHERE id = ?", DB_INT(id));
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    *to = (struct rule_name){.store = store, .id = id};
    snprintf(to->name, sizeof to->name, "%s", db_text(db, 0, NULL));
    out->n++;
    return ST_OK;
}

enum status segment_names(struct db *db, const struct rule *r, struct rule_names *out)
{
    enum status st = ST_OK;

    out->n = 0;
    for (int i = 0; i < r->nodes_n; i++) {
        const struct node *n = &r->nodes[i];
        bool store = n->kind == NODE_FIELD && n->field->type == TRAIT_ID;

        for (int k = 0; st == ST_OK && k < n->values_n; k++)
            if (store || n->kind == NODE_SEGMENT)
                st = name_add(db, out, store, n->values[k].n);
    }
    return st;
}
