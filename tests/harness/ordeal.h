/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/ordeal.h - what a fault test stands on: the counting oracle, a Redis
 * (and, when asked for, a database) of its own to be killed, several workers and a
 * scheduler. */
#ifndef TESTS_HARNESS_ORDEAL_H
#define TESTS_HARNESS_ORDEAL_H

#include "tests/harness/dose.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/server.h"

#define ORDEAL_WORKERS 8
#define ORDEAL_DRAIN_MS 60000
#define ORDEAL_LOGIC ((struct queue_at){POOL_LOGIC, 0})

struct ordeal {
    struct oracle oracle;
    struct server *redis, *mysql; /* mysql NULL: the one all tests share */
    struct program *worker[ORDEAL_WORKERS], *scheduler, *bots;
    char url[160];
    char found[300]; /* the last thing that was wrong with the queue */
    bool forgetful;  /* Redis lost something: its own books need not balance */
};

#define ORDEAL_MYSQL 1 /* a database of its own */
void ordeal_open(struct ordeal *d, int own);
/* Its own database, or without one its Redis, lives under that folder. */
void ordeal_open_under(struct ordeal *d, int own, const char *dir);

/* Every program ends with status 0, or the test fails. */
void ordeal_close(struct ordeal *d);

/* The one of a test program; set up and torn down for each test by these, unless it
 * wants more. */
extern struct ordeal here;
int ordeal_begin(void **state);
int ordeal_end(void **state);

void ordeal_hire(struct ordeal *d, int workers, int processes); /* and a scheduler */
void ordeal_worker(struct ordeal *d, int i, int processes); /* one of them, (again) */
pid_t ordeal_child(struct ordeal *d, int i); /* one of that worker's, at random; 0 */

/* All jobs done, each once, Redis empty, and `dvorik jobs verify` would find nothing:
 * the end of every fault test. */
void ordeal_judge(struct ordeal *d);
/* The first part of it, measured: ms until no job is open, at most ms of them. */
int64_t ordeal_drain(struct ordeal *d, int ms);

/* The number a command of Redis answers (up to four words; NULL ends them). */
int64_t ordeal_redis(struct ordeal *d, const char *verb, const char *a, const char *b,
                     const char *c);
int64_t ordeal_memory(struct ordeal *d);                    /* bytes that Redis uses */
int64_t ordeal_counter(struct ordeal *d, const char *name); /* of the logic pool */
void ordeal_pass(int ms);            /* time that must pass, as a server stays down */
int ordeal_lines(struct program *p); /* how many it has logged */

#endif
