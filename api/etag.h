/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/etag.h - which version somebody saw: "v7" in ETag, and in If-Match of who changes
 * it, so that nobody overwrites what they have not read. */
#ifndef API_ETAG_H
#define API_ETAG_H

#include "api/call.h"

#define ETAG_BYTES 26

void etag_print(int64_t version, char out[ETAG_BYTES]);
/* Puts it into the answer's ETag. */
void etag_answer(struct call *c, int64_t version);

/* Does an If-Match header (a list, or "*") name that version? Weak ones never do. */
bool etag_names(const char *if_match, int64_t version);

/* In the transaction of the change, with the row locked. ST_OK: go on. ST_REFUSED:
 * problem() has been called: version_mismatch with the version there is, or, where
 * `needed`, version_required. */
must_check enum status etag_check(struct call *c, int64_t version, bool needed);

#endif
