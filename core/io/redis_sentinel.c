/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_sentinel.h"

#include "core/base/clock.h"
#include "core/io/redis_dial.h"

#include <stdio.h>
#include <string.h>

#define SENTINEL_MS 300 /* to answer: they are near, and there are others */
#define MASTER_MS 1000

static int64_t earlier(int64_t due_ms, int ms)
{
    int64_t soon = clock_mono_ms() + ms;

    return soon < due_ms ? soon : due_ms;
}

static struct redis_reply *ask(struct wire *w, const struct redis_url *url)
{
    return wire_words(w, "SENTINEL", "get-master-addr-by-name", url->name, NULL);
}

/* Most Sentinels have no password, and refuse one that they are given. */
static struct redis_reply *ask_with_password(struct wire *w,
                                             const struct redis_url *url)
{
    struct redis_reply *r = ask(w, url);
    const char *error = redis_error_text(r);

    if (error == NULL || strncmp(error, "NOAUTH", 6) != 0 || !redis_login(w, url))
        return r;
    redis_free(r);
    return ask(w, url);
}

/* NULL: told. Else what was wrong with the answer. */
static const char *answer_read(const struct redis_reply *r, struct redis_place *out)
{
    const char *host = redis_text(redis_item(r, 0), NULL);
    int64_t port = redis_int(redis_item(r, 1));

    if (redis_error_text(r) != NULL)
        return redis_error_text(r);
    if (redis_is_nil(r))
        return "the Sentinel knows no master of this name";
    if (host == NULL || strlen(host) >= sizeof out->host || port < 1 || port > 65535)
        return "the Sentinel answered something else";
    snprintf(out->host, sizeof out->host, "%s", host);
    out->port = (int)port;
    return NULL;
}

static bool master_told(const struct redis_url *url, const struct redis_place *sentinel,
                        int64_t due_ms, struct redis_place *out, char why[REDIS_WHY])
{
    struct wire *w = wire_open(sentinel, earlier(due_ms, SENTINEL_MS), why);
    struct redis_reply *r;
    const char *fault;

    if (w == NULL)
        return false;
    r = ask_with_password(w, url);
    fault = r ? answer_read(r, out) : wire_fault(w);
    if (fault != NULL)
        redis_why(why, sentinel, fault);
    redis_free(r);
    wire_close(w);
    return fault == NULL;
}

/* ROLE is part of the greeting: an old master that came back as somebody's replica, or
 * a Sentinel that missed a failover, is found out before anything is written. */
static struct wire *master_open(const struct redis_url *url,
                                const struct redis_place *at, int64_t due_ms,
                                char why[REDIS_WHY])
{
    struct wire *w = wire_open(at, earlier(due_ms, MASTER_MS), why);

    if (w == NULL || redis_greet(w, url, at, why))
        return w;
    wire_close(w);
    return NULL;
}

static void first_next_time(struct redis_url *url, int i)
{
    struct redis_place knew = url->place[i];

    memmove(url->place + 1, url->place, (size_t)i * sizeof *url->place);
    url->place[0] = knew;
}

static bool tried(const struct redis_place *list, int n, const struct redis_place *at)
{
    for (int i = 0; i < n; i++)
        if (redis_place_same(&list[i], at))
            return true;
    return false;
}

struct wire *sentinel_reach(struct redis_url *url, int64_t due_ms,
                            struct redis_place *at, char why[REDIS_WHY])
{
    struct redis_place in_vain[REDIS_PLACES_MAX];
    struct wire *w;
    int n = 0;

    for (int i = 0; i < url->n_places && clock_mono_ms() < due_ms; i++) {
        if (!master_told(url, &url->place[i], due_ms, at, why) || tried(in_vain, n, at))
            continue;
        if ((w = master_open(url, at, due_ms, why)) != NULL) {
            first_next_time(url, i);
            return w;
        }
        in_vain[n++] = *at;
    }
    return NULL;
}
