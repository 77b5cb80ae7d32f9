/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/till_people.h - people.h at the till: two cashiers of one store, one of the
 * other, the owner, and Anna with a code to show. */
#ifndef TESTS_STORE_TILL_PEOPLE_H
#define TESTS_STORE_TILL_PEOPLE_H

#include "tests/store/people.h"

static char start_link[200]; /* "/start q_<token>" of Anna's picture */
static char code[CODE_SHOWN + 1];

static inline int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    hires(&PETR, "cashier", stage.store[0]);
    hires(&JANE, "cashier", stage.store[1]);
    hires(&BOSS, "owner", 0);
    anna_joins();
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    snprintf(start_link, sizeof(start_link), "/start %s",
             strstr(last_link(&ANNA), "q_"));
    return 0;
}

static inline void opens_shift(const struct person *p)
{
    says(p, "/start");
    presses(p, p == &JANE ? "Open a shift" : "Открыть смену");
}

#endif
