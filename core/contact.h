/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/contact.h - a person as a messenger shows them at this moment.
 *
 * Nothing here has been kept yet: names are as they came, hostile until customer_meet
 * or invite_use neutralises them. Everything is borrowed. */
#ifndef CORE_CONTACT_H
#define CORE_CONTACT_H

#include <stddef.h>
#include <stdint.h>

/* By which way somebody reaches us. An identity is (channel, external_id); numbers are
 * stored, so they never change. */
enum channel {
    CHANNEL_MESSENGER = 1, /* the messenger both bots live on */
    CHANNEL_PANEL,
    CHANNEL_API,
    CHANNEL_IMPORT,
    CHANNEL_TILL /* staff without a phone of their own: a number of ours (team_hire) */
};

#define CONTACT_NAME_MAX 64                           /* characters we keep of a name */
#define CONTACT_NAME_BYTES (CONTACT_NAME_MAX * 4 + 1) /* in UTF-8, with the NUL */

struct contact {
    enum channel channel;
    int64_t external_id;
    const char *first_name, *last_name; /* NULL: none */
    size_t first_n, last_n;             /* names may hold NULs */
    const char *username;               /* without @; NULL: none */
    const char *language;               /* "ru" or "en": what the conversation speaks */
    const char *source; /* where they came from, first touch; NULL: unknown */
    int64_t update_id;  /* of the update this is known from; 0: none */
};

#endif
