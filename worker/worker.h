/* SPDX-License-Identifier: LicenseRef-Proprietary */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

/* `dvorik worker`: exit status 0 stopped, 1 failed, 2 not configured. */
int worker_main(int argc, char **argv);

#endif
