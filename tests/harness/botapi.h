/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/botapi.h - the stand-in Bot API (tests/botapi): started for a test,
 * asked, told. It begins without people; its bots are exmpl_bonus_bot and
 * exmpl_till_bot, its channel is @exmpl_shop. What fails ends the test.
 *
 * What can be asked and told stands in tests/botapi/README.md, "Control interface":
 * path is what follows /control/ there, form its parameters ("person=1&bot=client"; a
 * text goes through buf_add_url), NULL for none. */
#ifndef TESTS_HARNESS_BOTAPI_H
#define TESTS_HARNESS_BOTAPI_H

#include "core/base/config.h"
#include "core/base/json.h"

struct botapi;

/* Points cfg->telegram_api_base at it (lent by it). Yours. */
struct botapi *botapi_start(struct config *cfg);
void botapi_end(struct botapi *b); /* NULL is fine */

/* GET what only looks, POST what acts; their answers are yours. */
struct json *botapi_ask(struct botapi *b, const char *path, const char *form);
struct json *botapi_act(struct botapi *b, const char *path, const char *form);
/* The same as the latter, when only its success matters. */
void botapi_tell(struct botapi *b, const char *path, const char *form);
/* With a body of bytes: a photo, a document; its parameters stand in path. Yours. */
struct json *botapi_upload(struct botapi *b, const char *path, const void *p, size_t n);

/* Somebody new, or of a new name; lang may be NULL. */
void botapi_person(struct botapi *b, int64_t id, const char *name, const char *lang);

/* What a camera reads off picture n ("file" of a message), which must be a code. */
void botapi_decode(struct botapi *b, int64_t n, char *out, size_t room);

/* How often a method was called for a chat (0: any), and how often it was accepted. */
struct botapi_count {
    int calls, accepted;
};
struct botapi_count botapi_count(struct botapi *b, const char *method, int64_t chat);

/* How many buttons somebody has pressed in both bots, and how many of the presses were
 * acknowledged (accepted). */
struct botapi_count botapi_taps(struct botapi *b, int64_t person);

/* How many calls were not as the Bot API's document wants them. They are printed. */
size_t botapi_violations(struct botapi *b);

#endif
