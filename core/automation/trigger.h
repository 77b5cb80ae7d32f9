/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/trigger.h - what an automation may begin by, and the policy of each, in
 * one table. Pure.
 *
 * A fact (somebody agreed, somebody bought) enters by the job that the fact's own
 * transaction put (fact.h). A day (a birthday, so long without a purchase) is looked for
 * by a scan (scan.h). Either way the key says what for, and who has entered for that does
 * not enter again: it stays as long as the automation. */
#ifndef CORE_AUTOMATION_TRIGGER_H
#define CORE_AUTOMATION_TRIGGER_H

#include "core/base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers are stored. */
enum trigger {
    TRIGGER_WELCOME = 1, /* the first yes to advertising: now they can be welcomed */
    TRIGGER_BIRTHDAY_BEFORE,   /* so many days before it */
    TRIGGER_BIRTHDAY,          /* on the day */
    TRIGGER_NO_VISIT,          /* the last purchase is so many days ago */
    TRIGGER_DISCOUNT_EXPIRING, /* … days, and it is worth nothing any more */
    TRIGGER_AFTER_VISIT,       /* so many hours behind a purchase */
    TRIGGERS
};

enum trigger_unit { UNIT_NOTHING, UNIT_OF_DAYS, UNIT_OF_HOURS };

struct trigger_policy {
    const char *name;
    enum trigger_unit unit; /* of its number */
    int min, max;
    bool scanned;  /* by a scan; else a fact */
    int back;      /* days that a scan which comes late still looks for */
    int64_t stale; /* a step that is overdue by more is not taken any more */
    bool discount; /* there is one to speak of without an offer: the gift, the one that
                      ends */
    bool bulk;     /* many on one morning: they wait behind answers to people */
};
const struct trigger_policy *trigger_policy(enum trigger t); /* never NULL */
enum trigger trigger_find(const char *name);                 /* 0: no such one */
extern const char
    *const trigger_names[TRIGGERS]; /* that of t is at t - 1; then a NULL */
bool trigger_fits(enum trigger t, int64_t number);

#define ENTER_KEY_BYTES 41
/* "welcome", "bday:2026", "novisit:20260814", "expire:7", "visit:7". */
void trigger_key(enum trigger t, int64_t of, char out[ENTER_KEY_BYTES]);

#endif
