/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/sentence_private.h - sentence.c joins clauses, sentence_field.c says fields,
 * sentence_rows.c what looks at rows, sentence_word.c numbers and times. */
#ifndef CORE_SEGMENT_SENTENCE_PRIVATE_H
#define CORE_SEGMENT_SENTENCE_PRIVATE_H

#include "core/segment/sentence.h"

bool in_russian(const struct speech *t);
void say(struct buf *out, const struct speech *t, const char *ru, const char *en);
void say_words(struct buf *out, const struct speech *t, struct words w);

/* «текст» */
void quoted_add(struct buf *out, const struct speech *t, const char *s, size_t n);
/* The i-th of n: ", " or " или " before it. */
void comma_add(struct buf *out, const struct speech *t, int i, int n,
               struct words last);

/* «больше 2 раз», «не меньше 5 000 ₽». f: of money, of percents or NULL. */
void number_add(struct buf *out, const struct speech *t, const struct node *n,
                const struct trait *f, enum unit unit);
void unit_add(struct buf *out, const struct speech *t, enum unit u, int64_t n);
/* «за последние 90 дней»; before: «за » or «в ». */
void last_add(struct buf *out, const struct speech *t, const struct span *p,
              const char *before);
void next_add(struct buf *out, const struct speech *t, const struct span *p);
void time_add(struct buf *out, const struct speech *t, const struct rule_value *v);

void value_said(struct buf *out, const struct speech *t, const struct trait *f,
                const struct rule_value *v);
/* «город — «Артём»» */
void predicate_add(struct buf *out, const struct speech *t, const struct node *n);
void field_clause(struct buf *out, const struct speech *t, const struct node *n);
void rows_clause(struct buf *out, const struct speech *t, const struct node *n);

#endif
