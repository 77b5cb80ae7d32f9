/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/broadcasts.h - one message to many (core/broadcast/broadcast.h), over HTTP.
 *
 * Whoever may not see personal data (PERM_CUSTOMER_UNMASK) may neither ask for it in a
 * rule nor choose a segment that does, and of such a broadcast of somebody else's they
 * see neither the estimate nor its recipients (segments.h). */
#ifndef API_BROADCASTS_H
#define API_BROADCASTS_H

#include "api/call.h"

enum status broadcasts_get(struct call *c);
enum status broadcast_post(struct call *c);
enum status broadcast_get(struct call *c);
enum status broadcast_patch(struct call *c);
enum status broadcast_delete(struct call *c);

/* broadcasts_act.c: what is done with one */
enum status broadcast_schedule_post(struct call *c);
enum status broadcast_send_now_post(struct call *c);
enum status broadcast_withdraw_post(struct call *c);
enum status broadcast_pause_post(struct call *c);
enum status broadcast_resume_post(struct call *c);
enum status broadcast_cancel_post(struct call *c);
enum status broadcast_approve_post(struct call *c);
enum status broadcast_duplicate_post(struct call *c);
enum status broadcast_retry_post(struct call *c);

/* broadcasts_sent.c: what is done with what it sent, and a try before it is */
enum status broadcast_test_post(struct call *c);
enum status broadcast_edit_post(struct call *c);
enum status broadcast_delete_sent_post(struct call *c);

/* broadcasts_look.c: what it would be, and what became of it */
enum status broadcast_preview_post(struct call *c);
enum status broadcast_estimate_post(struct call *c);
enum status broadcast_stats_get(struct call *c);
enum status broadcast_recipients_get(struct call *c);
enum status broadcasts_calendar_get(struct call *c);

/* How far it is; in the card and in events. Yours. */
struct broadcast_progress;
struct json *broadcast_progress_json(const struct broadcast_progress *p);

#endif
