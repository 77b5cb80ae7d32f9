/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/account.h - somebody of the staff who works in the panel: how they are known
 * again (a password, six digits of an app), and how all their sessions end at once.
 *
 * The row is made at the first login; without one nobody is logged in. Its epoch stands
 * in every session (session.h): raising it ends them all, at once. It is raised by
 * account_out, a new password, being disabled, and by staff.h when a role changes or
 * somebody leaves.
 *
 * bcrypt takes a quarter of a second: account_word and account_word_is are never called on
 * a loop, nor with a row locked. */
#ifndef CORE_STAFF_ACCOUNT_H
#define CORE_STAFF_ACCOUNT_H

#include "core/base/password.h"
#include "core/base/totp.h"
#include "core/staff/staff.h"

#define ACCOUNT_EMAIL_BYTES 191
#define ACCOUNT_WORD_MIN 10 /* letters of a password; at most PASSWORD_MAX bytes */

struct account {
    int64_t staff_id; /* 0: there is none */
    char email[ACCOUNT_EMAIL_BYTES];
    char hash[PASSWORD_HASH]; /* "": no password */
    char totp[65];            /* base32; "": none */
    bool totp_on;             /* confirmed by a first code */
    int64_t totp_last, epoch;
    bool disabled;
};

/* Makes the row when there is none. ST_NONE: no such staff. */
must_check enum status account_ready(struct db *db, int64_t now, int64_t staff_id,
                                     struct account *out);
/* The same, held until the transaction ends: nobody else changes it meanwhile. */
must_check enum status account_lock(struct db *db, int64_t now, int64_t staff_id,
                                    struct account *out);
/* ST_NONE: no row. */
must_check enum status account_load(struct db *db, int64_t staff_id,
                                    struct account *out);

/* Pure: in lower case, as it is kept. false: no address of the form a@b.c, in ASCII. */
bool account_email(const char *typed, char out[ACCOUNT_EMAIL_BYTES]);
/* By such an e-mail. ST_NONE: nobody's; out is empty then. */
must_check enum status account_find(struct db *db, const char *email,
                                    struct account *out);

/* Pure, and slow: is it the password? Of an account without one, and of no account at
 * all (staff_id 0), it takes the same time and answers no. */
bool account_word_is(const struct account *a, const char *password);
/* Pure, and slow. ST_BAD: too short, or longer than bcrypt reads. */
must_check enum status account_word(const char *password, char hash[PASSWORD_HASH]);

/* email: in its kept form; "" keeps what there is. Ends all sessions but `keep` (a jti;
 * NULL: all). ST_TAKEN: somebody else's e-mail. ST_BAD: there is none at all.
 * ST_REFUSED: it is not of that epoch any more, somebody changed it meanwhile. */
struct account_word {
    const char *email, *hash, *keep;
    int64_t epoch; /* that was seen; 0: whatever it is */
};
must_check enum status account_set_word(struct db *db, int64_t now, int64_t staff_id,
                                        const struct account_word *w);

/* ---- six digits ------------------------------------------------------------------- */

/* A fresh secret, not asked for until a code of it confirms it. ST_TAKEN: one is on. */
must_check enum status account_totp_enrol(struct db *db, int64_t now, int64_t staff_id,
                                          char secret[TOTP_SECRET]);
/* ST_OK: the digits are right, and used up. ST_REFUSED: wrong, or used before. ST_NONE:
 * no secret. The first right ones turn it on. */
must_check enum status account_totp_use(struct db *db, int64_t now,
                                        const struct account *a, const char *code);
must_check enum status account_totp_off(struct db *db, int64_t now, int64_t staff_id);

/* ---- ending ----------------------------------------------------------------------- */

/* Out of all sessions. */
must_check enum status account_out(struct db *db, int64_t now, int64_t staff_id);

/* By somebody who may change them (team_may). ST_REFUSED: may not. Being disabled is of
 * the panel only: they go on working in the shop. */
struct account_act {
    const struct staff *by; /* loaded in this transaction */
    int64_t who;
    bool disable;
};
must_check enum status account_switch(struct db *db, int64_t now,
                                      const struct account_act *act);

/* Could the shop pass from one to the other? ST_REFUSED: from is no owner, or to is not
 * active, has no messenger, is disabled, or is an owner already. */
must_check enum status account_can_take(struct db *db, const struct staff *from,
                                        const struct staff *to);

/* The shop changes hands: who becomes owner, by becomes administrator, both are out of
 * all sessions. Both have said yes (ownership.h). ST_REFUSED: account_can_take says no,
 * of both as they are by now. */
must_check enum status account_hand_over(struct db *db, int64_t now,
                                         const struct staff *by, int64_t who);

#endif
