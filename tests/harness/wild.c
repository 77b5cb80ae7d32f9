/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/wild.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/routes.h"
#include "tests/harness/dose.h"
#include "tests/harness/schema.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SLOW_ONE_IN 60 /* of what takes a quarter of a second each */
#define OPERATIONS 400
#define DEPTH 4

struct operation {
    char path[160], method[16];
    const struct json *item, *op;
    bool slow;
};

static const struct json *description;
static struct operation operations[OPERATIONS];
static int operations_n;

/* ---- all operations -------------------------------------------------------------- */

static bool is_slow(const char *method, const char *path)
{
    for (int i = 0; i < routes_n; i++)
        if (strcmp(routes[i].path, path) == 0 &&
            strncasecmp(routes[i].method, method, 16) == 0)
            return routes[i].rate == RATE_LOGIN;
    return false;
}

static void operation_add(void *arg, const char *key, struct json *v)
{
    struct operation *o = &operations[operations_n];
    const struct operation *of = arg;

    if (strcmp(key, "parameters") == 0)
        return;
    assert_true(operations_n < OPERATIONS);
    *o = *of;
    o->op = v;
    snprintf(o->method, sizeof o->method, "%s", key);
    for (char *s = o->method; *s != '\0'; s++)
        *s = (char)(*s & ~0x20);
    o->slow = is_slow(o->method, o->path);
    operations_n++;
}

static void path_add(void *arg, const char *key, struct json *v)
{
    struct operation of = {.item = v};

    (void)arg;
    snprintf(of.path, sizeof of.path, "%s", key);
    json_each(v, operation_add, &of);
}

void wild_open(const struct json *from)
{
    description = from;
    operations_n = 0;
    json_each(json_get(description, "paths"), path_add, NULL);
    assert_true(operations_n >= 5);
}

/* ---- values ---------------------------------------------------------------------- */

static const char *const texts[] = {
    "",
    "a",
    "Двор",
    "' OR '1'='1",
    "\"; DROP TABLE staff; --",
    "1) UNION SELECT 1,2,3#",
    "\\' OR 1=1 -- ",
    "%' AND SLEEP(5) AND '%'='",
    "%_%",
    "<script>alert(1)</script>",
    "${7*7}{{7*7}}",
    "../../../../etc/passwd",
    "a\tb",
    "line\r\nSet-Cookie: x=1",
    "\xE2\x80\xAE\xF0\x9F\x8F\xAA\xCC\x81",
    "2026-11-20T09:00:00+10:00",
    "2026-11-20",
    "09:00",
    "-1",
    "true",
    "null",
    "9999999999999999999999",
};
static const int64_t numbers[] = {0,   1,          -1,        2,        3,
                                  100, 2147483648, INT64_MAX, INT64_MIN};

static bool one_in(int n)
{
    return dose_random(n) == 0;
}

static const char *any_text(void)
{
    static char buffer[6000];

    if (one_in(40)) {
        memset(buffer, 'x', sizeof buffer - 1);
        return buffer;
    }
    return texts[dose_random(sizeof texts / sizeof *texts)];
}

static int64_t any_number(const struct json *schema)
{
    int64_t min = json_int_or(schema, "minimum", 1),
            max = json_int_or(schema, "maximum", 50);

    switch (dose_random(8)) {
    case 0:
        return numbers[dose_random(sizeof numbers / sizeof *numbers)];
    case 1:
        return min > INT64_MIN ? min - 1 : min;
    case 2:
        return max < INT64_MAX ? max + 1 : max;
    default:
        return min +
               dose_random(max - min > 40 || max < min ? 40 : (int)(max - min) + 1);
    }
}

static void value_add(struct buf *b, const struct json *schema, int depth);

struct members {
    struct buf *b;
    int depth, n;
};

static void member_add(void *arg, const char *key, struct json *v)
{
    struct members *m = arg;

    if (one_in(5))
        return;
    buf_addf(m->b, "%s\"%s\":", m->n++ > 0 ? "," : "", key);
    value_add(m->b, v, m->depth + 1);
}

static void object_add(struct buf *b, const struct json *schema, int depth)
{
    struct members m = {.b = b, .depth = depth};

    buf_addc(b, '{');
    json_each(json_get(schema, "properties"), member_add, &m);
    if (one_in(15))
        buf_addf(b, "%s\"unheard_of\":1", m.n++ > 0 ? "," : "");
    if (one_in(30) && m.n > 0)
        buf_adds(b, ",\"unheard_of\":1,\"unheard_of\":2");
    buf_addc(b, '}');
}

static void array_add(struct buf *b, const struct json *schema, int depth)
{
    int n = one_in(20) ? 300 : dose_random(4);

    buf_addc(b, '[');
    for (int i = 0; i < n; i++) {
        buf_adds(b, i > 0 ? "," : "");
        value_add(b, json_get(schema, "items"), depth + 1);
    }
    buf_addc(b, ']');
}

static void odd_add(struct buf *b)
{
    static const char *const odd[] = {"null", "true", "1.5",    "-0",   "1e400",
                                      "[]",   "{}",   "[[[]]]", "\"\"", "\"\\ud83d\""};

    buf_adds(b, odd[dose_random(sizeof odd / sizeof *odd)]);
}

/* The type's name, one of several by chance. */
static const char *type_of(const struct json *schema)
{
    const struct json *type = json_get(schema, "type");
    const char *one = json_text(type, "", NULL);

    if (one == NULL && json_count(type) > 0)
        one = json_text(json_at(type, (size_t)dose_random((int)json_count(type))), "",
                        NULL);
    return one != NULL                              ? one
           : json_get(schema, "properties") != NULL ? "object"
                                                    : "string";
}

