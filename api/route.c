/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/route.h"

#include <ctype.h>
#include <string.h>

#define KEY_SYMBOLS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

/* ---- one path -------------------------------------------------------------------- */

static bool read_id(const char *s, size_t n, int64_t *out)
{
    *out = 0;
    if (n == 0 || n > 19 || *s == '0')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isdigit((unsigned char)s[i]) || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, s[i] - '0', out))
            return false;
    return true;
}

static bool read_key(const char *s, size_t n, char *out)
{
    if (n == 0 || n >= ROUTE_KEY_BYTES || strspn(s, KEY_SYMBOLS) < n)
        return false;
    memcpy(out, s, n);
    out[n] = '\0';
    return true;
}

static bool is(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(s, word, n) == 0;
}

/* Does it fit? *words: a bit a segment, set where both have the same word; of two that
 * fit the larger one is meant. */
static bool fits(const char *pattern, const char *path, struct route_match *out,
                 unsigned *words)
{
    size_t same = 0;
    int ids = 0;

    /* Most differ within their words: seen without taking them apart. */
    while (pattern[same] == path[same] && path[same] != '\0')
        same++;
    if (pattern[same] != path[same] && pattern[same] != '{')
        return false;
    *words = 0;
    while (*pattern == '/' && *path == '/') {
        size_t n = strcspn(++pattern, "/"), m = strcspn(++path, "/");
        bool id = is(pattern, n, "{id}"), key = is(pattern, n, "{key}");

        if (id && (ids == ROUTE_IDS || !read_id(path, m, &out->id[ids++])))
            return false;
        if (key && !read_key(path, m, out->key))
            return false;
        if (!id && !key && (n != m || memcmp(pattern, path, n) != 0))
            return false;
        *words = *words << 1 | (!id && !key);
        pattern += n;
        path += m;
    }
    return *pattern == '\0' && *path == '\0';
}

/* ---- the table ------------------------------------------------------------------- */

static bool method_is(const struct route *r, const char *method)
{
    return strcmp(r->method, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(r->method, "GET") == 0);
}

void route_find(const struct route *list, int n, const char *method, const char *path,
                struct route_match *out)
{
    unsigned best = 0;

    *out = (struct route_match){0};
    for (int i = 0; i < n; i++) {
        struct route_match m = {.pattern = list[i].path};
        unsigned words;

        if (!fits(list[i].path, path, &m, &words))
            continue;
        if (out->pattern == NULL || words > best) {
            *out = m;
            best = words;
        }
        if (words == best && method_is(&list[i], method) && out->route == NULL)
            out->route = &list[i];
    }
}

void route_allow(const struct route *list, int n, const char *pattern, struct buf *out)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(list[i].path, pattern) != 0)
            continue;
        buf_addf(out, "%s, ", list[i].method);
        if (strcmp(list[i].method, "GET") == 0)
            buf_adds(out, "HEAD, ");
    }
    buf_adds(out, "OPTIONS");
}

/* What only the admin API has (and what anybody may look at, which asks the database): a
 * runner in a hand, a class of rate, and whoever asks for a role says which permission. */
static bool unfinished_call(const struct route *r)
{
    if ((r->permission == PERMISSION_ADMIN) != (r->perm != PERM_UNSET))
        return true;
    if (r->permission >= PERMISSION_ADMIN && r->call == NULL)
        return true;
    if (r->alone && r->key == KEY_MUST)
        return true;
    return r->call != NULL &&
           (r->run != NULL || r->rate == RATE_UNSET ||
            (strncmp(r->path, "/api/v1/", 8) != 0 &&
             (r->permission != PERMISSION_ANYONE || strcmp(r->method, "GET") != 0)));
}

const struct route *routes_unfinished(const struct route *list, int n)
{
    for (int i = 0; i < n; i++)
        if (list[i].permission == PERMISSION_UNSET || !list[i].method ||
            (!list[i].run && !list[i].call) || !list[i].path ||
            list[i].path[0] != '/' || unfinished_call(&list[i]))
            return &list[i];
    return NULL;
}
