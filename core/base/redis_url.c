/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/redis_url.h"

#include "core/base/utf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DB_MAX 65535
#define SOCKET_PATH_MAX 107 /* what sockaddr_un has room for */
#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char bad_form[] = "is not redis://[:password@]host[:port][/db], "
                               "unix:///path[?db=N], sentinel://host:port,…/name[/db] "
                               "or cluster://host:port,…";

static const char bad_bytes[] = "holds blanks, control characters or what is not UTF-8";
static const char bad_host[] = "has a host that is neither a name nor an address";
static const char bad_port[] = "has a port that is not 1 to 65535";
static const char bad_db[] = "has a database number that is not 0 to 65535";

/* A number of n digits and nothing else. */
static bool number(const char *s, size_t n, int max, int *out)
{
    long v = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9' || i > 5)
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *out = (int)v;
    return n > 0 && v <= max;
}

static bool copy(char *out, size_t room, const char *s, size_t n)
{
    if (n >= room || memchr(s, '\0', n) != NULL)
        return false;
    memcpy(out, s, n);
    out[n] = '\0';
    return true;
}

static bool only(const char *s, const char *symbols)
{
    return s[0] != '\0' && s[strspn(s, symbols)] == '\0';
}

/* ---- one host and its port ------------------------------------------------------ */

static const char *fault_of_host(const char *host, bool bracketed)
{
    if (host[0] == '\0')
        return "names no host";
    return only(host, bracketed ? "0123456789abcdefABCDEF:." : ALNUM ".-_") ? NULL
                                                                            : bad_host;
}

/* n bytes: host, host:port, [address] or [address]:port. */
static const char *read_host(const char *s, size_t n, int port_default,
                             struct redis_place *out)
{
    bool bracketed = n > 0 && s[0] == '[';
    const char *close = bracketed ? memchr(s, ']', n) : NULL;
    const char *from = bracketed ? s + 1 : s;
    const char *colon = close ? close + 1 : memchr(s, ':', n);
    const char *end = close ? close : colon ? colon : s + n;
    const char *why;

    if ((bracketed && close == NULL) ||
        !copy(out->host, sizeof out->host, from, (size_t)(end - from)))
        return bad_host;
    if ((why = fault_of_host(out->host, bracketed)) != NULL)
        return why;
    out->port = port_default;
    if (colon == NULL || colon == s + n)
        return NULL;
    if (*colon != ':')
        return bad_host;
    colon++;
    if (!number(colon, (size_t)(s + n - colon), 65535, &out->port) || out->port == 0)
        return bad_port;
    return NULL;
}

enum status redis_place_parse(const char *s, size_t n, struct redis_place *out)
{
    const char *colon = memrchr(s, ':', n);
    size_t host_n = colon ? (size_t)(colon - s) : 0;

    if (colon == NULL || !copy(out->host, sizeof out->host, s, host_n) ||
        !number(colon + 1, n - host_n - 1, 65535, &out->port) || out->port == 0)
        return ST_BAD;
    return ST_OK;
}

bool redis_place_same(const struct redis_place *a, const struct redis_place *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0;
}

void redis_place_text(const struct redis_place *p, char out[REDIS_PLACE_TEXT])
{
    const char *form = strchr(p->host, ':') != NULL ? "[%s]:%d" : "%s:%d";

    if (p->port == 0)
        snprintf(out, REDIS_PLACE_TEXT, "%s", p->host);
    else
        snprintf(out, REDIS_PLACE_TEXT, form, p->host, p->port);
}

/* ---- the forms: s is what stands behind the scheme ------------------------------ */

static const char *read_unix(const char *s, struct redis_url *out)
{
    size_t n = strcspn(s, "?");

    if (s[n] == '?' && (strncmp(s + n + 1, "db=", 3) != 0 ||
                        !number(s + n + 4, strlen(s + n + 4), DB_MAX, &out->db)))
        return bad_db;
    if (s[0] != '/')
        return "has a path that is not absolute (unix:///path)";
    if (n > SOCKET_PATH_MAX)
        return "has a path that is too long for a socket (107 bytes)";
    (void)copy(out->place[0].host, sizeof out->place[0].host, s, n);
    out->place[0].port = 0;
    out->n_places = 1;
    return NULL;
}

