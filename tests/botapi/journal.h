/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/journal.h - what was called: the last calls word by word, violations of
 * the document, and counters that never forget. */
#ifndef TESTS_BOTAPI_JOURNAL_H
#define TESTS_BOTAPI_JOURNAL_H

#include "tests/botapi/form.h"
#include "tests/botapi/world.h"

struct journal *journal_new(struct world *w);
void journal_free(struct journal *j);
void journal_clear(struct journal *j); /* numbers of calls go on */

struct call_note {
    const struct bot *bot; /* NULL: the token was wrong */
    const char *method;
    const struct form *form; /* NULL: could not be read */
    int code;                /* of the answer; 0: none was given */
    const char *description; /* of a refusal, or NULL */
    const char *fault;       /* the fault that was injected, or NULL */
    bool accepted;           /* its effect happened */
};
void journal_call(struct journal *j, const struct call_note *n);

/* A call the document does not allow; method may be NULL. */
void journal_violation(struct journal *j, const struct bot *b, const char *method,
                       const char *what);

struct call_filter {
    int64_t since;            /* calls numbered above it */
    int64_t chat;             /* 0: any */
    char method[64], bot[16]; /* "": any */
    int limit;
};
/* {"calls":[…],"last":N}: oldest first; true when there are any. */
bool journal_calls_json(const struct journal *j, const struct call_filter *f,
                        struct buf *out);
void journal_violations_json(const struct journal *j, int64_t since, struct buf *out);
void journal_counts_json(const struct journal *j, struct buf *out);

#endif
