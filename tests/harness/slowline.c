/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/slowline.h"

#include "core/base/clock.h"
#include "core/base/secret.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINES_MAX 512
#define PIECE_MAX 65536
#define STEP_MS 50

struct piece {
    struct piece *next;
    int64_t due_ms;
    size_t n, sent;
    char bytes[];
};

/* One direction of one connection. */
struct way {
    int from, to;
    bool drip, over; /* over: the near side said its last */
    struct piece *first, **end;
    int64_t last_due_ms;
};

struct line {
    struct way up, down;
    bool peer; /* a Sentinel's, or a replica's, as its first words told */
};

struct slowline {
    char folder[64], socket[100], server[108];
    int server_port; /* instead of a socket; 0: not */
    int listener;
    pthread_t thread;
    pthread_mutex_t lock; /* of how */
    struct slowness how;
    atomic_bool stop;
    struct line *line[LINES_MAX];
    int n;
};

/* ---- one way -------------------------------------------------------------------- */

static struct slowness how_now(struct slowline *l)
{
    struct slowness how;

    pthread_mutex_lock(&l->lock);
    how = l->how;
    pthread_mutex_unlock(&l->lock);
    return how;
}

static bool says(const struct piece *p, const char *word)
{
    return memmem(p->bytes, p->n, word, strlen(word)) != NULL;
}

static bool is_cut(const struct line *x, enum slowline_cut cut)
{
    return cut == SLOWLINE_ALL || (cut == SLOWLINE_PEERS && x->peer);
}

