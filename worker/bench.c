/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bench.noop {"n","p"}: nothing, for `dvorik jobs bench` to be measured by.
 * {"t","to"}: how late it runs, in microseconds after t, pushed on the list `to` of the
 * cache, which forgets it within minutes. */
#include "worker/steps.h"

#include <stdio.h>
#include <string.h>

#define KEPT_S "600"

enum status bench_noop_step(struct step *s)
{
    const char *to = json_text(s->job->args, "to", NULL);
    struct redis_reply *reply = NULL;
    enum status st;
    char late[24];

    if (to == NULL || strncmp(to, "bench:", 6) != 0)
        return ST_OK;
    snprintf(late, sizeof late, "%lld",
             (long long)(s->now - json_int_or(s->job->args, "t", s->now)));
    st = redis_do(s->cache, &reply, "RPUSH", to, late, NULL);
    redis_free(reply);
    if (st == ST_OK) {
        st = redis_do(s->cache, &reply, "EXPIRE", to, KEPT_S, NULL);
        redis_free(reply);
    }
    return ST_OK; /* a number that got lost is a number less */
}
