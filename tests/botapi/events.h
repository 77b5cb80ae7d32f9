/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/events.h - who wants to hear what happens: pages by server-sent events,
 * tests by control requests that wait. */
#ifndef TESTS_BOTAPI_EVENTS_H
#define TESTS_BOTAPI_EVENTS_H

#include "tests/botapi/serve.h"
#include "tests/botapi/world.h"

struct events *events_new(struct world *w);
void events_free(struct events *e);

void events_stream(struct events *e, struct req *r); /* a page listens */
/* Is it worth rendering an event? */
bool events_heard(const struct events *e);
/* One event of JSON to every page. */
void events_send(struct events *e, const struct buf *json);

/* Messages: kind is "message", "edited" or "deleted". */
void events_message(struct world *w, const struct bot *b, const struct chat *c,
                    const struct message *m, const char *kind);

/* Answers r now when look finds something (true) or wait_ms is 0, else when it does, or
 * with what it then writes when the time is up. arg is freed with free(). */
typedef bool events_look(struct world *w, void *arg, struct buf *out);
void events_wait(struct events *e, struct req *r, int64_t wait_ms, events_look *look,
                 void *arg);
void events_wake(struct events *e); /* something happened: look again */

#endif
