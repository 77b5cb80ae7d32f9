/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/settings.h - what a bot says about itself: commands by scope and
 * language, name, description, menu button. Values are kept as the JSON that their get…
 * method answers. */
#ifndef TESTS_BOTAPI_SETTINGS_H
#define TESTS_BOTAPI_SETTINGS_H

#include "tests/botapi/world.h"

/* key: "commands|default|ru", "name|ru" …; NULL value forgets it. Copied. */
void setting_put(struct bot *b, const char *key, const char *value);
const char *setting_get(const struct bot *b, const char *key); /* lent, or NULL */
void settings_json(const struct bot *b, struct buf *out);       /* {"key":value,…} */
void settings_clear(struct bot *b);

#endif