/* What is in front of the hosts: "name:password@", the name being nobody's here. */
static const char *read_password(const char **s, size_t *n, struct redis_url *out)
{
    const char *at = memrchr(*s, '@', *n), *colon;

    if (at == NULL)
        return NULL;
    colon = memchr(*s, ':', (size_t)(at - *s));
    colon = colon ? colon + 1 : *s;
    if (!copy(out->password, sizeof out->password, colon, (size_t)(at - colon)))
        return "has a password that is too long (511 bytes)";
    *n -= (size_t)(at + 1 - *s);
    *s = at + 1;
    return NULL;
}

static const char *read_hosts(const char *s, size_t n, int port, struct redis_url *out)
{
    const char *why = NULL, *end = s + n;

    while (why == NULL) {
        const char *comma = memchr(s, ',', (size_t)(end - s));
        const char *stop = comma ? comma : end;

        if (out->n_places == REDIS_PLACES_MAX)
            return "names more than 16 hosts";
        why = read_host(s, (size_t)(stop - s), port, &out->place[out->n_places++]);
        if (comma == NULL)
            break;
        s = comma + 1;
    }
    return why;
}

static const char *read_db(const char *s, struct redis_url *out)
{
    if (*s != '\0' && !number(s, strlen(s), DB_MAX, &out->db))
        return bad_db;
    return NULL;
}

static const char *read_tcp(const char *s, size_t n, struct redis_url *out)
{
    const char *why = read_hosts(s, n, 6379, out);

    if (why == NULL && out->n_places > 1)
        why = "names several hosts (that is sentinel:// or cluster://)";
    return why == NULL && s[n] == '/' ? read_db(s + n + 1, out) : why;
}

static const char *read_sentinel(const char *s, size_t n, struct redis_url *out)
{
    const char *why = read_hosts(s, n, 26379, out);
    const char *name = s[n] == '/' ? s + n + 1 : "";
    size_t name_n = strcspn(name, "/");

    if (why != NULL)
        return why;
    if (name_n == 0)
        return "lacks the name of the master (sentinel://host:26379/name)";
    if (!copy(out->name, sizeof out->name, name, name_n) ||
        !only(out->name, ALNUM ".-_"))
        return "has a name of the master that is not of A-Z a-z 0-9 . - _";
    return name[name_n] == '/' ? read_db(name + name_n + 1, out) : NULL;
}

static const char *read_cluster(const char *s, size_t n, struct redis_url *out)
{
    const char *why = read_hosts(s, n, 6379, out);

    if (why == NULL && s[n] == '/' && strcmp(s + n, "/") != 0 &&
        strcmp(s + n, "/0") != 0)
        why = "has a database number, and a Cluster knows only 0";
    return why;
}

static const struct {
    const char *scheme;
    enum redis_kind kind;
    const char *(*read)(const char *s, size_t n, struct redis_url *out);
} forms[] = {
    {"redis://", REDIS_ONE, read_tcp},
    {"sentinel://", REDIS_SENTINEL, read_sentinel},
    {"cluster://", REDIS_CLUSTER, read_cluster},
};

/* Such a text may reach a log. A path may hold blanks. */
static bool is_clean(const char *s, char least)
{
    for (const char *p = s; *p != '\0'; p++)
        if ((unsigned char)*p < (unsigned char)least || *p == 0x7F)
            return false;
    return utf_valid(s, strlen(s));
}

static const char *read_form(const char *text, struct redis_url *out)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t scheme_n = strlen(forms[i].scheme), n;
        const char *s = text + scheme_n, *why;

        if (strncmp(text, forms[i].scheme, scheme_n) != 0)
            continue;
        if (strpbrk(s, "?#") != NULL)
            return "has a ? or # where none may be";
        n = strcspn(s, "/");
        out->kind = forms[i].kind;
        if ((why = read_password(&s, &n, out)) != NULL)
            return why;
        return forms[i].read(s, n, out);
    }
    return bad_form;
}

enum status redis_url_parse(const char *text, struct redis_url *out, const char **why)
{
    memset(out, 0, sizeof *out);
    if (text == NULL)
        *why = bad_form;
    else if (strncmp(text, "unix://", 7) == 0)
        *why = is_clean(text, ' ') ? read_unix(text + 7, out) : bad_bytes;
    else if (!is_clean(text, '!'))
        *why = bad_bytes;
    else
        *why = read_form(text, out);
    return *why == NULL ? ST_OK : ST_BAD;
}
