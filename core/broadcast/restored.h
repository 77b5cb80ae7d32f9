/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/restored.h - is this database the shop's own, or a copy of it?
 *
 * A copy that was restored somewhere, or an older state put in the place of the present
 * one, knows nothing of what has been sent since: it would send it again. So a number is
 * raised each minute in MySQL and then in Redis, under a name of that Redis made at random
 * which MySQL keeps, beside the address of its own server:
 *
 *   Redis          server     what it is                             broadcasts
 *   ours, not more any        as it was; or a new server, same data  go
 *   ours, more     any        an older state of this database        stand still
 *   another, none  ours       Redis was emptied or changed           go
 *   another, none  another    a copy, for all we can tell            stand still
 *
 * (standstill.h does the looking, and lets them go.) Whoever sends of its own accord
 * asks restored_held in the transaction that takes people in hand. Answers, receipts and
 * reminders of what is there anyway are not held.
 *
 * A process is started after the copy was made, and looks before its first job
 * (worker/main.c). For who lived on while the data below it changed: what was not looked
 * at for RESTORED_STALE_MINUTES is not known, and stands still until the scheduler has. */
#ifndef CORE_BROADCAST_RESTORED_H
#define CORE_BROADCAST_RESTORED_H

#include "core/io/db.h"
#include "core/io/queue.h"

#define RESTORED_STALE_MINUTES 3

/* Numbers are stored. */
enum restored_why {
    RESTORED_NOT,
    RESTORED_OLDER,   /* Redis has seen more of this database than it knows itself */
    RESTORED_STRANGE, /* neither this Redis nor this server is known to it */
    RESTORED_WHYS
};
const char *restored_why_name(enum restored_why why); /* "older". Lent, for ever */

/* Must broadcasts and automations stand still? One row read, without a lock. */
must_check enum status restored_held(struct db *db, bool *held);

#define RESTORED_ID_BYTES 33
#define RESTORED_SERVER_BYTES 65

/* What Redis keeps. */
struct restored_mark {
    char id[RESTORED_ID_BYTES]; /* "": nothing */
    int64_t n;
};
must_check enum status restored_mark_read(struct redis *r, struct restored_mark *out);
must_check enum status restored_mark_write(struct redis *r,
                                           const struct restored_mark *m);

/* What MySQL keeps; all 0 of a database that nobody has looked at. */
struct restored {
    struct restored_mark mark; /* how far it is, and the name of its Redis */
    bool server_known;         /* the server we ask is the one it was on */
    int64_t held_at;           /* 0: it is not */
    enum restored_why why;
    int64_t confirmed_at, confirmed_by;
};
must_check enum status restored_load(struct db *db, struct restored *out);
/* The same, held until the transaction ends; makes the row. */
must_check enum status restored_lock(struct db *db, struct restored *out);

/* Pure: the table above. */
enum restored_why restored_judge(const struct restored *r,
                                 const struct restored_mark *redis);

/* Behind restored_lock. raise: one more, under the name of m, whose n is set to it; on the
 * server we ask. free: as if it had always been here; who: staff, 0 a command. */
must_check enum status restored_raise(struct db *db, struct restored_mark *m);
must_check enum status restored_hold(struct db *db, int64_t now, enum restored_why why);
must_check enum status restored_free(struct db *db, int64_t now, int64_t who);

#endif
