/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/segment.h - segments that are kept: a rule, or a fixed list of customers,
 * under a name.
 *
 *   rule text --rule_parse--> rule --segment_resolve--> may be kept, counted, walked
 *   a kept one --segment_rule--> the same, for either kind (audience.h, sentence.h …)
 *
 * Functions that write run inside the caller's transaction and write the audit. version
 * goes up with each change of name, description or rule, not with members or counts.
 * Members of a fixed list are personal data: erasure takes them off it. */
#ifndef CORE_SEGMENT_SEGMENT_H
#define CORE_SEGMENT_SEGMENT_H

#include "core/page.h"
#include "core/segment/rule.h"
#include "core/segment/sentence.h"

#define SEGMENT_NAME_MAX 64 /* characters */
#define SEGMENT_NAME_BYTES (SEGMENT_NAME_MAX * 4 + 1)
#define SEGMENT_WORDS_MAX 500 /* of a description */
#define SEGMENT_WORDS_BYTES (SEGMENT_WORDS_MAX * 4 + 1)
#define SEGMENT_DEPTH_MAX 3 /* of references: one that names one that names one */

/* Numbers are stored. */
enum segment_kind { SEGMENT_RULE = 1, SEGMENT_LIST };

struct segment {
    int64_t id;
    enum segment_kind kind;
    char name[SEGMENT_NAME_BYTES];
    char description[SEGMENT_WORDS_BYTES];
    int64_t version;
    int64_t counted, counted_at; /* as of then; counted_at 0: not counted */
    int64_t made_by;             /* staff; 0: nobody */
    int64_t created_at, updated_at;
};

/* ---- a rule and what it names ----------------------------------------------------- */

/* Looks up the tags, stores and segments of a rule and fills in the rules of the latter.
 * id: of the segment the rule is to be of, 0: of none yet. ST_REFUSED: faults says what
 * is not there, or names itself in a circle. The rule must be rule_free'd in any case.
 * Before segment_add and segment_change: in their transaction, so that of two segments that
 * come to name one another at the same time the second is refused. */
must_check enum status segment_resolve(struct db *db, struct rule *r, int64_t id,
                                       struct rule_faults *faults);
/* What its stores and segments are called. */
must_check enum status segment_names(struct db *db, const struct rule *r,
                                     struct rule_names *out);

/* The rule of a kept segment, resolved; of a fixed list: one that names it. *out is yours.
 * ST_NONE: there is no such segment. ST_BAD: its rule cannot be read any more (a field or
 * a tag is gone): faults, which may be NULL, says what. */
must_check enum status segment_rule(struct db *db, int64_t id, struct rule **out,
                                    struct rule_faults *faults);

/* ---- kept ------------------------------------------------------------------------- */

struct segment_draft {
    enum segment_kind kind;         /* of a new one */
    const char *name, *description; /* NULL: as they are, or none */
    const struct rule *rule;        /* resolved; NULL: as it is */
    int64_t staff_id;
};
/* ST_TAKEN: the name is. ST_BAD: a name or description that is none or too long, a rule
 * for a list or none for a rule. */
must_check enum status segment_add(struct db *db, int64_t now,
                                   const struct segment_draft *d, int64_t *id);
/* ST_NONE: no such segment. ST_REFUSED: its version is not that one. ST_OK also when
 * nothing was changed by it. */
must_check enum status segment_change(struct db *db, int64_t now, int64_t id,
                                      int64_t version, const struct segment_draft *d);
/* ST_REFUSED: another version, or another segment names it. */
must_check enum status segment_remove(struct db *db, int64_t now, int64_t id,
                                      int64_t version, int64_t staff_id);

must_check enum status segment_load(struct db *db, int64_t id, struct segment *out);
/* Its rule's canonical text is added. ST_NONE: no such segment, or a list. */
must_check enum status segment_text(struct db *db, int64_t id, struct buf *out);

/* Counts it now and keeps that, for all segments of the same rule. As audience_count; not
 * in a transaction. */
struct audience_size;
must_check enum status segment_recount(struct db *db, const struct moment *m,
                                       int64_t id, struct audience_size *out);

#define SEGMENT_SORTS 4
extern const struct page_sort segment_sorts[SEGMENT_SORTS];
struct segment_filter {
    const char *q;          /* stands in the name or description; NULL: any */
    enum segment_kind kind; /* 0: any */
};
must_check enum status segment_search(struct db *db, const struct segment_filter *f,
                                      struct page *p);
must_check enum status segment_search_next(struct db *db, struct page *p,
                                           struct segment *out);
must_check enum status segment_total(struct db *db, const struct segment_filter *f,
                                     int64_t *total);

/* ---- who is on a fixed list ------------------------------------------------------- */

#define SEGMENT_MEMBERS_MAX 1000 /* of one call */

struct segment_act {
    int64_t id, staff_id;
    const int64_t *customer; /* borrowed */
    size_t n;
};
/* *done: how many were not (were) on it before. Numbers of nobody, or of the erased, are
 * passed over. ST_NONE: no such segment; ST_REFUSED: it is no list; ST_BAD: too many. */
must_check enum status segment_put(struct db *db, int64_t now,
                                   const struct segment_act *act, int64_t *done);
must_check enum status segment_take(struct db *db, int64_t now,
                                    const struct segment_act *act, int64_t *done);
/* By number, behind after_id, at most room; *n < room: there are no more. */
must_check enum status segment_members(struct db *db, int64_t id, int64_t after_id,
                                       int64_t *out, int room, int *n);

#endif
