/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The one text that all equal rules have: members in the order of their names, values as
 * they were understood, lists as sets. */
#include "core/segment/rule.h"

#include "core/base/stamp.h"

#include <inttypes.h>
#include <string.h>

static void value_add(struct buf *out, const struct trait *f,
                      const struct rule_value *v)
{
    char text[STAMP_BYTES > SPAN_BYTES ? STAMP_BYTES : SPAN_BYTES];

    if (v->kind == VALUE_TEXT) {
        buf_add_json(out, v->text, v->len);
        return;
    }
    if (v->kind == VALUE_INT && f != NULL && f->type == TRAIT_ENUM) {
        const struct choice *c = choice_of(f, v->n);

        buf_addf(out, "\"%s\"", c != NULL ? c->name : "");
        return;
    }
    if (v->kind == VALUE_INT && f != NULL && f->type == TRAIT_BOOL) {
        buf_adds(out, v->n != 0 ? "true" : "false");
        return;
    }
    if (v->kind == VALUE_INT) {
        buf_addf(out, "%" PRId64, v->n);
        return;
    }
    if (v->kind == VALUE_TIME)
        stamp_print(v->n, text);
    else if (v->kind == VALUE_DAY)
        stamp_print_day((int32_t)v->n, text);
    else
        span_print(&v->span, text);
    buf_addf(out, "\"%s\"", text);
}

static void list_add(struct buf *out, const struct trait *f, const struct rule_value *v,
                     int n)
{
    buf_addc(out, '[');
    for (int i = 0; i < n; i++) {
        buf_adds(out, i > 0 ? "," : "");
        value_add(out, f, &v[i]);
    }
    buf_addc(out, ']');
}

/* "op":…,"v":… */
static void op_add(struct buf *out, const struct node *n)
{
    const struct trait *f = n->kind == NODE_FIELD ? n->field : NULL;
    enum op_takes takes = op_takes(n->op);

    buf_addf(out, "\"op\":\"%s\"", op_name(n->op));
    if (takes == TAKES_NOTHING)
        return;
    buf_adds(out, ",\"v\":");
    if (takes == TAKES_LIST || takes == TAKES_PAIR)
        list_add(out, f, n->values, n->values_n);
    else
        value_add(out, f, n->values);
}

static void window_add(struct buf *out, const struct window *w)
{
    const char *comma = "";

    if (!w->by_last && !w->by_after && !w->by_before)
        return;
    buf_adds(out, ",\"window\":{");
    if (w->by_after) {
        buf_adds(out, "\"after\":");
        value_add(out, NULL, &w->after);
        comma = ",";
    }
    if (w->by_before) {
        buf_addf(out, "%s\"before\":", comma);
        value_add(out, NULL, &w->before);
        comma = ",";
    }
    if (w->by_last) {
        struct rule_value v = {.kind = VALUE_SPAN, .span = w->last};

        buf_addf(out, "%s\"last\":", comma);
        value_add(out, NULL, &v);
    }
    buf_addc(out, '}');
}

/* frozen: in the place of a segment's number, its rule. */
static void node_add(struct buf *out, const struct node *n, bool frozen);

static void children_add(struct buf *out, const struct node *n, bool frozen)
{
    buf_addc(out, '[');
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        buf_adds(out, c != n->first ? "," : "");
        node_add(out, c, frozen);
    }
    buf_addc(out, ']');
}

static void where_add(struct buf *out, const struct node *n)
{
    if (n->first == NULL)
        return;
    buf_adds(out, ",\"where\":");
    children_add(out, n, false);
}

static void agg_add(struct buf *out, const struct node *n)
{
    buf_adds(out, "\"agg\":{");
    if (n->field != NULL)
        buf_addf(out, "\"field\":\"%s\",", n->field->name);
    buf_addf(out, "\"fn\":\"%s\",\"of\":\"%s\"", agg_name(n->fn), n->relation->name);
    where_add(out, n);
    window_add(out, &n->window);
    buf_adds(out, "},");
    op_add(out, n);
}

static void has_add(struct buf *out, const struct node *n)
{
    buf_addf(out, "\"has\":{\"of\":\"%s\"", n->relation->name);
    if (n->values_n > 0) {
        buf_adds(out, ",\"times\":");
        value_add(out, NULL, n->values);
    }
    where_add(out, n);
    window_add(out, &n->window);
    buf_addc(out, '}');
}

static void tags_add(struct buf *out, const struct node *n)
{
    const struct {
        const char *name;
        int from, n;
    } lists[] = {
        {"all", n->any_n, n->all_n},
        {"any", 0, n->any_n},
        {"none", n->any_n + n->all_n, n->none_n},
    };
    const char *comma = "";

    buf_adds(out, "\"tags\":{");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (lists[i].n == 0)
            continue;
        buf_addf(out, "%s\"%s\":", comma, lists[i].name);
        list_add(out, NULL, n->values + lists[i].from, lists[i].n);
        comma = ",";
    }
    buf_addc(out, '}');
}

static void received_add(struct buf *out, const struct node *n)
{
    const struct trait f = {.type = TRAIT_ENUM, .choices = message_purposes};
    char text[SPAN_BYTES];

    buf_addf(out, "\"%s\":{", node_key(n->kind));
    if (n->window.by_last) {
        span_print(&n->window.last, text);
        buf_addf(out, "\"last\":\"%s\",", text);
    }
    buf_adds(out, "\"purpose\":");
    value_add(out, &f, n->values);
    buf_addc(out, '}');
}

static void node_add(struct buf *out, const struct node *n, bool frozen)
{
    if (frozen && n->other != NULL) {
        node_add(out, n->other->root, true);
        return;
    }
    buf_addc(out, '{');
    switch (n->kind) {
    case NODE_FIELD:
        buf_addf(out, "\"f\":\"%s\",", n->field->name);
        op_add(out, n);
        break;
    case NODE_TAGS:
        tags_add(out, n);
        break;
    case NODE_AGG:
        agg_add(out, n);
        break;
    case NODE_HAS:
        has_add(out, n);
        break;
    case NODE_RECEIVED:
    case NODE_NOT_RECEIVED:
        received_add(out, n);
        break;
    case NODE_SAMPLE:
        buf_addf(out, "\"sample\":{\"bp\":%" PRId64 ",\"salt\":", n->values[0].n);
        value_add(out, NULL, &n->values[1]);
        buf_addc(out, '}');
        break;
    case NODE_SEGMENT:
        buf_addf(out, "\"segment\":%" PRId64, n->values->n);
        break;
    case NODE_IDS:
        buf_adds(out, "\"ids\":");
        list_add(out, NULL, n->values, n->values_n);
        break;
    default:
        buf_addf(out, "\"%s\":", node_key(n->kind));
        children_add(out, n, frozen);
    }
    buf_addc(out, '}');
}

static void rule_add(const struct rule *r, struct buf *out, bool frozen)
{
    buf_adds(out, "{\"root\":");
    node_add(out, r->root, frozen);
    buf_adds(out, ",\"v\":1}");
}

void rule_canonical(const struct rule *r, struct buf *out)
{
    rule_add(r, out, false);
}

void rule_frozen(const struct rule *r, struct buf *out)
{
    rule_add(r, out, true);
}
