/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/link.h - GET /l/{token}: a link of a broadcast was pressed (core/broadcast/link.h).
 *
 * 302 to where it leads, and the click is counted, unless the asker is a HEAD or a
 * program that only looks what is there (previews of messengers, crawlers). A token that
 * was not made here gets a page that says so kindly. */
#ifndef API_LINK_H
#define API_LINK_H

#include "api/call.h"

enum status link_get(struct call *c);

/* Does that User-Agent (NULL: none) only look? Pure. */
bool link_only_looks(const char *agent);

#endif
