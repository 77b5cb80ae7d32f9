/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/jobs.h - the queue for the panel: what `dvorik jobs` shows, by the same functions
 * of core/io. What a job carries about people is masked (core/io/queue_json.h); the whole
 * of it is for who has a shell on the server.
 *
 *   jobs.c       lists, one job, its tree
 *   jobs_look.c  sums, workers, lanes, the census, what is in Redis, findings
 *   jobs_act.c   retry, cancel, pause, resume */
#ifndef API_JOBS_H
#define API_JOBS_H

#include "api/call.h"
#include "core/io/ledger_look.h"

/* Under /api/v1/jobs */
call_runner jobs_get;         /* GET … */
call_runner jobs_dead_get;    /* GET …/dead */
call_runner jobs_crashes_get; /* GET …/crashes */
call_runner job_get;          /* GET …/{key} */
call_runner job_trace_get;    /* GET …/{key}/trace */
call_runner jobs_trace_get;   /* GET …/trace?root= */

call_runner jobs_stats_get;   /* GET …/stats */
call_runner jobs_kinds_get;   /* GET …/kinds */
call_runner jobs_workers_get; /* GET …/workers */
call_runner jobs_lanes_get;   /* GET …/lanes */
call_runner jobs_census_get;  /* GET …/census */
call_runner jobs_places_get;  /* GET …/places?place= */
call_runner jobs_verify_get;  /* GET …/verify */
call_runner jobs_pauses_get;  /* GET …/pauses */

call_runner job_retry;           /* POST …/{key}/retry */
call_runner job_cancel;          /* POST …/{key}/cancel */
call_runner jobs_dead_retry;     /* POST …/dead/retry */
call_runner jobs_pause_post;     /* POST …/pause */
call_runner jobs_resume_post;    /* POST …/resume */
call_runner jobs_reconcile_post; /* POST …/reconcile */

/* ---- shared by the files --------------------------------------------------------- */

/* Of {key}. ST_REFUSED: it is no id of a job, so there is none: 404. */
must_check enum status job_id(struct call *c, uint8_t id[16]);
/* A kind's name out of its name or alias; NULL with a call_fault: there is no such. */
const char *job_kind(struct call *c, const struct given *g, const char *pointer);
extern const char *const job_pools[]; /* words of a field: logic, send */
extern const char *const job_lanes[]; /* hot, normal, low, bulk */
/* Which lists a lane of that name is; 0, 0: all. */
void job_lists(const struct given *g, int *first, int *last);

#endif
