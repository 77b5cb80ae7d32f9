/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/profile.h - what a bot says about itself: commands by scope and
 * language, name, description, menu button. Values are kept as the JSON that their get…
 * method answers. */
#ifndef TESTS_BOTAPI_PROFILE_H
#define TESTS_BOTAPI_PROFILE_H

#include "tests/botapi/world.h"

/* key: "commands|default|ru", "name|ru" …; NULL value forgets it. Copied. */
void profile_put(struct bot *b, const char *key, const char *value);
const char *profile_get(const struct bot *b, const char *key); /* lent, or NULL */
void profile_json(const struct bot *b, struct buf *out);       /* {"key":value,…} */
void profile_clear(struct bot *b);

#endif
