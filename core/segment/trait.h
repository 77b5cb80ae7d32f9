/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/trait.h - what a rule may ask about a customer.
 *
 * One constant table (trait.c) holds each field's and relation's name, type, operators,
 * SQL, null rule, weight, and words for people. It is the only source of SQL text there
 * is for a rule: docs/segments.md shows the same table, and a test compares the two.
 *
 * SQL of a field speaks of `customer c`, that of a relation's field of the relation's
 * own row; each "?" in it stands for the moment the rule is asked at.
 *
 * Null rule: `unknown` is a condition, never NULL itself, that is true where the value is
 * not known; NULL: it always is. What compares (eq, lt, last …) never fits the unknown;
 * what excludes (neq, not_in, not_last, not_set) always does, and the sentence says so. */
#ifndef CORE_SEGMENT_TRAIT_H
#define CORE_SEGMENT_TRAIT_H

#include "core/base/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trait_type {
    TRAIT_BOOL,
    TRAIT_ENUM,
    TRAIT_ID, /* of a store */
    TRAIT_TEXT,
    TRAIT_NUMBER,
    TRAIT_MONEY, /* kopecks */
    TRAIT_TIME,
    TRAIT_BIRTHDAY,
    TRAIT_AGE, /* whole years, asked as a number */
    TRAIT_TYPES
};
const char *trait_type_name(enum trait_type t); /* "money". Lent, for ever */

/* As rules write them: op_name. */
enum op {
    OP_EQ,
    OP_NEQ,
    OP_IN,
    OP_NOT_IN,
    OP_STARTS,
    OP_ENDS,
    OP_CONTAINS,
    OP_LT,
    OP_LTE,
    OP_GT,
    OP_GTE,
    OP_BETWEEN,
    OP_IS,
    OP_BEFORE,
    OP_AFTER,
    OP_LAST,
    OP_NOT_LAST,
    OP_NEXT,
    OP_IS_TODAY,
    OP_WITHIN_DAYS,
    OP_MONTH_IN,
    OP_AGE_BETWEEN,
    OP_IS_SET,
    OP_NOT_SET,
    OPS
};
const char *op_name(enum op o); /* lent, for ever */
bool op_find(const char *name, enum op *out);

/* What stands in "v". */
enum op_takes { TAKES_NOTHING, TAKES_ONE, TAKES_LIST, TAKES_PAIR, TAKES_SPAN };
enum op_takes op_takes(enum op o);

#define OP_BIT(o) (1U << (o))
#define OPS_NUMBER                                                                     \
    (OP_BIT(OP_EQ) | OP_BIT(OP_NEQ) | OP_BIT(OP_LT) | OP_BIT(OP_LTE) | OP_BIT(OP_GT) | \
     OP_BIT(OP_GTE) | OP_BIT(OP_BETWEEN))
#define OPS_SET (OP_BIT(OP_IS_SET) | OP_BIT(OP_NOT_SET))

/* What is counted, for plurals. */
enum unit { UNIT_NONE, UNIT_TIMES, UNIT_YEARS, UNIT_DAYS, UNIT_PERCENT, UNITS };

struct choice {
    const char *name; /* as rules write it; NULL ends a list */
    int64_t value;    /* what the SQL answers */
    struct words words;
};

struct trait {
    const char *name;
    enum trait_type type;
    unsigned ops; /* 1 << enum op */
    const char *sql, *unknown;
    int cost;
    bool personal;                /* only for who may see personal data */
    const struct choice *choices; /* TRAIT_ENUM */
    enum unit unit;
    struct words label;
    /* Whole clauses: of a bool that is true and false, else of one known and not. */
    struct words yes, no;
};

extern const struct trait fields[];
extern const size_t fields_n;

/* Rows of a customer. */
struct relation {
    const char *name;
    const char *from;      /* FROM */
    const char *of, *also; /* whose it is; "" or what else holds of each that counts */
    const char *whole; /* those of everybody: the customer's number, never NULL … */
    const char *order; /* … and from, read in the order of customers */
    const char *at;    /* when: what windows and days_since_last look at */
    int cost;
    struct words did, did_not; /* "who bought", "who did not buy" */
    struct words among;        /* "in purchases" */
    const struct trait *fields;
    size_t fields_n;
};
extern const struct relation relations[];
extern const size_t relations_n;

/* NULL: there is none. Lent, for ever. */
const struct trait *trait_find(const char *name);
const struct relation *relation_find(const char *name);
const struct trait *relation_field(const struct relation *r, const char *name);
const struct choice *choice_find(const struct trait *f, const char *name);
const struct choice *choice_of(const struct trait *f, int64_t value);

/* Marketing, service, receipt: of the nodes received and not_received. */
extern const struct choice message_purposes[];

#endif
