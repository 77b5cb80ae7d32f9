/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/web.h - a port for a test, and one blocking HTTP request. */
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

/* The status of the answer, its body to out (may be NULL); -1 when nobody answers. */
int web_ask(const struct web_ask *ask, struct buf *out);

#endif
