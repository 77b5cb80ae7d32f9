/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/quiet.h - the hours in which nobody is advertised to: the settings quiet_from and
 * quiet_to, on the clock of whoever would be disturbed. */
#ifndef CORE_QUIET_H
#define CORE_QUIET_H

#include "core/base/tz.h"
#include "core/setting.h"

/* When the quiet hours that `at` lies in are over, in that zone: always behind it; 0: it
 * lies in none. Pure. */
int64_t quiet_until(const struct settings *set, const struct tz *tz, int64_t at);

#endif
