/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/kind.h - the kinds of jobs and the policy of each, in one table.
 *
 * A kind is named from.noun_verb by who speaks; kind.c holds its class, pool, lane,
 * tries and time, worker/kinds.c the step that runs it; start-up refuses a kind without
 * one. What each carries and what repeating it does: worker/JOBS.md. */
#ifndef CORE_IO_KIND_H
#define CORE_IO_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind {
    KIND_UNKNOWN, /* what a newer program put: parked, never thrown away */
    KIND_BOT_UPDATE,
    KIND_BOT_UPDATE_DIED,
    KIND_BOT_MEMBER_KNOWN,
    KIND_BOT_FILE_FETCHED,
    KIND_BOT_CODE_SCANNED,
    KIND_CORE_DISCOUNT_REDEEMED,
    KIND_CORE_REDEMPTION_VOIDED,
    KIND_CORE_BIRTHDAY_GIFTED,
    KIND_CORE_PIN_LOCKED,
    KIND_CORE_TAG_SWEPT,
    KIND_CORE_BULK_TAGS,
    KIND_CORE_BULK_DISCOUNT,
    KIND_CORE_BULK_STEP,
    KIND_CORE_LETTER_WRITTEN,
    KIND_CORE_DISCOUNT_GRANTED,
    KIND_CORE_DISCOUNT_CHANGED,
    KIND_CORE_CODE_LOCKED,
    KIND_CORE_OWNERSHIP_MOVED,
    KIND_CORE_RESTORED_HELD,
    KIND_BOT_POST_PROGRESS,
    KIND_CORE_BROADCAST_FILL,
    KIND_CORE_BROADCAST_PROOF,
    KIND_SCHED_BROADCAST_CHECK,
    KIND_CORE_AUTOMATION_ENTERED,
    KIND_SCHED_AUTOMATION_SCAN,
    KIND_SCHED_AUTOMATION_WAKE,
    KIND_SCHED_BIRTHDAY_CHECK,
    KIND_SCHED_DISCOUNT_EXPIRE,
    KIND_SCHED_DISCOUNT_REMIND,
    KIND_SCHED_RETENTION,
    KIND_SCHED_SHIFT_CLOSE,
    KIND_SCHED_ERASE_DUE,
    KIND_SCHED_STAT_ROLL,
    KIND_BOT_NAMES_KNOWN,
    KIND_SEND_MESSAGE,
    KIND_SEND_CALLBACK_ACK,
    KIND_SEND_MEMBER_CHECK,
    KIND_SEND_FILE_FETCH,
    KIND_SEND_BOT_CALL,
    KIND_SEND_SETUP_CHECK,
    KIND_SEND_BROADCAST_CHUNK,
    KIND_SEND_BROADCAST_EDIT,
    KIND_BENCH_NOOP,
    KIND_TEST_NOTE, /* crash and asan variants only: adds one to an account of a test */
    KIND_TEST_HASTY, /* the same with a second's time, and in the other lanes */
    KIND_TEST_HOT,
    KIND_TEST_LOW,
    KIND_TEST_BULK,
    KIND_COUNT
};

/* What may become of a job when Redis loses everything. */
enum kind_class {
    CLASS_D = 1, /* durable: a row in job_open, brought back by the reconciler */
    CLASS_U, /* an update of Telegram: Redis's append-only file, guarded by update_seen
              */
    CLASS_E  /* ephemeral: may be lost */
};

enum kind_pool { POOL_LOGIC = 1, POOL_SEND, POOL_COUNT = POOL_SEND };

enum kind_lane { LANE_HOT = 1, LANE_NORMAL, LANE_LOW, LANE_BULK };

struct kind_policy {
    const char *name;
    const char *alias; /* the owner's name for it, or NULL */
    enum kind_class class;
    enum kind_pool pool;
    enum kind_lane lane;
    int tries;     /* then it is dead and waits for a person */
    int timeout_s; /* longest one attempt may take */
    bool
        group; /* short, and may share a transaction with others (worker/logic_group.c) */
    enum kind
        mourner; /* put once when one is dead, {"id"}: who tells of it; 0: nobody */
};

const struct kind_policy *kind_policy(enum kind k); /* never NULL */
enum kind kind_find(const char *name, size_t n);    /* by name or alias */

#endif
