/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/customer_card.h"

#include "core/audit.h"
#include "core/base/secret.h"
#include "core/loyalty/discount_row.h"

#include <stdio.h>
#include <string.h>

/* Each purpose's newest evidence. */
static enum status consents_load(struct db *db, int64_t id, struct customer_card *c)
{
    const bool given[] = {[PURPOSE_PD] = c->row.customer.pd_ok,
                          [PURPOSE_MARKETING] = c->row.customer.marketing_ok};
    enum status st = ST_OK;

    for (int p = PURPOSE_PD; p <= PURPOSE_MARKETING && st == ST_OK; p++) {
        struct card_consent *one = &c->consent[p];

        one->given = given[p];
        st = db_one(db,
                    "SELECT e.at, e.via, t.version, t.language FROM consent e"
                    " LEFT JOIN consent_text t ON t.id = e.text_id"
                    " WHERE e.customer_id = ? AND e.purpose = ?"
                    " ORDER BY e.at DESC, e.id DESC LIMIT 1",
                    DB_INT(id), DB_INT(p));
        if (st == ST_OK) {
            one->at = db_time(db, 0);
            one->via = (enum channel)db_int(db, 1);
            one->version = (int)db_int(db, 2);
            snprintf(one->language, sizeof one->language, "%s",
                     db_is_null(db, 3) ? "" : db_text(db, 3, NULL));
        }
        st = st == ST_NONE ? ST_OK : st;
    }
    return st;
}

static enum status discounts_load(struct db *db, int64_t now, int64_t id,
                                  struct customer_card *c)
{
    enum status st = db_select(
        db,
        "SELECT IF(status = 1 AND valid_until <= ?, 3, status) AS is_now, COUNT(*)"
        " FROM discount WHERE customer_id = ? GROUP BY is_now",
        DB_TIME(now), DB_INT(id));

    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        if (db_int(db, 0) > 0 && db_int(db, 0) <= DISCOUNT_REVOKED)
            c->discounts[db_int(db, 0)] = (int)db_int(db, 1);
    if (st == ST_NONE)
        st = db_select(db,
                       "SELECT " DISCOUNT_COLUMNS " FROM discount d"
                       " WHERE d.customer_id = ? AND d.status = 1"
                       " AND d.valid_until > ? ORDER BY d.valid_until LIMIT ?",
                       DB_INT(id), DB_TIME(now), DB_INT(CARD_DISCOUNTS));
    while (st == ST_OK && c->good_n < CARD_DISCOUNTS && (st = db_next(db)) == ST_OK)
        discount_read(db, 0, &c->good[c->good_n++]);
    return st == ST_NONE ? ST_OK : st;
}

static enum status rest_load(struct db *db, int64_t id, struct customer_card *c)
{
    enum status st = db_one(db,
                            "SELECT c.notes, (SELECT due_at FROM erasure_due"
                            " WHERE customer_id = c.id), (SELECT COUNT(*) FROM"
                            " support_block WHERE customer_id = c.id)"
                            " FROM customer c WHERE c.id = ?",
                            DB_INT(id));

    if (st != ST_OK)
        return st;
    buf_adds(&c->notes, db_text(db, 0, NULL));
    c->erase_due = db_time(db, 1);
    c->support_blocked = db_int(db, 2) > 0;
    return c->notes.failed ? ST_BROKEN : ST_OK;
}

/* 52 bits, so that a number of JavaScript holds it. By a key: who sees a masked phone
 * must not try the hidden digits against it. */
static enum status version_make(struct db *db, struct customer_card *c)
{
    const struct customer *who = &c->row.customer;
    struct buf all = {0};
    uint8_t hash[SHA256_BYTES];
    enum status st = ST_BROKEN;

    buf_addf(&all, "%d|%s|%s|%s|%d|%lld|", c->row.state, who->name, who->phone,
             who->language, who->has_birth ? (int)cal_day(who->birth) : -1,
             (long long)c->row.home_store_id);
    for (int i = 0; i < c->tags_n; i++)
        buf_addf(&all, "%lld,", (long long)c->tags[i].id);
    buf_adds(&all, c->notes.s);
    if (!all.failed)
        st = audit_digest(db, "card", all.s, hash);
    if (st == ST_OK) {
        c->version = 0;
        for (int i = 0; i < 6; i++)
            c->version = c->version << 8 | hash[i];
        c->version = c->version << 4 | hash[6] >> 4;
    }
    buf_free(&all);
    return st;
}

enum status customer_card_load(struct db *db, int64_t now, int64_t id, int64_t staff_id,
                               struct customer_card *out)
{
    enum status st;

    *out = (struct customer_card){0};
    st = customer_row_load(db, id, staff_id, &out->row);
    if (st == ST_OK)
        st = rest_load(db, id, out);
    if (st == ST_OK)
        st = consents_load(db, id, out);
    if (st == ST_OK)
        st = tag_list(db, id, out->tags, &out->tags_n);
    if (st == ST_OK)
        st = discounts_load(db, now, id, out);
    if (st == ST_OK)
        st = version_make(db, out);
    if (st != ST_OK)
        customer_card_free(out);
    return st;
}

void customer_card_free(struct customer_card *c)
{
    buf_free(&c->notes);
}
