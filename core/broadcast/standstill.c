/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/standstill.h"

#include "core/alarm.h"
#include "core/audit.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

#define PAGE 100 /* broadcasts at a time */

/* ---- broadcasts of one kind, all of them -------------------------------------------- */

struct move {
    enum broadcast_state from;
    enum broadcast_pause paused_why;
    enum status (*act)(struct db *db, int64_t now, const struct broadcast_act *act);
    int64_t staff_id;
};

static enum status page(struct db *db, const struct move *m, int64_t after,
                        int64_t out[PAGE], int *n)
{
    enum status st =
        db_select(db,
                  "SELECT id FROM broadcast WHERE state = ?"
                  " AND paused_why = ? AND id > ? ORDER BY id LIMIT ?",
                  DB_INT(m->from), DB_INT(m->paused_why), DB_INT(after), DB_INT(PAGE));

    *n = 0;
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        out[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}

/* Who was moved meanwhile by somebody else is left as they are. */
static enum status move_all(struct db *db, int64_t now, const struct move *m,
                            int *moved)
{
    int64_t id[PAGE] = {0};
    int64_t after = 0;
    enum status st;
    int n;

    *moved = 0;
    do {
        st = page(db, m, after, id, &n);
        for (int i = 0; i < n && st == ST_OK; i++) {
            struct broadcast_act act = {.id = id[i], .staff_id = m->staff_id};

            st = m->act(db, now, &act);
            *moved += st == ST_OK;
            if (st == ST_TAKEN || st == ST_NONE)
                st = ST_OK;
            after = id[i];
        }
    } while (st == ST_OK && n == PAGE);
    return st;
}

static enum status pause_restored(struct db *db, int64_t now,
                                  const struct broadcast_act *act)
{
    return broadcast_pause(db, now, act, PAUSE_RESTORED);
}

/* ---- looking ------------------------------------------------------------------------ */

struct look {
    int64_t now;
    struct restored_mark redis, next;
    enum restored_why why;
    bool raised;
};

/* Told in the transaction that finds out; and each day that nobody answered. */
static enum status tell(struct db *db, int64_t now, enum restored_why why, bool first)
{
    struct job_spec job = {.kind = KIND_CORE_RESTORED_HELD};
    enum status st = alarm_due(db, now, "restored", first ? 0 : DAY);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    job.args = json_new_object();
    json_set_int(job.args, "why", why);
    return job_put(db, now, &job);
}

static enum status hold(struct db *db, int64_t now, enum restored_why why)
{
    const struct move m = {.from = BROADCAST_SENDING, .act = pause_restored};
    int n = 0;
    enum status st = restored_hold(db, now, why);

    if (st == ST_OK)
        st = move_all(db, now, &m, &n);
    if (st == ST_OK)
        st = audit_add(db, now,
                       &(struct audit_entry){.actor = ACTOR_SYSTEM,
                                             .action = "broadcast.hold_restored"});
    if (st == ST_OK)
        log_error("the database is a copy: no broadcasts until an owner confirms it",
                  LOG_TEXT("why", restored_why_name(why)), LOG_INT("paused", n));
    return st;
}

static void name_redis(const struct look *k, const struct restored *r,
                       struct restored_mark *next)
{
    uint8_t raw[(RESTORED_ID_BYTES - 1) / 2];

    *next = (struct restored_mark){0};
    if (k->redis.id[0] != '\0' && strcmp(k->redis.id, r->mark.id) == 0) {
        memcpy(next->id, r->mark.id, sizeof next->id);
        return;
    }
    secret_random(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++)
        snprintf(next->id + 2 * i, 3, "%02x", raw[i]);
}

static enum status look_work(struct db *db, void *arg)
{
    struct look *k = arg;
    struct restored r;
    enum status st = restored_lock(db, &r);

    k->raised = false;
    if (st != ST_OK)
        return st;
    k->why = r.held_at != 0 ? r.why : restored_judge(&r, &k->redis);
    if (k->why == RESTORED_NOT) {
        name_redis(k, &r, &k->next);
        st = restored_raise(db, &k->next);
        k->raised = st == ST_OK;
        return st;
    }
    if (r.held_at == 0)
        st = hold(db, k->now, k->why);
    return st == ST_OK ? tell(db, k->now, k->why, r.held_at == 0) : st;
}

/* Redis is read first: what it holds is then no more than MySQL had at that moment. */
enum status standstill_check(struct db *db, struct redis *redis, int64_t now,
                             enum restored_why *why)
{
    struct look k = {.now = now};
    enum status st = restored_mark_read(redis, &k.redis);

    if (st == ST_OK)
        st = db_tx(db, look_work, &k);
    *why = k.why;
    if (st == ST_OK && k.raised)
        st = restored_mark_write(redis, &k.next);
    return st;
}

/* ---- letting go --------------------------------------------------------------------- */

enum status standstill_confirm(struct db *db, int64_t now,
                               const struct standstill_confirm *c, int *n)
{
    const struct move m = {.from = BROADCAST_PAUSED,
                           .paused_why = PAUSE_RESTORED,
                           .act = c->cancel ? broadcast_cancel : broadcast_resume,
                           .staff_id = c->staff_id};
    struct restored r;
    enum status st = restored_lock(db, &r);

    *n = 0;
    if (st == ST_OK && r.held_at == 0)
        return ST_NONE;
    if (st == ST_OK)
        st = restored_free(db, now, c->staff_id);
    if (st == ST_OK)
        st = move_all(db, now, &m, n);
    if (st != ST_OK)
        return st;
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = c->staff_id != 0 ? ACTOR_STAFF : ACTOR_COMMAND,
                              .actor_id = c->staff_id,
                              .action = "broadcast.confirm_restored"});
}
