/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/segments.h - groups of customers (core/segment/segment.h).
 *
 * Whoever may not see personal data (PERM_CUSTOMER_UNMASK) may not ask for it in a rule,
 * nor read what a kept rule finds by it: its count, its customers, its reasons. */
#ifndef API_SEGMENTS_H
#define API_SEGMENTS_H

#include "api/call.h"

enum status segments_get(struct call *c);
enum status segment_post(struct call *c);
enum status segment_get(struct call *c);
enum status segment_patch(struct call *c);
enum status segment_delete(struct call *c);
enum status segment_members_post(struct call *c);
enum status segment_members_delete(struct call *c);

/* segments_look.c: what is in them */
enum status segments_fields_get(struct call *c);
enum status segment_preview_post(struct call *c);
enum status segment_count_get(struct call *c);
enum status segment_users_get(struct call *c);
enum status segment_explain_get(struct call *c);

/* ---- for the two files ------------------------------------------------------------ */

struct segments_ask;
struct segments_ask segments_asked(struct call *c);
/* Of a refusal the problem; frees what is in a. */
enum status segments_end(struct call *c, struct segments_ask *a, enum status st);

#endif
