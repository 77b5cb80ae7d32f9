/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What became of a transaction whose worker was killed while it committed: the server
 * goes on with a commit it has begun, so the answer may take as long as the disk does.
 * A locking read with NOWAIT tells the three cases apart: the row as it was before, as
 * it is after, or held still. */
#include "core/io/ledger.h"

#include <stdio.h>
#include <string.h>

struct ledger_proof ledger_proof(const struct job *j)
{
    struct ledger_proof p = {.kind = j->kind};
    const char *bot = json_text(j->args, "bot", NULL);

    memcpy(p.id, j->id, sizeof p.id);
    if (kind_policy(j->kind)->class == CLASS_U && bot != NULL) {
        snprintf(p.bot, sizeof p.bot, "%s", bot);
        p.update = json_int_or(j->args, "id", 0);
    }
    return p;
}

/* A point of the primary key each: no row but that one is touched. */
static enum status look(struct db *db, const struct ledger_proof *p)
{
    if (kind_policy(p->kind)->class == CLASS_U)
        return db_one(db,
                      "SELECT 1 FROM update_seen WHERE bot = ? AND update_id = ?"
                      " FOR UPDATE NOWAIT",
                      DB_TEXT(p->bot), DB_INT(p->update));
    return db_one(db, "SELECT 1 FROM job_open WHERE id = ? FOR UPDATE NOWAIT",
                  DB_BYTES(p->id, sizeof p->id));
}

/* The claim of class D takes a row away, that of class U leaves one. */
static bool is_committed(const struct ledger_proof *p, enum status found)
{
    return kind_policy(p->kind)->class == CLASS_U && found == ST_OK;
}

struct question {
    const struct ledger_proof *proofs;
    int n;
    bool *committed;
};

static bool is_durable(const struct ledger_proof *p)
{
    return kind_policy(p->kind)->class == CLASS_D;
}

static void is_open(struct question *q, const uint8_t *id)
{
    for (int i = 0; i < q->n; i++)
        if (is_durable(&q->proofs[i]) && memcmp(q->proofs[i].id, id, 16) == 0)
            q->committed[i] = false;
}

/* All of class D at once. The locking read of the first has waited for the end of their
 * transaction, so this one need not lock, and may read as it likes. */
static enum status ask_durable(struct db *db, struct question *q)
{
    struct db_arg ids[LEDGER_PROOFS_MAX];
    enum status st;
    int n = 0;

    for (int i = 0; i < q->n; i++)
        if ((q->committed[i] = is_durable(&q->proofs[i])))
            ids[n++] = DB_BYTES(q->proofs[i].id, 16);
    if (n == 0)
        return ST_OK;
    for (int i = n; i < LEDGER_PROOFS_MAX; i++)
        ids[i] = ids[0]; /* one text, prepared once */
    st = db_select_args(db,
                        "SELECT id FROM job_open WHERE id IN (?, ?, ?, ?, ?, ?, ?, ?,"
                        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        ids, LEDGER_PROOFS_MAX);
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        is_open(q, (const uint8_t *)db_text(db, 0, NULL));
    return st == ST_NONE ? ST_OK : st;
}

static enum status ask(struct db *db, void *arg)
{
    struct question *q = arg;
    enum status found = look(db, &q->proofs[0]);

    if (found != ST_OK && found != ST_NONE)
        return found;
    found = ask_durable(db, q);
    for (int i = 0; found == ST_OK && i < q->n; i++) {
        if (is_durable(&q->proofs[i]))
            continue;
        found = look(db, &q->proofs[i]);
        q->committed[i] = is_committed(&q->proofs[i], found);
        found = found == ST_NONE ? ST_OK : found;
    }
    return found;
}

enum status ledger_outcome(struct db *db, const struct ledger_proof *proofs, int n,
                           bool *committed)
{
    struct question q = {.proofs = proofs,
                         .n = n < LEDGER_PROOFS_MAX ? n : LEDGER_PROOFS_MAX,
                         .committed = committed};

    return q.n < 1 ? ST_OK : db_tx(db, ask, &q);
}
