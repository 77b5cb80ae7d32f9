/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Drafts: made, changed, copied, thrown away. */
#include "core/broadcast/move.h"
#include "core/broadcast/row.h"
#include "core/broadcast/draft.h"

#include <string.h>

/* ---- variants ----------------------------------------------------------------------- */

void broadcast_variants_free(struct broadcast_variant *v, int n)
{
    for (int i = 0; i < n; i++) {
        json_free(v[i].content);
        v[i].content = NULL;
    }
}

enum status broadcast_variants(struct db *db, int64_t id,
                               struct broadcast_variant out[BROADCAST_VARIANTS], int *n)
{
    enum status st = db_select(db,
                               "SELECT no, weight, COALESCE(template_id, 0), content"
                               " FROM broadcast_variant WHERE broadcast_id = ?"
                               " ORDER BY no LIMIT ?",
                               DB_INT(id), DB_INT(BROADCAST_VARIANTS));

    *n = 0;
    while (st == ST_OK && *n < BROADCAST_VARIANTS && (st = db_next(db)) == ST_OK) {
        size_t len;
        const char *text = db_text(db, 3, &len);

        out[*n] = (struct broadcast_variant){.no = (int)db_int(db, 0),
                                             .weight = (int)db_int(db, 1),
                                             .template_id = db_int(db, 2),
                                             .content = json_parse(text, len)};
        if (out[(*n)++].content == NULL)
            st = ST_BROKEN;
    }
    if (st == ST_NONE)
        st = ST_OK;
    if (st != ST_OK) {
        broadcast_variants_free(out, *n);
        *n = 0;
    }
    return st;
}

static enum status variants_write(struct db *db, int64_t id,
                                  const struct broadcast_draft *d)
{
    enum status st = db_exec(
        db, NULL, "DELETE FROM broadcast_variant WHERE broadcast_id = ?", DB_INT(id));

    for (int i = 0; i < d->variants_n && st == ST_OK; i++) {
        const struct broadcast_variant *v = &d->variants[i];
        const char *text = json_print(v->content);

        if (text == NULL)
            return ST_BROKEN;
        st =
            db_exec(db, NULL,
                    "INSERT INTO broadcast_variant (broadcast_id, no, weight,"
                    " template_id, content) VALUES (?, ?, ?, ?, ?)",
                    DB_INT(id), DB_INT(v->no), DB_INT(v->weight),
                    DB_INT_OR_NULL(v->template_id != 0, v->template_id), DB_TEXT(text));
    }
    return st;
}

/* ---- made --------------------------------------------------------------------------- */

/* Columns that a draft sets, in both statements. */
#define DRAFT_SETS                                                                     \
    "name = ?, purpose = ?, segment_id = ?, rule = ?, not_after = ?, holdout_bp = ?,"  \
    " test_bp = ?, metric = ?, decide_at = ?, quiet = ?, cap = ?, paid = ?,"           \
    " rate_per_s = ?, offer = ?, footer = ?, changed_by = ?, updated_at = ?"
#define DRAFT_ARGS 17

static void draft_args(const struct broadcast_draft *d, const struct buf *offer,
                       struct db_arg out[DRAFT_ARGS])
{
    const struct broadcast *b = &d->b;
    bool marketing = b->purpose == MESSAGE_MARKETING;
    const struct db_arg args[DRAFT_ARGS - 2] = {
        DB_TEXT(b->name),
        DB_INT(b->purpose),
        DB_INT_OR_NULL(b->segment_id != 0 && d->rule == NULL, b->segment_id),
        d->rule != NULL ? DB_TEXT_N(d->rule, d->rule_n) : DB_NULL,
        DB_TIME_OR_NULL(b->not_after),
        DB_INT(b->holdout_bp),
        DB_INT(b->test_bp),
        DB_INT(b->metric),
        DB_TIME_OR_NULL(b->decide_at),
        DB_INT(marketing || b->quiet),
        DB_INT(marketing || b->cap),
        DB_INT(b->paid),
        DB_INT(b->rate_per_s),
        offer->len > 0 ? DB_TEXT_N(offer->s, offer->len) : DB_NULL,
        DB_TEXT(b->footer),
    };

    memcpy(out, args, sizeof args);
}

enum status broadcast_add(struct db *db, int64_t now, int64_t staff_id,
                          const struct broadcast_draft *d, const char **why,
                          int64_t *id)
{
    struct db_arg args[DRAFT_ARGS + 4];
    struct buf offer = {0};
    enum status st = draft_check(db, now, d, why);

    *id = 0;
    offer_add(&d->b.offer, &offer);
    if (st == ST_OK && offer.failed)
        st = ST_BROKEN;
    draft_args(d, &offer, args);
    args[DRAFT_ARGS - 2] = DB_INT_OR_NULL(staff_id != 0, staff_id);
    args[DRAFT_ARGS - 1] = DB_TIME(now);
    args[DRAFT_ARGS] = DB_INT(BROADCAST_DRAFT);
    args[DRAFT_ARGS + 1] = DB_INT_OR_NULL(staff_id != 0, staff_id);
    args[DRAFT_ARGS + 2] = DB_TIME(now);
    if (st == ST_OK)
        st = db_exec_args(db, NULL,
                          "INSERT INTO broadcast SET " DRAFT_SETS
                          ", state = ?, made_by = ?, created_at = ?",
                          args, DRAFT_ARGS + 3);
    buf_free(&offer);
    if (st != ST_OK)
        return st;
    *id = db_last_id(db);
    st = variants_write(db, *id, d);
    return st == ST_OK ? broadcast_note(db, now, staff_id, "broadcast.add", *id) : st;
}

/* ---- changed ------------------------------------------------------------------------ */

