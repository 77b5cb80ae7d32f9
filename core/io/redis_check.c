/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Is a Redis fit to hold a queue? */
#include "core/io/redis_wire.h"

#include <string.h>

static enum status config_is(struct redis *r, int master, const char *name,
                             const char *want, bool *same)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_do_at(r, master, &reply, "CONFIG", "GET", name, NULL);
    const char *value;

    if (st != ST_OK)
        return st;
    value = redis_text(redis_item(reply, 1), NULL);
    /* Some hosts forbid CONFIG: nothing to see is taken as fine, and said. */
    *same = value == NULL || strcmp(value, want) == 0;
    redis_free(reply);
    return ST_OK;
}

static enum status check_one(struct redis *r, int master, const char **why,
                             const char **warn)
{
    bool noeviction = false, aof = false, always = false;
    enum status st;

    if ((st = config_is(r, master, "maxmemory-policy", "noeviction", &noeviction)) !=
            ST_OK ||
        (st = config_is(r, master, "appendonly", "yes", &aof)) != ST_OK ||
        (st = config_is(r, master, "appendfsync", "always", &always)) != ST_OK)
        return st;
    if (!noeviction)
        *why = "Redis may evict keys, and jobs with them. Mend it with: "
               "redis-cli CONFIG SET maxmemory-policy noeviction (and the same line in "
               "redis.conf)";
    else if (!aof)
        *why =
            "Redis keeps no append-only file, so accepted updates would die with it. "
            "Mend it with: redis-cli CONFIG SET appendonly yes (and the same line in "
            "redis.conf)";
    if (*why != NULL)
        return ST_REFUSED;
    if (!always)
        *warn = "appendfsync is not always: a power cut may lose the last second of "
                "accepted updates";
    return ST_OK;
}

enum status redis_check(struct redis *r, const char **why, const char **warn)
{
    int n = redis_masters(r);
    enum status st = n > 0 ? ST_OK : ST_DOWN;

    *why = *warn = NULL;
    for (int i = 0; i < n && st == ST_OK; i++)
        st = check_one(r, i, why, warn);
    return st;
}
