/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/letter.h - words somebody of the shop writes to a customer.
 *
 * The words are a row of `letter`; a job (core.letter_written) makes the message of them,
 * in the form the messenger wants, and asks consent, stops and the cap once more. */
#ifndef CORE_LOYALTY_LETTER_H
#define CORE_LOYALTY_LETTER_H

#include "core/base/buf.h"
#include "core/message.h"

#define LETTER_MAX 3500 /* characters; a footer stands below */

struct letter {
    int64_t id;
    int64_t customer_id; /* 0: of a bulk action */
    int64_t staff_id;
    enum message_purpose purpose; /* SERVICE or MARKETING */
    struct buf body;              /* yours: letter_free */
};
void letter_free(struct letter *l); /* safe on zeroed */

/* Pure: with its signs escaped it is still a message (many & and < make it longer). */
bool letter_fits(const char *body);

struct letter_spec {
    int64_t customer_id, staff_id;
    enum message_purpose purpose;
    const char *body;
};
must_check enum status letter_write(struct db *db, int64_t now,
                                    const struct letter_spec *spec, int64_t *id);
must_check enum status letter_load(struct db *db, int64_t id, struct letter *out);

/* May it go to that customer now? NULL: yes; else "blocked", "withdrawn", "no_consent",
 * "cap" (of marketing). Lent, for ever. */
must_check enum status letter_may(struct db *db, int64_t now, int64_t customer_id,
                                  enum message_purpose purpose, const char **why);

/* Puts the job; of_many: of a bulk action, which nobody's answer waits behind. Two puts
 * with the same letter and customer are one. */
must_check enum status letter_put(struct db *db, int64_t now, int64_t letter_id,
                                  int64_t customer_id, bool of_many);

#endif
