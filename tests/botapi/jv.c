/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/jv.h"

#include "core/base/utf.h"

#include <stdlib.h>
#include <string.h>

static const char *skip(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    return p;
}

static bool hex4(const char *p, unsigned *out)
{
    unsigned v = 0;

    for (int i = 0; i < 4; i++) {
        char c = p[i];

        v <<= 4;
        if (c >= '0' && c <= '9')
            v |= (unsigned)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            v |= (unsigned)((c | 32) - 'a' + 10);
        else
            return false;
    }
    *out = v;
    return true;
}

/* ---- checking: each answers where the value ends, or NULL --------------------------
 */

static const char *check_value(const char *p, const char *end, int depth);

static const char *check_string(const char *p, const char *end)
{
    unsigned v;

    for (p++; p < end; p++) {
        if (*p == '"')
            return p + 1;
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p != '\\')
            continue;
        if (++p >= end)
            return NULL;
        if (*p == 'u') {
            if (end - p < 5 || !hex4(p + 1, &v))
                return NULL;
            p += 4;
        } else if (strchr("\"\\/bfnrt", *p) == NULL) {
            return NULL;
        }
    }
    return NULL;
}

static const char *digits(const char *p, const char *end)
{
    const char *from = p;

    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p > from ? p : NULL;
}

static const char *check_number(const char *p, const char *end)
{
    const char *from;

    if (p < end && *p == '-')
        p++;
    from = p;
    p = digits(p, end);
    if (p == NULL || (*from == '0' && p - from > 1))
        return NULL;
    if (p < end && *p == '.' && (p = digits(p + 1, end)) == NULL)
        return NULL;
    if (p < end && (*p | 32) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        p = digits(p, end);
    }
    return p;
}

static const char *check_word(const char *p, const char *end, const char *word)
{
    size_t n = strlen(word);

    return (size_t)(end - p) >= n && memcmp(p, word, n) == 0 ? p + n : NULL;
}

/* Members of an object or elements of an array, from behind the opening bracket. */
static const char *check_members(const char *p, const char *end, char close, int depth)
{
    p = skip(p, end);
    if (p < end && *p == close)
        return p + 1;
    while (p < end) {
        if (close == '}') {
            if (*p != '"' || (p = check_string(p, end)) == NULL)
                return NULL;
            p = skip(p, end);
            if (p >= end || *p++ != ':')
                return NULL;
            p = skip(p, end);
        }
        if ((p = check_value(p, end, depth)) == NULL)
            return NULL;
        p = skip(p, end);
        if (p < end && *p == close)
            return p + 1;
        if (p >= end || *p++ != ',')
            return NULL;
        p = skip(p, end);
    }
    return NULL;
}

static const char *check_value(const char *p, const char *end, int depth)
{
    if (p >= end || depth >= JV_DEPTH_MAX)
        return NULL;
    switch (*p) {
    case '{':
        return check_members(p + 1, end, '}', depth + 1);
    case '[':
        return check_members(p + 1, end, ']', depth + 1);
    case '"':
        return check_string(p, end);
    case 't':
        return check_word(p, end, "true");
    case 'f':
        return check_word(p, end, "false");
    case 'n':
        return check_word(p, end, "null");
    default:
        return check_number(p, end);
    }
}

bool jv_parse(const char *s, size_t n, struct jv *out)
{
    const char *end = s + n, *from, *p;

    *out = (struct jv){0};
    if (s == NULL || !utf_valid(s, n))
        return false;
    from = skip(s, end);
    p = check_value(from, end, 0);
    if (p == NULL || skip(p, end) != end)
        return false;
    *out = (struct jv){from, (size_t)(p - from)};
    return true;
}

/* ---- looking; the text was checked ---------------------------------------------- */

enum jv_kind jv_kind(struct jv v)
{
    if (v.s == NULL || v.n == 0)
        return JV_NONE;
    switch (v.s[0]) {
    case '{':
        return JV_OBJECT;
    case '[':
        return JV_ARRAY;
    case '"':
        return JV_STRING;
    case 't':
    case 'f':
        return JV_BOOL;
    case 'n':
        return JV_NULL;
    default:
        return JV_NUMBER;
    }
}

struct jv_walk jv_begin(struct jv v)
{
    enum jv_kind k = jv_kind(v);

    if (k != JV_ARRAY && k != JV_OBJECT)
        return (struct jv_walk){0};
    return (struct jv_walk){.p = v.s + 1, .end = v.s + v.n - 1};
}

