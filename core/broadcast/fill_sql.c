/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What becomes of each customer of the audience, as SQL: nobody of them passes through
 * this program. */
#include "core/base/clock.h"
#include "core/broadcast/fill_private.h"
#include "core/broadcast/recipient.h"
#include "core/loyalty/consent.h"

#include <stdlib.h>

void fill_plan_arg(struct fill_plan *p, struct db_arg a)
{
    if (p->n == FILL_ARGS)
        p->failed = true;
    else
        p->args[p->n++] = a;
}

/* The same for a person of a broadcast, whoever draws it. */
static void lot_add(struct fill_plan *p, const char *what, int of)
{
    buf_addf(&p->sql, "CRC32(CONCAT('%lld:%s:', c.id)) %% %d", (long long)p->b->id,
             what, of);
}

/* ---- why not, or 0, or FILL_HOLDOUT ------------------------------------------------- */

static void cap_add(struct fill_plan *p)
{
    buf_addf(&p->sql,
             " WHEN COALESCE(IF(c.marketing_rare, h.month, h.week), 0)"
             " >= IF(c.marketing_rare, ?, ?) THEN %d",
             WHY_CAP);
    fill_plan_arg(p, DB_INT(consent_cap(&p->set, true).messages));
    fill_plan_arg(p, DB_INT(consent_cap(&p->set, false).messages));
}

/* The first that holds. What was paid for may be said to whom the shop does not want. */
static void fate_add(struct fill_plan *p)
{
    buf_addf(&p->sql, "CASE WHEN c.status <> 1 THEN %d WHEN c.pd_ok = 0 THEN %d",
             WHY_BLOCKED, WHY_WITHDRAWN);
    if (p->b->purpose == MESSAGE_MARKETING)
        buf_addf(
            &p->sql,
            " WHEN c.barred_at IS NOT NULL THEN %d WHEN c.marketing_ok = 0 THEN %d",
            WHY_BARRED, WHY_NO_CONSENT);
    if (p->count && broadcast_capped(p->b))
        cap_add(p);
    if (p->b->holdout_bp > 0) {
        buf_adds(&p->sql, " WHEN ");
        lot_add(p, "h", 10000);
        buf_addf(&p->sql, " < %d THEN %d", p->b->holdout_bp, FILL_HOLDOUT);
    }
    buf_adds(&p->sql, " ELSE 0 END");
}

/* ---- which variant, and when -------------------------------------------------------- */

/* " WHEN they are none of the test THEN" */
static void rest_add(struct fill_plan *p)
{
    buf_adds(&p->sql, " WHEN ");
    lot_add(p, "t", 10000);
    buf_addf(&p->sql, " >= %d THEN ", p->b->test_bp);
}

/* Whose it is to test them gets one by its weight; the others wait for the winner. */
static void variant_add(struct fill_plan *p)
{
    int upto = 0, sum = 0;

    for (int i = 0; i < p->variants; i++)
        sum += p->variant[i].weight;
    buf_adds(&p->sql, "CASE");
    if (p->b->test_bp > 0) {
        rest_add(p);
        buf_adds(&p->sql, "NULL");
    }
    for (int i = 0; i < p->variants; i++) {
        upto += p->variant[i].weight;
        buf_adds(&p->sql, " WHEN ");
        lot_add(p, "v", sum);
        buf_addf(&p->sql, " < %d THEN %d", upto, p->variant[i].no);
    }
    buf_adds(&p->sql, " END");
}

#define MOMENT "CAST(? AS DATETIME(6))"

static void moment_add(struct fill_plan *p, int64_t at)
{
    buf_adds(&p->sql, MOMENT);
    fill_plan_arg(p, DB_TIME(at > p->now ? at : p->now));
}

/* Where they are it may be night. */
static void due_add(struct fill_plan *p)
{
    buf_adds(&p->sql, "CASE");
    if (p->b->test_bp > 0) {
        rest_add(p);
        moment_add(p, p->b->decide_at);
    }
    for (int i = 0; i < p->quiet.n; i++) {
        buf_adds(&p->sql, " WHEN s.tz = ? THEN ");
        fill_plan_arg(p, DB_TEXT(p->quiet.zone[i].tz));
        moment_add(p, p->quiet.zone[i].until);
    }
    buf_adds(&p->sql,
             p->b->test_bp > 0 || p->quiet.n > 0 ? " ELSE " : " WHEN 1 = 1 THEN ");
    moment_add(p, p->quiet.elsewhere);
    buf_adds(&p->sql, " END");
}

