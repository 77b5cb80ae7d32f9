/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/updates.h - what a bot has yet to hear, and what it heard lately.
 *
 *   updates_put -> PENDING --- webhook answered 2xx, or getUpdates confirmed ---> DONE
 *                     |                                                     (last 1000)
 *                     +--- older than its kind lives -> lost, counted
 *
 * Pending updates stand in one list by update_id and in the line of their queue id; a
 * webhook hears one of a line at a time (hook.h). */
#ifndef TESTS_BOTAPI_UPDATES_H
#define TESTS_BOTAPI_UPDATES_H

#include "tests/botapi/retry.h"
#include "tests/botapi/world.h"

struct line;

struct update {
    int64_t id, at; /* microseconds */
    enum update_kind kind;
    char *json; /* whole Update */
    size_t n;
    int tries;
    struct update *next, *prev; /* all pending, by id */
    struct update *behind;      /* in its line */
    struct line *line;
};

/* The updates of one queue id. */
struct line {
    int64_t queue;
    struct update *first, *last;
    int failures;
    bool in_flight, waiting, ready;
    struct loop_timer timer;
    struct line *next_ready;
    struct updates *updates;
};

struct updates {
    struct world *world;
    struct bot *bot;
    struct update *first, *last; /* pending */
    int pending;
    int64_t next_id, lost, delivered, skipped;
    struct map lines;
    struct line *ready_first, *ready_last;
    bool allowed[UPDATE_KINDS]; /* allowed_updates, as last set */
    char *allowed_json;         /* as it was given, or NULL: the default */
    struct update **done;       /* ring of what was heard */
    int done_n, done_at;
};

struct updates *updates_new(struct world *w, struct bot *b);
void updates_free(struct updates *u);
void updates_clear(struct updates *u); /* pending and done; ids go on */

struct update_spec {
    enum update_kind kind;
    const char *name;       /* the member's name when kind is UPDATE_OTHER */
    const struct buf *body; /* the member's value */
    int64_t chat, user;
};
/* Answers its update_id; 0: not put, as the bot did not ask for such updates. */
int64_t updates_put(struct updates *u, const struct update_spec *s);

/* A whole Update of somebody's making; its update_id (fresh when absent) in *id. */
must_check enum status updates_inject(struct updates *u, struct jv update, int64_t *id);
/* One that was heard (or is pending) once more. ST_NONE: not known any more. */
must_check enum status updates_again(struct updates *u, int64_t id);

void updates_allow(struct updates *u, struct jv list); /* absent: leaves it as it is */
void updates_allow_default(struct updates *u);

/* Lost to age, so that nobody hears them. Call before delivering. */
void updates_expire(struct updates *u);
/* Heard: moves it to the done ring. */
void updates_done(struct updates *u, struct update *up);
/* getUpdates with offset: all below it are heard. */
void updates_confirm(struct updates *u, int64_t offset);
void updates_drop(struct updates *u);

/* The line whose first update may go out now, or NULL; and the ways back. */
struct line *updates_ready(struct updates *u);
void line_ready(struct line *l);
void line_tidy(struct line *l); /* frees it when nobody waits in it */

#endif
