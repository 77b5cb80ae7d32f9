/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/json.h"

#include "core/base/buf.h"
#include "core/base/utf.h"

#include <ctype.h>
#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#define KEY_MAX 128

/* struct json is json-c's object under a name of ours: the header needs no json-c. */
static struct json_object *in(const struct json *v)
{
    return (struct json_object *)v;
}

static struct json *out(struct json_object *v)
{
    return (struct json *)v;
}

/* ---- reading ------------------------------------------------------------------------
 */

/* json-c takes NaN, Infinity, comments and raw control characters even when strict.
 * None of them is JSON; outside strings only the letters of true, false, null and of
 * exponents may stand, and inside nothing below a blank. */
static bool plain_json(const char *s, size_t n)
{
    static const char outside[] = "{}[]:,\"+-.0123456789eEtrufalsn \t\r\n";
    bool in_string = false;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c == '\0' || (in_string && c < 0x20))
            return false;
        if (!in_string && strchr(outside, c) == NULL)
            return false;
        if (!in_string && c == '.' && (i + 1 == n || !isdigit((unsigned char)s[i + 1])))
            return false;
        if (c == '"')
            in_string = !in_string;
        else if (in_string && c == '\\')
            i++;
    }
    return true;
}

/* A number at the very end is only known to be over when a NUL follows it. */
static struct json_object *parse_whole(struct json_tokener *tok, const char *s,
                                       size_t n)
{
    struct json_object *v = json_tokener_parse_ex(tok, s, (int)n);
    size_t read = json_tokener_get_parse_end(tok);

    if (json_tokener_get_error(tok) == json_tokener_continue)
        v = json_tokener_parse_ex(tok, "", 1);
    if (json_tokener_get_error(tok) == json_tokener_success && read == n)
        return v;
    json_object_put(v);
    return NULL;
}

static size_t trimmed(const char *s, size_t n)
{
    while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL && s[n - 1] != '\0')
        n--;
    return n;
}

struct json *json_parse(const char *s, size_t n)
{
    struct json_tokener *tok;
    struct json_object *v;

    n = trimmed(s, n);
    if (n == 0 || n >= INT_MAX || !plain_json(s, n) || !utf_valid(s, n))
        return NULL;
    tok = json_tokener_new_ex(JSON_DEPTH_MAX);
    if (tok == NULL)
        return NULL;
    json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
    v = parse_whole(tok, s, n);
    json_tokener_free(tok);
    return out(v);
}

static struct json_object *member(struct json_object *o, const char *name, size_t n)
{
    struct json_object *v = NULL;
    char key[KEY_MAX];

    if (n >= sizeof key || !json_object_is_type(o, json_type_object))
        return NULL;
    memcpy(key, name, n);
    key[n] = '\0';
    json_object_object_get_ex(o, key, &v);
    return v;
}

struct json *json_get(const struct json *o, const char *path)
{
    struct json_object *v = in(o);

    while (v != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");

        v = member(v, path, n);
        path += n;
        if (*path == '.')
            path++;
    }
    return out(v);
}

bool json_is_object(const struct json *v)
{
    return v != NULL && json_object_is_type(in(v), json_type_object);
}

bool json_is_array(const struct json *v)
{
    return v != NULL && json_object_is_type(in(v), json_type_array);
}

/* json-c reads up to 2^64-1 and then shows INT64_MAX for all beyond int64. */
bool json_int(const struct json *o, const char *path, int64_t *value)
{
    struct json_object *v = in(json_get(o, path));

    if (v == NULL || !json_object_is_type(v, json_type_int))
        return false;
    if (json_object_get_uint64(v) > INT64_MAX)
        return false;
    *value = json_object_get_int64(v);
    return true;
}

int64_t json_int_or(const struct json *o, const char *path, int64_t otherwise)
{
    int64_t v;

    return json_int(o, path, &v) ? v : otherwise;
}

bool json_bool_or(const struct json *o, const char *path, bool otherwise)
{
    struct json_object *v = in(json_get(o, path));

    if (v == NULL || !json_object_is_type(v, json_type_boolean))
        return otherwise;
    return json_object_get_boolean(v);
}

