/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/keypad.h - till_people.h with a manager, a shared phone, and fingers for the
 * keypad. */
#ifndef TESTS_STORE_KEYPAD_H
#define TESTS_STORE_KEYPAD_H

#include "tests/store/till_people.h"

#include "tests/harness/stage_chat.h"

#include <stdio.h>
#include <string.h>

PERSON LENA = {"auth", 6000000020, "Лена", "ru"};   /* manager of the first store */
PERSON PHONE = {"auth", 6000000030, "Касса", "ru"}; /* the phone at its till */

static inline int staffed(void **state)
{
    opened(state);
    hires(&LENA, "manager", stage.store[0]);
    return 0;
}

/* A key of the keypad: its label is one character, and others hold it too. */
static inline void keys(const struct person *p, const char *digits)
{
    char label[2] = {0};

    for (; *digits != '\0'; digits++) {
        label[0] = *digits;
        presses(p, label);
    }
}

/* And the key that ends it. */
static inline void enters(const struct person *p, const char *pin)
{
    keys(p, pin);
    presses(p, "✅");
}

static inline void sets_pin(const struct person *p, const char *pin)
{
    says(p, "/pin");
    enters(p, pin);
    enters(p, pin);
    told_like(p, "PIN записан");
}

/* What stands in the newest message between two pieces of text. */
static inline const char *between(const struct person *p, const char *from,
                                  const char *to)
{
    static char out[200];
    const struct shown *m = NULL;
    const char *a, *b;

    while ((m = chat_newest(p, m)) != NULL)
        if ((a = strstr(m->text, from)) != NULL &&
            (b = strstr(a + strlen(from), to)) != NULL) {
            a += strlen(from);
            snprintf(out, sizeof(out), "%.*s", (int)(b - a), a);
            return out;
        }
    chat_fail(p, "has no message with", from);
    return "";
}

#endif
