/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/staff.h - people who work here.
 *
 *   staff_add, invite_use          staff_dismiss
 *   ---------------------> ACTIVE <-------------> DISMISSED
 *                                 staff_add, invite_use
 *
 * Load the row in the transaction that acts on it: a dismissal or a new role counts
 * from the next action on. Rights are asked with staff_may(), never by comparing roles.
 */
#ifndef CORE_STAFF_STAFF_H
#define CORE_STAFF_STAFF_H

#include "core/contact.h"
#include "core/io/db.h"
#include "core/staff/role.h"

struct staff {
    int64_t id;
    enum channel channel;
    int64_t external_id;
    char name[CONTACT_NAME_BYTES];
    char language[3];
    enum role role;
    bool active;
};

must_check enum status staff_find(struct db *db, enum channel channel,
                                  int64_t external_id, struct staff *out);
must_check enum status staff_load(struct db *db, int64_t id, struct staff *out);
/* The same as it is by now, held until the transaction ends. */
must_check enum status staff_lock(struct db *db, int64_t id, struct staff *out);
/* Something of theirs has changed: a new version (staff_search.h). */
must_check enum status staff_touch(struct db *db, int64_t id);

/* Active, and the role reaches at least that far. */
bool staff_may(const struct staff *s, enum perm perm);

/* May s use perm at that store? ALL: yes; STORE and OWN: when bound to it (one query).
 * ST_OK, ST_REFUSED, or the failure. */
must_check enum status staff_may_at(struct db *db, const struct staff *s,
                                    enum perm perm, int64_t store_id);

/* The stores they are bound to, by number; *n how many, at most room. */
must_check enum status staff_stores(struct db *db, int64_t staff_id, int64_t *out,
                                    int room, int *n);

struct staff_spec {
    enum channel channel;
    int64_t external_id;
    const char *name;     /* NULL: "№ <id>" until they speak to us */
    const char *language; /* NULL: ru */
    enum role role;
    int64_t store_id; /* bound to it; 0: to none (owner, marketing …) */
    int64_t by;       /* staff who did it; 0: a command */
    bool
        till; /* for invite_make: a phone that the store's people share, and no person */
};
/* Adds, or gives an existing person the role (and the store), active again; who comes
 * back to a store is bound to that one only, without one to those of before.
 * ST_BAD: no role, or not a person's id. ST_REFUSED: no such store, or the last owner
 * would lose the role. */
must_check enum status staff_add(struct db *db, int64_t now,
                                 const struct staff_spec *spec, struct staff *out);

/* ST_REFUSED: the last owner stays. ST_NONE: nobody active of that id. */
must_check enum status staff_dismiss(struct db *db, int64_t now, int64_t id,
                                     int64_t by);

/* Refreshes the name they show, unless somebody of ours gave them one (team_rename);
 * cheap, changes only what differs. */
must_check enum status staff_seen(struct db *db, int64_t now, const struct staff *s,
                                  const struct contact *c);

/* All who ever worked here, by number. */
typedef void staff_named(void *arg, int64_t id, const char *name);
must_check enum status staff_names(struct db *db, staff_named *fn, void *arg);

/* Their own choice. ST_BAD: neither "ru" nor "en". */
must_check enum status staff_language(struct db *db, int64_t id, const char *language);

/* Active owners we can write to, at most limit; *n how many. */
must_check enum status staff_owners(struct db *db, struct staff *out, int limit,
                                    int *n);

/* Active people of the roles that have that permission at all, at most limit. */
must_check enum status staff_with(struct db *db, enum perm perm, struct staff *out,
                                  int limit, int *n);

/* The installation's first owner: only while there has never been one (ST_NONE then).
 */
must_check enum status staff_owner_first(struct db *db, int64_t now,
                                         int64_t external_id);

#endif
