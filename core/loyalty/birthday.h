/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/birthday.h - a gift on the birthday, once a year that is celebrated.
 *
 * The gift is good from `before` days before the birthday to `after` days behind it, in
 * the shop's calendar; whoever was missed on the day itself (nothing ran at nine) is
 * found on the next days of that window. The year in the key "bday:<customer>:<year>"
 * is the year celebrated, not the year of the run: a gift given on 29 December for 2
 * January is not given again in January.
 *
 * A birth date entered less than `lead` days before the birthday counts from next year
 * on. A year has one gift for one phone, whoever tells it (gift_phone); the days of a
 * gift are those of the settings at its issue, and stay what they are.
 * Without consent to marketing the gift lies in the wallet and nobody is told. */
#ifndef CORE_LOYALTY_BIRTHDAY_H
#define CORE_LOYALTY_BIRTHDAY_H

#include "core/base/cal.h"
#include "core/base/tz.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/discount.h"

#define BIRTHDAY_WINDOW_MAX 60 /* days, before and after together */

struct birthday_rules {
    bool on;
    int before, after, lead; /* days */
    bool leap_to_march; /* 29 February in a common year: 1 March, else 28 February */
    int percent_bp;
};

/* From the settings. ST_BROKEN never: a setting that is damaged reads as its default.
 */
must_check enum status birthday_rules_load(struct db *db, struct birthday_rules *out);
struct settings;
void birthday_rules_of(const struct settings *set, struct birthday_rules *out);

/* ---- pure ----------------------------------------------------------------------- */

struct celebration {
    int year;    /* the one celebrated: of the birthday, not of today */
    int32_t day; /* when, local */
};

/* Is `today` in the window around a birthday of somebody born then? */
bool birthday_window(struct date born, int32_t today, const struct birthday_rules *r,
                     struct celebration *out);

/* Was a date entered on that local day early enough for this celebration? */
bool birthday_in_time(int32_t entered, const struct celebration *c,
                      const struct birthday_rules *r);

/* MMDD ranges (at most two: New Year) that hold every birthday whose window contains
 * today, and perhaps 29 February too many; first and last inclusive. Answers how many.
 */
struct mmdd_range {
    int first, last;
};
int birthday_ranges(int32_t today, const struct birthday_rules *r,
                    struct mmdd_range out[2]);

/* The celebration whose gift somebody gets who tells that birthday today: this year's
 * when it is told in time and not over, else the one after. */
struct celebration birthday_first_gift(struct date born, int32_t told,
                                       const struct birthday_rules *r);

void birthday_key(int64_t customer_id, int year, char out[40]);

/* ---- the daily round --------------------------------------------------------------
 */

struct birthday_due {
    int64_t customer_id;
    struct celebration celebration;
    bool tell; /* marketing consent and reachable */
};

struct birthday_round {
    const struct tz *tz;
    int32_t today; /* the local date the round is for */
    struct birthday_rules rules;
    int64_t after_customer; /* 0: from the start; moved on by birthday_due */
    int limit;
};

/* The next customers in the window who have no gift of that year yet, by id, at most
 * limit of round; *n how many were written. ST_NONE: the round is through.
 * Not everybody looked at is due: n may be 0 with ST_OK. */
must_check enum status birthday_due(struct db *db, struct birthday_round *round,
                                    struct birthday_due *out, int *n);

/* Issues the gift and, if they may be told, puts core.birthday_gifted {"d":discount}.
 * ST_TAKEN: it was given before. ST_REFUSED: it was given to another customer with the
 * same phone; that is noted once a year (customer.gift_withheld, audit): commit it. */
must_check enum status birthday_gift(struct db *db, int64_t now,
                                     const struct birthday_round *round,
                                     const struct birthday_due *who,
                                     struct discount *out);

#endif
