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
 * first_name, last_name and username are the messenger's and change with it. What the
 * customer tells by themselves (customer_profile.c) is name, birth and phone, each of
 * which may be changed and taken away. All of it is in the columns of `customer`:
 *
 *   personal        name, birth_date, phone
 *   kept hashed     phone_hash (phone.h): also in gift_phone, where it stays behind, so
 *                   that a phone gets one birthday gift a year whoever brings it
 *   not personal    birth_set_at, birth_changed_at, phone_at, phone_shared,
 *                   gift_withheld, profile_*
 *
 * All functions run inside the caller's transaction. */
#ifndef CORE_LOYALTY_CUSTOMER_H
#define CORE_LOYALTY_CUSTOMER_H

#include "core/base/cal.h"
#include "core/base/status.h"
#include "core/contact.h"
#include "core/io/db.h"
#include "core/loyalty/called.h"

/* Where somebody stands in telling us of themselves; kept in the row, so that it outlives
 * programs, and a day (PROFILE_LIFE) after the last answer it is asked whether they go
 * on. */
enum profile_step { PROFILE_NONE, PROFILE_NAME, PROFILE_BIRTHDAY, PROFILE_PHONE };

struct profile {
    enum profile_step step;
    bool alone; /* this question only, not the whole walk */
    bool keys;  /* the keyboard that shares a phone is out, and must be taken in */
    int64_t at; /* of the last question */
};
#define PROFILE_STEPS PROFILE_PHONE
#define PROFILE_LIFE (24 * 3600 * 1000000LL)

#define CUSTOMER_PHONE_BYTES 17

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
    bool marketing_rare;   /* wants fewer of them (consent.h) */
    int64_t subscribed_at; /* of the last change; 0: never asked */
    bool has_birth;
    struct date birth;
    int64_t birth_set_at, birth_changed_at; /* first entry; last change (0: none) */
    char name[CONTACT_NAME_BYTES];    /* what they want to be called; "": not told */
    char phone[CUSTOMER_PHONE_BYTES]; /* E.164; "": not told */
    bool phone_shared;                /* another customer has the same one */
    struct profile profile;
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

/* ---- what they tell of themselves ------------------------------------------------ */

/* The name to call them by: their own word, else the messenger's. Lent by c. */
const char *customer_called(const struct customer *c);

/* Pure: a name as typed. Letters of any script with their marks, blanks, ' ’ and -; out
 * is cleaned of everything invisible. */
enum name_fault {
    NAME_FINE,
    NAME_EMPTY,   /* no letter in it */
    NAME_LONG,    /* more than 64 characters */
    NAME_NUMBER,  /* a telephone number, a date */
    NAME_ADDRESS, /* of a page or a mailbox, or a user name */
    NAME_SIGNS    /* something that is in no name */
};
enum name_fault name_read(const char *s, size_t n, char out[CONTACT_NAME_BYTES]);

/* name as name_read gave it; "": taken away. ST_NONE: it was so already. */
must_check enum status customer_name_set(struct db *db, int64_t now, int64_t id,
                                         const char *name);

/* The same by somebody of the shop for them, and of their phone and language. */
struct customer_change {
    int64_t id, staff_id;
    const char *text;
};
must_check enum status customer_name_change(struct db *db, int64_t now,
                                            const struct customer_change *change);
must_check enum status customer_phone_change(struct db *db, int64_t now,
                                             const struct customer_change *change,
                                             bool *shared);
must_check enum status customer_language_change(struct db *db, int64_t now,
                                                const struct customer_change *change);

/* phone as phone_read gave it (phone.h); "": taken away. *shared: somebody else has the
 * same one. Both are kept and marked, and there is one birthday gift a year for both.
 * ST_NONE: it was so already. */
must_check enum status customer_phone_set(struct db *db, int64_t now, int64_t id,
                                          const char *phone, bool *shared);

must_check enum status customer_profile_keep(struct db *db, int64_t id,
                                             const struct profile *p);

/* ---- birthday ------------------------------------------------------------------- */

/* A birthday told without its year is a date of this one: a leap year nobody is left of
 * who could take part. */
#define BIRTHDAY_NO_YEAR 1904

enum birthday_fault {
    BIRTHDAY_FINE,
    BIRTHDAY_SAME,   /* it is that date already: nothing to do */
    BIRTHDAY_FUTURE, /* not born yet */
    BIRTHDAY_TOO_YOUNG,
    BIRTHDAY_TOO_OLD,
    BIRTHDAY_CHANGED, /* changed less than a year ago */
    BIRTHDAY_TOO_NEAR /* a change, and the old or the new birthday is too near */
};
/* Taking a date away is always allowed; telling one again counts as a change. */

struct birthday_limits {
    int age_min, age_max; /* years */
    int change_days;      /* between two changes; 365 */
    int near_days;        /* no change this near to the gift's days; 30 */
    int before, after;    /* those days, around the birthday */
    bool leap_to_march;
    bool year_needed;
};

/* From the settings. */
must_check enum status birthday_limits_load(struct db *db, struct birthday_limits *out);
struct settings;
void birthday_limits_of(const struct settings *set, struct birthday_limits *out);

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
    int64_t staff_id;   /* who entered it for them; 0: they did */
    const char *reason; /* … and why, kept as a keyed hash; NULL: none */
};
must_check enum status customer_birthday_set(struct db *db, int64_t now,
                                             const struct birthday_entry *e,
                                             enum birthday_fault *fault);

/* ST_NONE: there was none. */
must_check enum status customer_birthday_clear(struct db *db, int64_t now, int64_t id);
/* The same by staff: customer_id, staff_id and reason of e. */
must_check enum status customer_birthday_drop(struct db *db, int64_t now,
                                              const struct birthday_entry *e);

#endif
