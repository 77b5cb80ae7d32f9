/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/init_data.h - who has opened our page inside Telegram, by Telegram's own
 * word: the "initData" that its apps hand to a Mini App.
 *
 * It is a query string signed with the bot's token. What the page says besides is the
 * page's; who speaks is known from here alone. One bot, one token: the caller knows
 * which bot's page asks and never tries the other's.
 *
 * Refused: more than INIT_DATA_MAX bytes, a key twice, a percent sign that begins no
 * byte, a NUL or another control byte (a line break inside a value could pass for the
 * border between two of them), no hash, a hash that does not fit, a date older than the
 * caller's bound or more than INIT_DATA_AHEAD_S ahead, a user that is no person. */
#ifndef CORE_IO_INIT_DATA_H
#define CORE_IO_INIT_DATA_H

#include "core/base/status.h"

#include <stddef.h>
#include <stdint.h>

#define INIT_DATA_MAX 4096
#define INIT_DATA_AHEAD_S 60

enum init_fault {
    INIT_FINE,
    INIT_BROKEN, /* not of the form */
    INIT_FORGED, /* signed by nobody, or for another bot */
    INIT_OLD,    /* was good once: the page is to be opened again */
    INIT_EARLY   /* from the future: somebody's clock is wrong */
};

struct init_ask {
    const char *token; /* of the bot whose page it is */
    int64_t now;       /* microseconds */
    int64_t age_s;     /* how old it may be */
};

struct init_data {
    int64_t user; /* Telegram's number of the person, > 0 */
    int64_t at;   /* when the page was opened, microseconds */
};

/* s[0..n) is borrowed; out is filled with INIT_FINE alone. */
must_check enum init_fault init_data_check(const struct init_ask *ask, const char *s,
                                           size_t n, struct init_data *out);

#endif
