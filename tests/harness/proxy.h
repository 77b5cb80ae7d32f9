/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/proxy.h - a bad line: between a client and a server's socket, it now
 * and then delivers a request and drops the answer together with the connection. */
#ifndef TESTS_HARNESS_PROXY_H
#define TESTS_HARNESS_PROXY_H

struct proxy;

/* One request in `one_in` loses its answer (0: none does). Runs in a thread. Yours. */
struct proxy *proxy_new(const char *server_socket, int one_in);
const char *proxy_socket(const struct proxy *p);
int proxy_cuts(const struct proxy *p); /* so far */
void proxy_set(struct proxy *p, int one_in);
/* All clients that are there now lose their lines, and the server is not told: to it they
 * are still there, and what it says to them goes nowhere. */
void proxy_desert(struct proxy *p);
void proxy_free(struct proxy *p);

#endif
