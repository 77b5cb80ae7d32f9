/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/erasure.h"

#include "core/base/buf.h"
#include "core/base/crash.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/identity.h"

#include <string.h>

/* ---- the walk ------------------------------------------------------------------- */

/* The rules of one table, as one statement; how many there were. Empty: all stays. */
static size_t statement(const struct erasure_rule *r, const struct erasure_scope *s,
                        struct buf *sql)
{
    size_t n, set = 0;

    for (n = 0;
         r + n < erasure_table + erasure_rules && strcmp(r[n].table, r->table) == 0;
         n++)
        if (r[n].fate == ERASURE_SETS) {
            buf_addf(sql, set++ == 0 ? "UPDATE %s SET " : ", ", r->table);
            buf_addf(sql, "%s = %s", r[n].column, r[n].sets);
        }
    if (r->fate == ERASURE_DELETES)
        buf_addf(sql, "DELETE %s FROM %s", s->from != NULL ? s->table : "",
                 s->from != NULL ? s->from : s->table);
    if (sql->len > 0)
        buf_addf(sql, " WHERE %s", s->where);
    return n;
}

static enum status walk(struct db *db, int64_t customer_id, int64_t external_id)
{
    struct db_arg args[ERASURE_ARGS];
    enum status st = ST_OK;
    size_t i = 0;

    while (st == ST_OK && i < erasure_rules) {
        const struct erasure_scope *s = erasure_scope(erasure_table[i].table);
        struct buf sql = {0};
        size_t n;

        if (s == NULL)
            return ST_BROKEN;
        i += statement(&erasure_table[i], s, &sql);
        n = erasure_args(s, customer_id, external_id, args);
        if (sql.failed)
            st = ST_BROKEN;
        else if (sql.len > 0)
            st = db_exec_args(db, NULL, sql.s, args, n);
        crash_point("erasure.walked");
        buf_free(&sql);
    }
    return st;
}

/* ---- the act -------------------------------------------------------------------- */

struct who {
    enum channel channel;
    int64_t external_id, person_id;
    bool pd_ok;
};

/* Nobody else changes that row until we are done. */
static enum status lock(struct db *db, int64_t customer_id, struct who *out)
{
    enum status st = db_one(db,
                            "SELECT channel, external_id, COALESCE(person_id, id),"
                            " pd_ok, status FROM customer WHERE id = ? FOR UPDATE",
                            DB_INT(customer_id));

    if (st == ST_OK && db_int(db, 4) == CUSTOMER_ERASED)
        return ST_NONE;
    if (st == ST_OK)
        *out = (struct who){.channel = (enum channel)db_int(db, 0),
                            .external_id = db_int(db, 1),
                            .person_id = db_int(db, 2),
                            .pd_ok = db_int(db, 3) != 0};
    return st;
}

/* An older press than their last yes erases all the same: it was theirs, twice asked. */
static enum status withdraw(struct db *db, int64_t now, const struct erasure_act *act)
{
    bool staff = act->actor == ACTOR_STAFF;
    const struct consent_act c = {.customer_id = act->customer_id,
                                  .purpose = PURPOSE_PD,
                                  .update_id = act->update_id,
                                  .via = staff ? CHANNEL_PANEL : CHANNEL_MESSENGER,
                                  .staff_id = staff ? act->actor_id : 0};
    enum status st = consent_revoke(db, now, &c);

    return st == ST_NONE ? ST_OK : st;
}

static enum status cancel_messages(struct db *db, int64_t customer_id)
{
    return db_exec(db, NULL,
                   "UPDATE message SET state = 7 WHERE customer_id = ? AND state = 1",
                   DB_INT(customer_id));
}

/* What a customer wrote to the shop stands in messages to staff, too, with the photo as
 * their document; support_copy alone knows whose they are, until the walk takes it. */
#define COPIES                                                                         \
    " support_thread t STRAIGHT_JOIN support_copy c ON c.thread_id = t.id"             \
    " STRAIGHT_JOIN message m ON m.id = c.message_id"

static enum status blank_copies(struct db *db, int64_t customer_id)
{
    enum status st = db_exec(
        db, NULL,
        "DELETE document FROM" COPIES " STRAIGHT_JOIN document"
        " ON document.id = CAST(JSON_EXTRACT(m.payload, '$.document') AS SIGNED)"
        " WHERE t.customer_id = ?",
        DB_INT(customer_id));

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE" COPIES " SET m.payload = '{}', m.why = 'erased',"
                     " m.state = IF(m.state = 1, 7, m.state) WHERE t.customer_id = ?",
                     DB_INT(customer_id));
    crash_point("erasure.walked");
    return st;
}

enum status erasure_do(struct db *db, int64_t now, const struct erasure_act *act,
                       int64_t *external_id)
{
    struct who who;
    enum status st = lock(db, act->customer_id, &who);

    if (st != ST_OK)
        return st;
    crash_point("erasure.begun");
    if (who.pd_ok)
        st = withdraw(db, now, act);
    if (st == ST_OK && !act->moving)
        st = identity_leaves(db, now, who.channel, who.external_id, who.person_id);
    if (st == ST_OK)
        st = cancel_messages(db, act->customer_id);
    if (st == ST_OK)
        st = blank_copies(db, act->customer_id);
    if (st == ST_OK)
        st = walk(db, act->customer_id, who.external_id);
    if (st == ST_OK)
        st = audit_add(db, now,
                       &(struct audit_entry){.actor = act->actor,
                                             .actor_id = act->actor_id,
                                             .action = "customer.erase",
                                             .entity_id = act->customer_id});
    if (external_id != NULL)
        *external_id = who.external_id;
    return st;
}

/* ---- the days before ------------------------------------------------------------- */

static enum status note(struct db *db, int64_t now, int64_t id, const char *action)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_CUSTOMER,
                                           .actor_id = id,
                                           .action = action,
                                           .entity_id = id});
}

enum status erasure_coming(struct db *db, int64_t customer_id, int64_t *due)
{
    enum status st = db_one(db, "SELECT due_at FROM erasure_due WHERE customer_id = ?",
                            DB_INT(customer_id));

    if (st == ST_OK)
        *due = db_time(db, 0);
    return st;
}

enum status erasure_ask(struct db *db, int64_t now, int64_t customer_id, int64_t grace,
                        int64_t *due)
{
    enum status st = erasure_coming(db, customer_id, due);

    if (st != ST_NONE)
        return st;
    *due = now + grace;
    st = db_exec(db, NULL,
                 "INSERT INTO erasure_due (customer_id, asked_at, due_at)"
                 " VALUES (?, ?, ?)",
                 DB_INT(customer_id), DB_TIME(now), DB_TIME(*due));
    return st == ST_OK ? note(db, now, customer_id, "customer.erase_asked")
                       : (st == ST_TAKEN ? ST_AGAIN : st);
}

enum status erasure_call_off(struct db *db, int64_t now, int64_t customer_id)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed, "DELETE FROM erasure_due WHERE customer_id = ?",
                DB_INT(customer_id));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    return st == ST_OK ? note(db, now, customer_id, "customer.erase_called_off") : st;
}

enum status erasure_due(struct db *db, int64_t now, int64_t *customers, int room,
                        int *n)
{
    enum status st = db_select(db,
                               "SELECT customer_id FROM erasure_due WHERE due_at <= ?"
                               " ORDER BY due_at LIMIT ?",
                               DB_TIME(now), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        customers[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}
