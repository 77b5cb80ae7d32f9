/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/customer_word.h - the words of what somebody is called, by which they are
 * found (customer_search.h): of the messenger's names, their own, and the user name. */
#ifndef CORE_LOYALTY_CUSTOMER_WORD_H
#define CORE_LOYALTY_CUSTOMER_WORD_H

#include "core/io/db.h"

#define CUSTOMER_WORD_MAX 64 /* bytes are up to four times as many */

/* After a name in the row has changed, in that transaction. */
must_check enum status customer_words_keep(struct db *db, int64_t customer_id);

/* Pure: the next word of *at, which moves on; *n its bytes. NULL: none is left. What is
 * no letter or digit of ASCII parts words, what is beyond ASCII does not. */
const char *customer_word_next(const char **at, size_t *n);

#endif
