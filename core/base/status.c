/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/status.h"

static const char *const names[] = {
    [ST_OK] = "ok",           [ST_NONE] = "none",     [ST_TAKEN] = "taken",
    [ST_REFUSED] = "refused", [ST_BAD] = "bad",       [ST_AGAIN] = "again",
    [ST_DOWN] = "down",       [ST_UNSURE] = "unsure", [ST_BROKEN] = "broken",
};

const char *status_name(enum status st)
{
    if ((unsigned)st >= sizeof names / sizeof *names)
        return "?";
    return names[st];
}
