/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/upkeep.h - the steps of what the scheduler puts. */
#ifndef WORKER_UPKEEP_H
#define WORKER_UPKEEP_H

#include "worker/step.h"

/* {"day":local day,"after":customer id}: a page of the day's birthdays; puts the next
 * page as a job of its own until the round is through. */
enum status birthday_check_step(struct step *s);

/* {}: marks a slice of overdue discounts, and puts itself again while there are more.
 */
enum status discount_expire_step(struct step *s);

/* {}: forgets a slice of what is older than the settings say, and goes on like that. */
enum status retention_step(struct step *s);

#endif
