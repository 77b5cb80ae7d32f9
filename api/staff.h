/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/staff.h - who works here (core/staff/team.h): seen, changed, let go; a PIN given;
 * and the links by which people join (invites.c). */
#ifndef API_STAFF_H
#define API_STAFF_H

#include "api/call.h"

enum status staff_get_all(struct call *c);
enum status staff_get_one(struct call *c);
enum status staff_patch(struct call *c);
enum status staff_delete(struct call *c);
enum status staff_pin_post(struct call *c);

/* invites.c */
enum status invites_get(struct call *c);
enum status invite_post(struct call *c);
enum status invite_delete(struct call *c);

/* The problem of who reaches too far. Always ST_REFUSED. */
enum status staff_not_yours(struct call *c);

/* All eight roles, up to a NULL, in the order of enum role from 1 on. */
extern const char *const staff_role_words[];

#endif
