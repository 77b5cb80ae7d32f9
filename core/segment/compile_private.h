/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/compile_private.h - compile.c puts the nodes together, compile_field.c and
 * compile_rows.c write the leaves. */
#ifndef CORE_SEGMENT_COMPILE_PRIVATE_H
#define CORE_SEGMENT_COMPILE_PRIVATE_H

#include "core/segment/compile.h"

/* A constant of ours; each ? in it is the moment asked at. */
void sql_add(struct compiled *c, const char *text);
void arg_add(struct compiled *c, struct db_arg arg); /* its ? is in the text already */
void value_add(struct compiled *c, struct db_arg arg); /* "?" and its value */
struct db_arg value_arg(const struct compiled *c, const struct rule_value *v);
/* "?, ?, ?" */
void values_add(struct compiled *c, const struct rule_value *v, int n);

/* " = ", " <> ", " < " …; NULL: not one of those. */
const char *op_sql(enum op o);

/* "EXISTS (SELECT 1" … ")" */
void exists_begin(struct compiled *c);
void exists_end(struct compiled *c);

void field_add(struct compiled *c, const struct node *n);
void rows_add(struct compiled *c, const struct node *n); /* AGG, HAS */
/* Can the customers it fits be gathered, so that nobody else need be looked at? */
bool rows_lead(const struct node *n);
void lead_add(struct compiled *c, const struct node *n);
void agg_value_add(struct compiled *c, const struct node *n);
void received_add(struct compiled *c, const struct node *n);
void received_value_add(struct compiled *c, const struct node *n);

#endif
