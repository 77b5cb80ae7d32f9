/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/team.h - the people of the shop, as those see them who may change it.
 *
 * Who may what to whom: nobody changes somebody of their own rank or above (role_below;
 * an owner may change an owner, the last one stays), nobody themselves; whose rights end
 * at their stores changes only people who work nowhere else. Asked at each action. */
#ifndef CORE_STAFF_TEAM_H
#define CORE_STAFF_TEAM_H

#include "core/staff/pin.h"
#include "core/staff/shift.h"
#include "core/staff/staff.h"

struct team_member {
    struct staff staff;
    bool on_shift;
};

/* Active people whom `by` may see, by name, from the `skip`th on: room of them at most;
 * *n written. */
must_check enum status team_list(struct db *db, const struct staff *by, int skip,
                                 struct team_member *out, int room, int *n);

/* The active people of a store who may open a shift there and answer for themselves, by
 * name: those a shared phone offers. */
must_check enum status team_of_store(struct db *db, int64_t store_id, struct staff *out,
                                     int room, int *n);

/* Active people who may use perm at that store (0: at any), and whom we can write to. */
struct team_ask {
    enum perm perm;
    int64_t store_id;
};
must_check enum status team_who_may(struct db *db, const struct team_ask *ask,
                                    struct staff *out, int room, int *n);

/* May by see who: do they share a store, or does by see all? ST_OK, ST_REFUSED. */
must_check enum status team_sees(struct db *db, const struct staff *by,
                                 const struct staff *who);
/* May by change who? ST_OK, ST_REFUSED. */
must_check enum status team_may(struct db *db, const struct staff *by,
                                const struct staff *who);

/* What is done, by whom, to whom. */
struct team_act {
    const struct staff *by; /* loaded in this transaction */
    int64_t who;
};

/* Somebody who has no account at the messenger and works at a shared phone by their PIN: a
 * cashier of that store, with a number of ours that no messenger gives out. name as it was
 * typed. ST_BAD: there is none in it. ST_REFUSED: `by` may not hire there. */
struct team_hire {
    const struct staff *by;
    int64_t store_id;
    const char *name;
    size_t n;
};
must_check enum status team_hire(struct db *db, int64_t now, const struct team_hire *h,
                                 struct staff *out);

/* Gone from this very moment: the open shift is closed, the PIN forgotten, a shared phone
 * let go. ST_REFUSED: may not, or the last owner. ST_NONE: nobody active of that id. */
must_check enum status team_dismiss(struct db *db, int64_t now,
                                    const struct team_act *act, struct staff *out);

/* ST_REFUSED also for a role that is not below one's own. */
must_check enum status team_role(struct db *db, int64_t now, const struct team_act *act,
                                 enum role role, struct staff *out);

/* Somebody who left works here again, as what they were; for who is active nothing
 * changes. Stores they were bound to are theirs again. ST_REFUSED: may not. */
must_check enum status team_return(struct db *db, int64_t now,
                                   const struct team_act *act, struct staff *out);

/* A name of our own, kept whatever the messenger says. ST_BAD: nothing visible in it. */
must_check enum status team_rename(struct db *db, int64_t now,
                                   const struct team_act *act, const char *name);

/* pin_reset, by somebody who may change them; the digits are read once, here. */
must_check enum status team_pin_give(struct db *db, int64_t now,
                                     const struct team_act *act,
                                     char digits[PIN_ONCE_DIGITS + 1]);

/* Bound to the store or not; a shift open where they may not work any more is closed.
 * ST_REFUSED also for a store that is not one's own. */
must_check enum status team_bind(struct db *db, int64_t now, const struct team_act *act,
                                 int64_t store_id, bool bound);

#endif
