/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/roles.h - who may what, as data: the table of core/staff/role.h. */
#ifndef API_ROLES_H
#define API_ROLES_H

#include "api/call.h"

enum status permissions_get(struct call *c);
enum status roles_get(struct call *c);
enum status role_get(struct call *c);

#endif
