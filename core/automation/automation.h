/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/automation.h - what the shop says by itself when something comes about:
 * a trigger, steps, and the people on their way through them (run.h).
 *
 *            activate            pause
 *   DRAFT -------------> ACTIVE ------> PAUSED
 *     |                   |   <------     |
 *     | remove            |    activate   |
 *     v                   +---- archive --+------> ARCHIVED
 *   (gone)
 *
 * Only what is ACTIVE is entered and goes on. PAUSED keeps everybody where they are, and
 * what comes about meanwhile is passed over. ARCHIVED ends who was under way.
 *
 * A change of the steps makes a new version of the plan; who is under way keeps the one
 * they entered with. The trigger is fixed once it was active: the keys people entered by
 * mean it.
 *
 * Two messages of the program itself step back while an automation speaks of the same:
 * the word of a birthday's gift (TRIGGER_BIRTHDAY, TRIGGER_BIRTHDAY_BEFORE; the gift is
 * still given), and the reminder of a discount that ends (TRIGGER_DISCOUNT_EXPIRING).
 *
 * Functions that write run in the caller's transaction and write the audit. */
#ifndef CORE_AUTOMATION_AUTOMATION_H
#define CORE_AUTOMATION_AUTOMATION_H

#include "core/automation/plan.h"
#include "core/page.h"

#define AUTOMATION_NAME_MAX 64 /* characters */
#define AUTOMATION_NAME_BYTES (AUTOMATION_NAME_MAX * 4 + 1)
#define AUTOMATIONS_ACTIVE_MAX 100

/* Numbers are stored. */
enum automation_state {
    AUTOMATION_DRAFT = 1,
    AUTOMATION_ACTIVE,
    AUTOMATION_PAUSED,
    AUTOMATION_ARCHIVED,
    AUTOMATION_STATES
};
/* "active". Lent, for ever; that of s is at s - 1, then a NULL. */
extern const char *const automation_state_names[AUTOMATION_STATES];

struct automation {
    int64_t id;
    char name[AUTOMATION_NAME_BYTES];
    enum automation_state state;
    enum trigger trigger;
    int number;      /* of the trigger: days, hours */
    int plan;        /* the version that is entered with */
    int64_t since;   /* what happened before is not its matter; 0: never active */
    int32_t scanned; /* every local day before it was looked through; 0: none */
    int64_t version;
    int64_t made_by; /* staff; 0: nobody */
    int64_t created_at, updated_at;
};

struct automation_draft {
    const char *name;                   /* NULL in a change: as it is */
    enum trigger trigger;               /* 0: as it is */
    int number;                         /* with the trigger */
    const struct automation_plan *plan; /* NULL: as it is */
    int64_t staff_id;
};
/* ST_BAD: *why "name", "trigger"; lent for ever. */
must_check enum status automation_add(struct db *db, int64_t now,
                                      const struct automation_draft *d,
                                      const char **why, int64_t *id);
/* ST_NONE: no such one; ST_REFUSED: another version; ST_TAKEN: it is archived, or its
 * trigger is fixed by now. */
must_check enum status automation_change(struct db *db, int64_t now, int64_t id,
                                         int64_t version,
                                         const struct automation_draft *d,
                                         const char **why);
/* Of one that was never active. ST_TAKEN: it was. */
must_check enum status automation_remove(struct db *db, int64_t now, int64_t id,
                                         int64_t version, int64_t staff_id);

must_check enum status automation_load(struct db *db, int64_t id,
                                       struct automation *out);
/* The same, and it is not paused, changed or archived until the transaction ends. */
must_check enum status automation_hold(struct db *db, int64_t id,
                                       struct automation *out);
/* Active ones, of that trigger (0: any), by id, at most room. */
must_check enum status automation_active(struct db *db, enum trigger t,
                                         struct automation *out, int room, int *n);

struct automation_act {
    int64_t id, version, staff_id; /* version 0: whichever */
};
/* ST_OK also when it is so already. ST_TAKEN: not from the state it is in, or there are
 * AUTOMATIONS_ACTIVE_MAX. */
must_check enum status automation_activate(struct db *db, int64_t now,
                                           const struct automation_act *act);
must_check enum status automation_pause(struct db *db, int64_t now,
                                        const struct automation_act *act);
/* Puts the job that ends who is under way. */
must_check enum status automation_archive(struct db *db, int64_t now,
                                          const struct automation_act *act);

/* ---- looking ---------------------------------------------------------------------- */

#define AUTOMATION_SORTS 3
extern const struct page_sort
    automation_sorts[AUTOMATION_SORTS]; /* id, name, created_at */
struct automation_filter {
    unsigned states;      /* a bit each; 0: all but the archived */
    enum trigger trigger; /* 0: any */
    const char *q;        /* stands in the name; NULL: any */
};
must_check enum status
automation_search(struct db *db, const struct automation_filter *f, struct page *p);
must_check enum status automation_search_next(struct db *db, struct page *p,
                                              struct automation *out);
must_check enum status
automation_total(struct db *db, const struct automation_filter *f, int64_t *total);

#endif
