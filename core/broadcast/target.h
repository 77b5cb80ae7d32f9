/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/target.h - whom a broadcast is for. */
#ifndef CORE_BROADCAST_TARGET_H
#define CORE_BROADCAST_TARGET_H

#include "core/base/buf.h"
#include "core/broadcast/broadcast.h"

/* Its text with all it names, as it is kept from the start on, is added. */
must_check enum status broadcast_freeze(struct db *db, const struct broadcast *b,
                                        struct buf *out);
/* Does somebody else have to approve of it first? ST_REFUSED: yes. */
must_check enum status broadcast_approved(struct db *db, int64_t now,
                                          const struct broadcast *b);

#endif
