/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/moment.h - times in answers: RFC 3339 in UTC, null for none. */
#ifndef API_MOMENT_H
#define API_MOMENT_H

#include "core/base/json.h"

#include <stdint.h>

void moment_set(struct json *o, const char *name, int64_t at); /* 0: null */

#endif
