/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/httpd_check.h"

#include <string.h>
#include <strings.h>

static bool named(const char *name, size_t n, const char *want, size_t want_n)
{
    return n == want_n && strncasecmp(name, want, n) == 0;
}
#define NAMED(name, n, want) named((name), (n), (want), sizeof(want) - 1)

/* Digits alone; more than fits is as bad as no number. */
static bool length_read(const char *s, size_t n, int64_t *out)
{
    int64_t v = 0;

    if (n == 0 || n > 18)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *out = v;
    return true;
}

static bool host_fine(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && !(c >= '0' && c <= '9') && !memchr(".-_:[]", c, 6))
            return false;
    }
    return n > 0 && n <= 255;
}

static bool clean(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

void httpd_check_header(struct httpd_check *c, const char *name, size_t name_n,
                        const char *value, size_t n)
{
    if (!clean(name, name_n) || !clean(value, n) || name_n == 0 ||
        memchr(name, ' ', name_n) || memchr(name, '\t', name_n))
        c->bad = true;
    if (NAMED(name, name_n, "content-length")) {
        c->lengths++;
        c->bad |= !length_read(value, n, &c->length);
    } else if (NAMED(name, name_n, "transfer-encoding")) {
        c->encodings++;
        c->bad |= !NAMED(value, n, "chunked");
    } else if (NAMED(name, name_n, "host")) {
        c->hosts++;
        c->bad |= !host_fine(value, n);
    } else if (NAMED(name, name_n, "x-forwarded-for")) {
        c->forwards++;
    }
}

bool httpd_check_fine(const struct httpd_check *c, const char *version)
{
    bool old = strcmp(version, "HTTP/1.0") == 0;

    if (c->bad || c->lengths > 1 || c->encodings > 1 || c->hosts > 1 || c->forwards > 1)
        return false;
    if (c->lengths && c->encodings)
        return false;
    if (old)
        return !c->encodings;
    return strcmp(version, "HTTP/1.1") == 0 && c->hosts == 1;
}

bool httpd_check_target(const char *target)
{
    for (const char *p = target; *p; p++)
        if ((unsigned char)*p <= 0x20 || *p == 0x7f)
            return false;
    return strstr(target, "%00") == NULL;
}
