/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/segments_private.h - what segments_said.c and segments_number.c share. */
#ifndef API_SEGMENTS_PRIVATE_H
#define API_SEGMENTS_PRIVATE_H

#include "api/segments_said.h"
#include "core/segment/segment.h"

/* ST_REFUSED, and why. */
enum status segments_no(struct segments_ask *a, enum segments_no why);
/* The same with what is wrong. */
enum status segments_faulty(struct segments_ask *a, const struct rule_faults *faults);

/* The shop's calendar at the moment that is asked; segments_close in any case. */
struct segments_at {
    struct tz *tz;
    struct moment moment;
};
must_check enum status segments_open(struct segments_ask *a, struct segments_at *at);
void segments_close(struct segments_at *at);

/* A rule from outside, resolved as that of segment id (0: of none yet). *out is yours. */
must_check enum status segments_rule_read(struct segments_ask *a, struct json *from,
                                          int64_t id, struct rule **out);
/* A kept one's. ST_REFUSED also when who asks may not see what it counts. */
must_check enum status segments_rule_kept(struct segments_ask *a, int64_t id,
                                          struct rule **out);
must_check enum status segments_sentence(struct segments_ask *a, const struct rule *r,
                                         const struct moment *m, struct buf *out);

#endif
