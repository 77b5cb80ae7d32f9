/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/scan.h - who enters by the calendar: a round through one automation, page
 * by page along an index, in constant memory.
 *
 *   place {day, part, at, after}: a local day of the shop, of a birthday a date (29
 *   February may be kept on another one's day), and behind whom on it
 *
 * A round begins with the last day that was looked through to its end, or with as many days
 * ago as its trigger still looks for (trigger.h), never before the automation was active;
 * and ends with today. Who has entered for it already is passed over by the statement, and
 * kept out by the key: any number of rounds at once do no harm. */
#ifndef CORE_AUTOMATION_SCAN_H
#define CORE_AUTOMATION_SCAN_H

#include "core/automation/run.h"

#define SCAN_PAGE 200

struct scan_place {
    int32_t day; /* 0: at the beginning */
    int part;
    int64_t at, after;
};

/* The next page, in the transaction of its job. ST_OK: there is more, behind *place;
 * ST_NONE: the round is through, and that is noted. *entered: how many. */
must_check enum status scan_page(struct db *db, struct calendar *c,
                                 const struct automation *a, struct scan_place *place,
                                 int *entered);

/* sched.automation_scan {"a"} for each that goes by the calendar. */
must_check enum status scan_put_all(struct db *db, int64_t now);
must_check enum status scan_put(struct db *db, int64_t now, int64_t automation_id,
                                const struct scan_place *place);

/* Who would enter within the next seven days, if nothing comes in between; of a fact: how
 * often it happened in the last seven. *guess: the latter. */
must_check enum status scan_preview(struct db *db, const struct calendar *c,
                                    enum trigger t, int number, int64_t *n,
                                    bool *guess);

/* The statements, for the tests that ask what they read. Each ends in the place and the
 * limit. */
#define SCAN_WRITABLE                                                                  \
    " AND c.status = 1 AND c.pd_ok = 1 AND c.marketing_ok = 1 AND c.barred_at IS NULL"
#define SCAN_FRESH                                                                     \
    " AND NOT EXISTS (SELECT 1 FROM automation_run r WHERE r.automation_id = ?"        \
    " AND r.person_id = COALESCE(c.person_id, c.id) AND r.enter_key = ?)"
/* A date, the automation, the key, the place's id. */
#define SCAN_BIRTHDAYS                                                                 \
    "SELECT c.id, COALESCE(c.person_id, c.id), COALESCE(c.birth_changed_at,"           \
    " c.birth_set_at), COALESCE((SELECT s.tz FROM store s WHERE s.id ="                \
    " c.home_store_id), ''), 0, 0 FROM customer c FORCE INDEX (ix_customer_birth)"     \
    " WHERE c.birth_md = ?" SCAN_WRITABLE SCAN_FRESH                                   \
    " AND c.id > ? ORDER BY c.birth_md, c.id LIMIT ?"
/* The automation, the key, the place's moment, the day's end, the place again. */
#define SCAN_NO_VISIT                                                                  \
    "SELECT c.id, COALESCE(c.person_id, c.id), c.last_purchase_at, '', 0, 0"           \
    " FROM customer c FORCE INDEX (ix_customer_bought)"                                \
    " WHERE c.last_purchase_at >= ? AND c.last_purchase_at < ?" SCAN_WRITABLE          \
        SCAN_FRESH " AND (c.last_purchase_at > ? OR c.id > ?)"                         \
    " ORDER BY c.last_purchase_at, c.id LIMIT ?"
/* The automation; now, now + days, issued before; the place. What such an automation gave
 * itself is passed over: it would give another for it, and so on for ever. */
#define SCAN_EXPIRING                                                                  \
    "SELECT c.id, COALESCE(c.person_id, c.id), d.valid_until, '', d.id,"               \
    " d.reminder_id FROM discount d FORCE INDEX (ix_discount_expiry)"                  \
    " STRAIGHT_JOIN customer c ON c.id = d.customer_id"                                \
    " WHERE d.status = 1 AND d.valid_until >= ? AND d.valid_until <= ?"                \
    " AND d.created_at <= ? AND d.reminder_id IS NULL" SCAN_WRITABLE                   \
    " AND NOT (d.issue_key LIKE 'au:%' AND EXISTS (SELECT 1 FROM automation x"         \
    " WHERE x.id = CAST(SUBSTRING_INDEX(SUBSTR(d.issue_key, 4), ':', 1) AS UNSIGNED)"  \
    " AND x.cause = 5))"                                                               \
    " AND NOT EXISTS (SELECT 1 FROM automation_run r WHERE r.automation_id = ?"        \
    " AND r.person_id = COALESCE(c.person_id, c.id)"                                   \
    " AND r.enter_key = CONVERT(CONCAT('expire:', d.id) USING ascii))"                 \
    " AND (d.valid_until > ? OR d.id > ?)"                                             \
    " ORDER BY d.valid_until, d.id LIMIT ?"

#endif
