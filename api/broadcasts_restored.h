/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/broadcasts_restored.h - a database that may be a copy (core/broadcast/standstill.h):
 * what is known of it, and an owner's word that it is the shop's. */
#ifndef API_BROADCASTS_RESTORED_H
#define API_BROADCASTS_RESTORED_H

#include "api/call.h"

enum status broadcasts_restored_get(struct call *c);
enum status broadcasts_restored_post(struct call *c);

#endif
