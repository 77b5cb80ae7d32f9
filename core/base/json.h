/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/json.h - JSON read tolerantly and written exactly.
 *
 * Reading: a path is names joined by dots ("message.from.id"); a member that is
 * absent or of another type is simply not there, and so is null. Of members with one
 * name the last wins. Ids are 64-bit and never pass through int or double. Text may
 * hold NULs: ask for its length. A lone surrogate escape ("\ud83d") becomes U+FFFD.
 *
 * Ownership: json_parse and json_new_* are yours, json_free them; what json_get and
 * json_at answer is lent by its parent; json_set and json_push take the value over,
 * also when they fail. Builders never fail at the call: json_print answers NULL if any
 * of them, anywhere inside, ran out of memory. Bytes that are not UTF-8 are built in as
 * U+FFFD, so what is printed is always JSON. */
#ifndef CORE_BASE_JSON_H
#define CORE_BASE_JSON_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

#define JSON_DEPTH_MAX 32

/* NULL unless s[0..n) is one JSON value, whole, well-formed UTF-8, at most
 * JSON_DEPTH_MAX deep, with nothing but blanks behind it, whole numbers of 64 bits. A
 * bare null is NULL as well. Yours. */
struct json *json_parse(const char *s, size_t n);
struct json *json_new_object(void);
struct json *json_new_array(void);
void json_free(struct json *v); /* NULL is fine */

/* lent; NULL when any step is missing. path "" is o itself; a name is at most 127
 * bytes. */
struct json *json_get(const struct json *o, const char *path);
bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);

/* true and *out only for a whole number that fits 64 bits. */
bool json_int(const struct json *o, const char *path, int64_t *out);
int64_t json_int_or(const struct json *o, const char *path, int64_t otherwise);
bool json_bool_or(const struct json *o, const char *path, bool otherwise);

/* lent; NULL unless a string. *n (may be NULL) is its length in bytes. */
const char *json_text(const struct json *o, const char *path, size_t *n);

/* Calls fn for each member of an object, in the order they were set; v is NULL for
 * null. */
typedef void json_member(void *arg, const char *key, struct json *v);
void json_each(const struct json *o, json_member *fn, void *arg);

size_t json_count(const struct json *array); /* 0 unless an array */
struct json *json_at(const struct json *array, size_t i);

void json_set(struct json *o, const char *key, struct json *v); /* NULL: v failed */
void json_set_int(struct json *o, const char *key, int64_t v);
void json_set_bool(struct json *o, const char *key, bool v);
void json_set_text(struct json *o, const char *key, const char *s); /* NULL: null */
void json_set_text_n(struct json *o, const char *key, const char *s, size_t n);
void json_push(struct json *array, struct json *v);
void json_push_text(struct json *array, const char *s);
void json_push_int(struct json *array, int64_t v);
struct json *json_copy(const struct json *v); /* yours */

/* Compact text, lent by v until it changes; NULL when a builder failed. */
const char *json_print(struct json *v);

#endif
