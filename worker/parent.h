/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/parent.h - the parent of the children that run jobs.
 *
 * It runs none itself: it forks the children, renews their leases while they live and
 * keep their deadlines, sees them die (waitpid) and settles for them from the board,
 * reaps the dead of other parents, and writes dead jobs down. */
#ifndef WORKER_PARENT_H
#define WORKER_PARENT_H

#include "core/base/config.h"
#include "core/io/loop.h"

struct parent;

/* n_logic logic children and one send child. NULL: no memory. Yours. */
struct parent *parent_new(struct loop *loop, const struct config *cfg, int n_logic);
void parent_start(struct parent *p);

/* SIGTERM to the children; the loop stops when the last is gone, ten seconds later at
 * the latest. A second call kills them. */
void parent_stop(struct parent *p);
void parent_free(struct parent *p);

#endif
