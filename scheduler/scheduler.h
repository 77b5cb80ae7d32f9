/* SPDX-License-Identifier: LicenseRef-Proprietary */
#ifndef SCHEDULER_SCHEDULER_H
#define SCHEDULER_SCHEDULER_H

/* `dvorik scheduler` (beat): exit status 0 stopped, 1 failed, 2 not configured. */
int scheduler_main(int argc, char **argv);

#endif
