/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/audience.h - the customers a rule fits: how many, a few of them, all of them
 * by chunks, one of them.
 *
 * The rule is resolved (segment_resolve, segment_rule). Who was erased is in no audience;
 * consent and reachability are not asked (compile.h): size.marketing says how many of all
 * would be left of an advertisement.
 *
 * Each statement has a limit of time of its own, on the server: 5 s of a preview, else
 * 20 s. ST_REFUSED: the rule is too expensive, or took too long. ST_BAD: not resolved. Best on a connection of its own, and
 * outside of transactions. */
#ifndef CORE_SEGMENT_AUDIENCE_H
#define CORE_SEGMENT_AUDIENCE_H

#include "core/io/db.h"
#include "core/segment/rule.h"

#define AUDIENCE_SAMPLE_MAX 50
#define AUDIENCE_CHUNK_MAX 5000

struct audience_size {
    int64_t all;
    int64_t marketing; /* of them: reachable, not barred, agreed to advertising */
};
must_check enum status audience_count(struct db *db, const struct rule *r,
                                      const struct moment *m,
                                      struct audience_size *out);

struct audience_preview {
    struct audience_size size;
    int64_t id[AUDIENCE_SAMPLE_MAX];
    int n;
    int cost; /* of COMPILE_COST_MAX; set also when it is too much */
};
/* sample: how many ids at most; which of them changes with the rule and the day. */
must_check enum status audience_preview(struct db *db, const struct rule *r,
                                        const struct moment *m, int sample,
                                        struct audience_preview *out);

/* The next ones behind after_id (0: the first), in the order of their ids, at most room.
 * n < room: there are no more. The moment must be the same for all chunks. */
struct audience_chunk {
    int64_t after_id;
    int64_t *id; /* borrowed */
    int room, n;
};
must_check enum status audience_walk(struct db *db, const struct rule *r,
                                     const struct moment *m, struct audience_chunk *c);

/* Any of them, in no order, at most room: quick where few fit, and where many do. n < room:
 * these are all. after_id is not looked at. */
must_check enum status audience_some(struct db *db, const struct rule *r,
                                     const struct moment *m, struct audience_chunk *c);

/* Is that customer one of them? ST_OK, ST_NONE. */
must_check enum status audience_has(struct db *db, const struct rule *r,
                                    const struct moment *m, int64_t customer_id);

#endif
