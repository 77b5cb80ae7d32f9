/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core.letter_written: what somebody of the shop wrote to a customer, as a message. */
#include "worker/client/client.h"

#include "core/loyalty/letter.h"
#include "core/quiet.h"
#include "worker/notice.h"
#include "worker/steps.h"

/* Asked again: what held when it was written may be hours old. */
static enum status tell(struct step *s, const struct letter *l, int64_t customer_id)
{
    bool marketing = l->purpose == MESSAGE_MARKETING;
    const char *why = NULL;
    struct shop shop;
    struct talk t;
    struct screen sc;
    enum status st = notice_open(s, customer_id, &shop, &t);

    if (st == ST_OK)
        st = letter_may(s->db, s->now, customer_id, l->purpose, &why);
    if (st != ST_OK || why != NULL)
        return st;
    t.due = marketing ? quiet_until(&shop.set, shop.tz, s->now) : 0;
    t.batch = l->customer_id == 0 ? l->id : 0;
    screen_open(&sc, t.lang);
    screen_say_own(&sc, l->body.s);
    if (marketing)
        screen_button(&sc, BTN_MESSAGES_STOP, "n", "off", NULL);
    return talk_send(&t, &sc, l->purpose);
}

enum status letter_written_step(struct step *s)
{
    struct letter l;
    enum status st = letter_load(s->db, json_int_or(s->job->args, "l", 0), &l);

    if (st == ST_OK)
        st = tell(s, &l, json_int_or(s->job->args, "c", 0));
    letter_free(&l);
    return st;
}
