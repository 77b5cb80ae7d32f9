/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/cursor.h - the place between two pages of a list, handed to the caller and taken
 * back: base64url of a MAC and the place. Opaque to them, and only of use for the list,
 * filters and order it was made for: whatever was changed in it is refused. */
#ifndef API_CURSOR_H
#define API_CURSOR_H

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/base/status.h"
#include "core/page.h"

/* Derived from JWT_SECRET_KEY, so that every process of an installation reads what
 * another one made. Without that secret one is made up for this process. */
struct cursor_key {
    uint8_t bytes[SHA256_BYTES];
};
must_check enum status cursor_key_make(struct cursor_key *key, const char *secret);

/* The row at that place and the way on from it, for the list named by `list` (its path,
 * filters and order in one text). */
struct cursor {
    const char *list;
    bool backwards;
    struct page_place place;
};
void cursor_print(const struct cursor_key *key, const struct cursor *c,
                  struct buf *out);

/* c->list is what it must have been made for; the rest is filled in. ST_BAD: it was
 * not, or it is no cursor of ours. */
must_check enum status cursor_read(const struct cursor_key *key, const char *text,
                                   struct cursor *c);

#endif
