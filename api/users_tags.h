/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/users_tags.h - tags (core/loyalty/tag.h), by themselves and on customers. */
#ifndef API_USERS_TAGS_H
#define API_USERS_TAGS_H

#include "api/call.h"

enum status tags_get(struct call *c);
enum status tags_post(struct call *c);
enum status tag_delete(struct call *c);

enum status user_tags_get(struct call *c);
enum status user_tags_post(struct call *c);
enum status user_tag_delete(struct call *c);

#endif
