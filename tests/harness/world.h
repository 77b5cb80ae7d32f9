/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/world.h - a place of its own for a test: an empty, migrated schema
 * (dvt_<pid>_<n>) and an empty Redis database, on the servers of server.h. Both are
 * dropped when the program ends. Safe with other test programs on the same servers. */
#ifndef TESTS_HARNESS_WORLD_H
#define TESTS_HARNESS_WORLD_H

#include "core/base/config.h"

/* Lent until exit. Strings that are not about the two servers are harmless constants
 * (tokens, TIMEZONE Asia/Vladivostok …); a test may replace them by its own. */
struct config *world_config(void);

/* Without the migrations: an empty schema. */
struct config *world_config_empty(void);

/* Only the database, on a server of the test's own. */
struct config *world_config_on(const char *mysql_socket);

/* Puts cfg into the environment (DATABASE_SOCKET, REDIS_URL …), for programs that the
 * test starts. */
void world_export(const struct config *cfg);

#endif
