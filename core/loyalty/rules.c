/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the settings say about loyalty, in the words of this folder. */
#include "core/base/clock.h"
#include "core/loyalty/birthday.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/identity.h"
#include "core/loyalty/redemption.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

/* Nobody in the books is older, so a greater age is a slip of the finger. */
#define AGE_MAX 110
#define CHANGE_DAYS 365
#define NEAR_DAYS 30

void birthday_rules_of(const struct settings *set, struct birthday_rules *out)
{
    *out = (struct birthday_rules){
        .on = set->birthday_percent_bp > 0,
        .before = (int)set->birthday_days_before,
        .after = (int)set->birthday_days_after,
        .lead = (int)set->birthday_lead_days,
        .leap_to_march = set->birthday_leap == SETTING_MAR1,
        .percent_bp = (int)set->birthday_percent_bp,
    };
}

enum status birthday_rules_load(struct db *db, struct birthday_rules *out)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    if (st != ST_OK)
        return st;
    birthday_rules_of(&set, out);
    return ST_OK;
}

void birthday_limits_of(const struct settings *set, struct birthday_limits *out)
{
    *out = (struct birthday_limits){
        .age_min = (int)set->age_min,
        .age_max = AGE_MAX,
        .change_days = CHANGE_DAYS,
        .near_days = NEAR_DAYS,
        .before = (int)set->birthday_days_before,
        .after = (int)set->birthday_days_after,
        .leap_to_march = set->birthday_leap == SETTING_MAR1,
        .year_needed = set->birthday_year,
    };
}

enum status birthday_limits_load(struct db *db, struct birthday_limits *out)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    if (st == ST_OK)
        birthday_limits_of(&set, out);
    return st;
}

enum status discount_welcome(struct db *db, int64_t now, int64_t customer_id,
                             struct discount *out)
{
    struct settings set;
    int64_t person;
    char key[40];
    enum status st = setting_load(db, &set);

    if (st == ST_OK && set.discount_percent_bp == 0)
        st = ST_REFUSED;
    if (st == ST_OK)
        st = db_one(db, "SELECT 1 FROM customer WHERE id = ? AND barred_at IS NULL",
                    DB_INT(customer_id));
    if (st == ST_OK)
        st = identity_person(db, customer_id, &person);
    if (st != ST_OK)
        return st == ST_NONE ? ST_REFUSED : st;
    snprintf(key, sizeof key, "sub:%lld", (long long)person);
    st = discount_issue(db, now,
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
    /* Had under another row, before an erasure or a move: not theirs to see. */
    return st == ST_TAKEN && out->customer_id != customer_id ? ST_REFUSED : st;
}

/* {brand} and {operator} become the shop's, so that what people agree to, and its
 * SHA-256, names who is responsible. */
static void fill(struct buf *out, const char *body, const struct settings *set)
{
    const char *who =
        set->brand_operator[0] != '\0' ? set->brand_operator : set->brand_name;
    const struct {
        const char *mark, *value;
    } marks[] = {{"{brand}", set->brand_name}, {"{operator}", who}};

    while (*body != '\0') {
        size_t n = strcspn(body, "{"), i;

        buf_add(out, body, n);
        body += n;
        for (i = 0; i < sizeof marks / sizeof *marks; i++)
            if (strncmp(body, marks[i].mark, strlen(marks[i].mark)) == 0)
                break;
        if (i < sizeof marks / sizeof *marks) {
            buf_adds(out, marks[i].value);
            body += strlen(marks[i].mark);
        } else if (*body != '\0') {
            buf_addc(out, *body++);
        }
    }
}

static enum status publish(struct db *db, int64_t now, struct consent_draft d,
                           const struct settings *set)
{
    struct consent_text text;
    struct buf body = {0};
    enum status st = ST_BROKEN;

    fill(&body, d.body, set);
    d.body = body.s;
    d.n = body.len;
    if (!body.failed)
        st = consent_text_publish(db, now, &d, &text);
    buf_free(&body);
    return st;
}

bool consent_text_uses(const char *setting)
{
    return strstr(setting, "_text_") != NULL || strncmp(setting, "brand_", 6) == 0;
}

enum status consent_text_sync(struct db *db, int64_t now)
{
    struct settings set;
    enum status st = setting_load(db, &set);
    const struct consent_draft drafts[] = {
        {PURPOSE_PD, "ru", set.consent_text_ru, 0},
        {PURPOSE_PD, "en", set.consent_text_en, 0},
        {PURPOSE_MARKETING, "ru", set.marketing_text_ru, 0},
        {PURPOSE_MARKETING, "en", set.marketing_text_en, 0},
    };

    for (size_t i = 0; st == ST_OK && i < sizeof drafts / sizeof *drafts; i++)
        st = publish(db, now, drafts[i], &set);
    return st;
}
