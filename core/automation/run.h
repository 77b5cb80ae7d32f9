/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/run.h - one person on their way through an automation.
 *
 *   run_enter            its last step
 *   --------> WAITING ------------------> DONE
 *                |----------------------> EXITED (why)
 *                |----------------------> CANCELLED  the automation was archived
 *                +----------------------> FAILED     an error, again and again
 *
 * WAITING has the next step and when it is due (wake_at). A turn takes steps until one
 * waits or there are none left; what a step does, the message it puts and the next wake_at
 * are one transaction, so that nothing of it happens twice. Two who wake the same one
 * meet in its row.
 *
 * A message is marketing, whatever it says: without consent nobody enters, who takes it
 * back leaves; in the quiet hours of the person's zone, and above their cap, the run
 * waits. A discount that a step brings is issued in the same transaction, under the key
 * "au:<automation>:<run>:<step>". */
#ifndef CORE_AUTOMATION_RUN_H
#define CORE_AUTOMATION_RUN_H

#include "core/automation/automation.h"
#include "core/automation/calendar.h"
#include "core/loyalty/discount.h"
#include "core/message.h"

/* Numbers are stored. */
enum run_state {
    RUN_WAITING = 1,
    RUN_DONE,
    RUN_EXITED,
    RUN_CANCELLED,
    RUN_FAILED,
    RUN_STATES
};
enum run_why {
    RUN_WHY_NONE,
    RUN_WHY_RULE,      /* of the automation, or of a step */
    RUN_WHY_BOUGHT,    /* the goal */
    RUN_WHY_OPTED_OUT, /* of advertising, or of us altogether */
    RUN_WHY_BLOCKED,
    RUN_WHY_BARRED,
    RUN_WHY_ERASED,
    RUN_WHY_GONE, /* what it is about: the discount was used, the purchase undone */
    RUN_WHY_LATE, /* for its occasion */
    RUN_WHY_CAP,  /* of a word: they had enough, for as long as it was worth waiting */
    RUN_WHY_BROKEN, /* what the plan names is there no more, or the messenger's form of it
                       cannot be made */
    RUN_WHYS
};
extern const char *const run_state_names[RUN_STATES]; /* s - 1: "waiting" … NULL */
const char *run_why_name(enum run_why w); /* "opted_out"; "" of none. Lent, for ever */

/* ---- entering --------------------------------------------------------------------- */

struct run_entry {
    int64_t customer_id, person_id; /* person_id 0: looked up */
    char key[ENTER_KEY_BYTES];
    int64_t subject; /* the redemption or discount; 0: none */
    int64_t wake_at; /* 0: now. One that is past may be too late for its occasion */
};
/* ST_TAKEN: they entered for that before. ST_NONE: they may not be written to. */
must_check enum status run_enter(struct db *db, int64_t now, const struct automation *a,
                                 const struct run_entry *e);

/* core.automation_entered: into every active automation of the fact's trigger. *entered
 * how many. */
struct run_fact {
    enum trigger trigger;
    int64_t customer_id, subject, at;
};
must_check enum status run_enter_fact(struct db *db, int64_t now,
                                      const struct run_fact *f, int *entered);

/* ---- waking ----------------------------------------------------------------------- */

#define RUN_PAGE 50
#define RUN_TRIES 5

/* The same for each automation that has somebody due. */
must_check enum status run_wake_all(struct db *db, int64_t now);

/* Reads along ix_automation_run_wake. Arguments: the automation, now, limit. */
#define RUN_DUE                                                                        \
    "SELECT id FROM automation_run WHERE automation_id = ? AND state = 1"              \
    " AND wake_at <= ? ORDER BY wake_at, id LIMIT ?"
/* Those of it who are due, the longest first, at most RUN_PAGE. */
must_check enum status run_due(struct db *db, int64_t now, int64_t automation_id,
                               int64_t out[RUN_PAGE], int *n);
/* What is under way of an archived one ends, at most `limit` of them; *n how many. */
must_check enum status run_end_all(struct db *db, int64_t now, int64_t automation_id,
                                   int limit, int *n);

/* The plans of one automation, read once for a page of its runs. */
#define RUN_PLANS 4
struct run_turn {
    struct db *db;
    struct calendar *calendar;
    struct automation automation;
    struct automation_plan *plan[RUN_PLANS];
    int plans;
};
void run_turn_close(struct run_turn *t);

/* A message that is to be put now. */
struct run_word {
    int64_t run_id, customer_id;
    int step;
    const struct content *content; /* lent by the turn */
    struct discount discount;      /* id 0: it brings none, and speaks of none */
    bool of_offer;                 /* the discount was issued for it */
};
/* The next steps of that run, behind its row. ST_OK: *out is to be put now, and then
 * run_said, and then this again; ST_NONE: it waits, or is over. */
must_check enum status run_go(struct run_turn *t, int64_t run_id, struct run_word *out);
/* message_id 0: it could not be put (why). */
must_check enum status run_said(struct run_turn *t, const struct run_word *w,
                                int64_t message_id, enum run_why why);
/* After a rollback of what it did: it is tried later, or given up. */
must_check enum status run_stumbled(struct db *db, int64_t now, int64_t run_id);

/* ---- looking (run_look.c) --------------------------------------------------------- */

struct run_row {
    int64_t id, customer_id, subject;
    enum run_state state;
    enum run_why why;
    int plan, step, tries;
    int64_t wake_at, entered_at, ended_at;
    char key[ENTER_KEY_BYTES], name[260];
};
#define RUN_SORTS 1
extern const struct page_sort run_sorts[RUN_SORTS]; /* id */
must_check enum status run_search(struct db *db, int64_t automation_id, unsigned states,
                                  struct page *p);
must_check enum status run_total(struct db *db, int64_t automation_id, unsigned states,
                                 int64_t *total);
must_check enum status run_search_next(struct db *db, struct page *p,
                                       struct run_row *out);

struct run_sums {
    int64_t entered;
    int64_t n[RUN_STATES];           /* runs by state */
    int64_t why[RUN_WHYS];           /* of EXITED */
    int64_t message[MESSAGE_STATES]; /* by state; 0: forgotten, or never put */
    int64_t issued, redeemed;        /* discounts of offers; those used at least once */
    int64_t revenue, off;            /* kopecks: of those redemptions that stand */
};
must_check enum status run_sums(struct db *db, int64_t automation_id,
                                struct run_sums *out);

#endif
