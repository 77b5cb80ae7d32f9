/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/slow_private.h - slow_field.c knows fields, values and the calendar,
 * slow_rule.c rows and nodes. */
#ifndef TESTS_HARNESS_SLOW_PRIVATE_H
#define TESTS_HARNESS_SLOW_PRIVATE_H

#include "tests/harness/slow_rule.h"

/* What something is: nothing, a text or a number. */
struct thing {
    bool known;
    const char *text;
    int64_t n;
};
struct thing thing_number(int64_t n);

typedef struct thing row_thing(const struct slow_world *w, const struct slow_person *p,
                               int i, const char *f);
row_thing redeemed_thing, discount_thing, message_thing;

/* time: the field is one. */
bool thing_op(const struct slow_world *w, const struct json *o, struct thing t,
              bool time);
bool thing_is_time(const char *field);
bool thing_listed(struct thing t, const struct json *list);
bool slow_field_fits(const struct slow_world *w, const struct slow_person *p,
                     const struct json *o);
bool slow_same(const char *a, const char *b);
bool slow_window_holds(const struct slow_world *w, const struct json *win, int64_t at);
int64_t slow_local_day(const struct slow_world *w, int64_t at);
extern const char *const slow_purposes[];

#endif
