/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/ledger_tree.h - all jobs that grew from one root, each under the one that put
 * it: for `dvorik jobs trace` and the API. */
#ifndef CORE_IO_LEDGER_TREE_H
#define CORE_IO_LEDGER_TREE_H

#include "core/io/ledger_look.h"

#define TREE_NODES_MAX 5000

/* The newest line of each job stands for it; runs counts its attempts. */
struct tree_node {
    struct ledger_line line;
    int runs;
    int depth; /* 0: nobody that is known put it */
};

/* In the order they are shown: each behind its parent, children in the order they ran. */
struct ledger_tree {
    struct tree_node *node;
    int n;
    bool more; /* there are more than TREE_NODES_MAX */
};
/* ST_NONE: the root came to nothing. Free it in any case. */
must_check enum status ledger_tree_grow(struct db *db, const char *root,
                                        struct ledger_tree *out);
void ledger_tree_free(struct ledger_tree *t);

#endif
