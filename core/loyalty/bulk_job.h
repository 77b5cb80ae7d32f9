/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/bulk_job.h - the job of a task's next slice: core.bulk_tags,
 * core.bulk_discount, core.bulk_step {"t": task}. */
#ifndef CORE_LOYALTY_BULK_JOB_H
#define CORE_LOYALTY_BULK_JOB_H

#include "core/loyalty/bulk.h"

must_check enum status bulk_job_put(struct db *db, int64_t now, int64_t task_id,
                                    enum bulk_action action);

#endif
