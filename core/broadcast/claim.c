/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Some of those who wait are taken in hand, in one transaction: each is asked for once
 * more whether they may be written to. */
#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/broadcast/claim_private.h"
#include "core/broadcast/restored.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/customer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- who they are ------------------------------------------------------------------- */

static enum status ids_print(const int64_t *customer, int n, struct many *out)
{
    for (int i = 0; i < n; i++) {
        many_begin(out);
        many_int(out, customer[i]);
        many_end(out);
    }
    (void)many_arg(out);
    return out->json.failed ? ST_BROKEN : ST_OK;
}

#define IDS "JSON_TABLE(?, '$[*]' COLUMNS (c BIGINT PATH '$[0]')) f"

/* Held, in the order of their numbers; who is not QUEUED and due any more is nobody's. */
static enum status rows_lock(struct db *db, struct claim *c)
{
    enum status st = db_select(
        db,
        "SELECT r.customer_id, COALESCE(r.variant, 0), COALESCE(r.message_id, 0),"
        " COALESCE(r.discount_id, 0), @@auto_increment_increment, r.attempts FROM " IDS
        " STRAIGHT_JOIN broadcast_recipient r FORCE INDEX (PRIMARY)"
        " ON r.broadcast_id = ? AND r.customer_id = f.c"
        " WHERE r.state = 1 AND r.due <= ? FOR UPDATE",
        DB_TEXT_N(c->ids.json.s, c->ids.json.len), DB_INT(c->b->id), DB_TIME(c->now));

    while (st == ST_OK && c->n < CHUNK_MAX && (st = db_next(db)) == ST_OK) {
        struct claiming *r = &c->row[c->n++];

        *r = (struct claiming){.to.customer_id = db_int(db, 0),
                               .was_variant = (int)db_int(db, 1),
                               .had_message = db_int(db, 2) != 0};
        r->to.variant = r->was_variant;
        r->to.message_id = db_int(db, 2);
        r->to.discount_id = db_int(db, 3);
        r->to.attempts = (int)db_int(db, 5);
        c->id_step = db_int(db, 4);
    }
    return st == ST_NONE ? ST_OK : st;
}

static struct claiming *row_of(struct claim *c, int64_t customer_id)
{
    for (int i = 0; i < c->n; i++)
        if (c->row[i].to.customer_id == customer_id)
            return &c->row[i];
    return NULL;
}

static void copy(char *out, size_t room, const char *s)
{
    snprintf(out, room, "%s", s != NULL ? s : "");
}

static void customer_take(const struct db *db, const struct claim *c,
                          struct claiming *r)
{
    const char *tz = db_text(db, 14, NULL);

    r->to.external_id = db_int(db, 1);
    r->to.lang = strcmp(db_text(db, 2, NULL), "en") == 0;
    copy(r->to.first_name, sizeof r->to.first_name, db_text(db, 3, NULL));
    copy(r->to.last_name, sizeof r->to.last_name, db_text(db, 4, NULL));
    copy(r->to.store, sizeof r->to.store, db_text(db, 5, NULL));
    r->to.purchases = db_int(db, 6);
    r->to.spent = db_int(db, 7);
    r->status = (int)db_int(db, 8);
    r->pd_ok = db_int(db, 9) != 0;
    r->marketing_ok = db_int(db, 10) != 0;
    r->barred = db_int(db, 11) != 0;
    r->rare = db_int(db, 12) != 0;
    r->quiet_until = quiet_of(&c->quiet, tz != NULL ? tz : "");
}

static enum status customers_read(struct db *db, struct claim *c)
{
    enum status st = db_select(
        db,
        "SELECT c.id, COALESCE(c.external_id, 0), c.language,"
        " IF(c.name = '', c.first_name, c.name), c.last_name, s.name, c.purchases,"
        " c.spent_total, c.status, c.pd_ok, c.marketing_ok, c.barred_at IS NOT NULL,"
        " c.marketing_rare, c.id, s.tz FROM " IDS " STRAIGHT_JOIN customer c"
        " ON c.id = f.c LEFT JOIN store s ON s.id = c.home_store_id",
        DB_TEXT_N(c->ids.json.s, c->ids.json.len));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct claiming *r = row_of(c, db_int(db, 0));

