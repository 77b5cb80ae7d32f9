/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/until.h"

#include "core/base/clock.h"

#include <time.h>

#define NAP_NS 1000000
#define NAP_MAX_NS 4000000 /* a question may cost more than the nap */

bool until(bool (*asked)(void *arg), void *arg, int ms)
{
    struct timespec nap = {.tv_nsec = NAP_NS};
    int64_t deadline = clock_mono_ms() + ms;

    while (!asked(arg)) {
        if (clock_mono_ms() > deadline)
            return false;
        nanosleep(&nap, NULL);
        if (nap.tv_nsec < NAP_MAX_NS)
            nap.tv_nsec *= 2;
    }
    return true;
}
