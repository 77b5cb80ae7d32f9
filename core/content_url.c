/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An address that somebody else will press: what a messenger opens, and nothing that hides
 * where it leads. */
#include "core/content_private.h"

#include "core/base/utf.h"

#include <stdlib.h>
#include <string.h>

#define PAYLOAD_MAX 64 /* of a bot's start */

static bool begins(const char *s, size_t n, const char *with)
{
    return n > strlen(with) && memcmp(s, with, strlen(with)) == 0;
}

/* Visible characters only, and none that ends an address or reads as another one. */
static bool characters_fine(const char *s, size_t n)
{
    struct buf same = {0};
    bool fine;

    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] <= ' ' || strchr("\"<>\\^`{|}\x7F", s[i]) != NULL)
            return false;
    utf_add_name(&same, s, n, n);
    fine = !same.failed && same.len == n && memcmp(same.s, s, n) == 0;
    buf_free(&same);
    return fine;
}

/* host or host:port; a name has a dot, which is neither first nor last. */
static bool host_fine(const char *s, size_t n)
{
    const char *colon = memchr(s, ':', n);
    size_t host = colon != NULL ? (size_t)(colon - s) : n, digits = n - host;
    bool dot = false;

    for (size_t i = 0; i < host; i++) {
        bool between = s[i] == '.' || s[i] == '-';

        if (strchr("@[]%!$&'()*+,;=_~", s[i]) != NULL ||
            (between && (i == 0 || i + 1 == host)) ||
            (s[i] == '.' && i > 0 && s[i - 1] == '.'))
            return false;
        dot |= s[i] == '.';
    }
    if (colon != NULL) {
        if (digits < 2 || digits > 6)
            return false;
        for (size_t i = host + 1; i < n; i++)
            if (s[i] < '0' || s[i] > '9')
                return false;
        if (strtol(colon + 1, NULL, 10) > 65535)
            return false;
    }
    return dot;
}

/* The messenger passes on only short words of letters to a bot that is started so. */
static bool start_fine(const char *s, size_t n)
{
    const char *p = memmem(s, n, "?start=", 7);
    size_t word = 0, left;

    if (p == NULL || memmem(s, n, "t.me/", 5) == NULL)
        return true;
    p += 7;
    left = n - (size_t)(p - s);
    while (word < left && p[word] != '&' && p[word] != '#') {
        char c = p[word++];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
              (c >= 'A' && c <= 'Z') || c == '_' || c == '-'))
            return false;
    }
    return word > 0 && word <= PAYLOAD_MAX;
}

bool content_url_fine(const char *s, size_t n)
{
    size_t scheme, end;

    if (n > CONTENT_URL_MAX || !characters_fine(s, n))
        return false;
    if (begins(s, n, "tg://"))
        return true;
    if (!begins(s, n, "https://") && !begins(s, n, "http://"))
        return false;
    scheme = (size_t)((const char *)memchr(s, ':', n) - s) + 3;
    for (end = scheme; end < n && strchr("/?#", s[end]) == NULL; end++)
        ;
    return host_fine(s + scheme, end - scheme) && start_fine(s, n);
}
