/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/kinds.h - which step runs a kind of the logic pool (the send pool's are in
 * worker/send.c). Their policy is core/io/kind.c, their story worker/JOBS.md. */
#ifndef WORKER_KINDS_H
#define WORKER_KINDS_H

#include "worker/step.h"

step_fn *kind_step(enum kind k); /* NULL: not of the logic pool */

/* Start-up: the name of a kind that nobody here runs, or NULL. */
const char *kind_without_step(void);

#endif
