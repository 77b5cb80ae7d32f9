/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/buf.h"

#include "core/base/utf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(struct buf *b)
{
    free(b->s);
    *b = (struct buf){.failed = true};
}

/* Room for n more bytes and a NUL; doubles, so that n appends cost O(n). */
static bool grow(struct buf *b, size_t n)
{
    size_t need = b->len + n + 1, cap = b->cap ? b->cap : 64;
    char *s;

    if (b->failed)
        return false;
    if (need < n)
        return fail(b), false;
    if (need <= b->cap)
        return true;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    s = realloc(b->s, cap);
    if (s == NULL)
        return fail(b), false;
    b->s = s;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (!grow(b, n))
        return;
    if (n > 0)
        memcpy(b->s + b->len, p, n);
    b->len += n;
    b->s[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
    if (s != NULL)
        buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        fail(b);
        return;
    }
    if (!grow(b, (size_t)n))
        return;
    va_start(ap, fmt);
    vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void buf_add_html(struct buf *b, const char *s)
{
    for (; s != NULL && *s != '\0'; s++) {
        if (*s == '<')
            buf_adds(b, "&lt;");
        else if (*s == '>')
            buf_adds(b, "&gt;");
        else if (*s == '&')
            buf_adds(b, "&amp;");
        else if (*s == '"')
            buf_adds(b, "&quot;");
        else
            buf_addc(b, *s);
    }
}

static void add_json_ascii(struct buf *b, unsigned char c)
{
    static const char short_form[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};

    if (short_form[c] != '\0') {
        buf_addc(b, '\\');
        buf_addc(b, short_form[c]);
    } else if (c < 0x20) {
        buf_addf(b, "\\u%04x", c);
    } else {
        buf_addc(b, (char)c);
    }
}

void buf_add_json(struct buf *b, const char *s, size_t n)
{
    buf_addc(b, '"');
    for (size_t i = 0, step; i < n; i += step) {
        unsigned char c = (unsigned char)s[i];

        step = c < 0x80 ? 1 : utf_char_len(s + i, n - i);
        if (c < 0x80) {
            add_json_ascii(b, c);
        } else if (step == 0) {
            buf_adds(b, "\xEF\xBF\xBD");
            step = 1;
        } else {
            buf_add(b, s + i, step);
        }
    }
    buf_addc(b, '"');
}

void buf_add_url(struct buf *b, const char *s)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";

    for (; s != NULL && *s != '\0'; s++) {
        if (strchr(plain, *s) != NULL)
            buf_addc(b, *s);
        else
            buf_addf(b, "%%%02X", (unsigned char)*s);
    }
}

void buf_clear(struct buf *b)
{
    b->failed = false;
    b->len = 0;
    if (b->s != NULL)
        b->s[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->s);
    *b = (struct buf){0};
}
