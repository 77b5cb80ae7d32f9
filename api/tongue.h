/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/tongue.h - in which of our two languages an answer speaks. */
#ifndef API_TONGUE_H
#define API_TONGUE_H

enum tongue { TONGUE_RU, TONGUE_EN };

/* Of an Accept-Language header (NULL: none). Russian, unless English is wanted more. */
enum tongue tongue_of(const char *accepts);

#endif
