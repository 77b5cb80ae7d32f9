/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/people.h - who appears in the transcripts of both bots, and what most of
 * them begin with. */
#ifndef TESTS_STORE_PEOPLE_H
#define TESTS_STORE_PEOPLE_H

#include "core/base/code.h"
#include "tests/harness/stage.h"

#include <stdio.h>
#include <string.h>

#define PERSON static const __attribute__((unused)) struct person

PERSON ANNA = {"client", 5000000001, "Анна", "ru"};
PERSON ANNA_AT_TILL = {"auth", 5000000001, "Анна", "ru"};
PERSON OLGA = {"auth", 6000000001, "Ольга", "ru"};
PERSON PETR = {"auth", 6000000002, "Пётр", "ru"};
PERSON JANE = {"auth", 6000000003, "Jane", "en"}; /* of the other store */
PERSON BOSS = {"auth", 6000000009, "Марина", "ru"};

static int how; /* of the second round: every update twice */

/* The empty stage; a test file with more on it has a setup of its own. */
static inline int stage_is_open(void **state)
{
    (void)state;
    stage_open(how);
    return 0;
}

static inline int closed(void **state)
{
    (void)state;
    stage_close();
    return 0;
}

/* Anna, subscribed, with her discount, and the second question not answered. */
static inline void anna_joins(void)
{
    subscribes(&ANNA);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка");
}

#endif
