/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/setup.h - the first days of an installation, without a shell: what is set and what
 * is missing, step by step, and a look at what the bots may do (core/setup.h), which a
 * worker takes: asked for, then polled. */
#ifndef API_SETUP_H
#define API_SETUP_H

#include "api/call.h"
#include "core/setup.h"

enum status setup_get(struct call *c);
enum status setup_step_post(struct call *c);
enum status setup_check_post(struct call *c);
enum status setup_check_get(struct call *c);

enum setup_state { SETUP_DONE, SETUP_MISSING, SETUP_WRONG, SETUP_UNKNOWN };

/* All that the steps are judged by. */
struct setup_view {
    struct settings set;
    struct setup_facts facts;
    struct setup_check check; /* id 0: none has ended */
    struct json *found;       /* of the check; NULL: none */
};
must_check enum status setup_view_read(struct call *c, struct setup_view *out);
void setup_view_free(struct setup_view *v);

/* ---- setup_steps.c: one row a step ------------------------------------------------- */

#define SETUP_SETTINGS 6
struct setup_step {
    const char *name, *title_ru, *title_en;
    const char *settings[SETUP_SETTINGS]; /* of which it consists; up to a NULL */
    /* Pushes what is wrong with it. */
    enum setup_state (*judge)(const struct call *c, const struct setup_view *v,
                              struct json *problems);
};
extern const struct setup_step setup_steps[];
extern const size_t setup_steps_n;

/* Pushes {"code","detail","bot","said"}: detail in the caller's language. bot, said (the
 * messenger's own words) may be NULL. */
struct setup_problem {
    const char *code, *bot, *said;
};
void setup_problem_push(const struct call *c, struct json *problems,
                        struct setup_problem p);

#endif
