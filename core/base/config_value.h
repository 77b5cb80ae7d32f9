/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/config_value.h - what the value of a setting may look like.
 *
 * Pure: no environment, no file but the zone's. A value is never printed from here, as
 * it may be a secret; what a good one looks like is. */
#ifndef CORE_BASE_CONFIG_VALUE_H
#define CORE_BASE_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

enum config_kind {
    CONFIG_TEXT,      /* no control characters */
    CONFIG_PATH,      /* absolute */
    CONFIG_HOST,      /* a name, an IPv4 or an IPv6 address */
    CONFIG_SCHEMA,    /* the name of a database */
    CONFIG_PORT,      /* from here … */
    CONFIG_SHARDS,    /* */
    CONFIG_PROCESSES, /* */
    CONFIG_HANDS,     /* */
    CONFIG_RATE,      /* */
    CONFIG_ID,        /* … to here a number */
    CONFIG_REDIS,     /* see redis_url.h */
    CONFIG_TOKEN,     /* of a bot */
    CONFIG_URL,       /* http or https */
    CONFIG_PROXY,     /* http, https, socks5, socks5h */
    CONFIG_PUBLIC,    /* https only */
    CONFIG_HOOK,      /* a webhook's secret, as Telegram allows it */
    CONFIG_KEY,       /* 32 bytes or more */
    CONFIG_LISTEN,    /* host:port, [::1]:port; port 0: any free one */
    CONFIG_PROXIES,   /* addresses and networks, with commas */
    CONFIG_ZONE,      /* an IANA time zone the system knows */
    CONFIG_UPDATES,   /* webhook, polling */
    CONFIG_LEVEL,     /* debug, info, warn, error */
    CONFIG_FORMAT,    /* json, text */
};

/* NULL: v is fine. Else what is wrong with it, to be put behind the name of the
 * setting: "is not a port (1 to 65535)". Lent, for ever. */
const char *config_value_fault(enum config_kind kind, const char *v);

bool config_kind_is_number(enum config_kind kind);
int64_t config_value_number(const char *v); /* of one that is fine */

#endif
