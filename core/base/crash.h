/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/crash.h - places where a test may kill the program.
 *
 * crash_point("redeem.updated") is nothing in a release. In the crash and asan
 * variants it ends the process at once, as kill -9 would, when the environment says
 * DVORIK_CRASH=redeem.updated:3 (the third time a process of that name passes it) and
 * the file named by DVORIK_CRASH_ONCE does not exist yet: the file is made first, so
 * one setting kills one process once, and the program that is started in its place
 * lives. */
#ifndef CORE_BASE_CRASH_H
#define CORE_BASE_CRASH_H

#ifdef CRASH_POINTS
void crash_point(const char *name);
#else
#define crash_point(name) ((void)0)
#endif

#endif
