/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/draft.h"

#include "core/base/money.h"
#include "core/base/utf.h"
#include "core/segment/segment.h"
#include "core/setting.h"
#include "core/staff/store.h"

#include <string.h>

#define SHARE_MAX 9000 /* of 10000: somebody is left to be written to */
#define RATE_MAX 1000
#define OFFER_DAYS_MAX 3650
#define OFFER_USES_MAX 1000
#define WEIGHT_MAX 100

static size_t characters(const char *s)
{
    size_t n = 0;

    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static bool name_ok(const struct broadcast_draft *d, int64_t now)
{
    size_t n = characters(d->b.name);

    (void)now;
    return n > 0 && n <= BROADCAST_NAME_MAX && utf_valid(d->b.name, strlen(d->b.name));
}

static bool footer_ok(const struct broadcast_draft *d, int64_t now)
{
    size_t n = strlen(d->b.footer);

    (void)now;
    return utf_valid(d->b.footer, n) &&
           utf16_len(d->b.footer, n) <= BROADCAST_FOOTER_MAX;
}

/* Nothing can be written under a post of somebody's that is copied. */
static bool footer_has_room(const struct broadcast_draft *d, int64_t now)
{
    (void)now;
    for (int i = 0; d->variants != NULL && d->b.footer[0] != '\0' && i < d->variants_n;
         i++)
        if (json_get(d->variants[i].content, "ru.post") != NULL ||
            json_get(d->variants[i].content, "en.post") != NULL)
            return false;
    return true;
}

static bool purpose_ok(const struct broadcast_draft *d, int64_t now)
{
    (void)now;
    return d->b.purpose == MESSAGE_MARKETING || d->b.purpose == MESSAGE_SERVICE;
}

static bool variants_ok(const struct broadcast_draft *d, int64_t now)
{
    (void)now;
    if (d->variants == NULL)
        return true;
    if (d->variants_n < 0 || d->variants_n > BROADCAST_VARIANTS)
        return false;
    for (int i = 0; i < d->variants_n; i++)
        if (d->variants[i].no != i + 1 || d->variants[i].weight < 1 ||
            d->variants[i].weight > WEIGHT_MAX || d->variants[i].content == NULL)
            return false;
    return true;
}

/* Who waits for a winner needs several to choose from, a measure and a day. */
static bool test_ok(const struct broadcast_draft *d, int64_t now)
{
    const struct broadcast *b = &d->b;

    if (b->test_bp < 0 || b->test_bp > SHARE_MAX ||
        (unsigned)b->metric > METRIC_REDEMPTIONS)
        return false;
    if (b->test_bp == 0)
        return true;
    return b->metric != METRIC_NONE && b->decide_at > now &&
           (b->not_after == 0 || b->decide_at < b->not_after) &&
           (d->variants == NULL || d->variants_n > 1);
}

/* What nobody was given nobody redeems. */
static bool metric_ok(const struct broadcast_draft *d, int64_t now)
{
    (void)now;
    return d->b.metric != METRIC_REDEMPTIONS || d->b.offer.percent_bp != 0;
}

static bool holdout_ok(const struct broadcast_draft *d, int64_t now)
{
    (void)now;
    return d->b.holdout_bp >= 0 && d->b.holdout_bp <= SHARE_MAX;
}

static bool offer_ok(const struct broadcast_draft *d, int64_t now)
{
    const struct broadcast_offer *o = &d->b.offer;

    if (o->percent_bp == 0)
        return true;
    return o->percent_bp > 0 && o->percent_bp <= PERCENT_WHOLE && o->uses >= 0 &&
           o->uses <= OFFER_USES_MAX && o->days >= 0 && o->days <= OFFER_DAYS_MAX &&
           (o->days > 0) != (o->until > 0) && (o->days > 0 || o->until > now) &&
           o->min_purchase >= 0 && o->max_amount >= 0 && o->store_id >= 0;
}

static bool rate_ok(const struct broadcast_draft *d, int64_t now)
{
    (void)now;
    return d->b.rate_per_s >= 0 && d->b.rate_per_s <= RATE_MAX;
}

static bool not_after_ok(const struct broadcast_draft *d, int64_t now)
{
    return d->b.not_after == 0 || d->b.not_after > now;
}

/* A discount of a store that is not there could be issued to nobody: all would wait. */
static enum status store_ok(struct db *db, const struct broadcast_draft *d,
                            const char **why)
{
    struct store store;
    enum status st;

    if (d->b.offer.percent_bp == 0 || d->b.offer.store_id == 0)
        return ST_OK;
    st = store_load(db, d->b.offer.store_id, &store);
    if (st == ST_NONE)
        *why = "store";
    return st == ST_NONE ? ST_BAD : st;
}

/* Nobody plans with a pace that nobody has allowed. */
static enum status paid_ok(struct db *db, const struct broadcast_draft *d,
                           const char **why)
{
    int64_t allowed = 0;
    enum status st = ST_OK;

    if (d->b.paid)
        st = setting_int(db, "broadcast_paid", &allowed);
    if (d->b.paid && (st == ST_OK || st == ST_NONE) && allowed == 0) {
        *why = "paid";
        return ST_BAD;
    }
    return st;
}

static enum status audience_ok(struct db *db, const struct broadcast_draft *d,
                               const char **why)
{
    struct rule_faults faults = {0};
    struct segment segment;
    struct rule *rule;
    enum status st;

    if (d->rule == NULL)
        return d->b.segment_id != 0 ? segment_load(db, d->b.segment_id, &segment)
                                    : (*why = "audience", ST_BAD);
    rule = rule_parse(d->rule, d->rule_n, true, &faults);
    st = rule != NULL   ? segment_resolve(db, rule, 0, &faults)
         : faults.n > 0 ? ST_REFUSED
                        : ST_BROKEN;
    rule_free(rule);
    if (st == ST_REFUSED)
        *why = "audience";
    return st == ST_REFUSED ? ST_BAD : st;
}

enum status draft_check(struct db *db, int64_t now, const struct broadcast_draft *d,
                        const char **why)
{
    static const struct {
        const char *what;
        bool (*ok)(const struct broadcast_draft *d, int64_t now);
    } checks[] = {
        {"name", name_ok},
        {"footer", footer_ok},
        {"purpose", purpose_ok},
        {"variants", variants_ok},
        {"metric", metric_ok},
        {"test", test_ok},
        {"holdout", holdout_ok},
        {"offer", offer_ok},
        {"rate", rate_ok},
        {"not_after", not_after_ok},
        {"footer_post", footer_has_room},
    };
    enum status st;

    *why = NULL;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!checks[i].ok(d, now)) {
            *why = checks[i].what;
            return ST_BAD;
        }
    st = store_ok(db, d, why);
    if (st == ST_OK)
        st = paid_ok(db, d, why);
    return st == ST_OK ? audience_ok(db, d, why) : st;
}
