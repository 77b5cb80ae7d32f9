/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/model_step.h - random steps for the queue, each done for real and by the
 * model (model.h). */
#ifndef TESTS_HARNESS_MODEL_STEP_H
#define TESTS_HARNESS_MODEL_STEP_H

#include "tests/harness/model.h"

#define STEP_AT ((struct queue_at){POOL_LOGIC, 0})
#define STEP_MOST 6 /* entries a list may hold */
#define STEP_PUTS 12
#define STEP_SAY 480

struct step {
    int op;    /* in the table of model_play.c */
    bool anew; /* the worker's name is not used again */
    enum status st;
    int n, index, moved, level;
    enum queue_fit fit;
    struct model_put put[STEP_PUTS];
    char answers[STEP_PUTS];
    struct job_result results[QUEUE_BATCH_MAX];
    struct job jobs[QUEUE_BATCH_MAX];
    struct model_turn turn;
    struct model_reap reap;
    uint8_t id[16];
    bool gone[MODEL_WORKERS], open[QUEUE_LISTS];
    const char *wrong; /* found while it was done */
    char say[STEP_SAY];
};

struct play {
    struct queue *queue;
    struct model m, seen; /* before and after the step */
    uint8_t known[64][16];
    int64_t known_number[64];
    int known_list[64], n_known, generation;
    int64_t number; /* given to the last job */
    bool tell;      /* print the states when something is wrong */
};

void play_open(struct play *p, struct queue *q); /* empties the database */

/* From an empty database, with that seed: NULL, or what went wrong at step *at, with the
 * states printed if tell; trail: room for what each step was. */
struct episode {
    unsigned seed;
    int steps;
    bool tell;
    char (*trail)[STEP_SAY];
};
const char *play_episode(struct play *p, struct queue *q, const struct episode *e,
                         int *at);

/* One step: chosen, done, looked at, judged. NULL, or what is wrong with it; say: what
 * it was. p->m is the state after it. */
const char *play_step(struct play *p, char say[STEP_SAY]);

#endif
