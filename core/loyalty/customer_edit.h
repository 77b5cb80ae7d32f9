/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/customer_edit.h - what the shop's people change of a customer, by the same
 * rules as the customer themselves (customer.h): the phone is read and hashed as theirs,
 * a birthday moves once a year and not near its gift. What the messenger says of somebody
 * (first and last name, user name, its number) is not the shop's to change.
 *
 * Each change is in the audit, with the name of whoever made it. */
#ifndef CORE_LOYALTY_CUSTOMER_EDIT_H
#define CORE_LOYALTY_CUSTOMER_EDIT_H

#include "core/loyalty/customer.h"
#include "core/loyalty/tag.h"

#define CUSTOMER_NOTES_MAX 2000 /* characters */

struct customer_edit {
    int64_t id, staff_id;
    /* NULL: stays; "": taken away. */
    const char *name, *phone;
    const char *language, *notes; /* NULL: stays */
    bool by_birth, drop_birth;
    struct date birth;
    const char *birth_reason;
    int32_t today; /* the shop's local day */
    bool by_store;
    int64_t store_id; /* 0: none */
    bool by_barred, barred;
    bool by_tags; /* these and no others */
    const char *const *tags;
    size_t tags_n;
};

enum edit_fault {
    EDIT_FINE,
    EDIT_NAME,
    EDIT_PHONE,
    EDIT_BIRTH, /* .birth says why */
    EDIT_STORE, /* there is none */
    EDIT_TAGS   /* no name of a tag, or too many */
};
struct edit_refusal {
    enum edit_fault fault;
    enum birthday_fault birth;
};

/* The row is held until the end of the transaction. ST_NONE: there is none, or they were
 * erased. */
must_check enum status customer_lock(struct db *db, int64_t id);

/* In the caller's transaction, behind customer_lock. ST_REFUSED: *why, and the caller
 * rolls back. What is so already is no change. */
must_check enum status customer_edit(struct db *db, int64_t now,
                                     const struct customer_edit *e,
                                     struct edit_refusal *why);

/* The shop gives them nothing any more, or does again. ST_NONE: it was so. */
must_check enum status customer_bar(struct db *db, int64_t now, int64_t id,
                                    int64_t staff_id, bool barred);

#endif
