/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/schema.h - does a JSON value fit a schema of our description?
 *
 * The part of JSON Schema that api/openapi uses: $ref, type (one or several), enum,
 * const, properties, required, additionalProperties, items, minimum, maximum, minLength,
 * maxLength, minItems, maxItems, oneOf, anyOf, allOf, format date-time and date. Stricter
 * in one thing: a member that an object's schema does not name is refused unless it says
 * "additionalProperties": true (or has no properties at all). A keyword it does not know
 * is refused, too, so that no schema promises what nobody checks. */
#ifndef TESTS_HARNESS_SCHEMA_H
#define TESTS_HARNESS_SCHEMA_H

#include "core/base/buf.h"
#include "core/base/json.h"

/* What "#/components/schemas/x" names; v itself when it is no reference. Lent. */
const struct json *schema_resolve(const struct json *root, const struct json *v);

/* false: *why says where and what. root: the whole description. */
bool schema_fits(const struct json *root, const struct json *schema,
                 const struct json *value, struct buf *why);

#endif
