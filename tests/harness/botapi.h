/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/botapi.h - the stand-in Bot API (tests/botapi), started for a test, and
 * its control interface asked. What fails ends the test. */
#ifndef TESTS_HARNESS_BOTAPI_H
#define TESTS_HARNESS_BOTAPI_H

#include "core/base/config.h"
#include "core/base/json.h"

struct botapi;

/* Points cfg->telegram_api_base at it (lent by it). Yours. */
struct botapi *botapi_start(struct config *cfg);
void botapi_end(struct botapi *b);

/* /control/<path>, GET for what only looks and POST for what acts, the form in the
 * usual encoding or NULL: its JSON answer, which must be "ok" where it says so. Yours.
 */
struct json *botapi_ask(struct botapi *b, const char *path, const char *form);
/* The same when only its success matters. */
void botapi_tell(struct botapi *b, const char *path, const char *form);
/* With a body of bytes, as of a photo. Yours. */
struct json *botapi_upload(struct botapi *b, const char *path, const void *p, size_t n);

/* How often a method was called for a chat (0: any), and how often it was accepted. */
struct botapi_count {
    int calls, accepted;
};
struct botapi_count botapi_count(struct botapi *b, const char *method, int64_t chat);

#endif
