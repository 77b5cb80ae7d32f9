/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/kinds.h"

#include "worker/introduce.h"
#include "worker/send.h"
#include "worker/steps.h"
#include "worker/upkeep.h"

static step_fn *const steps[KIND_COUNT] = {
    [KIND_BOT_UPDATE] = update_step,
    [KIND_BOT_UPDATE_DIED] = update_died_step,
    [KIND_BOT_MEMBER_KNOWN] = member_known_step,
    [KIND_BOT_FILE_FETCHED] = fetched_step,
    [KIND_BOT_CODE_SCANNED] = code_scanned_step,
    [KIND_CORE_DISCOUNT_REDEEMED] = redeemed_step,
    [KIND_CORE_REDEMPTION_VOIDED] = voided_step,
    [KIND_CORE_BIRTHDAY_GIFTED] = gifted_step,
    [KIND_CORE_PIN_LOCKED] = pin_locked_step,
    [KIND_CORE_LETTER_WRITTEN] = letter_written_step,
    [KIND_CORE_BULK_TAGS] = bulk_step,
    [KIND_CORE_BULK_DISCOUNT] = bulk_step,
    [KIND_CORE_BULK_STEP] = bulk_step,
    [KIND_CORE_TAG_SWEPT] = tag_swept_step,
    [KIND_CORE_DISCOUNT_GRANTED] = granted_step,
    [KIND_CORE_DISCOUNT_CHANGED] = discount_changed_step,
    [KIND_CORE_CODE_LOCKED] = code_locked_step,
    [KIND_CORE_OWNERSHIP_MOVED] = ownership_step,
    [KIND_CORE_RESTORED_HELD] = restored_held_step,
    [KIND_BOT_POST_PROGRESS] = post_progress_step,
    [KIND_CORE_BROADCAST_FILL] = broadcast_fill_step,
    [KIND_CORE_BROADCAST_PROOF] = broadcast_proof_step,
    [KIND_SCHED_BROADCAST_CHECK] = broadcast_check_step,
    [KIND_CORE_AUTOMATION_ENTERED] = automation_entered_step,
    [KIND_SCHED_AUTOMATION_SCAN] = automation_scan_step,
    [KIND_SCHED_AUTOMATION_WAKE] = automation_wake_step,
    [KIND_SCHED_BIRTHDAY_CHECK] = birthday_check_step,
    [KIND_SCHED_DISCOUNT_EXPIRE] = discount_expire_step,
    [KIND_SCHED_DISCOUNT_REMIND] = discount_remind_step,
    [KIND_SCHED_RETENTION] = retention_step,
    [KIND_SCHED_SHIFT_CLOSE] = shift_close_step,
    [KIND_SCHED_ERASE_DUE] = erase_due_step,
    [KIND_SCHED_STAT_ROLL] = stat_roll_step,
    [KIND_BOT_NAMES_KNOWN] = bots_introduce_step,
    [KIND_BENCH_NOOP] = bench_noop_step,
#ifdef CRASH_POINTS
    [KIND_TEST_NOTE] = test_note_step,
    [KIND_TEST_HASTY] = test_note_step,
    [KIND_TEST_HOT] = test_note_step,
    [KIND_TEST_LOW] = test_note_step,
    [KIND_TEST_BULK] = test_note_step,
#endif
};

step_fn *kind_step(enum kind k)
{
    return (unsigned)k < KIND_COUNT ? steps[k] : NULL;
}

const char *kind_without_step(void)
{
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (kind_policy(k) != kind_policy(KIND_UNKNOWN) &&
            (kind_policy(k)->pool == POOL_LOGIC ? steps[k] == NULL
                                                : send_kind_find(k) == NULL))
            return kind_policy(k)->name;
    return NULL;
}
