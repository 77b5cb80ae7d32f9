/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/redis_url.h - where a Redis is, as settings write it:
 *
 *   redis://[:password@]host[:port][/db]           one server
 *   unix:///path/to/socket[?db=N]                  the same, through its socket
 *   sentinel://[:password@]host[:port],…/name[/db] the master these Sentinels name
 *   cluster://[:password@]host[:port],…            a Cluster; any of its nodes
 *
 * A host may stand in brackets ([::1]:6379). Ports by default: 6379, of a Sentinel
 * 26379. The password is Redis'; a Sentinel that wants one is given the same. Plain
 * memory: copy it as you like. */
#ifndef CORE_BASE_REDIS_URL_H
#define CORE_BASE_REDIS_URL_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define REDIS_PLACES_MAX 16
#define REDIS_HOST_MAX 256
#define REDIS_PASSWORD_MAX 512
#define REDIS_NAME_MAX 128
#define REDIS_PLACE_TEXT (REDIS_HOST_MAX + 16)

enum redis_kind { REDIS_ONE, REDIS_SENTINEL, REDIS_CLUSTER };

struct redis_place {
    char host[REDIS_HOST_MAX]; /* or, with port 0, the path of a socket */
    int port;
};

struct redis_url {
    enum redis_kind kind;
    struct redis_place place[REDIS_PLACES_MAX];
    int n_places, db;
    char password[REDIS_PASSWORD_MAX]; /* "": none */
    char name[REDIS_NAME_MAX];         /* of the master, with Sentinel */
};

/* ST_BAD: *why continues the setting's name ("names no host"), shows nothing of the
 * text, and is lent for ever. */
must_check enum status redis_url_parse(const char *text, struct redis_url *out,
                                       const char **why);

/* "host:port" of n bytes, as servers write it in their answers, IPv6 without brackets
 * too. ST_BAD: not that. An empty host stays empty. */
must_check enum status redis_place_parse(const char *s, size_t n,
                                         struct redis_place *out);
bool redis_place_same(const struct redis_place *a, const struct redis_place *b);
void redis_place_text(const struct redis_place *p, char out[REDIS_PLACE_TEXT]);

#endif