        if (r != NULL)
            customer_take(db, c, r);
    }
    return st == ST_NONE ? ST_OK : st;
}

/* Two broadcasts may have the same person in hand at the same moment: who comes second
 * waits, and finds the other's message. And nobody is erased, moves, or takes a consent
 * back between the question and the message. In the order of their numbers. */
static enum status customers_hold(struct db *db, const struct claim *c)
{
    enum status st = db_select(db,
                               "SELECT c.id FROM " IDS " STRAIGHT_JOIN customer c"
                               " FORCE INDEX (PRIMARY) ON c.id = f.c FOR UPDATE",
                               DB_TEXT_N(c->ids.json.s, c->ids.json.len));

    while (st == ST_OK)
        st = db_next(db);
    return st == ST_NONE ? ST_OK : st;
}

/* What they had of late, but for this very broadcast. */
static enum status had_read(struct db *db, struct claim *c)
{
    struct marketing_cap rare = consent_cap(&c->set, true),
                         week = consent_cap(&c->set, false);
    int days = rare.days > week.days ? rare.days : week.days;
    enum status st = db_select(
        db,
        "SELECT m.customer_id, SUM(m.created_at > ?), SUM(m.created_at > ?) FROM " IDS
        " STRAIGHT_JOIN message m FORCE INDEX (ix_message_story)"
        " ON m.customer_id = f.c AND m.created_at > ? WHERE m.purpose = 2"
        " AND m.state IN (1, 2, 3, 6) AND (m.root IS NULL OR m.root <> ?)"
        " GROUP BY m.customer_id",
        DB_TIME(c->now - week.days * DAY), DB_TIME(c->now - rare.days * DAY),
        DB_TEXT_N(c->ids.json.s, c->ids.json.len), DB_TIME(c->now - days * DAY),
        DB_TEXT(c->root));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct claiming *r = row_of(c, db_int(db, 0));

        if (r != NULL)
            r->capped = r->rare ? db_int(db, 2) >= rare.messages
                                : db_int(db, 1) >= week.messages;
    }
    /* A cap of nothing is reached by who had nothing. */
    for (int i = 0; i < c->n; i++)
        c->row[i].capped |= (c->row[i].rare ? rare : week).messages == 0;
    return st == ST_NONE ? ST_OK : st;
}

/* ---- may they? ---------------------------------------------------------------------- */

/* The first that holds; WHY_NONE: they may. */
static enum recipient_why why_not(const struct claim *c, const struct claiming *r)
{
    bool marketing = c->b->purpose == MESSAGE_MARKETING;

    if (r->status == CUSTOMER_ERASED || r->status == 0)
        return WHY_ERASED;
    if (r->status != CUSTOMER_ACTIVE)
        return WHY_BLOCKED;
    if (!r->pd_ok)
        return WHY_WITHDRAWN;
    if (marketing && r->barred)
        return WHY_BARRED;
    if (marketing && !r->marketing_ok)
        return WHY_NO_CONSENT;
    if (c->b->not_after != 0 && c->now >= c->b->not_after)
        return WHY_LATE;
    return r->capped && broadcast_capped(c->b) ? WHY_CAP : WHY_NONE;
}

