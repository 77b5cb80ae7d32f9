/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/kind.h"

#include <stdbool.h>
#include <string.h>

/* D needs no more than a handful of tries: what fails five times with a growing wait
 * fails for a reason that a person must see. A send has more: Telegram may be away for
 * an hour. */
static const struct kind_policy kinds[KIND_COUNT] = {
    [KIND_UNKNOWN] = {"unknown", NULL, CLASS_E, POOL_LOGIC, LANE_LOW, 1, 10},
    [KIND_BOT_UPDATE] = {"bot.update", NULL, CLASS_U, POOL_LOGIC, LANE_HOT, 5, 10, true,
                         .mourner = KIND_BOT_UPDATE_DIED},
    [KIND_BOT_UPDATE_DIED] = {"bot.update_died", NULL, CLASS_D, POOL_LOGIC, LANE_NORMAL,
                              5, 10},
    [KIND_BOT_MEMBER_KNOWN] = {"bot.member_known", NULL, CLASS_D, POOL_LOGIC, LANE_HOT,
                               5, 10, true},
    [KIND_BOT_FILE_FETCHED] = {"bot.file_fetched", NULL, CLASS_D, POOL_LOGIC, LANE_HOT,
                               3, 10},
    [KIND_BOT_CODE_SCANNED] = {"bot.code_scanned", NULL, CLASS_D, POOL_LOGIC, LANE_HOT,
                               5, 10, true},
    [KIND_CORE_DISCOUNT_REDEEMED] = {"core.discount_redeemed", NULL, CLASS_D,
                                     POOL_LOGIC, LANE_NORMAL, 5, 10, true},
    [KIND_CORE_REDEMPTION_VOIDED] = {"core.redemption_voided", NULL, CLASS_D,
                                     POOL_LOGIC, LANE_NORMAL, 5, 10, true},
    [KIND_CORE_BIRTHDAY_GIFTED] = {"core.birthday_gifted", NULL, CLASS_D, POOL_LOGIC,
                                   LANE_NORMAL, 5, 10, true},
    [KIND_CORE_PIN_LOCKED] = {"core.pin_locked", NULL, CLASS_D, POOL_LOGIC, LANE_NORMAL,
                              5, 10, true},
    [KIND_CORE_OWNERSHIP_MOVED] = {"core.ownership_moved", NULL, CLASS_D, POOL_LOGIC,
                                   LANE_NORMAL, 5, 10},
    [KIND_BOT_POST_PROGRESS] = {"bot.post_progress", NULL, CLASS_D, POOL_LOGIC,
                                LANE_NORMAL, 5, 10},
    [KIND_CORE_RESTORED_HELD] = {"core.restored_held", NULL, CLASS_D, POOL_LOGIC,
                                 LANE_NORMAL, 5, 10},
    [KIND_CORE_DISCOUNT_GRANTED] = {"core.discount_granted", NULL, CLASS_D, POOL_LOGIC,
                                    LANE_NORMAL, 5, 10, true},
    [KIND_CORE_DISCOUNT_CHANGED] = {"core.discount_changed", NULL, CLASS_D, POOL_LOGIC,
                                    LANE_NORMAL, 5, 10, true},
    [KIND_CORE_CODE_LOCKED] = {"core.code_locked", NULL, CLASS_D, POOL_LOGIC,
                               LANE_NORMAL, 5, 10, true},
    [KIND_CORE_LETTER_WRITTEN] = {"core.letter_written", NULL, CLASS_D, POOL_LOGIC,
                                  LANE_NORMAL, 5, 10, true},
    [KIND_CORE_BULK_TAGS] = {"core.bulk_tags", "bulk_add_tags", CLASS_D, POOL_LOGIC,
                             LANE_LOW, 10, 60},
    [KIND_CORE_BULK_DISCOUNT] = {"core.bulk_discount", "bulk_assign_discount", CLASS_D,
                                 POOL_LOGIC, LANE_LOW, 10, 60},
    [KIND_CORE_BULK_STEP] = {"core.bulk_step", NULL, CLASS_D, POOL_LOGIC, LANE_LOW, 10,
                             60},
    [KIND_CORE_TAG_SWEPT] = {"core.tag_swept", NULL, CLASS_D, POOL_LOGIC, LANE_LOW, 5,
                             60},
    [KIND_CORE_BROADCAST_FILL] = {"core.broadcast_fill", "process_broadcast", CLASS_D,
                                  POOL_LOGIC, LANE_LOW, 10, 60},
    [KIND_CORE_BROADCAST_PROOF] = {"core.broadcast_proof", NULL, CLASS_D, POOL_LOGIC,
                                   LANE_NORMAL, 5, 30},
    [KIND_SCHED_BROADCAST_CHECK] = {"sched.broadcast_check",
                                    "check_scheduled_broadcasts", CLASS_D, POOL_LOGIC,
                                    LANE_NORMAL, 5, 60},
    [KIND_CORE_AUTOMATION_ENTERED] = {"core.automation_entered", NULL, CLASS_D,
                                      POOL_LOGIC, LANE_NORMAL, 5, 10, true},
    [KIND_SCHED_AUTOMATION_SCAN] = {"sched.automation_scan", NULL, CLASS_D, POOL_LOGIC,
                                    LANE_LOW, 20, 60},
    [KIND_SCHED_AUTOMATION_WAKE] = {"sched.automation_wake", NULL, CLASS_D, POOL_LOGIC,
                                    LANE_LOW, 20, 60},
    [KIND_SCHED_BIRTHDAY_CHECK] = {"sched.birthday_check", "check_birthdays", CLASS_D,
                                   POOL_LOGIC, LANE_LOW, 20, 60},
    [KIND_SCHED_DISCOUNT_EXPIRE] = {"sched.discount_expire", NULL, CLASS_D, POOL_LOGIC,
                                    LANE_LOW, 5, 60},
    [KIND_SCHED_DISCOUNT_REMIND] = {"sched.discount_remind", NULL, CLASS_D, POOL_LOGIC,
                                    LANE_LOW, 5, 60},
    [KIND_SCHED_ERASE_DUE] = {"sched.erase_due", NULL, CLASS_D, POOL_LOGIC, LANE_LOW, 5,
                              120},
    [KIND_SCHED_STAT_ROLL] = {"sched.stat_roll", NULL, CLASS_D, POOL_LOGIC, LANE_LOW, 5,
                              300},
    [KIND_SCHED_RETENTION] = {"sched.retention", NULL, CLASS_D, POOL_LOGIC, LANE_LOW, 5,
                              120},
    [KIND_BOT_NAMES_KNOWN] = {"bot.names_known", NULL, CLASS_D, POOL_LOGIC, LANE_LOW, 5,
                              10},
    [KIND_SCHED_SHIFT_CLOSE] = {"sched.shift_close", NULL, CLASS_D, POOL_LOGIC,
                                LANE_LOW, 5, 60},
    [KIND_SEND_MESSAGE] = {"send.message", "send_user_notification", CLASS_D, POOL_SEND,
                           LANE_HOT, 20, 90},
    [KIND_SEND_CALLBACK_ACK] = {"send.callback_ack", NULL, CLASS_E, POOL_SEND,
                                LANE_NORMAL, 1, 20},
    [KIND_SEND_MEMBER_CHECK] = {"send.member_check", NULL, CLASS_D, POOL_SEND,
                                LANE_NORMAL, 5, 10},
    [KIND_SEND_FILE_FETCH] = {"send.file_fetch", NULL, CLASS_D, POOL_SEND, LANE_NORMAL,
                              3, 90},
    [KIND_SEND_BOT_CALL] = {"send.bot_call", NULL, CLASS_D, POOL_SEND, LANE_LOW, 20,
                            60},
    [KIND_SEND_SETUP_CHECK] = {"send.setup_check", NULL, CLASS_D, POOL_SEND,
                               LANE_NORMAL, 3, 60},
    /* Its tries are its recipients'; what ends a chunk early is nobody's message. */
    [KIND_SEND_BROADCAST_CHUNK] = {"send.broadcast_chunk", "send_broadcast_chunk",
                                   CLASS_D, POOL_SEND, LANE_BULK, 20, 90},
    [KIND_SEND_BROADCAST_EDIT] = {"send.broadcast_edit", NULL, CLASS_D, POOL_SEND,
                                  LANE_BULK, 20, 90},
    [KIND_BENCH_NOOP] = {"bench.noop", NULL, CLASS_E, POOL_LOGIC, LANE_NORMAL, 1, 10},
#ifdef CRASH_POINTS
    [KIND_TEST_NOTE] = {"test.note", NULL, CLASS_D, POOL_LOGIC, LANE_NORMAL, 5, 10,
                        true},
    [KIND_TEST_HASTY] = {"test.hasty", NULL, CLASS_D, POOL_LOGIC, LANE_NORMAL, 5, 1,
                         true},
    [KIND_TEST_HOT] = {"test.hot", NULL, CLASS_D, POOL_LOGIC, LANE_HOT, 5, 10, true},
    [KIND_TEST_LOW] = {"test.low", NULL, CLASS_D, POOL_LOGIC, LANE_LOW, 5, 10, true},
    [KIND_TEST_BULK] = {"test.bulk", NULL, CLASS_D, POOL_LOGIC, LANE_BULK, 5, 10, true},
#endif
};

const struct kind_policy *kind_policy(enum kind k)
{
    bool known = (unsigned)k < KIND_COUNT && kinds[k].name != NULL;

    return &kinds[known ? k : KIND_UNKNOWN];
}

static bool same(const char *name, const char *s, size_t n)
{
    return name != NULL && strlen(name) == n && memcmp(name, s, n) == 0;
}

enum kind kind_find(const char *name, size_t n)
{
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (same(kinds[k].name, name, n) || same(kinds[k].alias, name, n))
            return (enum kind)k;
    return KIND_UNKNOWN;
}
