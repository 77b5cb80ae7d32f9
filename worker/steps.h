/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/steps.h - the steps of the conversations; what each job carries: JOBS.md. */
#ifndef WORKER_STEPS_H
#define WORKER_STEPS_H

#include "worker/step.h"

enum status update_step(struct step *s);           /* bot.update */
enum status update_died_step(struct step *s);      /* bot.update_died */
enum status member_known_step(struct step *s);     /* bot.member_known */
enum status till_member_known(struct step *s);     /* … of a question with "till" */
enum status fetched_step(struct step *s);          /* bot.file_fetched, of either bot */
enum status file_fetched_step(struct step *s);     /* … of the cashiers' */
enum status code_scanned_step(struct step *s);     /* bot.code_scanned */
enum status redeemed_step(struct step *s);         /* core.discount_redeemed */
enum status voided_step(struct step *s);           /* core.redemption_voided */
enum status erase_due_step(struct step *s);        /* sched.erase_due */
enum status stat_roll_step(struct step *s);        /* sched.stat_roll */
enum status discount_remind_step(struct step *s);  /* sched.discount_remind */
enum status gifted_step(struct step *s);           /* core.birthday_gifted */
enum status granted_step(struct step *s);          /* core.discount_granted */
enum status discount_changed_step(struct step *s); /* core.discount_changed */
enum status code_locked_step(struct step *s);      /* core.code_locked */
enum status pin_locked_step(struct step *s);       /* core.pin_locked */
enum status letter_written_step(struct step *s);   /* core.letter_written */
enum status bulk_step(struct step *s);             /* core.bulk_* */
enum status tag_swept_step(struct step *s);        /* core.tag_swept */
enum status ownership_step(struct step *s);        /* core.ownership_moved */
enum status post_progress_step(struct step *s);    /* bot.post_progress */
enum status restored_held_step(struct step *s);    /* core.restored_held */
enum status broadcast_fill_step(struct step *s);   /* core.broadcast_fill */
enum status broadcast_proof_step(struct step *s);  /* core.broadcast_proof */
enum status broadcast_check_step(struct step *s);  /* sched.broadcast_check */
enum status automation_entered_step(struct step *s); /* core.automation_entered */
enum status automation_scan_step(struct step *s);    /* sched.automation_scan */
enum status automation_wake_step(struct step *s);    /* sched.automation_wake */
enum status shift_close_step(struct step *s);        /* sched.shift_close */
enum status bench_noop_step(struct step *s);         /* bench.noop */
#ifdef CRASH_POINTS
enum status test_note_step(struct step *s); /* test.* */
#endif

#endif
