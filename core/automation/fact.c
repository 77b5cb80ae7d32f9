/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/automation/fact.h"

#include "core/io/queue.h"

#include <stdio.h>

enum status automation_wanted(struct db *db, enum trigger t, bool *wanted)
{
    enum status st =
        db_one(db, "SELECT 1 FROM automation WHERE state = 2 AND cause = ? LIMIT 1",
               DB_INT(t));

    *wanted = st == ST_OK;
    return st == ST_NONE ? ST_OK : st;
}

enum status automation_fact(struct db *db, int64_t now, const struct automation_fact *f)
{
    struct job_spec spec = {.kind = KIND_CORE_AUTOMATION_ENTERED,
                            .key = f->customer_id};
    char idk[64];
    bool wanted;
    enum status st = automation_wanted(db, f->trigger, &wanted);

    if (st != ST_OK || !wanted)
        return st;
    snprintf(idk, sizeof idk, "%d:%lld:%lld", (int)f->trigger,
             (long long)f->customer_id, (long long)f->subject);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "on", f->trigger);
    json_set_int(spec.args, "c", f->customer_id);
    json_set_int(spec.args, "s", f->subject);
    json_set_int(spec.args, "at", f->at != 0 ? f->at : now);
    st = job_put(db, now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}

enum status automation_wake_put(struct db *db, int64_t now, int64_t automation_id)
{
    struct job_spec spec = {.kind = KIND_SCHED_AUTOMATION_WAKE};
    char idk[40];
    enum status st;

    snprintf(idk, sizeof idk, "a:%lld", (long long)automation_id);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "a", automation_id);
    st = job_put(db, now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}
