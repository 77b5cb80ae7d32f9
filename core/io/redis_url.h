/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_url.h - where a Redis is:
 *   redis://[:password@]host[:port][/db]    unix:///path/to/socket[?db=N] */
#ifndef CORE_IO_REDIS_URL_H
#define CORE_IO_REDIS_URL_H

#include "core/base/status.h"

struct redis_url {
    char *host, *path, *password; /* path or host; password may be NULL */
    int port, db;
};

/* ST_BAD: not such a URL. The texts are the url's own: redis_url_free. */
must_check enum status redis_url_parse(const char *text, struct redis_url *out);
void redis_url_free(struct redis_url *url);

#endif
