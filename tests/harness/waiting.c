/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/waiting.h"

#include "core/base/clock.h"
#include "core/base/secret.h"

/* The server refreshes that table only when nobody has read it for 100 ms: tests that run
 * beside this one look, too, and two that looked in step would see the past for ever. */
#define LOOK_MS 120
#define JITTER_MS 300

int64_t rows_waited_for(struct db *db)
{
    static int64_t next_look;

    if (clock_mono_ms() < next_look)
        return 0;
    next_look = clock_mono_ms() + LOOK_MS + (int64_t)secret_random_below(JITTER_MS);
    if (db_one(db, "SELECT COUNT(*) FROM information_schema.innodb_trx t"
                   " JOIN information_schema.processlist p"
                   " ON p.id = t.trx_mysql_thread_id"
                   " WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()") != ST_OK)
        return 0;
    return db_int(db, 0);
}

bool somebody_waits(void *arg)
{
    return rows_waited_for(arg) > 0;
}
