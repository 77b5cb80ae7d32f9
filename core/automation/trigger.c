/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/automation/trigger.h"

#include <stdio.h>
#include <string.h>

/* The nearer a message must be to its occasion, the sooner it is too late for it. */
static const struct trigger_policy policies[TRIGGERS] = {
    [0] = {.name = ""},
    [TRIGGER_WELCOME] = {"welcome", UNIT_NOTHING, .stale = 14 * DAY},
    [TRIGGER_BIRTHDAY_BEFORE] = {"birthday_before", UNIT_OF_DAYS, 1, 60,
                                 .scanned = true, .back = 3, .stale = 2 * DAY,
                                 .discount = true, .bulk = true},
    [TRIGGER_BIRTHDAY] = {"birthday", UNIT_NOTHING, .scanned = true, .back = 1,
                          .stale = 2 * DAY, .discount = true, .bulk = true},
    [TRIGGER_NO_VISIT] = {"no_visit", UNIT_OF_DAYS, 1, 730, .scanned = true, .back = 7,
                          .stale = 14 * DAY, .bulk = true},
    [TRIGGER_DISCOUNT_EXPIRING] = {"discount_expiring", UNIT_OF_DAYS, 1, 60,
                                   .scanned = true, .stale = 2 * DAY, .discount = true,
                                   .bulk = true},
    [TRIGGER_AFTER_VISIT] = {"after_visit", UNIT_OF_HOURS, 0, 720, .stale = 3 * DAY},
};

const char *const trigger_names[TRIGGERS] = {
    "welcome",  "birthday_before",   "birthday",
    "no_visit", "discount_expiring", "after_visit",
};

static const char *const key_forms[TRIGGERS] = {
    [0] = "?%lld",
    [TRIGGER_WELCOME] = "welcome",
    [TRIGGER_BIRTHDAY_BEFORE] = "bday:%lld",
    [TRIGGER_BIRTHDAY] = "bday:%lld",
    [TRIGGER_NO_VISIT] = "novisit:%lld",
    [TRIGGER_DISCOUNT_EXPIRING] = "expire:%lld",
    [TRIGGER_AFTER_VISIT] = "visit:%lld",
};

const struct trigger_policy *trigger_policy(enum trigger t)
{
    return &policies[(unsigned)t < TRIGGERS ? t : 0];
}

enum trigger trigger_find(const char *name)
{
    for (int t = 1; t < TRIGGERS; t++)
        if (name != NULL && strcmp(policies[t].name, name) == 0)
            return (enum trigger)t;
    return 0;
}

bool trigger_fits(enum trigger t, int64_t number)
{
    const struct trigger_policy *p = trigger_policy(t);

    return p->name[0] != '\0' && number >= p->min && number <= p->max;
}

void trigger_key(enum trigger t, int64_t of, char out[ENTER_KEY_BYTES])
{
    const char *form = key_forms[(unsigned)t < TRIGGERS ? t : 0];
    const char *number = strstr(form, "%lld");
    int n = number != NULL ? (int)(number - form) : (int)strlen(form);

    if (number != NULL)
        snprintf(out, ENTER_KEY_BYTES, "%.*s%lld", n, form, (long long)of);
    else
        snprintf(out, ENTER_KEY_BYTES, "%s", form);
}
