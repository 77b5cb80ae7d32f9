/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/fault.h - trouble on request.
 *
 * A fault matches by method, bot and chat (each may be left open), a number of times
 * (or for ever) and with a probability. The first that matches strikes. */
#ifndef TESTS_BOTAPI_FAULT_H
#define TESTS_BOTAPI_FAULT_H

#include "core/base/status.h"
#include "tests/botapi/jv.h"

enum fault_kind {
    FAULT_ERROR,          /* code and description of your choice, nothing done */
    FAULT_429,            /* with retry_after in body and header */
    FAULT_500,            /* JSON */
    FAULT_502,            /* HTML */
    FAULT_504,            /* JSON; nothing done, though the caller cannot know */
    FAULT_TIMEOUT_BEFORE, /* never answered, nothing done */
    FAULT_TIMEOUT_AFTER,  /* never answered, done */
    FAULT_RESET,          /* connection reset, nothing done */
    FAULT_RESET_AFTER,    /* connection reset, done */
    FAULT_HALF,           /* done, half of the answer, connection closed */
    FAULT_SLOW,           /* done and answered after delay_ms */
    FAULT_BLOCKED,        /* 403 bot was blocked by the user */
    FAULT_KINDS
};

struct fault {
    int64_t id;
    enum fault_kind kind;
    char method[64], bot[16]; /* "": any; method may end in '*' */
    int64_t chat;             /* 0: any */
    int64_t left;             /* times; -1: for ever */
    int64_t per_mille;        /* probability */
    int64_t retry_after, delay_ms, code;
    char description[128];
    int64_t struck;
    struct fault *next;
};

struct faults;
struct faults *faults_new(void);
void faults_free(struct faults *f);
void faults_clear(struct faults *f);
bool faults_remove(struct faults *f, int64_t id);

/* From {"kind":"429","method":"sendMessage","bot":"client","chat":1,"count":3,
 * "probability":0.5,"retry_after":2,"delay_ms":100}. ST_BAD: *why. */
must_check enum status faults_add(struct faults *f, struct jv spec, int64_t *id,
                                  const char **why);
void faults_json(const struct faults *f, struct buf *out);

/* The one that strikes this call, counted down (lent until the next change), or NULL.
 */
const struct fault *faults_strike(struct faults *f, const char *method, const char *bot,
                                  int64_t chat);
const char *fault_name(enum fault_kind k);
bool fault_is_after(enum fault_kind k); /* the call's effect happens first */

#endif
