/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A claim is written down: messages, discounts, the rows, their counts. */
#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/broadcast/claim_private.h"
#include "core/loyalty/discount.h"

#include <stdio.h>

/* ---- discounts of the offer --------------------------------------------------------- */

static enum status offer_one(struct db *db, const struct claim *c, struct claiming *r)
{
    const struct broadcast_offer *o = &c->b->offer;
    int64_t until = o->days > 0 ? c->now + o->days * DAY : o->until;
    char key[60];
    struct discount d;
    enum status st;

    snprintf(key, sizeof key, "bc:%lld:%lld", (long long)c->b->id,
             (long long)r->to.customer_id);
    st = discount_issue(db, c->now,
                        &(struct discount_spec){.customer_id = r->to.customer_id,
                                                .source = SOURCE_CAMPAIGN,
                                                .issue_key = key,
                                                .percent_bp = o->percent_bp,
                                                .valid_from = c->now,
                                                .valid_until = until,
                                                .uses = o->uses,
                                                .store_id = o->store_id,
                                                .min_purchase = o->min_purchase,
                                                .max_amount = o->max_amount},
                        &d);
    if (st != ST_OK && st != ST_TAKEN) /* taken: by a claim before this one */
        return st == ST_BAD ? ST_NONE : st;
    r->to.discount_id = d.id;
    r->to.percent_bp = d.percent_bp;
    r->to.until = d.valid_until;
    snprintf(r->to.code, sizeof r->to.code, "%s", d.code);
    return ST_OK;
}

/* An offer that is over is no reason to write: that message would promise nothing. */
static enum status offers_make(struct db *db, struct claim *c)
{
    enum status st = ST_OK;

    for (int i = 0; i < c->n && st == ST_OK; i++) {
        if (c->row[i].state != RECIPIENT_SENDING)
            continue;
        st = offer_one(db, c, &c->row[i]);
        if (st == ST_NONE) {
            c->row[i].state = RECIPIENT_SKIPPED;
            c->row[i].why = WHY_LATE;
            c->row[i].to.variant = c->row[i].was_variant;
            st = ST_OK;
        }
    }
    return st;
}

/* ---- messages ----------------------------------------------------------------------- */

static void message_args(struct claim *c, const struct claiming *r, size_t n)
{
    struct db_arg *out = c->args + n;

    out[0] = DB_INT(MESSAGE_SENDING);
    out[1] = DB_INT(SENDER_CLIENT);
    out[2] = DB_INT(r->to.external_id);
    out[3] = DB_INT(r->to.customer_id);
    out[4] = DB_INT(c->b->purpose);
    out[5] = DB_INT(UNSURE_ASSUME);
    out[6] = DB_TEXT(c->payload[r->to.variant]);
    out[7] = DB_TEXT(c->root);
    out[8] = DB_INT(1);
    out[9] = out[10] = DB_TIME(c->now);
}

static void messages_numbered(struct claim *c, int64_t id)
{
    for (int i = 0; i < c->n; i++)
        if (c->row[i].state == RECIPIENT_SENDING && !c->row[i].had_message) {
            c->row[i].to.message_id = id;
            id += c->id_step;
        }
}

/* One INSERT with a list of values has numbers in a row (in steps of id_step). */
static enum status messages_insert(struct db *db, struct claim *c)
{
    struct buf sql = {0};
    size_t n = 0;
    enum status st = ST_OK;

    for (int v = 0; v <= BROADCAST_VARIANTS; v++)
        snprintf(c->payload[v], sizeof c->payload[v],
                 "{\"broadcast\":%lld,\"variant\":%d}", (long long)c->b->id, v);
    buf_adds(&sql,
             "INSERT INTO message (state, sender, recipient, customer_id, purpose,"
             " on_unsure, payload, root, attempts, created_at, claimed_at) VALUES ");
    for (int i = 0; i < c->n; i++) {
        const struct claiming *r = &c->row[i];

        if (r->state != RECIPIENT_SENDING || r->had_message)
            continue;
        buf_adds(&sql, n > 0 ? ", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                             : "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        message_args(c, r, n);
        n += CLAIM_COLUMNS;
    }
    if (n > 0)
        st = sql.failed ? ST_BROKEN : db_exec_args(db, NULL, sql.s, c->args, n);
    if (n > 0 && st == ST_OK)
        messages_numbered(c, db_last_id(db));
    buf_free(&sql);
    return st;
}

/* Those that were not accepted before, once more; or not at all, now. */
static enum status messages_again(struct db *db, const struct claim *c)
{
    struct many rows = {0};
    struct db_arg arg;
    enum status st = ST_OK;

