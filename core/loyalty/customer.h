/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/customer.h - a customer: somebody who let us keep their data.
 *
 *            customer_meet          customer_unreachable
 *   (nobody) ------------> ACTIVE ----------------------> BLOCKED
 *                            ^  |  <---------------------   |
 *                            |  |    customer_meet,         |
 *                            |  |    customer_reachable     |
 *                            |  +--------> ERASED <---------+    (nothing comes back)
 *
 * There is no row before consent: until the customer agrees, a conversation works from
 * its update alone; then customer_meet and consent_grant in one transaction. After that
 * customer_meet is called at each contact and refreshes names, language and last_seen.
 *
 * pd_ok and marketing_ok are projections of the consents (consent.h) and change nowhere
 * else, but for one thing: who blocks us loses marketing_ok, so that coming back does
 * not silently bring advertising back.
 *
 * All functions run inside the caller's transaction. */
#ifndef CORE_LOYALTY_CUSTOMER_H
#define CORE_LOYALTY_CUSTOMER_H

#include "core/base/cal.h"
#include "core/base/status.h"
#include "core/contact.h"
#include "core/io/db.h"

enum customer_status { CUSTOMER_ACTIVE = 1, CUSTOMER_BLOCKED, CUSTOMER_ERASED };

#define CUSTOMER_USERNAME_BYTES 65
#define CUSTOMER_SOURCE_BYTES 41

struct customer {
    int64_t id;
    enum channel channel;
    int64_t external_id;
    char first_name[CONTACT_NAME_BYTES], last_name[CONTACT_NAME_BYTES];
    char username[CUSTOMER_USERNAME_BYTES]; /* "" when none */
    char language[3];                       /* "ru" or "en" */
    char source[CUSTOMER_SOURCE_BYTES];
    enum customer_status status;
    bool subscribed, pd_ok, marketing_ok;
    int64_t subscribed_at; /* of the last change; 0: never asked */
    bool has_birth;
    struct date birth;
    int64_t birth_set_at, birth_changed_at; /* first entry; last change (0: none) */
    int64_t last_seen, created_at;
    bool fresh; /* customer_meet made it just now */
};

/* ST_NONE: we keep nothing of that person. */
must_check enum status customer_find(struct db *db, enum channel channel,
                                     int64_t external_id, struct customer *out);
must_check enum status customer_load(struct db *db, int64_t id, struct customer *out);

/* Makes the row or refreshes it. The language given is taken only for a new row (later
 * it is the customer's own choice), the source only at the first touch. A contact that
 * is newer than the block makes the customer reachable again. ST_REFUSED: external_id
 * is not a person's (<= 0). */
must_check enum status customer_meet(struct db *db, int64_t now,
                                     const struct contact *c, struct customer *out);

/* ST_BAD: neither "ru" nor "en". */
must_check enum status customer_language(struct db *db, int64_t now, int64_t id,
                                         const char *language);

/* The person blocked us or is gone; update_id of the news, 0 when the answer to a
 * message told us. ST_NONE: a newer update says otherwise, or nothing changed. */
must_check enum status customer_unreachable(struct db *db, int64_t now, int64_t id,
                                            int64_t update_id);
must_check enum status customer_reachable(struct db *db, int64_t now, int64_t id,
                                          int64_t update_id);

/* What the channel said about them. ST_NONE: it was so already. */
must_check enum status customer_subscribed(struct db *db, int64_t now, int64_t id,
                                           bool subscribed);

/* ---- birthday ------------------------------------------------------------------- */

enum birthday_fault {
    BIRTHDAY_FINE,
    BIRTHDAY_SAME,   /* it is that date already: nothing to do */
    BIRTHDAY_FUTURE, /* not born yet */
    BIRTHDAY_TOO_YOUNG,
    BIRTHDAY_TOO_OLD,
    BIRTHDAY_CHANGED, /* changed less than a year ago */
    BIRTHDAY_TOO_NEAR /* a change, and the old or the new birthday is too near */
};

struct birthday_limits {
    int age_min, age_max; /* years */
    int change_days;      /* between two changes; 365 */
    int near_days;        /* no change this near to the birthday; 30 */
};

/* From the settings. */
must_check enum status birthday_limits_load(struct db *db, struct birthday_limits *out);

/* Pure: may this customer set that date today (local day)? */
enum birthday_fault customer_birthday_may(const struct customer *c, struct date born,
                                          int32_t today,
                                          const struct birthday_limits *l);

/* Asks customer_birthday_may and writes. ST_REFUSED: *fault says why, nothing changed.
 */
struct birthday_entry {
    int64_t customer_id;
    struct date born;
    int32_t today; /* the shop's local day */
    struct birthday_limits limits;
};
must_check enum status customer_birthday_set(struct db *db, int64_t now,
                                             const struct birthday_entry *e,
                                             enum birthday_fault *fault);

/* "Мария К.": what a cashier may see. out holds CONTACT_NAME_BYTES + 8. */
void customer_short_name(const char *first, const char *last,
                         char out[CONTACT_NAME_BYTES + 8]);

#endif
