/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/wire.h - HTTP byte by byte: what a browser would never send. Reading
 * waits 20 s at most; what fails fails the test. */
#ifndef TESTS_HARNESS_WIRE_H
#define TESTS_HARNESS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

int wire_dial(int port); /* to 127.0.0.1; close(2) it */
int wire_try(int port);  /* the same; -1: nobody listens, which fails nothing */
void wire_say_n(int fd, const char *s, size_t n);
void wire_say(int fd, const char *s);

/* All until the other side closes; false: it did not. */
bool wire_hear_all(int fd, char *out, size_t room);
/* Until the text holds `count` times `what`. */
void wire_hear_until(int fd, char *out, size_t room, const char *what, int count);
/* One answer, with its body as far as Content-Length says. */
void wire_hear(int fd, char *out, size_t room);
int wire_status(const char *answer); /* 0: not HTTP */
bool wire_closed(int fd);

/* The descriptors this process may have, raised as far as it goes. */
void wire_many_descriptors(void);

#endif
