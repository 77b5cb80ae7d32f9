/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/crash.h"

#ifdef CRASH_POINTS
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int passed;

void crash_point(const char *name)
{
    const char *wish = getenv("DVORIK_CRASH"), *once = getenv("DVORIK_CRASH_ONCE");
    size_t n = strlen(name);
    int fd;

    if (wish == NULL || strncmp(wish, name, n) != 0 ||
        (wish[n] != ':' && wish[n] != '\0'))
        return;
    if (wish[n] == ':' && ++passed < (int)strtol(wish + n + 1, NULL, 10))
        return;
    if (once != NULL) {
        fd = open(once, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0)
            return;
        close(fd);
    }
    raise(SIGKILL);
}
#else
typedef int crash_points_are_off;
#endif
