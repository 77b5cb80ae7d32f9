/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/moment.h"

#include "core/base/stamp.h"

void moment_set(struct json *o, const char *name, int64_t at)
{
    char text[STAMP_BYTES];

    stamp_print(at, text);
    json_set_text(o, name, at != 0 ? text : NULL);
}
