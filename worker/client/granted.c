/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the shop did to a discount by hand, as its holder sees it: the picture of one that
 * was given or sent again, and the words under the pictures of one that was extended or
 * withdrawn. */
#include "worker/client/client.h"

#include "core/loyalty/reminder.h"
#include "core/quiet.h"
#include "worker/notice.h"
#include "worker/steps.h"

/* Asked again: the answer that the shop was given may be hours old. */
enum status granted_step(struct step *s)
{
    struct discount d;
    struct shop shop;
    struct talk t;
    enum status st = discount_load(s->db, json_int_or(s->job->args, "d", 0), &d);

    if (st == ST_OK && discount_state(&d, s->now) != DISCOUNT_ACTIVE)
        return ST_OK;
    if (st == ST_OK)
        st = notice_open(s, d.customer_id, &shop, &t);
    if (st == ST_OK)
        st = reminder_room(s->db, s->now, &shop.set, d.customer_id);
    if (st != ST_OK)
        return st;
    t.due = quiet_until(&shop.set, shop.tz, s->now);
    t.batch = json_int_or(s->job->args, "b", 0);
    return discount_gift(&t, &d);
}

enum status discount_changed_step(struct step *s)
{
    struct discount d;
    struct shop shop;
    struct talk t;
    enum status st = discount_load(s->db, json_int_or(s->job->args, "d", 0), &d);

    if (st == ST_OK)
        st = notice_open(s, d.customer_id, &shop, &t);
    return st == ST_OK ? picture_put_right(&t, d.id, true) : st;
}

enum status code_locked_step(struct step *s)
{
    return notice_suspicions(s, NULL, json_int_or(s->job->args, "s", 0));
}
