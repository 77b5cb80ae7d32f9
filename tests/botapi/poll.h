/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/poll.h - getUpdates that wait. One a bot: a second ends the first. */
#ifndef TESTS_BOTAPI_POLL_H
#define TESTS_BOTAPI_POLL_H

#include "tests/botapi/call.h"

void poll_wake(struct world *w, struct bot *b);
void poll_conflict(struct bot *b,
                   const char *description); /* ends a waiting one: 409 */

#endif
