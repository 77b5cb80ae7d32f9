/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_bell.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/redis_dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

/* From here on a tick more or less is nothing. */
#define COARSE_MS 1000
#define TICKS_MS 1000 /* of a Redis with the lowest `hz` */
#define REFUSED_MS 100

/* ---- the second connection ------------------------------------------------------- */

static void twin_close(struct sleeper *s)
{
    wire_close(s->twin);
    s->twin = NULL;
}

void sleeper_close(struct sleeper *s)
{
    twin_close(s);
    *s = (struct sleeper){0};
}

/* Where w leads: a name, a Sentinel or a map might lead elsewhere by now. */
static bool twin_open(struct sleeper *s, const struct wire *w,
                      const struct redis_url *url)
{
    struct redis_place at = url->place[0];
    char why[REDIS_WHY];

    if (s->twin != NULL && wire_still_open(s->twin))
        return true;
    twin_close(s);
    if (url->place[0].port != 0 && !wire_peer(w, &at))
        return false;
    s->twin = wire_open(&at, clock_mono_ms() + REDIS_DEADLINE_MS, why);
    if (s->twin != NULL && !redis_login(s->twin, url))
        twin_close(s);
    return s->twin != NULL;
}

/* Best effort: Redis' own time-out wakes as well, at its next tick. */
static void wake(struct sleeper *s, const struct wire *w, const struct redis_url *url)
{
    struct redis_reply *r;
    char id[24];

    if (s->id == 0 || !twin_open(s, w, url))
        return;
    snprintf(id, sizeof id, "%lld", (long long)s->id);
    r = wire_words(s->twin, "CLIENT", "UNBLOCK", id, NULL);
    if (r == NULL)
        twin_close(s);
    else if (redis_error_text(r) != NULL) {
        log_warn("redis does not let us wake ourselves: delayed jobs come at its ticks",
                 LOG_TEXT("why", redis_error_text(r)));
        s->id = 0;
    }
    redis_free(r);
}

/* ---- the sleep ------------------------------------------------------------------- */

static bool add_sleep(struct wire *w, const struct redis_bell *b)
{
    struct redis_cmd c = {0};
    char seconds[24];
    bool fine;

    snprintf(seconds, sizeof seconds, "%d.%03d", b->ms / 1000, b->ms % 1000);
    redis_arg_text(&c, "BLPOP");
    redis_arg_text(&c, b->key);
    redis_arg_text(&c, seconds);
    fine = !c.failed && wire_append(w, &c);
    redis_cmd_free(&c);
    return fine;
}

static bool add_id(struct wire *w)
{
    struct redis_cmd c = {0};
    bool fine;

    redis_arg_text(&c, "CLIENT");
    redis_arg_text(&c, "ID");
    fine = !c.failed && wire_append(w, &c);
    redis_cmd_free(&c);
    return fine;
}

/* Its number is asked for once a connection. */
static bool send_all(struct sleeper *s, struct wire *w, const struct redis_bell *b,
                     const struct redis_cmd *c)
{
    bool known = s->wire == w && s->connections == redis_connections();
    struct redis_reply *r;

    if (!known) {
        sleeper_close(s);
        if (!add_id(w))
            return false;
    }
    if (!add_sleep(w, b) || !wire_append(w, c) || !wire_send(w))
        return false;
    if (known)
        return true;
    if ((r = wire_take(w)) == NULL)
        return false;
    s->id = redis_error_text(r) == NULL ? redis_int(r) : 0;
    s->wire = w;
    s->connections = redis_connections();
    redis_free(r);
    return true;
}

/* Until there is an answer, the time is over or somebody wants us to stop. */
static void sleep_on(struct sleeper *s, struct wire *w, const struct redis_url *url,
                     const struct redis_bell *b)
{
    struct pollfd p = {.fd = wire_fd(w), .events = POLLIN};
    bool coarse = b->ms >= COARSE_MS;
    int ms = coarse ? b->ms + TICKS_MS : b->ms, n = 0;
    int64_t due = clock_mono_ms() + ms;
    bool stop = b->stop != NULL && b->stop();

    for (int left = ms; left > 0 && !stop; left = (int)(due - clock_mono_ms())) {
        n = poll(&p, 1, left);
        stop = b->stop != NULL && b->stop();
        if (n >= 0 || errno != EINTR)
            break;
    }
    if (n <= 0 && (stop || !coarse))
        wake(s, w, url);
}

/* Where there is no sleep (a slot on its way, say), we must not spin. */
static void hear_bell(struct redis_reply *r)
{
    if (redis_reply_status(r, "BLPOP") != ST_OK)
        (void)poll(NULL, 0, REFUSED_MS);
    redis_free(r);
}

struct redis_reply *sleeper_ask(struct sleeper *s, struct wire *w,
                                const struct redis_url *url, const struct redis_bell *b,
                                const struct redis_cmd *c)
{
    struct redis_reply *rung = NULL;

    if (!send_all(s, w, b, c))
        return NULL;
    /* Who had rung before may have been heard together with the number. */
    if (wire_next(w, &rung) == ST_NONE) {
        sleep_on(s, w, url, b);
        rung = wire_take(w);
    }
    if (rung == NULL)
        return NULL;
    hear_bell(rung);
    return wire_take(w);
}
