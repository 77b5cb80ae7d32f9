/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/clock.h - the only place that asks what time it is.
 *
 * Main loops read the clock once a turn and hand it down as `now`; everything in
 * core/ takes time as an argument, so that a test can walk through a whole year.
 *
 *   now      int64_t, microseconds since 1970-01-01 UTC: what people and MySQL see
 *   mono_ms  int64_t, milliseconds that never jump: what waits and deadlines use */
#ifndef CORE_BASE_CLOCK_H
#define CORE_BASE_CLOCK_H

#include <stdint.h>

#define MS 1000LL
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

int64_t clock_now(void);
int64_t clock_mono_ms(void);

#endif
