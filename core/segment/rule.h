/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/rule.h - a rule: which customers belong to a segment (docs/segments.md).
 *
 *   {"v":1,"root":{"all":[{"f":"subscribed","op":"is","v":true},
 *       {"agg":{"of":"purchases","fn":"count","window":{"last":"P90D"}},
 *        "op":"gt","v":2}]}}
 *
 * rule_parse turns JSON from outside into a tree of bounded size in which every name is a
 * row of the registry (field.h) and every value has its type; what is wrong is a list of
 * faults, each with a JSON pointer. A rule has one canonical text, its hash names it.
 *
 * Pure, but for the segments a rule refers to: segment_resolve fills in their rules. */
#ifndef CORE_SEGMENT_RULE_H
#define CORE_SEGMENT_RULE_H

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/segment/trait.h"
#include "core/segment/moment.h"

#define RULE_BYTES_MAX 65536
#define RULE_DEPTH_MAX 6 /* groups within groups */
#define RULE_LEAVES_MAX 64
#define RULE_NODES_MAX 160
#define RULE_VALUES_MAX 500
#define RULE_ROWS_MAX 8   /* leaves that look at a relation */
#define RULE_LIST_MAX 200 /* values of one list */
#define RULE_TEXT_MAX 100 /* characters of one text */
#define RULE_NUMBER_MAX 1000000000000LL

/* ---- what is wrong ---------------------------------------------------------------- */

enum rule_fault_code {
    FAULT_MALFORMED, /* not JSON */
    FAULT_TOO_LARGE, /* a limit above */
    FAULT_TOO_DEEP,
    FAULT_UNKNOWN_KEY,
    FAULT_UNKNOWN_FIELD,
    FAULT_UNKNOWN_OPERATOR, /* or not one of this field's */
    FAULT_MISSING,
    FAULT_WRONG_TYPE,
    FAULT_WRONG_VALUE,
    FAULT_FORBIDDEN, /* personal data, for who may not see it */
    FAULT_UNKNOWN_TAG,
    FAULT_UNKNOWN_STORE,
    FAULT_UNKNOWN_SEGMENT,
    FAULT_CIRCULAR, /* a segment of itself, or references too deep */
    FAULT_CODES
};
const char *fault_code(enum rule_fault_code c); /* "unknown_field". Lent, for ever */
struct words fault_words(enum rule_fault_code c);

#define FAULTS_MAX 16
#define POINTER_BYTES 160

struct rule_fault {
    char pointer[POINTER_BYTES]; /* of JSON (RFC 6901) */
    enum rule_fault_code code;
};
struct rule_faults {
    struct rule_fault fault[FAULTS_MAX];
    int n; /* 0: nothing is wrong; what is beyond FAULTS_MAX is not told */
};
void fault_add(struct rule_faults *f, const char *pointer, enum rule_fault_code c);

/* ---- the tree --------------------------------------------------------------------- */

enum node_kind {
    NODE_ALL,
    NODE_ANY,
    NODE_NONE,
    NODE_FIELD,
    NODE_TAGS,
    NODE_AGG,
    NODE_HAS,
    NODE_SEGMENT,
    NODE_RECEIVED,
    NODE_NOT_RECEIVED,
    NODE_SAMPLE,
    NODE_IDS,
    NODE_KINDS
};
const char *node_key(enum node_kind k); /* its member in JSON: "all", "f", "tags" … */

enum agg_fn {
    AGG_COUNT,
    AGG_SUM,
    AGG_AVG,
    AGG_MIN,
    AGG_MAX,
    AGG_DAYS,
    AGG_DISTINCT,
    AGGS
};
const char *agg_name(enum agg_fn fn);

enum value_kind { VALUE_INT, VALUE_TEXT, VALUE_TIME, VALUE_DAY, VALUE_SPAN };

struct rule_value {
    enum value_kind kind;
    int64_t n; /* also kopecks, microseconds, a day */
    const char *text;
    size_t len;
    struct span span;
};

/* When a row of a relation happened; all that is set must hold. */
struct window {
    bool by_last, by_after, by_before;
    struct span last;
    struct rule_value after, before; /* at or after; before. VALUE_TIME or VALUE_DAY */
};

struct node {
    enum node_kind kind;
    struct node *first, *next; /* children of a group, conditions of a relation */

    const struct trait *field; /* FIELD; of AGG, or NULL */
    enum op op;                /* FIELD, AGG */
    const struct relation *relation;
    enum agg_fn fn;
    struct window window; /* AGG, HAS, RECEIVED, NOT_RECEIVED */

    /* values of FIELD and AGG as the operator takes them; HAS: times, or none; SEGMENT:
     * its id; RECEIVED: the purpose; SAMPLE: parts of 10000, salt; IDS; TAGS: any, then
     * all, then none. */
    const struct rule_value *values;
    int values_n, any_n, all_n, none_n;

    struct rule *other; /* SEGMENT: its rule, yours with this one; NULL: a fixed list,
                           or not resolved */
    bool resolved;
};

struct rule {
    struct node *root;
    struct node nodes[RULE_NODES_MAX];
    int nodes_n, leaves, rows;
    struct rule_value values[RULE_VALUES_MAX];
    int values_n;
    char *text; /* where texts live */
    size_t text_n, text_cap;
    uint8_t hash[SHA256_BYTES];
};

/* personal: may personal data be asked for. NULL: faults says what is wrong, or (none in
 * it) there was no memory. Yours. */
struct rule *rule_parse(const char *json, size_t n, bool personal,
                        struct rule_faults *faults);
void rule_free(struct rule *r); /* NULL is fine */

/* Adds the one text all equal rules have. */
void rule_canonical(const struct rule *r, struct buf *out);
/* The same with the rules of the segments it names in the place of their numbers: what a
 * broadcast keeps, so that it means tomorrow what it means today. Fixed lists stay numbers.
 * Only of a resolved rule. */
void rule_frozen(const struct rule *r, struct buf *out);

/* Does any leaf ask for personal data? */
bool rule_personal(const struct rule *r);

/* Its place in JSON is added as it goes: node is at `pointer`. Children: first, then
 * next of each. */
void node_child_pointer(const struct node *parent, int index, const char *pointer,
                        char out[POINTER_BYTES]);
bool node_is_group(const struct node *n);

/* The span of time a window or a time value means, inclusive at first, exclusive at
 * last + 1. */
void window_bounds(const struct window *w, const struct moment *m, int64_t *first,
                   int64_t *last);
int64_t value_time(const struct rule_value *v, const struct moment *m);

#endif
