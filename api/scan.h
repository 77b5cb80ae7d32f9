/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/scan.h - the scanner: a page that a cashier opens inside Telegram, and the address
 * to which it posts what the camera read.
 *
 *   the till's menu --web_app--> GET /scan --camera--> POST /scan/code --job--> worker
 *                                                          {"text":"…"}        card in
 *                                                                              the chat
 *
 * Who scans is known by Telegram's signature alone (core/io/init_data.h), which the page
 * sends as "Authorization: tma <initData>"; it is good for SCAN_AGE_S after the page was
 * opened. The card goes to that person's chat and to nobody else's.
 *
 * Answers: 200 with {"state":…}
 *   sent          the card is on its way
 *   shift_closed  likewise, but it will ask to open the shift first
 *   not_code      no code of ours; nothing was put
 *   short         ten symbols make a code, these are fewer; likewise
 *   mistyped      one of the symbols is wrong; likewise
 *   nobody        a shared phone at which nobody stands; nothing was put
 * or a problem: 401 unsigned or too old, 403 not of our staff or without the right,
 * 429 more than SCAN_PER_MINUTE, 503 MySQL is away.
 *
 * The page is our own to the last byte: it speaks Telegram's events itself
 * (web_app_open_scan_qr_popup …), so that nothing is loaded from a third place and it
 * works where telegram.org cannot be reached. Its files are in api/scan/. */
#ifndef API_SCAN_H
#define API_SCAN_H

#include "api/routes.h"
#include "core/io/init_data.h"

#define SCAN_AGE_S 3600
#define SCAN_PER_MINUTE 30
#define SCAN_TEXT_BYTES 2048 /* of a body */

struct api_scan;

struct api_scan *api_scan_open(struct api *api); /* yours; NULL: no memory */
/* Before the server whose requests it holds. NULL is fine. */
void api_scan_close(struct api_scan *s);

route_run scan_page_get, scan_script_get, scan_style_get;
route_run scan_code_post;

/* Whose request is it? */
must_check enum init_fault scan_who(const struct api *api, const struct http_req *req,
                                    struct init_data *out);

#endif
