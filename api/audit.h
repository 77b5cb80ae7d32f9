/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/audit.h - who changed what, and whether that is still as it was written. */
#ifndef API_AUDIT_H
#define API_AUDIT_H

#include "api/call.h"

enum status audit_get(struct call *c);        /* GET /api/v1/audit */
enum status audit_verify_get(struct call *c); /* GET /api/v1/audit/verify */

#endif
