/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/upkeep.h"

#include "core/base/clock.h"
#include "core/document.h"
#include "core/idempotency.h"
#include "core/io/ledger.h"
#include "core/loyalty/birthday.h"
#include "core/loyalty/bulk.h"
#include "core/message.h"
#include "core/loyalty/redemption.h"
#include "core/loyalty/quota.h"
#include "core/setting.h"
#include "core/staff/access.h"
#include "core/staff/guard.h"
#include "core/staff/login.h"
#include "core/support.h"
#include "worker/client/client.h"
#include "worker/notice.h"

#include <stdio.h>

#define BIRTHDAY_PAGE 200
/* A night ends many at once, and people who talk to us go before: what is written under
 * old pictures leaves some room. What is over is over by the clock, not by this. */
#define EXPIRE_SLICE 100
#define EXPIRE_EVERY (5 * SECOND)
#define FORGET_SLICE 2000
#define QUOTA_DAYS 7

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
        if (st != ST_OK && st != ST_TAKEN && st != ST_REFUSED)
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

/* Under the pictures of its code. Whom there is nobody to tell of it needs none. */
static enum status say_over(struct step *s, int64_t discount_id)
{
    struct discount d;
    struct shop shop;
    struct talk t;
    enum status st = discount_load(s->db, discount_id, &d);

    if (st == ST_OK)
        st = notice_open(s, d.customer_id, &shop, &t);
    if (st == ST_OK)
        st = picture_put_right(&t, discount_id, false);
    return st == ST_NONE ? ST_OK : st;
}

enum status discount_expire_step(struct step *s)
{
    struct job_spec again = {.kind = KIND_SCHED_DISCOUNT_EXPIRE,
                             .due = s->now + EXPIRE_EVERY};
    int64_t id[EXPIRE_SLICE];
    int n = 0;
    enum status st = discount_expire_due(s->db, s->now, id, EXPIRE_SLICE, &n);

    for (int i = 0; i < n && st == ST_OK; i++)
        st = step_should_stop(s) ? ST_REFUSED : say_over(s, id[i]);
    if (st == ST_OK && n == EXPIRE_SLICE)
        st = job_put(s->db, s->now, &again);
    return st;
}

/* Whoever is not logged in any more, and whoever guessed long ago. */
static enum status logins_forget(struct step *s, int *n)
{
    int tokens = 0, sessions = 0, guards = 0;
    enum status st = login_forget(s->db, s->now - DAY, FORGET_SLICE, &tokens);

    if (st == ST_OK)
        st = session_forget(s->db, s->now - DAY, FORGET_SLICE, &sessions);
    if (st == ST_OK)
        st = guard_forget(s->db, s->now - 2 * DAY, FORGET_SLICE, &guards);
    *n = tokens + sessions + guards;
    return st;
}

enum status retention_step(struct step *s)
{
    struct job_spec again = {.kind = KIND_SCHED_RETENTION};
    struct settings set;
    int64_t jobs = 0;
    int messages = 0, attempts = 0, documents = 0, requests = 0, words = 0, quotas = 0,
        keys = 0, logins = 0, bulk = 0;
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
    if (st == ST_OK)
        st = access_forget(s->db, s->now - set.retention_days * DAY, FORGET_SLICE,
                           &requests);
    if (st == ST_OK)
        st = document_forget(s->db, s->now - DOCUMENT_LIFE_HOURS * HOUR, FORGET_SLICE,
                             &documents);
    if (st == ST_OK)
        st = support_forget(s->db, s->now - set.retention_days * DAY, FORGET_SLICE,
                            &words);
    if (st == ST_OK)
        st = quota_forget(s->db, (int32_t)(s->now / DAY) - QUOTA_DAYS, FORGET_SLICE,
                          &quotas);
    if (st == ST_OK)
        st = idempotency_forget(s->db, s->now - IDEMPOTENCY_LIFE, FORGET_SLICE, &keys);
    if (st == ST_OK)
        st = logins_forget(s, &logins);
    if (st == ST_OK)
        st = bulk_forget(s->db, s->now - BULK_FILE_LIFE,
                         s->now - set.retention_days * DAY, FORGET_SLICE, &bulk);
    if (st == ST_OK && logins + keys + jobs + messages + attempts + documents +
                               requests + words + quotas + bulk >
                           0)
        st = job_put(s->db, s->now, &again);
    return st;
}