static enum status row_change(struct db *db, int64_t now, int64_t staff_id, int64_t id,
                              const struct broadcast_draft *d)
{
    struct db_arg args[DRAFT_ARGS + 1];
    struct buf offer = {0};
    enum status st;

    offer_add(&d->b.offer, &offer);
    draft_args(d, &offer, args);
    args[DRAFT_ARGS - 2] = DB_INT_OR_NULL(staff_id != 0, staff_id);
    args[DRAFT_ARGS - 1] = DB_TIME(now);
    args[DRAFT_ARGS] = DB_INT(id);
    st = offer.failed ? ST_BROKEN
                      : db_exec_args(db, NULL,
                                     "UPDATE broadcast SET " DRAFT_SETS
                                     ", approved_by = NULL, approved_at = NULL,"
                                     " version = version + 1 WHERE id = ?",
                                     args, DRAFT_ARGS + 1);
    buf_free(&offer);
    return st;
}

static enum status may_change(struct db *db, int64_t id, int64_t version,
                              struct broadcast *b)
{
    enum status st = broadcast_lock(db, id, b);

    if (st != ST_OK)
        return st;
    if (version != 0 && b->version != version)
        return ST_REFUSED;
    return b->state == BROADCAST_DRAFT || b->state == BROADCAST_SCHEDULED ? ST_OK
                                                                          : ST_TAKEN;
}

/* What is planned already has to be in time still. */
static const char *too_late(const struct broadcast *d, int64_t start_at)
{
    return d->not_after != 0 && start_at >= d->not_after ? "not_after"
           : d->test_bp != 0 && start_at >= d->decide_at ? "test"
           : d->offer.percent_bp != 0 && d->offer.days == 0 &&
                   start_at >= d->offer.until
               ? "offer"
               : NULL;
}

/* What was approved of is not this any more. */
enum status broadcast_change(struct db *db, int64_t now, int64_t staff_id, int64_t id,
                             int64_t version, const struct broadcast_draft *d,
                             const char **why)
{
    struct broadcast b;
    enum status st = may_change(db, id, version, &b);

    if (st == ST_OK)
        st = draft_check(db, now, d, why);
    if (st == ST_OK && b.state == BROADCAST_SCHEDULED) {
        *why = too_late(&d->b, b.start_at);
        st = *why != NULL ? ST_BAD : ST_OK;
    }
    if (st == ST_OK)
        st = row_change(db, now, staff_id, id, d);
    if (st == ST_OK && d->variants != NULL)
        st = variants_write(db, id, d);
    return st == ST_OK ? broadcast_note(db, now, staff_id, "broadcast.edit", id) : st;
}

/* ---- thrown away, copied ------------------------------------------------------------ */

enum status broadcast_remove(struct db *db, int64_t now, int64_t staff_id, int64_t id,
                             int64_t version)
{
    static const char *const from[] = {
        "DELETE FROM broadcast_variant WHERE broadcast_id = ?",
        "DELETE FROM broadcast_link WHERE broadcast_id = ?",
        "DELETE FROM broadcast_watch WHERE broadcast_id = ?",
        "DELETE FROM broadcast WHERE id = ?",
    };
    struct broadcast b;
    enum status st = broadcast_lock(db, id, &b);

    if (st != ST_OK)
        return st;
    if (version != 0 && b.version != version)
        return ST_REFUSED;
    if (b.state != BROADCAST_DRAFT && b.state != BROADCAST_CANCELLED)
        return ST_TAKEN;
    st = db_one(db, "SELECT 1 FROM broadcast_recipient WHERE broadcast_id = ? LIMIT 1",
                DB_INT(id));
    if (st != ST_NONE)
        return st == ST_OK ? ST_TAKEN : st;
    st = ST_OK;
    for (size_t i = 0; i < sizeof from / sizeof *from && st == ST_OK; i++)
        st = db_exec(db, NULL, from[i], DB_INT(id));
    return st == ST_OK ? broadcast_note(db, now, staff_id, "broadcast.remove", id) : st;
}

/* What it says and to whom; when is asked anew. Of one that has begun the rule is the
 * frozen one, and its segment is not asked again unless it had one. */
enum status broadcast_copy(struct db *db, int64_t now, int64_t staff_id, int64_t id,
                           int64_t *copy)
{
    enum status st = db_exec(
        db, copy,
        "INSERT INTO broadcast (name, purpose, state, segment_id, rule, holdout_bp,"
        " test_bp, metric, quiet, cap, paid, rate_per_s, offer, footer, made_by,"
        " changed_by, created_at, updated_at)"
        " SELECT name, purpose, ?, segment_id, IF(segment_id IS NULL, rule, NULL),"
        " holdout_bp, test_bp, metric, quiet, cap, paid, rate_per_s, offer, footer, ?, "
        "?,"
        " ?, ? FROM broadcast WHERE id = ?",
        DB_INT(BROADCAST_DRAFT), DB_INT_OR_NULL(staff_id != 0, staff_id),
        DB_INT_OR_NULL(staff_id != 0, staff_id), DB_TIME(now), DB_TIME(now),
        DB_INT(id));

    if (st == ST_OK && *copy == 0)
        return ST_NONE;
    if (st != ST_OK)
        return st;
    *copy = db_last_id(db);
    st = db_exec(db, NULL,
                 "INSERT INTO broadcast_variant (broadcast_id, no, weight, template_id,"
                 " content) SELECT ?, no, weight, template_id, content"
                 " FROM broadcast_variant WHERE broadcast_id = ?",
                 DB_INT(*copy), DB_INT(id));
    return st == ST_OK ? broadcast_note(db, now, staff_id, "broadcast.add", *copy) : st;
}
