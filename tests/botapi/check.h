/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/check.h - is this call one that the Bot API's document allows?
 *
 * Telegram itself forgives unknown parameters and much sloppiness of types; we do not,
 * as the point is to find a wrong call before a customer does. Every refusal here is a
 * violation that a test can ask for (journal.h). */
#ifndef TESTS_BOTAPI_CHECK_H
#define TESTS_BOTAPI_CHECK_H

#include "core/base/status.h"
#include "tests/botapi/form.h"

struct check_method; /* one row of the table, read */

/* Reads the tables; ST_BROKEN: no memory or a damaged table. Once, at start. */
must_check enum status check_open(void);
void check_close(void);

/* Any case, as Telegram does; NULL: there is no such method. */
const struct check_method *check_find(const char *name);
const char *check_name(const struct check_method *m);
const char *check_result(const struct check_method *m); /* "Message|Boolean" */
bool check_has(const struct check_method *m, const char *param);

/* false: why names the parameter and what is wrong with it. */
bool check_call(const struct check_method *m, const struct form *f, struct buf *why);

/* Is v of a named type ("InlineKeyboardMarkup", "[MessageEntity]")? */
bool check_type(const char *type, struct jv v, struct buf *why);

#endif