/* Where it is night it waits for the morning, unless that is too late. */
static void judge(const struct claim *c, struct claiming *r)
{
    int64_t later = 0;

    r->state = RECIPIENT_SENDING;
    r->why = why_not(c, r);
    if (r->why == WHY_NONE && broadcast_quiet(c->b))
        later = r->quiet_until;
    if (r->why == WHY_NONE && r->to.variant == 0) {
        r->to.variant = c->b->winner;
        if (r->to.variant == 0 && later < c->now + MINUTE)
            later = c->b->decide_at > c->now ? c->b->decide_at : c->now + MINUTE;
    }
    if (later > c->now && c->b->not_after != 0 && later >= c->b->not_after)
        r->why = WHY_LATE;
    if (r->why != WHY_NONE)
        r->state = RECIPIENT_SKIPPED;
    else if (later > c->now) {
        r->state = RECIPIENT_QUEUED;
        r->due = later;
    }
    if (r->state != RECIPIENT_SENDING)
        r->to.variant = r->was_variant;
}

static enum status judge_all(struct db *db, struct claim *c)
{
    enum status st = ids_print(c->named, c->named_n, &c->ids);

    if (st == ST_OK)
        st = rows_lock(db, c);
    if (st != ST_OK || c->n == 0)
        return st;
    st = setting_load(db, &c->set);
    if (st == ST_OK && broadcast_quiet(c->b))
        st = quiet_load(db, &c->set, c->tz, c->now, &c->quiet);
    if (st == ST_OK)
        st = customers_hold(db, c);
    if (st == ST_OK)
        st = customers_read(db, c);
    if (st == ST_OK && broadcast_capped(c->b))
        st = had_read(db, c);
    for (int i = 0; i < c->n && st == ST_OK; i++)
        judge(c, &c->row[i]);
    return st;
}

/* ---- the chunk ---------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* When the chain's next one is due; while they are still being written, soon. */
static enum status next_due(struct db *db, int64_t now, struct chunk *c)
{
    enum status st = db_one(db,
                            "SELECT due FROM broadcast_recipient"
                            " FORCE INDEX (ix_broadcast_recipient_due)"
                            " WHERE broadcast_id = ? AND state = 1"
                            " AND (? < 0 OR customer_id % ? = ?)"
                            " ORDER BY due, customer_id LIMIT 1",
                            DB_INT(c->broadcast_id), DB_INT(c->chain),
                            DB_INT(BROADCAST_CHAINS), DB_INT(c->chain));

    c->next_due = st == ST_OK                            ? db_time(db, 0)
                  : st == ST_NONE && c->b.filled_at == 0 ? now + SECOND
                                                         : 0;
    return st == ST_NONE ? ST_OK : st;
}

static enum status claim(struct db *db, int64_t now, struct chunk *c,
                         const int64_t *customer, int n)
{
    struct claim *w = calloc(1, sizeof *w);
    enum status st;

    if (w == NULL)
        return ST_BROKEN;
    w->now = now;
    w->b = &c->b;
    w->job = c->job;
    w->tz = c->tz;
    w->named_n = n;
    memcpy(w->named, customer, (size_t)n * sizeof *customer);
    qsort(w->named, (size_t)n, sizeof *w->named, by_number);
    snprintf(w->root, sizeof w->root, "bc:%lld", (long long)c->b.id);
    st = judge_all(db, w);
    if (st == ST_OK && w->n > 0)
        st = claim_write(db, w);
    for (int i = 0; i < w->n && st == ST_OK; i++)
        if (w->row[i].state == RECIPIENT_SENDING)
            c->r[c->n++] = w->row[i].to;
    many_free(&w->ids);
    free(w);
    return st;
}

enum status recipients_claim(struct db *db, int64_t now, struct chunk *c,
                             const int64_t *customer, int n)
{
    bool held = false;
    enum status st = broadcast_share(db, c->broadcast_id, &c->b);

    c->n = 0;
    c->next_due = 0;
    if (n > CHUNK_MAX || n > c->room)
        return ST_BAD;
    if (st == ST_OK)
        st = restored_held(db, &held);
    if (st == ST_OK && (held || c->b.state != BROADCAST_SENDING))
        st = ST_NONE;
    if (st == ST_OK && n > 0)
        st = claim(db, now, c, customer, n);
    crash_point("broadcast.claimed");
    return st == ST_OK && c->n == 0 ? next_due(db, now, c) : st;
}