bool jv_step(struct jv_walk *w)
{
    const char *p = skip(w->p, w->end), *q;
    bool object;

    if (p >= w->end)
        return false;
    if (*p == ',')
        p = skip(p + 1, w->end);
    object = *w->end == '}';
    w->key = (struct jv){0};
    if (object) {
        q = check_string(p, w->end);
        w->key = (struct jv){p, (size_t)(q - p)};
        p = skip(skip(q, w->end) + 1, w->end);
    }
    q = check_value(p, w->end, 0);
    w->value = (struct jv){p, (size_t)(q - p)};
    w->p = q;
    return true;
}

struct jv jv_get(struct jv object, const char *name)
{
    struct jv_walk w = jv_begin(object);

    if (jv_kind(object) != JV_OBJECT)
        return (struct jv){0};
    while (jv_step(&w))
        if (jv_equals(w.key, name))
            return w.value;
    return (struct jv){0};
}

bool jv_int(struct jv v, int64_t *out)
{
    uint64_t u = 0;
    size_t i = 0;
    bool minus;

    if (jv_kind(v) != JV_NUMBER)
        return false;
    minus = v.s[0] == '-';
    for (i = minus; i < v.n; i++) {
        unsigned d = (unsigned)(v.s[i] - '0');

        if (d > 9 || u > (UINT64_MAX - d) / 10)
            return false;
        u = u * 10 + d;
    }
    if (u > (uint64_t)INT64_MAX + minus)
        return false;
    *out = minus ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}

bool jv_true(struct jv v)
{
    return v.n == 4 && memcmp(v.s, "true", 4) == 0;
}

/* One character of a string at p (before the closing quote) as UTF-8 into out; answers
 * the bytes it took from p. Never writes more bytes than it takes. */
static size_t decode(const char *p, const char *end, char out[4], size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    unsigned c = 0, low = 0;
    size_t took = 6;

    *n = 1;
    if (*p != '\\')
        return out[0] = *p, 1;
    if (p[1] != 'u')
        return out[0] = to[strchr(from, p[1]) - from], 2;
    hex4(p + 2, &c);
    if (c >= 0xD800 && c <= 0xDFFF) {
        bool pair = c < 0xDC00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u' &&
                    hex4(p + 8, &low) && low >= 0xDC00 && low <= 0xDFFF;

        c = pair ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
        took = pair ? 12 : 6;
    }
    *n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = *n; i > 1; i--, c >>= 6)
        out[i - 1] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(*n == 1 ? c : (0xF00 >> *n & 0xFF) | c);
    return took;
}

bool jv_equals(struct jv v, const char *s)
{
    const char *p, *end;
    char c[4];
    size_t n;

    if (jv_kind(v) != JV_STRING)
        return false;
    p = v.s + 1;
    end = v.s + v.n - 1;
    while (p < end) {
        p += decode(p, end, c, &n);
        for (size_t i = 0; i < n; i++)
            if (*s == '\0' || *s++ != c[i])
                return false;
    }
    return *s == '\0';
}

bool jv_text(struct jv v, struct buf *out)
{
    const char *p, *end;
    char c[4];
    size_t n;

    if (jv_kind(v) != JV_STRING)
        return false;
    p = v.s + 1;
    end = v.s + v.n - 1;
    while (p < end) {
        const char *run = memchr(p, '\\', (size_t)(end - p));

        if (run == NULL)
            run = end;
        buf_add(out, p, (size_t)(run - p));
        p = run;
        if (p < end) {
            p += decode(p, end, c, &n);
            buf_add(out, c, n);
        }
    }
    buf_add(out, "", 0);
    return true;
}

void jv_text_in_place(struct jv v, char **s, size_t *out_n)
{
    char *to = (char *)v.s;
    const char *p = v.s + 1, *end = v.s + v.n - 1;

    *s = to;
    while (p < end) {
        char c[4];
        size_t n;

        p += decode(p, end, c, &n);
        memcpy(to, c, n);
        to += n;
    }
    *to = '\0';
    *out_n = (size_t)(to - *s);
}

char *jv_dup(struct jv object, const char *name)
{
    struct buf b = {0};

    jv_text(jv_get(object, name), &b);
    buf_add(&b, "", 0);
    return b.s;
}

int64_t jv_int_or(struct jv object, const char *name, int64_t otherwise)
{
    int64_t v;

    return jv_int(jv_get(object, name), &v) ? v : otherwise;
}

void jv_minify(struct jv v, struct buf *out)
{
    const char *p = v.s, *end = v.s + v.n, *q;

    while (p < end) {
        p = skip(p, end);
        if (p >= end)
            break;
        q = *p == '"' ? check_string(p, end) : p + 1;
        buf_add(out, p, (size_t)(q - p));
        p = q;
    }
}
