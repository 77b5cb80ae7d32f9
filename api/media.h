/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/media.h - pictures and videos of messages (core/template/media.h), over HTTP. */
#ifndef API_MEDIA_H
#define API_MEDIA_H

#include "api/call.h"

#define MEDIA_BODY (20 * 1024 * 1024) /* of an upload */

enum status media_get_all(struct call *c);
enum status media_post(struct call *c);
enum status media_get_one(struct call *c);
enum status media_get_info(struct call *c);
enum status media_delete(struct call *c);

#endif
