/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/schema.h"

#include "core/base/stamp.h"
#include "core/base/utf.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

/* A value within its schema, and where it stands. */
struct look {
    const struct json *root, *schema, *value;
    const char *at;
    struct buf *why;
    bool fits, asked;
};

static bool refuse(const struct look *l, const char *what, const char *word)
{
    if (l->why->len == 0)
        buf_addf(l->why, "%s: %s%s%s", *l->at != '\0' ? l->at : "/", what,
                 *word != '\0' ? ": " : "", word);
    return false;
}

const struct json *schema_resolve(const struct json *root, const struct json *v)
{
    const char *ref;
    char path[128];

    while ((ref = json_text(v, "$ref", NULL)) != NULL && strncmp(ref, "#/", 2) == 0) {
        snprintf(path, sizeof path, "%s", ref + 2);
        for (char *s = path; *s != '\0'; s++)
            if (*s == '/')
                *s = '.';
        v = json_get(root, path);
    }
    return v;
}

/* ---- types ----------------------------------------------------------------------- */

static bool is_bool(const struct json *v)
{
    return v != NULL && json_bool_or(v, "", true) == json_bool_or(v, "", false);
}

static bool is_number(const struct json *v)
{
    return v != NULL && json_text(v, "", NULL) == NULL && !is_bool(v) &&
           !json_is_object(v) && !json_is_array(v);
}

static bool is_type(const struct json *v, const char *type)
{
    int64_t n;

    if (strcmp(type, "null") == 0)
        return v == NULL;
    if (strcmp(type, "string") == 0)
        return json_text(v, "", NULL) != NULL;
    if (strcmp(type, "integer") == 0)
        return is_number(v) && json_int(v, "", &n);
    if (strcmp(type, "number") == 0)
        return is_number(v);
    if (strcmp(type, "boolean") == 0)
        return is_bool(v);
    if (strcmp(type, "array") == 0)
        return json_is_array(v);
    return strcmp(type, "object") == 0 && json_is_object(v);
}

static bool check_type(const struct look *l, const struct json *types)
{
    const char *one = json_text(types, "", NULL);

    if (one != NULL && is_type(l->value, one))
        return true;
    for (size_t i = 0; i < json_count(types); i++)
        if (is_type(l->value, json_text(json_at(types, i), "", NULL)))
            return true;
    return refuse(l, "is not of type", one != NULL ? one : "(several)");
}

/* ---- values ---------------------------------------------------------------------- */

static bool same(const struct json *a, const struct json *b)
{
    struct json *x = a != NULL ? json_copy(a) : NULL,
                *y = b != NULL ? json_copy(b) : NULL;
    bool equal = (a == NULL) == (b == NULL) &&
                 (a == NULL || strcmp(json_print(x), json_print(y)) == 0);

    json_free(x);
    json_free(y);
    return equal;
}

static bool check_enum(const struct look *l, const struct json *words)
{
    const char *text = json_text(l->value, "", NULL);

    for (size_t i = 0; i < json_count(words); i++)
        if (same(l->value, json_at(words, i)))
            return true;
    return refuse(l, "is none of the words", text != NULL ? text : "");
}

static bool check_const(const struct look *l, const struct json *word)
{
    return same(l->value, word) || refuse(l, "is not the one value", "");
}

static bool check_minimum(const struct look *l, const struct json *bound)
{
    int64_t n, least = json_int_or(bound, "", INT64_MAX);

    return !json_int(l->value, "", &n) || n >= least || refuse(l, "is too small", "");
}

static bool check_maximum(const struct look *l, const struct json *bound)
{
    int64_t n, most = json_int_or(bound, "", INT64_MIN);

    return !json_int(l->value, "", &n) || n <= most || refuse(l, "is too large", "");
}

/* Characters of a text, entries of an array; -1: neither. */
static int64_t length(const struct json *v)
{
    size_t n, step;
    const char *s = json_text(v, "", &n);
    int64_t letters = 0;

    if (json_is_array(v))
        return (int64_t)json_count(v);
    if (s == NULL)
        return -1;
    for (size_t i = 0; i<n; i += step> 0 ? step : 1, letters++)
        step = utf_char_len(s + i, n - i);
    return letters;
}

