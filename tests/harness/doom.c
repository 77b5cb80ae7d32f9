/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/doom.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A file of its own for each: who was started under an earlier one must not die now. */
static char folder[] = "/tmp/dvorik-doom.XXXXXX", once[64];
static int set;

static void forget(void)
{
    for (; set > 0; set--) {
        snprintf(once, sizeof once, "%s/%d", folder, set);
        unlink(once);
    }
    rmdir(folder);
}

void doom_set(const char *point)
{
    if (set == 0 && (mkdtemp(folder) == NULL || atexit(forget) != 0))
        abort();
    snprintf(once, sizeof once, "%s/%d", folder, ++set);
    setenv("DVORIK_CRASH", point, 1);
    setenv("DVORIK_CRASH_ONCE", once, 1);
}

void doom_lift(void)
{
    unsetenv("DVORIK_CRASH");
    unsetenv("DVORIK_CRASH_ONCE");
}

bool doom_struck(void)
{
    return access(once, F_OK) == 0;
}
