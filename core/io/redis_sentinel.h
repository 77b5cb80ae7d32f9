/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_sentinel.h - the master that Sentinels name. Private to
 * core/io/redis*.c. */
#ifndef CORE_IO_REDIS_SENTINEL_H
#define CORE_IO_REDIS_SENTINEL_H

#include "core/io/redis_wire.h"

/* Asks the Sentinels of the URL one after the other, each for a moment only, and goes
 * where the one says that has heard of the latest failover; who does not say of himself
 * that he is a master gets nothing from us, and what the next one said is tried. The one
 * that knew comes first the next time. A
 * greeted connection within due_ms (clock_mono_ms), and *at; NULL: why. Yours. */
struct wire *sentinel_reach(struct redis_url *url, int64_t due_ms,
                            struct redis_place *at, char why[REDIS_WHY]);

#endif