static void word_add(struct buf *b, const struct json *words)
{
    const char *word = json_text(
        json_at(words, (size_t)dose_random((int)json_count(words))), "", NULL);

    buf_add_json(b, word != NULL ? word : "", word != NULL ? strlen(word) : 0);
}

static void value_add(struct buf *b, const struct json *schema, int depth)
{
    const struct json *s = schema_resolve(description, schema);
    const char *type = type_of(s), *text = any_text();

    if (json_count(json_get(s, "oneOf")) > 0)
        s = schema_resolve(description, json_at(json_get(s, "oneOf"), 0)),
        type = type_of(s);
    if (one_in(12) || depth > DEPTH)
        odd_add(b);
    else if (json_count(json_get(s, "enum")) > 0 && !one_in(6))
        word_add(b, json_get(s, "enum"));
    else if (strcmp(type, "object") == 0)
        object_add(b, s, depth);
    else if (strcmp(type, "array") == 0)
        array_add(b, s, depth);
    else if (strcmp(type, "integer") == 0)
        buf_addf(b, "%lld", (long long)any_number(s));
    else if (strcmp(type, "boolean") == 0)
        buf_adds(b, one_in(2) ? "true" : "false");
    else if (strcmp(type, "null") == 0)
        buf_adds(b, "null");
    else
        buf_add_json(b, text, strlen(text));
}

/* ---- a request ------------------------------------------------------------------- */

static void key_add(struct buf *b)
{
    /* clang-format off */
    static const char *const keys[] = {
        "discount_percent_bp", "brand_name", "quiet_from", "channel_url", "age_min", "x",
        "%00", "..", "a%20b", "owner", "unsubscribe_policy", "marketing",
        "brand", "channel", "stores", "1", "7", "12"};
    /* clang-format on */

    buf_adds(b, keys[dose_random(sizeof keys / sizeof *keys)]);
}

static void id_add(struct buf *b)
{
    static const char *const odd[] = {
        "0", "-1", "007", "9223372036854775807", "9223372036854775808", "1e3", "x"};

    if (one_in(4))
        buf_adds(b, odd[dose_random(sizeof odd / sizeof *odd)]);
    else
        buf_addf(b, "%d", 1 + dose_random(12));
}

static void path_make(struct buf *b, const char *pattern)
{
    while (*pattern != '\0') {
        size_t n = strcspn(pattern, "{");

        buf_add(b, pattern, n);
        pattern += n;
        if (*pattern != '{')
            continue;
        if (strncmp(pattern, "{id", 3) == 0)
            id_add(b);
        else
            key_add(b);
        pattern += strcspn(pattern, "}") + 1;
    }
}

static void parameter_add(struct buf *b, const struct json *p, char *joint)
{
    const struct json *schema = schema_resolve(description, json_get(p, "schema"));
    const char *type = type_of(schema);
    struct buf value = {0};

    if (strcmp(type, "array") == 0)
        schema = schema_resolve(description, json_get(schema, "items")),
        type = type_of(schema);
    if (json_count(json_get(schema, "enum")) > 0 && !one_in(5))
        buf_adds(&value, json_text(json_at(json_get(schema, "enum"),
                                           (size_t)dose_random((int)json_count(
                                               json_get(schema, "enum")))),
                                   "", NULL));
    else if (strcmp(type, "integer") == 0 && !one_in(5))
        buf_addf(&value, "%lld", (long long)any_number(schema));
    else if (strcmp(type, "boolean") == 0 && !one_in(5))
        buf_adds(&value, one_in(2) ? "true" : "0");
    else
        buf_adds(&value, any_text());
    buf_addf(b, "%c%s=", *joint, json_text(p, "name", NULL));
    buf_add_url(b, value.len < 1500 && value.s != NULL ? value.s : "long");
    *joint = '&';
    buf_free(&value);
}

static void query_make(struct buf *b, const struct json *list, char *joint)
{
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *p = schema_resolve(description, json_at(list, i));

        if (strcmp(json_text(p, "in", NULL), "query") == 0 && one_in(3))
            parameter_add(b, p, joint);
    }
    if (one_in(40)) {
        buf_addf(b, "%cunheard_of=1", *joint);
        *joint = '&';
    }
}

static void body_make(struct buf *b, const struct operation *o)
{
    const struct json *schema =
        json_get(o->op, "requestBody.content.application/json.schema");

    if (schema == NULL)
        return;
    value_add(b, schema, 0);
    if (one_in(25) && b->len > 2) /* cut, or one byte of it another one */
        b->s[1 + dose_random((int)b->len - 2)] = (char)(1 + dose_random(126));
}

void wild_make(struct wild *r, int64_t as)
{
    static const char *const matches[] = {NULL,     "*",        "\"v0\"",
                                          "\"v1\"", "W/\"v1\"", "x"};
    const struct operation *o;
    char joint = '?';

    do
        o = &operations[dose_random(operations_n)];
    while (o->slow && !one_in(SLOW_ONE_IN));
    buf_clear(&r->path);
    buf_clear(&r->body);
    path_make(&r->path, o->path);
    query_make(&r->path, json_get(o->op, "parameters"), &joint);
    body_make(&r->body, o);
    snprintf(r->key, sizeof r->key, "key-%d", dose_random(500));
    r->ask = (struct ask){.method = o->method,
                          .path = r->path.s,
                          .body = r->body.len > 0 ? r->body.s : NULL,
                          .as = one_in(30) ? 0 : as,
                          .if_match = matches[dose_random(6)],
                          .key = one_in(2) ? r->key : NULL,
                          .lang = one_in(2) ? "ru" : "en"};
}

void wild_free(struct wild *r)
{
    buf_free(&r->path);
    buf_free(&r->body);
}
