/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/ledger.h"
#include "core/io/ledger_look.h"

#include <stdlib.h>

#define SLICE 200

struct dead {
    struct ledger_line *line;
    int n;
};

static void dead_add(void *arg, const struct ledger_line *l)
{
    struct dead *d = arg;

    if (d->n < SLICE)
        d->line[d->n++] = *l;
}

/* One slice, from the newest behind the last one on; those revived leave the table. */
static enum status slice(struct db *db, struct queue *q, struct ledger_revival *r,
                         struct dead *d)
{
    struct ledger_ask ask = {.where = LEDGER_DEAD, .kind = r->kind, .limit = SLICE};
    int64_t room = r->most - r->revived;
    struct ledger_line last;
    enum status st;

    if (d->n > 0) {
        last = d->line[d->n - 1];
        ask.behind = &last;
    }
    if (room < SLICE)
        ask.limit = (int)room;
    d->n = 0;
    st = ledger_list(db, &ask, dead_add, d);
    for (int i = 0; st == ST_OK && i < d->n; i++) {
        st = ledger_revive(db, q, r->now, d->line[i].id);
        r->revived += st == ST_OK;
        st = st == ST_NONE ? ST_OK : st; /* somebody else was quicker */
    }
    r->over = d->n < ask.limit;
    return st;
}

enum status ledger_revive_many(struct db *db, struct queue *q, struct ledger_revival *r)
{
    struct dead d = {.line = calloc(SLICE, sizeof *d.line)};
    enum status st = d.line != NULL ? ST_OK : ST_BROKEN;

    r->revived = 0;
    r->over = false;
    while (st == ST_OK && !r->over && r->revived < r->most) {
        st = slice(db, q, r, &d);
        if (st == ST_OK && r->told != NULL && !r->over)
            r->told(r->revived);
    }
    free(d.line);
    return st;
}
