/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What concerns many customers at once, slice by slice: each slice is a job whose
 * transaction puts the next one. */
#include "core/loyalty/bulk.h"
#include "core/loyalty/tag.h"
#include "worker/shop.h"
#include "worker/steps.h"

enum status bulk_step(struct step *s)
{
    struct moment m;
    struct shop shop;
    enum status st = shop_load(s, &shop);

    if (st != ST_OK)
        return st;
    m = moment_make(s->now, shop.tz, shop.set.birthday_leap == SETTING_MAR1);
    return bulk_slice(s->db, &m, json_int_or(s->job->args, "t", 0));
}

enum status tag_swept_step(struct step *s)
{
    struct job_spec next = {.kind = KIND_CORE_TAG_SWEPT};
    int64_t tag = json_int_or(s->job->args, "tag", 0);
    int n = 0;
    enum status st = tag_sweep(s->db, tag, &n);

    if (st != ST_OK || n < TAG_SWEEP)
        return st;
    next.args = json_new_object();
    json_set_int(next.args, "tag", tag);
    return job_put(s->db, s->now, &next);
}
