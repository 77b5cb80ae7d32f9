/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/proxy.h - who is calling, when somebody of ours stands in between.
 *
 * X-Forwarded-For is what anybody may write. It is believed as far as the addresses in
 * TRUSTED_PROXIES reach: from the connection's own address on, right to left, the first
 * one that is not a trusted proxy is the caller. */
#ifndef API_PROXY_H
#define API_PROXY_H

#include <stdbool.h>
#include <stddef.h>

/* Is the address in the list ("127.0.0.1,10.0.0.0/8,::1")? */
bool proxy_trusted(const char *list, const char *address);

/* peer: of the connection; forwarded: the header or NULL; trusted: the list or NULL.
 * out: room for CALL_ADDRESS_BYTES (46). */
void proxy_caller(const char *trusted, const char *peer, const char *forwarded,
                  char *out, size_t room);

#endif
