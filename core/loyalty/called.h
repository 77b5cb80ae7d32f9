/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/called.h - a customer as they are called in lists and at a till: for what
 * shows them and knows nothing else of them (customer.h does). */
#ifndef CORE_LOYALTY_CALLED_H
#define CORE_LOYALTY_CALLED_H

#include "core/contact.h"

/* The two columns customer_short_name asks for, of a customer's row named c. */
#define CUSTOMER_CALLED                                                                \
    "IF(c.name = '', c.first_name, c.name), IF(c.name = '', c.last_name, '')"

/* "Мария К.": what a cashier may see. out holds CONTACT_NAME_BYTES + 8. */
void customer_short_name(const char *first, const char *last,
                         char out[CONTACT_NAME_BYTES + 8]);

#endif
