/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/stores.h - the shops with a till (core/staff/store.h). */
#ifndef API_STORES_H
#define API_STORES_H

#include "api/call.h"

enum status stores_get(struct call *c);
enum status store_get(struct call *c);

/* stores_edit.c */
enum status store_post(struct call *c);
enum status store_patch(struct call *c);
enum status store_delete(struct call *c);

struct store;
struct json *store_json(const struct store *s); /* yours */

#endif
