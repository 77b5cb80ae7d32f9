/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/link.h - addresses of a broadcast's buttons that tell who pressed them.
 *
 *   broadcast_start: links_put            a row for each address there is
 *   a message:  link_address              PUBLIC_URL/l/<token>
 *   GET /l/<token> (api/link.c):          link_read, link_target, broadcast_clicked
 *
 * A token is base32 of the broadcast, the link and the customer, and of 80 bits of a MAC
 * over them by a key of its own that is derived from JWT_SECRET_KEY: nobody makes one up
 * for somebody else. It is worth nothing but a click. Without PUBLIC_URL or the key
 * addresses stay what they are, and their clicks are not counted. */
#ifndef CORE_BROADCAST_LINK_H
#define CORE_BROADCAST_LINK_H

#include "core/base/config.h"
#include "core/broadcast/broadcast.h"

#define LINK_TOKEN_BYTES 65    /* with its NUL; what a {key} of an address may be */
#define LINK_ADDRESS_BYTES 600 /* of what link_address writes */

struct link_of {
    int64_t broadcast_id, customer_id;
    int no; /* of broadcast_link; above 0 */
};

/* Which row a variant's link is: content_links numbers those of each content from 1 on. */
#define LINKS_OF_VARIANT 100
static inline int link_no(int variant, int link)
{
    return variant * LINKS_OF_VARIANT + link;
}

/* Are clicks counted at all: is there an address of ours, and a key? */
bool links_counted(const struct config *cfg);

/* The address of that link for that customer; at most room bytes of it, "" when
 * !links_counted(cfg) (write the target itself then). ST_BAD: no such numbers. */
must_check enum status link_address(const struct config *cfg, const struct link_of *l,
                                    char *out, size_t room);

/* ST_BAD: not made here. Made with the key before this one is fine, too. Takes the same
 * time wherever it is wrong. */
must_check enum status link_read(const struct config *cfg, const char *token,
                                 struct link_of *out);

/* Writes the rows of a broadcast's links: in the transaction that starts it, and when what
 * was sent is edited (reword.h). ST_BROKEN: a content that cannot be read. */
must_check enum status links_put(struct db *db, int64_t broadcast_id);

/* Where it leads is added to out. ST_NONE: there is no such link. */
must_check enum status link_target(struct db *db, int64_t broadcast_id, int no,
                                   struct buf *out);

/* What became of each, by number; what it lends is lent during the call. */
struct link_clicks {
    int no;
    const char *target;
    int64_t people, clicks;
};
typedef void link_each(void *arg, const struct link_clicks *l);
must_check enum status link_clicks_each(struct db *db, int64_t broadcast_id,
                                        link_each *fn, void *arg);

#endif
