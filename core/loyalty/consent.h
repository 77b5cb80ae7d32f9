/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/consent.h - what a customer agreed to, and the proof.
 *
 * Evidence is append-only: each grant and each withdrawal is a row with the exact text
 * shown (purpose, language, version, SHA-256), the update it came by and the time. The
 * customer's pd_ok and marketing_ok follow from it, for each purpose the highest
 * update_id wins: messages and button presses may reach us in another order than they
 * were made in, and an older "yes" must not undo a newer "stop".
 *
 * Withdrawing PD takes MARKETING with it; granting PD again does not bring it back. */
#ifndef CORE_LOYALTY_CONSENT_H
#define CORE_LOYALTY_CONSENT_H

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/contact.h"
#include "core/io/db.h"

enum purpose {
    PURPOSE_PD = 1,   /* processing of personal data: without it there is no customer */
    PURPOSE_MARKETING /* offers and congratulations: off until asked for */
};

struct consent_text {
    int64_t id;
    enum purpose purpose;
    char language[3];
    int version; /* 1, 2, … for each purpose and language */
    uint8_t sha256[SHA256_BYTES];
};

/* The text people are shown from now on. The same body again changes nothing and
 * answers ST_OK with the version there is. */
struct consent_draft {
    enum purpose purpose;
    const char *language; /* "ru" or "en" */
    const char *body;
    size_t n;
};
must_check enum status consent_text_publish(struct db *db, int64_t now,
                                            const struct consent_draft *draft,
                                            struct consent_text *out);

/* The newest one in that language, else in Russian; body (may be NULL) is added to.
 * ST_NONE: nothing was ever published. */
must_check enum status consent_text_current(struct db *db, enum purpose purpose,
                                            const char *language,
                                            struct consent_text *out, struct buf *body);

/* Publishes the four texts of the settings, with {brand} and {operator} filled in;
 * `dvorik seed`, the worker at start and a
 * change of settings call it. */
must_check enum status consent_text_sync(struct db *db, int64_t now);
/* Does a change of that setting change a text? Then it is to be published with it. */
bool consent_text_uses(const char *setting);

struct consent_act {
    int64_t customer_id;
    enum purpose purpose;
    int64_t text_id;   /* what they saw; 0 only for a withdrawal by a command */
    int64_t update_id; /* 0: not from an update (panel, import) */
    enum channel via;
    int64_t staff_id;     /* who entered it for them; 0: they did it themselves */
    const char *evidence; /* … and what they hold of it; NULL: nothing */
};

/* The newest yes to that purpose, for the person to see. ST_NONE: there was none. */
struct consent_proof {
    int64_t at;
    int version; /* of the text they saw */
    char language[3];
};
must_check enum status consent_last(struct db *db, int64_t customer_id,
                                    enum purpose purpose, struct consent_proof *out);

/* «Реже»: fewer messages for those who said yes; ST_NONE: it was so already. */
must_check enum status consent_rarely(struct db *db, int64_t now, int64_t customer_id,
                                      bool rarely);

/* How many marketing messages that customer may get within how many days: who sends one
 * counts theirs over all campaigns. 0 messages: none. */
struct marketing_cap {
    int messages, days;
};
struct settings;
struct marketing_cap consent_cap(const struct settings *set, bool rarely);

/* ST_OK: the projection follows it. ST_NONE: evidence of an older update, kept, but a
 * newer one stands; or this very update was counted before, nothing added.
 * ST_REFUSED: marketing without pd, or no such customer or text. */
must_check enum status consent_grant(struct db *db, int64_t now,
                                     const struct consent_act *act);
must_check enum status consent_revoke(struct db *db, int64_t now,
                                      const struct consent_act *act);

#endif