const char *json_text(const struct json *o, const char *path, size_t *n)
{
    struct json_object *v = in(json_get(o, path));

    if (v == NULL || !json_object_is_type(v, json_type_string))
        return NULL;
    if (n != NULL)
        *n = (size_t)json_object_get_string_len(v);
    return json_object_get_string(v);
}

void json_each(const struct json *o, json_member *fn, void *arg)
{
    if (!json_is_object(o))
        return;
    json_object_object_foreach(in(o), key, v) fn(arg, key, out(v));
}

size_t json_count(const struct json *array)
{
    return json_is_array(array) ? json_object_array_length(in(array)) : 0;
}

struct json *json_at(const struct json *array, size_t i)
{
    if (i >= json_count(array))
        return NULL;
    return out(json_object_array_get_idx(in(array), i));
}

/* ---- building -----------------------------------------------------------------------
 */

/* The printer of a value whose building failed. json-c gives a printer's failure on to
 * everything around it, so one poisoned leaf makes the whole text NULL, in whatever
 * order the parts were put together. */
static int print_nothing(struct json_object *v, struct printbuf *pb, int level,
                         int flags)
{
    (void)v, (void)pb, (void)level, (void)flags;
    return -1;
}

static void poison(struct json_object *v)
{
    if (v != NULL)
        json_object_set_serializer(v, print_nothing, NULL, NULL);
}

struct json *json_new_object(void)
{
    return out(json_object_new_object());
}

struct json *json_new_array(void)
{
    return out(json_object_new_array());
}

void json_free(struct json *v)
{
    json_object_put(in(v));
}

static void add(struct json *o, const char *key, struct json_object *v)
{
    if (json_is_object(o) && json_object_object_add(in(o), key, v) == 0)
        return;
    poison(in(o));
    json_object_put(v);
}

/* For values of which NULL means that there was no memory. */
static void add_made(struct json *o, const char *key, struct json_object *v)
{
    if (v == NULL)
        poison(in(o));
    else
        add(o, key, v);
}

static struct json_object *new_text(const char *s, size_t n)
{
    struct json_object *v = NULL;
    struct buf mended = {0};

    if (n >= INT_MAX)
        return NULL;
    if (utf_valid(s, n))
        return json_object_new_string_len(s, (int)n);
    for (size_t i = 0, step; i < n; i += step) {
        step = utf_char_len(s + i, n - i);
        if (step > 0)
            buf_add(&mended, s + i, step);
        else
            buf_adds(&mended, "\xEF\xBF\xBD"), step = 1;
    }
    if (!mended.failed && mended.len < INT_MAX)
        v = json_object_new_string_len(mended.s, (int)mended.len);
    buf_free(&mended);
    return v;
}

void json_set(struct json *o, const char *key, struct json *v)
{
    add_made(o, key, in(v));
}

void json_set_int(struct json *o, const char *key, int64_t v)
{
    add_made(o, key, json_object_new_int64(v));
}

void json_set_bool(struct json *o, const char *key, bool v)
{
    add_made(o, key, json_object_new_boolean(v));
}

void json_set_text(struct json *o, const char *key, const char *s)
{
    if (s == NULL)
        add(o, key, NULL); /* json-c's null is NULL */
    else
        json_set_text_n(o, key, s, strlen(s));
}

void json_set_text_n(struct json *o, const char *key, const char *s, size_t n)
{
    add_made(o, key, new_text(s, n));
}

void json_push(struct json *array, struct json *v)
{
    if (v != NULL && json_is_array(array) &&
        json_object_array_add(in(array), in(v)) == 0)
        return;
    poison(in(array));
    json_object_put(in(v));
}

void json_push_text(struct json *array, const char *s)
{
    json_push(array, out(new_text(s, strlen(s))));
}

void json_push_int(struct json *array, int64_t v)
{
    json_push(array, out(json_object_new_int64(v)));
}

struct json *json_copy(const struct json *v)
{
    struct json_object *copy = NULL;

    if (v == NULL || json_object_deep_copy(in(v), &copy, NULL) != 0)
        return NULL;
    return out(copy);
}

const char *json_print(struct json *v)
{
    if (v == NULL)
        return NULL;
    return json_object_to_json_string_ext(in(v), JSON_C_TO_STRING_PLAIN |
                                                     JSON_C_TO_STRING_NOSLASHESCAPE);
}
