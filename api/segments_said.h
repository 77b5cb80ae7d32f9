/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/segments_said.h - segments (core/segment/segment.h) as JSON: what api/segments*.c
 * answer, made without a request, as rules have fields and values of their own (field.h
 * there, field.h here).
 *
 * ST_REFUSED: ask.no says why, ask.faults what is wrong with the rule; anything else is
 * the core's. What goes out through a `struct json **` is yours, and only with ST_OK. */
#ifndef API_SEGMENTS_SAID_H
#define API_SEGMENTS_SAID_H

#include "core/base/json.h"
#include "core/io/db.h"
#include "core/page.h"

enum segments_no {
    SEGMENTS_NO_REASON,
    SEGMENTS_NO_RULE,     /* it cannot be read: faults */
    SEGMENTS_NO_NAME,     /* the name or description is none */
    SEGMENTS_NO_KIND,     /* a rule for a list, members for a rule */
    SEGMENTS_NO_PERSONAL, /* it asks for personal data, and who asks may not see any */
    SEGMENTS_TOO_HEAVY,   /* cost; took too long where that is no more than cost_max */
    SEGMENTS_STALE,       /* another version */
    SEGMENTS_NAMED        /* another segment's rule names it */
};

/* Who asks, when, and what became of it. Zeroed but for the first seven; segments_done. */
struct segments_ask {
    struct db *db;
    int64_t now;
    const char *timezone, *lang; /* "ru", "en" */
    int64_t staff_id;
    bool personal; /* may see personal data */

    enum segments_no no;
    struct json *faults; /* [{"pointer": into the rule, "code", "detail"}], or NULL */
    int cost, cost_max;
    struct buf sentence; /* of the rule that was too heavy */
};
void segments_done(struct segments_ask *a); /* frees what is in it */

struct segments_filter {
    const char *q;   /* NULL: any */
    bool rule, list; /* of one kind alone; neither: any */
};
const struct page_sort *segments_sorts(size_t *n);
must_check enum status segments_page(struct segments_ask *a,
                                     const struct segments_filter *f, struct page *p,
                                     struct json *items);
must_check enum status segments_total(struct segments_ask *a,
                                      const struct segments_filter *f, int64_t *total);

must_check enum status segments_version(struct segments_ask *a, int64_t id,
                                        int64_t *version);
/* The card. */
must_check enum status segments_one(struct segments_ask *a, int64_t id,
                                    int64_t *version, struct json **out);

struct segments_draft {
    bool list;                      /* of a new one */
    const char *name, *description; /* NULL: as it is */
    struct json *rule;              /* likewise */
};
/* In a transaction. ST_TAKEN: the name is. */
must_check enum status segments_make(struct segments_ask *a,
                                     const struct segments_draft *d, int64_t *id);
must_check enum status segments_change(struct segments_ask *a, int64_t id,
                                       int64_t version, const struct segments_draft *d);
must_check enum status segments_drop(struct segments_ask *a, int64_t id,
                                     int64_t version);
struct segments_act {
    int64_t id;
    bool take; /* off the list */
    const int64_t *customers;
    size_t n;
};
must_check enum status segments_members(struct segments_ask *a,
                                        const struct segments_act *act, int64_t *done);

/* ---- segments_number.c: outside of transactions ----------------------------------- */

struct segments_count {
    int64_t id, max_age; /* seconds; a count that old is as good as a new one */
    bool reachable;      /* of those whom advertising may reach */
};
must_check enum status segments_count(struct segments_ask *a,
                                      const struct segments_count *what,
                                      struct json **out);

#define SEGMENTS_SAMPLE_MAX 50
struct segments_preview {
    struct json *rule; /* that one, which need not be kept, or */
    int64_t id;        /* the rule of this segment */
    int most;          /* of the sample */

    int64_t sample[SEGMENTS_SAMPLE_MAX]; /* out: customers */
    int n;
};
must_check enum status segments_preview(struct segments_ask *a,
                                        struct segments_preview *p, struct json **out);

struct segments_walk {
    int64_t id, after_id;
    int64_t *customers; /* borrowed */
    int room, n;        /* n < room: there are no more */
};
must_check enum status segments_walk(struct segments_ask *a, struct segments_walk *w);

must_check enum status segments_explain(struct segments_ask *a, int64_t id,
                                        int64_t customer_id, struct json **out);

/* ---- segments_fields.c ------------------------------------------------------------ */

struct json *segments_fields(void); /* yours */

#endif
