/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Does the holder still follow the channel? Asked when a card is shown; the answer comes
 * when it comes. */
#include "core/base/clock.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/redemption_row.h"

/* What was redeemed longer ago was not waiting for this answer. */
#define LATE (10 * MINUTE)

static enum status customer_note(struct db *db, int64_t now,
                                 const struct member_news *news)
{
    enum status st = db_one(db, "SELECT customer_id FROM discount WHERE id = ?",
                            DB_INT(news->discount_id));
    int64_t id;

    if (st != ST_OK)
        return st;
    id = db_int(db, 0);
    st = customer_subscribed(db, now, id, news->state == MEMBER_YES);
    if (st == ST_OK || st == ST_NONE)
        st = db_exec(db, NULL, "UPDATE customer SET member_seen_at = ? WHERE id = ?",
                     DB_TIME(now), DB_INT(id));
    return st;
}

/* The redemption first: once it is there, the card is only its shadow. */
static enum status redeemed_note(struct db *db, int64_t now,
                                 const struct member_news *news, int64_t *changed)
{
    return db_exec(db, changed,
                   "UPDATE redemption SET unverified = ? WHERE discount_id = ?"
                   " AND staff_id = ? AND unverified = ? AND redeemed_at > ?",
                   DB_INT(news->state == MEMBER_LEFT ? MEMBER_LEFT : 0),
                   DB_INT(news->discount_id), DB_INT(news->staff_id),
                   DB_INT(MEMBER_ASKED), DB_TIME(now - LATE));
}

static enum status card_note(struct db *db, const struct member_news *news,
                             int64_t *changed)
{
    return db_exec(db, changed,
                   "UPDATE discount SET hold_member = ? WHERE id = ?"
                   " AND hold_staff_id = ? AND hold_member = ?"
                   " AND confirm_until IS NOT NULL",
                   DB_INT(news->state), DB_INT(news->discount_id),
                   DB_INT(news->staff_id), DB_INT(MEMBER_ASKED));
}

static enum status attempt_note(struct db *db, int64_t now,
                                const struct member_news *news)
{
    return db_exec(db, NULL,
                   "UPDATE redemption_attempt SET member = ? WHERE staff_id = ?"
                   " AND verdict = ? AND at > ? AND discount_id = ? AND member = ?",
                   DB_INT(news->state), DB_INT(news->staff_id), DB_INT(VERDICT_VALID),
                   DB_TIME(now - LATE), DB_INT(news->discount_id),
                   DB_INT(MEMBER_ASKED));
}

/* Who left today may still buy today, where the shop says so: at the till it is a yes. */
static enum status at_the_till(struct db *db, const struct member_news *news,
                               struct member_news *out)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    *out = *news;
    if (st == ST_OK && news->state == MEMBER_LEFT &&
        set.unsubscribe_policy != SETTING_LEFT_AT_ONCE)
        out->state = MEMBER_YES;
    return st;
}

enum status redemption_member_known(struct db *db, int64_t now,
                                    const struct member_news *news,
                                    enum member_effect *effect)
{
    int64_t open = 0, redeemed = 0;
    struct member_news till;
    /* The discount's row first, as everywhere: a press waits, or has been. */
    enum status st = db_one(db, "SELECT id FROM discount WHERE id = ? FOR UPDATE",
                            DB_INT(news->discount_id));

    *effect = MEMBER_NOTHING_OPEN;
    if (st == ST_OK)
        st = at_the_till(db, news, &till);
    if (st == ST_OK)
        st = redeemed_note(db, now, &till, &redeemed);
    if (st == ST_OK)
        st = card_note(db, &till, &open);
    if (st == ST_OK)
        st = attempt_note(db, now, &till);
    if (st == ST_OK)
        st = customer_note(db, now, news);
    if (st != ST_OK)
        return st;
    if (open > 0)
        *effect = till.state == MEMBER_LEFT ? MEMBER_CARD_ENDED : MEMBER_CARD_FINE;
    else if (redeemed > 0 && till.state == MEMBER_LEFT)
        *effect = MEMBER_TOO_LATE;
    return st;
}
