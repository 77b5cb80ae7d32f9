/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/loop.h"

#include "core/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EVENTS_A_TURN 256

struct hook {
    loop_call *fn;
    void *arg;
};

/* `round` grows with every new watch of a descriptor number, so that an event of a
 * descriptor that was closed and opened again within one turn is not taken for news. */
struct watched {
    loop_ready *fn;
    void *arg;
    unsigned events;
    uint32_t round;
};

struct loop {
    int epoll_fd, signal_fd;
    bool stop;
    int64_t now, mono_ms;
    struct watched *by_fd;
    int n_fd;
    struct loop_timer timers, firing; /* rings; timers is in order of due_ms */
    struct hook hooks[LOOP_HOOKS_MAX];
    int n_hooks;
    sigset_t signals;
    struct hook on_signal[NSIG];
};

static void clock_read(struct loop *loop)
{
    loop->now = clock_now();
    loop->mono_ms = clock_mono_ms();
}

struct loop *loop_new(void)
{
    struct loop *loop = calloc(1, sizeof(*loop));
    if (!loop)
        return NULL;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0) {
        free(loop);
        return NULL;
    }
    loop->signal_fd = -1;
    sigemptyset(&loop->signals);
    loop->timers.next = loop->timers.prev = &loop->timers;
    loop->firing.next = loop->firing.prev = &loop->firing;
    clock_read(loop);
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    while (loop->timers.next != &loop->timers)
        loop_cancel(loop->timers.next);
    if (loop->signal_fd >= 0)
        close(loop->signal_fd);
    close(loop->epoll_fd);
    free(loop->by_fd);
    free(loop);
}

/* ---- descriptors ---------------------------------------------------------------- */

static bool fd_room(struct loop *loop, int fd)
{
    int n = loop->n_fd ? loop->n_fd : 64;
    struct watched *grown;

    if (fd < loop->n_fd)
        return true;
    while (n <= fd)
        n *= 2;
    grown = realloc(loop->by_fd, (size_t)n * sizeof(*grown));
    if (!grown)
        return false;
    memset(grown + loop->n_fd, 0, (size_t)(n - loop->n_fd) * sizeof(*grown));
    loop->by_fd = grown;
    loop->n_fd = n;
    return true;
}

/* The kernel forgets a closed descriptor by itself and we do not: hence both ways. */
static int epoll_set(struct loop *loop, int fd, struct epoll_event *ev, bool known)
{
    if (epoll_ctl(loop->epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, ev) == 0)
        return 0;
    if (known && errno == ENOENT)
        return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, ev);
    if (!known && errno == EEXIST)
        return epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, ev);
    return -1;
}

enum status loop_watch(struct loop *loop, int fd, unsigned events, loop_ready *fn,
                       void *arg)
{
    struct epoll_event ev = {0};
    struct watched *w;
    bool known;

    if (fd < 0 || !fn || !fd_room(loop, fd))
        return ST_BROKEN;
    w = &loop->by_fd[fd];
    known = w->fn != NULL;
    if (!known)
        w->round++;
    ev.events =
        (events & LOOP_READ ? EPOLLIN : 0) | (events & LOOP_WRITE ? EPOLLOUT : 0);
    ev.data.u64 = (uint64_t)w->round << 32 | (uint32_t)fd;
    if (epoll_set(loop, fd, &ev, known) != 0)
        return ST_BROKEN;
    w->fn = fn;
    w->arg = arg;
    w->events = events;
    return ST_OK;
}

