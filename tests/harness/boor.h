/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/boor.h - an HTTP server as rude as a network is: a thread with a socket
 * that follows a script. One at a time. */
#ifndef TESTS_HARNESS_BOOR_H
#define TESTS_HARNESS_BOOR_H

#include "core/base/buf.h"

#include <pthread.h>
#include <stdbool.h>

/* What it does with the n-th request it reads, whichever connection brings it; the last
 * line serves all that come after. */
enum boor_deed { ANSWER, CLOSE, SILENT, CUT, FLOOD };
struct boor_line {
    enum boor_deed deed;
    const char *head, *body;
};

struct boor {
    int fd, port, requests, connections;
    const struct boor_line *script; /* borrowed */
    int n_script;
    bool stop;
    pthread_t thread;
    struct buf in, last; /* what is being read; the last whole request */
};
extern struct boor boor; /* port and counts are good after boor_end, too */

void boor_start(const struct boor_line *script, int n);
void boor_end(void);

#endif
