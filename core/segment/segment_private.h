/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/segment_private.h - what segment.c and segment_member.c share. */
#ifndef CORE_SEGMENT_SEGMENT_PRIVATE_H
#define CORE_SEGMENT_SEGMENT_PRIVATE_H

#include "core/segment/segment.h"

/* What was counted is not so any more, of it and of those that name it. */
must_check enum status segment_uncount(struct db *db, int64_t id);

#endif
