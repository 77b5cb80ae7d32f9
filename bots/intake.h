/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/intake.h - updates into the queue, each once.
 *
 *   intake_put ---> gathered ---> under way ---> done(ST_OK | ST_TAKEN | …)
 *                     one transaction for all that is gathered, sent once a
 *                     turn of the loop, one at a time a shard
 *
 * Each update gets exactly one done, never from inside intake_put:
 *
 *   ST_OK       it is in Redis (with appendfsync always: on the disk)
 *   ST_TAKEN    it was there already; answer as for ST_OK
 *   ST_REFUSED  its list is full, or Redis takes no writes: have it sent again later
 *   ST_DOWN, ST_UNSURE, ST_BROKEN  likewise; a second try cannot double it
 *
 * Updates that can never be run (malformed, too big) are logged and counted, and are to
 * be acknowledged: sending them again would only block the chat they are from. */
#ifndef BOTS_INTAKE_H
#define BOTS_INTAKE_H

#include "core/base/status.h"
#include "core/io/loop.h"
#include "core/io/redis.h"
#include "core/io/telegram_address.h"

#include <stddef.h>
#include <stdint.h>

/* Of one hot list; beyond it ST_REFUSED, and Telegram keeps them: entries, and bytes by
 * Redis' own estimate. */
#define INTAKE_LIST_MAX 100000
#define INTAKE_BYTES_MAX (128 * 1024 * 1024)

struct intake;

struct intake_counts {
    int64_t stored, twice, malformed, too_big, full, failed;
};

/* Registers a hook of the loop: before the pipe's, and before the server that feeds it.
 */
struct intake *intake_open(struct loop *loop, int shards); /* yours; NULL: no memory */
void intake_use(struct intake *in, int shard, struct redis_pipe *pipe);
void intake_close(struct intake *in); /* the pipes are closed before */

typedef void intake_done(void *arg, enum status st);

/* raw is borrowed until done. ST_OK: done will be called. ST_BAD, ST_REFUSED:
 * malformed, too big; ST_BROKEN: no memory; done is not called. */
must_check enum status intake_put(struct intake *in, enum tg_bot bot, const char *raw,
                                  size_t n, intake_done *done, void *arg);
const struct intake_counts *intake_counts(const struct intake *in);

#endif
