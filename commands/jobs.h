/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * commands/jobs.h - what the files of `dvorik jobs` share.
 *
 *   jobs.c         the table of verbs; arguments; help
 *   jobs_print.c   how a job is shown, to people and to programs
 *   jobs_stats.c   stats
 *   jobs_look.c    ls, done, dead, show
 *   jobs_redis.c   the part of ls that asks Redis
 *   jobs_trace.c   trace
 *   jobs_act.c     retry, cancel, pause, resume
 *   jobs_drain.c   drain
 *   jobs_verify.c  verify, reconcile
 *   jobs_bench.c   bench
 *
 * Each verb answers the exit status: 0 done, or all is well; 1 it failed, there is no
 * such thing, or all is not well; 2 wrong usage. */
#ifndef COMMANDS_JOBS_H
#define COMMANDS_JOBS_H

#include "core/base/tz.h"
#include "core/io/queue_json.h"

#include <stdio.h>

/* What a verb may be told; its row in the table says which it takes. */
enum desk_option {
    OPTION_JSON = 1,
    OPTION_LIMIT = 2,
    OPTION_TIMEOUT = 4,
    OPTION_DRY = 8,
    OPTION_BODY = 16,
    OPTION_LANE = 32,
    OPTION_SETTLE = 64,
    OPTION_PLACE = 128
};

struct desk {
    struct config cfg;
    struct db *db;
    struct queue *queue;
    struct tz *tz;
    int64_t now;
    unsigned given; /* options that were */
    int limit, timeout_s;
    const char *lane;       /* "hot", "send.hot", "send"; NULL: all */
    enum queue_place place; /* 0: none was given */
};

typedef int desk_verb(struct desk *d, int argc, char **argv);
desk_verb jobs_stats, jobs_ls, jobs_done, jobs_dead, jobs_show, jobs_trace, jobs_retry,
    jobs_cancel, jobs_pause, jobs_resume, jobs_drain, jobs_verify, jobs_reconcile,
    jobs_bench;

/* ---- jobs_redis.c --------------------------------------------------------------- */

/* ls --place: what is there in Redis now. */
int jobs_ls_place(struct desk *d, const char *kind);

/* ---- jobs.c --------------------------------------------------------------------- */

/* Wrong usage: one line, and 2. */
int desk_refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* 0 for ST_OK; else a line and 1. nothing: what ST_NONE means. */
int desk_told(enum status st, const char *nothing);
bool desk_json(const struct desk *d);
/* false: refused, told. */
bool desk_id(const char *text, uint8_t id[16]);

/* Which lists a text means: "send", "hot", "send.hot"; NULL: all. */
struct desk_lanes {
    enum kind_pool pool; /* 0: both */
    int first, last;     /* lists */
};
bool desk_lanes(const char *text, struct desk_lanes *out);
bool desk_lanes_hold(const struct desk_lanes *l, struct queue_at at, int list);

/* Who asks, for the audit: "cli:root". */
const char *desk_who(void);

/* ---- jobs_print.c --------------------------------------------------------------- */

void print_time(const struct desk *d, int64_t at); /* of the installation's zone */
/* "3 s", "12 min", "5 h", "40 d": seven characters for what is younger than thirty years. */
#define SPAN_TEXT 28
void print_span(char out[SPAN_TEXT], int64_t us);
/* In lines of 80 columns; all but the first begin with as many blanks. */
void print_wrapped(const char *first, const char *text);
/* "send.hot", with ".3" behind it where there are several shards. */
void print_lane(const struct desk *d, char out[24], int lane);

/* Prints and frees it. The exit status. */
int json_out(struct json *o);

#endif
