/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_url.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool number(const char *s, int max, int *out)
{
    char *end;
    long v;

    if (*s < '0' || *s > '9')
        return false;
    v = strtol(s, &end, 10);
    *out = (int)v;
    return *end == '\0' && v >= 0 && v <= max;
}

static enum status parse_unix(char *s, struct redis_url *out)
{
    char *query = strchr(s, '?');

    if (query != NULL) {
        *query++ = '\0';
        if (strncmp(query, "db=", 3) != 0 || !number(query + 3, 65535, &out->db))
            return ST_BAD;
    }
    out->path = strdup(s);
    return out->path != NULL && s[0] == '/' ? ST_OK : ST_BAD;
}

/* s: what is behind redis:// */
static enum status parse_tcp(char *s, struct redis_url *out)
{
    char *slash = strchr(s, '/'), *at = strrchr(s, '@'), *port;

    if (slash != NULL)
        *slash++ = '\0';
    if (slash != NULL && *slash != '\0' && !number(slash, 65535, &out->db))
        return ST_BAD;
    if (at != NULL) {
        char *colon = strchr(s, ':');

        *at++ = '\0';
        out->password = strdup(colon != NULL && colon < at ? colon + 1 : s);
        if (out->password == NULL)
            return ST_BAD;
        s = at;
    }
    out->port = 6379;
    port = *s == '[' ? strstr(s, "]:") : strrchr(s, ':');
    if (*s == '[' && port != NULL)
        port++;
    if (port != NULL) {
        *port++ = '\0';
        if (!number(port, 65535, &out->port) || out->port == 0)
            return ST_BAD;
    }
    if (*s == '[') {
        s++;
        s[strcspn(s, "]")] = '\0';
    }
    out->host = strdup(s);
    return out->host != NULL && *s != '\0' ? ST_OK : ST_BAD;
}

enum status redis_url_parse(const char *text, struct redis_url *out)
{
    char *copy = text != NULL ? strdup(text) : NULL;
    enum status st = ST_BAD;

    *out = (struct redis_url){0};
    if (copy != NULL && strncmp(copy, "unix://", 7) == 0)
        st = parse_unix(copy + 7, out);
    else if (copy != NULL && strncmp(copy, "redis://", 8) == 0)
        st = parse_tcp(copy + 8, out);
    free(copy);
    if (st != ST_OK)
        redis_url_free(out);
    return st;
}

void redis_url_free(struct redis_url *url)
{
    free(url->host);
    free(url->path);
    free(url->password);
    *url = (struct redis_url){0};
}
