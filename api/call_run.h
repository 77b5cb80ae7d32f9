/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/call_run.h - a call from who it is to its answer, in a hand. */
#ifndef API_CALL_RUN_H
#define API_CALL_RUN_H

#include "api/call.h"

/* Afterwards c->answer is complete, whatever happened. */
void call_run(struct call *c);

#endif
