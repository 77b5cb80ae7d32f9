/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What we hold of a customer, and what becomes of it when they go. */
#include "core/loyalty/erasure.h"

#include <string.h>

#define KEEPS(t, c)                                                                    \
    {                                                                                  \
        t, c, ERASURE_KEEPS, NULL, ERASURE_HIDDEN                                      \
    }
#define KEEPS_SHOWN(t, c)                                                              \
    {                                                                                  \
        t, c, ERASURE_KEEPS, NULL, ERASURE_SHOWN                                       \
    }
#define SETS(t, c, to)                                                                 \
    {                                                                                  \
        t, c, ERASURE_SETS, to, ERASURE_SHOWN                                          \
    }
#define SETS_HIDDEN(t, c, to)                                                          \
    {                                                                                  \
        t, c, ERASURE_SETS, to, ERASURE_HIDDEN                                         \
    }
#define DELETES(t, c)                                                                  \
    {                                                                                  \
        t, c, ERASURE_DELETES, NULL, ERASURE_SHOWN                                     \
    }
#define DELETES_HIDDEN(t, c)                                                           \
    {                                                                                  \
        t, c, ERASURE_DELETES, NULL, ERASURE_HIDDEN                                    \
    }

/* Documents and pictures go first: they are found by the messages that name them. */
/* clang-format off */
const struct erasure_rule erasure_table[] = {
    DELETES_HIDDEN("document", "body"), /* an export is not exported again */
    DELETES_HIDDEN("discount_shown", "code"),
    DELETES("discount_deed", "reason"), /* somebody's words about them */

    DELETES("support_copy", "message_id"),
    DELETES("support_line", "at"),
    DELETES("support_line", "words"),
    DELETES("support_line", "photo"),
    DELETES("support_thread", "opened_at"),
    DELETES("support_thread", "closed_at"),
    DELETES("support_block", "at"),
    DELETES_HIDDEN("idempotency", "answer"), /* what the panel was told of them */
    DELETES("customer_quota", "day"),
    DELETES("customer_quota", "what"),
    DELETES("customer_quota", "n"),
    DELETES_HIDDEN("move_code", "code_hash"), /* a secret, for a quarter of an hour */
    DELETES_HIDDEN("customer_word", "word"), /* of the names, which are shown */
    DELETES("customer_tag", "tag_id"),
    DELETES("customer_tag", "at"),
    DELETES("segment_member", "segment_id"),
    DELETES("segment_member", "at"),
    DELETES("letter", "body"),
    DELETES("letter", "made_at"),
    DELETES("erasure_due", "asked_at"),
    DELETES("erasure_due", "due_at"),

    SETS("message", "payload", "'{}'"),
    SETS("message", "recipient", "0"),
    SETS("message", "why", "'erased'"),
    KEEPS_SHOWN("message", "state"),
    KEEPS_SHOWN("message", "created_at"),
    KEEPS_SHOWN("message", "sent_at"),
    KEEPS("message", "customer_id"),

    DELETES_HIDDEN("job_dead", "body"), /* a copy of their update that could not be run */

    SETS("discount", "reason", "NULL"), /* somebody's words about them */
    SETS_HIDDEN("discount", "status", "IF(status = 1, 4, status)"),
    KEEPS("discount", "customer_id"),
    KEEPS_SHOWN("discount", "percent_bp"),
    KEEPS_SHOWN("discount", "code"),
    KEEPS_SHOWN("discount", "valid_from"),
    KEEPS_SHOWN("discount", "valid_until"),
    KEEPS_SHOWN("discount", "uses_count"),
    KEEPS_SHOWN("discount", "created_at"),

    SETS("redemption", "void_note", "NULL"),
    KEEPS("redemption", "customer_id"),
    KEEPS_SHOWN("redemption", "redeemed_at"),
    KEEPS_SHOWN("redemption", "store_id"),
    KEEPS_SHOWN("redemption", "receipt_no"),
    KEEPS_SHOWN("redemption", "amount"),
    KEEPS_SHOWN("redemption", "discount_amount"),
    KEEPS_SHOWN("redemption", "voided_at"),

    SETS("consent", "evidence", "''"), /* somebody's words about them */
    KEEPS("consent", "customer_id"),
    KEEPS_SHOWN("consent", "purpose"),
    KEEPS_SHOWN("consent", "granted"),
    KEEPS_SHOWN("consent", "text_id"),
    KEEPS_SHOWN("consent", "update_id"),
    KEEPS_SHOWN("consent", "at"),

    DELETES_HIDDEN("bulk_part", "body"), /* the part of an export they are in */
    KEEPS("bulk_item", "customer_id"),   /* what was done, by number */
    /* What the figures of a broadcast are made of, by number. */
    KEEPS("broadcast_recipient", "customer_id"),
    KEEPS_SHOWN("broadcast_recipient", "broadcast_id"),
    KEEPS_SHOWN("broadcast_recipient", "state"),
    KEEPS_SHOWN("broadcast_recipient", "ended_at"),
    KEEPS("broadcast_recipient", "external_id"), /* the messenger's, of a message */
    KEEPS("broadcast_click", "customer_id"),
    KEEPS_SHOWN("broadcast_click", "broadcast_id"),
    KEEPS_SHOWN("broadcast_click", "link"),
    KEEPS_SHOWN("broadcast_click", "first_at"),
    /* For what they entered an automation, so that they do not enter again; by number. */
    KEEPS("automation_run", "customer_id"),
    KEEPS("automation_run", "person_id"),
    KEEPS_SHOWN("automation_run", "automation_id"),
    KEEPS_SHOWN("automation_run", "enter_key"),
    KEEPS_SHOWN("automation_run", "state"),
    KEEPS_SHOWN("automation_run", "entered_at"),
    KEEPS_SHOWN("automation_run", "ended_at"),
    KEEPS("suspicion", "customer_id"), /* about a till; the number alone */
    KEEPS("gift_phone", "customer_id"), /* a keyed hash: one gift a year */

    KEEPS_SHOWN("customer", "id"),
    KEEPS("customer", "channel"),
    KEEPS("customer", "person_id"),
    SETS("customer", "external_id", "NULL"),
    SETS("customer", "first_name", "''"),
    SETS("customer", "last_name", "''"),
    SETS("customer", "username", "''"),
    SETS("customer", "name", "''"),
    SETS("customer", "phone", "NULL"),
    SETS_HIDDEN("customer", "phone_hash", "NULL"),
    SETS("customer", "phone_at", "NULL"),
    SETS("customer", "phone_shared", "0"),
    SETS("customer", "language", "'ru'"),
    SETS("customer", "source", "''"),
    SETS("customer", "status", "3"),
    KEEPS("customer", "reach_update_id"),
    SETS("customer", "subscribed", "0"),
    SETS("customer", "subscribed_at", "NULL"),
    SETS("customer", "member_seen_at", "NULL"),
    SETS("customer", "left_told_at", "NULL"),
    SETS("customer", "pd_ok", "0"),
    KEEPS("customer", "pd_update_id"),
    SETS("customer", "marketing_ok", "0"),
    KEEPS("customer", "marketing_update_id"),
    SETS("customer", "marketing_rare", "0"),
    SETS("customer", "birth_date", "NULL"),
    KEEPS("customer", "birth_md"), /* made of birth_date */
    SETS("customer", "birth_set_at", "NULL"),
    SETS("customer", "birth_changed_at", "NULL"),
    KEEPS("customer", "gift_withheld"), /* a year */
    KEEPS("customer", "left_out"),      /* a number: counted in no statistics */
    SETS("customer", "profile_step", "0"),
    SETS_HIDDEN("customer", "profile_alone", "0"),
    SETS_HIDDEN("customer", "profile_keys", "0"),
    SETS("customer", "profile_at", "NULL"),
    SETS("customer", "last_seen_at", "created_at"),
    KEEPS_SHOWN("customer", "purchases"), /* the books */
    KEEPS_SHOWN("customer", "spent_total"),
    KEEPS_SHOWN("customer", "last_purchase_at"),
    SETS("customer", "home_store_id", "NULL"),
    SETS("customer", "barred_at", "NULL"),
    SETS("customer", "notes", "''"),
    KEEPS("customer", "phone_tail"), /* made of phone */
    KEEPS_SHOWN("customer", "created_at"),
};
/* clang-format on */
const size_t erasure_rules = sizeof erasure_table / sizeof *erasure_table;

