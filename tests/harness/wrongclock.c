/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/wrongclock.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* …/build/<variant>/tests/<kind>/test_x -> …/build/<variant>/tests/preload/clock.so */
static void library(struct wrongclock *c)
{
    char self[PATH_MAX] = "";
    const char *tests;

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        abort();
    tests = dirname(dirname(self));
    if (snprintf(c->preload, sizeof c->preload, "LD_PRELOAD=%s/preload/clock.so",
                 tests) >= (int)sizeof c->preload ||
        access(strchr(c->preload, '=') + 1, R_OK) != 0)
        abort(); /* the Makefile forgot it */
}

void wrongclock_open(struct wrongclock *c)
{
    int fd;

    *c = (struct wrongclock){.file = "/tmp/dvorik-clock.XXXXXX"};
    library(c);
    fd = mkstemp(c->file);
    if (fd < 0 || fchmod(fd, 0644) != 0 || ftruncate(fd, sizeof *c->wrong_by) != 0)
        abort();
    c->wrong_by =
        mmap(NULL, sizeof *c->wrong_by, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (c->wrong_by == MAP_FAILED)
        abort();
    snprintf(c->named, sizeof c->named, "TEST_CLOCK_FILE=%s", c->file);
}

void wrongclock_close(struct wrongclock *c)
{
    munmap(c->wrong_by, sizeof *c->wrong_by);
    unlink(c->file);
}

void wrongclock_jump(struct wrongclock *c, int64_t seconds)
{
    __atomic_store_n(c->wrong_by, seconds * 1000000, __ATOMIC_SEQ_CST);
}

void wrongclock_set(const struct wrongclock *c)
{
    setenv("LD_PRELOAD", strchr(c->preload, '=') + 1, 1);
    setenv("TEST_CLOCK_FILE", c->file, 1);
}

void wrongclock_lift(void)
{
    unsetenv("LD_PRELOAD");
    unsetenv("TEST_CLOCK_FILE");
}

void wrongclock_serve(const struct wrongclock *c, struct server *s)
{
    server_wrap(s, "env");
    server_wrap(s, c->preload);
    server_wrap(s, c->named);
}
