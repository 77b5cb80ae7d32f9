/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct task {
    struct task *next;
    crew_work *work;
    crew_done *done;
    void *arg;
    enum status st;
};

struct tasks {
    struct task *first, **end;
};

struct hand {
    struct crew *crew;
    pthread_t thread;
    int number;
};

struct crew {
    struct loop *loop;
    int bell; /* eventfd: something is finished */
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct tasks waiting, finished;
    bool leaving;
    int n;
    struct hand hands[];
};

static void tasks_add(struct tasks *l, struct task *t)
{
    t->next = NULL;
    *l->end = t;
    l->end = &t->next;
}

static struct task *tasks_take(struct tasks *l)
{
    struct task *t = l->first;

    if (t) {
        l->first = t->next;
        if (!l->first)
            l->end = &l->first;
    }
    return t;
}

static struct task *task_wait(struct crew *c)
{
    struct task *t = NULL;

    pthread_mutex_lock(&c->lock);
    while (!c->leaving && !(t = tasks_take(&c->waiting)))
        pthread_cond_wait(&c->more, &c->lock);
    pthread_mutex_unlock(&c->lock);
    return t;
}

static void task_finish(struct crew *c, struct task *t)
{
    uint64_t one = 1;

    pthread_mutex_lock(&c->lock);
    tasks_add(&c->finished, t);
    pthread_mutex_unlock(&c->lock);
    /* Full (2^64 - 2 rings unheard) cannot be; the loop empties it. */
    if (write(c->bell, &one, sizeof(one)) != (ssize_t)sizeof(one))
        abort();
}

static void *hand_run(void *arg)
{
    struct hand *h = arg;
    struct task *t;

    while ((t = task_wait(h->crew)) != NULL) {
        t->st = t->work(t->arg, h->number);
        task_finish(h->crew, t);
    }
    return NULL;
}

static struct task *finished_take(struct crew *c)
{
    struct task *t;

    pthread_mutex_lock(&c->lock);
    t = tasks_take(&c->finished);
    pthread_mutex_unlock(&c->lock);
    return t;
}

static void on_bell(void *arg, int fd, unsigned events)
{
    struct crew *c = arg;
    struct task *t;
    uint64_t rings;

    (void)events;
    if (read(fd, &rings, sizeof(rings)) != (ssize_t)sizeof(rings))
        return;
    while ((t = finished_take(c)) != NULL) {
        t->done(t->arg, t->st);
        free(t);
    }
}

/* Threads take the mask of whoever starts them: signals are read by the loop alone. */
static bool hands_start(struct crew *c, int n)
{
    sigset_t all, before;
    bool fine = true;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (fine && c->n < n) {
        struct hand *h = &c->hands[c->n];
        *h = (struct hand){.crew = c, .number = c->n};
        fine = pthread_create(&h->thread, NULL, hand_run, h) == 0;
        c->n += fine;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fine;
}

struct crew *crew_open(struct loop *loop, int hands)
{
    struct crew *c = calloc(1, sizeof(*c) + (size_t)hands * sizeof(c->hands[0]));

    if (!c)
        return NULL;
    c->loop = loop;
    c->waiting.end = &c->waiting.first;
    c->finished.end = &c->finished.first;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->more, NULL);
    c->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->bell >= 0 && loop_watch(loop, c->bell, LOOP_READ, on_bell, c) == ST_OK &&
        hands_start(c, hands))
        return c;
    crew_close(c);
    return NULL;
}

void crew_close(struct crew *c)
{
    struct task *t;

    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->leaving = true;
    pthread_cond_broadcast(&c->more);
    pthread_mutex_unlock(&c->lock);
    for (int i = 0; i < c->n; i++)
        pthread_join(c->hands[i].thread, NULL);
    while ((t = tasks_take(&c->waiting)) || (t = tasks_take(&c->finished)))
        free(t);
    if (c->bell >= 0) {
        loop_forget(c->loop, c->bell);
        close(c->bell);
    }
    pthread_cond_destroy(&c->more);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

enum status crew_do(struct crew *c, crew_work *work, crew_done *done, void *arg)
{
    struct task *t = malloc(sizeof(*t));

    if (!t)
        return ST_BROKEN;
    *t = (struct task){.work = work, .done = done, .arg = arg};
    pthread_mutex_lock(&c->lock);
    tasks_add(&c->waiting, t);
    pthread_cond_signal(&c->more);
    pthread_mutex_unlock(&c->lock);
    return ST_OK;
}
