/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/model_step_private.h - what model_step.c and model_play.c share. */
#ifndef TESTS_HARNESS_MODEL_STEP_PRIVATE_H
#define TESTS_HARNESS_MODEL_STEP_PRIVATE_H

#include "tests/harness/model_step.h"

bool step_chance(int percent);
__attribute__((format(printf, 2, 3))) void step_say(struct step *s, const char *form,
                                                    ...);

/* A command with a key of the pool; a and b may be NULL from the end. */
struct redis_reply *step_ask(struct play *p, const char *verb, const char *what,
                             const char *a, const char *b);
void step_tell(struct play *p, const char *verb, const char *what, const char *a,
               const char *b);

void step_wid_new(struct play *p, int who);

/* Chosen, done, judged (on a copy of the state before, for one moment `at`). */
#define STEP(name)                                                                     \
    void step_##name##_plan(struct play *p, struct step *s);                           \
    void step_##name##_act(struct play *p, struct step *s);                            \
    const char *step_##name##_judge(struct play *p, struct step *s, struct model *m,   \
                                    struct model_at at)
STEP(put);
STEP(turn);
STEP(reap);
STEP(renew);

#endif
