/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/sentence.h - a rule as a sentence in Russian or English, for the panel, the
 * audit and whoever approves a broadcast.
 *
 *   «Те, кто подписан на канал и кто купил больше 2 раз за последние 90 дней, кроме тех,
 *    у кого есть метка «VIP».»
 *
 * It says all that the rule says, the null rule too («или у кого город неизвестен»). Plain
 * text: whoever shows it escapes it. lang is "ru" or "en". */
#ifndef CORE_SEGMENT_SENTENCE_H
#define CORE_SEGMENT_SENTENCE_H

#include "core/segment/rule.h"

#define RULE_NAMES_MAX 64
#define RULE_NAME_BYTES 257

/* What the numbers in a rule are called (segment_names); one that is not here is said as a
 * number. */
struct rule_name {
    bool store; /* else a segment */
    int64_t id;
    char name[RULE_NAME_BYTES];
};
struct rule_names {
    struct rule_name name[RULE_NAMES_MAX];
    int n;
};

/* names may be NULL. */
struct speech {
    const char *lang;
    const struct moment *moment;
    const struct rule_names *names;
};

void sentence_add(struct buf *out, const struct rule *r, const struct speech *t);
/* One node's clause: «кто подписан на канал». */
void sentence_node_add(struct buf *out, const struct node *n, const struct speech *t);
/* A value that compile_value's expression answered, as people say it. */
void sentence_number_add(struct buf *out, const struct trait *f, int64_t v,
                         const struct speech *t);

/* "раз", "раза": the form for n in Russian. Pure. */
const char *plural_ru(int64_t n, const char *one, const char *few, const char *many);

#endif
