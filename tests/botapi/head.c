/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE /* memmem */
#include "tests/botapi/head.h"

#include "tests/botapi/serve.h"

#include <string.h>
#include <strings.h>

static bool number(const char *s, size_t n, int64_t *out)
{
    int64_t v = 0;

    if (n == 0 || n > 15)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *out = v;
    return true;
}

static bool named(const char *line, size_t n, const char *name)
{
    return n == strlen(name) && strncasecmp(line, name, n) == 0;
}

static bool holds(const char *s, size_t n, const char *word)
{
    size_t w = strlen(word);

    for (size_t i = 0; i + w <= n; i++)
        if (strncasecmp(s + i, word, w) == 0)
            return true;
    return false;
}

/* One "Name: value" line. */
static bool header(const char *line, const char *end, struct head *h)
{
    const char *colon = memchr(line, ':', (size_t)(end - line)), *v;
    size_t name_n, n;
    int64_t length;

    if (colon == NULL || colon == line)
        return false;
    name_n = (size_t)(colon - line);
    for (v = colon + 1; v < end && (*v == ' ' || *v == '\t'); v++)
        ;
    while (end > v && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    n = (size_t)(end - v);
    if (named(line, name_n, "Content-Length")) {
        if (!number(v, n, &length) || (h->length >= 0 && h->length != length))
            return false;
        h->length = length;
    } else if (named(line, name_n, "Transfer-Encoding")) {
        h->chunked = true;
    } else if (named(line, name_n, "Connection")) {
        if (holds(v, n, "close"))
            h->keep_alive = false;
    } else if (named(line, name_n, "Expect")) {
        h->expects_continue = holds(v, n, "100-continue");
    } else if (named(line, name_n, "Retry-After")) {
        if (!number(v, n, &h->retry_after))
            h->retry_after = -1;
    }
    return true;
}

static bool first_line(const char *s, const char *end, struct head *h)
{
    const char *version = end - 8;

    if (end - s < 14)
        return false;
    if (memcmp(s, "HTTP/1.", 7) == 0) {
        int64_t code;

        if (!number(s + 9, 3, &code))
            return false;
        h->status = (int)code;
        h->keep_alive = s[7] == '1';
        return true;
    }
    if (memcmp(version, "HTTP/1.", 7) != 0 || version[-1] != ' ')
        return false;
    h->keep_alive = version[7] == '1';
    s = memchr(s, ' ', (size_t)(version - s));
    return s != NULL && s[1] == '/' && s < version - 1 &&
           memchr(s + 1, ' ', (size_t)(version - 1 - (s + 1))) == NULL;
}

enum head_fate head_read(const char *s, size_t n, struct head *h)
{
    const char *end = s + n, *line = s, *cr;

    *h = (struct head){.length = -1, .retry_after = -1};
    while ((cr = memmem(line, (size_t)(end - line), "\r\n", 2)) != NULL) {
        if (cr == line)
            break;
        if (line == s ? !first_line(line, cr, h) : !header(line, cr, h))
            return HEAD_BAD;
        line = cr + 2;
    }
    if (cr == NULL)
        return HEAD_MORE;
    if (line == s || memchr(s, '\0', (size_t)(cr - s)) != NULL ||
        (h->chunked && h->length >= 0))
        return HEAD_BAD;
    h->size = (size_t)(cr + 2 - s);
    if (h->status == 0 && h->length < 0)
        h->length = 0;
    return HEAD_WHOLE;
}

void head_split(char *s, struct req *r)
{
    static char nothing[1];
    struct head h;
    char *line, *end = strstr(s, "\r\n"), *space;

    (void)head_read(s, strlen(s), &h);
    r->body_n = (size_t)h.length;
    r->content_type = nothing;
    for (line = end + 2; *line != '\r';) {
        char *stop = strstr(line, "\r\n");

        if (strncasecmp(line, "Content-Type:", 13) == 0) {
            r->content_type = line + 13 + strspn(line + 13, " \t");
            *stop = '\0';
        }
        line = stop + 2;
    }
    *end = '\0';
    r->verb = s;
    space = strchr(s, ' ');
    *space = '\0';
    r->path = space + 1;
    *strrchr(r->path, ' ') = '\0';
    r->query = strchr(r->path, '?');
    if (r->query != NULL)
        *r->query++ = '\0';
    else
        r->query = nothing;
}

const char *head_reason(int code)
{
    static const struct {
        int code;
        const char *text;
    } reasons[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {411, "Length Required"},
        {413, "Request Entity Too Large"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].code == code)
            return reasons[i].text;
    return "Unknown";
}
