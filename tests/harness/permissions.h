/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/permissions.h - tests/data/permissions.txt: who may what, by hand, beside
 * what the program itself believes (core/staff/role.h). */
#ifndef TESTS_HARNESS_PERMISSIONS_H
#define TESTS_HARNESS_PERMISSIONS_H

#include "core/staff/role.h"

/* Reads it; a line that names no permission, or has not one word a role, fails the
 * test, and so does a permission without a line. */
void permissions_read(void);

enum scope permissions_scope(enum role role, enum perm perm);

/* May they use that address, whose row asks for perm? Where the address has a line of its
 * own, that one says. Nobody may who may not log in to the panel. */
bool permissions_open(enum role role, const char *method, const char *path,
                      enum perm perm);

#endif
