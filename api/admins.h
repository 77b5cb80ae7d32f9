/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/admins.h - who may use the panel: the list, an invitation, a role, switched off,
 * dismissed, and the shop handed over. Nobody changes themselves or somebody above them
 * (core/staff/team.h), and the last owner stays. */
#ifndef API_ADMINS_H
#define API_ADMINS_H

#include "api/call.h"

enum status admins_get(struct call *c);
enum status admin_get(struct call *c);
enum status admin_invite(struct call *c); /* alone: its answer holds a secret */
enum status admin_patch(struct call *c);
enum status admin_delete(struct call *c);
enum status admin_ownership(struct call *c); /* alone: asks for the password */
enum status ownership_get(struct call *c);
enum status ownership_delete(struct call *c);

#endif
