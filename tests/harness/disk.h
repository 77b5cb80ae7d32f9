/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/disk.h - a small disk of the test's own, to be filled to the last byte.
 *
 * It is a tmpfs in a mount namespace that only this program and its children see, so
 * it leaves with them. To be opened before any thread is started. */
#ifndef TESTS_HARNESS_DISK_H
#define TESTS_HARNESS_DISK_H

#include <stdbool.h>

struct disk {
    char dir[64]; /* for server_new_in */
};

/* false: mounting is not allowed here; *why says so (lent). */
bool disk_open(struct disk *d, int megabytes, const char **why);
void disk_fill(struct disk *d); /* nothing more fits */
void disk_free_up(struct disk *d);
void disk_close(struct disk *d);

#endif
