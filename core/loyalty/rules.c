/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the settings say about loyalty, in the words of this folder. */
#include "core/base/clock.h"
#include "core/loyalty/birthday.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/redemption.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

/* Nobody in the books is older, so a greater age is a slip of the finger. */
#define AGE_MAX 110
#define CHANGE_DAYS 365

enum status birthday_rules_load(struct db *db, struct birthday_rules *out)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    if (st != ST_OK)
        return st;
    *out = (struct birthday_rules){
        .on = set.birthday_percent_bp > 0,
        .before = (int)set.birthday_days_before,
        .after = (int)set.birthday_days_after,
        .lead = (int)set.birthday_lead_days,
        .leap_to_march = set.birthday_leap == SETTING_MAR1,
        .percent_bp = (int)set.birthday_percent_bp,
    };
    return ST_OK;
}

enum status birthday_limits_load(struct db *db, struct birthday_limits *out)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    if (st != ST_OK)
        return st;
    /* No near_days: a date entered late does not count this year anyway, and there is
     * one gift a year whatever the date becomes. */
    *out = (struct birthday_limits){.age_min = (int)set.age_min,
                                    .age_max = AGE_MAX,
                                    .change_days = CHANGE_DAYS,
                                    .near_days = 0};
    return ST_OK;
}

enum status discount_welcome(struct db *db, int64_t now, int64_t customer_id,
                             struct discount *out)
{
    struct settings set;
    char key[40];
    enum status st = setting_load(db, &set);

    if (st == ST_OK && set.discount_percent_bp == 0)
        st = ST_REFUSED;
    if (st != ST_OK)
        return st;
    snprintf(key, sizeof key, "sub:%lld", (long long)customer_id);
    return discount_issue(db, now,
                          &(struct discount_spec){
                              .customer_id = customer_id,
                              .source = SOURCE_SUBSCRIPTION,
                              .issue_key = key,
                              .percent_bp = (int)set.discount_percent_bp,
                              .valid_from = now,
                              .valid_until = now + set.discount_days * DAY,
                              .uses = (int)set.discount_uses,
                          },
                          out);
}

enum status consent_text_sync(struct db *db, int64_t now)
{
    struct settings set;
    struct consent_text text;
    enum status st = setting_load(db, &set);
    const struct consent_draft drafts[] = {
        {PURPOSE_PD, "ru", set.consent_text_ru, 0},
        {PURPOSE_PD, "en", set.consent_text_en, 0},
        {PURPOSE_MARKETING, "ru", set.marketing_text_ru, 0},
        {PURPOSE_MARKETING, "en", set.marketing_text_en, 0},
    };

    for (size_t i = 0; st == ST_OK && i < sizeof drafts / sizeof *drafts; i++) {
        struct consent_draft d = drafts[i];

        d.n = strlen(d.body);
        st = consent_text_publish(db, now, &d, &text);
    }
    return st;
}
