/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/edit.h"

#include <stdio.h>
#include <string.h>

static void copy(char *out, size_t room, const char *s)
{
    snprintf(out, room, "%s", s != NULL ? s : "");
}

static void take(struct db *db, struct edit_page *p)
{
    struct recipient *r = &p->r[p->n];

    *r = (struct recipient){.customer_id = db_int(db, 0),
                            .external_id = db_int(db, 1),
                            .lang = strcmp(db_text(db, 2, NULL), "en") == 0,
                            .variant = (int)db_int(db, 6),
                            .purchases = db_int(db, 7),
                            .spent = db_int(db, 8),
                            .discount_id = db_int(db, 10),
                            .percent_bp = (int)db_int(db, 11),
                            .until = db_time(db, 13)};
    copy(r->first_name, sizeof r->first_name, db_text(db, 3, NULL));
    copy(r->last_name, sizeof r->last_name, db_text(db, 4, NULL));
    copy(r->store, sizeof r->store, db_text(db, 5, NULL));
    copy(r->code, sizeof r->code, db_text(db, 12, NULL));
    p->external[p->n++] = db_int(db, 9);
}

enum status edit_next(struct db *db, struct edit_page *p)
{
    enum status st = db_select(
        db,
        "SELECT c.id, COALESCE(c.external_id, 0), c.language,"
        " IF(c.name = '', c.first_name, c.name), c.last_name, s.name,"
        " COALESCE(r.variant, 0), c.purchases, c.spent_total, r.external_id,"
        " COALESCE(r.discount_id, 0), COALESCE(d.percent_bp, 0), d.code, d.valid_until"
        " FROM broadcast_recipient r FORCE INDEX (PRIMARY)"
        " STRAIGHT_JOIN customer c ON c.id = r.customer_id"
        " LEFT JOIN store s ON s.id = c.home_store_id"
        " LEFT JOIN discount d ON d.id = r.discount_id"
        " WHERE r.broadcast_id = ? AND r.customer_id > ? AND r.state = 3"
        " AND r.external_id IS NOT NULL AND c.status = 1"
        " AND (? = 0 OR r.variant = ?) AND (? IS NULL OR r.ended_at > ?)"
        " ORDER BY r.customer_id LIMIT ?",
        DB_INT(p->broadcast_id), DB_INT(p->after), DB_INT(p->variant),
        DB_INT(p->variant), DB_TIME_OR_NULL(p->since), DB_TIME_OR_NULL(p->since),
        DB_INT(EDIT_PAGE));

    p->n = 0;
    while (st == ST_OK && p->n < EDIT_PAGE && (st = db_next(db)) == ST_OK)
        take(db, p);
    return st == ST_NONE ? ST_OK : st;
}

enum status edit_late(struct db *db, const struct edit_page *p, int64_t *n)
{
    enum status st = db_one(db,
                            "SELECT COUNT(*) FROM broadcast_recipient WHERE"
                            " broadcast_id = ? AND state = 3 AND ended_at <= ?"
                            " AND (? = 0 OR variant = ?)",
                            DB_INT(p->broadcast_id), DB_TIME(p->since),
                            DB_INT(p->variant), DB_INT(p->variant));

    *n = st == ST_OK ? db_int(db, 0) : 0;
    return st;
}

enum status edit_note(struct db *db, int64_t now, const struct edit *e, bool ends)
{
    return db_exec(db, NULL,
                   "INSERT INTO broadcast_edit (broadcast_id, no, does, variant, done,"
                   " gone, late, failed, begun_at, ended_at)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                   " done = done + VALUES(done), gone = gone + VALUES(gone),"
                   " late = late + VALUES(late), failed = failed + VALUES(failed),"
                   " ended_at = VALUES(ended_at)",
                   DB_INT(e->broadcast_id), DB_INT(e->no), DB_INT(e->does),
                   DB_INT(e->variant), DB_INT(e->sums.done), DB_INT(e->sums.gone),
                   DB_INT(e->sums.late), DB_INT(e->sums.failed), DB_TIME(now),
                   DB_TIME_OR_NULL(ends ? now : 0));
}

enum status edit_list(struct db *db, int64_t broadcast_id, struct edit *out, int room,
                      int *n)
{
    enum status st = db_select(db,
                               "SELECT no, does, variant, done, gone, late, failed,"
                               " begun_at, ended_at FROM broadcast_edit"
                               " WHERE broadcast_id = ? ORDER BY no DESC LIMIT ?",
                               DB_INT(broadcast_id), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        out[(*n)++] = (struct edit){
            .broadcast_id = broadcast_id,
            .no = db_int(db, 0),
            .does = (enum edit_does)db_int(db, 1),
            .variant = (int)db_int(db, 2),
            .sums = {db_int(db, 3), db_int(db, 4), db_int(db, 5), db_int(db, 6)},
            .begun_at = db_time(db, 7),
            .ended_at = db_time(db, 8)};
    return st == ST_NONE ? ST_OK : st;
}
