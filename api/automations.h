/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/automations.h - what the shop says by itself (core/automation/automation.h).
 *
 * Whoever may not see personal data (PERM_CUSTOMER_UNMASK) may not ask for it in the rules
 * of a plan, sees no names among its runs, and no runs of a plan that asks for it. */
#ifndef API_AUTOMATIONS_H
#define API_AUTOMATIONS_H

#include "api/call.h"

enum status automations_get(struct call *c);
enum status automation_get(struct call *c);

/* automations_edit.c */
enum status automation_post(struct call *c);
enum status automation_patch(struct call *c);
enum status automation_delete(struct call *c);
enum status automation_activate_post(struct call *c);
enum status automation_pause_post(struct call *c);
enum status automation_archive_post(struct call *c);

/* automations_look.c */
enum status automation_runs_get(struct call *c);
enum status automation_stats_get(struct call *c);
enum status automation_preview_post(struct call *c);

/* ---- for these files -------------------------------------------------------------- */

enum status automation_answer(struct call *c, int status, int64_t id);

#endif
