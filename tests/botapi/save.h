/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/save.h - the state file: people, chats, messages, membership, webhook
 * and what was not delivered yet, as one JSON text, written beside and renamed. */
#ifndef TESTS_BOTAPI_SAVE_H
#define TESTS_BOTAPI_SAVE_H

#include "tests/botapi/world.h"

/* ST_NONE: there is no such file yet; ST_BAD: it is damaged (nothing was taken). */
must_check enum status world_load(struct world *w);
/* Now; world_changed plans one within half a second. */
must_check enum status world_save(struct world *w);

#endif
