/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/owner.h - SUPERADMIN_TELEGRAM_ID becomes the owner, once, at the first start.
 */
#ifndef WORKER_OWNER_H
#define WORKER_OWNER_H

#include "core/base/config.h"

/* 0: done, or nothing to do; 1: the database failed. */
must_check int owner_first(const struct config *cfg);

#endif