    for (int i = 0; i < c->n; i++) {
        const struct claiming *r = &c->row[i];

        if (!r->had_message || r->state == RECIPIENT_QUEUED)
            continue;
        many_begin(&rows);
        many_int(&rows, r->to.message_id);
        many_int(&rows, r->state);
        many_text(&rows,
                  r->state == RECIPIENT_SENDING ? "" : recipient_why_name(r->why));
        many_end(&rows);
    }
    arg = many_arg(&rows);
    if (rows.json.failed)
        st = ST_BROKEN;
    if (st == ST_OK && rows.n > 0)
        st =
            db_exec(db, NULL,
                    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (m BIGINT PATH '$[0]',"
                    " s INT PATH '$[1]', w VARCHAR(120) PATH '$[2]')) f"
                    " STRAIGHT_JOIN message m ON m.id = f.m"
                    " SET m.attempts = m.attempts + (f.s = 2),"
                    " m.claimed_at = IF(f.s = 2, CAST(? AS DATETIME(6)), m.claimed_at),"
                    " m.why = NULLIF(f.w, ''), m.state = f.s WHERE m.state = 1",
                    arg, DB_TIME(c->now));
    if (st == ST_OK && rows.n > 0)
        st = messages_late(db, c->now, arg); /* their end follows soon */
    many_free(&rows);
    return st;
}

/* ---- rows and counts ---------------------------------------------------------------- */

static enum status rows_write(struct db *db, const struct claim *c)
{
    struct many rows = {0};
    struct db_arg arg;
    int64_t changed;
    enum status st;

    for (int i = 0; i < c->n; i++) {
        const struct claiming *r = &c->row[i];

        many_begin(&rows);
        many_int(&rows, r->to.customer_id);
        many_int(&rows, r->state);
        many_int(&rows, r->why);
        many_int(&rows, r->to.variant);
        many_int(&rows, r->to.message_id);
        many_int(&rows, r->to.discount_id);
        many_time(&rows, r->due != 0 ? r->due : c->now);
        many_end(&rows);
    }
    arg = many_arg(&rows);
    st = rows.json.failed
             ? ST_BROKEN
             : db_exec(
                   db, &changed,
                   "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (c BIGINT PATH '$[0]',"
                   " s INT PATH '$[1]', w INT PATH '$[2]', v INT PATH '$[3]',"
                   " m BIGINT PATH '$[4]', o BIGINT PATH '$[5]',"
                   " d VARCHAR(27) PATH '$[6]')) f STRAIGHT_JOIN broadcast_recipient r"
                   " ON r.broadcast_id = ? AND r.customer_id = f.c SET r.why = f.w,"
                   " r.variant = NULLIF(f.v, 0), r.message_id = NULLIF(f.m, 0),"
                   " r.discount_id = NULLIF(f.o, 0), r.job = IF(f.s = 2, ?, NULL),"
                   " r.due = IF(f.s = 1, CAST(f.d AS DATETIME(6)), r.due),"
                   " r.ended_at = IF(f.s = 5, CAST(? AS DATETIME(6)), NULL),"
                   " r.state = f.s WHERE r.state = 1",
                   arg, DB_INT(c->b->id), DB_BYTES(c->job, 16), DB_TIME(c->now));
    many_free(&rows);
    return st == ST_OK && changed != c->n ? ST_AGAIN : st;
}

static enum status counted(struct db *db, const struct claim *c)
{
    struct counts counts = {0};

    for (int i = 0; i < c->n; i++) {
        const struct claiming *r = &c->row[i];

        counts_add(&counts, r->was_variant, RECIPIENT_QUEUED, 0, -1);
        counts_add(&counts, r->to.variant, (int)r->state, (int)r->why, 1);
    }
    return counts_put(db, c->b->id, &counts);
}

enum status claim_write(struct db *db, struct claim *c)
{
    enum status st = c->b->offer.percent_bp != 0 ? offers_make(db, c) : ST_OK;

    if (st == ST_OK)
        st = messages_insert(db, c);
    crash_point("broadcast.messages_put");
    if (st == ST_OK)
        st = messages_again(db, c);
    if (st == ST_OK)
        st = rows_write(db, c);
    return st == ST_OK ? counted(db, c) : st;
}