#define OF_CUSTOMER NULL, "customer_id = ?"

/* What was said to them before they agreed, or after they took it back, has no
 * customer_id: the chat says whose it is. */
#define OF_THEIR_CHAT NULL, "(customer_id = ? OR (sender = 1 AND recipient = ?))"

static const struct erasure_scope scopes[] = {
    {"document",
     "message m STRAIGHT_JOIN document"
     " ON document.id = CAST(JSON_EXTRACT(m.payload, '$.document') AS SIGNED)",
     "m.customer_id = ? OR (m.sender = 1 AND m.recipient = ?)", "ce", NULL},
    {"discount_deed",
     "discount d STRAIGHT_JOIN discount_deed ON discount_deed.discount_id = d.id",
     "d.customer_id = ?", "c", "discount_deed.id"},
    {"discount_shown",
     "discount d STRAIGHT_JOIN discount_shown ON discount_shown.discount_id = d.id",
     "d.customer_id = ?", "c", NULL},
    {"support_copy",
     "support_thread t STRAIGHT_JOIN support_copy ON support_copy.thread_id = t.id",
     "t.customer_id = ?", "c", "message_id"},
    {"support_line", OF_CUSTOMER, "c", "id"},
    {"support_thread", OF_CUSTOMER, "c", "id"},
    {"support_block", OF_CUSTOMER, "c", "at"},
    {"idempotency", OF_CUSTOMER, "c", NULL},
    {"customer_quota", OF_CUSTOMER, "c", "day"},
    {"move_code", OF_CUSTOMER, "c", NULL},
    {"customer_word", OF_CUSTOMER, "c", NULL},
    {"letter", OF_CUSTOMER, "c", "id"},
    {"bulk_item", OF_CUSTOMER, "c", NULL},
    /* A line of it begins with their number (bulk_slice.c). */
    {"bulk_part",
     "bulk_item i STRAIGHT_JOIN bulk_part ON bulk_part.task_id = i.task_id",
     "i.customer_id = ? AND"
     " INSTR(CONCAT(CHAR(10), bulk_part.body), CONCAT(CHAR(10), ?, ';')) > 0",
     "cc", NULL},
    {"customer_tag", OF_CUSTOMER, "c", "tag_id"},
    {"segment_member", OF_CUSTOMER, "c", "segment_id"},
    {"erasure_due", OF_CUSTOMER, "c", "due_at"},
    {"message", OF_THEIR_CHAT, "ce", "id"},
    /* The kinds that may speak of a person by number; these bodies are searched whole. */
    {"job_dead", NULL,
     "(kind LIKE 'bot.%' OR kind LIKE 'send.%') AND"
     " INSTR(body, CONCAT(':', ?, ',')) + INSTR(body, CONCAT(':', ?, '}'))",
     "ee", NULL},
    {"discount", OF_CUSTOMER, "c", "id"},
    {"redemption", OF_CUSTOMER, "c", "id"},
    {"consent", OF_CUSTOMER, "c", "id"},
    {"broadcast_recipient", OF_CUSTOMER, "c", "broadcast_id"},
    {"broadcast_click", OF_CUSTOMER, "c", "first_at"},
    {"automation_run", OF_CUSTOMER, "c", "id"},
    {"suspicion", OF_CUSTOMER, "c", NULL},
    {"gift_phone", OF_CUSTOMER, "c", NULL},
    {"customer", NULL, "id = ?", "c", "id"},
};

const struct erasure_scope *erasure_scope(const char *table)
{
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
        if (strcmp(scopes[i].table, table) == 0)
            return &scopes[i];
    return NULL;
}

size_t erasure_args(const struct erasure_scope *s, int64_t customer_id,
                    int64_t external_id, struct db_arg out[ERASURE_ARGS])
{
    size_t n = strlen(s->args);

    for (size_t i = 0; i < n; i++)
        out[i] = DB_INT(s->args[i] == 'c' ? customer_id : external_id);
    return n;
}
