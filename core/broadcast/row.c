/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Rows of `broadcast`, and the words for its numbers. */
#include "core/base/json.h"
#include "core/broadcast/row.h"

#include <stdio.h>
#include <string.h>

const char *broadcast_state_name(enum broadcast_state s)
{
    static const char *const names[BROADCAST_STATES] = {
        [0] = "unset",
        [BROADCAST_DRAFT] = "draft",
        [BROADCAST_SCHEDULED] = "scheduled",
        [BROADCAST_SENDING] = "sending",
        [BROADCAST_PAUSED] = "paused",
        [BROADCAST_FINISHED] = "finished",
        [BROADCAST_CANCELLED] = "cancelled",
        [BROADCAST_MISSED] = "missed",
    };

    return names[(unsigned)s < BROADCAST_STATES ? s : 0];
}

const char *broadcast_metric_name(enum broadcast_metric m)
{
    static const char *const names[] = {"none", "clicks", "redemptions"};

    return names[(unsigned)m <= METRIC_REDEMPTIONS ? m : 0];
}

const char *broadcast_pause_name(enum broadcast_pause p)
{
    static const char *const names[PAUSES] = {"none",  "person",   "refusals",
                                              "error", "restored", "halt"};

    return names[(unsigned)p < PAUSES ? p : 0];
}

/* ---- the offer ---------------------------------------------------------------------- */

void offer_add(const struct broadcast_offer *o, struct buf *out)
{
    if (o->percent_bp == 0)
        return;
    buf_addf(out,
             "{\"percent_bp\":%d,\"uses\":%d,\"days\":%d,\"until\":%lld,"
             "\"min_purchase\":%lld,\"max_amount\":%lld,\"store_id\":%lld}",
             o->percent_bp, o->uses, o->days, (long long)o->until,
             (long long)o->min_purchase, (long long)o->max_amount,
             (long long)o->store_id);
}

static enum status offer_read(const char *text, size_t n, struct broadcast_offer *out)
{
    struct json *j = json_parse(text, n);

    if (j == NULL)
        return ST_BROKEN;
    *out = (struct broadcast_offer){
        .percent_bp = (int)json_int_or(j, "percent_bp", 0),
        .uses = (int)json_int_or(j, "uses", 0),
        .days = (int)json_int_or(j, "days", 0),
        .until = json_int_or(j, "until", 0),
        .min_purchase = json_int_or(j, "min_purchase", 0),
        .max_amount = json_int_or(j, "max_amount", 0),
        .store_id = json_int_or(j, "store_id", 0),
    };
    json_free(j);
    return ST_OK;
}

/* ---- the row ------------------------------------------------------------------------ */

enum status broadcast_read(const struct db *db, int col, struct broadcast *out)
{
    const char *offer;
    size_t n;

    *out = (struct broadcast){
        .id = db_int(db, col),
        .purpose = (enum message_purpose)db_int(db, col + 2),
        .state = (enum broadcast_state)db_int(db, col + 3),
        .paused_why = (enum broadcast_pause)db_int(db, col + 4),
        .segment_id = db_int(db, col + 5),
        .frozen_at = db_time(db, col + 6),
        .start_at = db_time(db, col + 7),
        .not_after = db_time(db, col + 8),
        .started_at = db_time(db, col + 9),
        .filled_at = db_time(db, col + 10),
        .finished_at = db_time(db, col + 11),
        .fill_at = db_int(db, col + 12),
        .fill_upto = db_int(db, col + 13),
        .holdout_bp = (int)db_int(db, col + 14),
        .test_bp = (int)db_int(db, col + 15),
        .metric = (enum broadcast_metric)db_int(db, col + 16),
        .decide_at = db_time(db, col + 17),
        .winner = (int)db_int(db, col + 18),
        .quiet = db_int(db, col + 19) != 0,
        .cap = db_int(db, col + 20) != 0,
        .paid = db_int(db, col + 21) != 0,
        .rate_per_s = (int)db_int(db, col + 22),
        .approved_by = db_int(db, col + 25),
        .approved_at = db_time(db, col + 26),
        .version = db_int(db, col + 27),
        .made_by = db_int(db, col + 28),
        .created_at = db_time(db, col + 29),
        .updated_at = db_time(db, col + 30),
    };
    snprintf(out->name, sizeof out->name, "%s", db_text(db, col + 1, NULL));
    snprintf(out->footer, sizeof out->footer, "%s", db_text(db, col + 24, NULL));
    offer = db_text(db, col + 23, &n);
    return offer != NULL ? offer_read(offer, n, &out->offer) : ST_OK;
}

static enum status taken(struct db *db, enum status st, struct broadcast *out)
{
    return st == ST_OK ? broadcast_read(db, 0, out) : st;
}

#define BY_ID "SELECT " BROADCAST_COLUMNS " FROM broadcast b WHERE b.id = ?"

enum status broadcast_load(struct db *db, int64_t id, struct broadcast *out)
{
    return taken(db, db_one(db, BY_ID, DB_INT(id)), out);
}

enum status broadcast_lock(struct db *db, int64_t id, struct broadcast *out)
{
    return taken(db, db_one(db, BY_ID " FOR UPDATE", DB_INT(id)), out);
}

enum status broadcast_share(struct db *db, int64_t id, struct broadcast *out)
{
    return taken(db, db_one(db, BY_ID " LOCK IN SHARE MODE", DB_INT(id)), out);
}
