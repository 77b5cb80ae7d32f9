/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/track.h"

#include <stdio.h>

static const char *const names[TRACK_KINDS] = {
    [0] = "unset",
    [TRACK_ISSUED] = "issued",
    [TRACK_SHOWN] = "shown",
    [TRACK_CHECKED] = "checked",
    [TRACK_HELD] = "held",
    [TRACK_REDEEMED] = "redeemed",
    [TRACK_VOIDED] = "voided",
    [TRACK_RENEWED] = "renewed",
    [TRACK_REVOKED] = "revoked",
    [TRACK_EXTENDED] = "extended",
    [TRACK_RESENT] = "resent",
    [TRACK_REISSUED] = "reissued",
};

const char *track_name(enum track_kind kind)
{
    return names[(unsigned)kind < TRACK_KINDS ? kind : 0];
}

/* Each by an index of the discount; the newest of each, then of all. Columns: kind, at,
 * id (of those of one moment), staff, store, number, detail, words. */
#define OF_DISCOUNT                                                                    \
    "SELECT 1 AS kind, d.created_at AS at, 0 AS id, d.issued_by AS staff_id,"          \
    " NULL AS store_id, d.id AS number, 0 AS detail, d.reason AS words"                \
    " FROM discount d WHERE d.id = ?"
#define OF_HEIR                                                                        \
    "SELECT 11, h.created_at, 0, h.issued_by, NULL, h.id, 0, NULL FROM discount h"     \
    " WHERE h.issue_key = CONCAT('again:', ?)"
#define OF_SHOWN                                                                       \
    "SELECT 2, w.at, w.message_id, NULL, NULL, m.state, 0, NULL"                       \
    " FROM discount_shown w JOIN message m ON m.id = w.message_id"                     \
    " WHERE w.discount_id = ? ORDER BY w.at DESC LIMIT 100"
#define OF_ATTEMPT                                                                     \
    "SELECT IF(a.verdict = 1, 4, 3), a.at, a.id, a.staff_id, a.store_id, a.verdict,"   \
    " 0, NULL FROM redemption_attempt a WHERE a.discount_id = ?"                       \
    " ORDER BY a.at DESC LIMIT 100"
#define OF_REDEMPTION                                                                  \
    "SELECT 5, r.redeemed_at, r.id, r.staff_id, r.store_id, r.id, 0, NULL"             \
    " FROM redemption r WHERE r.discount_id = ? ORDER BY r.redeemed_at DESC LIMIT 100"
#define OF_UNDO                                                                        \
    "SELECT 6, v.voided_at, v.id, v.voided_by, v.store_id, v.id, v.void_reason,"       \
    " v.void_note FROM redemption v WHERE v.discount_id = ?"                           \
    " AND v.voided_at IS NOT NULL ORDER BY v.voided_at DESC LIMIT 100"
#define OF_AUDIT                                                                       \
    "SELECT 7, u.at, u.id, NULL, NULL, 0, 0, NULL FROM audit u"                        \
    " WHERE u.entity_id = ? AND u.action = 'discount.renew'"                           \
    " ORDER BY u.id DESC LIMIT 100"
#define OF_DEED                                                                        \
    "SELECT 7 + e.what, e.at, e.id, e.staff_id, NULL,"                                 \
    " COALESCE(CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', e.until_is) AS SIGNED),"  \
    " 0), 0, e.reason FROM discount_deed e WHERE e.discount_id = ?"                    \
    " ORDER BY e.id DESC LIMIT 100"

#define TRACK                                                                          \
    "SELECT t.kind, t.at, t.staff_id, t.store_id, t.number, t.detail, t.words, "       \
    "p.name,"                                                                          \
    " s.name FROM ((" OF_DISCOUNT ") UNION ALL (" OF_HEIR ") UNION ALL (" OF_SHOWN     \
    ") UNION ALL (" OF_ATTEMPT ") UNION ALL (" OF_REDEMPTION ") UNION ALL (" OF_UNDO   \
    ") UNION ALL (" OF_AUDIT ") UNION ALL (" OF_DEED                                   \
    ")) t LEFT JOIN staff p ON p.id = t.staff_id"                                      \
    " LEFT JOIN store s ON s.id = t.store_id"                                          \
    " ORDER BY t.at DESC, t.kind DESC, t.id DESC LIMIT 100"

static void event_read(const struct db *db, struct track_event *out)
{
    *out = (struct track_event){.kind = (enum track_kind)db_int(db, 0),
                                .at = db_time(db, 1),
                                .staff_id = db_int(db, 2),
                                .store_id = db_int(db, 3),
                                .number = db_int(db, 4),
                                .detail = db_int(db, 5)};
    if (!db_is_null(db, 6))
        snprintf(out->words, sizeof out->words, "%s", db_text(db, 6, NULL));
    if (!db_is_null(db, 7))
        snprintf(out->staff, sizeof out->staff, "%s", db_text(db, 7, NULL));
    if (!db_is_null(db, 8))
        snprintf(out->store, sizeof out->store, "%s", db_text(db, 8, NULL));
}

static void turn(struct track_event *list, int n)
{
    for (int i = 0; i < n / 2; i++) {
        struct track_event one = list[i];

        list[i] = list[n - 1 - i];
        list[n - 1 - i] = one;
    }
}

enum status track_load(struct db *db, int64_t id, struct track_event out[TRACK_MAX],
                       int *n)
{
    enum status st =
        db_select(db, TRACK, DB_INT(id), DB_INT(id), DB_INT(id), DB_INT(id), DB_INT(id),
                  DB_INT(id), DB_INT(id), DB_INT(id));

    *n = 0;
    while (st == ST_OK && *n < TRACK_MAX && (st = db_next(db)) == ST_OK)
        event_read(db, &out[(*n)++]);
    turn(out, *n);
    return st == ST_NONE ? ST_OK : st;
}
