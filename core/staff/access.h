/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/access.h - somebody asks to work here, without an invitation.
 *
 *   access_ask            access_accept
 *   ----------> OPEN ---------------------> ACCEPTED   they are staff now
 *                |------------------------> REFUSED    may ask again tomorrow
 *                |   access_refuse
 *                +------------------------> EXPIRED    nobody answered for three days
 *
 * One open request a person, by a unique key. Strangers cost us a message to each manager,
 * so all of them together may ask only so often. Of two managers the WHERE lets one
 * decide. */
#ifndef CORE_STAFF_ACCESS_H
#define CORE_STAFF_ACCESS_H

#include "core/staff/staff.h"

/* Numbers are stored. */
enum access_state { ACCESS_OPEN = 1, ACCESS_ACCEPTED, ACCESS_REFUSED, ACCESS_EXPIRED };

#define ACCESS_LIFE_HOURS 72
#define ACCESS_AGAIN_HOURS 24 /* after a refusal */
#define ACCESS_AN_HOUR 20     /* requests of everybody */

enum access_result {
    ACCESS_ASKED = 1,
    ACCESS_WAITS,   /* asked before, and not answered yet */
    ACCESS_NOT_YET, /* refused a short while ago */
    ACCESS_BUSY,    /* too many strangers ask: later */
    ACCESS_STAFF    /* they work here already */
};

struct access {
    int64_t id, external_id;
    enum channel channel;
    enum access_state state;
    int64_t asked_at, decided_by; /* staff */
    char name[CONTACT_NAME_BYTES], username[CONTACT_NAME_BYTES];
    char language[3];
    char decider[CONTACT_NAME_BYTES];
};

/* ST_OK with a result; out is the request for ASKED and WAITS. */
must_check enum status access_ask(struct db *db, int64_t now, const struct contact *who,
                                  enum access_result *result, struct access *out);

must_check enum status access_load(struct db *db, int64_t id, struct access *out);

/* Those that nobody has answered yet, the oldest first; *n how many, at most room. */
must_check enum status access_waiting(struct db *db, int64_t now, struct access *out,
                                      int room, int *n);

struct access_decision {
    int64_t id;
    const struct staff *by; /* loaded in this transaction */
    enum role role;         /* of an acceptance */
    int64_t store_id;
};

/* May they decide it, with that role and store? ST_OK, ST_REFUSED. */
must_check enum status access_may(struct db *db, const struct access_decision *d);

/* ST_OK: decided now, and by this call; *a is it, *out the new staff. ST_TAKEN: somebody
 * else did (*a says who), or it is too old, or they work here by now, which closes it and
 * is worth a commit. ST_REFUSED: access_may says no. ST_NONE: no such request. */
must_check enum status access_accept(struct db *db, int64_t now,
                                     const struct access_decision *d, struct access *a,
                                     struct staff *out);
must_check enum status access_refuse(struct db *db, int64_t now,
                                     const struct access_decision *d, struct access *a);

/* Requests older than `before` leave, at most limit; *n how many. */
must_check enum status access_forget(struct db *db, int64_t before, int limit, int *n);

#endif
