/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/until.h"

#include "core/base/clock.h"

#include <time.h>

bool until(bool (*asked)(void *arg), void *arg, int ms)
{
    struct timespec nap = {.tv_nsec = 2000000};
    int64_t deadline = clock_mono_ms() + ms;

    while (!asked(arg)) {
        if (clock_mono_ms() > deadline)
            return false;
        nanosleep(&nap, NULL);
    }
    return true;
}
