/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/owner.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/staff/staff.h"

struct first {
    int64_t now, id;
};

static enum status first_work(struct db *db, void *arg)
{
    const struct first *f = arg;

    return staff_owner_first(db, f->now, f->id);
}

int owner_first(const struct config *cfg)
{
    struct first f = {.now = clock_now(), .id = cfg->superadmin_telegram_id};
    struct db *db;
    enum status st;

    if (f.id == 0)
        return 0;
    db = db_open(cfg);
    st = db ? db_tx(db, first_work, &f) : ST_BROKEN;
    db_close(db);
    if (st == ST_OK)
        log_info("the first owner is set", LOG_INT("id", f.id));
    if (st == ST_OK || st == ST_NONE)
        return 0;
    log_error("the first owner could not be set", LOG_TEXT("status", status_name(st)));
    return 1;
}
