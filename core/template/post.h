/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/template/post.h - whose posts may be copied into a message.
 *
 * The bot can copy whatever stands in any chat of its own, also what a customer wrote to it
 * and what it told them alone. So a post comes from somebody who prepares broadcasts, or
 * from the shop's channel, and from nowhere else. */
#ifndef CORE_TEMPLATE_POST_H
#define CORE_TEMPLATE_POST_H

#include "core/content.h"
#include "core/io/db.h"

/* A content as it is saved. ST_REFUSED: faults says which post is not ours. */
must_check enum status posts_check(struct db *db, const struct content *c,
                                   struct content_faults *faults);

#endif
