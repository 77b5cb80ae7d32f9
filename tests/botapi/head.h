/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/head.h - the head of an HTTP request or answer, as pure functions. */
#ifndef TESTS_BOTAPI_HEAD_H
#define TESTS_BOTAPI_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct req;

enum head_fate { HEAD_WHOLE, HEAD_MORE, HEAD_BAD };

struct head {
    size_t size;    /* bytes up to and with the blank line */
    int64_t length; /* Content-Length; 0 when absent, -1 in an answer without one */
    int status;     /* of an answer */
    int64_t retry_after; /* seconds; -1 when absent */
    bool keep_alive, chunked, expects_continue;
};

/* Reads without changing anything. Two Content-Lengths that differ, or one beside
 * Transfer-Encoding, are HEAD_BAD. */
enum head_fate head_read(const char *s, size_t n, struct head *out);

/* Cuts a whole request head (checked by head_read) into r's texts, in place. */
void head_split(char *s, struct req *r);

const char *head_reason(int code);

#endif
