/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/till.h - the till's page: a code is checked and redeemed in a browser on our own
 * server when the messenger is away.
 *
 *   GET /till -> number and PIN -> (store) -> code -> card -> sum -> press -> receipt
 *
 * It is there only while the setting till_page is on; else 404. What it does it does by
 * the same functions of core/loyalty, in the same transactions, under the same
 * constraints as the bot; the customer's message waits in the queue until the messenger
 * is back. Whether the holder follows the channel cannot be asked then: what is redeemed
 * is marked unverified.
 *
 * Who works is known by the number of their staff row, which the bot's help shows, and
 * their PIN (core/staff/pin.h: five wrong ones lock it, of which managers hear by the job
 * core.pin_locked); tries are counted by address (RATE_LOGIN). A session is a random cookie,
 * kept in memory for TILL_IDLE of quiet; a restart of the api asks for the PIN again.
 * Rights and shift are read anew at each step.
 *
 * Plain forms and one style sheet, no script: nothing is loaded from a third place. */
#ifndef API_TILL_H
#define API_TILL_H

#include "api/routes.h"

#define TILL_IDLE_MINUTES 30

struct api_till;

struct api_till *api_till_open(struct api *api); /* yours; NULL: no memory */
/* Before the server whose requests it holds. NULL is fine. */
void api_till_close(struct api_till *t);

route_run till_get, till_post, till_style_get;

#endif
