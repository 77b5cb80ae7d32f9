/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The logic of broadcasts: the list is written, and looked after. Their messages leave in
 * send_broadcast.c. */
#include "core/broadcast/fill.h"
#include "core/setting.h"
#include "worker/shop.h"
#include "worker/steps.h"

#include <inttypes.h>
#include <stdio.h>

/* {"b"}: a page a job, so that no transaction is long and nobody waits behind the list. */
enum status broadcast_fill_step(struct step *s)
{
    int64_t id = json_int_or(s->job->args, "b", 0);
    struct moment m;
    struct shop shop;
    enum status st = shop_load(s, &shop);

    if (st != ST_OK)
        return st;
    m = moment_make(s->now, shop.tz, shop.set.birthday_leap == SETTING_MAR1);
    st = fill_page(s->db, &m, id);
    return st == ST_OK ? fill_job_put(s->db, s->now, id) : st;
}

/* {"after"}: one broadcast a job; the next is another's. */
enum status broadcast_check_step(struct step *s)
{
    int64_t after = json_int_or(s->job->args, "after", 0);
    struct job_spec next = {.kind = KIND_SCHED_BROADCAST_CHECK};
    enum status st = broadcast_check(s->db, s->now, &after);
    char idk[24];

    if (st != ST_OK)
        return st;
    snprintf(idk, sizeof idk, "%" PRId64, after);
    next.idk = idk;
    next.args = json_new_object();
    json_set_int(next.args, "after", after);
    st = job_put(s->db, s->now, &next);
    return st == ST_TAKEN ? ST_OK : st; /* another round is there already */
}
