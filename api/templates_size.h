/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/templates_size.h - how long a text is as the messenger counts it (UTF-16 units,
 * without tags), at its longest, and how long it may be. */
#ifndef API_TEMPLATES_SIZE_H
#define API_TEMPLATES_SIZE_H

#include "core/content.h"
#include "core/template/template.h"

int64_t text_length(const char *html); /* NULL: 0 */

/* Sets "longest" and "limit" in o: with the longest values there are. */
must_check enum status longest_set(const struct content *c, int lang, struct json *o);

/* Pushes {"lang","longest","limit"} for each language of a checked content. */
must_check enum status sizes_add(const struct template_check *check,
                                 const struct json *canonical, struct json *sizes);

/* A text of the bots in that language, in the form of a rendered message. Yours. */
struct json *own_text_shown(const char *key, const struct json *content, int lang);

#endif