void loop_forget(struct loop *loop, int fd)
{
    if (fd < 0 || fd >= loop->n_fd || !loop->by_fd[fd].fn)
        return;
    loop->by_fd[fd].fn = NULL;
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* A hang-up is told as what was waited for: reading or writing then says what it is. */
static void event_tell(struct loop *loop, const struct epoll_event *ev)
{
    int fd = (int)(uint32_t)ev->data.u64;
    struct watched w;
    unsigned events;

    if (fd >= loop->n_fd)
        return;
    w = loop->by_fd[fd];
    if (!w.fn || w.round != (uint32_t)(ev->data.u64 >> 32))
        return;
    events = (ev->events & EPOLLIN ? LOOP_READ : 0) |
             (ev->events & EPOLLOUT ? LOOP_WRITE : 0);
    if (ev->events & (EPOLLERR | EPOLLHUP))
        events |= w.events ? w.events : LOOP_READ | LOOP_WRITE;
    w.fn(w.arg, fd, events);
}

/* ---- timers --------------------------------------------------------------------- */

static void timer_unlink(struct loop_timer *t)
{
    t->prev->next = t->next;
    t->next->prev = t->prev;
    t->next = t->prev = NULL;
}

static void timer_link(struct loop_timer *after, struct loop_timer *t)
{
    t->prev = after;
    t->next = after->next;
    after->next->prev = t;
    after->next = t;
}

/* Searches from the nearer end: timers of one length arrive in order, short ones among
 * long ones belong to the front, so neither walks far. */
static struct loop_timer *timer_place(struct loop *loop, int64_t due)
{
    struct loop_timer *ring = &loop->timers, *p = ring->prev;
    int64_t first = ring->next->due_ms, last = ring->prev->due_ms;

    if (p == ring || due - first > last - due) {
        while (p != ring && p->due_ms > due)
            p = p->prev;
        return p;
    }
    for (p = ring; p->next != ring && p->next->due_ms <= due;)
        p = p->next;
    return p;
}

void loop_after(struct loop *loop, struct loop_timer *t, int64_t ms, loop_call *fn,
                void *arg)
{
    loop_cancel(t);
    t->due_ms = clock_mono_ms() + (ms > 0 ? ms : 0);
    t->fn = fn;
    t->arg = arg;
    t->loop = loop;
    timer_link(timer_place(loop, t->due_ms), t);
}

void loop_cancel(struct loop_timer *t)
{
    if (!t->loop)
        return;
    timer_unlink(t);
    t->loop = NULL;
}

/* What is due moves to a ring of its own first: a callback may cancel any of them, and
 * one that is set again at once waits for the next turn. */
static void timers_fire(struct loop *loop)
{
    struct loop_timer *t;

    while ((t = loop->timers.next) != &loop->timers && t->due_ms <= loop->mono_ms) {
        timer_unlink(t);
        timer_link(loop->firing.prev, t);
    }
    while ((t = loop->firing.next) != &loop->firing) {
        timer_unlink(t);
        t->loop = NULL;
        t->fn(t->arg);
    }
}

static int timers_wait(const struct loop *loop)
{
    const struct loop_timer *t = loop->timers.next;
    int64_t ms;

    if (t == &loop->timers)
        return -1;
    ms = t->due_ms - clock_mono_ms();
    return ms <= 0 ? 0 : ms > 60000 ? 60000 : (int)ms;
}

/* ---- signals, hooks ------------------------------------------------------------- */

static void signals_read(void *arg, int fd, unsigned events)
{
    struct loop *loop = arg;
    struct signalfd_siginfo si;

    (void)events;
    while (read(fd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
        struct hook h = {0};
        if (si.ssi_signo < NSIG)
            h = loop->on_signal[si.ssi_signo];
        if (h.fn)
            h.fn(h.arg);
    }
}

enum status loop_on_signal(struct loop *loop, int signo, loop_call *fn, void *arg)
{
    int fd;

    if (signo <= 0 || signo >= NSIG)
        return ST_BROKEN;
    sigaddset(&loop->signals, signo);
    if (sigprocmask(SIG_BLOCK, &loop->signals, NULL) != 0)
        return ST_BROKEN;
    fd = signalfd(loop->signal_fd, &loop->signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return ST_BROKEN;
    loop->signal_fd = fd;
    loop->on_signal[signo] = (struct hook){fn, arg};
    return loop_watch(loop, fd, LOOP_READ, signals_read, loop);
}

enum status loop_each_turn(struct loop *loop, loop_call *fn, void *arg)
{
    if (loop->n_hooks == LOOP_HOOKS_MAX)
        return ST_BROKEN;
    loop->hooks[loop->n_hooks++] = (struct hook){fn, arg};
    return ST_OK;
}

/* ---- the loop ------------------------------------------------------------------- */

static void turn(struct loop *loop)
{
    struct epoll_event ev[EVENTS_A_TURN];
    int n = epoll_wait(loop->epoll_fd, ev, EVENTS_A_TURN, timers_wait(loop));

    clock_read(loop);
    for (int i = 0; i < n; i++)
        event_tell(loop, &ev[i]);
    timers_fire(loop);
    for (int i = 0; i < loop->n_hooks; i++)
        loop->hooks[i].fn(loop->hooks[i].arg);
}

void loop_run(struct loop *loop)
{
    while (!loop->stop)
        turn(loop);
    loop->stop = false;
}

void loop_stop(struct loop *loop)
{
    loop->stop = true;
}

int64_t loop_now(const struct loop *loop)
{
    return loop->now;
}

int64_t loop_mono_ms(const struct loop *loop)
{
    return loop->mono_ms;
}
