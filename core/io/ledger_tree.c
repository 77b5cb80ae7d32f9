/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/ledger_tree.h"

#include <stdlib.h>
#include <string.h>

/* While it grows: nodes as they come, and a table from ids to them. */
#define SLOTS 16384 /* a power of two, above twice TREE_NODES_MAX */

_Static_assert(SLOTS > 2 * TREE_NODES_MAX, "the table must not fill");

struct growth {
    struct tree_node *node;
    int n;
    int *slot; /* index + 1; 0: free */
    bool more;
};

/* The end of an id is random. */
static unsigned slot_of(const struct growth *g, const uint8_t id[16])
{
    unsigned at = ((unsigned)id[14] << 8 | id[15]) & (SLOTS - 1);

    while (g->slot[at] != 0 && memcmp(g->node[g->slot[at] - 1].line.id, id, 16) != 0)
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static void grow(void *arg, const struct ledger_line *l)
{
    struct growth *g = arg;
    unsigned at = slot_of(g, l->id);

    if (g->slot[at] != 0) {
        struct tree_node *n = &g->node[g->slot[at] - 1];

        n->line = *l;
        n->runs++;
    } else if (g->n == TREE_NODES_MAX) {
        g->more = true;
    } else {
        g->node[g->n++] = (struct tree_node){.line = *l, .runs = 1, .depth = -1};
        g->slot[at] = g->n;
    }
}

/* ---- the order ------------------------------------------------------------------- */

/* First child and next brother of each node, as indexes; -1: none. */
struct kin {
    int first, last, next;
};

static int parent_of(const struct growth *g, int i)
{
    const struct ledger_line *l = &g->node[i].line;

    return l->has_parent ? g->slot[slot_of(g, l->parent)] - 1 : -1;
}

static void kin_add(struct kin *kin, int parent, int child)
{
    if (kin[parent].first < 0)
        kin[parent].first = child;
    else
        kin[kin[parent].last].next = child;
    kin[parent].last = child;
}

/* Down to the first child, else along to the next brother, else up. Whoever is in a
 * circle, which no program of ours makes, has no way from the top and stands alone. */
static void branch(struct growth *g, const struct kin *kin, int from,
                   struct ledger_tree *out)
{
    int depth = 0;

    for (int at = from;;) {
        g->node[at].depth = depth;
        out->node[out->n++] = g->node[at];
        if (kin[at].first >= 0) {
            at = kin[at].first;
            depth++;
            continue;
        }
        while (at != from && kin[at].next < 0) {
            at = parent_of(g, at);
            depth--;
        }
        if (at == from)
            return;
        at = kin[at].next;
    }
}

static void order(struct growth *g, struct kin *kin, struct ledger_tree *out)
{
    for (int i = 0; i < g->n; i++)
        kin[i] = (struct kin){-1, -1, -1};
    for (int i = 0; i < g->n; i++)
        if (parent_of(g, i) >= 0 && parent_of(g, i) != i)
            kin_add(kin, parent_of(g, i), i);
    for (int i = 0; i < g->n; i++)
        if (parent_of(g, i) < 0 || parent_of(g, i) == i)
            branch(g, kin, i, out);
    for (int i = 0; i < g->n; i++)
        if (g->node[i].depth < 0) {
            g->node[i].depth = 0;
            out->node[out->n++] = g->node[i];
        }
    out->more = g->more;
}

enum status ledger_tree_grow(struct db *db, const char *root, struct ledger_tree *out)
{
    struct growth g = {.node = calloc(TREE_NODES_MAX, sizeof *g.node),
                       .slot = calloc(SLOTS, sizeof *g.slot)};
    struct kin *kin = calloc(TREE_NODES_MAX, sizeof *kin);
    enum status st = ST_BROKEN;

    *out = (struct ledger_tree){.node = calloc(TREE_NODES_MAX, sizeof *out->node)};
    if (g.node != NULL && g.slot != NULL && kin != NULL && out->node != NULL)
        st = ledger_trace(db, root, grow, &g);
    if (st == ST_OK)
        order(&g, kin, out);
    free(g.node);
    free(g.slot);
    free(kin);
    return st;
}

void ledger_tree_free(struct ledger_tree *t)
{
    free(t->node);
    *t = (struct ledger_tree){0};
}
