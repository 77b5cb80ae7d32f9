/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/loop.h - one epoll loop a process: descriptors, timers, signals, and a
 * hook at the end of each turn for whoever gathers work during it (the Redis pipeline).
 *
 * Single-threaded. Callbacks may watch, forget and stop freely, also themselves. */
#ifndef CORE_IO_LOOP_H
#define CORE_IO_LOOP_H

#include "core/base/status.h"

#include <stdint.h>

#define LOOP_READ 1u
#define LOOP_WRITE 2u

struct loop;

typedef void loop_ready(void *arg, int fd, unsigned events);
typedef void loop_call(void *arg);

struct loop *loop_new(void); /* NULL: no memory or no descriptor. Yours. */
void loop_free(struct loop *loop);

/* Watches fd for events, or changes what it is watched for (and fn, arg).
 * Level-triggered. The fd stays the caller's; forget it before closing it. */
must_check enum status loop_watch(struct loop *loop, int fd, unsigned events,
                                  loop_ready *fn, void *arg);
void loop_forget(struct loop *loop, int fd);

/* A one-shot timer, memory of the caller, zeroed before first use. Setting it again
 * moves it; its callback may set it again. */
struct loop_timer {
    int64_t due_ms; /* clock_mono_ms */
    loop_call *fn;
    void *arg;
    struct loop_timer *next, *prev;
    struct loop *loop;
};
void loop_after(struct loop *loop, struct loop_timer *t, int64_t ms, loop_call *fn,
                void *arg);
void loop_cancel(struct loop_timer *t);

/* Called after the events of each turn, in the order of registration: one for each shard
 * of the queue, and a handful. */
#define LOOP_HOOKS_MAX 48
must_check enum status loop_each_turn(struct loop *loop, loop_call *fn, void *arg);

/* The signal is blocked and read from a signalfd. */
must_check enum status loop_on_signal(struct loop *loop, int signo, loop_call *fn,
                                      void *arg);

void loop_run(struct loop *loop); /* until loop_stop */
void loop_stop(struct loop *loop);

/* What the last turn's clock said: read once a turn. */
int64_t loop_now(const struct loop *loop);     /* microseconds, wall */
int64_t loop_mono_ms(const struct loop *loop); /* milliseconds, monotonic */

#endif
