/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * start.h - what every program does before it is ready: settings, log, a schema of its
 * own version, a Redis fit to hold a queue. Each refusal is one line for a person.
 *
 * A store that is only unreachable is no refusal: start waits for it, says so every few
 * seconds, and goes on when it is there. */
#ifndef START_H
#define START_H

#include "core/base/config.h"

/* 0: go on. 2: refused, told on standard error. 1: asked to stop while waiting.
 * config_free(cfg) in any case. need: enum config_need bits; NEED_DATABASE and
 * NEED_REDIS also wait for the store. */
must_check int start(struct config *cfg, const char *program, unsigned need);

/* The same without waiting for any store: bots and api must answer /health meanwhile.
 */
must_check int start_settings(struct config *cfg, const char *program, unsigned need);

/* For what a person runs: settings, and a schema of this version, without waiting. 0:
 * go on; 1: the database is away; 2: refused. */
must_check int start_command(struct config *cfg, const char *name, unsigned need);

/* The two looks, once each: ST_OK, ST_DOWN (not there yet), ST_REFUSED (*why: one line
 * with the command that mends it, lent). */
must_check enum status start_schema(const struct config *cfg, const char **why);
must_check enum status start_redis(const struct config *cfg, const char **why);

/* How every program ends:
 *
 *   0  it was asked to stop, or all is done
 *   1  something it needs is not there now (a store, memory): started again, it may do
 *   2  refused, as it would be each time: wrong usage, a setting, a schema of another
 *      version, a Redis unfit to hold a queue
 *
 * Both print "dvorik <program>: <why>". */
int start_refuse(const char *program, const char *why); /* answers 2 */
int start_failed(const char *program, const char *why); /* answers 1 */

#endif
