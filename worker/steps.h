/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/steps.h - the steps of the conversations; what each job carries: JOBS.md. */
#ifndef WORKER_STEPS_H
#define WORKER_STEPS_H

#include "worker/step.h"

enum status update_step(struct step *s);       /* bot.update */
enum status member_known_step(struct step *s); /* bot.member_known */
enum status file_fetched_step(struct step *s); /* bot.file_fetched */
enum status redeemed_step(struct step *s);     /* core.discount_redeemed */
enum status voided_step(struct step *s);       /* core.redemption_voided */
enum status gifted_step(struct step *s);       /* core.birthday_gifted */
enum status bench_noop_step(struct step *s);   /* bench.noop */
#ifdef CRASH_POINTS
enum status test_note_step(struct step *s); /* test.* */
#endif

#endif
