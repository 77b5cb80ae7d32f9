/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/update_private.h - what update.c (who, where, of which kind) and
 * update_content.c (what is in a message) share. Private to the two. */
#ifndef WORKER_UPDATE_PRIVATE_H
#define WORKER_UPDATE_PRIVATE_H

#include "worker/update.h"

typedef void reader(const struct json *o, const char *me, struct update *u);

void update_ignore(struct update *u, enum update_why why);
void update_act(struct update *u, enum update_act a);

/* ---- update_content.c ----------------------------------------------------------- */
reader update_read_content; /* of a private chat */
reader update_read_reply;   /* which message of ours it answers, if any */
void update_read_group(const char *me, struct update *u);

#endif
