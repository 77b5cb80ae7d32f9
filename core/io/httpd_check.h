/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/httpd_check.h - may these headers be believed?
 *
 * Requests that two servers in a row could cut at different places are refused, so that
 * nobody smuggles a second request inside the first; and so is X-Forwarded-For on two
 * lines, of which one would be the caller's own. Pure: fed header by header. */
#ifndef CORE_IO_HTTPD_CHECK_H
#define CORE_IO_HTTPD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct httpd_check {
    int lengths, encodings, hosts, forwards;
    int64_t length;
    bool bad;
};

void httpd_check_header(struct httpd_check *c, const char *name, size_t name_n,
                        const char *value, size_t n);
/* After the last header. version: "HTTP/1.1". */
bool httpd_check_fine(const struct httpd_check *c, const char *version);
/* Of the raw request target: no control bytes, blanks, or encoded NUL. */
bool httpd_check_target(const char *target);

#endif
