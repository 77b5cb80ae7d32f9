/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/upkeep.h"

#include "core/base/clock.h"
#include "core/io/ledger.h"
#include "core/loyalty/birthday.h"
#include "core/message.h"
#include "core/loyalty/redemption.h"
#include "core/setting.h"

#include <stdio.h>

#define BIRTHDAY_PAGE 200
#define EXPIRE_SLICE 500
#define FORGET_SLICE 2000

/* ---- birthdays ------------------------------------------------------------------ */

static enum status put_next_page(struct step *s, const struct birthday_round *round)
{
    struct json *args = json_new_object();
    struct job_spec next = {.kind = KIND_SCHED_BIRTHDAY_CHECK, .args = args};
    char idk[48];

    json_set_int(args, "day", round->today);
    json_set_int(args, "after", round->after_customer);
    snprintf(idk, sizeof idk, "%d:%lld", round->today,
             (long long)round->after_customer);
    next.idk = idk;
    return job_put(s->db, s->now, &next);
}

static enum status gift_page(struct step *s, struct birthday_round *round)
{
    struct birthday_due due[BIRTHDAY_PAGE];
    struct discount gift;
    int n = 0;
    enum status st = birthday_due(s->db, round, due, &n);

    if (st != ST_OK)
        return st; /* ST_NONE: the round is through */
    for (int i = 0; i < n; i++) {
        if (step_should_stop(s))
            return ST_REFUSED;
        st = birthday_gift(s->db, s->now, round, &due[i], &gift);
        if (st != ST_OK && st != ST_TAKEN)
            return st;
    }
    return put_next_page(s, round);
}

enum status birthday_check_step(struct step *s)
{
    struct tz *tz = tz_open(s->cfg->timezone);
    struct birthday_round round = {
        .tz = tz,
        .today = (int32_t)json_int_or(s->job->args, "day", 0),
        .after_customer = json_int_or(s->job->args, "after", 0),
        .limit = BIRTHDAY_PAGE,
    };
    enum status st = tz ? birthday_rules_load(s->db, &round.rules) : ST_BROKEN;

    if (tz == NULL)
        snprintf(s->why, sizeof s->why, "time zone %s cannot be read",
                 s->cfg->timezone);
    if (st == ST_OK)
        st = gift_page(s, &round);
    tz_close(tz);
    return st;
}

/* ---- expiry, retention ---------------------------------------------------------- */

enum status discount_expire_step(struct step *s)
{
    struct job_spec again = {.kind = KIND_SCHED_DISCOUNT_EXPIRE};
    int n = 0;
    enum status st = discount_expire_due(s->db, s->now, EXPIRE_SLICE, &n);

    if (st == ST_OK && n == EXPIRE_SLICE)
        st = job_put(s->db, s->now, &again);
    return st;
}

enum status retention_step(struct step *s)
{
    struct job_spec again = {.kind = KIND_SCHED_RETENTION};
    struct settings set;
    int64_t jobs = 0;
    int messages = 0, attempts = 0;
    enum status st = setting_load(s->db, &set);

    if (st == ST_OK)
        st = ledger_forget(s->db, s->now, set.retention_days, set.update_seen_days,
                           &jobs);
    if (st == ST_OK)
        st = message_forget(s->db, s->now - set.retention_days * DAY, FORGET_SLICE,
                            &messages);
    if (st == ST_OK)
        st = redemption_attempt_forget(s->db, s->now - set.retention_days * DAY,
                                       FORGET_SLICE, &attempts);
    if (st == ST_OK && jobs + messages + attempts > 0)
        st = job_put(s->db, s->now, &again);
    return st;
}