static bool check_least(const struct look *l, const struct json *bound)
{
    int64_t n = length(l->value);

    return n < 0 || n >= json_int_or(bound, "", 0) || refuse(l, "is too short", "");
}

static bool check_most(const struct look *l, const struct json *bound)
{
    int64_t n = length(l->value);

    return n < 0 || n <= json_int_or(bound, "", 0) || refuse(l, "is too long", "");
}

/* Of what ECMA's and POSIX's expressions have in common. */
static bool check_pattern(const struct look *l, const struct json *pattern)
{
    const char *text = json_text(l->value, "", NULL);
    regex_t re;
    bool fits;

    if (text == NULL)
        return true;
    if (regcomp(&re, json_text(pattern, "", NULL), REG_EXTENDED | REG_NOSUB) != 0)
        return refuse(l, "the schema's pattern is none", "");
    fits = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return fits || refuse(l, "does not fit the pattern", text);
}

static bool check_format(const struct look *l, const struct json *format)
{
    size_t n;
    const char *s = json_text(l->value, "", &n), *name = json_text(format, "", NULL);
    int64_t at;
    int32_t day;

    if (s == NULL)
        return true;
    if (strcmp(name, "date-time") == 0)
        return (stamp_read(s, n, &at) == ST_OK && (l->asked || s[n - 1] == 'Z')) ||
               refuse(l, "is no time in UTC", s);
    if (strcmp(name, "date") == 0)
        return stamp_read_day(s, n, &day) == ST_OK || refuse(l, "is no date", s);
    return strcmp(name, "uri") == 0 || refuse(l, "unknown format", name);
}

/* ---- objects and arrays ---------------------------------------------------------- */

static bool value_look(const struct look *look);

static bool fits_at(const struct look *l, const struct json *schema,
                    const struct json *value, const char *name)
{
    struct buf at = {0};
    bool fine;

    buf_addf(&at, "%s/%s", l->at, name);
    struct look inner = {
        .root = l->root, .schema = schema, .value = value, .at = at.s, .why = l->why};
    inner.asked = l->asked;
    fine = value_look(&inner);
    buf_free(&at);
    return fine;
}

static void member_look(void *arg, const char *key, struct json *v)
{
    struct look *l = arg;
    const struct json *props = json_get(l->schema, "properties");
    const struct json *of =
        props != NULL && strlen(key) < 128 ? json_get(props, key) : NULL;
    const struct json *more = json_get(l->schema, "additionalProperties");

    if (of != NULL)
        l->fits &= fits_at(l, of, v, key);
    else if (json_is_object(more))
        l->fits &= fits_at(l, more, v, key);
    else if (props != NULL && !json_bool_or(more, "", false))
        l->fits &= refuse(l, "member is not described", key);
}

struct has {
    const char *name;
    bool found;
};

static void has_member(void *arg, const char *key, struct json *v)
{
    struct has *h = arg;

    (void)v;
    h->found |= strcmp(key, h->name) == 0;
}

static bool check_required(const struct look *l, const struct json *names)
{
    for (size_t i = 0; i < json_count(names) && json_is_object(l->value); i++) {
        struct has h = {.name = json_text(json_at(names, i), "", NULL)};

        json_each(l->value, has_member, &h);
        if (!h.found)
            return refuse(l, "member is missing", h.name);
    }
    return true;
}

static bool check_members(const struct look *l, const struct json *props)
{
    struct look mine = *l;

    (void)props;
    mine.fits = true;
    json_each(l->value, member_look, &mine);
    return mine.fits;
}

static bool check_items(const struct look *l, const struct json *of)
{
    char name[24];
    bool fits = true;

    for (size_t i = 0; i < json_count(l->value); i++) {
        snprintf(name, sizeof name, "%zu", i);
        fits &= fits_at(l, of, json_at(l->value, i), name);
    }
    return fits;
}

