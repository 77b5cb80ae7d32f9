/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/shifts.h - shifts with their reports (core/staff/shift.h, report.h). */
#ifndef API_SHIFTS_H
#define API_SHIFTS_H

#include "api/call.h"

enum status shifts_get(struct call *c);
enum status store_shifts_get(struct call *c);
enum status shift_get(struct call *c);
enum status shift_csv_get(struct call *c);
enum status shift_close_post(struct call *c);

#endif