/* false: nothing more will come. */
static bool way_take(struct slowline *l, struct way *w)
{
    struct slowness how = how_now(l);
    struct piece *p = malloc(sizeof *p + PIECE_MAX);
    ssize_t n = p != NULL ? read(w->from, p->bytes, PIECE_MAX) : -1;

    if (n <= 0) {
        free(p);
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
    *p = (struct piece){.n = (size_t)n, .due_ms = clock_mono_ms() + how.delay_ms};
    if (how.stall_one_in > 0 && secret_random_below((uint64_t)how.stall_one_in) == 0)
        p->due_ms += how.stall_ms;
    if (p->due_ms < w->last_due_ms)
        p->due_ms = w->last_due_ms;
    w->last_due_ms = p->due_ms;
    *w->end = p;
    w->end = &p->next;
    return true;
}

static void piece_drop(struct way *w)
{
    struct piece *p = w->first;

    if ((w->first = p->next) == NULL)
        w->end = &w->first;
    free(p);
}

/* Sends what is due; false: the far side is gone. */
static bool way_give(struct slowline *l, struct way *w)
{
    bool drip = w->drip && how_now(l).drip;
    int64_t now = clock_mono_ms();

    while (w->first != NULL && w->first->due_ms <= now) {
        struct piece *p = w->first;
        size_t left = p->n - p->sent;
        ssize_t n = send(w->to, p->bytes + p->sent, drip ? 1 : left, MSG_NOSIGNAL);

        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        p->sent += (size_t)n;
        if (p->sent == p->n)
            piece_drop(w);
    }
    if (w->over && w->first == NULL)
        shutdown(w->to, SHUT_WR);
    return true;
}

static void way_wait(const struct way *w, int64_t now, int *wait_ms)
{
    if (w->first != NULL && w->first->due_ms - now < *wait_ms)
        *wait_ms = w->first->due_ms > now ? (int)(w->first->due_ms - now) : 1;
}

/* ---- connections ---------------------------------------------------------------- */

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int connect_to(const struct slowline *l)
{
    struct sockaddr_in in = loopback(l->server_port);
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    bool by_port = l->server_port != 0;
    const void *a = by_port ? (const void *)&in : (const void *)&un;
    int fd = socket(by_port ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(un.sun_path, sizeof un.sun_path, "%s", l->server);
    if (fd >= 0 && connect(fd, a, by_port ? sizeof in : sizeof un) == 0)
        return fd;
    close(fd);
    return -1;
}

static void line_close(struct slowline *l, int i)
{
    struct line *x = l->line[i];

    while (x->up.first != NULL)
        piece_drop(&x->up);
    while (x->down.first != NULL)
        piece_drop(&x->down);
    close(x->up.from);
    close(x->down.from);
    free(x);
    l->line[i] = l->line[--l->n];
}

static void line_open(struct slowline *l)
{
    int client = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int server = client >= 0 && l->n < LINES_MAX ? connect_to(l) : -1;
    struct line *x = server >= 0 ? calloc(1, sizeof *x) : NULL;

    if (x == NULL) {
        close(client);
        close(server);
        return;
    }
    fcntl(server, F_SETFL, O_NONBLOCK);
    x->up = (struct way){.from = client, .to = server, .end = &x->up.first};
    x->down =
        (struct way){.from = server, .to = client, .drip = true, .end = &x->down.first};
    l->line[l->n++] = x;
}

static void line_serve(struct slowline *l, int i, short client, short server)
{
    struct line *x = l->line[i];
    enum slowline_cut cut = how_now(l).cut;

    if (is_cut(x, cut))
        return;
    if (client != 0 && !x->up.over)
        x->up.over = !way_take(l, &x->up);
    for (struct piece *p = x->up.first; p != NULL && !x->peer; p = p->next)
        x->peer = says(p, "REPLCONF") || says(p, "sentinel");
    if (is_cut(x, cut))
        return;
    if (server != 0 && !x->down.over)
        x->down.over = !way_take(l, &x->down);
    if (!way_give(l, &x->up) || !way_give(l, &x->down) ||
        (x->down.over && x->down.first == NULL) ||
        (x->up.over && x->up.first == NULL && (client & POLLHUP)))
        line_close(l, i);
}

static int poll_all(struct slowline *l, struct pollfd *f)
{
    int64_t now = clock_mono_ms();
    enum slowline_cut cut = how_now(l).cut;
    int wait_ms = STEP_MS;

    f[0] = (struct pollfd){.fd = l->listener, .events = POLLIN};
    for (int i = 0; i < l->n; i++) {
        struct line *x = l->line[i];

        f[1 + i * 2] = (struct pollfd){x->up.over ? -1 : x->up.from, POLLIN, 0};
        f[2 + i * 2] = (struct pollfd){x->down.over ? -1 : x->down.from, POLLIN, 0};
        if (is_cut(x, cut)) {
            f[1 + i * 2].fd = f[2 + i * 2].fd = -1;
            continue;
        }
        way_wait(&x->up, now, &wait_ms);
        way_wait(&x->down, now, &wait_ms);
    }
    return poll(f, (nfds_t)(1 + l->n * 2), wait_ms);
}

static void *run(void *arg)
{
    struct slowline *l = arg;
    struct pollfd f[1 + LINES_MAX * 2];

    while (!atomic_load(&l->stop)) {
        if (poll_all(l, f) < 0)
            continue;
        for (int i = l->n - 1; i >= 0; i--) /* backwards: closing moves the last here */
            line_serve(l, i, f[1 + i * 2].revents, f[2 + i * 2].revents);
        if (f[0].revents != 0)
            line_open(l);
    }
    return NULL;
}

/* ---- outside -------------------------------------------------------------------- */

static struct slowline *begin(int family, const struct sockaddr *a, socklen_t n)
{
    struct slowline *l = calloc(1, sizeof *l);
    int on = 1;

    if (l == NULL)
        abort();
    l->listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(l->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    pthread_mutex_init(&l->lock, NULL);
    if (bind(l->listener, a, n) != 0 || listen(l->listener, 64) != 0)
        abort();
    return l;
}

static struct slowline *serve(struct slowline *l)
{
    if (pthread_create(&l->thread, NULL, run, l) != 0)
        abort();
    return l;
}

struct slowline *slowline_new(const char *server_socket)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char folder[64] = "/tmp/dvorik-slow.XXXXXX";
    struct slowline *l;

    if (mkdtemp(folder) == NULL)
        abort();
    snprintf(a.sun_path, sizeof a.sun_path, "%s/s", folder);
    l = begin(AF_UNIX, (struct sockaddr *)&a, sizeof a);
    snprintf(l->folder, sizeof l->folder, "%s", folder);
    snprintf(l->socket, sizeof l->socket, "%s/s", folder);
    snprintf(l->server, sizeof l->server, "%s", server_socket);
    return serve(l);
}

struct slowline *slowline_new_port(int port, int server_port)
{
    struct sockaddr_in a = loopback(port);
    struct slowline *l = begin(AF_INET, (struct sockaddr *)&a, sizeof a);

    l->server_port = server_port;
    return serve(l);
}

const char *slowline_socket(const struct slowline *l)
{
    return l->socket;
}

void slowline_set(struct slowline *l, const struct slowness *how)
{
    pthread_mutex_lock(&l->lock);
    l->how = *how;
    pthread_mutex_unlock(&l->lock);
}

void slowline_free(struct slowline *l)
{
    if (l == NULL)
        return;
    atomic_store(&l->stop, true);
    pthread_join(l->thread, NULL);
    while (l->n > 0)
        line_close(l, 0);
    close(l->listener);
    if (l->folder[0] != '\0') {
        unlink(l->socket);
        rmdir(l->folder);
    }
    pthread_mutex_destroy(&l->lock);
    free(l);
}
