/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/web.h - ordinary HTTP requests to programs on this machine, one a
 * connection (wire.h: what a browser would never send), and a free port to begin with.
 */
#ifndef TESTS_HARNESS_WEB_H
#define TESTS_HARNESS_WEB_H

#include "core/base/buf.h"

/* A loopback port nobody uses now. */
int web_free_port(void);

struct web_ask {
    int port;
    const char *method, *path;
    const char *headers; /* "Name: value\r\n…", or NULL */
    const void *body;
    size_t n;
};

/* Asks and waits for the answer: its status, -1 when nobody answers (for as long as
 * wire.h says). out (NULL: of no interest) becomes the whole answer, head and body. */
int web_ask(const struct web_ask *ask, struct buf *out);

/* The same in two steps, with something done in between. -1: nobody is there. */
int web_say(const struct web_ask *ask);
int web_hear(int fd, struct buf *out); /* closes fd, which may be -1 */
/* Of a stream of events (wire.h hears more of one) both hear the head and leave. */

/* What is behind the head of an answer; "" when there is nothing. Lent by it. */
const char *web_body(const struct buf *answer);

#endif
