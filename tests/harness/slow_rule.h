/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/slow_rule.h - a segment's rule asked of people in memory, one by one.
 *
 * An independent reading of docs/segments.md: it goes by the JSON text, not by the parsed
 * rule, has no SQL, and asks the C library for the calendar. What the database answers for
 * a rule must be what this answers. */
#ifndef TESTS_HARNESS_SLOW_RULE_H
#define TESTS_HARNESS_SLOW_RULE_H

#include "core/base/json.h"

#define SLOW_ROWS 8
#define SLOW_STORES 3
#define SLOW_TAGS 4

struct slow_discount {
    int source, percent, status, allowed, used, store; /* store 0: any */
    int64_t created, until;
};
struct slow_redemption {
    int discount, store;     /* discount: position among the person's */
    int64_t amount, off, at; /* amount -1: not entered */
    bool undone;
};
struct slow_message {
    int purpose, state;
    int64_t created, claimed, sent; /* 0: none */
};

struct slow_person {
    int64_t id;
    int status; /* 1 active, 2 gone, 3 erased */
    bool barred, english, subscribed, marketing, rare, insider, phone;
    const char *source, *name, *username;         /* "": none */
    int store;                                    /* 1 … SLOW_STORES; 0: none */
    int64_t created, seen, bought, subscribed_at; /* 0: never */
    int64_t purchases, spent;
    int year, month, day; /* of birth; 0: not told */
    unsigned tags;        /* 1 << position */
    bool listed;          /* on the fixed list */
    int discounts_n, redemptions_n, messages_n;
    struct slow_discount discount[SLOW_ROWS];
    struct slow_redemption redemption[SLOW_ROWS];
    struct slow_message message[SLOW_ROWS];
};

struct slow_world {
    const char *zone;
    int64_t now;
    bool leap_to_march;
    int64_t store_id[SLOW_STORES];
    const char *city[SLOW_STORES];
    const char *tag[SLOW_TAGS];
    int64_t list_id, rule_id; /* kept segments: a list, and one of that rule */
    const struct json *rule;
};

/* rule: the whole text's, with "root". Never of the erased. */
bool slow_fits(const struct slow_world *w, const struct slow_person *p,
               const struct json *rule);

/* Letters as the database's collation compares them, those we use: case and ё. out holds
 * as much as s. */
void slow_fold(const char *s, char *out);

#endif
