/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/dose.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool dose_full(void)
{
    const char *named = getenv("DVORIK_DOSE");

    if (named == NULL || *named == '\0' || strcmp(named, "short") == 0)
        return false;
    if (strcmp(named, "full") == 0 || strcmp(named, "soak") == 0)
        return true;
    fprintf(stderr, "DVORIK_DOSE is short, full or soak, not %s\n", named);
    exit(2);
}

int dose(int small, int full)
{
    return dose_full() ? full : small;
}

int64_t dose_soak_ms(void)
{
    const char *named = getenv("DVORIK_DOSE"), *hours = getenv("DVORIK_SOAK_HOURS");

    if (named == NULL || strcmp(named, "soak") != 0)
        return 0;
    return (int64_t)((hours != NULL ? strtod(hours, NULL) : 1) * 3600000);
}

#define STALL_MS 1000 /* of a disk that several tests share */

/* ./test says how many it runs at once. */
int dose_bound_ms(int ms)
{
    const char *jobs = getenv("DVORIK_TEST_JOBS");

    if (!dose_full())
        return ms * 10 > STALL_MS ? ms * 10 : STALL_MS;
    return jobs != NULL && strcmp(jobs, "1") != 0 ? ms * 3 : ms;
}

void dose_seed(void)
{
    unsigned s = (unsigned)(clock_now() / 1000);

    if (getenv("DVORIK_TEST_SEED") != NULL)
        s = (unsigned)strtoul(getenv("DVORIK_TEST_SEED"), NULL, 10);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a long run is watched */
    printf("seed %u\n", s);
    srandom(s);
}

int dose_random(int below)
{
    return below > 0 ? (int)(random() % below) : 0;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t dose_percentile(int64_t *numbers, size_t n, int p)
{
    size_t at = n * (size_t)p / 100;

    if (n == 0)
        return 0;
    qsort(numbers, n, sizeof *numbers, by_size);
    return numbers[at < n ? at : n - 1];
}
