/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/bots.h - `dvorik bots`: takes the updates of both bots and puts them in the
 * queue. It moves bytes; what they mean is the worker's business. */
#ifndef BOTS_BOTS_H
#define BOTS_BOTS_H

/* The process's exit status: 2 when it could not start. */
int bots_main(int argc, char **argv);

#endif
