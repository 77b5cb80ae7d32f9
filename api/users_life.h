/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/users_life.h - what happened to a customer, what they agreed to, what is kept of
 * them, and what is said to them. */
#ifndef API_USERS_LIFE_H
#define API_USERS_LIFE_H

#include "api/call.h"

enum status user_timeline(struct call *c);
enum status user_consents(struct call *c);
enum status user_consent_post(struct call *c);
enum status user_export(struct call *c);
enum status user_erase(struct call *c);
enum status user_message(struct call *c);

#endif
