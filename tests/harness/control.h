/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/control.h - the stand-in Bot API's control interface, asked over HTTP
 * (its README lists what can be asked). An answer that is not JSON or not 200 fails the
 * test. */
#ifndef TESTS_HARNESS_CONTROL_H
#define TESTS_HARNESS_CONTROL_H

#include "core/base/json.h"

#define CONTROL_MS 20000

void control_open(const char *address); /* "http://127.0.0.1:40123" */
void control_close(void);

struct control_body {
    const void *bytes;
    size_t n;
    const char *type;
};
/* path: "say", "messages?person=1&bot=client"; body NULL: GET. Yours. */
struct json *control_ask(const char *path, const struct control_body *body);
struct json *control_tell(const char *path, struct json *o); /* POST; takes o over */

#endif
