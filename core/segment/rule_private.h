/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/rule_private.h - how a rule is read: rule_read.c its nodes, rule_value.c
 * the values in them. */
#ifndef CORE_SEGMENT_RULE_PRIVATE_H
#define CORE_SEGMENT_RULE_PRIVATE_H

#include "core/base/json.h"
#include "core/segment/rule.h"

struct reader {
    struct rule *rule;
    struct rule_faults *faults;
    bool personal;
    int depth;
    char at[POINTER_BYTES]; /* where it stands */
};

/* A step down and back: size_t was = reader_step(r, "v"); …; reader_back(r, was). */
size_t reader_step(struct reader *r, const char *key);
size_t reader_index(struct reader *r, size_t i);
void reader_back(struct reader *r, size_t was);
void reader_fault(struct reader *r, enum rule_fault_code c);
void reader_fault_at(struct reader *r, const char *key, enum rule_fault_code c);

/* Only those members, a list that NULL ends; each other one is a fault. */
bool reader_only(struct reader *r, const struct json *o, const char *const *keys);

struct node *node_new(struct reader *r, enum node_kind kind);
struct rule_value *value_new(struct reader *r, enum value_kind kind);

/* Of o's member: into the next values of the rule, n's. false: a fault was told. */
bool values_read(struct reader *r, struct node *n, const struct json *o);
bool int_read(struct reader *r, const struct json *o, const char *key, int64_t lo,
              int64_t hi);
bool text_read(struct reader *r, const struct json *o, const char *key, size_t max);
bool texts_read(struct reader *r, const struct json *o, const char *key, int *n);
bool ids_read(struct reader *r, const struct json *o, const char *key, int *n);
bool span_of(struct reader *r, const struct json *o, const char *key, struct span *out);
bool time_of(struct reader *r, const struct json *o, const char *key,
             struct rule_value *v);

bool node_read(struct reader *r, const struct json *o, struct node **out);

#endif
