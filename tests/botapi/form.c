/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE /* memmem */
#include "tests/botapi/form.h"

#include <string.h>
#include <strings.h>

static struct arg *add(struct form *f, const char *name, char *s, size_t n)
{
    struct arg *a;

    if (f->n == FORM_MAX) {
        f->why = "too many parameters";
        return NULL;
    }
    a = &f->arg[f->n++];
    *a = (struct arg){.name = name, .s = s, .n = n};
    return a;
}

/* ---- a=b&c=d -------------------------------------------------------------------- */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t percent_decode(char *s, size_t n)
{
    char *to = s;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '%' && i + 2 < n && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
            *to++ = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
            i += 2;
        } else {
            *to++ = s[i] == '+' ? ' ' : s[i];
        }
    }
    *to = '\0';
    return (size_t)(to - s);
}

/* s[n] must be writable: the last value's NUL goes there. */
static bool read_pairs(struct form *f, char *s, size_t n)
{
    char *end = s + n, *p = s;

    while (p < end) {
        char *stop = memchr(p, '&', (size_t)(end - p)), *eq;
        size_t value_n;

        if (stop == NULL)
            stop = end;
        eq = memchr(p, '=', (size_t)(stop - p));
        if (stop > p && eq == NULL)
            return f->why = "a parameter without a value", false;
        if (eq != NULL) {
            *eq = '\0';
            value_n = percent_decode(eq + 1, (size_t)(stop - eq - 1));
            percent_decode(p, strlen(p));
            if (add(f, p, eq + 1, value_n) == NULL)
                return false;
        }
        p = stop + 1;
    }
    return true;
}

/* ---- {"a":1} -------------------------------------------------------------------- */

static bool read_json(struct form *f, char *s, size_t n)
{
    static const enum arg_kind kinds[] = {
        [JV_NULL] = ARG_NULL,   [JV_BOOL] = ARG_BOOL,  [JV_NUMBER] = ARG_NUMBER,
        [JV_STRING] = ARG_TEXT, [JV_ARRAY] = ARG_JSON, [JV_OBJECT] = ARG_JSON,
    };
    struct jv body;
    struct jv_walk w;

    if (!jv_parse(s, n, &body) || jv_kind(body) != JV_OBJECT)
        return f->why = "object expected as JSON body", false;
    w = jv_begin(body);
    while (jv_step(&w)) {
        struct arg *a;
        char *name;
        size_t name_n;

        a = add(f, NULL, (char *)w.value.s, w.value.n);
        if (a == NULL)
            return false;
        a->kind = kinds[jv_kind(w.value)];
        a->json_body = true;
        if (a->kind == ARG_TEXT)
            jv_text_in_place(w.value, &a->s, &a->n);
        jv_text_in_place(w.key, &name, &name_n);
        a->name = name;
    }
    return true;
}

/* ---- multipart/form-data -------------------------------------------------------- */

/* Where the value of name="..." begins in a Content-Disposition line; NULL: nowhere. */
static char *quoted(char *line, const char *name)
{
    size_t n = strlen(name);
    char *p = line;

    while ((p = strcasestr(p, name)) != NULL) {
        if (p > line && (p[-1] == ' ' || p[-1] == ';') && p[n] == '=' &&
            p[n + 1] == '"')
            return p + n + 2;
        p += n;
    }
    return NULL;
}

/* One part: its head up to the blank line, then its bytes up to `end`. */
static bool read_part(struct form *f, char *head, char *end)
{
    char *blank = memmem(head, (size_t)(end - head), "\r\n\r\n", 4);
    char *line, *name, *filename;
    struct arg *a;

    if (blank == NULL)
        return f->why = "a part without a head", false;
    *blank = '\0';
    line = strcasestr(head, "Content-Disposition:");
    if (line == NULL)
        return f->why = "a part without a name", false;
    line[strcspn(line, "\r\n")] = '\0';
    name = quoted(line, "name");
    filename = quoted(line, "filename");
    if (name == NULL)
        return f->why = "a part without a name", false;
    name[strcspn(name, "\"")] = '\0';
    if (filename != NULL)
        filename[strcspn(filename, "\"")] = '\0';
    a = add(f, name, blank + 4, (size_t)(end - blank - 4));
    if (a == NULL)
        return false;
    *end = '\0';
    a->kind = filename != NULL ? ARG_FILE : ARG_TEXT;
    a->filename = filename;
    return true;
}

static bool read_multipart(struct form *f, struct req *r)
{
    char mark[80] = "\r\n--", *p = r->body, *end = r->body + r->body_n, *stop;
    char *b = strstr(r->content_type, "boundary=");
    size_t n;

    if (b == NULL)
        return f->why = "no boundary", false;
    b += 9;
    b += *b == '"';
    n = strcspn(b, "\";, ");
    if (n == 0 || n > 70)
        return f->why = "no boundary", false;
    memcpy(mark + 4, b, n);
    n += 4;
    if (r->body_n < n || memcmp(p, mark + 2, n - 2) != 0)
        return f->why = "the first boundary is missing", false;
    p += n - 2;
    while (end - p >= 2 && memcmp(p, "--", 2) != 0) {
        stop = memmem(p, (size_t)(end - p), mark, n);
        if (stop == NULL || memcmp(p, "\r\n", 2) != 0)
            return f->why = "the last boundary is missing", false;
        if (!read_part(f, p + 2, stop))
            return false;
        p = stop + n;
    }
    return true;
}

/* ---- all ------------------------------------------------------------------------ */

bool form_read(struct req *r, struct form *f)
{
    f->n = 0;
    f->why = NULL;
    if (r->query[0] != '\0' && !read_pairs(f, r->query, strlen(r->query)))
        return false;
    if (r->body_n == 0)
        return true;
    if (strncasecmp(r->content_type, "application/json", 16) == 0)
        return read_json(f, r->body, r->body_n);
    if (strncasecmp(r->content_type, "multipart/form-data", 19) == 0)
        return read_multipart(f, r);
    if (strncasecmp(r->content_type, "application/x-www-form-urlencoded", 33) == 0)
        return read_pairs(f, r->body, r->body_n);
    f->why = "a Content-Type that carries no parameters";
    return false;
}

const struct arg *form_get(const struct form *f, const char *name)
{
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->arg[i].name, name) == 0 && f->arg[i].kind != ARG_NULL)
            return &f->arg[i];
    return NULL;
}

int64_t form_int(const struct form *f, const char *name, int64_t otherwise)
{
    const struct arg *a = form_get(f, name);
    int64_t v;

    return a != NULL && jv_int((struct jv){a->s, a->n}, &v) ? v : otherwise;
}

bool form_true(const struct form *f, const char *name)
{
    const struct arg *a = form_get(f, name);

    return a != NULL && ((a->n == 4 && strncasecmp(a->s, "true", 4) == 0) ||
                         (a->n == 1 && a->s[0] == '1'));
}

struct jv form_json(const struct form *f, const char *name)
{
    const struct arg *a = form_get(f, name);
    struct jv v = {0};

    if (a != NULL && !jv_parse(a->s, a->n, &v))
        v = (struct jv){0};
    return v;
}
