/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_resolve.h"

#include "core/base/clock.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The system's resolver knows no deadline; what it still works on when ours has passed
 * stays here until it is over. */
struct lookup {
    struct lookup *next;
    struct gaicb cb;
    struct addrinfo hints;
    char host[256];
};

static struct lookup *given_up;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void lookup_free(struct lookup *l)
{
    if (l->cb.ar_result != NULL)
        freeaddrinfo(l->cb.ar_result);
    free(l);
}

static void sweep(void)
{
    struct lookup **at = &given_up;

    pthread_mutex_lock(&lock);
    while (*at != NULL) {
        struct lookup *l = *at;

        if (gai_error(&l->cb) == EAI_INPROGRESS) {
            at = &l->next;
            continue;
        }
        *at = l->next;
        lookup_free(l);
    }
    pthread_mutex_unlock(&lock);
}

static void give_up(struct lookup *l)
{
    if (gai_cancel(&l->cb) != EAI_NOTCANCELED) {
        lookup_free(l);
        return;
    }
    pthread_mutex_lock(&lock);
    l->next = given_up;
    given_up = l;
    pthread_mutex_unlock(&lock);
}

static struct lookup *lookup_begin(const char *host)
{
    struct lookup *l = calloc(1, sizeof *l);
    struct gaicb *list[1];

    if (l == NULL)
        return NULL;
    snprintf(l->host, sizeof l->host, "%s", host);
    l->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM};
    l->cb = (struct gaicb){.ar_name = l->host, .ar_request = &l->hints};
    list[0] = &l->cb;
    if (getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) == 0)
        return l;
    free(l);
    return NULL;
}

/* true: it has ended, well or not. A signal that wakes us is no answer. */
static bool lookup_wait(const struct lookup *l, int64_t due_ms)
{
    const struct gaicb *const list[] = {&l->cb};

    while (gai_error((struct gaicb *)(uintptr_t)&l->cb) == EAI_INPROGRESS) {
        int64_t left = due_ms - clock_mono_ms();
        struct timespec wait = {.tv_sec = left / 1000,
                                .tv_nsec = left % 1000 * 1000000};

        if (left <= 0)
            return false;
        (void)gai_suspend(list, 1, &wait);
    }
    return true;
}

static int addresses(const struct addrinfo *a, char out[RESOLVE_MAX][RESOLVE_TEXT])
{
    int n = 0;

    for (; a != NULL && n < RESOLVE_MAX; a = a->ai_next)
        if (getnameinfo(a->ai_addr, a->ai_addrlen, out[n], RESOLVE_TEXT, NULL, 0,
                        NI_NUMERICHOST) == 0)
            n++;
    return n;
}

static bool is_address(const char *host)
{
    unsigned char room[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, room) == 1 || inet_pton(AF_INET6, host, room) == 1;
}

int redis_resolve(const char *host, int64_t due_ms, char out[RESOLVE_MAX][RESOLVE_TEXT],
                  const char **why)
{
    struct lookup *l;
    int n = 0;

    if (is_address(host)) {
        snprintf(out[0], RESOLVE_TEXT, "%s", host);
        return 1;
    }
    sweep();
    *why = "its name could not be looked up in time";
    if (clock_mono_ms() >= due_ms)
        return 0;
    if ((l = lookup_begin(host)) == NULL) {
        *why = "no memory to look its name up";
        return 0;
    }
    if (!lookup_wait(l, due_ms)) {
        give_up(l);
        return 0;
    }
    if (gai_error(&l->cb) == 0)
        n = addresses(l->cb.ar_result, out);
    if (n == 0)
        *why = "its name has no address";
    lookup_free(l);
    return n;
}
