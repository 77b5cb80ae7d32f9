/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_dial.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/redis_cluster.h"
#include "core/io/redis_sentinel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define NEWS_MS 2000

static atomic_llong connections;

int64_t redis_connections(void)
{
    return atomic_load(&connections);
}

/* ---- the greeting --------------------------------------------------------------- */

static bool accepted(struct wire *w, struct redis_reply *r, const char **fault)
{
    const char *error = r ? redis_error_text(r) : wire_fault(w);

    *fault = error ? error : "";
    return error == NULL;
}

bool redis_login(struct wire *w, const struct redis_url *url)
{
    struct redis_reply *r;
    const char *fault;
    bool fine;

    if (url->password[0] == '\0')
        return true;
    r = wire_words(w, "AUTH", url->password, NULL);
    fine = accepted(w, r, &fault);
    redis_free(r);
    return fine;
}

static bool select_db(struct wire *w, const struct redis_url *url,
                      const struct redis_place *at, char why[REDIS_WHY])
{
    char db[16];
    struct redis_reply *r;
    const char *fault;
    bool fine;

    snprintf(db, sizeof db, "%d", url->db);
    r = wire_words(w, "SELECT", db, NULL);
    if (!(fine = accepted(w, r, &fault)))
        redis_why(why, at, fault);
    redis_free(r);
    return fine;
}

/* A server that is loading is not there yet; one that is full, or whose disk is, may
 * still be read. */
static bool answers(struct wire *w, const struct redis_place *at, char why[REDIS_WHY])
{
    struct redis_reply *r = wire_words(w, "PING", NULL);
    struct reply_turn turn;
    const char *fault;
    bool fine = accepted(w, r, &fault);

    if (r != NULL && !fine) {
        redis_reply_turn(r, &turn);
        fine = turn.then == THEN_NOTHING && strncmp(fault, "NOAUTH", 6) != 0;
    }
    if (!fine)
        redis_why(why, at, fault);
    redis_free(r);
    return fine;
}

static bool is_master(struct wire *w, const struct redis_place *at, char why[REDIS_WHY])
{
    struct redis_reply *r = wire_words(w, "ROLE", NULL);
    const char *fault, *role;
    bool fine = accepted(w, r, &fault);

    role = redis_text(redis_item(r, 0), NULL);
    if (fine && (role == NULL || strcmp(role, "master") != 0)) {
        fault = "it is no master (any more)";
        fine = false;
    }
    if (!fine)
        redis_why(why, at, fault);
    redis_free(r);
    return fine;
}

bool redis_greet(struct wire *w, const struct redis_url *url,
                 const struct redis_place *at, char why[REDIS_WHY])
{
    if (!redis_login(w, url)) {
        redis_why(why, at, "it refused the password");
        return false;
    }
    atomic_fetch_add(&connections, 1);
    return (url->db == 0 || select_db(w, url, at, why)) && answers(w, at, why) &&
           (url->kind == REDIS_ONE || is_master(w, at, why));
}

/* ---- one server ----------------------------------------------------------------- */

void redis_news(const char *event, const struct redis_place *at)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct redis_place told;
    static int64_t told_ms;
    char place[REDIS_PLACE_TEXT];
    int64_t now = clock_mono_ms();
    bool tell;

    pthread_mutex_lock(&lock);
    tell = !redis_place_same(&told, at) && (told_ms == 0 || now - told_ms >= NEWS_MS);
    if (tell) {
        told = *at;
        told_ms = now;
    }
    pthread_mutex_unlock(&lock);
    redis_place_text(at, place);
    if (tell)
        log_info(event, LOG_TEXT("at", place));
}

struct wire *redis_reach(struct redis_url *url, int64_t due_ms, char why[REDIS_WHY])
{
    struct redis_place at = url->place[0];
    struct wire *w;

    if (url->kind == REDIS_SENTINEL) {
        if ((w = sentinel_reach(url, due_ms, &at, why)) != NULL)
            redis_news("redis has its master here", &at);
        return w;
    }
    w = wire_open(&at, due_ms, why);
    if (w == NULL || redis_greet(w, url, &at, why))
        return w;
    wire_close(w);
    return NULL;
}

/* ---- what is known of the way --------------------------------------------------- */

struct dialer {
    struct redis_url url;
    struct cluster *cluster; /* NULL: it is none */
    struct redis_place at;   /* of a cluster: where it led to last */
};

struct dialer *dialer_new(const char *text)
{
    struct dialer *d = calloc(1, sizeof *d);
    const char *why;

