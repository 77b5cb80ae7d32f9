/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/customer_card.h - one customer as somebody of the shop sees them: all that
 * a page about them shows at once, in a handful of queries by key.
 *
 * version is made of what staff may change (customer_edit.h), not counted: it is another
 * one as soon as somebody, the customer included, has changed any of it. It is a keyed
 * hash: nothing that is masked is read from it. */
#ifndef CORE_LOYALTY_CUSTOMER_CARD_H
#define CORE_LOYALTY_CUSTOMER_CARD_H

#include "core/base/buf.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/customer_search.h"
#include "core/loyalty/discount.h"
#include "core/loyalty/tag.h"

#define CARD_DISCOUNTS 20 /* good ones shown, the first to end first */

struct card_consent {
    bool given;
    int64_t at;  /* of the last word about it; 0: none was ever said */
    int version; /* of the text they saw; 0: none */
    char language[3];
    enum channel via;
};

struct customer_card {
    struct customer_row row;
    struct buf notes; /* yours: customer_card_free */
    struct card_consent consent[PURPOSE_MARKETING + 1];
    struct tag tags[CUSTOMER_TAGS_MAX];
    int tags_n;
    int discounts[DISCOUNT_REVOKED + 1]; /* by what they are now */
    struct discount good[CARD_DISCOUNTS];
    int good_n;
    int64_t erase_due;    /* 0: none is coming */
    bool support_blocked; /* their words to the shop are not passed on */
    int64_t version;
};

/* staff_id: as in customer_row_load. */
must_check enum status customer_card_load(struct db *db, int64_t now, int64_t id,
                                          int64_t staff_id, struct customer_card *out);
void customer_card_free(struct customer_card *c); /* safe on zeroed */

#endif
