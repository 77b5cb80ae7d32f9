/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_resolve.h - a host's addresses, within a deadline. Private to
 * core/io/redis*.c. Threads may call it at the same time. */
#ifndef CORE_IO_REDIS_RESOLVE_H
#define CORE_IO_REDIS_RESOLVE_H

#include <stdint.h>

#define RESOLVE_MAX 8
#define RESOLVE_TEXT 64

/* The numeric addresses of a name, in the order to try them; what is an address already
 * comes back as it is, without asking anybody. 0: none by due_ms (clock_mono_ms), and
 * *why says so (lent for ever). */
int redis_resolve(const char *host, int64_t due_ms, char out[RESOLVE_MAX][RESOLVE_TEXT],
                  const char **why);

#endif