    if (d == NULL)
        return NULL;
    if (redis_url_parse(text, &d->url, &why) != ST_OK)
        log_error("the address of a redis", LOG_TEXT("why", why));
    else if (d->url.kind != REDIS_CLUSTER || (d->cluster = cluster_new(&d->url)))
        return d;
    free(d);
    return NULL;
}

void dialer_free(struct dialer *d)
{
    if (d == NULL)
        return;
    cluster_free(d->cluster);
    free(d);
}

bool dialer_of_cluster(const struct dialer *d)
{
    return d->cluster != NULL;
}

void dialer_moved(struct dialer *d, int slot, const struct redis_place *to)
{
    struct redis_place at = *to;

    if (at.host[0] == '\0')
        memcpy(at.host, d->at.host, sizeof at.host);
    if (d->cluster != NULL)
        cluster_moved(d->cluster, slot, &at);
}

void dialer_doubt(struct dialer *d)
{
    if (d->cluster != NULL)
        cluster_doubt(d->cluster);
}

static struct wire *dialer_reach(struct dialer *d, int slot, int64_t due_ms,
                                 char why[REDIS_WHY])
{
    struct wire *w;

    if (d->cluster == NULL)
        return redis_reach(&d->url, due_ms, why);
    if ((w = cluster_reach(d->cluster, slot, due_ms, why)) != NULL) {
        d->at.host[0] = '\0';
        cluster_place(d->cluster, w, &d->at);
        cluster_take(d->cluster, w);
    }
    return w;
}

/* ---- in a thread ---------------------------------------------------------------- */

struct dial {
    struct dialer *dialer;
    struct wire *wire;
    int slot, fd;
    int64_t due_ms;
    atomic_int holders; /* the thread and the loop; who leaves last frees */
    char why[REDIS_WHY];
};

static void dial_leave(struct dial *j)
{
    if (atomic_fetch_sub(&j->holders, 1) > 1)
        return;
    wire_close(j->wire);
    dialer_free(j->dialer);
    close(j->fd);
    free(j);
}

static void *dial_run(void *arg)
{
    struct dial *j = arg;
    uint64_t one = 1;
    struct wire *w = dialer_reach(j->dialer, j->slot, j->due_ms, j->why);

    if (w != NULL && !wire_unblock(w)) {
        wire_close(w);
        w = NULL;
        snprintf(j->why, sizeof j->why, "its descriptor cannot be made non-blocking");
    }
    j->wire = w;
    /* The only write there is, of 8 bytes: an eventfd always takes it. */
    if (write(j->fd, &one, sizeof one) != (ssize_t)sizeof one)
        log_error("redis: the loop could not be woken");
    dial_leave(j);
    return NULL;
}

/* Signals stay with the loop. */
static bool run_apart(struct dial *j)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t every, was;
    bool runs;

    if (pthread_attr_init(&attr) != 0)
        return false;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &was);
    runs = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0 &&
           pthread_create(&thread, &attr, dial_run, j) == 0;
    pthread_sigmask(SIG_SETMASK, &was, NULL);
    pthread_attr_destroy(&attr);
    return runs;
}

struct dial *dial_new(struct dialer *d, int slot, int deadline_ms)
{
    struct dial *j = calloc(1, sizeof *j);

    if (j == NULL)
        return NULL;
    j->dialer = d;
    j->slot = slot;
    j->due_ms = clock_mono_ms() + deadline_ms;
    atomic_init(&j->holders, 1);
    if ((j->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) >= 0)
        return j;
    free(j);
    return NULL;
}

bool dial_start(struct dial *j)
{
    snprintf(j->why, sizeof j->why, "no thread to connect in");
    atomic_store(&j->holders, 2);
    if (run_apart(j))
        return true;
    atomic_store(&j->holders, 1);
    return false;
}

int dial_fd(const struct dial *j)
{
    return j->fd;
}

/* Once the thread has written to fd, all it made is ours. Without that it never ran. */
struct wire *dial_end(struct dial *j, struct dialer **d, char why[REDIS_WHY])
{
    struct wire *w = j->wire;
    uint64_t one;

    if (read(j->fd, &one, sizeof one) != (ssize_t)sizeof one)
        w = NULL;
    else
        j->wire = NULL;
    snprintf(why, REDIS_WHY, "%s", j->why);
    *d = j->dialer;
    j->dialer = NULL;
    dial_leave(j);
    return w;
}

void dial_abandon(struct dial *j)
{
    dial_leave(j);
}
