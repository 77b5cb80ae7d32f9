/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_sentinel.h"

#include "core/base/clock.h"
#include "core/io/redis_dial.h"

#include <stdio.h>
#include <string.h>

#define SENTINEL_MS 300 /* to answer: they are near, and there are others */
#define OTHERS_MS 100
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

/* Which failover it has heard of last; -1: it does not say. */
static int64_t epoch_told(struct wire *w, const struct redis_url *url)
{
    struct redis_reply *r = wire_words(w, "SENTINEL", "MASTER", url->name, NULL);
    int64_t epoch = -1;

    for (size_t i = 0; r != NULL && i + 1 < redis_count(r); i += 2) {
        const char *name = redis_text(redis_item(r, i), NULL);

        if (name != NULL && strcmp(name, "config-epoch") == 0)
            epoch = redis_int(redis_item(r, i + 1));
    }
    redis_free(r);
    return epoch;
}

struct told {
    struct redis_place master;
    int64_t epoch;
    int by; /* which Sentinel, of the URL's */
};

static bool master_told(const struct redis_url *url, int i, int64_t due_ms,
                        struct told *out, char why[REDIS_WHY])
{
    const struct redis_place *sentinel = &url->place[i];
    struct wire *w = wire_open(sentinel, due_ms, why);
    struct redis_reply *r;
    const char *fault;

    if (w == NULL)
        return false;
    r = ask_with_password(w, url);
    fault = r ? answer_read(r, &out->master) : wire_fault(w);
    if (fault != NULL)
        redis_why(why, sentinel, fault);
    else
        out->epoch = epoch_told(w, url);
    out->by = i;
    redis_free(r);
    wire_close(w);
    return fault == NULL;
}

/* All of them, the newest news first: a master that was killed and is up again takes
 * itself for one, and a Sentinel that was not told of the failover yet agrees. Once
 * somebody has answered the others have less time. */
static int all_told(const struct redis_url *url, int64_t due_ms, struct told *list,
                    char why[REDIS_WHY])
{
    int n = 0;

    for (int i = 0; i < url->n_places && clock_mono_ms() < due_ms; i++) {
        int64_t due = earlier(due_ms, n == 0 ? SENTINEL_MS : OTHERS_MS);
        struct told t;
        int at = n;

        if (!master_told(url, i, due, &t, why))
            continue;
        for (; at > 0 && list[at - 1].epoch < t.epoch; at--)
            list[at] = list[at - 1];
        list[at] = t;
        n++;
    }
    return n;
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

static bool tried(const struct told *list, int n)
{
    for (int i = 0; i < n; i++)
        if (redis_place_same(&list[i].master, &list[n].master))
            return true;
    return false;
}

struct wire *sentinel_reach(struct redis_url *url, int64_t due_ms,
                            struct redis_place *at, char why[REDIS_WHY])
{
    struct told list[REDIS_PLACES_MAX];
    int n = all_told(url, due_ms, list, why);
    struct wire *w;

    for (int i = 0; i < n && clock_mono_ms() < due_ms; i++) {
        if (tried(list, i))
            continue;
        *at = list[i].master;
        if ((w = master_open(url, at, due_ms, why)) != NULL) {
            first_next_time(url, list[i].by);
            return w;
        }
    }
    return NULL;
}
