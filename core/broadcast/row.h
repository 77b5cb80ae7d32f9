/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/row.h - rows of `broadcast`, read and held. */
#ifndef CORE_BROADCAST_ROW_H
#define CORE_BROADCAST_ROW_H

#include "core/base/buf.h"
#include "core/broadcast/broadcast.h"

#define BROADCAST_COLUMNS                                                              \
    "b.id, b.name, b.purpose, b.state, b.paused_why, COALESCE(b.segment_id, 0),"       \
    " b.frozen_at, b.start_at, b.not_after, b.started_at, b.filled_at, b.finished_at," \
    " b.fill_at, b.fill_upto, b.holdout_bp, b.test_bp, b.metric, b.decide_at,"         \
    " COALESCE(b.winner, 0), b.quiet, b.cap, b.paid, b.rate_per_s, b.offer, b.footer," \
    " COALESCE(b.approved_by, 0), b.approved_at, b.version, COALESCE(b.made_by, 0),"   \
    " b.created_at, b.updated_at"
/* ST_BROKEN: an offer that cannot be read. */
must_check enum status broadcast_read(const struct db *db, int col,
                                      struct broadcast *out);
/* As it is until the end of the transaction; many may hold it so. */
must_check enum status broadcast_share(struct db *db, int64_t id,
                                       struct broadcast *out);
/* Its JSON is added; nothing for none. */
void offer_add(const struct broadcast_offer *o, struct buf *out);

/* Does it obey them, and the cap? */
static inline bool broadcast_quiet(const struct broadcast *b)
{
    return b->quiet && b->purpose == MESSAGE_MARKETING;
}
static inline bool broadcast_capped(const struct broadcast *b)
{
    return b->cap && b->purpose == MESSAGE_MARKETING;
}

#endif