static int fitting(const struct look *l, const struct json *list)
{
    int n = 0;

    for (size_t i = 0; i < json_count(list); i++) {
        struct buf why = {0};
        struct look one = *l;

        one.schema = json_at(list, i);
        one.why = &why;
        n += value_look(&one);
        buf_free(&why);
    }
    return n;
}

static bool check_one_of(const struct look *l, const struct json *list)
{
    return fitting(l, list) == 1 || refuse(l, "fits not exactly one of oneOf", "");
}

static bool check_any_of(const struct look *l, const struct json *list)
{
    return fitting(l, list) > 0 || refuse(l, "fits none of anyOf", "");
}

static bool check_all_of(const struct look *l, const struct json *list)
{
    return fitting(l, list) == (int)json_count(list) ||
           refuse(l, "does not fit all of allOf", "");
}

static bool check_nothing(const struct look *l, const struct json *v)
{
    (void)l;
    (void)v;
    return true;
}

/* ---- keywords -------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool (*check)(const struct look *l, const struct json *of);
} keywords[] = {
    {"type", check_type},           {"enum", check_enum},
    {"const", check_const},         {"minimum", check_minimum},
    {"maximum", check_maximum},     {"minLength", check_least},
    {"maxLength", check_most},      {"minItems", check_least},
    {"maxItems", check_most},       {"format", check_format},
    {"required", check_required},   {"properties", check_members},
    {"items", check_items},         {"oneOf", check_one_of},
    {"anyOf", check_any_of},        {"allOf", check_all_of},
    {"description", check_nothing}, {"example", check_nothing},
    {"examples", check_nothing},    {"default", check_nothing},
    {"title", check_nothing},       {"additionalProperties", check_nothing},
    {"deprecated", check_nothing},  {"writeOnly", check_nothing},
    {"pattern", check_pattern},
};

static void keyword_look(void *arg, const char *key, struct json *v)
{
    struct look *l = arg;

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i].name, key) == 0) {
            l->fits &= keywords[i].check(l, v);
            return;
        }
    l->fits &= refuse(l, "the schema has an unknown keyword", key);
}

/* ---- the schemas themselves ------------------------------------------------------ */

static void known_look(void *arg, const char *key, struct json *v);

static void known_each(void *arg, const char *key, struct json *v)
{
    (void)key;
    json_each(v, known_look, arg);
}

static void known_look(void *arg, const char *key, struct json *v)
{
    static const char *const lists[] = {"oneOf", "anyOf", "allOf"};
    struct buf *why = arg;
    bool known = strcmp(key, "$ref") == 0;

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        known |= strcmp(keywords[i].name, key) == 0;
    if (!known)
        buf_addf(why, "unknown keyword: %s", key);
    if (strcmp(key, "properties") == 0)
        json_each(v, known_each, why);
    if (strcmp(key, "items") == 0 || strcmp(key, "additionalProperties") == 0)
        json_each(v, known_look, why);
    for (size_t i = 0; i < 3; i++)
        for (size_t n = 0; strcmp(key, lists[i]) == 0 && n < json_count(v); n++)
            json_each(json_at(v, n), known_look, why);
}

bool schema_is_known(const struct json *schema, struct buf *why)
{
    size_t before = why->len;

    json_each(schema, known_look, why);
    return why->len == before;
}

/* ---- one value ------------------------------------------------------------------- */

static bool value_look(const struct look *look)
{
    struct look l = *look;

    l.schema = schema_resolve(l.root, l.schema);
    if (!json_is_object(l.schema))
        return refuse(&l, "there is no such schema", "");
    l.fits = true;
    json_each(l.schema, keyword_look, &l);
    return l.fits;
}

bool schema_fits(const struct json *root, const struct json *schema,
                 const struct json *value, struct buf *why)
{
    return value_look(&(struct look){
        .root = root, .schema = schema, .value = value, .at = "", .why = why});
}

bool schema_fits_asked(const struct json *root, const struct json *schema,
                       const struct json *value, struct buf *why)
{
    return value_look(&(struct look){.root = root,
                                     .schema = schema,
                                     .value = value,
                                     .at = "",
                                     .why = why,
                                     .asked = true});
}
