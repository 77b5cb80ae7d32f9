/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/parent.h - the parent of the children that run jobs.
 *
 * It runs none itself: it forks the children, renews their leases while they live and
 * keep their deadlines, tells them which of their jobs are cancelled and what is paused,
 * sees them die (wait4), settles for them from the board and blames who killed them,
 * reaps the dead of other parents, and writes dead jobs down. */
#ifndef WORKER_PARENT_H
#define WORKER_PARENT_H

#include "core/base/config.h"
#include "core/io/loop.h"

struct parent;

/* n_logic logic children and one send child. NULL: no memory. Yours. */
struct parent *parent_new(struct loop *loop, const struct config *cfg, int n_logic);
void parent_start(struct parent *p);

/* Before the start: jobs a lease of a logic child; 0, as it is: as many as serve. */
void parent_lease_max(struct parent *p, int most);

/* SIGTERM to the children; the loop stops when the last is gone, ten seconds later at
 * the latest. A second call kills them. */
void parent_stop(struct parent *p);
void parent_free(struct parent *p);

#endif