/* ---- from --------------------------------------------------------------------------- */

/* What everybody had within a week and a month, for the cap. */
static void had_add(struct fill_plan *p)
{
    struct marketing_cap rare = consent_cap(&p->set, true),
                         week = consent_cap(&p->set, false);

    buf_adds(&p->sql, " LEFT JOIN (SELECT customer_id, SUM(created_at > ?) AS week,"
                      " COUNT(*) AS month FROM message WHERE purpose = 2"
                      " AND state IN (1, 2, 3, 6) AND created_at > ?"
                      " GROUP BY customer_id) h ON h.customer_id = c.id");
    fill_plan_arg(p, DB_TIME(p->now - week.days * DAY));
    fill_plan_arg(p, DB_TIME(p->now - rare.days * DAY));
}

static void sql_make(struct fill_plan *p)
{
    buf_adds(&p->sql, "SELECT c.id AS id, ");
    fate_add(p);
    if (!p->count) {
        buf_adds(&p->sql, " AS fate, ");
        variant_add(p);
        buf_adds(&p->sql, " AS variant, ");
        due_add(p);
        buf_adds(&p->sql, " AS due, ");
        moment_add(p, p->now);
        buf_adds(&p->sql, " AS done");
    } else
        buf_adds(&p->sql, " AS fate");
    buf_adds(&p->sql, " FROM customer c LEFT JOIN store s ON s.id = c.home_store_id");
    if (p->count && broadcast_capped(p->b))
        had_add(p);
    buf_adds(&p->sql, " WHERE c.status <> 3 AND (");
    buf_add(&p->sql, p->compiled.sql.s, p->compiled.sql.len);
    buf_addc(&p->sql, ')');
    for (size_t i = 0; i < p->compiled.n; i++)
        fill_plan_arg(p, p->compiled.args[i]);
}

/* ---- made and thrown away ----------------------------------------------------------- */

static enum status weights(struct db *db, struct fill_plan *p)
{
    enum status st = db_select(db,
                               "SELECT no, weight FROM broadcast_variant"
                               " WHERE broadcast_id = ? ORDER BY no LIMIT ?",
                               DB_INT(p->b->id), DB_INT(BROADCAST_VARIANTS));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        p->variant[p->variants].no = (int)db_int(db, 0);
        p->variant[p->variants++].weight = (int)db_int(db, 1);
    }
    if (st == ST_NONE && p->variants == 0 && !p->count)
        return ST_BAD;
    return st == ST_NONE ? ST_OK : st;
}

enum status fill_plan_open(struct db *db, const struct moment *m,
                           const struct broadcast *b, bool count,
                           struct fill_plan **out)
{
    struct fill_plan *p = *out = calloc(1, sizeof *p);
    enum status st;

    if (p == NULL)
        return ST_BROKEN;
    p->b = b;
    p->now = m->now;
    p->count = count;
    p->moment =
        b->frozen_at != 0 ? moment_make(b->frozen_at, m->tz, m->leap_to_march) : *m;
    p->compiled.few = !count;
    st = setting_load(db, &p->set);
    if (st == ST_OK && broadcast_quiet(b))
        st = quiet_load(db, &p->set, m->tz, m->now, &p->quiet);
    if (st == ST_OK)
        st = weights(db, p);
    if (st == ST_OK)
        st = broadcast_audience(db, b, &p->rule);
    if (st == ST_OK)
        st = compile_rule(p->rule, &p->moment, &p->compiled);
    if (st != ST_OK)
        return st == ST_NONE ? ST_BAD : st;
    sql_make(p);
    return p->sql.failed || p->failed ? ST_BROKEN : ST_OK;
}

void fill_plan_free(struct fill_plan *p)
{
    if (p == NULL)
        return;
    compiled_free(&p->compiled);
    rule_free(p->rule);
    buf_free(&p->sql);
    free(p);
}
