/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/jv.h - JSON looked at in place.
 *
 * The stand-in reads requests with an eye of its own, so that a fault in the product's
 * JSON wrapper cannot hide behind the same fault here. A value is a span of checked
 * text; nothing is allocated and nothing needs freeing; a span lives as long as the
 * text it was parsed from. An absent value has s == NULL and reads as nothing. */
#ifndef TESTS_BOTAPI_JV_H
#define TESTS_BOTAPI_JV_H

#include "core/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jv {
    const char *s;
    size_t n;
};

enum jv_kind { JV_NONE, JV_NULL, JV_BOOL, JV_NUMBER, JV_STRING, JV_ARRAY, JV_OBJECT };

#define JV_DEPTH_MAX 64

/* false unless s[0..n) is one well-formed value with blanks around it at most. */
bool jv_parse(const char *s, size_t n, struct jv *out);
enum jv_kind jv_kind(struct jv v);

/* Walks members of an object or elements of an array, in order. */
struct jv_walk {
    const char *p, *end;
    struct jv key, value; /* key: a JV_STRING, absent in an array */
};
struct jv_walk jv_begin(struct jv container);
bool jv_step(struct jv_walk *w);

struct jv jv_get(struct jv object, const char *name); /* the first of that name */
bool jv_int(struct jv v, int64_t *out);               /* a whole number in int64 */
bool jv_true(struct jv v);
bool jv_equals(struct jv v, const char *s); /* a string with exactly that text */

/* A string's text, escapes undone, added to out; false unless it is a string. A lone
 * surrogate becomes U+FFFD. */
bool jv_text(struct jv v, struct buf *out);
/* The same, in place over the span's own (writable) memory: *s is text of *n bytes with
 * a NUL behind it. */
void jv_text_in_place(struct jv v, char **s, size_t *n);

/* A member as text of its own, "" when absent or no string; NULL: no memory. Yours. */
char *jv_dup(struct jv object, const char *name);
int64_t jv_int_or(struct jv object, const char *name, int64_t otherwise);

void jv_minify(struct jv v, struct buf *out); /* without the blanks between tokens */

#endif
