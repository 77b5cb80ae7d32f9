/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/preload/clock.c - a library to be preloaded (tests/harness/wrongclock.h): the
 * wall clock of the program is wrong by as many microseconds as a file says, at once
 * when the file changes. The monotonic clock stays right.
 *
 * Nothing here may allocate: allocators ask for the time. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MILLION 1000000

static const volatile int64_t right, *wrong_by;

static int64_t shift(void)
{
    const char *path;
    void *p = MAP_FAILED;
    int fd;

    if (wrong_by != NULL)
        return *wrong_by;
    path = getenv("TEST_CLOCK_FILE");
    fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        p = mmap(NULL, sizeof *wrong_by, PROT_READ, MAP_SHARED, fd, 0);
        close(fd);
    }
    wrong_by = p == MAP_FAILED ? &right : p;
    return *wrong_by;
}

static int64_t now_us(clockid_t id, long *ns)
{
    struct timespec t = {0};

    syscall(SYS_clock_gettime, id, &t);
    *ns = t.tv_nsec % 1000;
    return t.tv_sec * (int64_t)MILLION + t.tv_nsec / 1000;
}

int clock_gettime(clockid_t id, struct timespec *out)
{
    long ns;
    int64_t us;

    if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, id, out);
    us = now_us(id, &ns) + shift();
    *out = (struct timespec){us / MILLION, us % MILLION * 1000 + ns};
    return 0;
}

int gettimeofday(struct timeval *out, void *zone)
{
    long ns;
    int64_t us = now_us(CLOCK_REALTIME, &ns) + shift();

    (void)zone;
    *out = (struct timeval){us / MILLION, us % MILLION};
    return 0;
}

time_t time(time_t *out)
{
    long ns;
    time_t t = (now_us(CLOCK_REALTIME, &ns) + shift()) / MILLION;

    if (out != NULL)
        *out = t;
    return t;
}
