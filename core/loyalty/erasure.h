/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/erasure.h - forgetting a customer.
 *
 *   erasure_ask            with a grace period: a row of erasure_due, and a day
 *   erasure_call_off       they thought better of it
 *   erasure_do             at once, or when the day has come
 *
 * One table (erasure_table) says of each column that holds something of a customer what
 * becomes of it and whether the customer sees it in their export (export.h). A table
 * with customer data that is not in it fails tests/store/test_erasure.c, so whoever adds
 * one decides that here.
 *
 * What stays, without a name: the row's number, the books (what was redeemed, where, for
 * how much), the evidence of consents, and a keyed hash by which «once for life» stays
 * true (identity.h). */
#ifndef CORE_LOYALTY_ERASURE_H
#define CORE_LOYALTY_ERASURE_H

#include "core/audit.h"
#include "core/io/db.h"

enum erasure_fate {
    ERASURE_KEEPS = 1, /* as it is: a number, the books, evidence */
    ERASURE_SETS,      /* to `sets`, an expression of SQL */
    ERASURE_DELETES    /* the whole row; column is its name in the export */
};

enum erasure_shown {
    ERASURE_HIDDEN, /* not in the export: our own bookkeeping, or a secret */
    ERASURE_SHOWN
};

/* Rows of one table stand together, in the order they are walked. */
struct erasure_rule {
    const char *table, *column;
    enum erasure_fate fate;
    const char *sets; /* ERASURE_SETS only */
    enum erasure_shown shown;
};
extern const struct erasure_rule erasure_table[];
extern const size_t erasure_rules;

/* Which rows of a table are somebody's: a condition with the customer's id, or their
 * external id, in place of each ?. Rows that are found through another table's are
 * joined to it, that one first: MariaDB before 11.1 reads the whole table for each
 * DELETE … WHERE x IN (SELECT …). */
#define ERASURE_ARGS 4
struct erasure_scope {
    const char *table;
    const char *from; /* the tables joined, `table` by its own name; NULL: it alone */
    const char *where;
    char args[ERASURE_ARGS + 1]; /* "c": customer's id, "e": external id */
    const char *order;           /* by what the export sorts; NULL: not exported */
};
const struct erasure_scope *erasure_scope(const char *table); /* NULL: none */

/* The values of a scope's ? signs, in `out`; how many. */
size_t erasure_args(const struct erasure_scope *s, int64_t customer_id,
                    int64_t external_id, struct db_arg out[ERASURE_ARGS]);

struct erasure_act {
    int64_t customer_id;
    int64_t update_id; /* evidence of who asked; 0: not by an update (the day came) */
    enum actor actor;
    int64_t actor_id;
    bool moving; /* the identity lives on in another row (moving.h) */
};

/* All of it or nothing, in the caller's transaction: the consents are taken back with
 * evidence, messages that wait are cancelled, active discounts revoked, the staff's
 * copies of their words to the shop are blanked, then the table is walked. What staff
 * saw of them at the till or in an alert is not found by a customer's id: it leaves with
 * the other messages, after retention_days. ST_NONE: no such customer, or erased before.
 * *external_id (may be NULL): who they were, for the last word to them. */
must_check enum status erasure_do(struct db *db, int64_t now,
                                  const struct erasure_act *act, int64_t *external_id);

/* ---- the days before ------------------------------------------------------------- */

/* ST_OK: *due is the moment (an earlier one, if they had asked before). */
must_check enum status erasure_ask(struct db *db, int64_t now, int64_t customer_id,
                                   int64_t grace, int64_t *due);
/* ST_NONE: nothing was asked. */
must_check enum status erasure_call_off(struct db *db, int64_t now,
                                        int64_t customer_id);
/* ST_NONE: none is coming. */
must_check enum status erasure_coming(struct db *db, int64_t customer_id, int64_t *due);
/* Whose day has come, at most room; *n. */
must_check enum status erasure_due(struct db *db, int64_t now, int64_t *customers,
                                   int room, int *n);

#endif
