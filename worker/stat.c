/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/log.h"
#include "core/loyalty/discount_tally.h"
#include "core/stat.h"
#include "worker/steps.h"

#include <stdio.h>

/* {}: a round over the figures of the days; puts itself again while there are more. */
enum status stat_roll_step(struct step *s)
{
    struct job_spec again = {.kind = KIND_SCHED_STAT_ROLL};
    struct tz *tz = tz_open(s->cfg->timezone);
    struct stat_rolled done = {0};
    struct discount_rolled tally = {0};
    enum status st = tz != NULL ? stat_roll(s->db, tz, s->now, &done) : ST_BROKEN;

    if (tz == NULL)
        snprintf(s->why, sizeof s->why, "time zone %s cannot be read",
                 s->cfg->timezone);
    if (st == ST_OK)
        st = discount_tally_roll(s->db, s->now, &tally);
    if (st == ST_OK && done.wrong + tally.wrong > 0)
        log_warn("a day's figures were not what its facts say, and were put right",
                 LOG_INT("days", done.wrong + tally.wrong));
    if (st == ST_OK && (done.more || tally.more))
        st = job_put(s->db, s->now, &again);
    tz_close(tz);
    return st;
}
