/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/template/template_private.h - how a row of template is read, and what
 * may stand in one. */
#ifndef CORE_TEMPLATE_TEMPLATE_PRIVATE_H
#define CORE_TEMPLATE_TEMPLATE_PRIVATE_H

#include "core/template/template.h"

/* Of "template t"; the version in force is looked up by its unique key. */
#define TEMPLATE_COLUMNS                                                               \
    "t.kind, t.label, t.name, t.purpose, t.of_discount, t.version, t.last_no,"         \
    " COALESCE((SELECT v.no FROM template_version v WHERE v.active_of = t.id), 0),"    \
    " t.archived_at, t.made_by, t.created_at, t.updated_at"

void template_row(const struct db *db, int64_t id, int col, struct template *out);

bool template_key_fits(const char *key, enum template_kind kind);
/* Cleaned; false: too long, or nothing is left of it. */
bool template_name_clean(const char *s, char out[TEMPLATE_NAME_BYTES]);

#endif
