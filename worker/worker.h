/* SPDX-License-Identifier: LicenseRef-Proprietary */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

/* `dvorik worker`: exit status 0 stopped, 1 failed, 2 not configured. */
int worker_main(int argc, char **argv);

/* Tells the core the texts of both bots (core/template/own_text.h): first of all, for any
 * program. */
int text_own_known(void);

#endif
