/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/attention.h"

#include "core/base/clock.h"

#define RECENT (30 * DAY)

/* ? is a month ago; LIMIT keeps each short, whatever has piled up. */
static const struct {
    const char *what, *sql;
} kinds[ATTENTION_KINDS] = {
    {"suspicions", "SELECT COUNT(*) FROM (SELECT 1 FROM suspicion WHERE at >= ?"
                   " AND seen_at IS NULL LIMIT 1000) x"},
    {"support_threads", "SELECT COUNT(*) FROM (SELECT 1 FROM support_thread"
                        " WHERE last_at >= ? AND closed_at IS NULL LIMIT 1000) x"},
    {"access_requests", "SELECT COUNT(*) FROM (SELECT 1 FROM access_request"
                        " WHERE asked_at >= ? AND state = 1 LIMIT 1000) x"},
    {"jobs_dead",
     "SELECT COUNT(*) FROM (SELECT 1 FROM job_dead WHERE died_at >= ? LIMIT 1000) x"},
};

enum status attention_count(struct db *db, int64_t now,
                            struct attention out[ATTENTION_KINDS])
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < ATTENTION_KINDS; i++) {
        st = db_one(db, kinds[i].sql, DB_TIME(now - RECENT));
        out[i] = (struct attention){kinds[i].what, st == ST_OK ? db_int(db, 0) : 0};
    }
    return st;
}
